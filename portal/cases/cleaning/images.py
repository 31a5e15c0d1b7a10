"""Pictures are drawn anew from their pixels: nothing else of the file comes along."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO
from struct import error as StructError

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from portal.cases.cleaning import heic
from portal.cases.cleaning.kinds import Refusal, Refused, is_heic

MOST_PIXELS = 60_000_000
_READERS = (
    AvifImagePlugin.AvifImageFile,
    *(BmpImagePlugin.BmpImageFile, GifImagePlugin.GifImageFile, JpegImagePlugin.JpegImageFile),
    *(PngImagePlugin.PngImageFile, TiffImagePlugin.TiffImageFile, WebPImagePlugin.WebPImageFile),
)
_READ = tuple(str(reader.format) for reader in _READERS)
"""No other kind is read, nor is its reader loaded: each is one more way to be attacked."""
_BROKEN = (OSError, StructError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, EOFError)
_PHOTOGRAPHS = ("AVIF", "JPEG", "MPO", "WEBP", "TIFF")


_LATER = (MpoImagePlugin,)
"""Telephones write two pictures into one JPEG: what reads that is asked for only when it is met."""


def ready() -> None:
    """Load what reads and writes pictures, while files may still be opened."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # it may start no other
    for name in ("JPEG", "PNG"):
        Image.new("RGB", (1, 1)).save(BytesIO(), name)


def cleaned(data: bytes, change: Callable[[Image.Image], Image.Image] | None = None) -> tuple[str, bytes]:
    """The ending and bytes of the picture drawn anew, upright; of several, the first. Raises Refused.

    With `change`, what that makes of its dots.
    """
    try:
        if is_heic(data):
            return _drawn(heic.picture(data, MOST_PIXELS), True, change)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.MAX_IMAGE_PIXELS = None  # judged here, before a pixel is read
            with Image.open(BytesIO(data), formats=_READ) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused(Refusal.TOO_BIG)
                photograph = picture.format in _PHOTOGRAPHS
                return _drawn(ImageOps.exif_transpose(picture), photograph, change)
    except MemoryError:
        raise Refused(Refusal.TOO_BIG) from None
    except _BROKEN:
        raise Refused(Refusal.DAMAGED) from None


def _drawn(
    picture: Image.Image, photograph: bool, change: Callable[[Image.Image], Image.Image] | None
) -> tuple[str, bytes]:
    clear = "A" in picture.getbands() or "transparency" in picture.info
    mode = "RGBA" if clear else "L" if picture.mode in ("1", "L") else "RGB"
    anew = Image.new(mode, picture.size)
    anew.paste(picture.convert(mode))
    anew = change(anew) if change else anew
    out = BytesIO()
    if photograph and not clear:
        anew.save(out, "JPEG", quality=92)
        return "jpg", out.getvalue()
    anew.save(out, "PNG")
    return "png", out.getvalue()
