"""Charts as geometry: what to draw and where, with no label over another.

`line.draw` takes points and words and gives back a `Drawing`; a template turns it into SVG. Nothing here
knows a page, a language or a database, so that the same chart can be tested, printed and embedded.
"""

from .line import draw
from .values import Before, ChartWords, Drawing, Point, Size

__all__ = ["Before", "ChartWords", "Drawing", "Point", "Size", "draw"]
