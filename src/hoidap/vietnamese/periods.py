"""Periods of days, how finely they are told, and where a text mentions them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum


class Precision(IntEnum):
    """How finely a period is told, finer first; SPAN is any stretch without a name of its own."""

    DAY = 1
    MONTH = 2
    QUARTER = 3
    HALF = 4
    YEAR = 5
    SPAN = 6


@dataclass(frozen=True, slots=True)
class Period:
    """A closed interval of days: both ``start`` and ``end`` belong to it."""

    start: date
    end: date
    precision: Precision

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end on {self.end}, before its start {self.start}")

    def contains(self, other: Period) -> bool:
        """Whether every day of ``other`` lies in this period."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a day."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date and where it stands: ``text[start:end]`` in the text as given.

    The words that belong to a date (ngày, mùng, tháng, năm, quý, giai đoạn) lie inside; words
    that only introduce it (hôm, sáng, từ, on, in) do not. ``period`` is None where no year is
    given; ``month`` is set then, and only then, and so is ``day`` where one is given.
    """

    start: int
    end: int
    period: Period | None
    day: int | None = None
    month: int | None = None


def elsewhere(found: Sequence[DateMention], more: Iterable[DateMention]) -> list[DateMention]:
    """Those of ``more`` that overlap with none of ``found``."""
    return [
        one
        for one in more
        if not any(one.start < other.end and other.start < one.end for other in found)
    ]


# A multi-day mention up to a month long still speaks of its days ("5-7/3/2021"); a longer one is
# a reporting period ("từ 15/12/2020 đến 14/6/2021").
_LONGEST_DAY_RANGE = 31


def days_between(start: date | None, end: date | None) -> Period | None:
    """Give the days from ``start`` to ``end``, None where the calendar has no such days."""
    if start is None or end is None or end < start:
        return None
    short = (end - start).days < _LONGEST_DAY_RANGE
    return Period(start, end, Precision.DAY if short else Precision.SPAN)


def months_between(first: tuple[int, int], last: tuple[int, int]) -> Period | None:
    """Give the whole months from ``first`` to ``last``, each (year, month), as they are named."""
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12 and first <= last):
        return None
    precision = Precision.SPAN
    if first[0] == last[0]:
        length = last[1] - first[1] + 1
        named = {
            1: Precision.MONTH,
            3: Precision.QUARTER,
            6: Precision.HALF,
            12: Precision.YEAR,
        }
        if length in named and (first[1] - 1) % length == 0:
            precision = named[length]
    start = date(first[0], first[1], 1)
    return Period(start, date(*last, monthrange(*last)[1]), precision)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """Give the day, None where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(digits: str) -> int:
    """Read two digits as 2000 to 2049 or 1950 to 1999, four as they stand."""
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < 50 else 1900
    return year
