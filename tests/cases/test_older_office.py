"""Files of Word, PowerPoint and Excel 97 to 2003, which WPS writes as well: their words, and not who wrote them.

The letter, the locked one and the slides were saved by LibreOffice; what it does not write is made by hand.
"""

import random
import struct
from pathlib import Path

import pytest

from portal.cases.cleaning import child
from portal.cases.cleaning.kinds import Kind, Refusal, Refused
from tests.cases.test_cleaning import WHO, refuses
from tests.factories.older_office import compound, places, record, slides, word

DATA = Path(__file__).parent / "data"
LETTER_SAID = """[header 页眉: Header No. 7 页眉]
第一季度绩效报表
The sheets [deleted words left out 删去的文字未收入]were swapped.[footnote 脚注: see row 7 脚注] café “quoted” — \
end[endnote 尾注: end note 尾注]
Comment[comment 批注: is this true? 批注] by  file  page 1 link text\ttabbed
broken 😀 𠮷
指标\t\t91.5\t
a
b\t\t\t
after  the table
[text boxes 文本框: in a box 文本框]
[footer 页脚: foot 页脚]
"""
SLIDES_SAID = """# slide 幻灯片 1
第一张 Title
Outline one
two café
free box 😀
line
[comment 批注: is this true? 批注]
[notes 备注: say this 备注]
# slide 幻灯片 2 (hidden 隐藏)
second, hidden
# slide 幻灯片 3
third
in group
"""
TRACES = (WHO, "WeiC", "Bureau 7", "SECRET TITLE", "was removed", "weic", "tracker.example", "2026")


def said_of(data: bytes) -> str:
    return child.cleaned(data)[2].decode()


def said_of_word(*args: object, **more: object) -> str:
    return said_of(compound(word(*args, **more)))


BOX = record(0x0F9F, bytes(4))


def box(text: str, *more: bytes) -> bytes:
    return record(0xF00D, BOX + record(0x0FA0, text.encode("utf-16-le")) + b"".join(more), holds=True)


def strings_of(*said: tuple[int, str]) -> bytes:
    return b"".join(record(0x0FBA, text.encode("utf-16-le"), number=number) for number, text in said)


def listing(*names: tuple[int, int], kind: int = 0, texts: bytes = b"") -> bytes:
    """Slides, or their notes, by the numbers of their parts and their names."""
    listed = b"".join(record(0x03F3, struct.pack("<5I", part, 0, 0, name, 0)) for part, name in names)
    return record(0x0FF0, listed + texts, number=kind, holds=True)


PARTS = {1: record(0x03E8, listing((2, 256)), holds=True), 2: record(0x03EE, box("x"), holds=True)}


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [("letter.doc", Kind.DOCUMENT, LETTER_SAID), ("slides.ppt", Kind.SLIDES, SLIDES_SAID)],
)
def test_all_words_come_along_in_place_and_nothing_of_who_wrote_them(name: str, kind: Kind, said: str) -> None:
    data = (DATA / name).read_bytes()
    told = [one for one in TRACES if one.encode() in data or one.encode("utf-16-le") in data]
    assert {WHO, "WeiC", "SECRET TITLE"} <= set(told)
    found, ending, copy = child.cleaned(data)
    assert (found, ending, copy.decode()) == (kind, "txt", said)
    assert [one for one in TRACES if one in said] == []


def test_a_file_under_a_password_is_said_to_be_locked() -> None:
    refuses((DATA / "locked.doc").read_bytes(), Refusal.ENCRYPTED)
    refuses(compound(slides(PARTS, token=0xF3D1C4DF)), Refusal.ENCRYPTED)
    refuses(compound(slides(PARTS, more=bytes(4))), Refusal.ENCRYPTED)
    begins, locked, ends = (struct.pack("<HH", kind, 4) + bytes(4) for kind in (0x0809, 0x2F, 0x0A))
    refuses(compound({"Workbook": begins + locked + ends}), Refusal.ENCRYPTED)
    assert child.cleaned(compound({"Workbook": begins + ends + locked}))[0] is Kind.SHEET
    refuses(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), Refusal.ENCRYPTED)


def test_what_is_older_still_or_of_another_program_is_said_to_be_so() -> None:
    refuses(compound(word("Word 6", version=0x65)), Refusal.OLDER)
    refuses(compound({"MatOST": b"Works"}), Refusal.OLDER)
    refuses(compound({**slides(PARTS), "Text_Content": b"PowerPoint 95"}), Refusal.OLDER)


def test_what_a_document_embeds_does_not_decide_what_it_is() -> None:
    within = {"ObjectPool": {"_1": {"Workbook": b"x", "EncryptedPackage": b"x"}}}
    assert child.cleaned(compound({**within, **word("seen\r")})) == (Kind.DOCUMENT, "txt", b"seen\n")


def test_pieces_are_read_in_their_order_narrow_and_wide_from_either_table() -> None:
    text = "café, 报表, “narrow” again\r"
    pieces = [(0, True, 0), (6, False, 0), (10, True, 0)]
    assert said_of_word(text, pieces=pieces) == "café, 报表, “narrow” again\n"
    assert said_of_word(text, pieces=pieces, flags=0x200) == "café, 报表, “narrow” again\n"


def test_words_deleted_while_changes_were_tracked_stay_out_however_that_is_said() -> None:
    left_out = "one [deleted words left out 删去的文字未收入]three\n"
    text = "one two three\r"
    assert said_of_word(text, deleted=[(4, 8)]) == left_out
    assert said_of_word(text, deleted=[(4, 6), (6, 8)]) == left_out
    assert said_of_word(text, pieces=[(0, True, 0), (4, True, 0x41 << 1 | 1 << 8), (8, True, 0)]) == left_out
    whole = b"\x01\x03\0\0\x08\x01"
    assert said_of_word(text, pieces=[(0, True, 0), (4, True, 1), (8, True, 0)], prefix=whole) == left_out
    assert said_of_word(text, pieces=[(0, True, 0), (4, True, 0x41 << 1), (8, True, 0)]) == "one two three\n"


def test_a_sign_of_a_font_of_signs_is_said_to_be_one() -> None:
    """A tick in a form: what is written in its place is a bracket."""
    assert said_of_word("(done) ((\r", signs=[(7, 9)]) == "(done) [symbol 符号][symbol 符号]\n"


def test_a_row_of_a_table_is_a_line_and_its_empty_cells_are_there() -> None:
    text = "a\x07\x07c\x07\x07d\x07e\x07f\x07\x07"
    assert said_of_word(text, rows=[(5, 6), (12, 13)]) == "a\t\tc\t\nd\te\tf\t\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("\x13 PAGE \x143\x15.\r", "3.\n", id="shown"),
        pytest.param("\x13 AUTHOR \x14Wei Chen\x15.\r", ".\n", id="who"),
        pytest.param("\x13 TEMPLATE \\p \x14C:\\WeiC\\a.dot\x15.\r", ".\n", id="whose template"),
        pytest.param('\x13 "docproperty" x \x14Wei Chen\x15.\r', ".\n", id="who in other letters"),
        pytest.param("\x13 INFO \x13 PAGE \x143\x15 x \x14Wei Chen\x15.\r", ".\n", id="a field in what is asked"),
        pytest.param("\x13 IF \x14yes \x13 USERNAME \x14Wei Chen\x15 no\x15.\r", "yes  no.\n", id="who within"),
        pytest.param("\x13 PRIVATE Wei Chen\x15.\r", ".\n", id="nothing shown"),
        pytest.param("\x14a\x15\x15 b\r", "a b\n", id="ends without beginnings"),
        pytest.param("a\x01\x08\x0bb\x1ec\x1fd\x0c\n\te\r", "a\nb-cd\n\n\te\n", id="signs"),
    ],
)  # fmt: skip
def test_fields_show_what_they_show_unless_it_is_who_wrote(text: str, said: str) -> None:
    assert said_of_word(text) == said


def test_a_field_whose_question_was_deleted_still_shows_nothing_of_who_wrote() -> None:
    text = "\x13 AUTHOR \x14Wei Chen\x15.\r"
    assert said_of_word(text, deleted=[(1, 9)]) == ".\n"


def test_notes_stand_where_they_are_referred_to_and_heads_stand_once() -> None:
    body, note, heads = "Seen\x02 here\r", "\x02 below\r", "-\rNo. 7\rNo. 7\rfoot\r"
    tables = {
        2: places(4, len(body), beside=b"\0\0"),
        3: places(0, len(note), 99),
        11: places(0, 2, 2, 2, 2, 2, 2, 8, 14, 14, 19, 19, 19, -1),
    }
    lengths = {0: len(body), 1: len(note), 2: len(heads)}
    said = said_of_word(body + note + heads, lengths=lengths, tables=tables)
    assert said == "[header 页眉: No. 7]\nSeen[footnote 脚注: below] here\n[footer 页脚: foot]\n"


def test_a_note_whose_reference_was_deleted_is_left_out_with_it() -> None:
    body, note = "Seen\x02 here\r", "\x02 below\r"
    tables = {2: places(4, len(body), beside=b"\0\0"), 3: places(0, len(note), 99)}
    said = said_of_word(body + note, lengths={0: len(body), 1: len(note)}, tables=tables, deleted=[(4, 5)])
    assert said == "Seen[deleted words left out 删去的文字未收入] here\n"


def test_savings_that_say_to_follow_each_other_for_ever_are_read_once() -> None:
    show = slides(PARTS)
    (edit,) = struct.unpack_from("<I", show["Current User"], 16)
    stream = bytearray(show["PowerPoint Document"])
    struct.pack_into("<I", stream, edit + 16, edit)
    assert said_of(compound(show | {"PowerPoint Document": bytes(stream)})) == "# slide 幻灯片 1\nx\n"


def test_notes_that_are_listed_and_gone_are_no_damage() -> None:
    """PowerPoint leaves them so itself."""
    lists = listing((2, 256)) + listing((9, 7), kind=2)
    said = said_of(compound(slides({**PARTS, 1: record(0x03E8, lists, holds=True)})))
    assert said == "# slide 幻灯片 1\nx\n"


def test_a_show_is_read_as_it_was_saved_last() -> None:
    """Earlier states lie in the file too, with what was taken out of them."""
    before = {1: record(0x03E8, listing((2, 256)), holds=True), 2: record(0x03EE, box("was removed"), holds=True)}
    parts = {
        1: record(0x03E8, listing((3, 256), (2, 257)), holds=True),
        2: record(0x03EE, box("last"), holds=True),
        3: record(0x03EE, box("first"), holds=True),
    }
    data = compound(slides(before, parts))
    assert "was removed".encode("utf-16-le") in data
    assert said_of(data) == "# slide 幻灯片 1\nfirst\n# slide 幻灯片 2\nlast\n"


def test_of_a_comment_on_a_slide_its_words_come_along_and_not_who_made_it() -> None:
    comment = record(0x2EE0, strings_of((0, WHO), (1, "why?"), (2, "WeiC")), holds=True)
    tags = record(0x1388, record(0x138A, record(0x138B, comment), holds=True), holds=True)
    around = record(0x0FD9, strings_of((0, "2026-01-02"), (2, "foot")), holds=True)
    slide = record(0x03EE, box("seen") + around + tags, holds=True)
    said = said_of(compound(slides({1: record(0x03E8, listing((2, 256)), holds=True), 2: slide})))
    assert said == "# slide 幻灯片 1\nseen\n[footer 页脚: foot]\n[comment 批注: why?]\n"


def test_words_of_the_outline_stand_where_a_slide_refers_to_them_and_signs_for_numbers_go() -> None:
    texts = b"".join(BOX + record(0x0FA8, text) for text in (b"title", b"caf\xe9\rline"))
    refers = record(0xF00D, record(0x0F9E, struct.pack("<I", 1)), holds=True)
    slide = record(0x03EE, box("page *", record(0x0FD8, struct.pack("<I", 5))) + refers, holds=True)
    said = said_of(compound(slides({1: record(0x03E8, listing((2, 256), texts=texts), holds=True), 2: slide})))
    assert said == "# slide 幻灯片 1\ntitle\npage \ncafé\nline\n"


def pieces(*at: int, lie: list[int]) -> bytes:
    """A table that says where the pieces lie which begin and end at these places."""
    table = places(*at, beside=b"".join(struct.pack("<2xIH", place, 0) for place in lie))
    return b"\x02" + struct.pack("<I", len(table)) + table


def broken_word(number: int, table: bytes) -> bytes:
    return compound(word("text\r", tables={number: table}, lengths={0: 3, 1: 2}))


SHOW = slides(PARTS)
DEEP = b""
for _ in range(100):
    DEEP = record(0xF003, DEEP, holds=True)


def saved_as(kind: int) -> bytes:
    """The same saving again, in a record that says it is of this kind."""
    stream, user = SHOW["PowerPoint Document"], SHOW["Current User"]
    assert isinstance(stream, bytes) and isinstance(user, bytes)
    (edit,) = struct.unpack_from("<I", user, 16)
    again = stream + record(kind, stream[edit + 8 :])
    return compound({"PowerPoint Document": again, "Current User": user[:16] + struct.pack("<I", len(stream))})


def with_slide(within: bytes) -> bytes:
    return compound(slides({**PARTS, 2: record(0x03EE, within, holds=True)}))


def pointing_outside() -> bytes:
    streams = word("text\r")
    main, at = streams["WordDocument"], 0x9A + 8 * 33 + 4
    assert isinstance(main, bytes)
    return compound({**streams, "WordDocument": main[:at] + struct.pack("<I", 10**6) + main[at + 4 :]})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), id="nothing but its beginning"),
        pytest.param(compound(word("x" * 9))[:3000], id="cut off"),
        pytest.param(compound(word("text\r", lengths={0: 6})), id="less text than said"),
        pytest.param(compound(word("text\r", lengths={0: -1})), id="less than nothing"),
        pytest.param(compound(word("text\r", flags=0x200) | {"1Table": b"x"}), id="no pieces"),
        pytest.param(broken_word(33, pieces(0, 5, lie=[1 << 29])), id="a piece outside"),
        pytest.param(broken_word(33, pieces(0, 20, 25, lie=[1 << 29, 2048])), id="a first piece outside"),
        pytest.param(broken_word(33, pieces(0, 9, 5, lie=[2048, 2048])), id="pieces out of order"),
        pytest.param(broken_word(33, b"\x01\xff\xff"), id="changes outside"),
        pytest.param(broken_word(33, b"\x03" + pieces(0, 5, lie=[2048])[1:]), id="another thing than pieces"),
        pytest.param(pointing_outside(), id="a table outside"),
        pytest.param(broken_word(12, places(0, 0, beside=struct.pack("<I", 4000))), id="a page outside"),
        pytest.param(compound(word("text\r", tables={2: places(0, 3, beside=b"\0\0"), 3: places(0, 9, 9)},
                                   lengths={0: 3, 1: 2})), id="a note outside"),
        pytest.param(saved_as(0x0FF6), id="another thing than a saving"),
        pytest.param(compound(slides({1: record(0x03E8, listing((7, 256)), holds=True)})), id="a slide nowhere"),
        pytest.param(compound(slides({**PARTS, 2: record(0x03F0, box("x"), holds=True)})), id="notes for a slide"),
        pytest.param(with_slide(DEEP), id="too deep"),
        pytest.param(with_slide(b"\0\0\xa0\x0f\x20\0\0\0x"), id="a record outside"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_said_to_be_damaged(data: bytes) -> None:
    refuses(data, Refusal.DAMAGED)


def test_a_text_that_says_it_is_endless_is_too_big() -> None:
    refuses(compound(word("text\r", tables={33: pieces(0, 2**31 - 1, lie=[2048])})), Refusal.TOO_BIG)


def mutated(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(out) - 4)
        if chance.random() < 0.5:
            struct.pack_into(
                "<I", out, at & ~1, chance.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 2, 512))
            )
        else:
            out[at] = chance.randrange(256)
    return bytes(out) if chance.random() < 0.9 else bytes(out[: chance.randrange(1000, len(out))])


@pytest.mark.parametrize("name", ["letter.doc", "slides.ppt"])
def test_a_file_changed_anywhere_gives_a_copy_or_a_reason(name: str) -> None:
    """Whatever else came out of it would reach the officer as a failure of the portal."""
    data, chance, ended = (DATA / name).read_bytes(), random.Random(7), set()
    for _ in range(150):
        try:
            ended.add(child.cleaned(mutated(data, chance))[1])
        except Refused as refused:
            ended.add(refused.why.value)
    assert {"txt", "damaged"} <= ended
