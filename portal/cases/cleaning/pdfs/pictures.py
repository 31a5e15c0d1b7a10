"""Pictures inside PDFs are whole files of cameras and scanners: their dots stay, what is said beside them goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the coded dots of a JPEG: neither a stuffed byte, nor a restart, nor a filling byte."""
_OF_DOTS = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)})
_TOP_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2c"})
_HEAD_BOXES = frozenset({b"ihdr", b"bpcc", b"pclr", b"cmap", b"cdef", b"res "})
_COLOURS = {1: 17, 2: 17, 3: 16, 4: 12}  # of so many channels: grey, sRGB, CMYK (ISO 15444-1, I.5.3.3)


def strip(item: Stream) -> None:
    """Cut a picture in place, whatever it is wrapped in. Raises ValueError for what cannot be cut."""
    filters, parameters = _filters(item)
    if not any(name in _CUT for name in filters):
        return
    cut = cut_data(item.read_raw_bytes(), filters, parameters)
    own = parameters[-1] if len(parameters) == len(filters) else None
    item.write(cut, filter=Name(filters[-1]), decode_parms=own if isinstance(own, Dictionary) else None)


def cut_data(raw: bytes, filters: list[str], parameters: list[pikepdf.Object | None]) -> bytes:
    """What lies under the outer filters, cut; the innermost filter alone still holds for it."""
    *outer, last = filters
    if last not in _CUT or any(name in _CUT for name in outer):
        raise ValueError("a picture inside a picture")
    if outer:
        with pikepdf.new() as wrapping:
            wrapped = Stream(wrapping, raw)
            wrapped.Filter = Array([Name(name) for name in outer])
            if len(parameters) == len(filters):
                wrapped.DecodeParms = Array(parameters[:-1])
            raw = unpacked(wrapped)
    return _CUT[last](raw)


def unpacked(item: pikepdf.Object) -> bytes:
    """What a stream unpacks to. Raises MemoryError when that is too much, PdfError when it does not."""
    try:
        return item.read_bytes()
    except pikepdf.PdfError as error:
        if "bad_alloc" in str(error):  # the library says it in no other way
            raise MemoryError from None
        raise


def _filters(item: Stream) -> tuple[list[str], list[pikepdf.Object | None]]:
    names, parameters = item.get(Name.Filter), item.get(Name.DecodeParms)
    filters = [str(name) for name in names] if isinstance(names, Array) else [] if names is None else [str(names)]
    listed: list[pikepdf.Object | None] = [] if parameters is None else [parameters]
    if isinstance(parameters, Array):
        listed = list(parameters)
    return [_FULL.get(name, name) for name in filters], listed


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without comments, thumbnails and what programs wrote, nor what follows it. Raises ValueError."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    out, at, dots = [b"\xff\xd8"], 2, False
    while at + 4 <= len(jpeg):
        if jpeg[at] != 0xFF:
            raise ValueError("no segment where one should be")
        marker = jpeg[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        out.append(_segment(marker, jpeg[at:end]))
        if marker == 0xDA:
            found = _MARKER.search(jpeg, end)
            at, dots = end, True
            end = found.start() if found else len(jpeg)
            out.append(jpeg[at:end])
        at = end
    if not dots:
        raise ValueError("a JPEG without a picture")
    return b"".join(out) + b"\xff\xd9"


def _segment(marker: int, segment: bytes) -> bytes:
    """The segment where the dots need it; of two that programs write, what says how colours are meant."""
    if marker in _OF_DOTS:
        return segment
    if marker == 0xE0 and segment[4:9] == b"JFIF\0" and len(segment) >= 18:
        return b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0"  # no thumbnail
    if marker == 0xEE and segment[4:9] == b"Adobe" and len(segment) >= 16:
        return b"\xff\xee\0\x0e" + segment[4:16]
    return b""


def without_boxes(data: bytes) -> bytes:
    """A JPEG 2000 picture without XML, identifiers, profiles and comments. Raises ValueError."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _without_comments(data)
    if data[4:8] != b"jP  ":
        raise ValueError("no JPEG 2000")
    out = []
    for kind, content in _boxes(data):
        if kind == b"jp2h":
            out.append(_box(kind, _head(content)))
        elif kind in _TOP_BOXES:
            out.append(_box(kind, _without_comments(content) if kind == b"jp2c" else content))
    return b"".join(out)


def _head(data: bytes) -> bytes:
    out, channels = [], 3
    for kind, content in _boxes(data):
        if kind == b"ihdr":
            channels = int.from_bytes(content[8:10], "big")
        if kind == b"colr" and content[:1] != b"\1":  # a profile, with the name of a device
            content = b"\1\0\0" + _COLOURS.get(channels, 16).to_bytes(4, "big")
        if kind in _HEAD_BOXES or kind == b"colr":
            out.append(_box(kind, content))
    return b"".join(out)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = at + size if size else len(data)
        if end < start:
            raise ValueError("a box that ends before it begins")
        yield kind, data[start:end]
        at = end


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _without_comments(code: bytes) -> bytes:
    """Comments are made blank where they stand, so that no length of a tile changes (ISO 15444-1, A.9.2)."""
    out, at, tile, parts = bytearray(code), 2, 0, 0
    while at + 4 <= len(out) and out[at : at + 2] != b"\xff\xd9":
        marker, end = out[at + 1], at + 2 + int.from_bytes(out[at + 2 : at + 4], "big")
        if out[at] != 0xFF:
            raise ValueError("no marker where one should be")
        if marker == 0x90:
            tile, parts = at, parts + 1
        if marker == 0x64:
            out[at + 4 : end] = bytes(len(out[at + 4 : end]))
        if marker == 0x93:
            length = int.from_bytes(code[tile + 6 : tile + 10], "big")
            end = tile + length if length else len(out)
            if not parts or end <= at:
                raise ValueError("a tile that ends before it begins")
        at = end
    if not parts:
        raise ValueError("a JPEG 2000 without a picture")
    return bytes(out[:at]) + b"\xff\xd9" if out[at : at + 2] == b"\xff\xd9" else bytes(out)


def without_extensions(data: bytes) -> bytes:
    """A JBIG2 picture without the segments that hold comments (ISO 14492, 7.4.16). Raises ValueError."""
    out, at = [], 0
    while at + 11 <= len(data):
        number, flags, refers = int.from_bytes(data[at : at + 4], "big"), data[at + 4], data[at + 5]
        count, after = refers >> 5, at + 6
        if count == 7:
            count = int.from_bytes(data[at + 5 : at + 9], "big") & 0x1FFFFFFF
            after = at + 9 + (count + 8) // 8
        after += count * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        length = int.from_bytes(data[after : after + 4], "big")
        if length == 0xFFFFFFFF:
            raise ValueError("a segment of unknown length")
        end = after + 4 + length
        if flags & 0x3F != 62:
            out.append(data[at:end])
        at = end
    return b"".join(out)


_CUT: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": without_segments,
    "/JPXDecode": without_boxes,
    "/JBIG2Decode": without_extensions,
}
_FULL = {"/DCT": "/DCTDecode", "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/RL": "/RunLengthDecode"}
_FULL |= {"/A85": "/ASCII85Decode", "/AHx": "/ASCIIHexDecode", "/CCF": "/CCITTFaxDecode"}
