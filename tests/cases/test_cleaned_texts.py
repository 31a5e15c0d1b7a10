"""Office files, mail and web pages give all their words, and none about who wrote them."""

import base64
import io

import pytest
from PIL import Image
from xlsxwriter import Workbook

from portal.cases.cleaning import child
from portal.cases.cleaning.kinds import Kind, Refusal
from tests.cases.test_cleaning import WHO, W, package, refuses

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
BY_WHOM = (
    f"<dc:creator>{WHO}</dc:creator><dc:date>2026-01-02T03:04:05</dc:date>"
    "<meta:creator-initials>WeiC</meta:creator-initials>"
)
OPEN_BODY = (
    "<office:automatic-styles><text:p>a style</text:p></office:automatic-styles>"
    f"<office:body><office:text><text:tracked-changes><text:changed-region><text:deletion>"
    f"<office:change-info>{BY_WHOM}"
    "</office:change-info><text:p>what was removed</text:p></text:deletion></text:changed-region>"
    "</text:tracked-changes>"
    f"<text:p>seen <text:span>one</text:span> <text:span>two</text:span><office:annotation>{BY_WHOM}"
    f"<text:p>look</text:p>"
    "</office:annotation><text:change/><text:note><text:note-citation>1</text:note-citation><text:note-body>"
    f"<text:p>below</text:p></text:note-body></text:note><text:author-name>{WHO}</text:author-name>"
    f"<text:template-name>{WHO}</text:template-name><text:s "
    f"text:c='2'/>"
    f"end</text:p><draw:frame><svg:desc>{WHO}</svg:desc></draw:frame></office:text></office:body>"
)
OPEN_STYLES = (
    f"<office:document-styles {ODF}><office:master-styles><style:master-page><style:header><text:p>No. 7</text:p>"
    "</style:header><style:footer><text:p>page</text:p></style:footer></style:master-page></office:master-styles>"
    "</office:document-styles>"
)
OPEN_SAID = (
    "[header 页眉: No. 7]\nseen one two[comment 批注: look][deleted words left out 删去的文字未收入]"
    "[note 注释: below]  end\n[footer 页脚: page]\n"
)
OPEN_TEXT = package(
    mimetype="application/vnd.oasis.opendocument.text",
    content_xml=f"<office:document-content {ODF}>{OPEN_BODY}</office:document-content>",
    styles_xml=OPEN_STYLES,
)
FLAT = (
    f'<?xml version="1.0"?><office:document {ODF}><office:meta>{BY_WHOM}</office:meta>'
    f"{OPEN_STYLES.partition('>')[2].rpartition('<')[0]}{OPEN_BODY}</office:document>"
).encode()
OPEN_SLIDES = package(
    mimetype="application/vnd.oasis.opendocument.presentation",
    content_xml=f"<office:document-content {ODF}><office:body><draw:page draw:name='p'><text:p>first</text:p>"
    "<presentation:notes><text:p>say this</text:p></presentation:notes></draw:page></office:body>"
    "</office:document-content>",
)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def field(asks: str, shows: str) -> str:
    turn = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    instruction = f"<w:r><w:instrText> {asks} </w:instrText></w:r>"
    return turn.format("begin") + instruction + turn.format("separate") + run(shows) + turn.format("end")


BY = f'w:author="{WHO}" w:initials="WeiC" w:date="2026-01-02T03:04:05Z"'
DOCUMENT = package(
    word__document_xml=f'<w:document {W} xmlns:m="urn:m"><w:p><w:pPr><w:tabs><w:tab/></w:tabs>'
    f"</w:pPr>{run('Seen')}"
    f'<w:r><w:footnoteReference w:id="2"/></w:r><w:ins {BY}>{run(" added")}</w:ins>'
    f"<w:del {BY}><w:r><w:delText>removed</w:delText></w:r></w:del><w:moveFrom {BY}>{run('twice')}</w:moveFrom>"
    f'<w:moveTo {BY}>{run(" twice")}</w:moveTo><w:r><w:commentReference w:id="0"/></w:r>'
    "<w:r><w:sym w:char='F0FE'/></w:r>"
    f"{field('AUTHOR', WHO)}{field('TEMPLATE', WHO)}"
    f"{field('PAGE', ' 3')}<w:fldSimple w:instr=' FILENAME'>{run(WHO)}</w:fldSimple>"
    f"<m:AlternateContent><m:Choice>{run(' box')}</m:Choice><m:Fallback>{run(' box')}</m:Fallback>"
    "</m:AlternateContent></w:p></w:document>",
    word__header1_xml=f"<w:hdr {W}><w:p>{run('SECRET No. 7')}</w:p></w:hdr>",
    word__header2_xml=f"<w:hdr {W}><w:p>{run('SECRET No. 7')}</w:p></w:hdr>",
    word__footer1_xml=f"<w:ftr {W}><w:p>{run('page')}</w:p></w:ftr>",
    word__footnotes_xml=f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p>{run("-")}</w:p>'
    f"</w:footnote>"
    f'<w:footnote w:id="2"><w:p>{run("see row 7")}</w:p></w:footnote></w:footnotes>',
    word__endnotes_xml=f'<w:endnotes {W}><w:endnote w:id="9"><w:p>{run("referred to nowhere")}</w:p>'
    f"</w:endnote></w:endnotes>",
    word__comments_xml=f'<w:comments {W}><w:comment w:id="0" {BY}><w:p>{run("is this true?")}</w:p>'
    f"</w:comment></w:comments>",
    word__people_xml=f'<w15:people xmlns:w15="urn:x"><w15:person w15:author="{WHO}"/></w15:people>',
)
DOCUMENT_SAID = (
    "[header 页眉: SECRET No. 7]\nSeen[footnote 脚注: see row 7] added[deleted words left out "
    "删去的文字未收入] twice"
    "[comment 批注: is this true?][symbol 符号] 3 box\n[endnote 尾注: referred to nowhere]\n[footer 页脚: page]\n"
)

A = 'xmlns:a="urn:a" xmlns:r="urn:r"'
RELATIONS = '<Relationships><Relationship Id="{}" Type="x/{}" Target="{}"/></Relationships>'
SLIDES = package(
    ppt__presentation_xml=f'<p {A}><sldId id="1" r:id="r2"/><sldId id="2" r:id="r1"/></p>',
    **{
        "ppt/_rels/presentation.xml.rels": '<R><R1 Id="r1" Target="slides/slide1.xml"/>'
        '<R1 Id="r2" Target="slides/slide2.xml"/></R>',
        "ppt/slides/_rels/slide1.xml.rels": RELATIONS.format("r", "notesSlide", "../notesSlides/notesSlide1.xml"),
    },
    ppt__slides__slide1_xml=f'<s {A} show="0"><a:p><a:t>last</a:t></a:p></s>',
    ppt__slides__slide2_xml=f"<s {A}><a:p><a:t>first</a:t></a:p></s>",
    ppt__notesSlides__notesSlide1_xml=f"<s {A}><a:p><a:t>say this</a:t></a:p></s>",
    ppt__comments__comment1_xml='<c><cm authorId="0" dt="2026-01-02"><text>why?</text></cm></c>',
    ppt__commentAuthors_xml=f'<c><cmAuthor name="{WHO}" initials="WeiC"/></c>',
)
SLIDES_SAID = (
    "# slide 幻灯片 1\nfirst\n# slide 幻灯片 2 (hidden 隐藏)\nlast\n[notes 备注: say this]\n[comment 批注: why?]\n"
)

RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}"
    rb"{\info{\author Wei Chen}{\operator WeiC}{\company Bureau 7}}{\*\generator Wei Chen;}"
    rb"{\header SECRET No. 7\par}\f0 \'b1\'a8\'b1\'ed \f1 caf\'e9 \uc1\u26816?\u-10179?\u-8704?"
    rb"{\deleted\revauthdel1 removed}{\pict\pngblip 89504e47}{\*\atnid WeiC}{\*\atnauthor Wei Chen}"
    rb"\chatn{\*\annotation{\*\atndate 1}look}{\field{\*\fldinst AUTHOR}{\fldrslt Wei Chen}}"
    rb"{\field{\*\fldinst PAGE}{\fldrslt 3}}{\footnote below}\bin5 {\b}}\par end\line{\v kept}}"
)  # fmt: skip
RTF_SAID = (
    "[header 页眉: SECRET No. 7]报表 café 检😀[deleted words left out 删去的文字未收入]"
    "[comment 批注: look]3[note 注释: below]\nend\nkept"
)

MAIL = (
    "From: Wei Chen <wei@bureau.example>\r\nTo: li@bureau.example\r\nReceived: from WeiC (10.0.0.3)\r\n"
    "Date: Fri, 2 Jan 2026 03:04:05 +0800\r\nMessage-ID: <1@WeiC>\r\nSubject: =?utf-8?b?5oql6KGo?=\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    'Content-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain; charset=gb2312\r\n'
    f"Content-Transfer-Encoding: base64\r\n\r\n{base64.b64encode('已改'.encode('gb2312')).decode()}\r\n"
    f"--c\r\nContent-Type: text/html\r\n\r\n<p>same</p>\r\n--c--\r\n"
    "--b\r\nContent-Type: image/png; name=WeiC.png\r\nContent-Disposition: attachment; "
    "filename=WeiC.png\r\n\r\nx\r\n--b--\r\n"
).encode()
PAGE = (
    b'<!DOCTYPE html><!-- saved by Wei Chen --><html><head><title>Row 7</title><meta name="author" '
    b'content="Wei Chen">'
    b"<style>WeiC</style></head><body><p title='Wei Chen'>It <b>is</b> &lt;true&gt;<br>so</p><script>WeiC</script>"
    b"</body></html>"
)


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        pytest.param(DOCUMENT, Kind.DOCUMENT, DOCUMENT_SAID, id="docx"),
        pytest.param(OPEN_TEXT, Kind.DOCUMENT, OPEN_SAID, id="odt"),
        pytest.param(FLAT, Kind.DOCUMENT, OPEN_SAID, id="fodt"),
        pytest.param(FLAT.decode().encode("utf-16"), Kind.DOCUMENT, OPEN_SAID, id="fodt in wide letters"),
        pytest.param(OPEN_SLIDES, Kind.SLIDES, "# slide 幻灯片 1\nfirst\n[notes 备注: say this]", id="odp"),
        pytest.param(SLIDES, Kind.SLIDES, SLIDES_SAID, id="pptx"),
        pytest.param(RTF, Kind.DOCUMENT, RTF_SAID, id="rtf"),
        pytest.param(MAIL, Kind.MAIL, "# 报表\n已改\n[attachment left out 附件未收入]\n", id="mail"),
        pytest.param(
            b"From x Fri Jan 2\n" + MAIL, Kind.MAIL, "# 报表\n已改\n[attachment left out 附件未收入]\n", id="mbox"
        ),
        pytest.param(PAGE, Kind.PAGE, "Row 7\nIt is <true>\nso", id="web page"),
        pytest.param(b"<html></html>", Kind.PAGE, "[no text 没有文字]", id="empty web page"),
    ],
)
def test_all_words_come_along_in_place_and_nothing_of_who_wrote_them(data: bytes, kind: Kind, said: str) -> None:
    """What was deleted while changes were tracked may have been taken out on purpose: it stays out."""
    found, ending, copy = child.cleaned(data)
    text = copy.decode()
    for trace in (WHO, "WeiC", "Bureau 7", "2026-01-02", "removed", "a style", "bureau.example"):
        assert trace not in text, trace
    assert (found, ending, text) == (kind, "txt", said)


def test_comments_and_text_boxes_of_a_workbook_come_along_without_their_authors() -> None:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("seen")
        sheet.write(0, 0, 1)
        sheet.write_comment("A1", "row 7 was swapped", {"author": WHO})
        sheet.insert_textbox("C1", "in a box")
    text = child.cleaned(out.getvalue())[2].decode()
    assert text == "# seen\n1.0\n# comments 批注\nrow 7 was swapped\n# text boxes 文本框\nin a box"


def test_sheets_of_an_open_workbook_come_along_with_their_comments() -> None:
    cell = "<table:table-cell office:value-type='string'>"
    said = f"<office:annotation>{BY_WHOM}<text:p>swapped</text:p></office:annotation><text:p>row 7</text:p>"
    book = package(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content_xml=f"<office:document-content {ODF}><office:automatic-styles><style:style style:name='ta'"
        " style:family='table'><style:table-properties table:display='false'/></style:style>"
        "</office:automatic-styles>"
        "<office:body><office:spreadsheet><table:table table:name='kept back' table:style-name='ta'>"
        "<table:table-row>"
        f"{cell}{said}</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>",
        **{"META-INF/manifest_xml": "<m/>"},
    )
    kind, _, copy = child.cleaned(book)
    assert (kind, copy.decode()) == (
        Kind.SHEET,
        "# kept back (hidden 隐藏)\nrow 7\n# comments 批注\nswapped",
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><metadata>Wei</metadata>'
        b'</svg>', Refusal.SAYS_WHO, id="svg"),
        pytest.param(b'<?xml version="1.0"?><gpx creator="Wei Chen"/>', Refusal.SAYS_WHO, id="xml"),
        pytest.param(b"BEGIN:VCARD\r\nFN:Wei Chen\r\nEND:VCARD\r\n", Refusal.SAYS_WHO, id="card"),
        pytest.param(b"BEGIN:VCALENDAR\nORGANIZER:Wei Chen\n", Refusal.SAYS_WHO, id="calendar"),
        pytest.param(b"%!PS-Adobe-3.0\n%%For: Wei Chen\n", Refusal.SAYS_WHO, id="postscript"),
        pytest.param("\ufeff<?xml version='1.0'?><x/>".encode("utf-16-le"), Refusal.SAYS_WHO, id="wide xml"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), Refusal.HEIC, id="heic"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(99), Refusal.UNKNOWN, id="film"),
    ],
)  # fmt: skip
def test_what_would_tell_who_made_it_is_not_taken_for_plain_text(data: bytes, why: Refusal) -> None:
    refuses(data, why)


@pytest.mark.parametrize(
    "text",
    ["Note: I saw it.\nFrom: the second floor\n", "a,b\n1,2\n", "Subject: sheets\n\nThey swapped them.", "<b>x"],
)
def test_what_somebody_typed_stays_as_it_is(text: str) -> None:
    assert child.cleaned(text.encode()) == (Kind.TEXT, "txt", text.encode())


def test_an_avif_picture_is_drawn_anew() -> None:
    exif = Image.Exif()
    exif[0x013B] = WHO
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "AVIF", exif=exif)
    kind, ending, copy = child.cleaned(out.getvalue())
    assert WHO.encode() in out.getvalue() and WHO.encode() not in copy
    assert (kind, ending) == (Kind.IMAGE, "jpg")
