"""Years without a word that says so: "tngt 2023", "Báo cáo 2023".

`hoidap.vietnamese.dates` reads none, for most numbers of a report are amounts; but a question may
mean one, and what answers it.
"""

from __future__ import annotations

import re

from hoidap.vietnamese.date_forms import BLANK, NOTHING_COUNTED, NUMBER_END, WORD_END, any_of
from hoidap.vietnamese.dates import DateMention, written_alike
from hoidap.vietnamese.periods import months_between

# A number alone is a year, "tngt 2023 chết mấy người", where nothing
# follows that it could count and it names nothing: "Quyết định 2023". Behind
# "năm" it is that of a day that does not exist.
_GOES_ON = any_of(
    "bị, chết, mất, xảy, diễn, tổ chức, trồng, xây, thu, chi, tăng, giảm, so, sao, thế, ra, mấy"
)
_BARE_YEAR_RE = re.compile(
    rf"(?<![\w/.,:+-])(?P<year>(?:19|20)[0-9]{{2}}){NUMBER_END}"
    rf"(?:{NOTHING_COUNTED}|(?={BLANK}{_GOES_ON}{WORD_END}))"
)
_NAMED = (
    "năm, số, quyết định, nghị quyết, nghị định, thông tư, công văn, qđ, nq, nđ, tt, cv, thửa, lô,"
    " mã"
)
_NAME_BEFORE_RE = re.compile(rf"(?:(?<!\w){any_of(_NAMED)}:?|[0-9]) \Z")
# "Khoảng 2023", "hơn 2000" are amounts.
_AMOUNT_BEFORE_RE = re.compile(
    rf"(?<!\w){any_of('khoảng, hơn, gần, trên, dưới, được, đạt, có, là, bằng, còn, tổng')} \Z"
)


def find_bare_years(text: str) -> list[DateMention]:
    """The numbers of ``text`` (NFC) that are years though no word says so, in order."""
    view = written_alike(text)
    found: list[DateMention] = []
    for match in _BARE_YEAR_RE.finditer(view):
        before = view[: match.start()]
        if _NAME_BEFORE_RE.search(before) is None and _AMOUNT_BEFORE_RE.search(before) is None:
            year = int(match["year"])
            found.append(DateMention(*match.span("year"), months_between((year, 1), (year, 12))))
    return found
