from __future__ import annotations

import time
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.dates import DateMention, Period, Precision, date_terms, find_dates
from hoidap.vietnamese.text import fold

MARCH_26 = Period(date(2021, 3, 26), date(2021, 3, 26), Precision.DAY)
MARCH = Period(date(2021, 3, 1), date(2021, 3, 31), Precision.MONTH)
FIRST_QUARTER = Period(date(2021, 1, 1), date(2021, 3, 31), Precision.QUARTER)
FIRST_HALF = Period(date(2021, 1, 1), date(2021, 6, 30), Precision.HALF)
SECOND_HALF = Period(date(2021, 7, 1), date(2021, 12, 31), Precision.HALF)
YEAR = Period(date(2021, 1, 1), date(2021, 12, 31), Precision.YEAR)
FIVE_YEARS = Period(date(2016, 1, 1), date(2020, 12, 31), Precision.SPAN)


def days(first: date, last: date) -> Period:
    return Period(first, last, Precision.DAY)


def read(text: str) -> list[tuple[str, Period | None]]:
    return [(text[found.start : found.end], found.period) for found in find_dates(text)]


def periods(text: str) -> list[Period | None]:
    return [found.period for found in find_dates(text)]


@pytest.mark.parametrize(
    "text",
    [
        "26/3/2021", "26/03/2021", "26-03-2021", "26.3.2021", "26.3.21", "26/3/21", "26-3-21",
        "2021-03-26", "2021/03/26", "2021-03-26T08:00", "26/3-2021", "26 / 3 / 2021",
        "ngày 26 tháng 3 năm 2021", "ngày 26 tháng ba năm 2021", "26 tháng 3 2021",
        "26 tháng 3 năm 2021", "Ngày 26 tháng 03, năm 2021", "ngày 26/3 năm 2021",
        "ngày 26 tháng 3/2021", "NGÀY 26 THÁNG 3 NĂM 2021", "ngay 26 thang 3 nam 2021",
        "ngày  26\u00a0tháng \u200b3\nnăm\u200b 2021", "26\u200b/3/2021", "ngày26tháng3năm2021",
        "ngày 26–3–2021", "hôm 26/3/2021", "sáng ngày 26/3/2021", "mùng 26/3/2021",
        "26 March 2021", "26th of March, 2021", "26th March 2021", "March 26, 2021",
        "March 26th, 2021", "Mar 26 2021", "Mar. 26, 2021", "26-Mar-2021", "on march 26 2021",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert periods(text) == [MARCH_26]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("tháng 3/2021", MARCH),
        ("tháng 3 năm 2021", MARCH),
        ("tháng 3-2021", MARCH),
        ("tháng 3 của năm 2021", MARCH),
        ("tháng ba năm 2021", MARCH),
        ("thang ba nam 2021", MARCH),
        ("03/2021", MARCH),
        ("3/2021", MARCH),
        ("T3/2021", MARCH),
        ("T.3/2021", MARCH),
        ("March 2021", MARCH),
        ("in march 2021", MARCH),
        ("quý I/2021", FIRST_QUARTER),
        ("quý 1 năm 2021", FIRST_QUARTER),
        ("quý I-2021", FIRST_QUARTER),
        ("quýI năm 2021", FIRST_QUARTER),
        ("quimột 2021", FIRST_QUARTER),
        ("Quý một năm 2021", FIRST_QUARTER),
        ("quy 1 nam 2021", FIRST_QUARTER),
        ("3 tháng đầu năm 2021", FIRST_QUARTER),
        ("Q1 2021", FIRST_QUARTER),
        ("Q1/2021", FIRST_QUARTER),
        ("first quarter of 2021", FIRST_QUARTER),
        ("the 1st quarter of 2021", FIRST_QUARTER),
        ("6 tháng đầu năm 2021", FIRST_HALF),
        ("sáu tháng đầu năm 2021", FIRST_HALF),
        ("06 thang dau nam 2021", FIRST_HALF),
        ("báo cáo 6 tháng năm 2021", FIRST_HALF),
        ("nửa đầu năm 2021", FIRST_HALF),
        ("the first six months of 2021", FIRST_HALF),
        ("first half of 2021", FIRST_HALF),
        ("6 tháng cuối năm 2021", SECOND_HALF),
        ("nửa cuối năm 2021", SECOND_HALF),
        ("9 tháng đầu năm 2021", Period(date(2021, 1, 1), date(2021, 9, 30), Precision.SPAN)),
        ("năm 2021", YEAR),
        ("NĂM 2021", YEAR),
        ("nam 2021", YEAR),
        ("năm (2021)", YEAR),
        ("in 2021", YEAR),
        ("since 2021", YEAR),
        ("the year 2021", YEAR),
        ("từ 2021 đến nay", YEAR),
        ("đến 2021, huyện", YEAR),
        ("(2021)", YEAR),
        ("2021?", YEAR),
        ("giai đoạn 2016 - 2020", FIVE_YEARS),
        ("giai đoạn 2016—2020", FIVE_YEARS),
        ("giai doan 2016-2020", FIVE_YEARS),
        ("nhiệm kỳ 2016-2020", FIVE_YEARS),
        ("nhiệm kỳ XI (2016 - 2020)", FIVE_YEARS),
        ("năm học 2016-2020", FIVE_YEARS),
        ("từ năm 2016 đến năm 2020", FIVE_YEARS),
        ("từ 2016 đến 2020", FIVE_YEARS),
        ("2016–2020", FIVE_YEARS),
        ("kế hoạch 5 năm 2016-2020", FIVE_YEARS),
        ("2016 to 2020", FIVE_YEARS),
        ("from 2016 to 2020", FIVE_YEARS),
        ("between 2016 and 2020", FIVE_YEARS),
    ],
)
def test_longer_periods_are_read(text: str, period: Period) -> None:
    assert periods(text) == [period]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("ngày 5-7/3/2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("từ ngày 5 đến 7/3/2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("từ ngày 5 đến ngày 7 tháng 3 năm 2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("từ 28/2 đến 3/3/2021", days(date(2021, 2, 28), date(2021, 3, 3))),
        ("5/3/2021-7/3/2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("từ ngày 5/3/2021 đến ngày 7/3/2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("5-7 March 2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        ("March 5-7, 2021", days(date(2021, 3, 5), date(2021, 3, 7))),
        (
            "từ ngày 15/12/2020 đến hết ngày 14/6/2021",
            Period(date(2020, 12, 15), date(2021, 6, 14), Precision.SPAN),
        ),
        (
            "từ tháng 10/2020 đến tháng 3/2021",
            Period(date(2020, 10, 1), date(2021, 3, 31), Precision.SPAN),
        ),
        ("tháng 1 đến tháng 3 năm 2021", FIRST_QUARTER),
    ],
)
def test_days_and_months_joined_are_one_period(text: str, period: Period) -> None:
    assert periods(text) == [period]


def test_an_anniversary_is_two_days_and_not_the_years_between() -> None:
    assert periods("90 năm (26/3/1931 - 26/3/2021)") == [
        days(date(1931, 3, 26), date(1931, 3, 26)),
        MARCH_26,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ngày 26/3", "ngày 26-3", "ngày 26.3", "hôm 26/3", "sáng 26/3", "chieu 26/3", "tối 26/3",
        "mùng 26/3", "mồng 26/3", "on 26/3", "ngày 26 tháng 3", "26 tháng 3", "ngay 26 thang 3",
        "26 March", "March 26", "the 26th of March", "hội nghị 26/3 bàn gì?", "dịp 26/3",
        "Thứ Sáu (26/3)", "sáng nay, 26/3", "ngày: 26/3",
    ],
)  # fmt: skip
def test_a_day_without_year_keeps_day_and_month(text: str) -> None:
    (found,) = find_dates(text)
    assert (found.period, found.day, found.month) == (None, 26, 3)


def test_days_in_a_list_are_a_mention_each() -> None:
    assert read("các ngày 5, 6 và 9/3/2021") == [
        ("ngày 5", days(date(2021, 3, 5), date(2021, 3, 5))),
        ("6", days(date(2021, 3, 6), date(2021, 3, 6))),
        ("9/3/2021", days(date(2021, 3, 9), date(2021, 3, 9))),
    ]
    assert [(found.day, found.month) for found in find_dates("ngày 5/3, 7/3 và 9/4")] == [
        (5, 3),
        (7, 3),
        (9, 4),
    ]
    assert [
        found.period and found.period.start.year for found in find_dates("năm 2019, 2020 và 2021")
    ] == [
        2019,
        2020,
        2021,
    ]


def test_months_and_quarters_in_a_list_are_a_mention_each() -> None:
    assert read("tháng 3 và tháng 4 năm 2021") == [
        ("tháng 3", MARCH),
        ("4 năm 2021", Period(date(2021, 4, 1), date(2021, 4, 30), Precision.MONTH)),
    ]
    assert [text for text, _ in read("quýI, quýIV/2021")] == ["quýI", "IV/2021"]
    assert read("quý I, quý IV/2021") == [
        ("quý I", FIRST_QUARTER),
        ("IV/2021", Period(date(2021, 10, 1), date(2021, 12, 31), Precision.QUARTER)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "31/2/2021", "32/1/2021", "29/2/2021", "0/3/2021", "14/14", "ngày 14/14", "03/26/2021",
        "ngày 31 tháng 2 năm 2021", "13/2021", "quý 5/2021", "26/3/1", "26/3/202",
        "2021 hộ", "tổng số 2021 hộ", "từ 2000 lên 2021 hộ", "từ 2000 hộ", "2000 - 2100 đồng",
        "in 2021 households", "năm 20211", "1/2021 hộ", "tỷ lệ 1/2000",
        "14/14 chỉ tiêu", "3/4 số xã", "đạt 3/4", "khoản 1/2 Điều", "sáng 3/4 số hộ",
        "123/BC-UBND", "số 23/2018/NĐ-CP", "Số: 23/2018/NĐ-CP", "41/2024/QH15", "23/2018 / NĐ-CP",
        "12-NQ/TW", "số 12/2021", "Nghị định 03/2021", "03/2021-QĐ", "123/KH-26/3/2021",
        "0277.3851.2021", "192.168.1.21", "mục 2.1.10", "2.1.10 Nội dung", "V.09.02.03",
        "6 tháng 3 lần", "12 may tinh", "tháng sau", "quý định 2", "26/3", "báo cáo 26/3",
        "mùng 10/3 âm lịch", "1904.10.10", "8 tháng\n9\n2028", "", "không có ngày", "٢٦/٣/٢٠٢١",
    ],
)  # fmt: skip
def test_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    assert find_dates(text) == []


def test_mentions_stand_in_order_where_the_text_has_them() -> None:
    text = (
        "Thực hiện Kế hoạch số 15/KH-UBND ngày 05/01/2021, sáng 26/3, UBND huyện sơ kết quý I/2021;"
        " đạt 14/14 chỉ tiêu, mục tiêu giai đoạn 2021 – 2025 và năm 2022."
    )
    assert [text[found.start : found.end] for found in find_dates(text)] == [
        "ngày 05/01/2021",
        "26/3",
        "quý I/2021",
        "giai đoạn 2021 – 2025",
        "năm 2022",
    ]


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = unicodedata.normalize("NFD", "Hội nghị \u200b ngày  26\u00a0tháng 3 năm 2021 ở đâu?")
    (found,) = find_dates(text)
    assert unicodedata.normalize("NFC", text[found.start : found.end]) == (
        "ngày  26\u00a0tháng 3 năm 2021"
    )
    assert found.period == MARCH_26


def test_a_paragraph_break_ends_a_date() -> None:
    assert read("ngày 26 tháng 3\n\nnăm 2021") == [("ngày 26 tháng 3", None), ("năm 2021", YEAR)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("26/3/2021", ["d2021-03-26", "m2021-03", "y2021", "dm-03-26"]),
        ("ngày 26/3", ["dm-03-26"]),
        ("tháng 3/2021", ["m2021-03", "y2021"]),
        ("quý I/2021", ["q2021-1", "y2021"]),
        ("quý IV/2021", ["q2021-4", "y2021"]),
        ("6 tháng đầu năm 2021", ["h2021-1", "y2021"]),
        ("6 tháng cuối năm 2021", ["h2021-2", "y2021"]),
        ("năm 2021", ["y2021"]),
        ("2016-2020", ["s2016-2020", "y2016", "y2020"]),
        ("9 tháng đầu năm 2021", ["s2021-01-2021-09", "y2021"]),
        (
            "ngày 30-31/3/2021",
            ["d2021-03-30", "d2021-03-31", "m2021-03", "y2021", "dm-03-30", "dm-03-31"],
        ),
        (
            "từ ngày 15/12/2020 đến ngày 14/6/2021",
            ["s2020-12-15-2021-06-14", "d2020-12-15", "d2021-06-14", "m2020-12", "m2021-06",
             "y2020", "y2021", "dm-12-15", "dm-06-14"],
        ),
    ],
)  # fmt: skip
def test_terms_for_an_index(text: str, terms: list[str]) -> None:
    (found,) = find_dates(text)
    assert date_terms(found) == terms


def test_precisions_are_ordered_finer_first() -> None:
    assert sorted(Precision, reverse=True)[::-1] == [
        Precision.DAY,
        Precision.MONTH,
        Precision.QUARTER,
        Precision.HALF,
        Precision.YEAR,
        Precision.SPAN,
    ]


def test_periods_contain_and_overlap_by_days() -> None:
    february = Period(date(2021, 2, 1), date(2021, 2, 28), Precision.MONTH)
    assert YEAR.contains(MARCH_26)
    assert YEAR.contains(YEAR)
    assert not MARCH_26.contains(YEAR)
    assert YEAR.overlaps(MARCH)
    assert MARCH.overlaps(YEAR)
    assert not MARCH.overlaps(february)
    assert MARCH.overlaps(days(date(2021, 2, 20), date(2021, 3, 1)))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end on 2021-01-01"):
        Period(date(2021, 1, 2), date(2021, 1, 1), Precision.DAY)


ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAY_FORMS: list[Callable[[date], str]] = [
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day.day:02}/{day.month:02}/{day.year}",
    lambda day: f"{day.day}-{day.month}-{day.year}",
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: f"{day.day}.{day.month}.{day.year % 100:02}",
    lambda day: f"{day.day}/{day.month}/{day.year % 100:02}",
    lambda day: day.isoformat(),
    lambda day: f"ngày {day.day} tháng {day.month} năm {day.year}",
    lambda day: f"{day.day} tháng {day.month} {day.year}",
    lambda day: f"ngày {day.day} tháng {day.month}/{day.year}",
    lambda day: f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}",
    lambda day: f"{day.day}th of {ENGLISH_MONTHS[day.month - 1][:3]}, {day.year}",
]
MONTH_FORMS: list[Callable[[int, int], str]] = [
    lambda year, month: f"tháng {month}/{year}",
    lambda year, month: f"tháng {month:02} năm {year}",
    lambda year, month: f"{month:02}/{year}",
    lambda year, month: f"T{month}/{year}",
    lambda year, month: f"{ENGLISH_MONTHS[month - 1]} {year}",
]
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
SPELLINGS: list[Callable[[str], str]] = [
    lambda text: text,
    str.upper,
    fold,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace(" ", " \u00a0\u200b"),
    lambda text: f"Hội nghị, {text}, ai chủ trì?",
]


@given(DAYS, st.sampled_from(DAY_FORMS), st.sampled_from(SPELLINGS))
def test_any_day_comes_back_from_any_form(
    day: date, form: Callable[[date], str], spelling: Callable[[str], str]
) -> None:
    assert periods(spelling(form(day))) == [days(day, day)]


@given(
    st.integers(1900, 2100),
    st.integers(1, 12),
    st.sampled_from(MONTH_FORMS),
    st.sampled_from(SPELLINGS),
)
def test_any_month_comes_back_from_any_form(
    year: int, month: int, form: Callable[[int, int], str], spelling: Callable[[str], str]
) -> None:
    last = date(year, month, monthrange(year, month)[1])
    assert periods(spelling(form(year, month))) == [
        Period(date(year, month, 1), last, Precision.MONTH)
    ]


@given(st.integers(1, 12), st.integers(1, 31))
def test_a_day_without_year_is_read_only_where_the_calendar_has_it(month: int, day: int) -> None:
    expected = [(day, month)] if day <= monthrange(2000, month)[1] else []
    assert [(found.day, found.month) for found in find_dates(f"ngày {day}/{month}")] == expected


def test_a_letter_longer_in_lower_case_moves_no_offset() -> None:
    assert read("İİİ năm 2021 İ") == [("năm 2021", YEAR)]


SCRAPS = st.lists(
    st.sampled_from(
        ["ngày", "tháng", "năm", "quý", "từ", "đến", "giai đoạn", "26", "3", "2021", "2016", "/",
         "-", ".", ",", " ", " ", "\n", "\u200b", "March", "of", "I", "đầu", "6", "to", "(", ")",
         "ngày\u0301"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(), SCRAPS))
def test_whatever_the_text_mentions_are_ordered_and_inside_it(text: str) -> None:
    end = 0
    for found in find_dates(text):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end].strip() == text[found.start : found.end]
        assert (found.period is None) == (found.day is not None) == (found.month is not None)
        assert len(set(date_terms(found))) == len(date_terms(found)) > 0
        end = found.end


@given(SCRAPS)
def test_decomposed_text_is_read_as_composed(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert periods(composed) == periods(decomposed)


@pytest.mark.parametrize(
    "scrap",
    ["1", "1/", "1 ", "12/3/", "5, ", "1 - ", "2016-", "1.", " ", "tháng 3 ", "ngày 5, 6, ",
     "26/3/2021 ", "năm 2021, ", "a\u0301\u0323", "\u200b ", "٣/"],
)  # fmt: skip
def test_time_is_linear_in_hostile_text(scrap: str) -> None:
    text = scrap * (200_000 // len(scrap))
    started = time.process_time()
    find_dates(text)
    # About a tenth of this on one core; a quadratic scan would take minutes.
    assert time.process_time() - started < 5


def test_mentions_are_values() -> None:
    assert find_dates("năm 2021") == [DateMention(0, 8, YEAR)]
