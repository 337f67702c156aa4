"""What of the print at the edges of pages is a part of the report."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hoidap.loaders.layout import Line, Page
from hoidap.loaders.running_heads import drop_running_heads

HEIGHT = 842.0
LEADING = 17.0
TOP = 65.0  # where the body of a page begins
FOOT = 805.0
CENTRE = 297.0
HEAD = "UBND HUYỆN TÂN GIANG"


def line(text: str, top: float, left: float = 57.0) -> Line:
    return Line(text, left, left + 5.5 * len(text), top, top + 12)


def body(page: int, count: int = 41) -> list[Line]:
    """Lines of one grid from the head of a page to its foot, each of other words."""
    about = ("đường giao thông", "trường mầm non", "trạm y tế xã", "chợ nông thôn")
    return [
        line(
            f"Dòng {i} của trang {page} nói về việc sửa chữa và làm mới {about[(i + page) % 4]}"
            " trong mười hai tháng",
            TOP + i * LEADING,
        )
        for i in range(count)
    ]


def dropped(*pages: Sequence[Line]) -> list[list[str]]:
    """What each page loses, from the top down."""
    made = [Page(tuple(lines), (), HEIGHT) for lines in pages]
    return [
        [x.text for x in sorted(before.lines, key=lambda x: x.top) if x not in after.lines]
        for before, after in zip(made, drop_running_heads(made), strict=True)
    ]


@pytest.mark.parametrize(
    "written", ["{}", "- {} -", "Trang {}", "Trang {}/4", "trang số {}", "Page {} of 4"]
)
def test_page_numbers_go(written: str) -> None:
    numbers = [written.format(number) for number in range(1, 5)]
    pages = [[*body(i), line(x, FOOT, CENTRE)] for i, x in enumerate(numbers)]
    assert dropped(*pages) == [[x] for x in numbers]


def test_page_numbers_of_an_extract_go() -> None:
    pages = [[line(str(17 + i), 40, 520 if i % 2 else 66), *body(i)] for i in range(3)]
    assert dropped(*pages) == [["17"], ["18"], ["19"]]


def test_page_number_of_the_second_of_two_pages_goes() -> None:
    assert dropped(body(0), [line("2", TOP - LEADING, CENTRE), *body(1)]) == [[], ["2"]]


@pytest.mark.parametrize("number", ["3", "2021"])
def test_number_that_is_not_of_its_page_stays(number: str) -> None:
    assert dropped(body(0), [line(number, 30, CENTRE), *body(1)]) == [[], []]


def test_years_above_the_pages_stay() -> None:
    assert dropped(*([line(str(2019 + i), 30, CENTRE), *body(i)] for i in range(3))) == [[], [], []]


def test_page_loses_one_number() -> None:
    pages = [[line(str(i), 30, CENTRE), *body(i), line(str(i), FOOT, CENTRE)] for i in range(1, 4)]
    assert [len(numbers) for numbers in dropped(*pages)] == [1, 1, 1]


def test_figures_of_a_table_over_two_pages_stay() -> None:
    def row(number: int, top: float) -> list[Line]:
        cells = (str(number), f"Xã {number}", str(100 + number), str(200 + number))
        return [line(x, top, left) for x, left in zip(cells, (72, 132, 332, 432), strict=True)]

    top = TOP + 40 * LEADING
    first = [*body(1, 39), *row(2, top - LEADING), *row(3, top), line("1", FOOT, CENTRE)]
    second = [*row(4, TOP), *row(5, TOP + LEADING), line("2", FOOT, CENTRE)]
    assert dropped(first, second) == [["1"], ["2"]]


def test_header_of_a_table_on_every_page_stays() -> None:
    def row(cells: Sequence[str], top: float) -> list[Line]:
        return [line(x, top, left) for x, left in zip(cells, (72, 132, 332), strict=True)]

    pages = [
        [
            *row(("STT", "Xã", "Hộ nghèo"), TOP),
            *(x for i in range(30) for x in row((str(i), "Mỹ Hội", "12"), TOP + (i + 1) * LEADING)),
        ]
        for _ in range(3)
    ]
    assert dropped(*pages) == [[], [], []]


def test_running_heads_go_where_most_pages_have_them() -> None:
    pages = [body(0), *([line(HEAD, 30), *body(i)] for i in range(1, 5))]
    assert dropped(*pages) == [[], [HEAD], [HEAD], [HEAD], [HEAD]]


def test_running_heads_of_odd_and_even_pages_go_with_their_numbers() -> None:
    heads = [HEAD if i % 2 else "Báo cáo năm 2021" for i in range(7)]
    pages = [
        [line(head, 30), line(f"Trang {i + 1}", 30, 480), *body(i)] for i, head in enumerate(heads)
    ]
    assert dropped(*pages) == [[head, f"Trang {i + 1}"] for i, head in enumerate(heads)]


def test_running_feet_with_a_number_in_them_go() -> None:
    feet = [f"Báo cáo năm 2021 - Trang {i + 1}" for i in range(3)]
    assert dropped(*([*body(i), line(x, FOOT)] for i, x in enumerate(feet))) == [[x] for x in feet]


def test_headings_alike_on_two_pages_of_six_stay() -> None:
    pages = [body(i) for i in range(6)]
    for i in (1, 3):
        pages[i][0] = line(f"{i}. Kết quả đạt được", TOP)
    assert dropped(*pages) == [[]] * 6


def test_headings_that_differ_in_their_number_stay() -> None:
    pages = [[line(f"Biểu số {i}", 40), *body(i)] for i in range(1, 5)]
    assert dropped(*pages) == [[]] * 4


def test_line_of_the_body_on_every_page_stays() -> None:
    pages = [[line("Đơn vị: triệu đồng", TOP - LEADING), *body(i)] for i in range(4)]
    assert dropped(*pages) == [[]] * 4


def test_letterheads_of_several_letters_in_one_file_stay() -> None:
    head = [
        line(HEAD, 40),
        line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT", 40, 320),
        line("NAM", 54, 400),
        line("PHÒNG LAO ĐỘNG", 62),
    ]
    pages = [[line(f"- {i} -", 20, CENTRE), *head, *body(i, 20)] for i in range(1, 5)]
    assert dropped(*pages) == [["- 1 -"], ["- 2 -"], ["- 3 -"], ["- 4 -"]]


def test_head_of_a_gazette_goes_from_one_page_alone() -> None:
    head = "CÔNG BÁO/Số 327 + 328/Ngày 02-02-2023"
    assert dropped([line(head, 52, 171), line("17", 53, 520), *body(1)]) == [[head, "17"]]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (("11/27/26, 6:06 AM", "Tổng kết vụ Hè Thu"), ("https://tangiang.gov.vn/tin/12", "1/1")),
        (("06:06 27/11/26", "Tổng kết vụ Hè Thu"), ("https://tangiang.gov.vn/tin/12", "1/1")),
        (("Tổng kết", "https://tangiang.gov.vn/tin/12"), ("1 of 1", "27/11/2026, 06:06")),
    ],
)
def test_what_a_browser_prints_round_its_page_goes(
    head: tuple[str, str], foot: tuple[str, str]
) -> None:
    def row(texts: tuple[str, str], top: float) -> list[Line]:
        return [line(text, top, left) for text, left in zip(texts, (30, 300), strict=True)]

    assert dropped([*row(head, 15), *body(0), *row(foot, 820)]) == [[*head, *foot]]


def test_times_and_addresses_that_no_browser_printed_stay() -> None:
    head = line("06:06 27/11/26", 15, 30)
    foot = line("https://tangiang.gov.vn/tin/12", 820, 30)
    assert dropped([head, *body(0), foot]) == [[]]
