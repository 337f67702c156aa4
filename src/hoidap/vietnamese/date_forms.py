"""The forms in which dates are written, as regular expressions.

They match a view of the text that is lower case, composed, with one kind of dash and at most one
blank between words (see `hoidap.vietnamese.dates`). No expression repeats without bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from hoidap.vietnamese.date_readers import (
    VIETNAMESE_MONTHS,
    Reader,
    read_day,
    read_day_without_year,
    read_days_of_month,
    read_days_of_year,
    read_half,
    read_listed_months,
    read_month,
    read_month_range,
    read_part_of_year,
    read_quarters,
    read_short_day,
    read_year,
    read_years,
)
from hoidap.vietnamese.text import fold


def _forms(words: str) -> set[str]:
    """``words`` (comma between them), each with its diacritics and without."""
    return {form for word in words.split(", ") for form in (word, fold(word))}


def any_of(words: str) -> str:
    """Any of ``words`` (comma between them), with its diacritics or none, a blank for a space."""
    forms = _forms(words)
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return "(?:" + "|".join(longest_first).replace(" ", r"[ \n]") + ")"


BLANK = r"[ \n]?"
WORD_END = r"(?![^\W_])"
# What follows a date is neither more of a number, nor a letter, nor the rest of a document number.
_END = rf"{WORD_END}(?! ?/)(?!\.[0-9])(?!{BLANK}%)"
NUMBER_END = rf"{_END}(?![,-][0-9])"
YEAR = r"(?P<year>(?:1[89]|20)[0-9]{2}|2100)"
_DAY = r"(?P<day>[0-9]{1,2})"
_MONTH = r"(?P<month>[0-9]{1,2})(?![0-9])"
THANG = any_of("tháng")
NAM = any_of("năm")
NGAY = any_of("ngày")
_MUNG = any_of("mùng, mồng")
_YEAR_KINDS = "học, tài chính, ngân sách, kế hoạch, báo cáo"
_YEAR_KIND = any_of(_YEAR_KINDS)
_DAU = any_of("đầu")
_CUOI = any_of("cuối")
_STRETCHES = "giai đoạn, nhiệm kỳ, nhiệm kì, thời kỳ, niên khóa, niên khoá"
_STRETCH = any_of(_STRETCHES)
_OF = rf"{BLANK}(?:of[ \n](?:the[ \n]year[ \n])?)?"
# Words after which a number with a slash is a document's and never a month.
_DOCUMENT_WORDS = (
    "số, nghị định, thông tư, quyết định, nghị quyết, công văn, chỉ thị, luật, pháp lệnh, "
    "thông báo, qđ, nđ, nq, tt, cv, tỷ lệ, tỉ lệ"
)
# Words after which a bare day and month is a date.
_BEFORE_DAY = (
    "hôm, sáng, trưa, chiều, tối, đêm, dịp, lễ, kỷ niệm, kỉ niệm, hội nghị, cuộc họp, "
    "thứ hai, thứ ba, thứ tư, thứ năm, thứ sáu, thứ bảy, chủ nhật"
)
# Words after which a bare number is a year unless something counted follows.
_BEFORE_YEAR = "từ, đến, tới, cuối, đầu, giữa, trước, sau, hết, vào, tầm nhìn"
TO = rf"(?:-|(?:{any_of('cho đến, đến, đến hết, tới')}|to|until|through){WORD_END})"
AND = rf"(?:,|&|(?:{any_of('và')}|and){WORD_END})"
# "6 tháng năm 2021" and "các tháng năm 2021" are months of a year; May is "tháng năm năm 2021".
# "tháng sau" is next month; only a year makes it June typed without diacritics.
MONTH_WORD = (
    rf"(?:(?!{NAM}{BLANK}[12][0-9]{{3}})(?!sau(?!{BLANK}{NAM}{BLANK}[12]))"
    rf"{any_of(', '.join(VIETNAMESE_MONTHS))}{WORD_END})"
)
_SPOKEN_MONTH = rf"(?P<month>[0-9]{{1,2}}(?![0-9])|{MONTH_WORD})"
ENGLISH_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W\d_])"
)
_ORDINAL = r"(?:st|nd|rd|th)?"


# A number of these is a count, whatever stands before it.
_COUNTABLE = any_of(
    "hộ, người, đồng, ha, héc-ta, kg, km, km2, m, m2, m², m3, mét, triệu, tỷ, tỉ, nghìn, ngàn, "
    "con, lượt, tấn, tạ, trường hợp, đại biểu, học sinh, căn, ngôi, suất, hồ sơ, đảng viên, "
    "đoàn viên, hội viên, lao động, doanh nghiệp, sản phẩm, gia đình, xã, ấp, khóm, chỉ tiêu, "
    "tiêu chí, usd, vnd, "
    "household, households, people, families, person, persons, commune, communes, case, cases, "
    "member, members, million, hectares"
)
_COUNTED = rf"(?!{BLANK}{_COUNTABLE}{WORD_END})"

# After "từ" or "đến" a number is a year only where the sentence goes on without a thing counted.
_GOES_ON = any_of(
    "đến, tới, nay, là, và, đã, có, được, của, ở, tại, cho, với, do, thì, ai, nào, bao, như, trở, "
    "theo, đạt, phải, sẽ, trên, toàn, "
    "to, was, were, is, are, the, and, did, how, who, what, which, at, by, for, with, on"
)
NOTHING_COUNTED = rf"(?=\s?(?:\Z|[^\w\s%-]|-[ \n]|{_GOES_ON}{WORD_END}))"

# Without "năm" the year stands on the line of the month: columns of a table are no dates.
_SPOKEN_YEAR = (
    rf"(?:{BLANK}[,/-]?{BLANK}(?:của[ \n])?(?P<nam>{NAM}{BLANK})| ?(?:[,/-]|\.(?=\S))? ?)"
    rf"{YEAR}{_END}(?(nam)|{_COUNTED})"
)
# "trong 3/4 số xã" is a fraction even after a word of time.
_WHOLE = any_of("số, tổng, diện tích, triệu, tỷ, tỉ, nghìn")
_NOT_PART = rf"{_END}(?!-[0-9]{{3}})(?!{BLANK}{_WHOLE}{WORD_END})"

# "6 tháng 3 lần" is no day.
_NOT_REPEATED = rf"(?!{BLANK}{any_of('lần, đợt, ngày, tuần, kỳ, năm')}{WORD_END})"

_QUARTERS = "một, nhất, hai, ba, bốn, tư"
_QUY = any_of("quý, quí")
_QUARTER = rf"(?:[0-9]{{1,2}}|i{{1,3}}|iv|{any_of(_QUARTERS)})"
# Words after which so many months are counted, and after which a number is a section's.
_COUNTS = "ba, sáu, chín"
_SECTIONS = "mục, điểm, khoản, điều, phần, bảng, biểu"


@dataclass(frozen=True, slots=True)
class Rule:
    """A form of date and its reader.

    Where the reader gives an empty list, what the form covers is skipped, so that 31/2/2021 is not
    read as a month.
    """

    pattern: re.Pattern[str]
    read: Reader


_LAST_YEAR = r"(?P<last>(?:1[89]|20)[0-9]{2}|2100)"
_AND_NGAY = rf"{BLANK}(?:{NGAY}{BLANK})?"
_NUMERIC_MONTH = rf"{BLANK}(?P<sep>[/.-]){BLANK}{_MONTH}"
_NUMERIC_YEAR = rf"{BLANK}(?:(?P=sep)|-){BLANK}{YEAR}{_END}"
_SHORT_DATE = rf"{_DAY}(?P<sep>[/.-]){_MONTH}(?P=sep)(?P<year>[0-9]{{2}}){NUMBER_END}"
_SPOKEN = rf"{BLANK}[/,]?{BLANK}{THANG}{BLANK}{_SPOKEN_MONTH}"
_FROM_DAY_TO_DAY = rf"(?P<days>[0-9]{{1,2}}{BLANK}(?P<to>{TO}){_AND_NGAY}[0-9]{{1,2}})"
_LISTED_DAYS = (
    rf"(?P<days>[0-9]{{1,2}}(?:{BLANK}{AND}{_AND_NGAY}[0-9]{{1,2}}(?![0-9])){{1,9}})(?P<to>(?!))?"
)
_ENGLISH_YEAR = rf"\.?{BLANK}[,-]?{BLANK}{YEAR}{_END}"
_YEARS = rf"{YEAR}{BLANK}{TO}{BLANK}(?:{NAM}{BLANK})?{_LAST_YEAR}{NUMBER_END}"

# Forms that begin with the number of a day; "ngày" or "mùng" may stand before them.
_DAY_FORMS: tuple[tuple[str, Reader], ...] = (
    (rf"{_DAY}{_NUMERIC_MONTH}{_NUMERIC_YEAR}", read_day),
    (rf"{_DAY}{_NUMERIC_MONTH}{BLANK},?{BLANK}{NAM}{BLANK}{YEAR}{_END}", read_day),
    (rf"{_DAY}{_SPOKEN}{_SPOKEN_YEAR}", read_day),
    (rf"{_FROM_DAY_TO_DAY}{_NUMERIC_MONTH}{_NUMERIC_YEAR}", read_days_of_month),
    (rf"{_FROM_DAY_TO_DAY}{_SPOKEN}{_SPOKEN_YEAR}", read_days_of_month),
    (
        rf"{_DAY}{_NUMERIC_MONTH}{BLANK}(?:(?P<to>{TO})|{AND}){_AND_NGAY}(?P<day_to>[0-9]{{1,2}})"
        rf"{BLANK}(?P=sep){BLANK}(?P<month_to>[0-9]{{1,2}}){BLANK}(?P=sep){BLANK}{YEAR}{_END}",
        read_days_of_year,
    ),
)

# Forms that need "ngày" or "mùng" before them to be dates.
_INTRODUCED_DAY_FORMS: tuple[tuple[str, Reader], ...] = (
    (_SHORT_DATE, read_day),
    (rf"{_LISTED_DAYS}{_NUMERIC_MONTH}{_NUMERIC_YEAR}", read_days_of_month),
    (rf"{_LISTED_DAYS}{_SPOKEN}{_SPOKEN_YEAR}", read_days_of_month),
    (rf"{_LISTED_DAYS}{_NUMERIC_MONTH}{_NOT_PART}", read_days_of_month),
    (rf"{_LISTED_DAYS}{_SPOKEN}{_NOT_PART}", read_days_of_month),
    (rf"{_FROM_DAY_TO_DAY}{_NUMERIC_MONTH}{_NOT_PART}", read_days_of_month),
    (rf"{_FROM_DAY_TO_DAY}{_SPOKEN}{_NOT_PART}", read_days_of_month),
    (rf"{_DAY}{_NUMERIC_MONTH}{_NOT_PART}", read_day_without_year),
    (rf"{_DAY}{_SPOKEN}{_NOT_PART}", read_day_without_year),
)
_DAY_WORD = rf"(?:{NGAY}|{_MUNG}):?{BLANK}(?:{_MUNG}{BLANK})?"

_YEAR_FORMS: tuple[tuple[str, Reader], ...] = (
    (rf"{YEAR}{NUMBER_END}{_COUNTED}", read_year),
    (_YEARS, read_years),
)

# The forms to try, by the group of the trigger below that found the place.
_FORMS: dict[str, tuple[tuple[str, Reader], ...]] = {
    "number": (
        *_DAY_FORMS,
        (_SHORT_DATE, read_short_day),
        (rf"{YEAR}(?P<sep>[/-]){_MONTH}(?P=sep){_DAY}(?:(?=t[0-9])|{_END})", read_day),
        (
            rf"{_DAY} ?{THANG} ?{_SPOKEN_MONTH}(?![,.][0-9]){_NOT_PART}{_NOT_REPEATED}",
            read_day_without_year,
        ),
        (rf"{_MONTH}{BLANK}/{BLANK}{YEAR}{NUMBER_END}(?!-[^\W\d_]){_COUNTED}", read_month),
        (rf"{_YEARS}{_COUNTED}", read_years),
        (
            rf"(?P<count>[0-9]{{1,2}}){BLANK}{THANG}{BLANK}(?:{_DAU}|(?P<last>{_CUOI}))?{BLANK}"
            rf"(?:{NAM}{BLANK}|/{BLANK}){YEAR}{_END}",
            read_part_of_year,
        ),
        (rf"{_DAY}{_ORDINAL}{BLANK}(?:of[ \n])?-?{ENGLISH_MONTH}{_ENGLISH_YEAR}", read_day),
        (
            rf"(?P<days>[0-9]{{1,2}}{_ORDINAL}{BLANK}(?P<to>{TO}){BLANK}(?:the[ \n])?[0-9]{{1,2}})"
            rf"{_ORDINAL}{BLANK}(?:of[ \n])?{ENGLISH_MONTH}{_ENGLISH_YEAR}",
            read_days_of_month,
        ),
        (rf"{_DAY}{_ORDINAL}{BLANK}(?:of[ \n])?{ENGLISH_MONTH}{_END}", read_day_without_year),
        (rf"(?P<quarters>1st|2nd|3rd|4th)[ \n]quarter{_OF}{YEAR}{_END}", read_quarters),
        (rf"(?:1st|(?P<last>2nd))[ \n]half{_OF}{YEAR}{_END}", read_half),
        (rf"{YEAR}{BLANK}q(?P<quarters>[1-4]){_END}", read_quarters),
    ),
    "day": tuple((_DAY_WORD + form, read) for form, read in (*_DAY_FORMS, *_INTRODUCED_DAY_FORMS)),
    "introduction": ((rf"{_DAY}{_NUMERIC_MONTH}{_NOT_PART}", read_day_without_year),),
    "month": (
        (rf"{THANG}{BLANK}{_SPOKEN_MONTH}{_SPOKEN_YEAR}", read_month),
        (
            rf"{THANG}{BLANK}{_MONTH}{BLANK}{TO}{BLANK}(?:{THANG}{BLANK})?(?P<last>[0-9]{{1,2}})"
            rf"(?![0-9]){_SPOKEN_YEAR}",
            read_month_range,
        ),
        (
            rf"{THANG}{BLANK}(?P<months>[0-9]{{1,2}}(?:{BLANK}{AND}{BLANK}(?:{THANG}{BLANK})?"
            rf"[0-9]{{1,2}}(?![0-9])){{1,11}}){_SPOKEN_YEAR}",
            read_listed_months,
        ),
        (rf"t\.?{_MONTH}{BLANK}[/.-]{BLANK}{YEAR}{_END}", read_month),
    ),
    "year": (
        *((rf"{NAM}{BLANK}(?:{_YEAR_KIND}{BLANK})?\(?{form}", read) for form, read in _YEAR_FORMS),
        (rf"{NAM}{BLANK}{YEAR}{NUMBER_END}", read_year),
        (rf"{NAM}[ \n]{any_of('học')}{BLANK}{YEAR}{BLANK}/{BLANK}{_LAST_YEAR}{_END}", read_years),
    ),
    "stretch": (
        (
            rf"{_STRETCH}{BLANK}(?:\(|{any_of('từ')}{BLANK})?(?:{NAM}{BLANK})?{_YEARS}",
            read_years,
        ),
    ),
    "quarter": (
        (
            rf"{_QUY}{BLANK}(?P<quarters>{_QUARTER}(?:{BLANK}{AND}{BLANK}(?:{_QUY}{BLANK})?"
            rf"{_QUARTER}){{0,3}}){WORD_END}{BLANK}[,/-]?{BLANK}(?:{NAM}{BLANK})?{YEAR}{_END}",
            read_quarters,
        ),
        (rf"q(?P<quarters>[1-4]){BLANK}[,/-]?{BLANK}{YEAR}{_END}", read_quarters),
    ),
    "half": (
        (
            rf"{any_of('nửa')}[ \n](?:{any_of('năm')}[ \n])?(?:{_DAU}|(?P<last>{_CUOI})){BLANK}"
            rf"(?:{NAM}{BLANK})?{YEAR}{_END}",
            read_half,
        ),
        (rf"h(?:1|(?P<last>2)){BLANK}[/-]?{BLANK}{YEAR}{_END}", read_half),
    ),
    "count": (
        (
            rf"(?P<count>{any_of(_COUNTS)}){BLANK}{THANG}{BLANK}"
            rf"(?:{_DAU}|(?P<last>{_CUOI}))?{BLANK}{NAM}{BLANK}{YEAR}{_END}",
            read_part_of_year,
        ),
    ),
    "ordinal": (
        (
            rf"(?P<quarters>first|second|third|fourth|last)[ \n]quarter{_OF}{YEAR}{_END}",
            read_quarters,
        ),
        (rf"(?:first|(?P<last>second|last))[ \n]half{_OF}{YEAR}{_END}", read_half),
        (
            r"(?:first|(?P<last>last|final))[ \n](?P<count>three|six|nine|[0-9]{1,2})[ \n]months"
            rf"{_OF}{YEAR}{_END}",
            read_part_of_year,
        ),
    ),
    "month_name": (
        (rf"{ENGLISH_MONTH}\.?{BLANK}{_DAY}(?![0-9]){_ORDINAL}{_ENGLISH_YEAR}", read_day),
        (
            rf"{ENGLISH_MONTH}\.?{BLANK}(?P<days>[0-9]{{1,2}}{_ORDINAL}{BLANK}(?P<to>{TO}){BLANK}"
            rf"[0-9]{{1,2}}){_ORDINAL}{_ENGLISH_YEAR}",
            read_days_of_month,
        ),
        (rf"{ENGLISH_MONTH}\.?{BLANK}(?:of[ \n])?[,-]?{BLANK}{YEAR}{_END}", read_month),
        (
            rf"{ENGLISH_MONTH}\.?{BLANK}{_DAY}{_ORDINAL}{NUMBER_END}{_COUNTED}",
            read_day_without_year,
        ),
    ),
    "before_year": _YEAR_FORMS,
    "between": ((rf"{YEAR}{BLANK}and{BLANK}{_LAST_YEAR}{NUMBER_END}", read_years),),
    "before_year_or_count": (
        (rf"{YEAR}{NUMBER_END}{NOTHING_COUNTED}", read_year),
        (rf"{_YEARS}{_COUNTED}", read_years),
    ),
    "bracket": ((rf"{YEAR}(?={BLANK}\))", read_year),),
}

# What any form that begins with a number goes on with, and a document's number: most numbers are
# neither.
_NUMBER_GOES_ON = (
    rf"(?:[/-]|\.{BLANK}[0-9]{{1,2}}(?![0-9])|,?{BLANK}{THANG}|{TO}|of[ \n]"
    rf"|{ENGLISH_MONTH.replace('?P<month>', '?:')}|quarter|half|q[1-4])"
)

# Where a date can begin, and after which words. What a branch does not consume is looked at
# again, so "từ 5/3/2021" is found at its number.
TRIGGER = re.compile(
    rf"""\({BLANK}(?P<bracket>)(?={YEAR.replace("?P<year>", "?:")}{BLANK}\))
    |(?<![^\W_])(?:
        (?P<number>(?<![^\W_]/)(?:(?<![0-9][.-])|(?<=[/.-](?:18|19|20)[0-9]{{2}}-))[0-9]{{1,4}}(?![0-9])
            (?={_ORDINAL}{BLANK}{_NUMBER_GOES_ON}))
        |(?P<numbered>{any_of(_DOCUMENT_WORDS)}|no\.?|number|decree|resolution|decision|circular|law)
            {WORD_END}[.:]?{BLANK}(?:{any_of("số")}{BLANK}:?{BLANK})?
            (?![0-9]{{1,2}}{BLANK}[/.-]{BLANK}[0-9]{{1,2}}{BLANK}[/.-]{BLANK}[0-9]{{4}})
            [0-9]{{1,6}}(?:[/.][0-9]{{1,6}}){{0,4}}
        |(?P<section>{any_of(_SECTIONS)}
            {BLANK}[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{2}}(?![0-9]))
        |(?P<day>{NGAY}|{_MUNG})(?=:?{BLANK}(?:{_MUNG}{BLANK})?
            (?:[0-9]{{1,2}}{BLANK}(?:{AND}|{TO}){_AND_NGAY}){{0,9}}
            [0-9]{{1,2}}{BLANK}(?:[/.-]|,?{BLANK}{THANG}))
        |(?P<month>{THANG}(?={BLANK}(?:[0-9]|{MONTH_WORD}))|t(?=\.?[0-9]{{1,2}}{BLANK}[/.-]))
        |(?P<year>{NAM})(?={BLANK}(?:{_YEAR_KIND}{BLANK})?\(?[12])
        |(?P<stretch>{_STRETCH})(?={BLANK}[\w(])
        |(?P<quarter>{_QUY}(?={BLANK}{_QUARTER}{WORD_END})|q(?=[1-4]))
        |(?P<half>{any_of("nửa")}(?=[ \n])|h(?=[12]))
        |(?P<count>{any_of(_COUNTS)})(?=[ \n]{THANG})
        |(?P<ordinal>first|second|third|fourth|last|final)(?=[ \n])
        |(?P<month_name>{ENGLISH_MONTH.replace("?P<month>", "?:")})(?=\.?{BLANK}[0-9o,])
        |(?P<between>between){BLANK}(?=[12][0-9]{{3}})
        |(?P<before_year>in|since|years?|during){BLANK}(?=[12][0-9]{{3}})
        |(?P<before_year_or_count>{any_of(_BEFORE_YEAR)}|from|to|by|until|before|after){BLANK}
            (?=[12][0-9]{{3}})
        |(?P<introduction>{any_of(_BEFORE_DAY)}|on|date|conference|meeting)
            (?:[ \n]{any_of("nay, qua, mai")})?[:,]?[ \n]\(?(?:the[ \n])?(?=[0-9])
    )""",
    re.VERBOSE,
)

# The words that the trigger begins with where no number does: those that a digit follows, those
# that one follows soon, and others. Written together with the next word they are one word.
_NEXT = (
    f"{_SECTIONS}, {_BEFORE_YEAR}, between, in, since, year, years, during, from, to, by, until, "
    "before, after"
)
_SOON = (
    f"{_DOCUMENT_WORDS}, ngày, mùng, mồng, năm, {_BEFORE_DAY}, no, number, decree, "
    "resolution, decision, circular, law, on, date, conference, meeting"
)
_ENGLISH_MONTHS = (
    "jan, january, feb, february, mar, march, apr, april, may, jun, june, jul, july, aug, august, "
    "sep, sept, september, oct, october, nov, november, dec, december"
)
_LATER = (
    f"tháng, {_STRETCHES}, quý, quí, nửa, {_COUNTS}, first, second, third, fourth, last, final, "
    f"{_ENGLISH_MONTHS}"
)
_TOGETHER = (
    ("tháng", ", ".join(VIETNAMESE_MONTHS)),
    ("năm", _YEAR_KINDS),
    ("quý, quí", f"{_QUARTERS}, i, ii, iii, iv"),
)


def _first_words(words: str) -> frozenset[str]:
    return frozenset(form.split(" ")[0] for form in _forms(words))


# With the characters before which a digit must come: no form has so many before its first one, not
# "tầm nhìn 2030", "hội nghị hôm nay, (the 3/4", nor "quý nhất, quý hai, quý ba và quý tư năm 2021".
TRIGGER_WORDS = {
    9: _first_words(_NEXT),
    24: _first_words(_SOON),
    100: _first_words(_LATER)
    | frozenset(
        first + second.split(" ")[0]
        for firsts, seconds in _TOGETHER
        for first in _forms(firsts)
        for second in _forms(seconds)
    ),
}
# The words that a number goes on with, at most one blank and a comma between, where no other number
# does. Written together with the next word they are one word.
NUMBER_WORDS = _first_words(
    f"tháng, cho đến, đến, tới, to, until, through, of, {_ENGLISH_MONTHS}, quarter, half, "
    "quarterof, halfof"
) | frozenset(
    first + second.split(" ")[0]
    for first in _forms("tháng")
    for second in _forms(f"{', '.join(VIETNAMESE_MONTHS)}, đầu, cuối")
)


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """Give the rules for a group of the trigger, none for a group that only skips.

    Compiled when first needed: all of them take 40 ms, and a question needs a few.
    """
    return tuple(Rule(re.compile(pattern), read) for pattern, read in _FORMS.get(kind, ()))


def load_rules() -> None:
    """Compile all rules now, which takes tens of milliseconds, rather than with the first date."""
    for kind in _FORMS:
        rules(kind)
