"""Whether a passage speaks of the date a question asks about.

A date in a question is a hard condition: a passage about another date is no answer to it. Nor is
one that only compares with the date asked: "tăng 4% so với năm 2024".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from hoidap.documents import Citation, Passage
from hoidap.vietnamese.bare_months import find_bare_months
from hoidap.vietnamese.bare_years import find_bare_years
from hoidap.vietnamese.comparisons import without_compared
from hoidap.vietnamese.date_arrays import find_dates_of
from hoidap.vietnamese.date_forms import NAM, THANG, any_of
from hoidap.vietnamese.dates import DateMention, Period, Precision, find_dates
from hoidap.vietnamese.periods import elsewhere
from hoidap.vietnamese.question import Question
from hoidap.vietnamese.text import fold

# Texts whose dates are kept: the same passages and sentences are judged again and again. About 1 kB
# each.
_REMEMBERED = 8192
# "Kết quả năm 2023 và phương hướng, nhiệm vụ năm 2024".
_PLAN_RE = re.compile(
    r"(?<!\w)(?:nhiem vu|phuong huong|ke hoach|giai phap|muc tieu|chi tieu|du toan|du kien)(?!\w)"
)
# What such a title tells of where only what is planned has a year: "Tình hình tháng 3 và nhiệm vụ
# tháng 4 năm 2024".
_WITHOUT_YEAR_RE = re.compile(
    rf"(?<!\w)(?:{THANG} [0-9]{{1,2}}|{any_of('quý, quí')} (?:[1-4]|iv|i{{1,3}})"
    rf"|(?:[0-9]{{1,2}}|{any_of('ba, sáu, chín')}) {THANG} {any_of('đầu, cuối')}(?= {NAM}))(?!\w)"
)
_PARAGRAPH = "\n\n"


class _Dates:
    """The dates of a text, once they are read, and those of them that it tells of."""

    found: tuple[DateMention, ...] | None = None
    told: tuple[DateMention, ...] | None = None


@lru_cache(_REMEMBERED)
def _remembered(_text: str) -> _Dates:
    return _Dates()


def dates_of(text: str) -> tuple[DateMention, ...]:
    """The dates in a passage, title or sentence, in order."""
    dates = _remembered(text)
    if dates.found is None:
        dates.found = tuple(find_dates(text))
    return dates.found


def _told_dates(text: str) -> tuple[DateMention, ...]:
    """Those of `dates_of` that the text does not merely compare with."""
    dates = _remembered(text)
    if dates.told is None:
        dates.told = tuple(without_compared(text, dates_of(text)))
    return dates.told


def read_dates(texts: Iterable[str]) -> None:
    """Read the dates of texts at once that `dates_of` will be asked for."""
    unread = {text: dates for text in texts if (dates := _remembered(text)).found is None}
    for dates, found in zip(unread.values(), find_dates_of(list(unread)), strict=True):
        dates.found = tuple(found)


def speaks_of(dates: Sequence[DateMention], asked: DateMention, reported: date | None) -> bool:
    """Whether a text with ``dates``, in a report of the day ``reported``, speaks of the date asked.

    It does if one of its dates lies within what was asked. If it names others as fine as the one
    asked, or wider ones and none round it, it is about another date. Else it speaks of a month or
    year if it names a wider period round it, and of any date that holds the day of its report. What
    it says of nine months is nothing of the ten that were asked.
    """
    if asked.period is None and asked.day is None:
        return _speaks_of_month(dates, asked.month, reported)
    if asked.period is None:
        days = {(mention.day, mention.month) for mention in dates if mention.period is None}
        days |= {
            (period.start.day, period.start.month)
            for mention in dates
            if (period := mention.period) is not None and period.precision is Precision.DAY
        }
        if days or reported is None:
            return (asked.day, asked.month) in days
        return (asked.day, asked.month) == (reported.day, reported.month)
    periods = [mention.period for mention in dates if mention.period is not None]
    sums = [period for period in periods if _is_another_sum(period, asked.period)]
    if any(asked.period.contains(period) for period in periods if period not in sums):
        return True
    by_day = asked.period.precision is Precision.DAY
    # "ngày 5 đến 7/3/2021" speaks of the 6th.
    if by_day and any(p.precision is Precision.DAY and p.contains(asked.period) for p in periods):
        return True
    if sums or any(period.precision <= asked.period.precision for period in periods):
        return False
    if periods and not any(period.contains(asked.period) for period in periods):
        return False
    if periods and not by_day:
        return True
    if reported is None:
        return False
    return asked.period.contains(Period(reported, reported, Precision.DAY))


def _is_another_sum(period: Period, asked: Period) -> bool:
    """Whether both are the first months of one year, "9 tháng đầu năm", but not as many."""
    return (
        _is_sum(period)
        and _is_sum(asked)
        and period.start == asked.start
        and period.end != asked.end
    )


def _is_sum(period: Period) -> bool:
    """Whether a period is the first so many months of a year; a quarter is one of its own."""
    return (
        period.precision in {Precision.HALF, Precision.SPAN}
        and (period.start.month, period.start.day) == (1, 1)
        and period.end.year == period.start.year
        and (period.end + timedelta(1)).day == 1
    )


def _speaks_of_month(
    dates: Sequence[DateMention], month: int | None, reported: date | None
) -> bool:
    """The same of a month of any year, of which years and spans without a name tell nothing."""
    periods = [mention.period for mention in dates if mention.period is not None]
    fine = [one for one in periods if one.precision <= Precision.MONTH]
    without_year = {mention.month for mention in dates if mention.period is None}
    if fine or without_year:
        return month in without_year or any(month in _months(period) for period in fine)
    wider = [one for one in periods if one.precision < Precision.YEAR]
    if wider:
        return any(month in _months(period) for period in wider)
    return reported is not None and reported.month == month


def _months(period: Period) -> set[int]:
    """The numbers of the months that a period has days in."""
    years = period.end.year - period.start.year
    return {
        (month - 1) % 12 + 1
        for month in range(period.start.month, period.end.month + 12 * years + 1)
    }


def _told(text: str, asked: DateMention) -> tuple[DateMention, ...]:
    """The dates that a text tells of, in order.

    For a month of any year those without a year are among them, for a year the same one that no
    word tells from an amount.
    """
    dates = _told_dates(text)
    if asked.period is not None and asked.period.precision is Precision.YEAR:
        if str(asked.period.start.year) not in text:
            return dates
        bare = [one for one in find_bare_years(text) if one.period == asked.period]
        every = (*dates, *without_compared(text, elsewhere(dates, bare)))
        return tuple(sorted(every, key=lambda mention: mention.start))
    if asked.period is None and asked.day is None:
        every = (*dates, *find_bare_months(text))
        return tuple(sorted(every, key=lambda mention: mention.start))
    return dates


def names_date(question: Question, text: str) -> bool:
    """Whether ``text`` itself names a date that the question asks about."""
    return any(speaks_of(_told(text, asked), asked, None) for asked in question.dates)


def is_of_the_day(question: Question, report: Citation) -> bool:
    """Whether a report is of the day asked, so that its passages need not name it."""
    days = (
        asked
        for asked in question.dates
        if asked.day is not None
        or (asked.period is not None and asked.period.precision is Precision.DAY)
    )
    return any(speaks_of((), asked, report.date) for asked in days)


def is_headed(question: Question, passage: Passage) -> bool:
    """Whether what a passage stands under tells of a date asked, so that it need not name it."""
    return any(speaks_of(_headed(passage, asked), asked, None) for asked in question.dates)


def is_of_another_date(question: Question, sentence: str, report: Citation) -> bool:
    """Whether a sentence tells of dates, and of none that the question asks about."""
    named = any(_told(sentence, asked) for asked in question.dates)
    return named and not any(_may_be_of(asked, sentence, report, ()) for asked in question.dates)


def right_date(question: Question, passage: Passage) -> bool:
    """Whether a passage may answer as far as the dates of the question go; true without any.

    A passage without a date is about the dates of the nearest heading or title that has some
    ("Báo cáo năm 2022"), and only where there are none about the day of its report. So are the
    paragraphs before the first with a date. What it compares with says something of its own date
    only where nothing else does.
    """
    if not question.dates:
        return True
    return any(_passage_may_be_of(passage, asked) for asked in question.dates)


def _passage_may_be_of(passage: Passage, asked: DateMention) -> bool:
    headed = _headed(passage, asked)
    if _may_be_of(asked, passage.text, passage.report, headed):
        return True
    below = passage.text[: _undated(passage, asked)]
    if passage.headings:
        below = below.removeprefix(passage.headings[-1])
    return bool(headed) and bool(below.strip()) and speaks_of(headed, asked, None)


def undated_of_another_date(question: Question, passage: Passage) -> int:
    """The end of the paragraphs that a passage begins with and that are of another date.

    They are those before the first with a date, where what they stand under tells of others than
    the question, which has dates, asks about. 0 where there are none.
    """
    if is_of_the_day(question, passage.report):
        return 0
    return min(
        0
        if not (headed := _headed(passage, asked)) or speaks_of(headed, asked, None)
        else _undated(passage, asked)
        for asked in question.dates
    )


def _headed(passage: Passage, asked: DateMention) -> tuple[DateMention, ...]:
    """The dates of the nearest heading of a passage that has some, or else of the title.

    Without those that it only plans for, beside what it tells of.
    """
    for heading in (*reversed(passage.headings), passage.report.title):
        if dates := _told(heading, asked):
            if before := _told_before_plan(heading):
                return before
            first = dates[0].end
            told = [
                mention
                for mention in dates
                if mention.start < first
                or _PLAN_RE.search(fold(heading[first : mention.start]).lower()) is None
            ]
            return tuple(told)
    return ()


@lru_cache(_REMEMBERED)
def _told_before_plan(heading: str) -> tuple[DateMention, ...]:
    """What a heading tells of in the year of what it plans for next, which alone has one there.

    That is the year before where it would not be over otherwise: "tháng 12 và nhiệm vụ tháng 1 năm
    2025". Offsets are of no text.
    """
    planned = next(iter(_told_dates(heading)), None)
    if planned is None:
        return ()
    before = fold(heading[: planned.start]).lower()
    plan = _PLAN_RE.search(before)
    if plan is None or planned.period is None or planned.period.precision is Precision.YEAR:
        return ()
    told: list[DateMention] = []
    for match in _WITHOUT_YEAR_RE.finditer(before, 0, plan.start()):
        for year in (planned.period.start.year, planned.period.start.year - 1):
            found = find_dates(f"{match.group()} năm {year}")
            if found and found[0].period is not None and found[0].period.end < planned.period.start:
                told.append(found[0])
                break
    return tuple(told)


def _undated(passage: Passage, asked: DateMention) -> int:
    """The end of the paragraphs of a passage before the first with a date; 0 without dates."""
    dates = _told(passage.text, asked)
    return passage.text.rfind(_PARAGRAPH, 0, dates[0].start) + 1 if dates else 0


def _may_be_of(
    asked: DateMention, text: str, report: Citation, headed: tuple[DateMention, ...]
) -> bool:
    dates = _told(text, asked) or headed
    if not dates and report.date is None:
        dates = dates_of(text)
    return speaks_of(dates, asked, report.date)
