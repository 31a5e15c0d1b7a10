"""SVG as PNG, with a named font that has Chinese characters: without one they would come out as empty boxes."""

from dataclasses import dataclass
from pathlib import Path

import resvg_py

from portal.foundation.errors import Unavailable
from portal.foundation.i18n import N_, message

ZOOM = 2  # twice the pixels of the drawing: sharp on screens and in print


@dataclass(frozen=True)
class Font:
    """A font file and the family in it that is meant."""

    file: Path
    family: str


KNOWN = tuple(
    Font(Path(file), family)
    for file, family in (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),  # Debian, Ubuntu
        ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),  # Arch, Alpine
        ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),  # Fedora
        ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
        ("/System/Library/Fonts/PingFang.ttc", "PingFang SC"),
        ("/System/Library/Fonts/Hiragino Sans GB.ttc", "Hiragino Sans GB"),
        ("C:/Windows/Fonts/msyh.ttc", "Microsoft YaHei"),
    )
)


def font_for(file: str, family: str) -> Font | None:
    """The font the operator named, or else one known to be good that this machine has."""
    if file:
        return Font(Path(file), family)
    return next((font for font in KNOWN if font.file.is_file()), None)


def png_of(svg: str, font: Font | None) -> bytes:
    """The document as a PNG. Raises Unavailable when the machine has no font for it."""
    if font is None or not font.file.is_file():
        raise Unavailable(
            message(
                N_(
                    "This server has no font with Chinese characters, so it cannot make a PNG. "
                    "The same chart is there as SVG. Operators: see PORTAL_CHART_FONT."
                )
            )
        )
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            skip_system_fonts=True,
            font_files=[str(font.file)],
            font_family=font.family,
            sans_serif_family=font.family,
            serif_family=font.family,
        )
    )
