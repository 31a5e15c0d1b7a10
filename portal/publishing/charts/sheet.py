"""A chart to take away: the drawing with its title, what the marks mean, source, licence, edition and address.

Everything it needs is in it; nothing is styled inline, so that it also opens under the policy of our own pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .measure import ems
from .svg import FILE, attribute, parts
from .values import Drawing, Size

WIDTH = 760
MARGIN = 28
PICTURE = Size(width=WIDTH - 2 * MARGIN, height=340, text=15)
FONTS = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans', 'Segoe UI', sans-serif"
)


@dataclass(frozen=True)
class Sheet:
    """The words around the picture, in the reader's language; `lang` as HTML names it."""

    lang: str
    title: str
    subtitle: str
    description: str
    notes: Sequence[str]
    address: str


def sheet(picture: str, height: float, words: Sheet) -> str:
    """A whole SVG document around the parts of a picture that is PICTURE.width wide."""
    top, head = _lines(words.title, 22, MARGIN + 20, "#16212b", 30)
    below, sub = _lines(words.subtitle, 15, top + 24 - 30, "#4a545d", 21)
    start = below - 4
    end = start + height
    foot, notes = end + 24, ""
    for note in (*words.notes, words.address):
        foot, more = _lines(note, 12.5, foot, "#4a545d", 18)
        notes += more
    tall = round(foot + MARGIN - 12)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall}" viewBox="0 0 {WIDTH} {tall}" '
        f'xml:lang={attribute(words.lang)} role="img" aria-labelledby="title desc" font-family={attribute(FONTS)}>'
        f'<title id="title">{escape(words.title)}</title><desc id="desc">{escape(words.description)}</desc>'
        f'<rect width="{WIDTH}" height="{tall}" fill="#fff"/><rect width="{WIDTH}" height="6" fill="#0b5a5e"/>'
        f'{head}{sub}<g transform="translate({MARGIN} {start:.0f})" font-size="{PICTURE.text:g}">{picture}</g>'
        f"{notes}</svg>\n"
    )


def chart_sheet(drawing: Drawing, words: Sheet) -> str:
    """The document of a line chart drawn in the size PICTURE."""
    return sheet(parts(drawing, FILE), drawing.size.height, words)


def wrapped(text: str, size: float, width: float) -> Iterator[str]:
    """The text in lines no wider than `width`; Chinese breaks anywhere, other words between spaces."""
    line, used = "", 0.0
    for piece in _pieces(text):
        needed = ems(piece) * size
        if line and used + ems(piece.rstrip()) * size > width:
            yield line.rstrip()
            line, used = "", 0.0
            piece = piece.lstrip()
        line += piece
        used += needed
    if line:
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if ord(character) > 0x2E7F:
            if word:
                yield word
            word = ""
            yield character
            continue
        word += character
        if character == " " or character == "/" or len(word) > 60:
            yield word
            word = ""
    if word:
        yield word


def _lines(text: str, size: float, top: float, fill: str, leading: float) -> tuple[float, str]:
    """The text set from `top` downwards, and where the next line would start."""
    found = ""
    for line in wrapped(text, size, WIDTH - 2 * MARGIN):
        found += f'<text x="{MARGIN}" y="{top:.0f}" font-size="{size:g}" fill="{fill}">{escape(line)}</text>'
        top += leading
    return top, found
