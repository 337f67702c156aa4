"""Reports in every format: what is read of them, and that nothing else is."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hoidap.documents import Note, Report
from hoidap.errors import LoaderError
from hoidap.loaders import doc, load_file, ocr
from hoidap.loaders.formats import Format, sniff
from hoidap.loaders.layout import Line
from hoidap.loaders.numbering import written_number
from hoidap.loaders.pdf import load_pdf
from hoidap.loaders.programs import find_program
from hoidap.passages import split_passages
from tests import formats
from tests.formats import (
    BODY,
    CAPTION,
    DATED,
    FORMATS,
    HEADINGS,
    ITEMS,
    KIND,
    NUMBER,
    PARAGRAPHS,
    PLAIN,
    RUNNING_HEAD,
    SIGNED,
    SUBJECT,
    TABLE,
    TITLE,
    printed_pdf,
    printed_table,
)

STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
ROWS = "\n".join("\t".join(row) for row in TABLE)
NUMBERED = tuple(f"{number}. {item}" for number, item in enumerate(ITEMS, start=1))

needs_office = pytest.mark.skipif(
    find_program("soffice") is None, reason="LibreOffice is not installed"
)


def has_tesseract() -> bool:
    program = find_program("tesseract")
    if program is None:
        return False
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=True)
    return "vie" in told.stdout.split()


needs_ocr = pytest.mark.skipif(not has_tesseract(), reason="Tesseract has no Vietnamese here")


def load(data: bytes, file: str) -> Report:
    (report,) = load_file(data, file).reports
    return report


def load_format(name: str) -> Report:
    return load((FORMATS / name).read_bytes(), name)


def docx(tmp_path: Path, *, legacy: bool = False) -> bytes:
    path = tmp_path / "bao-cao.docx"
    formats.make_docx(path, legacy=legacy)
    return path.read_bytes()


def assert_described(report: Report) -> None:
    """What the head of the report says of it."""
    assert (report.title, report.number, report.source) == (TITLE, NUMBER, BODY)
    assert (report.date, report.kind) == (date(2022, 10, 12), "báo cáo")


# --- text ---


@pytest.mark.parametrize(
    ("encode", "notes"),
    [
        (lambda text: text.encode(), ()),
        (lambda text: text.encode("utf-8-sig"), ()),
        (lambda text: text.encode("utf-16"), ()),
        (lambda text: text.encode("utf-16-le"), ()),
        (lambda text: text.encode("utf-16-be"), ()),
        (formats.cp1258_bytes, (Note.FROM_CP1258,)),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"],
)
def test_text_in_any_encoding(encode: Callable[[str], bytes], notes: tuple[Note, ...]) -> None:
    report = load(encode(PLAIN), "bao-cao.txt")
    assert report.text == PLAIN
    assert report.notes == notes
    assert_described(report)


@pytest.mark.parametrize(("column", "note"), [(1, Note.FROM_VNI), (2, Note.FROM_TCVN3)])
@pytest.mark.parametrize("as_unicode", [False, True])
def test_text_of_old_fonts(column: int, note: Note, as_unicode: bool) -> None:
    data = formats.legacy_bytes(PLAIN, column)
    report = load(data.decode("cp1252").encode() if as_unicode else data, "bao-cao.txt")
    assert report.text == PLAIN
    assert report.notes == (note,)
    assert_described(report)


def test_text_of_old_fonts_in_a_bulk_file() -> None:
    text = formats.legacy_bytes(PARAGRAPHS[0], 2).decode("cp1252")
    line = f'{{"id": "a", "text": "{text}"}}\n{{"id": "b", "text": "Nội dung."}}'
    first, second = load_file(line.encode(), "a.jsonl").reports
    assert (first.text, first.notes) == (PARAGRAPHS[0], (Note.FROM_TCVN3,))
    assert (second.text, second.notes) == ("Nội dung.", ())


def test_what_is_given_beside_the_file_goes_before_what_its_text_says() -> None:
    given = b'title = "T\xc3\xaan"\ndate = 2020-01-02\nnumber = "1/BC"\nsource = "A"\nkind = "B"'
    (report,) = load_file(PLAIN.encode(), "a.txt", given).reports
    assert (report.title, report.number, report.source) == ("Tên", "1/BC", "A")
    assert (report.date, report.kind) == (date(2020, 1, 2), "B")


# --- Word ---

IN_WORD = (
    BODY, f"Số: {NUMBER}", *STATE, DATED, KIND, SUBJECT, HEADINGS[0], PARAGRAPHS[0], HEADINGS[1],
    PARAGRAPHS[1], ROWS, CAPTION, PARAGRAPHS[2], HEADINGS[2], *[PARAGRAPHS[3]] * 9, *NUMBERED,
    *SIGNED,
)  # fmt: skip


def test_word_document_in_its_order(tmp_path: Path) -> None:
    report = load(docx(tmp_path), "bao-cao.docx")
    assert report.text.split("\n\n") == list(IN_WORD)
    assert report.notes == ()
    assert_described(report)


MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
STRICT = "http://purl.oclc.org/ooxml/"


@pytest.mark.parametrize(
    "names",
    [
        {MAIN: "application/vnd.ms-word.document.macroEnabled.main+xml"},
        {MAIN: MAIN.replace("document.main", "template.main")},
        {
            "http://schemas.openxmlformats.org/officeDocument/2006/": f"{STRICT}officeDocument/",
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main": (
                f"{STRICT}wordprocessingml/main"
            ),
        },
    ],
    ids=["with macros", "template", "strict"],
)
def test_word_documents_of_other_kinds_are_read(tmp_path: Path, names: dict[str, str]) -> None:
    made = io.BytesIO()
    plain = docx(tmp_path)
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            for name, other in names.items():
                content = content.replace(name.encode(), other.encode())
            new.writestr(part, content)
    assert made.getvalue() != plain
    assert load(made.getvalue(), "a.docx").text == load(plain, "a.docx").text


def test_word_document_that_only_word_can_put_together_is_told(tmp_path: Path) -> None:
    body = '<w:p><w:r><w:t>Báo cáo</w:t></w:r></w:p><w:altChunk r:id="rId9"/>'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = body.replace("<w:altChunk", f'<w:altChunk xmlns:r="{relations}"')
    with pytest.raises(LoaderError, match="hãy mở bằng Word rồi lưu lại"):
        load(with_body(docx(tmp_path), body), "a.docx")


def test_word_document_of_pictures_alone_is_told(tmp_path: Path) -> None:
    from docx import Document
    from PIL import Image

    picture = io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    document = Document()
    document.add_picture(picture)
    document.save(str(tmp_path / "a.docx"))
    with pytest.raises(LoaderError, match="chỉ có ảnh, không có chữ; hãy lưu thành PDF"):
        load((tmp_path / "a.docx").read_bytes(), "a.docx")


def test_word_document_in_old_fonts(tmp_path: Path) -> None:
    report = load(docx(tmp_path, legacy=True), "bao-cao.docx")
    once = [line for place, line in enumerate(IN_WORD) if not 15 <= place < 23]
    assert report.text.split("\n\n") == once
    assert report.notes == (Note.FROM_TCVN3,)
    assert_described(report)


@needs_office
def test_old_word_document_is_the_same_text() -> None:
    report = load_format("bao-cao-duong.doc")
    assert report.text.split("\n\n") == list(IN_WORD)
    assert_described(report)


def test_old_word_document_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc, "find_program", lambda *_: None)
    with pytest.raises(LoaderError, match=r"cần LibreOffice để đọc; hãy cài libreoffice-writer"):
        doc.load_doc((FORMATS / "bao-cao-duong.doc").read_bytes())


@needs_office
def test_word_2003_document_in_xml() -> None:
    data = (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument'
        ' xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r>'
        f"<w:t>{SUBJECT}</w:t></w:r></w:p><w:p><w:r><w:t>{PARAGRAPHS[0]}</w:t></w:r></w:p>"
        "</w:body></w:wordDocument>"
    )
    assert load(data.encode(), "a.doc").text == f"{SUBJECT}\n\n{PARAGRAPHS[0]}"


@pytest.mark.parametrize(
    ("number", "style", "written"),
    [
        (4, "decimal", "4"), (4, "upperRoman", "IV"), (1994, "lowerRoman", "mcmxciv"),
        (1, "lowerLetter", "a"), (28, "upperLetter", "BB"), (7, "decimalZero", "07"),
        (3, "none", ""), (0, "upperRoman", "0"), (5000, "upperRoman", "5000"),
    ],
)  # fmt: skip
def test_numbers_of_list_items(number: int, style: str, written: str) -> None:
    assert written_number(number, style) == written


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>'
    '<w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1.%2)"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl>'
)


def item(text: str, level: int, num: int = 1) -> str:
    rule = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{rule}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def with_body(base: bytes, body: str, numbering: str | None = None) -> bytes:
    """A Word file with another body."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()
            elif name == "word/numbering.xml" and numbering is not None:
                content = f"<w:numbering {W}>{numbering}</w:numbering>".encode()
            new.writestr(name, content)
    return made.getvalue()


def test_lists_of_several_levels_count_and_begin_again(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = "".join((
        item("Một", 0), item("Hai", 1), item("Ba", 1), item("Bốn", 2), item("Năm", 0),
        item("Sáu", 1), item("Bảy", 0, num=2), item("Tám", 0, num=9),
    ))  # fmt: skip
    text = load(with_body(docx(tmp_path), body, numbering), "a.docx").text
    assert text.split("\n\n") == [
        "I. Một", "I.1) Hai", "I.2) Ba", "- Bốn", "II. Năm", "II.1) Sáu", "V. Bảy", "Tám",
    ]  # fmt: skip


def test_level_that_does_not_begin_again_counts_through(tmp_path: Path) -> None:
    levels = LEVELS.replace('"decimal"/>', '"decimal"/><w:lvlRestart w:val="0"/>')
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{levels.replace("%1.%2)", "Điều %2.")}'
        '<w:lvl w:ilvl="3"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%4)"/></w:lvl>'
        '<w:lvl w:ilvl="4"><w:numFmt w:val="decimal"/><w:lvlRestart w:val="2"/>'
        '<w:lvlText w:val="(%5)"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = "".join((
        item("Một", 0), item("Hai", 1), item("Ba", 3), item("Bốn", 4), item("Năm", 3),
        item("Sáu", 4), item("Bảy", 0), item("Tám", 1), item("Chín", 3), item("Mười", 4),
    ))  # fmt: skip
    text = load(with_body(docx(tmp_path), body, numbering), "a.docx").text
    assert text.split("\n\n") == [
        "I. Một", "Điều 1. Hai", "a) Ba", "(1) Bốn", "b) Năm", "(2) Sáu", "II. Bảy", "Điều 2. Tám",
        "a) Chín", "(1) Mười",
    ]  # fmt: skip


def test_level_of_legal_style_has_decimal_numbers(tmp_path: Path) -> None:
    levels = LEVELS.replace('"decimal"/>', '"decimal"/><w:isLgl/>')
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = item("Một", 0) + item("Hai", 0) + item("Ba", 1)
    text = load(with_body(docx(tmp_path), body, numbering), "a.docx").text
    assert text.split("\n\n") == ["I. Một", "II. Hai", "2.1) Ba"]


def test_numbers_of_lists_that_styles_give_are_read(tmp_path: Path) -> None:
    of_style = LEVELS.replace('"decimal"/>', '"decimal"/><w:pStyle w:val="Khoan"/>')
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="DanhSach"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2">{of_style}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>'
    )

    def style(name: str, rule: str, base: str = "") -> str:
        rules = f"<w:pPr><w:numPr>{rule}</w:numPr></w:pPr>"
        return f'<w:style w:styleId="{name}"><w:basedOn w:val="{base}"/>{rules}</w:style>'

    def styled(text: str, name: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr>{run(text)}</w:p>'

    styles = style("DanhSach", '<w:numId w:val="1"/>')
    styles += style("De1", '<w:numId w:val="1"/>') + style("De2", '<w:ilvl w:val="1"/>', "De1")
    styles += style("Khoan", '<w:numId w:val="3"/>')
    body = item("Một", 0, num=2) + styled("Hai", "De1") + styled("Ba", "De2") + item("Bốn", 0, 3)
    body += styled("Năm", "Khoan")
    text = load(with_style(with_body(docx(tmp_path), body, numbering), styles), "a.docx").text
    assert text.split("\n\n") == ["I. Một", "II. Hai", "II.1) Ba", "I. Bốn", "I.1) Năm"]


@pytest.mark.parametrize(("mark", "drawn"), [("+", "+"), ("*", "*"), ("•", "-"), ("o", "-")])
def test_marks_of_lists_that_are_typed_are_read(tmp_path: Path, mark: str, drawn: str) -> None:
    level = f'<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="{mark}"/></w:lvl>'
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    text = load(with_body(docx(tmp_path), item("Một", 0), numbering), "a.docx").text
    assert text == f"{drawn} Một"


@pytest.mark.parametrize(
    ("between", "number"),
    [
        (item("", 0), "III"),
        (item("", 0).replace("</w:pPr>", "<w:rPr><w:del/></w:rPr></w:pPr>"), "II"),
        (item("", 0).replace("</w:pPr>", "<w:rPr><w:moveFrom/></w:rPr></w:pPr>"), "II"),
        (item("", 0).replace("</w:pPr>", "<w:rPr><w:vanish/></w:rPr></w:pPr>"), "II"),
        (f"<w:tbl><w:tr><w:tc>{item('', 0)}</w:tc></w:tr></w:tbl>", "III"),
        (
            f"<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{item('', 0)}</w:tc></w:tr></w:tbl>",
            "II",
        ),
    ],
    ids=["empty", "deleted", "moved", "hidden", "cell", "cell that continues one above"],
)
def test_empty_items_that_are_drawn_count(tmp_path: Path, between: str, number: str) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = item("Một", 0) + between + item("Hai", 0)
    text = load(with_body(docx(tmp_path), body, numbering), "a.docx").text
    assert text.split("\n\n") == ["I. Một", f"{number}. Hai"]


def test_paragraphs_whose_end_is_deleted_are_one(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    gone = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    first = f'<w:p>{gone}<w:r><w:t xml:space="preserve">Một </w:t></w:r></w:p>'
    last = f"<w:p>{gone}<w:r><w:t>Ba</w:t></w:r></w:p>"
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Bốn</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = first + item("hai", 0) + last + table + last
    text = load(with_body(docx(tmp_path), body, numbering), "a.docx").text
    assert text.split("\n\n") == ["I. Một hai", "Ba", "Bốn", "Ba"]


@pytest.mark.parametrize("tab", ["<w:tab/>", '<w:ptab w:alignment="right"/>'])
def test_tabs_divide_what_stands_in_a_line(tmp_path: Path, tab: str) -> None:
    body = f"<w:p><w:r><w:t>Chủ tịch</w:t>{tab}<w:t>Kế toán</w:t></w:r></w:p>"
    assert load(with_body(docx(tmp_path), body), "a.docx").text == "Chủ tịch\tKế toán"


def test_what_is_not_printed_is_not_read(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Còn lại</w:t></w:r>"
        "<w:del><w:r><w:delText>đã xóa</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
        "<w:r><w:instrText>HYPERLINK</w:instrText></w:r>"
        "<w:ins><w:r><w:t> và thêm</w:t></w:r></w:ins></w:p>"
    )
    assert load(with_body(docx(tmp_path), body), "a.docx").text == "Còn lại và thêm"


def field(code: str, result: str, properties: str = "") -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{properties}</w:fldChar></w:r>{code}'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_of_fields_within_a_code_nothing_is_read(tmp_path: Path) -> None:
    def run(text: str, name: str = "t") -> str:
        return f'<w:r><w:{name} xml:space="preserve">{text}</w:{name}></w:r>'

    inner = field(run("MERGEFIELD GioiTinh", "instrText"), run("Nam"))
    code = run("IF ", "instrText") + inner + run(' = "Nam" "Ông" "Bà"', "instrText")
    body = f"<w:p>{run('Kính gửi: ')}{field(code, run('Ông'))}{run(' Lê Văn Thuận')}</w:p>"
    # The end of the first is missing.
    body += f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p><w:p>{run("Cuối")}</w:p>'
    text = load(with_body(docx(tmp_path), body), "a.docx").text
    assert text.split("\n\n") == ["Kính gửi: Ông Lê Văn Thuận", "Cuối"]


@pytest.mark.parametrize(
    ("properties", "drawn"),
    [
        ("<w:checkBox><w:default w:val='0'/></w:checkBox>", "☐"),
        ("<w:checkBox><w:default w:val='1'/></w:checkBox>", "☒"),
        ("<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox>", "☐"),
        ("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>", "☒"),
        ("<w:ddList><w:listEntry w:val='An'/><w:listEntry w:val='Hòa'/></w:ddList>", "An"),
        (
            "<w:ddList><w:result w:val='1'/><w:listEntry w:val='An'/><w:listEntry w:val='Hòa'/>"
            "</w:ddList>",
            "Hòa",
        ),
    ],
)
def test_fields_of_forms_are_read_as_drawn(tmp_path: Path, properties: str, drawn: str) -> None:
    shown = field("", "", f"<w:ffData>{properties}</w:ffData>")
    body = f'<w:p><w:r><w:t xml:space="preserve">Xã: </w:t></w:r>{shown}</w:p>'
    assert load(with_body(docx(tmp_path), body), "a.docx").text == f"Xã: {drawn}"


def test_rows_of_tables_keep_their_empty_first_cells(tmp_path: Path) -> None:
    rows = (("", "2020", "2021"), ("Lúa", "50", "60"), ("", "", "80"))
    table = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row)
        + "</w:tr>"
        for row in rows
    )
    body = f"<w:p><w:r><w:t>Bảng 1</w:t></w:r></w:p><w:tbl>{table}</w:tbl>"
    text = load(with_body(docx(tmp_path), body), "a.docx").text
    assert text == "Bảng 1\n\n\t2020\t2021\nLúa\t50\t60\n\t\t80"


def test_cells_that_span_columns_leave_figures_below_their_years(tmp_path: Path) -> None:
    def row(*cells: tuple[str, int], before: int = 0) -> str:
        return f'<w:tr><w:trPr><w:gridBefore w:val="{before}"/></w:trPr>' + "".join(
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>'
            f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
            for text, span in cells
        ) + "</w:tr>"  # fmt: skip

    # The third column is as wide as the wall before it was dragged aside in the last row.
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in (800, 2000, 90, 1500, 1500))
    table = row(("STT", 1), ("Xã", 1), ("Hộ nghèo", 3))
    table += row(("2022", 2), ("2023", 1), before=2) + row(("Tổng", 2), ("9", 2), ("8", 1))
    table += row(("1", 1), ("An Khánh", 2), ("5", 1), ("4", 1))
    text = load(
        with_body(docx(tmp_path), f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{table}</w:tbl>"), "a.docx"
    ).text
    assert text.split("\n") == [
        "STT\tXã\tHộ nghèo", "\t\t2022\t2023", "Tổng\t\t9\t8", "1\tAn Khánh\t5\t4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        ([[["Thu 12 tỷ đồng.", "Chi 10 tỷ đồng."]]], ["Thu 12 tỷ đồng.", "Chi 10 tỷ đồng."]),
        ([[["Thu", "Chi"], []], [[], ["Tồn"]]], ["Thu", "Chi", "Tồn"]),
        ([[["Thu", "Chi"], ["12"]]], ["Thu Chi\t12"]),
        (
            [[["STT"], ["Hồ sơ"], ["Ghi chú"]], [["1"], ["Đơn"], ["Nơi nhận: Bộ phận một cửa"]]],
            ["STT\tHồ sơ\tGhi chú\n1\tĐơn\tNơi nhận: Bộ phận một cửa"],
        ),
        (
            [[["Nơi nhận:", "- Như trên;"], [], ["CHỦ TỊCH", "Lê Văn Thuận"]]],
            ["Nơi nhận:", "- Như trên;", "CHỦ TỊCH", "Lê Văn Thuận"],
        ),
    ],
)
def test_tables_that_only_lay_out_are_their_texts(
    tmp_path: Path, rows: list[list[list[str]]], texts: list[str]
) -> None:
    def cell(paragraphs: list[str]) -> str:
        written = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
        return f"<w:tc>{written or '<w:p/>'}</w:tc>"

    table = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    text = load(with_body(docx(tmp_path), f"<w:tbl>{table}</w:tbl>"), "a.docx").text
    assert text.split("\n\n") == texts


@pytest.mark.parametrize("given", ["0", "false", "off"])
def test_what_was_made_visible_again_is_read(tmp_path: Path, given: str) -> None:
    body = (
        f'<w:p><w:r><w:rPr><w:vanish w:val="{given}"/></w:rPr><w:t>Không ẩn</w:t></w:r>'
        '<w:r><w:rPr><w:vanish w:val="true"/></w:rPr><w:t>, ẩn</w:t></w:r></w:p>'
    )
    assert load(with_body(docx(tmp_path), body), "a.docx").text == "Không ẩn"


@pytest.mark.parametrize(
    ("font", "char", "sign"),
    [
        ("Symbol", "F0B3", "≥"), ("Symbol", "F0A3", "≤"), ("Symbol", "00B4", "×"),
        ("Symbol", "F061", "α"), ("Symbol", "F0F0", "□"), ("Symbol", "F005", "□"),
        ("Wingdings", "F0FC", "✓"), ("Wingdings 2", "F001", "□"), ("Arial", "2265", "≥"),
        ("Arial", "F041", "□"), ("Arial", "D800", "□"), ("Symbol", "FFFFFFFFF", "□"),
        ("Symbol", "", "□"),
    ],
)  # fmt: skip
def test_signs_drawn_by_a_font_are_read(tmp_path: Path, font: str, char: str, sign: str) -> None:
    run = f'<w:r><w:t xml:space="preserve">đạt </w:t><w:sym w:font="{font}" w:char="{char}"/></w:r>'
    body = f"<w:p>{run}<w:r><w:t>5</w:t></w:r></w:p>"
    assert load(with_body(docx(tmp_path), body), "a.docx").text == f"đạt {sign}5"


def with_style(base: bytes, style: str) -> bytes:
    """A Word file with one style more."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/styles.xml":
                content = content.replace(b"</w:styles>", f"{style}</w:styles>".encode())
            new.writestr(name, content)
    return made.getvalue()


def run(text: str, *properties: str) -> str:
    return f'<w:r><w:rPr>{"".join(properties)}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("raised", "text"),
    [
        ("1", "312¹"), ("12", "312¹²"), ("1 ", "312¹"), ("(1)", "312(1)"), ("a", "312a"),
        ("-3", "312⁻³"), ("1,2", "312¹,²"), ("-", "312-"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by_style", [False, True])
def test_raised_digits_stand_apart_from_the_number_before(
    tmp_path: Path, by_style: bool, raised: str, text: str
) -> None:
    height = '<w:vertAlign w:val="superscript"/>'
    style = f'<w:style w:type="character" w:styleId="Mu"><w:rPr>{height}</w:rPr></w:style>'
    body = run("312") + run(raised, '<w:rStyle w:val="Mu"/>' if by_style else height)
    data = with_style(with_body(docx(tmp_path), f"<w:p>{body}</w:p>"), style)
    assert load(data, "a.docx").text == text


@pytest.mark.parametrize(
    ("position", "text"), [("9", "312¹"), ("2", "3121"), ("-9", "3121"), ("cao", "3121")]
)
def test_digits_moved_up_by_points_are_raised(tmp_path: Path, position: str, text: str) -> None:
    body = run("312") + run("1", f'<w:position w:val="{position}"/>')
    assert load(with_body(docx(tmp_path), f"<w:p>{body}</w:p>"), "a.docx").text == text


def test_digits_that_are_not_raised_stay(tmp_path: Path) -> None:
    style = (
        '<w:style w:type="character" w:styleId="Mu"><w:rPr>'
        '<w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    body = run("H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O, ")
    body += run("15", '<w:rStyle w:val="Mu"/><w:vertAlign w:val="baseline"/>')
    data = with_style(with_body(docx(tmp_path), f"<w:p>{body}</w:p>"), style)
    assert load(data, "a.docx").text == "H2O, 15"


@pytest.mark.parametrize(
    ("font", "char", "sign"),
    [
        ("Symbol", "\uf0b3", "≥"), ("Symbol", "\uf0b7", "•"), ("Wingdings", "\uf0fc", "✓"),
        ("Wingdings", "\uf0a8", "□"), ("Times New Roman", "\uf0b7", "•"),
        ("Times New Roman", "\uf0d8", "➢"), ("Times New Roman", "\uf0b3", "\uf0b3"),
    ],
)  # fmt: skip
def test_signs_written_as_text_of_a_font_are_read(
    tmp_path: Path, font: str, char: str, sign: str
) -> None:
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>'
    body = f"<w:p>{run('đạt ')}{run(char, fonts)}{run(' 95%')}</w:p>"
    assert load(with_body(docx(tmp_path), body), "a.docx").text == f"đạt {sign} 95%"


CAPITALS = '<w:style w:type="{}" w:styleId="Hoa"><w:rPr><w:caps/></w:rPr></w:style>'
SMALL = '<w:caps w:val="0"/>'


@pytest.mark.parametrize(
    ("style", "paragraph", "properties", "text"),
    [
        ("character", "", "<w:caps/>", "BÁO CÁO"),
        ("character", "", '<w:rStyle w:val="Hoa"/>', "BÁO CÁO"),
        ("character", "", f'<w:rStyle w:val="Hoa"/>{SMALL}', "Báo cáo"),
        ("paragraph", '<w:pStyle w:val="Hoa"/>', "", "BÁO CÁO"),
        ("paragraph", '<w:pStyle w:val="Hoa"/>', SMALL, "Báo cáo"),
        ("paragraph", "", "", "Báo cáo"),
    ],
)
def test_capitals_by_format_are_read_as_drawn(
    tmp_path: Path, style: str, paragraph: str, properties: str, text: str
) -> None:
    body = f"<w:p><w:pPr>{paragraph}</w:pPr>{run('Báo cáo', properties)}</w:p>"
    data = with_style(with_body(docx(tmp_path), body), CAPITALS.format(style))
    assert load(data, "a.docx").text == text


def test_kind_of_a_document_is_seen_where_capitals_are_a_format(tmp_path: Path) -> None:
    head = (BODY, f"Số: {NUMBER}", DATED)
    body = "".join(f"<w:p>{run(line)}</w:p>" for line in head)
    body += f"<w:p>{run('Báo cáo', '<w:caps/>')}</w:p>"
    body += "".join(f"<w:p>{run(line)}</w:p>" for line in (SUBJECT, PARAGRAPHS[0]))
    assert_described(load(with_body(docx(tmp_path), body), "a.docx"))


def test_formulas_are_read(tmp_path: Path) -> None:
    def letters(text: str) -> str:
        return f"<m:r><w:rPr/><m:t>{text}</m:t></m:r>"

    parts = (
        letters("x="),
        f"<m:f><m:num>{letters('a+b')}</m:num><m:den>{letters('2')}</m:den></m:f>",
        f"<m:sSup><m:e>{letters('m')}</m:e><m:sup>{letters('2')}</m:sup></m:sSup>",
        f"<m:sSub><m:e>{letters('k')}</m:e><m:sub>{letters('10')}</m:sub></m:sSub>",
        f"<m:rad><m:e>{letters('y')}</m:e></m:rad><m:d><m:e>{letters('z-1')}</m:e></m:d>",
        '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
        f"<m:sub>{letters('i=1')}</m:sub><m:sup>{letters('n')}</m:sup>"
        f"<m:e><m:sSubSup><m:e>{letters('t')}</m:e><m:sub>{letters('1')}</m:sub>"
        f"<m:sup>{letters('2')}</m:sup></m:sSubSup></m:e></m:nary>",
    )
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    formula = f"<m:oMathPara {math}><m:oMath>{''.join(parts)}</m:oMath></m:oMathPara>"
    body = f'<w:p><w:r><w:t xml:space="preserve">với </w:t></w:r>{formula}</w:p>'
    text = load(with_body(docx(tmp_path), body), "a.docx").text
    assert text == "với x=(a+b)/2m^2k_10√y(z-1)∑_(i=1)^n (t_1^2)"


# --- PDF ---


def test_pdf_has_whole_paragraphs_on_the_right_pages() -> None:
    report = load_format("bao-cao-duong.pdf")
    assert report.text.split("\n\n") == list(IN_WORD)
    assert RUNNING_HEAD not in report.text
    assert report.notes == ()
    assert report.scanned == ()
    assert_described(report)
    assert len(report.pages) == 3
    assert report.text[report.pages[1] :].startswith("Còn bốn tuyến ở xã An Khánh")
    # The third page begins within a paragraph.
    before, after = report.text[: report.pages[2]], report.text[report.pages[2] :]
    assert before.endswith(" ")
    assert PARAGRAPHS[3].endswith(after.split("\n\n")[0])
    for span in split_passages(report):
        assert span.page == 1 + sum(start <= span.start for start in report.pages[1:])


@needs_ocr
def test_scanned_page_is_read_and_marked() -> None:
    report = load_format("bao-cao-quet.pdf")
    assert report.notes == (Note.OCR,)
    assert report.scanned == (1,)
    assert report.pages == (0,)
    assert (report.number, report.date, report.source) == (NUMBER, date(2022, 10, 12), BODY)
    for paragraph in PARAGRAPHS[:2]:
        assert paragraph in report.text.split("\n\n")


def test_scanned_page_without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_program", lambda *_: None)
    ocr._tesseract.cache_clear()
    reason = "bản quét, không có chữ: cần Tesseract để đọc; hãy cài tesseract-ocr"
    with pytest.raises(LoaderError, match=reason):
        load_pdf((FORMATS / "bao-cao-quet.pdf").read_bytes(), lambda: None)
    ocr._tesseract.cache_clear()


@pytest.mark.parametrize(("letters", "reads"), [(99, 2), (100, 1)])
def test_page_that_is_near_empty_is_read_again_without_specks(
    monkeypatch: pytest.MonkeyPatch, letters: int, reads: int
) -> None:
    pictures: list[object] = []

    def read(_: str, picture: object) -> list[Line]:
        pictures.append(picture)
        text = "a" * letters if len(pictures) == 1 else "Nội dung " * 20
        return [Line(text, 0, 100, 0, 10)]

    monkeypatch.setattr(ocr, "_tesseract", lambda: "tesseract")
    monkeypatch.setattr(ocr, "_read", read)
    found = load_pdf((FORMATS / "bao-cao-quet.pdf").read_bytes(), lambda: None)
    assert len(pictures) == reads
    assert found.text.startswith("Nội dung" if reads == 2 else "aaa")


def turned_scan(turn: int) -> bytes:
    """The scanned report as a machine saves it whose paper was fed in another way round."""
    import pypdfium2

    document = pypdfium2.PdfDocument(FORMATS / "bao-cao-quet.pdf")
    document[0].set_rotation(turn)
    saved = io.BytesIO()
    document.save(saved)
    document.close()
    return saved.getvalue()


@needs_ocr
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_page_fed_in_sideways_or_upside_down_is_read(turn: int) -> None:
    (report,) = load_file(turned_scan(turn), "a.pdf").reports
    assert report.scanned == (1,)
    assert (report.number, report.date, report.source) == (NUMBER, date(2022, 10, 12), BODY)
    for paragraph in PARAGRAPHS[:2]:
        assert paragraph in report.text.split("\n\n")


GIBBERISH = ":8uo2 m nẹp uoA 8uủp ưe äp quịp Ánb " * 5


@pytest.mark.parametrize(
    ("texts", "reads", "found"),
    [
        (["Hội nghị xã đã bàn việc làm đường " * 4], 1, "Hội nghị"),
        (["The meeting was held in the town hall " * 4], 1, "The meeting"),
        ([GIBBERISH, "Hội nghị xã", "Hội nghị huyện"], 3, "Hội nghị huyện"),
        ([GIBBERISH, GIBBERISH, "quịp", "Hội nghị xã", "Hội nghị huyện"], 5, "Hội nghị huyện"),
        ([GIBBERISH, "", "quịp", "Xã"], 4, ":8uo2"),
    ],
)
def test_page_is_turned_where_that_makes_it_vietnamese(
    monkeypatch: pytest.MonkeyPatch, texts: list[str], reads: int, found: str
) -> None:
    """The first reading, one each way round, and one of the way that was found."""
    pictures: list[object] = []

    def read(_: str, picture: object) -> list[Line]:
        pictures.append(picture)
        return [Line(texts[len(pictures) - 1], 0, 100, 0, 10)]

    monkeypatch.setattr(ocr, "_tesseract", lambda: "tesseract")
    monkeypatch.setattr(ocr, "_read", read)
    text = load_pdf((FORMATS / "bao-cao-quet.pdf").read_bytes(), lambda: None).text
    assert len(pictures) == reads
    assert text.startswith(found)


def test_lines_that_run_down_the_page_show_that_it_lies_on_its_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures: list[object] = []

    def read(_: str, picture: object) -> list[Line]:
        pictures.append(picture)
        down = len(pictures) <= 2
        text = "Hội nghị xã đã bàn việc làm đường " * 4
        return [Line(text, 0, 10 if down else 100, 0, 100 if down else 10)]

    monkeypatch.setattr(ocr, "_tesseract", lambda: "tesseract")
    monkeypatch.setattr(ocr, "_read", read)
    load_pdf((FORMATS / "bao-cao-quet.pdf").read_bytes(), lambda: None)
    assert len(pictures) == 4


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_page_is_read_as_its_letters_stand(turn: int, rotation: int) -> None:
    """The print is turned in the file, and so is the page, mostly so that the print is upright."""
    left, bottom = 40, 100
    box = (left, bottom, left + (595, 842)[turn % 180 == 90], bottom + (842, 595)[turn % 180 == 90])
    matrix = {
        0: f"1 0 0 1 {left} {bottom}",
        90: f"0 1 -1 0 {box[2]} {bottom}",
        180: f"-1 0 0 -1 {box[2]} {box[3]}",
        270: f"0 -1 1 0 {left} {box[3]}",
    }[turn]
    table = (("Xa", "Ho", "Nguoi"), ("An Khanh", "120", "480"), ("Phu Thanh", "95", "371"))
    first = "BT /F 12 Tf 60 760 Td (Cac xa da ra soat trong quy mot.) Tj ET"
    last = "BT /F 12 Tf 60 500 Td (Hai xa con lai se lam sau.) Tj ET"
    content = f"{matrix} cm\n{first}\n{printed_table(table, 60, 700)}{last}"
    found = load_pdf(printed_pdf(content, box, rotation), lambda: None)
    assert found.text.split("\n\n") == [
        "Cac xa da ra soat trong quy mot.",
        "\n".join("\t".join(row) for row in table),
        "Hai xa con lai se lam sau.",
    ]


def test_row_of_a_printed_table_keeps_its_empty_first_cell() -> None:
    table = (("STT", "Xa", "Ho"), ("1", "An Khanh", "120"), ("", "Ca huyen", "120"), ("2", "", ""))
    content = printed_table(table, 60, 700)
    found = load_pdf(printed_pdf(content, (0, 0, 595, 842)), lambda: None)
    assert found.text.split("\n") == ["STT\tXa\tHo", "1\tAn Khanh\t120", "\tCa huyen\t120", "2"]


# --- portal pages ---


def test_portal_page_is_its_article() -> None:
    report = load_format("trang-tin.html")
    assert report.title == "Xã Vĩnh Hòa khánh thành trạm y tế"
    assert report.date == date(2022, 5, 14)
    blocks = report.text.split("\n\n")
    assert blocks[0] == report.title
    assert blocks[1].startswith("Sáng ngày 14/5/2022, Ủy ban nhân dân huyện Tân Giang tổ chức lễ")
    assert blocks[3:5] == [
        "- Phòng khám: 4\n- Phòng lưu bệnh: 8",
        "Hạng mục\tVốn (triệu đồng)\nNhà chính\t4.800\nSân, hàng rào\t1.600",
    ]
    assert "Trang chủ" not in report.text
    assert "Bản quyền" not in report.text


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<html><body><h1>404 - File not found</h1><p>The page was moved.</p></body></html>",
         "trang báo lỗi|không có nội dung"),
        ("<html><body></body></html>", "không có nội dung"),
        ("<html><body><form>Tên đăng nhập <input></form></body></html>", "không có nội dung"),
    ],
)  # fmt: skip
def test_page_without_an_article_is_refused(page: str, reason: str) -> None:
    with pytest.raises(LoaderError, match=reason):
        load_file(page.encode(), "a.pdf")


# --- content tells the format ---


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), Format.DOC),
        (b"PK\x03\x04....word/document.xml", Format.DOCX),
        (b"\r\n%PDF-1.4", Format.PDF),
        (b"{\\rtf1", Format.DOC),
        (b"<!DOCTYPE html>", Format.HTML),
        (b"\xef\xbb\xbf <!-- a --> <HTML lang='vi'>", Format.HTML),
        ("Báo cáo".encode(), Format.TEXT),
        (b"MZ is how this text begins", Format.TEXT),
        ("<!DOCTYPE html>".encode("utf-16"), Format.HTML),
        ("Báo cáo".encode("utf-16"), Format.TEXT),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>', Format.DOC),
        (b'<?xml version="1.0"?><w:wordDocument xmlns:w="a">', Format.DOC),
        (b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", Format.MHTML),
        (b"MIME-Version: 1.0\n\nContent-Type: multipart/related", Format.TEXT),
        (b"<p>", Format.TEXT),
        (b"", Format.TEXT),
    ],
)
def test_sniffing(data: bytes, kind: Format) -> None:
    assert sniff(data, ".txt") is kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<p>", Format.HTML),
        ("Báo cáo<br>".encode(), Format.HTML),
        ("Dưới 5 < 7".encode(), Format.TEXT),
        (b"%PDF-1.4", Format.PDF),
    ],
)
def test_name_of_a_page_counts_where_the_content_may_be_one(data: bytes, kind: Format) -> None:
    assert sniff(data, ".html") is kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "không phải Word"),
        (b"PK\x03\x04....xl/workbook.xml", "Excel"),
        (b"PK\x03\x04....a.txt", "tệp nén ZIP"),
        (
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
            "là tệp LibreOffice, chưa đọc được; hãy lưu thành Word",
        ),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "Excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ảnh PNG"),
        (b"\x7fELF\x00\x00", "chương trình"),
    ],
)
def test_what_is_no_report_is_refused_by_what_it_is(data: bytes, reason: str) -> None:
    with pytest.raises(LoaderError, match=reason):
        load_file(data, "a.docx")


def test_readers_of_formats_are_loaded_when_a_file_needs_them() -> None:
    code = (
        "import hoidap.loaders, hoidap.reload, sys\n"
        "hoidap.loaders.load_file('Báo cáo'.encode(), 'a.txt')\n"
        "print({'docx', 'lxml', 'pypdfium2', 'trafilatura', 'PIL'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
