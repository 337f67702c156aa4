"""The dates of a question, those told from today among them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.asked_dates import find_asked_dates
from hoidap.vietnamese.dates import Period, Precision

TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "words", "start", "end"),
    [
        ("Họp tháng 8 năm ngoái?", "tháng 8 năm ngoái", date(2025, 8, 1), date(2025, 8, 31)),
        ("hop thang tam nam nay", "thang tam nam nay", date(2026, 8, 1), date(2026, 8, 31)),
        ("Ngày 26/3 năm ngoái ai họp?", "Ngày 26/3 năm ngoái", *2 * (date(2025, 3, 26),)),
        ("Ngày 5 tháng trước ai họp?", "Ngày 5 tháng trước", *2 * (date(2026, 2, 5),)),
        ("Quý 3 năm trước thu?", "Quý 3 năm trước", date(2025, 7, 1), date(2025, 9, 30)),
        ("Thu 6 tháng đầu năm nay?", "6 tháng đầu năm nay", date(2026, 1, 1), date(2026, 6, 30)),
        ("Who met in August last year?", "August last year", date(2025, 8, 1), date(2025, 8, 31)),
        ("Lúa OM 18 tháng này?", "tháng này", date(2026, 3, 1), date(2026, 3, 31)),
        ("Năm nay có mấy xã?", "Năm nay", date(2026, 1, 1), date(2026, 12, 31)),
        ("Who met last month?", "last month", date(2026, 2, 1), date(2026, 2, 28)),
        ("Ai họp tháng 3/2021?", "tháng 3/2021", date(2021, 3, 1), date(2021, 3, 31)),
    ],
)
def test_a_date_is_one_with_the_month_or_year_told_from_today(
    text: str, words: str, start: date, end: date
) -> None:
    (mention,) = find_asked_dates(text, TODAY)
    assert text[mention.start : mention.end] == words
    assert mention.period is not None
    assert (mention.period.start, mention.period.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("Ngày hai mươi mốt tháng chín?", "Ngày hai mươi mốt tháng chín", None),
        ("ngay hai muoi mot thang 9/2024", "ngay hai muoi mot thang 9/2024", date(2024, 9, 21)),
        ("Ngày hăm lăm tháng 3/2021 ai họp?", "Ngày hăm lăm tháng 3/2021", date(2021, 3, 25)),
        ("Ngày năm tháng trước ai họp?", "Ngày năm tháng trước", date(2026, 2, 5)),
        ("Mùng ba tháng mười năm nay có gì?", "Mùng ba tháng mười năm nay", date(2026, 10, 3)),
        ("Ngày ba mươi tháng tư năm ngoái?", "Ngày ba mươi tháng tư năm ngoái", date(2025, 4, 30)),
    ],
)
def test_the_day_may_be_told_in_words(text: str, words: str, day: date | None) -> None:
    (mention,) = find_asked_dates(text, TODAY)
    assert text[mention.start : mention.end] == words
    if day is None:
        assert (mention.period, mention.day, mention.month) == (None, 21, 9)
    else:
        assert mention.period == Period(day, day, Precision.DAY)


def test_several_dates_stand_in_their_order_and_place() -> None:
    text = "Tháng 5 họp gì, hôm qua, tháng này, năm ngoái và ngày 2/9/2020?"
    found = find_asked_dates(text, TODAY)
    assert [text[mention.start : mention.end] for mention in found] == [
        "Tháng 5",
        "hôm qua",
        "tháng này",
        "năm ngoái",
        "ngày 2/9/2020",
    ]
    assert [mention.month for mention in found] == [5, None, None, None, None]


@pytest.mark.parametrize(
    "text",
    [
        "tngt 2023 chết mấy người",
        "2023 thì sao",
        "hộ nghèo 2023?",
        "ho ngheo 2023 la bao nhieu",
        "thu ngân sách 2023 được bao nhiêu",
        "Kế hoạch 2023 có gì?",
        "How many people died in accidents 2023?",
    ],
)
def test_a_year_needs_no_word_before_it(text: str) -> None:
    (mention,) = find_asked_dates(text, TODAY)
    assert text[mention.start : mention.end] == "2023"
    assert mention.period is not None
    assert (mention.period.start, mention.period.end) == (date(2023, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2023 hộ nào thoát nghèo?",
        "Ai nhận 2023 cây giống?",
        "Quyết định 2023 về việc gì?",
        "Ai ký nghị quyết số 2023?",
        "NQ 2023 là gì?",
        "Số điện thoại 0277 2023 là của ai?",
        "Có khoảng 2023 là sao?",
        "Xã có bao nhiêu, hơn 2000?",
        "Giá 2023 đồng?",
        "Điện thoại 2023.456?",
        "Văn bản 12/2023/QĐ?",
        "Giống lúa OM2023?",
    ],
)
def test_a_number_that_counts_or_names_something_is_no_year(text: str) -> None:
    assert find_asked_dates(text, TODAY) == []


def test_the_year_of_a_day_that_does_not_exist_is_not_asked_for() -> None:
    assert find_asked_dates("Ngày 31 tháng 2 năm 2024 có gì?", TODAY) == []


WORDS = [
    "năm nay",
    "tháng trước",
    "last year",
    "tháng 3",
    "ngày 5",
    "ngày mười lăm tháng",
    "/3",
    "2021",
    "6 tháng",
    "và",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=12).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    end = 0
    for mention in find_asked_dates(text, TODAY):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
