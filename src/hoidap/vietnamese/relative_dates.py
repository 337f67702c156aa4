"""Dates told from today: "hôm qua", "tháng này", "3 tháng trước", "last year"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from hoidap.vietnamese.dates import DateMention, Period, Precision
from hoidap.vietnamese.text import fold, has_diacritics, normalize

_DAYS = {
    -2: "hôm kia|bữa kia|day before yesterday",
    -1: "hôm qua|bữa qua|(?:sáng|trưa|chiều|tối|đêm) qua|yesterday",
    0: "hôm nay|bữa nay|(?:sáng|trưa|chiều|tối|đêm) nay|today",
    1: "ngày mai|(?:sáng|trưa|chiều|tối|đêm) mai|hôm sau|tomorrow",
    2: "ngày mốt|day after tomorrow",
}
_WEEKS = {
    -1: "tuần trước|tuần qua|tuần vừa qua|tuần rồi|tuần vừa rồi|last week",
    0: "tuần này|this week",
    1: "tuần sau|tuần tới|next week",
}
_MONTHS = {
    -1: "tháng trước|tháng vừa qua|tháng rồi|tháng vừa rồi|last month",
    0: "tháng này|this month",
    1: "tháng sau|tháng tới|next month",
}
_YEARS = {
    -2: "năm kia",
    -1: "năm ngoái|năm trước|năm vừa qua|năm rồi|năm vừa rồi|last year",
    0: "năm nay|this year",
    1: "năm sau|năm tới|next year",
}

_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("một one", "hai two", "ba three", "bốn four", "năm five", "sáu six", "bảy seven",
         "tám eight", "chín nine", "mười ten"),
        start=1,
    )
    for word in (*words.split(), *fold(words).split())
}  # fmt: skip
_NUMBER = rf"[0-9]{{1,3}}|{'|'.join(dict.fromkeys(_NUMBERS))}"
# What a number names: "tháng 8 năm trước", "lớp 9 năm trước" are of last year.
_NUMBERED = "tháng|quý|ngày|mùng|mồng|lớp|khối|khóa|khoá|số|quận|phường|khóm|ấp|tổ|đợt"
# The farthest that someone counts back from today, in days, weeks, months or years.
_FARTHEST = 99
# "3 ngày trước Tết" is not told from today.
_BEFORE_WHAT = (
    "khi|lúc|ngày|tháng|năm|hạn|tết|lễ|kỳ|kì|đại hội|bầu cử|mùa|thời|thuyết|đó|công nguyên|[0-9]"
)


def _day(today: date, shift: int) -> Period:
    day = today + timedelta(shift)
    return Period(day, day, Precision.DAY)


def _week(today: date, shift: int) -> Period:
    monday = today + timedelta(7 * shift - today.weekday())
    return Period(monday, monday + timedelta(6), Precision.DAY)


def _month(today: date, shift: int) -> Period:
    year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
    first = date(year, month + 1, 1)
    return Period(first, first.replace(day=monthrange(year, month + 1)[1]), Precision.MONTH)


def _year(today: date, shift: int) -> Period:
    year = today.year + shift
    return Period(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)


_Of = Callable[[date, int], Period]

_FORMS = [
    (
        re.compile(rf"(?<!\w)(?:{words})(?!\w)"),
        re.compile(rf"(?<!\w)(?:{fold(words)})(?!\w)"),
        of,
        by,
    )
    for of, table in ((_day, _DAYS), (_week, _WEEKS), (_month, _MONTHS), (_year, _YEARS))
    for by, words in table.items()
]
_UNITS: dict[str, _Of] = {
    unit: of
    for of, units in (
        (_day, "ngày ngay hôm hom bữa bua day days"),
        (_week, "tuần tuan week weeks"),
        (_month, "tháng thang month months"),
        (_year, "năm nam year years"),
    )
    for unit in units.split()
}
_SO_MANY = rf"(?P<count>{_NUMBER}) (?P<unit>{'|'.join(_UNITS)})"
_AGO = (
    rf"(?<![\w/.,])(?:cách đây (?:khoảng |đúng |tròn )?{_SO_MANY}(?!\w)(?: trước(?!\w))?"
    rf"|(?:(?P<numbered>{_NUMBERED}) )?{_SO_MANY.replace('P<', 'P<past_')}"
    rf" (?:ago(?!\w)|(?:về )?trước(?!\w)(?: đây(?!\w))?(?! (?:{_BEFORE_WHAT}))))"
)
_AGO_RES = re.compile(_AGO), re.compile(fold(_AGO))

# "3 tháng sau", "nhiều năm trước", "505 triệu năm trước" are not the next or last one; nor is "Viet
# Nam truoc 1975".
_MANY = "triệu|nghìn|ngàn|tỷ|tỉ|trăm|chục|nhiều|nhiêu|mấy|vài|những|các|nửa|việt"
_COUNTED = rf"(?<![\w/.,])(?:(?P<numbered>{_NUMBERED}) )?(?:{_NUMBER}|{_MANY}) ?\Z"
_COUNTED_RES = re.compile(_COUNTED), re.compile(fold(_COUNTED))
# What a count may stand before: "9 năm nay" is as seldom as "lớp 9 năm nay" is common.
_COUNTABLE_RE = re.compile(
    r"(?:tuần|tuan|tháng|thang|năm|nam) .*(?:trước|truoc|sau|tới|toi|qua|rồi|roi)"
)


def _told_by_name(view: str, today: date, *, folded: bool) -> Iterator[DateMention]:
    for *forms, of, by in _FORMS:
        for match in forms[folded].finditer(view):
            if _COUNTABLE_RE.fullmatch(match.group()) is not None:
                before = _COUNTED_RES[folded].search(view[: match.start()])
                if before is not None and before["numbered"] is None:
                    continue
            yield DateMention(match.start(), match.end(), of(today, by))


def _told_by_number(view: str, today: date, *, folded: bool) -> Iterator[DateMention]:
    for match in _AGO_RES[folded].finditer(view):
        number = match["count"] or match["past_count"]
        count = int(number) if number.isdecimal() else _NUMBERS[number]
        if match["numbered"] is None and count <= _FARTHEST:
            of = _UNITS[match["unit"] or match["past_unit"]]
            yield DateMention(match.start(), match.end(), of(today, -count))


def find_relative_dates(text: str, today: date) -> list[DateMention]:
    """The dates of ``text`` (NFC) that are told from ``today``, in order, none overlapping."""
    view = normalize(text)
    if len(view) != len(text):
        return []  # characters without a form were dropped: offsets would not hold
    folded = not has_diacritics(view)
    every = [
        *_told_by_number(view, today, folded=folded),
        *_told_by_name(view, today, folded=folded),
    ]
    every.sort(key=lambda mention: (mention.start, -mention.end))
    found: list[DateMention] = []
    for mention in every:
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return found
