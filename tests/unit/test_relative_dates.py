"""Dates told from today."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.dates import Precision
from hoidap.vietnamese.relative_dates import find_relative_dates

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Ai chủ trì hội nghị hôm qua?", date(2026, 3, 3), date(2026, 3, 3)),
        ("ai chu tri hoi nghi hom qua", date(2026, 3, 3), date(2026, 3, 3)),
        ("Giá vàng HÔM NAY", date(2026, 3, 4), date(2026, 3, 4)),
        ("What is the price of gold today?", date(2026, 3, 4), date(2026, 3, 4)),
        ("Ngày mai mưa không?", date(2026, 3, 5), date(2026, 3, 5)),
        ("Tuần trước họp gì?", date(2026, 2, 23), date(2026, 3, 1)),
        ("Thu thuế tháng này", date(2026, 3, 1), date(2026, 3, 31)),
        ("Thu thuế tháng trước", date(2026, 2, 1), date(2026, 2, 28)),
        ("Năm nay có mấy xã?", date(2026, 1, 1), date(2026, 12, 31)),
        ("nam ngoai co may xa", date(2025, 1, 1), date(2025, 12, 31)),
        ("How many communes last year?", date(2025, 1, 1), date(2025, 12, 31)),
        ("Kiểm tra đê bao 3 tháng trước", date(2025, 12, 1), date(2025, 12, 31)),
        ("kiem tra de bao ba thang truoc o dau", date(2025, 12, 1), date(2025, 12, 31)),
        ("Cách đây hai tuần họp gì?", date(2026, 2, 16), date(2026, 2, 22)),
        ("Huyện họp 5 ngày trước", date(2026, 2, 27), date(2026, 2, 27)),
        ("Năm năm trước có mấy xã?", date(2021, 1, 1), date(2021, 12, 31)),
        ("Who met two weeks ago?", date(2026, 2, 16), date(2026, 2, 22)),
        ("Tháng rồi thu bao nhiêu?", date(2026, 2, 1), date(2026, 2, 28)),
        ("Tháng vừa rồi thu bao nhiêu?", date(2026, 2, 1), date(2026, 2, 28)),
        ("tuan roi hop gi", date(2026, 2, 23), date(2026, 3, 1)),
        ("Năm rồi có mấy xã?", date(2025, 1, 1), date(2025, 12, 31)),
        ("Sáng mai cúp điện ở đâu?", date(2026, 3, 5), date(2026, 3, 5)),
        ("Ngày mốt họp gì?", date(2026, 3, 6), date(2026, 3, 6)),
        ("Bữa qua ai họp?", date(2026, 3, 3), date(2026, 3, 3)),
        ("Who met the day before yesterday?", date(2026, 3, 2), date(2026, 3, 2)),
        # A number that names something counts nothing.
        ("Học sinh lớp 9 năm trước", date(2025, 1, 1), date(2025, 12, 31)),
        ("Giá vàng 9999 hôm qua", date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_the_period_is_counted_from_today(text: str, start: date, end: date) -> None:
    (mention,) = find_relative_dates(text, TODAY)
    assert mention.period is not None
    assert (mention.period.start, mention.period.end) == (start, end)


def test_months_cross_the_year() -> None:
    (mention,) = find_relative_dates("tháng trước", date(2026, 1, 31))
    assert mention.period is not None
    assert mention.period.precision is Precision.MONTH
    assert (mention.period.start, mention.period.end) == (date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "năm 2021",
        "hôm qualen",
        "tháng ba",
        "Nam Định nay",
        "5 tháng sau khi sử dụng",
        "nhiều năm trước",
        "bao nhiêu năm rồi",
        "505 triệu năm trước",
        "cách đây 66 triệu năm",
        "100 năm trước thuyết tiến hóa",
        "3 ngày trước Tết",
        "viet nam truoc 1975",
    ],
)
def test_other_words_are_no_dates(text: str) -> None:
    assert find_relative_dates(text, TODAY) == []


@given(st.text(max_size=80), st.dates(date(3, 1, 1), date(9990, 1, 1)))
def test_any_text_is_read(text: str, today: date) -> None:
    for mention in find_relative_dates(text, today):
        assert 0 <= mention.start < mention.end <= len(text)
