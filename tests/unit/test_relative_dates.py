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


@pytest.mark.parametrize("text", ["", "năm 2021", "hôm qualen", "tháng ba", "Nam Định nay"])
def test_other_words_are_no_dates(text: str) -> None:
    assert find_relative_dates(text, TODAY) == []


@given(st.text(max_size=80), st.dates(date(3, 1, 1), date(9990, 1, 1)))
def test_any_text_is_read(text: str, today: date) -> None:
    for mention in find_relative_dates(text, today):
        assert 0 <= mention.start < mention.end <= len(text)
