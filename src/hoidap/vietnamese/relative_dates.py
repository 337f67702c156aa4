"""Dates told from today: "hôm qua", "tháng này", "last year"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from hoidap.vietnamese.dates import DateMention, Period, Precision
from hoidap.vietnamese.text import fold, has_diacritics, normalize

_DAYS = {
    -2: "hôm kia|day before yesterday",
    -1: "hôm qua|tối qua|yesterday",
    0: "hôm nay|sáng nay|chiều nay|tối nay|today",
    1: "ngày mai|hôm sau|tomorrow",
}
_WEEKS = {-1: "tuần trước|tuần qua|last week", 0: "tuần này|this week", 1: "tuần sau|next week"}
_MONTHS = {
    -1: "tháng trước|tháng vừa qua|last month",
    0: "tháng này|this month",
    1: "tháng sau|tháng tới|next month",
}
_YEARS = {
    -2: "năm kia",
    -1: "năm ngoái|năm trước|năm vừa qua|last year",
    0: "năm nay|this year",
    1: "năm sau|năm tới|next year",
}


def _day(today: date, shift: int) -> Period:
    day = today + timedelta(shift)
    return Period(day, day, Precision.DAY)


def _week(today: date, shift: int) -> Period:
    monday = today + timedelta(7 * shift - today.weekday())
    return Period(monday, monday + timedelta(6), Precision.DAY)


def _month(today: date, shift: int) -> Period:
    year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
    first = date(year, month + 1, 1)
    return Period(first, first.replace(day=monthrange(year, month + 1)[1]), Precision.MONTH)


def _year(today: date, shift: int) -> Period:
    year = today.year + shift
    return Period(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)


_FORMS = [
    (
        re.compile(rf"(?<!\w)(?:{words})(?!\w)"),
        re.compile(rf"(?<!\w)(?:{fold(words)})(?!\w)"),
        of,
        by,
    )
    for of, table in ((_day, _DAYS), (_week, _WEEKS), (_month, _MONTHS), (_year, _YEARS))
    for by, words in table.items()
]


def find_relative_dates(text: str, today: date) -> list[DateMention]:
    """The dates of ``text`` (NFC) that are told from ``today``, in order."""
    view = normalize(text)
    if len(view) != len(text):
        return []  # characters without a form were dropped: offsets would not hold
    accented = has_diacritics(view)
    found = [
        DateMention(match.start(), match.end(), of(today, by))
        for exact, folded, of, by in _FORMS
        for match in (exact if accented else folded).finditer(view)
    ]
    return sorted(found, key=lambda mention: mention.start)
