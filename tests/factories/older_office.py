"""Files as older office programs wrote them, each byte put there by hand: what those programs no longer write."""

import struct
from collections.abc import Iterable, Mapping

SECTOR = 512
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST = 4096
"""What is shorter lies in a file system within the file system; none is made here."""

Streams = Mapping[str, "bytes | Streams"]


def compound(streams: Streams) -> bytes:
    """A compound file (MS-CFB, version 3): streams, and below a name more of them."""
    entries: list[tuple[str, int, int, int, int, int]] = []
    sectors: list[bytes] = []
    chain: list[int] = []

    def stored(data: bytes) -> int:
        first = len(sectors)
        data = data.ljust(_SMALLEST, b"\0")
        sectors.extend(data[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(data), SECTOR))
        chain.extend([*range(first + 1, len(sectors)), _END])
        return first

    def listed(within: Streams) -> int:
        """The names of one folder, each the right neighbour of the one before."""
        first = len(entries)
        entries.extend([("", 0, 0, 0, 0, 0)] * len(within))
        for at, (name, held) in enumerate(within.items(), first):
            right = at + 1 if at + 1 < first + len(within) else _NONE
            if isinstance(held, bytes):
                entries[at] = (name, 2, right, _NONE, stored(held), max(len(held), _SMALLEST))
            else:
                entries[at] = (name, 1, right, listed(held), 0, 0)
        return first

    entries.append(("", 0, 0, 0, 0, 0))
    entries[0] = ("Root Entry", 5, _NONE, listed(streams), _END, 0)
    packed = b"".join(map(_entry, entries))
    directory = stored(packed.ljust(-(-len(packed) // SECTOR) * SECTOR, b"\0"))
    tables = next(n for n in range(1, 110) if n * 128 >= len(sectors) + n)
    chain += [_FAT] * tables
    numbers = struct.pack(f"<{tables * 128}I", *chain, *[_NONE] * (tables * 128 - len(chain)))
    where = [*range(len(sectors), len(sectors) + tables), *[_NONE] * (109 - tables)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, directory, 0, _SMALLEST, _END, 0, _END, 0)
    return head + struct.pack("<109I", *where) + b"".join(sectors) + numbers


def _entry(entry: tuple[str, int, int, int, int, int]) -> bytes:
    name, kind, right, below, first, size = entry
    letters = name.encode("utf-16-le")
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(letters) + 2, kind, 1, _NONE, right, below)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def places(*at: int, beside: bytes = b"") -> bytes:
    return struct.pack(f"<{len(at)}i", *at) + beside


def word(
    text: str = "",
    *,
    pieces: Iterable[tuple[int, bool, int]] = (),
    lengths: Mapping[int, int] | None = None,
    tables: Mapping[int, bytes] | None = None,
    deleted: Iterable[tuple[int, int]] = (),
    rows: Iterable[tuple[int, int]] = (),
    signs: Iterable[tuple[int, int]] = (),
    prefix: bytes = b"",
    flags: int = 0,
    version: int = 0xC1,
) -> dict[str, bytes | Streams]:
    """The streams of a document of Word 97 (MS-DOC) that holds this text at 2048, two bytes a letter.

    `pieces` are the place of a first letter, whether it is narrow from there, and what is said of the piece;
    without them the whole text is one. `deleted`, `rows` and `signs` are places of letters that were deleted, of
    paragraphs that end a row of a table, and of letters that stand for signs of another font.
    """
    letters = text.encode("utf-16-le")
    start = 2048
    cuts = list(pieces) or [(0, False, 0)]
    ends = [*(at for at, _, _ in cuts), len(text)]
    body, narrowed = bytearray(letters), bytearray()
    found = []
    for (at, narrow, said), end in zip(cuts, ends[1:], strict=True):
        if narrow:
            found.append((0x40000000 | 2 * (start + len(body) + len(narrowed)), said))
            narrowed += text[at:end].encode("cp1252")
        else:
            found.append((start + 2 * at, said))
    body += narrowed
    main = bytearray(start) + body
    listed = b"".join(struct.pack("<2xIH", where, said) for where, said in found)
    whole = places(*ends, beside=listed)
    kept = {33: prefix + b"\x02" + struct.pack("<I", len(whole)) + whole, **(tables or {})}
    for number, spans, said in (
        (12, deleted, b"\x03\x00\x08\x01"),
        (12, signs, b"\x06\x09\x6a\x02\0\xfe\xf0"),
        (13, rows, b"\x03\0\0\x17\x24\x01"),
    ):
        if spans := list(spans):
            main += bytes(-len(main) % SECTOR)
            kept[number] = places(0, 0, beside=struct.pack("<I", len(main) // SECTOR))
            at = [(start + 2 * first, start + 2 * end) for first, end in spans]
            main += _page(at, said, 1 if number == 12 else 13)
    table = bytearray(8)
    for number, data in kept.items():
        struct.pack_into("<II", main, 0x9A + 8 * number, len(table), len(data))
        table += data
    struct.pack_into("<HH6xH", main, 0, 0xA5EC, version, flags)
    for number, length in (lengths or {0: len(text)}).items():
        struct.pack_into("<i", main, 0x4C + 4 * number, length)
    return {"WordDocument": bytes(main), "1Table" if flags & 0x200 else "0Table": bytes(table)}


def _page(spans: list[tuple[int, int]], said: bytes, width: int) -> bytes:
    """A page that says the same of each stretch, and nothing of what lies between them."""
    edges = sorted({0, *(place for span in spans for place in span), 0x7FFFFFFF})
    starts = {first for first, _ in spans}
    at = SECTOR - 2 - len(said) - len(said) % 2
    page = bytearray(struct.pack(f"<{len(edges)}I", *edges))
    for edge in edges[:-1]:
        page += bytes([at // 2 if edge in starts else 0]).ljust(width, b"\0")
    page = page.ljust(at, b"\0") + said
    return bytes(page.ljust(SECTOR - 1, b"\0")) + bytes([len(edges) - 1])


def record(kind: int, data: bytes = b"", *, number: int = 0, holds: bool = False) -> bytes:
    return struct.pack("<HHI", number << 4 | (0xF if holds else 0), kind, len(data)) + data


def slides(
    *savings: Mapping[int, bytes], token: int = 0xE391C05F, more: bytes = b""
) -> dict[str, bytes | Streams]:
    """The streams of a show of PowerPoint 97 (MS-PPT): the parts of each saving, the first of them the document.

    `more` stands at the end of the last saving.
    """
    stream, edit = bytearray(), 0
    for parts in savings:
        listed = b""
        for number, part in parts.items():
            listed += struct.pack("<II", 1 << 20 | number, len(stream))
            stream += part
        directory = len(stream)
        stream += record(0x1772, listed)
        said = struct.pack("<7I", 0, 0, edit, directory, next(iter(parts)), 9, 0)
        edit = len(stream)
        stream += record(0x0FF5, said + (more if parts is savings[-1] else b""))
    return {"Current User": struct.pack("<8xIII", 20, token, edit), "PowerPoint Document": bytes(stream)}
