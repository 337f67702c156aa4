"""Dates as Vietnamese and English writers put them, read into periods of days.

Reading happens on a view of the text that is lower case, composed, with one kind of dash and one
blank between words. On that view every rule is a regular expression without unbounded repeats,
tried only where a digit or a word that can open a date begins, so the time is linear in the text.
Offsets are carried back to the text as given.

The Vietnamese order is day, month, year; 03/26/2021 is therefore no date. Document numbers
(23/2018/NĐ-CP), fractions (14/14 chỉ tiêu) and counts (2021 hộ) are none either.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from hoidap.vietnamese.date_forms import (
    AND,
    BLANK,
    NAM,
    NGAY,
    NOTHING_COUNTED,
    NUMBER_END,
    THANG,
    TO,
    TRIGGER,
    WORD_END,
    YEAR,
    any_of,
    rules,
)
from hoidap.vietnamese.date_readers import Found
from hoidap.vietnamese.periods import (
    DateMention,
    Period,
    Precision,
    days_between,
    months_between,
)
from hoidap.vietnamese.text import nfc

__all__ = ["DateMention", "Hints", "Period", "Precision", "date_terms", "find_dates"]

# Two full dates joined by a dash are a period only within a year: reports write anniversaries in
# the same way, "(26/3/1931 - 26/3/2021)".
_LONGEST_DASHED_RANGE = 366


def date_terms(mention: DateMention) -> list[str]:
    """Give the mention's normal form for an index, most particular term first.

    A day is ``d2021-03-26 m2021-03 y2021 dm-03-26``, so that it is found by its day, its month,
    its year, and by a mention without a year; a day without a year is ``dm-03-26`` alone. Several
    days carry the terms of each. Months, quarters and halves are ``m2021-03``, ``q2021-1`` and
    ``h2021-1`` with the year's term. Spans are ``s2016-2020``, ``s2021-01-2021-09`` or
    ``s2020-12-15-2021-06-14`` with the terms of their first and last year, and of their first
    and last day where days were given. No term is repeated.
    """
    period = mention.period
    if period is None:
        return [f"dm-{mention.month:02}-{mention.day:02}"]
    start, end = period.start, period.end
    years = [f"y{start.year}", f"y{end.year}"]
    match period.precision:
        case Precision.DAY:
            length = (end - start).days + 1
            terms = _day_terms(start + timedelta(days) for days in range(length))
        case Precision.MONTH:
            terms = [f"m{start:%Y-%m}", *years]
        case Precision.QUARTER:
            terms = [f"q{start.year}-{(start.month + 2) // 3}", *years]
        case Precision.HALF:
            terms = [f"h{start.year}-{1 if start.month == 1 else 2}", *years]
        case Precision.YEAR:
            terms = years
        case Precision.SPAN:
            if start.day != 1 or (end + timedelta(1)).day != 1:
                terms = [f"s{start}-{end}", *_day_terms((start, end))]
            elif start.month != 1 or end.month != 12:
                terms = [f"s{start:%Y-%m}-{end:%Y-%m}", *years]
            else:
                terms = [f"s{start.year}-{end.year}", *years]
    return list(dict.fromkeys(terms))


def _day_terms(days: Iterable[date]) -> list[str]:
    days = list(days)
    forms = ("d%Y-%m-%d", "m%Y-%m", "y%Y", "dm-%m-%d")
    return [day.strftime(form) for form in forms for day in days]


_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
# "İ" is the one character whose lower case is longer than itself.
# Written otherwise, each by one character. "İ" is the one letter longer in lower case.
_OTHERWISE = dict(
    zip(_DASHES + "⁄∕／０１２３４５６７８９İ", "-" * len(_DASHES) + "///0123456789i", strict=True)
)
_OTHERWISE_RE = re.compile("[" + "".join(_OTHERWISE) + "]")
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
_BLANKS = rf"[\s{_INVISIBLE}]{{2,}}|(?![ \n])[\s{_INVISIBLE}]"
_BLANKS_RE = re.compile(_BLANKS)
_MARK_RE = re.compile("[\u0300-\u036f]")
# Three marks are more than any Vietnamese letter has; the bound keeps composing linear.
_BLANKS_AND_MARKED_RE = re.compile(f"{_BLANKS}|[^\\W\\d_][\u0300-\u036f]{{1,3}}")


def written_alike(text: str) -> str:
    """``text`` in lower case with one kind of dash, slash and digit; same length."""
    return _OTHERWISE_RE.sub(lambda match: _OTHERWISE[match.group()], text).lower()


class _View:
    """The text as the rules read it, and the way back to the offsets of the text as given.

    A paragraph break is a form feed, which no rule crosses.
    """

    def __init__(self, text: str, hints: Hints | None) -> None:
        if hints is not None and hints.view is not None:
            self.text, self._here, self._there = hints.view, [0], [0]
            return
        lower = written_alike(text)
        changes = _BLANKS_AND_MARKED_RE if _MARK_RE.search(lower) else _BLANKS_RE
        pieces: list[str] = []
        self._here, self._there = [0], [0]
        length = done = 0
        for match in changes.finditer(lower):
            piece = _uniform(match.group())
            pieces += (lower[done : match.start()], piece)
            length += match.start() - done
            done = match.end()
            for at, original in ((length, match.start()), (length + len(piece), done)):
                self._here.append(at)
                self._there.append(original)
            length += len(piece)
        pieces.append(lower[done:])
        self.text = "".join(pieces)

    def places(self, places: Sequence[int]) -> Sequence[int]:
        """Places of the text as given, in the text as the rules read it."""
        if len(self._here) == 1:
            return places
        nearest = (bisect_right(self._there, place) - 1 for place in places)
        return [
            self._here[at] + place - self._there[at]
            for at, place in zip(nearest, places, strict=True)
        ]

    def original(self, mention: DateMention) -> DateMention:
        """Give the mention offsets into the text as given."""
        if len(self._here) == 1:
            return mention
        at = bisect_right(self._here, mention.start) - 1
        start = self._there[at] + mention.start - self._here[at]
        # The end is taken before whatever invisible follows, the start after what precedes.
        at = bisect_left(self._here, mention.end)
        if at == len(self._here) or self._here[at] != mention.end:
            at -= 1
        end = self._there[at] + mention.end - self._here[at]
        return replace(mention, start=start, end=end)


def _uniform(piece: str) -> str:
    if piece[0].isalpha():
        return nfc(piece)
    if piece.count("\n") >= 2:
        return "\f"
    if "\n" in piece:
        return "\n"
    return " " if any(char.isspace() for char in piece) else ""


# These words stand outside the mention.
_OUTSIDE = frozenset({"bracket", "between", "before_year", "before_year_or_count", "introduction"})
_DOCUMENT_NUMBER = re.compile(
    rf"[0-9]+(?:/[0-9]+){{0,4}}/(?!(?:{THANG}|{NAM}|{NGAY}){WORD_END})[^\W\d_][^\s,;()]*"
)
_NUMBER_RE = re.compile("[0-9]+")
_NOTHING_BUT_YEAR = re.compile(rf"\W*{YEAR}\W*")
_NEXT_DAY = re.compile(rf"{BLANK}(?:{AND}|{TO}){BLANK}")
_NEXT_YEAR = re.compile(rf"{BLANK}{AND}{BLANK}(?={YEAR}{NUMBER_END}{NOTHING_COUNTED})")
_JOINT = re.compile(rf"{BLANK}{TO}{BLANK}(?:{any_of('hết')}{BLANK})?")
_LUNAR = re.compile(rf"{BLANK}\(?{any_of('âm lịch, âl')}{WORD_END}")


class Hints(NamedTuple):
    """What is known of a text before its dates are looked for.

    ``places`` are, rising, all at which `TRIGGER` may match; ``view`` is what `written_alike` makes
    of it, None where it is not composed, or has blanks that are not single spaces or line breaks.
    """

    places: Sequence[int]
    view: str | None


def find_dates(text: str, hints: Hints | None = None) -> list[DateMention]:
    """Find the dates of ``text`` in order, none overlapping, each in its longest reading.

    A bare day and month (3/4) is a date only after a word that makes it one; a bare year only
    after such a word, in brackets, in a range of years, or alone.
    """
    if hints is not None and not hints.places:
        return []
    view = _View(text, hints)
    if hints is None and _NUMBER_RE.search(view.text) is None:
        return []
    places = None if hints is None else view.places(hints.places)
    found = _joined(view.text, _read_all(view.text, places))
    given = [view.original(mention) for mention in found]
    # "12 may" is twelve machines typed without diacritics; the month has a capital.
    return [
        mention
        for mention in given
        if mention.period is not None or "may" not in text[mention.start : mention.end]
    ]


def _next_trigger(text: str, position: int, places: Sequence[int] | None) -> re.Match[str] | None:
    if places is None:
        return TRIGGER.search(text, position)
    for at in range(bisect_left(places, position), len(places)):
        match = TRIGGER.match(text, places[at])
        if match is not None:
            return match
    return None


def _read_all(text: str, places: Sequence[int] | None) -> Found:
    alone = _NOTHING_BUT_YEAR.fullmatch(text)
    if alone is not None:
        period = months_between((int(alone["year"]), 1), (int(alone["year"]), 12))
        return [DateMention(*alone.span("year"), period)]
    found: Found = []
    position = 0
    while (trigger := _next_trigger(text, position, places)) is not None:
        kind = trigger.lastgroup
        start = trigger.end() if kind in _OUTSIDE else trigger.start()
        position, mentions = _read_at(text, start, kind or "")
        position = max(position, trigger.end())
        if kind == "number" and position == trigger.end():
            number = _DOCUMENT_NUMBER.match(text, start)
            position = number.end() if number is not None else position
        if mentions and mentions[-1].period is None:
            position, more = _continued(text, position, _NEXT_DAY, "introduction")
            mentions += more
        elif kind == "year" and mentions:
            position, more = _continued(text, position, _NEXT_YEAR, "before_year")
            mentions += more
        if mentions and _LUNAR.match(text, position) is None:
            found += mentions
    return found


def _read_at(text: str, start: int, kind: str) -> tuple[int, Found]:
    """Take the longest reading at ``start``; give where it ends, or ``start`` where none is."""
    matches = [
        (match.end(), rule, match)
        for rule in rules(kind)
        if (match := rule.pattern.match(text, start)) is not None
    ]
    if len(matches) > 1:
        matches.sort(key=lambda entry: -entry[0])
    for end, rule, match in matches:
        mentions = rule.read(match)
        if mentions is not None:
            return end, mentions
    return start, []


def _continued(text: str, position: int, joint: re.Pattern[str], kind: str) -> tuple[int, Found]:
    """Read on from a mention: "ngày 5/3 và 7/3", "năm 2020, 2021 và 2022"."""
    found: Found = []
    while (match := joint.match(text, position)) is not None:
        end, mentions = _read_at(text, match.end(), kind)
        if not mentions:
            break
        found += mentions
        position = end
    return position, found


def _joined(text: str, mentions: Found) -> Found:
    """Mentions with one period where two are its ends: "từ tháng 10/2020 đến tháng 3/2021"."""
    joined: Found = []
    for mention in mentions:
        whole = _whole(text, joined[-1], mention) if joined else None
        if whole is not None:
            joined[-1] = whole
        else:
            joined.append(mention)
    return joined


def _whole(text: str, first: DateMention, last: DateMention) -> DateMention | None:
    if first.period is None or last.period is None:
        return None
    joint = _JOINT.fullmatch(text, first.end, last.start)
    start, end = first.period.start, last.period.end
    if (
        joint is None
        or first.period.precision is not last.period.precision
        or first.period.precision is Precision.SPAN
        or last.period.start <= start
        or ("-" in joint.group() and (end - start).days > _LONGEST_DASHED_RANGE)
    ):
        return None
    if first.period.precision is Precision.DAY:
        period = days_between(start, end)
    elif first.period.precision is Precision.YEAR:
        period = Period(start, end, Precision.SPAN)
    else:
        period = months_between((start.year, start.month), (end.year, end.month))
    return DateMention(first.start, last.end, period)
