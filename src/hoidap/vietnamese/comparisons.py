"""Dates that a text only compares with: the last one in "năm 2025 tăng 4% so với năm 2024"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hoidap.vietnamese.date_forms import any_of
from hoidap.vietnamese.dates import DateMention
from hoidap.vietnamese.text import nfc

# Characters before a date that are looked at: few comparisons are longer.
_REACH = 60

_SAME_PERIOD = any_of("cùng kỳ, cùng kì, cùng thời điểm, cùng thời gian")
_WITH = rf"(?<!\w){any_of('so với, so sánh với')}"
# "Cùng kỳ năm 2024 có 34 vụ" tells of that year; "bằng 104% cùng kỳ năm 2024" does not.
_SAME_ONLY = rf"(?:(?<!\w){any_of('so, hơn, bằng')}|%) {_SAME_PERIOD}"
# "So với tháng trước và cùng kỳ năm 2024".
_ALSO_WITH = rf"{_WITH} [^.;]{{1,20}} {any_of('và')} {_SAME_PERIOD}"
_UP_TO_DATE = rf"(?: {any_of('của, các')})?(?: {any_of('thời điểm, thực hiện, cuối')})? ?\(?"
_ENGLISH = (
    r"(?<!\w)(?:compared (?:to|with)|versus|vs\.?|(?<!later )(?<!earlier )than)"
    r"(?: in)?(?: the same (?:period|time)(?: of| in)?)?"
)
_ANY = rf"(?:{_WITH}(?: {_SAME_PERIOD})?|{_SAME_ONLY}|{_ALSO_WITH}){_UP_TO_DATE}|{_ENGLISH}"
_COMPARED_RE = re.compile(rf"(?:{_ANY})\Z")
# In a text without diacritics "so" alone may be "số" or "hồ sơ".
_COMPARED_ACCENTED_RE = re.compile(rf"(?:{_ANY}|(?<!\w)so)\Z")


def _is_compared(text: str, mention: DateMention) -> bool:
    before = nfc(text[max(0, mention.start - _REACH) : mention.start]).lower()
    view = " ".join(before.split())
    return (_COMPARED_RE if view.isascii() else _COMPARED_ACCENTED_RE).search(view) is not None


def without_compared(text: str, mentions: Iterable[DateMention]) -> list[DateMention]:
    """Those of the dates of ``text`` that it does not merely compare with, in order."""
    return [mention for mention in mentions if not _is_compared(text, mention)]
