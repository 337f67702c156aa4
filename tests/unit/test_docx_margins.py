"""Word: what stands in notes and at the head and foot of pages, and what of it is furniture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hoidap.errors import LoaderError
from hoidap.loaders import load_file
from hoidap.loaders.margins import is_page_number
from tests.formats import BODY, DATED, KIND, NUMBER, SUBJECT

_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
ROAD = "Huyện đã làm mới 10,8 km đường bê tông trong chín tháng đầu năm."
SCHOOL = "Xã Phú Lộc xây trường mầm non bốn phòng học, khánh thành tháng chín."


def made(write: Callable[[Any], None]) -> bytes:
    """A Word file that ``write`` fills."""
    from docx import Document

    document: Any = Document()
    write(document)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def refer(paragraph: Any, kind: str, number: int, custom: str = "") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run()
    reference = OxmlElement(f"w:{kind}Reference")
    reference.set(qn("w:id"), str(number))
    if custom:
        reference.set(qn("w:customMarkFollows"), "1")
    run._r.append(reference)
    if custom:
        run.add_text(custom)


def with_notes(data: bytes, kind: str, notes: str) -> bytes:
    """A Word file with a part of notes added to it."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                part = f'<Override PartName="/word/{kind}s.xml" ContentType="{_TYPE}.{kind}s+xml"/>'
                content = content.replace(b"</Types>", f"{part}</Types>".encode())
            if name == "word/_rels/document.xml.rels":
                part = (
                    f'<Relationship Id="rId{kind}" Type="{_RELATION}/{kind}s"'
                    f' Target="{kind}s.xml"/>'
                )
                content = content.replace(b"</Relationships>", f"{part}</Relationships>".encode())
            archive.writestr(name, content)
        separator = f'<w:{kind} w:type="separator" w:id="-1"><w:p/></w:{kind}>'
        root = f"<w:{kind}s {_SPACE}>{separator}{notes}</w:{kind}s>"
        archive.writestr(f"word/{kind}s.xml", f"<?xml version='1.0'?>{root}")
    return target.getvalue()


def note(kind: str, number: int, *paragraphs: str) -> str:
    mark = f"<w:r><w:{kind}Ref/></w:r>"
    written = "".join(f"<w:p>{mark}<w:r><w:t> {text}</w:t></w:r></w:p>" for text in paragraphs)
    return f'<w:{kind} w:id="{number}">{written}</w:{kind}>'


def text_of(data: bytes) -> list[str]:
    (report,) = load_file(data, "a.docx").reports
    return report.text.split("\n\n")


def test_a_footnote_stands_below_what_refers_to_it_and_endnotes_at_the_end() -> None:
    def write(document: Any) -> None:
        first = document.add_paragraph(ROAD)
        refer(first, "footnote", 2)
        refer(first, "endnote", 1)
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text = "Xã An Khánh"
        table.rows[0].cells[1].text = "2,9 km"
        refer(table.rows[0].cells[1].paragraphs[0], "footnote", 3)
        last = document.add_paragraph(SCHOOL)
        refer(last, "footnote", 2)
        refer(last, "footnote", 9)  # there is no such note

    data = made(write)
    notes = note("footnote", 2, "Gồm cả đường liên xã.", "Chưa kể đường đất.")
    notes += note("footnote", 3, "Số liệu của xã.") + note("footnote", 4, "Không ai nhắc tới.")
    data = with_notes(data, "footnote", notes)
    data = with_notes(data, "endnote", note("endnote", 1, "Theo Phòng Kinh tế."))
    assert text_of(data) == [
        f"{ROAD}[1][i]",
        "[1] Gồm cả đường liên xã. Chưa kể đường đất.",
        "Xã An Khánh\t2,9 km[2]",
        "[2] Số liệu của xã.",
        f"{SCHOOL}[1]",
        "[i] Theo Phòng Kinh tế.",
    ]


def test_a_mark_of_its_own_stands_as_it_is() -> None:
    def write(document: Any) -> None:
        refer(document.add_paragraph(ROAD), "footnote", 1, custom="*")
        refer(document.add_paragraph(SCHOOL), "footnote", 2)

    notes = note("footnote", 1, "* Ước tính.") + note("footnote", 2, "Đã quyết toán.")
    assert text_of(with_notes(made(write), "footnote", notes)) == [
        f"{ROAD}*", "* Ước tính.", f"{SCHOOL}[1]", "[1] Đã quyết toán.",
    ]  # fmt: skip


def test_a_note_that_refers_to_itself_ends() -> None:
    def write(document: Any) -> None:
        refer(document.add_paragraph(ROAD), "footnote", 1)

    itself = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    notes = f'<w:footnote w:id="1"><w:p>{itself}<w:r><w:t>Vòng.</w:t></w:r></w:p></w:footnote>'
    assert text_of(with_notes(made(write), "footnote", notes)) == [f"{ROAD}[1]", "[1] Vòng."]


@pytest.mark.parametrize("notes", ["<w:footnote", "<x/>", ""])
def test_damaged_notes_are_told_or_passed_over(notes: str) -> None:
    data = with_notes(made(lambda document: document.add_paragraph(ROAD)), "footnote", notes)
    if notes == "<w:footnote":
        with pytest.raises(LoaderError, match="tệp Word bị hỏng"):
            load_file(data, "a.docx")
    else:
        assert text_of(data) == [ROAD]


def test_entities_in_notes_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("bí mật", "utf-8")
    data = with_notes(
        made(lambda document: refer(document.add_paragraph(ROAD), "footnote", 1)), "footnote", ""
    )
    evil = (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><w:footnotes {_SPACE}>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = evil.encode() if name == "word/footnotes.xml" else source.read(name)
            archive.writestr(name, content)
    assert "bí mật" not in "\n".join(text_of(target.getvalue()))


def test_the_head_of_the_first_page_is_content_and_running_heads_are_not() -> None:
    def write(document: Any) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = BODY
        section.first_page_header.add_paragraph(f"Số: {NUMBER}")
        section.first_page_header.add_paragraph(DATED)
        section.header.paragraphs[0].text = "Báo cáo của huyện Tân Giang"
        section.first_page_footer.paragraphs[0].text = "Nơi nhận: Văn phòng Huyện ủy."
        section.footer.paragraphs[0].text = "Trang 2/14"
        for line in (KIND, SUBJECT, ROAD):
            document.add_paragraph(line)

    data = made(write)
    assert text_of(data) == [
        BODY, f"Số: {NUMBER}", DATED, KIND, SUBJECT, ROAD, "Nơi nhận: Văn phòng Huyện ủy.",
    ]  # fmt: skip
    (report,) = load_file(data, "a.docx").reports
    assert (report.number, report.source) == (NUMBER, BODY)
    assert report.date is not None


def test_first_page_heads_that_word_does_not_show_are_left_out() -> None:
    def write(document: Any) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "Bản nháp cũ"
        section.different_first_page_header_footer = False
        document.add_paragraph(ROAD)

    assert text_of(made(write)) == [ROAD]


def test_a_letterhead_at_the_head_of_every_page_is_read_once() -> None:
    def write(document: Any) -> None:
        header = document.sections[0].header
        header.paragraphs[0].text = "Độc lập - Tự do - Hạnh phúc"
        header.add_paragraph(f"Số: {NUMBER}")
        document.add_paragraph(ROAD)
        later = document.add_section()
        later.header.is_linked_to_previous = False
        later.header.paragraphs[0].text = "Độc lập - Tự do - Hạnh phúc"
        document.add_paragraph(SCHOOL)

    assert text_of(made(write)) == [
        "Độc lập - Tự do - Hạnh phúc", f"Số: {NUMBER}", ROAD, SCHOOL,
    ]  # fmt: skip


def test_a_head_that_repeats_the_body_or_numbers_pages_is_furniture() -> None:
    def write(document: Any) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = f" {SUBJECT} "
        section.first_page_footer.paragraphs[0].text = "- 1 -"
        for line in (KIND, SUBJECT, ROAD):
            document.add_paragraph(line)

    assert text_of(made(write)) == [KIND, SUBJECT, ROAD]


def test_each_section_has_its_own_first_page() -> None:
    def write(document: Any) -> None:
        document.add_paragraph(ROAD)
        later = document.add_section()
        later.different_first_page_header_footer = True
        later.first_page_header.is_linked_to_previous = False
        later.first_page_header.paragraphs[0].text = "Phụ lục I: danh mục trường"
        document.add_paragraph(SCHOOL)

    assert text_of(made(write)) == [ROAD, "Phụ lục I: danh mục trường", SCHOOL]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("3", True), ("- 12 -", True), ("Trang 2/14", True), ("Page 1 of 5", True),
        ("Trang số 3 trên 9", True), ("Số: 12/BC-UBND", False), ("Trang trại", False),
    ],
)  # fmt: skip
def test_page_numbers(text: str, is_one: bool) -> None:
    assert is_page_number(text) == is_one
