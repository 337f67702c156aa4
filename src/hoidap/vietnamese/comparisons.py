"""Dates that a text only compares with: the last one in "năm 2025 tăng 4% so với năm 2024"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hoidap.vietnamese.dates import DateMention
from hoidap.vietnamese.text import fold, nfc

# Characters before a date that are looked at: no comparison is longer.
_REACH = 80

_SAME_PERIOD = "(?:cùng kỳ|cùng kì|cùng thời điểm|cùng thời gian)"
_UP_TO_DATE = "(?: của)?(?: thời điểm| thực hiện| cuối| đầu| giữa)? ?"
_COMPARED = rf"(?<!\w)so(?: sánh)? với(?: {_SAME_PERIOD})?"
# "Cùng kỳ năm 2024 có 34 vụ" tells of that year; "bằng 104% cùng kỳ năm 2024" does not.
_SAME_ONLY = rf"(?:(?<!\w)so|(?<!\w)hơn|(?<!\w)bằng|%) {_SAME_PERIOD}"
_VIETNAMESE = rf"(?:{_COMPARED}|{_SAME_ONLY}){_UP_TO_DATE}"
_ENGLISH = (
    r"(?<!\w)(?:compared (?:to|with)|versus|vs\.?|(?<!later )(?<!earlier )than)"
    r"(?: in)?(?: the same (?:period|time)(?: of| in)?)? "
)
# Without diacritics "so" may be "số" or "hồ sơ".
_EXACT_RE = re.compile(rf"(?:{_VIETNAMESE}|(?<!\w)so |{_ENGLISH})\Z")
_FOLDED_RE = re.compile(rf"(?:{fold(_VIETNAMESE)}|{_ENGLISH})\Z")


def _is_compared(text: str, mention: DateMention) -> bool:
    before = nfc(text[max(0, mention.start - _REACH) : mention.start]).lower()
    view = re.sub(r"\s+", " ", before)
    return (_FOLDED_RE if view.isascii() else _EXACT_RE).search(view) is not None


def without_compared(text: str, mentions: Iterable[DateMention]) -> list[DateMention]:
    """Those of the dates of ``text`` that it does not merely compare with, in order."""
    return [mention for mention in mentions if not _is_compared(text, mention)]
