"""Charts as geometry and as SVG: what to draw and where, with no label over another.

`draw` takes points and words and gives back a `Drawing`; `svg` writes it as an element of a page, `sheet` as a
picture to take away. Nothing here knows a page, a language or a database, so that the same chart can be tested,
printed and embedded.
"""

from .line import draw, draw_sizes, scale_of
from .values import Before, ChartWords, Drawing, Point, Size

__all__ = ["Before", "ChartWords", "Drawing", "Point", "Size", "draw", "draw_sizes", "scale_of"]
