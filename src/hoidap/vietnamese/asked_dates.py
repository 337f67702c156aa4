"""The dates of a question: as in reports, told from today, bare years, months of any year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from hoidap.vietnamese.bare_months import find_bare_months
from hoidap.vietnamese.bare_years import find_bare_years
from hoidap.vietnamese.date_forms import THANG, any_of
from hoidap.vietnamese.dates import DateMention, Precision, find_dates, written_alike
from hoidap.vietnamese.periods import elsewhere
from hoidap.vietnamese.relative_dates import find_relative_dates
from hoidap.vietnamese.text import fold

# "Giá lúa OM 18 tháng này" is of no day.
_NUMBER_BEFORE = re.compile(r"[0-9] ?\Z")
_DAY_BEFORE = re.compile(rf"(?<!\w){any_of('ngày, mùng, mồng')} [^.;?!]{{1,20}}\Z")
# "Ngày hai mươi mốt tháng chín", "hăm mốt" in the south.
_TENS = {"mười": 10, "hai mươi": 20, "hăm": 20, "ba mươi": 30}
_ONES = ("một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy", "tám", "chín")
_DAYS_IN_WORDS = _TENS | {
    f"{ten} {one}".strip(): tens + ones
    for ten, tens in {"": 0, **_TENS}.items()
    for ones, words in enumerate(_ONES, start=1)
    for one in words.split()
}
_DAY_WORDS = any_of(", ".join(_DAYS_IN_WORDS))
_DAY_IN_WORDS_RE = re.compile(
    rf"(?<!\w){any_of('ngày, mùng, mồng')} (?P<day>{_DAY_WORDS})(?= {THANG} )"
)
_DAYS_IN_WORDS |= {fold(words): day for words, day in _DAYS_IN_WORDS.items()}


class _Written:
    """A question with days in words, and months and years from today, as reports write them.

    So "tháng 8 năm ngoái" is one month and "6 tháng đầu năm nay" one half-year.
    """

    def __init__(self, text: str, relative: Iterable[DateMention]) -> None:
        self._replaced: list[tuple[int, int, int, int]] = []
        pieces: list[str] = []
        length = done = 0
        told = [(one.start, one.end, _as_written(text, one)) for one in relative]
        for given_start, given_end, written in sorted([*told, *_days_in_words(text)]):
            if written is None or given_start < done:
                continue
            before = text[done:given_start]
            pieces += (before, written)
            start = length + len(before)
            length, done = start + len(written), given_end
            self._replaced.append((start, length, given_start, given_end))
        self.text = "".join((*pieces, text[done:]))

    def given(self, mention: DateMention) -> DateMention:
        """Give a mention in ``text`` its offsets in the question as given."""
        return replace(
            mention, start=self._given(mention.start, 0), end=self._given(mention.end, 1)
        )

    def _given(self, place: int, side: int) -> int:
        """``side`` is 0 for a place where a mention starts, 1 for one where it ends."""
        moved = 0
        for start, end, given_start, given_end in self._replaced:
            if place <= start:
                break
            if place < end + side:
                return given_end if side else given_start
            moved = given_end - end
        return place + moved


def _days_in_words(text: str) -> Iterator[tuple[int, int, str]]:
    """The days of a month that are told in words, by their offsets, with their digits."""
    for match in _DAY_IN_WORDS_RE.finditer(written_alike(text)):
        yield *match.span("day"), str(_DAYS_IN_WORDS[match["day"]])


def _as_written(text: str, mention: DateMention) -> str | None:
    """A year or Vietnamese month with its number, None for what no other date goes with."""
    period = mention.period
    if period is None:
        return None
    words = text[mention.start : mention.end].lower()
    if period.precision is Precision.YEAR:
        return f"{period.start.year}" if "year" in words else f"năm {period.start.year}"
    if period.precision is not Precision.MONTH or "month" in words:
        return None
    before = text[: mention.start].lower()
    if _NUMBER_BEFORE.search(before) is not None and _DAY_BEFORE.search(before) is None:
        return None
    return f"tháng {period.start.month} năm {period.start.year}"


def find_asked_dates(text: str, today: date) -> list[DateMention]:
    """The dates of a question (NFC) asked on the day ``today``, in order, none overlapping."""
    relative = find_relative_dates(text, today)
    written = _Written(text, relative)
    found = [written.given(mention) for mention in find_dates(written.text)]
    for more in (relative, find_bare_months(text), find_bare_years(text)):
        found += elsewhere(found, more)
    return sorted(found, key=lambda mention: mention.start)
