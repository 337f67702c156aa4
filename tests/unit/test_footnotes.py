"""Notes at the foot of a page do not stand in the sentence that runs over it."""

from __future__ import annotations

import pytest

from hoidap.loaders.footnotes import with_notes_apart
from hoidap.loaders.layout import Line, Page, compose, paragraphs
from hoidap.loaders.pdf import load_pdf
from tests.formats import printed_pdf

LEFT, RIGHT = 57.0, 520.0
FIRST = [
    "Trong chín tháng, huyện đã làm mới 10,8 km đường bê tông với tổng vốn 15.650 triệu",
    "đồng, đạt 82% kế hoạch năm; tháng sau sẽ làm thêm ba tuyến ở các xã Vĩnh Hòa và Phú",
    "Thạnh, mỗi tuyến dài hơn một ki lô mét, cùng hai cây cầu nhỏ trên đường vào trạm y",
    "tế của xã An Khánh; phần lớn kinh phí do ngân sách huyện bố trí, phần còn",
]
SECOND = ["lại do nhân dân đóng góp.", "Các xã rà soát những đoạn đường hư hỏng sau lũ."]


def line(text: str, row: int, size: float, right: float = RIGHT) -> Line:
    return Line(text, LEFT, right, 60.0 + 17 * row, 72.0 + 17 * row, size)


def read(*notes: str, size: float = 13.0, second: list[str] = SECOND) -> list[str]:
    """The paragraphs of two pages; below the first stand ``notes`` in letters of this size."""
    first = [line(text, row, 15.5) for row, text in enumerate(FIRST)]
    first += [line(text, 38 + row, size, 300.0) for row, text in enumerate(notes)]
    lines = tuple(line(text, row, 15.5, (250.0, RIGHT)[row]) for row, text in enumerate(second))
    pages = [Page(tuple(first), (), 842.0), Page(lines, (), 842.0)]
    text, starts = compose(paragraphs([with_notes_apart(page) for page in pages]), 2)
    # Notes are on their own page.
    assert all(text.index(note) < starts[1] for note in notes)
    return text.split("\n\n")


@pytest.mark.parametrize("mark", ["1 ", "1", "¹ ", "[1] ", "(1) ", "* "])
def test_sentence_goes_on_over_the_notes_of_its_page(mark: str) -> None:
    note = f"{mark}Theo báo cáo của Phòng Kinh tế."
    assert read(note) == [note, " ".join([*FIRST, SECOND[0]]), SECOND[1]]


def test_notes_are_divided_by_their_marks() -> None:
    found = read("1 Theo báo cáo của", "Phòng Kinh tế.", "2 Gồm cả xã An Khánh.")
    assert found[:2] == ["1 Theo báo cáo của Phòng Kinh tế.", "2 Gồm cả xã An Khánh."]


def test_notes_stand_behind_the_last_paragraph_of_their_page() -> None:
    note, heading = "1 Theo báo cáo của Phòng Kinh tế.", "NHIỆM VỤ BA THÁNG CUỐI NĂM"
    assert read(note, second=[heading]) == [" ".join(FIRST), note, heading]


def test_what_is_as_large_as_the_text_is_no_note() -> None:
    assert read("1 Theo báo cáo của Phòng Kinh tế.", size=15.5)[0] == " ".join(FIRST)


def test_small_print_without_a_mark_is_no_note() -> None:
    page = Page((*(line(text, row, 15.5) for row, text in enumerate(FIRST)),
                 line("Nguồn: Phòng Kinh tế.", 38, 13.0)), (), 842.0)  # fmt: skip
    assert with_notes_apart(page) == page


def test_small_rows_of_figures_are_no_notes() -> None:
    rows = (line("1 An Khánh", 38, 13.0, 200.0), Line("120", 300.0, 330.0, 706.0, 718.0, 13.0))
    page = Page((*(line(text, row, 15.5) for row, text in enumerate(FIRST)), *rows), (), 842.0)
    assert with_notes_apart(page) == page


def test_printed_note_with_a_raised_mark_is_found() -> None:
    body = "(Huyen da lam muoi km duong be tong, phan lon kinh phi do ngan sach huyen bo tri;) Tj"
    content = "".join(f"BT /F 14 Tf 60 {700 - 18 * row} Td {body} ET " for row in range(3))
    content += "BT /F 6 Tf 60 80 Td 4 Ts (1) Tj /F 10 Tf 0 Ts ( Theo bao cao cua huyen.) Tj ET"
    found = load_pdf(printed_pdf(content, (0, 0, 595, 842)), lambda: None)
    assert found.text.split("\n\n")[1:] == ["1 Theo bao cao cua huyen."]
