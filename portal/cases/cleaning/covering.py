"""Pictures with parts of them in black, and with a grid over them by which somebody says which parts.

Both are made of a cleaned picture. What is covered is gone before anything is written: not a dot below a black
area has a part in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from portal.cases.areas import COLUMNS, LETTERS, ROWS, Area
from portal.cases.cleaning import images

_SMALLEST, _LARGEST = 1200, 2400
"""Dots along the longer side of a picture with a grid: its letters have to be readable, and it is kept nowhere."""
_ENTIRE = Area(0, 0, COLUMNS - 1, ROWS - 1)


def ready() -> None:
    """Load what draws, and the letters beside the grid, while files may still be opened."""
    blank = BytesIO()
    Image.new("RGB", (2, 2)).save(blank, "PNG")
    covered(blank.getvalue(), (_ENTIRE,))
    with_grid(blank.getvalue())


def covered(data: bytes, areas: Iterable[Area]) -> tuple[str, bytes]:
    """The ending and bytes of the picture with these areas in black. Raises Refused."""

    def cover(picture: Image.Image) -> Image.Image:
        black = (0, 0, 0, 255) if picture.mode == "RGBA" else 0
        for area in areas:
            picture.paste(black, area.pixels(*picture.size))
        return picture

    return images.cleaned(data, cover)


def with_grid(data: bytes) -> tuple[str, bytes]:
    """The ending and bytes of the picture, with the grid over it and its letters and numbers beside it."""
    return images.cleaned(data, _grid)


def _grid(picture: Image.Image) -> Image.Image:
    longer = max(picture.size)
    scale = min(max(longer, _SMALLEST), _LARGEST) / longer
    width, height = (max(round(side * scale), 1) for side in picture.size)
    edge = 40
    sheet = Image.new("RGB", (width + 2 * edge, height + 2 * edge), "white")
    shown = picture.convert("RGBA").resize((width, height))
    sheet.paste(shown, (edge, edge), shown)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(20)
    across = [edge + width * at // COLUMNS for at in range(COLUMNS + 1)]
    down = [edge + height * at // ROWS for at in range(ROWS + 1)]
    for colour, thick in (("white", 3), ("black", 1)):
        for x in across:
            draw.line((x, edge, x, edge + height), colour, thick)
        for y in down:
            draw.line((edge, y, edge + width, y), colour, thick)
    for at, letter in enumerate(LETTERS):
        for y in (edge // 2, height + edge + edge // 2):
            _write(draw, ((across[at] + across[at + 1]) // 2, y), letter, font, width // COLUMNS)
    for at in range(ROWS):
        for x in (edge // 2, width + edge + edge // 2):
            if at % _every(height) == 0:
                _write(draw, (x, (down[at] + down[at + 1]) // 2), str(at + 1), font, edge)
    return sheet


def _every(height: int) -> int:
    """In a flat picture not every row has room for its number: then every second, or fourth."""
    return next((step for step in (1, 2, 4) if height * step // ROWS >= 18), 8)


def _write(
    draw: ImageDraw.ImageDraw,
    middle: tuple[int, int],
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    room: int,
) -> None:
    if room >= 6:
        draw.text(
            middle, text, "black", font if room >= 18 else ImageFont.load_default(max(room - 2, 6)), anchor="mm"
        )
