"""Goes through all that hangs on the root of a PDF and leaves to each object only what draws."""

from __future__ import annotations

import re

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from portal.cases.cleaning.pdfs import content, pictures
from portal.cases.cleaning.pdfs.kinds import KINDS, NOTE_SIGNS, NOTES_KEPT, Holds

_UNSEEN = 2 | 32  # hidden, not to be viewed (ISO 32000-2, 12.5.3)
_MOST_ABOVE = 50
_COMMENT = re.compile(rb"(?:\A|(?<=[\r\n]))%(?!!)[^\r\n]*")
_SAYS_WHO = frozenset({b"name", b"DSIG", b"meta", b"FFTM", b"PCLT"})
"""Tables of a font that say who made it, signed it or when (ISO 14496-22 and FontForge's own)."""
_FIXED = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_D50 = [0.9642, 1, 0.8249]


def keep_what_draws(pdf: pikepdf.Pdf) -> None:
    """Everything else is cut off, in place. Raises ValueError and what pikepdf raises."""
    for key in list(pdf.trailer.keys()):
        if key not in ("/Root", "/Size"):
            del pdf.trailer[key]
    for page in pdf.pages:
        page.contents_coalesce()
    _keep_seen_notes(pdf)
    waiting: list[tuple[pikepdf.Object, str]] = [(pdf.Root, "root")]
    seen: set[tuple[int, int]] = set()
    layers = 0
    while waiting:
        item, kind = waiting.pop()
        if item.is_indirect:
            if item.objgen in seen:
                continue
            seen.add(item.objgen)
        if isinstance(item, Array):
            _fix_colours(item)
            waiting += [(one, kind) for one in item if isinstance(one, Array | Dictionary | Stream)]
            continue
        if kind == "note" and item.get(Name.Subtype) == Name.Widget and item.is_indirect:
            kind = "field"
        holds = KINDS[kind]
        _leave(item, holds)
        if kind == "layer" and Name.Name in item:
            layers += 1
            item[Name.Name] = pikepdf.String(str(layers))
        for key in item.keys():  # noqa: SIM118 - a pikepdf object is no mapping
            one = item[key]
            if isinstance(one, Array | Dictionary | Stream):
                waiting.append((one, holds.under(key)))
        if isinstance(item, Stream):
            _strip_stream(item, kind)


def _leave(item: pikepdf.Object, holds: Holds) -> None:
    keys = KINDS["drawn"].keys if isinstance(item, Stream) else holds.keys
    if keys is not None:
        for key in list(item.keys()):
            if key not in keys:
                del item[key]


def _strip_stream(item: Stream, kind: str) -> None:
    pictures.strip(item)
    if kind == "letters":
        item.write(_uncommented(pictures.unpacked(item)))
    elif kind == "type 1":
        clear, data = int(item.get(Name.Length1, 0)), pictures.unpacked(item)
        item.write(_uncommented(data[:clear]) + data[clear:])
    elif kind == "fax":
        item.write(pictures.without_extensions(pictures.unpacked(item)))
    elif kind == "font":
        item.write(_without_makers(pictures.unpacked(item)))
    elif item.get(Name.FunctionType) == 4:
        item.write(re.sub(rb"%[^\r\n]*", b"", pictures.unpacked(item)))
    elif kind in ("content", "glyphs") or item.get(Name.Subtype) == Name.Form or item.get(Name.PatternType) == 1:
        drawn = content.rewritten(item, pictures.unpacked(item))
        if drawn is not None:
            item.write(drawn)


def _uncommented(program: bytes) -> bytes:
    return _COMMENT.sub(lambda found: b"%" + b" " * (len(found[0]) - 1), program)


def _without_makers(font: bytes) -> bytes:
    """A TrueType or OpenType font whose tables about its makers are blank; another kind as it is."""
    if font[:4] not in (b"\0\1\0\0", b"true", b"OTTO"):
        return font
    out = bytearray(font)
    for at in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16):
        if font[at : at + 4] in _SAYS_WHO:
            start, size = (int.from_bytes(font[at + n : at + n + 4], "big") for n in (8, 12))
            out[start : start + size] = bytes(len(out[start : start + size]))
    return bytes(out)


def _fix_colours(item: Array) -> None:
    """A profile names the screen or camera it was made for; to look at, plain colours of as many channels do."""
    if len(item) < 2 or item[0] != Name.ICCBased or not isinstance(item[1], Stream):
        return
    profile, channels = item[1], item[1].get(Name.N)
    lab = pictures.unpacked(profile)[16:20] == b"Lab "
    colours = [Name.Lab, Dictionary(WhitePoint=_D50)] if lab else [Name(_FIXED[int(str(channels))])]
    while len(item):
        del item[0]
    item.extend(colours)


def _keep_seen_notes(pdf: pikepdf.Pdf) -> None:
    """Notes and fields that are seen stay, and of a form only the fields that stay."""
    fields: dict[tuple[int, int], pikepdf.Object] = {}
    for page in pdf.pages:
        notes = page.obj.get(Name.Annots)
        if isinstance(notes, Array):
            kept = [note for note in notes if _stays(note)]
            page.obj[Name.Annots] = Array(kept)
            for note in kept:
                if note.get(Name.Subtype) == Name.Widget and note.is_indirect:
                    fields[note.objgen] = note
        elif notes is not None:
            del page.obj[Name.Annots]
    form = pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        form[Name.Fields] = Array(_fields_above(fields))


def _stays(note: object) -> bool:
    if not isinstance(note, Dictionary) or str(note.get(Name.Subtype)) not in NOTES_KEPT:
        return False
    if int(note.get(Name.F, 0)) & _UNSEEN:
        return False
    if Name.Name in note and str(note[Name.Name]) not in NOTE_SIGNS:
        del note[Name.Name]
    return True


def _fields_above(fields: dict[tuple[int, int], pikepdf.Object]) -> list[pikepdf.Object]:
    """The roots of the fields that are kept, each with kept kids only, and numbers for names."""
    kids: dict[tuple[int, int], list[pikepdf.Object]] = {}
    known, roots = dict(fields), []
    waiting = list(fields.values())
    for _ in range(_MOST_ABOVE):
        above: list[pikepdf.Object] = []
        for one in waiting:
            parent = one.get(Name.Parent)
            if not isinstance(parent, Dictionary) or not parent.is_indirect:
                roots.append(one)
                continue
            kids.setdefault(parent.objgen, []).append(one)
            if parent.objgen not in known:
                known[parent.objgen] = parent
                above.append(parent)
        waiting = above
    for number, (where, one) in enumerate(known.items(), 1):
        if where in kids:
            one[Name.Kids] = Array(kids[where])
        if Name.T in one:
            one[Name.T] = pikepdf.String(str(number)) if where in kids or Name.FT in one else pikepdf.String("")
        if one.get(Name.FT) == Name.Sig or isinstance(one.get(Name.V), Dictionary):
            for key in (Name.V, Name.FT):
                if key in one:
                    del one[key]
    return roots
