"""Lines of print put together to paragraphs by where they stand."""

from __future__ import annotations

import textwrap

import pytest

from hoidap.loaders.layout import Line, Page, paragraphs
from tests.formats import PARAGRAPHS

LETTER = 6.0
LEADING = 17.0
IN_COLUMN = 20  # lines
LEFT, RIGHT = 57.0, 320.0


def in_columns(texts: list[str]) -> list[Page]:
    """Pages of two columns of print, each of 34 letters, with the first lines indented."""
    lines = [line for text in texts for line in textwrap.wrap("   " + text, 34)]
    pages: list[list[Line]] = []
    for number, line in enumerate(lines):
        page, place = divmod(number, 2 * IN_COLUMN)
        column, row = divmod(place, IN_COLUMN)
        text = line.lstrip()
        left = (LEFT, RIGHT)[column] + LETTER * (len(line) - len(text))
        top = 60 + row * LEADING
        if place == 0:
            pages.append([])
        # All but the last line of a paragraph are justified.
        last = any(whole.endswith(text) for whole in texts)
        right = left + LETTER * len(text) if last else (LEFT, RIGHT)[column] + LETTER * 34
        pages[page].append(Line(text, left, right, top, top + 12))
    return [Page(tuple(page), (), 842.0) for page in pages]


def test_paragraphs_go_on_in_the_next_column_and_page() -> None:
    texts = [PARAGRAPHS[number % 4] for number in range(9)]
    pages = in_columns(texts)
    # The last column is shorter than the one beside it.
    assert [len(page.lines) for page in pages] == [40, 35]
    found = paragraphs(pages)
    assert [x.text for x in found] == texts
    over = next(x for x in found if len(x.starts) == 2)
    start, page = over.starts[1]
    assert (over.text[start - 1], page) == (" ", 2)
    assert over.text[start:].startswith(pages[1].lines[0].text)


def test_what_stands_below_two_columns_is_read_behind_them() -> None:
    rows = ["các xã đã rà soát hộ nghèo,"] * 7 + ["các xã đã rà soát hộ nghèo."]
    lines = [
        Line(text, left, left + LETTER * len(text), 60 + row * LEADING, 72 + row * LEADING)
        for left in (LEFT, RIGHT)
        for row, text in enumerate(rows)
    ]
    below = Line("Trên đây là báo cáo.", LEFT, LEFT + 120, 60 + 8 * LEADING, 72 + 8 * LEADING)
    page = Page((*lines, below), (), 842.0)
    column = " ".join(rows)
    assert [x.text for x in paragraphs([page])] == [f"{column} {column}", "Trên đây là báo cáo."]


def test_full_lines_with_a_little_room_between_are_paragraphs_of_their_own() -> None:
    texts = [
        "Các xã đã rà soát hộ nghèo,",
        "hộ cận nghèo và hộ khó khăn.",
        "Huyện đã tổ chức hội nghị,",
    ]
    tops = [60.0, 60 + LEADING, 60 + 2 * LEADING + 6, 60 + 3 * LEADING + 6]
    lines = [
        Line(text, LEFT, LEFT + 200, top, top + 12)
        for text, top in zip((*texts, "có đủ các ban."), tops, strict=True)
    ]
    found = [x.text for x in paragraphs([Page(tuple(lines), (), 842.0)])]
    assert found == [f"{texts[0]} {texts[1]}", f"{texts[2]} có đủ các ban."]


def test_subject_stays_apart_from_the_only_full_line_of_a_page() -> None:
    subject, first = (
        "nhiệm vụ quý II năm 2022",
        "Thực hiện Công văn của tỉnh, Ủy ban nhân dân huyện",
    )
    rows = [
        (200, 430, subject),
        (LEFT, 540, first),
        (LEFT, 170, "báo cáo như sau:"),
        *((LEFT, 440, f"{number}. Xã đã thu hoạch lúa.") for number in range(1, 10)),
    ]
    lines = [
        Line(text, left, right, 60 + LEADING * row, 72 + LEADING * row)
        for row, (left, right, text) in enumerate(rows)
    ]
    found = [x.text for x in paragraphs([Page(tuple(lines), (), 842.0)])]
    assert found[:2] == [subject, f"{first} báo cáo như sau:"]


def beside(left: list[tuple[int, str]], right: list[tuple[int, str]], *below: str) -> list[str]:
    """The paragraphs of two columns, each of lines with their rows, and of lines across below."""
    lines = [
        Line(text, middle - 3 * len(text), middle + 3 * len(text), 60 + 17 * row, 72 + 17 * row)
        for middle, column in ((170, left), (420, right))
        for row, text in column
    ]
    foot = max(line.top for line in lines) + 34
    lines += [Line(text, LEFT, 540, foot + 17 * row, foot + 17 * row + 12)
              for row, text in enumerate(below)]  # fmt: skip
    return [paragraph.text for paragraph in paragraphs([Page(tuple(lines), (), 842.0)])]


def test_subject_of_a_letter_is_whole_beside_the_name_of_the_state() -> None:
    left = [
        "UBND HUYỆN TÂN GIANG",
        "Số: 88/UBND-KT",
        "V/v sửa chữa các đoạn đường",
        "hư hỏng sau lũ",
    ]
    right = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
             "Tân Giang, ngày 12 tháng 10 năm 2022"]  # fmt: skip
    to = "Kính gửi: Ủy ban nhân dân các xã Vĩnh Hòa, Phú Thạnh và An Khánh của huyện Tân Giang."
    assert beside(list(enumerate(left)), list(enumerate(right)), to) == [
        *left[:2], "V/v sửa chữa các đoạn đường hư hỏng sau lũ", *right, to,
    ]  # fmt: skip


def test_who_signs_follows_those_who_get_the_letter() -> None:
    left = ["Nơi nhận:", "- Như trên;", "- Huyện ủy;", "- Phòng Kinh tế;", "- Lưu: VT."]
    right = [(0, "TM. ỦY BAN NHÂN DÂN"), (2, "CHỦ TỊCH"), (6, "Lê Văn Thuận")]
    assert beside(list(enumerate(left)), right) == [*left, *(text for _, text in right)]


def test_line_below_two_columns_of_no_letter_stands_below_them() -> None:
    left = [(0, "Tên đường"), (1, "Đường vào trạm y tế")]
    right = [(0, "Tên xã"), (1, "Xã An Khánh")]
    found = beside([*left, (2, "và hai cây cầu nhỏ")], right)
    assert found[-1] == "và hai cây cầu nhỏ"


def test_heading_in_larger_type_that_fills_its_line_stays_apart() -> None:
    title = "Huyện tổng kết phong trào làm đường nông thôn năm 2022"
    lines = [Line(title, LEFT, 480, 60, 80, 28.0)]
    rows = ["Ngày 12 tháng 10 năm 2022, huyện tổ chức hội nghị tổng kết với sự có mặt của",
            "đại diện các xã trong huyện."]  # fmt: skip
    for number, text in enumerate(rows):
        top = 90 + number * LEADING
        lines.append(Line(text, LEFT, LEFT + LETTER * len(text), top, top + 12, 14.0))
    found = paragraphs([Page(tuple(lines), (), 842.0)])
    assert [x.text for x in found] == [title, " ".join(rows)]


def test_title_in_capitals_stays_apart_from_the_office_above_it() -> None:
    rows = ["ỦY BAN NHÂN DÂN HUYỆN TÂN GIANG", "LỊCH LÀM VIỆC", "CỦA LÃNH ĐẠO HUYỆN TUẦN 19"]
    lines = [
        Line(text, 200 - 3 * len(text), 200 + 3 * len(text), 60 + LEADING * row, 72 + LEADING * row)
        for row, text in enumerate(rows)
    ]
    found = paragraphs([Page(tuple(lines), (), 842.0)])
    assert [x.text for x in found] == [rows[0], " ".join(rows[1:])]


@pytest.mark.parametrize("apart", [0, 12])
def test_what_stands_below_two_columns_divides_no_sentence(apart: int) -> None:
    # The left column is a line longer.
    left = ["các xã đã rà soát hộ nghèo"] * 9
    right = ["theo chỉ đạo của huyện và"] * 7 + ["của tỉnh trong quý một nay."]
    lines = [
        Line(text, x, x + LETTER * len(text), 60 + row * LEADING, 72 + row * LEADING)
        for x, rows in ((LEFT, left), (RIGHT, right))
        for row, text in enumerate(rows)
    ]
    top = 60 + 9 * LEADING + apart
    below = Line("Hình 1. Xã An Khánh", LEFT, LEFT + LETTER * 14, top, top + 12)
    found = paragraphs([Page((*lines, below), (), 842.0)])
    assert [x.text for x in found] == [" ".join(left + right), below.text]


@pytest.mark.parametrize(
    ("office", "left", "rest", "whole"),
    [
        ("Phó Chủ tịch huyện", RIGHT, "phòng, chống dịch", True),
        ("Phó Chủ tịch huyện", RIGHT + 4, "Nông dân huyện", True),
        ("Phó Chủ tịch huyện", LEFT, "phòng, chống dịch", True),
        ("Phó Chủ tịch huyện,", LEFT, "Trưởng ban", True),
        ("Phó Chủ tịch huyện.", RIGHT, "Trưởng ban", False),
        ("Phó Chủ tịch huyện", LEFT, "Cuộc họp bắt đầu lúc 8 giờ", False),
        ("Phó Chủ tịch huyện", RIGHT, "NGƯỜI GHI BIÊN BẢN", False),
        ("Phó Chủ tịch huyện", RIGHT - 100, "phòng, chống dịch", False),
        ("Phó Chủ tịch huyện", LEFT, "- đại diện các xã", False),
    ],
)
def test_an_office_that_goes_on_in_a_second_line_is_whole(
    office: str, left: float, rest: str, whole: bool
) -> None:
    texts = [
        (LEFT, "- Ông Lê Văn Thuận", 0), (RIGHT, office, 0),
        (left, rest, 1), (LEFT, "- Bà Trần Thị Bé", 2), (RIGHT, "Phó Trưởng phòng", 2),
    ]  # fmt: skip
    lines = [
        Line(text, x, x + LETTER * len(text), 60 + row * LEADING, 72 + row * LEADING)
        for x, text, row in texts
    ]
    found = [x.text for x in paragraphs([Page(tuple(lines), (), 842.0)])]
    first = f"- Ông Lê Văn Thuận\t{office}"
    second = "- Bà Trần Thị Bé\tPhó Trưởng phòng"
    assert found == ([f"{first} {rest}\n{second}"] if whole else [first, rest, second])


def test_persons_stand_with_the_offices_beside_them() -> None:
    def row(number: int, *texts: str) -> list[Line]:
        top = 60 + number * LEADING
        return [
            Line(text, x, x + LETTER * len(text), top, top + 12)
            for x, text in zip((LEFT, RIGHT), texts, strict=False)
        ]

    lines = [
        *row(0, "Thành phần tham dự:"), *row(1, "- Ông Lê Văn Thuận", "Chủ tịch UBND huyện"),
        *row(2, "2. Bà Trần Thị Bé", "Phó Trưởng phòng Nội vụ"), *row(4, "Thư ký", "Chủ tọa"),
        *row(5, "Trần Thị Bé", "Lê Văn Thuận"),
    ]  # fmt: skip
    assert [x.text for x in paragraphs([Page(tuple(lines), (), 842.0)])] == [
        "Thành phần tham dự:",
        "- Ông Lê Văn Thuận\tChủ tịch UBND huyện\n"
        "2. Bà Trần Thị Bé\tPhó Trưởng phòng Nội vụ",
        "Thư ký Trần Thị Bé", "Chủ tọa Lê Văn Thuận",
    ]  # fmt: skip
