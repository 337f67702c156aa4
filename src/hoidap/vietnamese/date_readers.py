"""What the forms of dates mean: matches of `hoidap.vietnamese.date_forms` read into mentions.

A reader gives None where the words are no such form after all, and an empty list where the form is
there but the calendar has no such day; the groups of a match carry the names the readers use.
Offsets are those of the string that was matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from hoidap.vietnamese.periods import (
    DateMention,
    Period,
    Precision,
    day_or_none,
    days_between,
    full_year,
    months_between,
)
from hoidap.vietnamese.text import fold

Found = list[DateMention]
Reader = Callable[["re.Match[str]"], "Found | None"]

VIETNAMESE_MONTHS = {
    form: number
    for number, words in enumerate(
        ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một",
         "mười hai"),
        start=1,
    )
    for form in (words, fold(words))
}  # fmt: skip
_ENGLISH_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
QUARTERS = {
    name: number
    for number, names in enumerate(
        ("i một mot nhất nhat first 1st", "ii hai second 2nd", "iii ba third 3rd",
         "iv bốn bon tư tu fourth 4th last"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_COUNTS = {"ba": 3, "three": 3, "sáu": 6, "sau": 6, "six": 6, "chín": 9, "chin": 9, "nine": 9}

# "q1" and "quýI" too.
_QUARTER_RE = re.compile(
    rf"(?:qu[ýíyi][ \n]?|(?<![^\Wq]))(?P<name>{'|'.join(QUARTERS)}|[0-9]{{1,2}})(?!\w)"
)
_DIGITS_RE = re.compile("[0-9]+")
# "2.5." or "V.": more of a dotted number stands before.
_DOTTED_RE = re.compile(r"[^\W_]\.(?:[0-9]|\Z)")


def _mention(match: re.Match[str], period: Period | None) -> Found:
    if period is None:
        return []
    return [DateMention(match.start(), match.end(), period)]


def month_number(words: str) -> int:
    """The number of a month by its digits or its name in lower case; digits may name none."""
    if words.isdecimal():
        return int(words)
    if words[:3] in _ENGLISH_MONTHS:
        return _ENGLISH_MONTHS.index(words[:3]) + 1
    return VIETNAMESE_MONTHS[words.replace("\n", " ")]


def read_day(match: re.Match[str]) -> Found:
    """Read a day with its year."""
    found = day_or_none(full_year(match["year"]), month_number(match["month"]), int(match["day"]))
    return _mention(match, days_between(found, found))


def read_day_without_year(match: re.Match[str]) -> Found:
    """Read a day of any year."""
    month, day = month_number(match["month"]), int(match["day"])
    if day_or_none(2000, month, day) is None:  # a leap year, for 29/2
        return []
    return [DateMention(match.start(), match.end(), None, day, month)]


def read_short_day(match: re.Match[str]) -> Found | None:
    """Read 26.3.21, but neither the number of a section (2.1.10 Nội dung) nor a code (V.09.02)."""
    if match["sep"] == "." and int(match["day"]) <= 12:
        before = match.string[max(0, match.start() - 15) : match.start()].rstrip(" ")
        alone = match.end() == len(match.string.rstrip(" \n?!."))
        if _DOTTED_RE.search(before) or (before[-1:] in ("", "\n", "\f") and not alone):
            return None
    return read_day(match)


def read_days_of_month(match: re.Match[str]) -> Found | None:
    """Read a mention for each day of "5, 6 và 9/3/2021", one period for "5-7/3/2021"."""
    month = month_number(match["month"])
    year = full_year(match["year"]) if "year" in match.re.groupindex else None
    numbers = list(_DIGITS_RE.finditer(match.string, *match.span("days")))
    days = [
        day_or_none(2000 if year is None else year, month, int(number.group()))
        for number in numbers
    ]
    if year is not None and len(days) == 2 and match["to"]:
        period = days_between(*days)
        return _mention(match, period) if period is not None else None
    starts = [match.start(), *(number.start() for number in numbers[1:])]
    ends = [*(number.end() for number in numbers[:-1]), match.end()]
    return [
        DateMention(start, end, None, day.day, day.month)
        if year is None
        else DateMention(start, end, Period(day, day, Precision.DAY))
        for start, end, day in zip(starts, ends, days, strict=True)
        if day is not None
    ]


def read_days_of_year(match: re.Match[str]) -> Found | None:
    """Read 5/3 đến 7/4/2021 as one period, 5/3 và 7/4/2021 as two mentions."""
    year = full_year(match["year"])
    first = day_or_none(year, int(match["month"]), int(match["day"]))
    last = day_or_none(year, int(match["month_to"]), int(match["day_to"]))
    period = days_between(first, last)
    if period is None or first is None or last is None:
        return None
    if match["to"]:
        return _mention(match, period)
    return [
        DateMention(match.start(), match.end("month"), Period(first, first, Precision.DAY)),
        DateMention(match.start("day_to"), match.end(), Period(last, last, Precision.DAY)),
    ]


def read_month(match: re.Match[str]) -> Found:
    """Read a month with its year."""
    month = full_year(match["year"]), month_number(match["month"])
    return _mention(match, months_between(month, month))


def read_month_range(match: re.Match[str]) -> Found | None:
    """Read "tháng 1 đến tháng 3 năm 2021"."""
    year = full_year(match["year"])
    period = months_between(
        (year, month_number(match["month"])), (year, month_number(match["last"]))
    )
    return _mention(match, period) if period is not None else None


def read_listed_months(match: re.Match[str]) -> Found:
    """Read a mention for each month of "tháng 3, tháng 4 và 5 năm 2021"."""
    year = int(match["year"])
    items = list(_DIGITS_RE.finditer(match.string, *match.span("months")))
    months = [(year, int(item.group())) for item in items]
    spans = [item.span() for item in items]
    return _listed(match, spans, [months_between(month, month) for month in months])


def read_quarters(match: re.Match[str]) -> Found:
    """Read a mention for each quarter of "quý I và quý II năm 2021"."""
    year = int(match["year"])
    # By themselves: what stands before them is no part of the first.
    items = list(_QUARTER_RE.finditer(match["quarters"]))
    names = [item["name"] for item in items]
    numbers = [int(name) if name.isdecimal() else QUARTERS[name] for name in names]
    offset = match.start("quarters")
    spans = [(offset + item.start("name"), offset + item.end("name")) for item in items]
    return _listed(
        match, spans, [months_between((year, 3 * one - 2), (year, 3 * one)) for one in numbers]
    )


def _listed(
    match: re.Match[str], spans: list[tuple[int, int]], periods: list[Period | None]
) -> Found:
    """Place the periods of a list: the first with the word before it, the last with the year."""
    starts = [match.start(), *(start for start, _ in spans[1:])]
    ends = [*(end for _, end in spans[:-1]), match.end()]
    return [
        DateMention(start, end, period)
        for start, end, period in zip(starts, ends, periods, strict=True)
        if period is not None
    ]


def read_part_of_year(match: re.Match[str]) -> Found:
    """Read the first or last so many months of a year."""
    year, count = int(match["year"]), match["count"]
    length = int(count) if count.isdecimal() else _COUNTS[count]
    if match["last"]:
        return _mention(match, months_between((year, 13 - length), (year, 12)))
    return _mention(match, months_between((year, 1), (year, length)))


def read_half(match: re.Match[str]) -> Found:
    """Read the first or second half of a year."""
    year = int(match["year"])
    return _mention(
        match,
        months_between((year, 7), (year, 12))
        if match["last"]
        else months_between((year, 1), (year, 6)),
    )


def read_year(match: re.Match[str]) -> Found:
    """Read a year."""
    year = int(match["year"])
    return _mention(match, months_between((year, 1), (year, 12)))


def read_years(match: re.Match[str]) -> Found | None:
    """Read a span of whole years."""
    first, last = int(match["year"]), int(match["last"])
    if not first < last <= first + 150:
        return None
    return _mention(match, Period(date(first, 1, 1), date(last, 12, 31), Precision.SPAN))
