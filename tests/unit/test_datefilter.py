"""Whether a passage speaks of the date a question asks about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.datefilter import (
    is_headed,
    is_of_another_date,
    is_of_the_day,
    names_date,
    right_date,
    speaks_of,
    undated_of_another_date,
)
from hoidap.documents import Citation, Passage
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.dates import find_dates
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import Question, QuestionReader
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.text import fold
from tests.strategies import report_texts

READER = QuestionReader(
    Abbreviations.load(), Glossary.load(), Synonyms.load(), places=Places.load(), chat=Chat.load()
)
MARCH_26 = date(2021, 3, 26)
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))


def asked(when: str) -> Question:
    question = READER.read(f"Hội nghị {when} bàn gì?")
    assert question.dates
    return question


def report(day: date | None, title: str = "Một báo cáo") -> Citation:
    return Citation("r", title, day, None, "r.txt")


def told_by(question: Question, text: str, of: Citation, *headings: str) -> bool:
    return right_date(question, Passage(1, of, text, 0, len(text), None, headings))


def may_answer(when: str, text: str, reported: date | None = None) -> bool:
    return told_by(asked(when), text, report(reported))


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("ngày 26/3/2021", "Ngày 26/3/2021, huyện tổ chức hội nghị."),
        ("ngày 26/3/2021", "Ngày 26 tháng 03 năm 2021, huyện tổ chức hội nghị."),
        ("ngày 26 tháng 3 năm 2021", "Họp ngày 25/3/2021 và ngày 26/3/2021."),
        ("ngày 6/3/2021", "Từ ngày 5 đến 7/3/2021 diễn ra hội thi."),
        ("tháng 3/2021", "Ngày 26/3/2021 họp."),
        ("tháng 3/2021", "Trong tháng 3/2021 có ba hội nghị."),
        ("tháng 3/2021", "Quý I năm 2021 có ba hội nghị."),
        ("quý I năm 2021", "Ngày 26/3/2021 họp."),
        ("năm 2021", "Ngày 26/3/2021 họp."),
        ("năm 2018", "Giai đoạn 2016 - 2020 đạt kết quả tốt."),
        ("giai đoạn 2016 - 2020", "Trong giai đoạn 2016 – 2020, huyện đạt 14/14 chỉ tiêu."),
        ("giai đoạn 2016 - 2020", "Năm 2018, huyện đạt 14/14 chỉ tiêu."),
        ("ngày 26/3", "Ngày 26/3/2021 họp."),
        ("ngày 26/3", "Ngày 26/3 họp."),
    ],
)
def test_passage_that_names_the_date_may_answer(when: str, text: str) -> None:
    assert may_answer(when, text)
    assert may_answer(when, text, date(1999, 1, 1))
    assert names_date(asked(when), text)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("ngày 26/3/2021", "Ngày 27/3/2021, huyện tổ chức hội nghị."),
        ("ngày 26/3/2021", "Ngày 26/3/2020, huyện tổ chức hội nghị."),
        ("tháng 3/2021", "Ngày 26/4/2021 họp."),
        ("tháng 3/2021", "Tháng 4/2021 họp."),
        ("tháng 3/2021", "Quý I năm 2021 có ba hội nghị, hội nghị tháng 2/2021 là lớn nhất."),
        ("quý I năm 2021", "Trong quý II năm 2021, thu tăng."),
        ("năm 2021", "Năm 2020 họp."),
        ("năm 2021", "Giai đoạn 2016 - 2020 họp; năm 2019 đạt."),
        ("ngày 26/3", "Ngày 27/3/2021 họp."),
        ("ngày 26/3", "Ngày 27/3 họp."),
    ],
)
def test_passage_that_names_another_date_may_not_answer(when: str, text: str) -> None:
    assert not may_answer(when, text)
    # Not even in a report of the day asked for.
    assert not may_answer(when, text, MARCH_26)
    assert not names_date(asked(when), text)


@pytest.mark.parametrize(
    "when", ["ngày 26/3/2021", "tháng 3/2021", "quý I năm 2021", "năm 2021", "ngày 26/3"]
)
def test_passage_without_a_date_is_of_the_day_of_its_report(when: str) -> None:
    text = "Bà Huỳnh Thị Hoài Thu phát biểu chỉ đạo hội nghị."
    assert may_answer(when, text, MARCH_26)
    assert not may_answer(when, text, date(2020, 4, 27))
    assert not may_answer(when, text, None)
    assert not names_date(asked(when), text)


@pytest.mark.parametrize(
    ("reported", "expected"), [(MARCH_26, True), (date(2021, 3, 27), False), (None, False)]
)
def test_wider_date_in_the_passage_does_not_hide_the_day_of_its_report(
    reported: date | None, expected: bool
) -> None:
    # A day is asked; the passage speaks of years only, as reports of a conference do.
    text = "Hội nghị triển khai nhiệm vụ giai đoạn 2021 – 2025."
    assert may_answer("ngày 26/3/2021", text, reported) is expected


@pytest.mark.parametrize("text", ["", "Ngày 1/1/1999 họp.", "Không có ngày."])
@pytest.mark.parametrize("reported", [None, MARCH_26])
def test_question_without_a_date_may_be_answered_by_any_passage(
    text: str, reported: date | None
) -> None:
    question = READER.read("Ai chủ trì hội nghị?")
    assert told_by(question, text, report(reported))
    assert not names_date(question, text)


def test_one_of_several_dates_asked_is_enough() -> None:
    question = READER.read("Ngày 26/3/2021 và ngày 5/4/2021 họp gì?")
    assert len(question.dates) == 2
    assert told_by(question, "Ngày 5/4/2021 họp.", report(None))
    assert told_by(question, "Ngày 26/3/2021 họp.", report(None))
    assert not told_by(question, "Ngày 6/4/2021 họp.", report(None))


def test_dates_of_a_text_already_read() -> None:
    (day,) = asked("ngày 26/3/2021").dates
    assert speaks_of(find_dates("Ngày 26/3/2021"), day, None)
    assert not speaks_of(find_dates("Ngày 27/3/2021"), day, MARCH_26)
    assert speaks_of([], day, MARCH_26)
    assert not speaks_of([], day, None)


@given(DAYS, DAYS)
def test_any_day_speaks_of_its_month_and_year_and_of_no_other_day(day: date, other: date) -> None:
    text = f"Ngày {day.day}/{day.month}/{day.year} họp."
    assert may_answer(f"ngày {day.day} tháng {day.month} năm {day.year}", text)
    assert may_answer(f"tháng {day.month}/{day.year}", text)
    assert may_answer(f"năm {day.year}", text)
    assert may_answer(f"ngày {other:%d/%m/%Y}", text) is (day == other)


@given(report_texts())
def test_any_passage_is_judged_and_what_names_the_date_may_answer(text: str) -> None:
    question = asked("ngày 26/3/2021")
    if names_date(question, text):
        assert told_by(question, text, report(date(1999, 1, 1)))
    if not find_dates(text):
        assert told_by(question, text, report(MARCH_26))
        assert not told_by(question, text, report(None))


def test_a_passage_without_a_date_is_about_the_dates_of_the_title() -> None:
    yearly = report(date(2023, 1, 10), "Báo cáo kinh tế - xã hội năm 2022")
    assert told_by(asked("năm 2022"), "Hộ nghèo còn 2,9%.", yearly)
    assert told_by(asked("tháng 3 năm 2022"), "Quý I năm 2022 thu tăng.", yearly)
    assert not told_by(asked("năm 2023"), "Hộ nghèo còn 2,9%.", yearly)
    assert not told_by(asked("tháng 1/2023"), "Hộ nghèo còn 2,9%.", yearly)


def test_a_passage_about_other_years_is_not_about_the_day_of_its_report() -> None:
    april = report(date(2022, 4, 10))
    for when in ("năm 2022", "tháng 4/2022", "ngày 10/4/2022"):
        assert not told_by(asked(when), "Giai đoạn 2016 - 2020 xây 40 căn nhà.", april)
    assert told_by(asked("ngày 10/4/2022"), "Nhiệm kỳ 2020 - 2025 có 15 ủy viên.", april)


def test_a_title_tells_of_what_was_done_and_not_of_what_is_planned() -> None:
    december = report(
        date(2023, 12, 15),
        "Tình hình kinh tế - xã hội năm 2023 và phương hướng, nhiệm vụ năm 2024",
    )
    poor = "Toàn huyện còn 1.204 hộ nghèo."
    assert told_by(asked("năm 2023"), poor, december)
    assert not told_by(asked("năm 2024"), poor, december)
    plan = report(date(2023, 12, 15), "Phương hướng, nhiệm vụ năm 2024")
    assert told_by(asked("năm 2024"), "Giảm hộ nghèo còn 1,2%.", plan)


@pytest.mark.parametrize(
    ("title", "told", "planned"),
    [
        (
            "Báo cáo 6 tháng đầu năm và nhiệm vụ 6 tháng cuối năm 2024",
            "6 tháng đầu năm 2024",
            "6 tháng cuối năm 2024",
        ),
        (
            "TÌNH HÌNH THÁNG 3 VÀ NHIỆM VỤ THÁNG 4 NĂM 2024",
            "tháng 3 năm 2024",
            "tháng 4 năm 2024",
        ),
        ("Kết quả quý I, phương hướng quý II/2024", "quý 1 năm 2024", "quý 2 năm 2024"),
        ("Tình hình tháng 12, kế hoạch tháng 01/2025", "tháng 12/2024", "tháng 1/2025"),
        ("Chin thang dau nam, ke hoach quy IV nam 2024", "9 tháng đầu năm 2024", "quý 4/2024"),
    ],
)
def test_what_a_title_tells_of_is_in_the_year_of_what_it_plans_for(
    title: str, told: str, planned: str
) -> None:
    undated = report(None, title)
    assert told_by(asked(told), "Thu hoạch 400 ha.", undated)
    assert not told_by(asked(planned), "Thu hoạch 400 ha.", undated)
    assert told_by(asked(planned), f"Trong {planned} trồng 400 ha.", undated)


def test_a_title_that_tells_of_nothing_in_particular_tells_of_what_it_plans_for() -> None:
    plan = report(None, "Kết quả công tác và nhiệm vụ tháng 4 năm 2024")
    assert told_by(asked("tháng 4 năm 2024"), "Trồng 400 ha.", plan)


def test_a_title_may_name_its_month_without_a_year() -> None:
    undated = report(None, "Tình hình tháng 3 và nhiệm vụ tháng 4")
    assert told_by(asked("tháng 3"), "Tai nạn làm 17 người chết.", undated)


def test_a_title_may_name_its_year_by_the_number_alone() -> None:
    killed = "Tai nạn làm 17 người chết."
    assert told_by(asked("năm 2023"), killed, report(None, "Báo cáo TNGT 2023"))
    assert not told_by(asked("năm 2022"), killed, report(None, "Báo cáo TNGT 2023"))
    assert not told_by(asked("năm 2023"), killed, report(None, "Kết quả (so với 2023)"))
    assert not told_by(asked("năm 2023"), "Có khoảng 2023 hộ.", report(None, "Báo cáo"))


def test_the_nearest_heading_with_a_date_goes_before_the_title() -> None:
    december = report(date(2023, 12, 15), "Tình hình kinh tế - xã hội năm 2023")
    headings = "B. NHIỆM VỤ NĂM 2024", "1. Nông nghiệp"
    assert told_by(asked("năm 2024"), "Trồng 4.000 ha xoài.", december, *headings)
    assert not told_by(asked("năm 2023"), "Trồng 4.000 ha xoài.", december, *headings)


def test_paragraphs_before_the_first_date_are_about_that_of_the_title() -> None:
    yearly = report(date(2024, 12, 12), "Tình hình kinh tế - xã hội năm 2024")
    text = "IV. Xã hội\n\nCòn 986 hộ nghèo.\n\nNhiệm vụ năm 2025: giảm còn 1,2%."
    assert told_by(asked("năm 2024"), text, yearly, "IV. Xã hội")
    assert told_by(asked("năm 2025"), text, yearly, "IV. Xã hội")
    assert not told_by(asked("năm 2023"), text, yearly, "IV. Xã hội")
    # A heading alone says nothing.
    text = "IV. Xã hội\n\nNhiệm vụ năm 2025: giảm còn 1,2%."
    assert not told_by(asked("năm 2024"), text, yearly, "IV. Xã hội")


def test_paragraphs_before_the_first_date_are_not_about_that_one() -> None:
    yearly = report(date(2023, 12, 15), "Tình hình kinh tế - xã hội năm 2023")
    text = "Còn 1.204 hộ nghèo.\n\nNăm 2024 giảm còn 1,7%. Xây 85 căn nhà."
    passage = Passage(1, yearly, text, 0, len(text), None)
    first = undated_of_another_date(asked("năm 2024"), passage)
    assert text[first:].strip() == "Năm 2024 giảm còn 1,7%. Xây 85 căn nhà."
    assert undated_of_another_date(asked("năm 2023"), passage) == 0
    assert undated_of_another_date(asked("ngày 15/12/2023"), passage) == 0


def test_a_passage_need_not_name_the_date_that_it_stands_under() -> None:
    yearly = report(date(2024, 12, 12), "Tình hình kinh tế - xã hội năm 2024")
    passage = Passage(1, yearly, "Xảy ra 22 vụ tai nạn.", 0, 21, None)
    assert is_headed(asked("năm 2024"), passage)
    assert not is_headed(asked("năm 2023"), passage)


REVENUE = "Tổng thu ngân sách 9 tháng đầu năm 2025 là 375,9 tỷ đồng"


@pytest.mark.parametrize(
    "compared",
    [
        "tăng 4% so với cùng kỳ năm 2024",
        "tăng 4% so với năm 2024",
        "tăng 4% so cùng kỳ năm 2024",
        "tăng 4% so năm 2024",
        "bằng 104% cùng kỳ năm 2024",
        "tăng 4% so với cuối năm 2024",
        "tăng 4% so với\n9 tháng đầu năm 2024",
        "tăng 4% so với cùng kỳ (năm 2024)",
        "tăng 4% so với tháng trước và cùng kỳ năm 2024",
        "up 4% compared to the same period in 2024",
    ],
)
def test_a_passage_is_not_about_the_date_it_compares_with(compared: str) -> None:
    text = f"{REVENUE}, {compared}."
    assert not may_answer("năm 2024", text)
    assert not names_date(asked("năm 2024"), text)
    assert may_answer("năm 2025", text)


def test_comparisons_are_read_without_diacritics_where_they_are_plain() -> None:
    assert not may_answer("năm 2024", fold(f"{REVENUE}, tăng 4% so với cùng kỳ năm 2024."))
    assert may_answer("năm 2024", fold(f"{REVENUE}, theo hồ sơ năm 2024."))


@pytest.mark.parametrize(
    "told",
    [
        "(cùng kỳ năm 2024 là 361 tỷ đồng)",
        "cùng kỳ năm 2024: 361 tỷ đồng",
        "năm 2024 là 361 tỷ đồng",
        "theo hồ sơ năm 2024",
        "tăng 4% so với kế hoạch năm 2024",
    ],
)
def test_a_passage_that_tells_of_two_dates_is_about_both(told: str) -> None:
    text = f"{REVENUE}, {told}."
    assert may_answer("năm 2024", text)
    assert may_answer("năm 2025", text)


def test_a_passage_that_only_compares_is_about_the_date_of_its_report() -> None:
    text = "Tổng thu là 375,9 tỷ đồng, tăng 4% so với cùng kỳ năm 2024."
    october = date(2025, 10, 5)
    assert may_answer("năm 2025", text, october)
    assert not may_answer("năm 2024", text, october)
    assert told_by(asked("năm 2023"), text, report(october, "Báo cáo năm 2023"))
    # Nothing else says when it was.
    assert may_answer("năm 2024", text)
    assert not may_answer("năm 2023", text)


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 26/3/2021 họp.",
        "Ngày 26/3 họp.",
        "Trong tháng 3, huyện họp hai lần.",
        "Tháng 3/2020 và tháng 4/2021 họp.",
        "Từ ngày 28/2 đến ngày 2/3/2021 họp.",
        "Quý I năm 2021 họp.",
    ],
)
def test_a_month_of_any_year_is_that_of_the_passage(text: str) -> None:
    assert may_answer("tháng 3", text, date(1999, 1, 1))
    assert names_date(asked("tháng 3"), text)
    assert not may_answer("tháng 9", text, date(1999, 9, 1))
    assert not names_date(asked("tháng 9"), text)


@pytest.mark.parametrize(
    "text", ["Họp.", "Nhiệm kỳ 2020 - 2025 họp.", "Năm 2021 họp.", "9 tháng đầu năm 2021 họp."]
)
def test_years_do_not_tell_the_month(text: str) -> None:
    assert may_answer("tháng 3", text, MARCH_26)
    assert not may_answer("tháng 4", text, MARCH_26)
    assert not may_answer("tháng 3", text)
    assert not names_date(asked("tháng 3"), text)


def test_days_over_the_new_year_are_of_two_months() -> None:
    text = "Từ ngày 28/12/2020 đến ngày 3/1/2021 mở hội."
    assert [month for month in range(1, 13) if may_answer(f"tháng {month}", text)] == [1, 12]


def test_a_report_of_the_month_is_not_of_the_day() -> None:
    assert is_of_the_day(asked("ngày 26/3"), report(MARCH_26))
    assert not is_of_the_day(asked("tháng 3"), report(MARCH_26))


def test_a_sentence_about_another_month_does_not_count() -> None:
    march = asked("tháng 3")
    assert is_of_another_date(march, "Tháng 4 họp hai lần.", report(None))
    assert not is_of_another_date(march, "Tháng 3 họp hai lần.", report(None))
    assert not is_of_another_date(march, "Huyện họp hai lần.", report(None))


@pytest.mark.parametrize("other", [2, 6, 9, 10])
def test_the_sum_of_other_months_is_no_answer(other: int) -> None:
    for text in (
        f"Tổng thu {other} tháng đầu năm 2026 là 412 tỷ đồng.",
        f"Tổng thu {other} tháng đầu năm 2026 là 412 tỷ đồng, đạt 90% dự toán năm 2026.",
    ):
        assert may_answer(f"{other} tháng đầu năm 2026", text)
        for months in {6, 8, 11} - {other}:
            assert not may_answer(f"{months} tháng đầu năm 2026", text, date(2026, 6, 30))
        assert may_answer("năm 2026", text)


def test_what_happened_within_the_months_summed_up_is_an_answer() -> None:
    for text in ("Ngày 5/3/2026 họp.", "Tháng 4/2026 họp.", "Quý I năm 2026 họp."):
        assert may_answer("9 tháng đầu năm 2026", text)
    assert may_answer("6 tháng cuối năm 2026", "Quý IV năm 2026 họp.")
    assert not may_answer("9 tháng đầu năm 2026", "Tổng thu 6 tháng đầu năm 2025 là 300 tỷ đồng.")
