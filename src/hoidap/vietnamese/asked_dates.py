"""The dates of a question: as in reports, told from today, bare years, months of any year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from hoidap.vietnamese.bare_months import find_bare_months
from hoidap.vietnamese.date_forms import BLANK, NOTHING_COUNTED, NUMBER_END, WORD_END, any_of
from hoidap.vietnamese.dates import DateMention, Precision, find_dates, written_alike
from hoidap.vietnamese.periods import months_between
from hoidap.vietnamese.relative_dates import find_relative_dates

# "Giá lúa OM 18 tháng này" is of no day.
_NUMBER_BEFORE = re.compile(r"[0-9] ?\Z")
_DAY_BEFORE = re.compile(rf"(?<!\w){any_of('ngày, mùng, mồng')} [^.;?!]{{1,20}}\Z")
# In what is typed in haste a number alone is a year, "tngt 2023 chết mấy người", where nothing
# follows that it could count and it names nothing: "Quyết định 2023".
_GOES_ON = any_of(
    "bị, chết, mất, xảy, diễn, tổ chức, trồng, xây, thu, chi, tăng, giảm, so, sao, thế, ra, mấy"
)
_BARE_YEAR_RE = re.compile(
    rf"(?<![\w/.,:+-])(?P<year>(?:19|20)[0-9]{{2}}){NUMBER_END}"
    rf"(?:{NOTHING_COUNTED}|(?={BLANK}{_GOES_ON}{WORD_END}))"
)
_NAMED = (
    "số, quyết định, nghị quyết, nghị định, thông tư, công văn, qđ, nq, nđ, tt, cv, thửa, lô, mã"
)
_NAME_BEFORE_RE = re.compile(rf"(?:(?<!\w){any_of(_NAMED)}:?|[0-9]) \Z")
# "Khoảng 2023", "hơn 2000" are amounts.
_AMOUNT_BEFORE_RE = re.compile(
    rf"(?<!\w){any_of('khoảng, hơn, gần, trên, dưới, được, đạt, có, là, bằng, còn, tổng')} \Z"
)


def _find_bare_years(text: str) -> list[DateMention]:
    """The numbers of ``text`` that are years though no word says so, in order."""
    view = written_alike(text)
    found: list[DateMention] = []
    for match in _BARE_YEAR_RE.finditer(view):
        before = view[: match.start()]
        if _NAME_BEFORE_RE.search(before) is None and _AMOUNT_BEFORE_RE.search(before) is None:
            year = int(match["year"])
            found.append(DateMention(*match.span("year"), months_between((year, 1), (year, 12))))
    return found


class _Written:
    """A question with the months and years that are told from today as reports write them.

    So "tháng 8 năm ngoái" is one month and "6 tháng đầu năm nay" one half-year.
    """

    def __init__(self, text: str, relative: Iterable[DateMention]) -> None:
        self._replaced: list[tuple[int, int, int, int]] = []
        pieces: list[str] = []
        length = done = 0
        for mention in relative:
            written = _as_written(text, mention)
            if written is None:
                continue
            before = text[done : mention.start]
            pieces += (before, written)
            start = length + len(before)
            length, done = start + len(written), mention.end
            self._replaced.append((start, length, mention.start, mention.end))
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


def _besides(found: Sequence[DateMention], more: Iterable[DateMention]) -> list[DateMention]:
    """``found`` with those of ``more`` that stand elsewhere."""
    return [
        *found,
        *(
            one
            for one in more
            if not any(one.start < other.end and other.start < one.end for other in found)
        ),
    ]


def find_asked_dates(text: str, today: date) -> list[DateMention]:
    """The dates of a question (NFC) asked on the day ``today``, in order, none overlapping."""
    relative = find_relative_dates(text, today)
    written = _Written(text, relative)
    found = [written.given(mention) for mention in find_dates(written.text)]
    found = _besides(_besides(found, relative), find_bare_months(text))
    found = _besides(found, _find_bare_years(text))
    return sorted(found, key=lambda mention: mention.start)
