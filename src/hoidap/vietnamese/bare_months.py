"""Months without a year: "hội nghị tháng 3", "the meeting in March".

`hoidap.vietnamese.dates` reads none, for a report's index knows dates by their year or their day;
but a question may mean the month of any year.
"""

from __future__ import annotations

import re

from hoidap.vietnamese.date_forms import (
    BLANK,
    ENGLISH_MONTH,
    MONTH_WORD,
    NAM,
    NUMBER_END,
    THANG,
    WORD_END,
    any_of,
)
from hoidap.vietnamese.date_readers import month_number
from hoidap.vietnamese.dates import DateMention, written_alike

# "6 tháng 3 lần" and "mỗi tháng 2 triệu" are counts, "Cách mạng Tháng 8" is a name.
_COUNTS = any_of("một, hai, ba, sáu, chín, mỗi, hàng, hằng, từng, mấy, nhiêu, các")
_NOT_BEFORE = re.compile(
    rf"(?:(?<![0-9])[0-9]{{1,2}}|(?<!\w){_COUNTS}|{any_of('cách mạng')}){BLANK}\Z"
)
_NOT_BEHIND = any_of("lần, đợt, buổi, triệu, nghìn, ngàn, đồng, kg, âm lịch, âl")
# "Tháng năm" may be any month of a year.
_VIETNAMESE = (
    rf"{THANG}{BLANK}(?P<month>[0-9]{{1,2}}{NUMBER_END}|(?!{NAM}{WORD_END}){MONTH_WORD})"
    rf"(?!{BLANK}\(?{_NOT_BEHIND}{WORD_END})"
)
_MONTH_RE = re.compile(rf"(?<!\w){_VIETNAMESE}")
_ENGLISH_RE = re.compile(rf"(?<!\w)(?:in|during|of|for)[ \n]{ENGLISH_MONTH}(?![ \n]?[0-9])")
# Characters before a month that are looked at.
_REACH = 12


def find_bare_months(text: str) -> list[DateMention]:
    """The months of ``text`` (NFC) by their number or name, in order of their language.

    A month that does have a year is among them.
    """
    view = written_alike(text)
    matches = [
        match
        for match in _MONTH_RE.finditer(view)
        if not _NOT_BEFORE.search(view[max(0, match.start() - _REACH) : match.start()])
    ]
    # "in may" is printing typed without diacritics; the month has a capital.
    matches += [
        match for match in _ENGLISH_RE.finditer(view) if text[slice(*match.span("month"))] != "may"
    ]
    found: list[DateMention] = []
    for match in matches:
        month = month_number(match["month"])
        if 1 <= month <= 12:
            start = match.start("month") if match.re is _ENGLISH_RE else match.start()
            found.append(DateMention(start, match.end(), None, month=month))
    return found
