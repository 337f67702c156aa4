"""What a question word asks for, found in a sentence: persons, numbers, places."""

from __future__ import annotations

import re

# Beyond Latin-1 capitals and small letters alternate.
_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
# A capitalised syllable, not one in capitals throughout: "Huỳnh", not "UBND". "Ý" is the one name
# of a single letter.
_NAME_PART = rf"(?:[{_UPPER}][^\W\d_{_UPPER}]+|Ý)"
# Wrapped text breaks lines inside names, too.
_GAP = r"[ \u00a0\n]"
_NAME = rf"{_NAME_PART}(?:{_GAP}{_NAME_PART}){{1,4}}"
_FORM_OF_ADDRESS = (
    r"(?:[Ôô]ng|[Bb]à|[Cc]ô|[Aa]nh|[Cc]hị|[Cc]hú|[Bb]ác|[Tt]hầy|[Ee]m|[Đđ]ồng chí|[Đđ]/c"
    r"|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|GS\.?|PGS\.?|TS\.?|ThS\.?|BS\.?)"
)
_ADDRESS_RE = re.compile(rf"\A{_FORM_OF_ADDRESS} (?=[{_UPPER}])")
# The commonest family names; together they cover nine of ten Vietnamese.
_FAMILY_NAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đoàn|Đào|Đinh|Lâm|Trịnh|Trương"
    "|Mai|Tô|Hà|Cao|Châu|Lương|Thái|Tạ|Tăng|Phùng|Quách|Vương|Kiều|La|Lưu|Từ|Tống|Triệu|Nghiêm|Thạch|Sơn"
)
_PERSON_RE = re.compile(
    rf"(?<!\w)(?:(?P<address>{_FORM_OF_ADDRESS}) {_NAME_PART}(?:{_GAP}{_NAME_PART}){{0,4}}"
    rf"|(?:{_FAMILY_NAMES})(?:{_GAP}{_NAME_PART}){{1,3}})(?!\w)"
)
_NUMBER_RE = re.compile(
    r"(?<![\w/.,])\d+(?:[./,]\d+)*(?:\s?%)?(?![/\w])|(?<!\w)[IVXLC]{1,6}(?!\w)"
    r"|(?<!\w)(?:hai|ba|bốn|sáu|bảy|tám|chín|mười|trăm|nghìn|ngàn|triệu|tỷ|tỉ|vài)(?!\w)"
)
_KIND_OF_PLACE = (
    r"(?:[Tt]ỉnh|[Tt]hành phố|TP\.?|[Hh]uyện|[Tt]hị xã|[Tt]hị trấn|[Xx]ã|[Pp]hường|[Ấấ]p|[Kk]hóm"
    r"|[Tt]hôn|[Đđ]ường|[Cc]ầu|[Ss]ông|[Qq]uận|[Nn]ước|[Hh]ội trường|[Tt]rụ sở)"
)
_PLACE_RE = re.compile(
    rf"(?<!\w)(?:{_KIND_OF_PLACE}{_GAP}{_NAME_PART}(?:{_GAP}{_NAME_PART}){{0,4}}"
    rf"|(?:[Tt]ại|[Ởở]) {_NAME})(?!\w)"
)


def find_persons(text: str) -> list[tuple[int, int]]:
    """Offsets of persons' names with the form of address before them, in order.

    A name is known by its form of address ("bà Huỳnh Thị Hoài Thu") or its family name; "huyện Cao
    Lãnh" is a place.
    """
    places = [match.span() for match in _PLACE_RE.finditer(text)]
    return [
        match.span()
        for match in _PERSON_RE.finditer(text)
        if match["address"] is not None
        or not any(start <= match.start() < end for start, end in places)
    ]


def bare_name(person: str) -> str:
    """A person as `find_persons` finds them, without the form of address."""
    return _ADDRESS_RE.sub("", person)


def find_numbers(text: str) -> list[tuple[int, int]]:
    """Offsets of numbers in digits, Roman numerals or words, in order."""
    return [match.span() for match in _NUMBER_RE.finditer(text)]


def find_places(text: str) -> list[tuple[int, int]]:
    """Offsets of names of places with the kind of place before them, in order."""
    return [match.span() for match in _PLACE_RE.finditer(text)]
