"""What a question word asks for, found in a sentence: persons, numbers, places."""

from __future__ import annotations

import re
from functools import cache

from hoidap.vietnamese import tables

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
# Rarer ones are known by the middle name, "Nhan Thị Cẩm Tú", but not "Phòng Văn Hóa".
_MIDDLE = r"(?:Thị(?! (?:Trấn|Xã|Trường))|Văn(?! (?:Hóa|Hoá|Phòng|Nghệ|Bản|Minh|Thư|Học|Kiện)))"
_BY_MIDDLE_NAME = rf"(?!Sở|Phòng|Nhà|Ban){_NAME_PART}{_GAP}{_MIDDLE}(?:{_GAP}{_NAME_PART}){{1,2}}"
# What stands between a form of address and the name: "Thầy Hiệu trưởng Khưu Văn Tấn". "Hội Nông
# dân" has two capitals as well.
_OFFICE = (
    r"(?:Phó )?(?:Chủ tịch|Chủ nhiệm|Bí thư|Hiệu trưởng|Giám đốc|Viện trưởng|Chánh (?:văn phòng|án)"
    r"|Trưởng (?:phòng|ban|công an|trạm|đoàn|ấp|khóm|thôn))(?!\w)"
)
_PERSON_RE = re.compile(
    rf"(?<!\w)(?:{_FORM_OF_ADDRESS} {_OFFICE} (?P<held>{_NAME_PART}(?:{_GAP}{_NAME_PART}){{2,4}})"
    rf"|(?P<address>{_FORM_OF_ADDRESS}) (?!{_OFFICE}){_NAME_PART}(?:{_GAP}{_NAME_PART}){{0,4}}"
    rf"|(?:{_FAMILY_NAMES})(?:{_GAP}{_NAME_PART}){{1,3}}|{_BY_MIDDLE_NAME})(?!\w)"
)
# "2,5 tỷ" is one number; "tỷ lệ" is none.
_MULTIPLE = r"(?:trăm|nghìn|ngàn|triệu|tỷ|tỉ)(?!\w)(?! (?:lệ|trọng|giá|suất|số))"
_DIGITS = rf"(?<![\w/.,])\d+(?:[./,]\d+)*(?![/\w])(?:\s?%|(?:{_GAP}{_MULTIPLE})+)?"
# Number words that count what follows them: not "thứ hai", "tháng ba", "lúa chín", "hai bên".
_NUMBER_WORD = rf"(?:(?:hai|ba|bốn|sáu|bảy|tám|chín|mười|vài)(?!\w)|{_MULTIPLE})"
_IN_WORDS = (
    r"(?<!\w)(?<![Tt]hứ )(?<![Tt]háng )(?<!hạng )(?<!lúa )(?<!trái )(?<!quả )"
    rf"{_NUMBER_WORD}(?:{_GAP}(?:(?:mươi|lăm|mốt|một|tư|rưỡi)(?!\w)|{_NUMBER_WORD}))*"
    rf"(?={_GAP}[^\W\d_])(?!{_GAP}(?:bên|phía|mặt|chiều|mẹ|má)(?!\w))"
)
_NUMBER_RE = re.compile(f"{_DIGITS}|{_IN_WORDS}")
# "Khóa 12", but no amount: not "18,6 tỷ", "5%" or "520 ha".
_ORDINAL_RE = re.compile(
    rf"(?<![\w/.,])\d{{1,4}}(?![\w/]|[.,]\d|\s?%|{_GAP}(?:{_MULTIPLE}|ha(?!\w)))|(?<!\w)[IVXLC]{{1,6}}(?!\w)"
    r"|(?<=[Tt]hứ )(?:nhất|nhì|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)(?!\w)"
)
_KIND_OF_PLACE = (
    r"(?:[Tt]ỉnh|[Tt]hành phố|TP\.?|[Hh]uyện|[Tt]hị xã|[Tt]hị trấn|[Xx]ã|[Pp]hường|[Ấấ]p|[Kk]hóm"
    r"|[Tt]hôn|[Đđ]ường|[Cc]ầu|[Ss]ông|[Qq]uận|[Nn]ước|[Hh]ội trường|[Tt]rụ sở)"
)
# What goes on with small letters: "Hội trường Ủy ban nhân dân huyện", "Trường Tiểu học Hòa Long 1".
_SITE = (
    r"(?:[Hh]ội trường|[Tt]rụ sở) (?:(?:Ủy|Uỷ) ban|Hội đồng) nhân dân"
    r"(?: (?:tỉnh|huyện|thành phố|thị xã|thị trấn|phường|xã)(?!\w))?"
    r"|Trường (?:Tiểu học|Trung học(?: cơ sở| phổ thông)?|Mầm non|Mẫu giáo)"
    r"|Nhà văn hóa(?: (?:ấp|khóm|xã)(?!\w))?|Trung tâm (?:Văn hóa|Hành chính|Y tế)"
)
_PLACE_RE = re.compile(
    rf"(?<!\w)(?:(?:[Tt]ại )?(?:{_SITE})(?:{_GAP}(?:{_NAME_PART}|\d{{1,2}}(?![/\w]))){{0,4}}"
    rf"|{_KIND_OF_PLACE}{_GAP}{_NAME_PART}(?:{_GAP}{_NAME_PART}){{0,4}}"
    rf"|(?:[Tt]ại|[Ởở]) {_NAME})(?!\w)"
)
# What bears persons' names, among others: "trường THCS Nguyễn Văn Khải", "kênh Nguyễn Văn Tiếp".
_SCHOOL = r"(?: (?:THCS|THPT|TH|MN|(?i:mầm non|mẫu giáo|tiểu học|trung học (?:cơ sở|phổ thông))))*"
_NAMED_AFTER = (
    rf"(?:[Tt]rường{_SCHOOL}|[Kk]ênh|[Rr]ạch|[Cc]hợ|[Qq]uảng trường|[Cc]ao tốc|[Cc]ông viên"
    r"|[Bb]ệnh viện|[Kk]è|[Đđ]ê|[Cc]ống|[Tt]uyến|[Kk]hu(?: dân cư| di tích)?|[Đđ]ền thờ|[Bb]ến)"
)
_NAMED_AFTER_RE = re.compile(
    rf"(?<!\w){_NAMED_AFTER}{_GAP}{_NAME_PART}(?:{_GAP}{_NAME_PART}){{0,4}}(?!\w)"
)
# "Cống Bà Bèo", "rạch Ông Chưởng": no one is meant. The longest of them has seven letters.
_NAMED_BEFORE_RE = re.compile(
    r"(?<!\w)(?:[Cc]ầu|[Cc]ống|[Rr]ạch|[Kk]ênh|[Mm]ương|[Ss]ông|[Vv]àm|[Xx]ẻo|[Cc]hợ|[Cc]hùa|[Mm]iếu"
    r"|[Đđ]ình|[Cc]ồn|[Cc]ù lao|[Bb]ến|[Đđ]ập|[Đđ]ê) \Z"
)
_REACH = 10
# "Phó Chủ tịch UBND huyện Phan Hữu Lượng" is a person: few units bear a full name.
_HELD_RE = re.compile(
    r"(?:[Cc]hủ tịch|[Bb]í thư|[Gg]iám đốc|[Tt]rưởng|[Cc]hánh [Vv]ăn phòng)(?: [^\W\d_]+){0,5}"
    r" (?:tỉnh|thành phố|huyện|thị xã|thị trấn|xã|phường|ấp|khóm|thôn) \Z"
)
_FULL_NAME_RE = re.compile(rf"(?:(?:{_FAMILY_NAMES})(?: {_NAME_PART}){{2,3}}|{_BY_MIDDLE_NAME})\Z")
_TITLE = 70  # characters: "Phó Chủ tịch Ủy ban Mặt trận Tổ quốc Việt Nam huyện "
# The kind before a name of the table of places.
_UNIT_RE = re.compile(r"\A(?:phường|xã|thị trấn|thị xã|thành phố|huyện|quận) ")


def find_persons(text: str) -> list[tuple[int, int]]:
    """Offsets of persons' names with the form of address right before them, in order.

    A name is known by its form of address ("bà Huỳnh Thị Hoài Thu") or its family name; "huyện Cao
    Lãnh" is a place, and so is "Cao Lãnh".
    """
    places = [
        match.span() for named in (_PLACE_RE, _NAMED_AFTER_RE) for match in named.finditer(text)
    ]

    def is_person(match: re.Match[str]) -> bool:
        if match["held"] is not None:
            return True
        if match["address"] is None:
            return match.group() not in _names_of_units() and (
                not any(start <= match.start() < end for start, end in places)
                or _holds_an_office(text, match)
            )
        near = max(0, match.start() - _REACH)
        return match.group()[0].islower() or not _NAMED_BEFORE_RE.search(text, near, match.start())

    return [
        match.span("held" if match["held"] is not None else 0)
        for match in _PERSON_RE.finditer(text)
        if is_person(match)
    ]


def _holds_an_office(text: str, name: re.Match[str]) -> bool:
    """Whether a full name stands behind the head of a body of a unit, and not of that unit."""
    if _FULL_NAME_RE.match(name.group()) is None:
        return False
    return _HELD_RE.search(text, max(0, name.start() - _TITLE), name.start()) is not None


@cache
def _names_of_units() -> frozenset[str]:
    """The names of places in the packaged table, without their kind."""
    rows = tables.read_table(tables.packaged_table("places.tsv"))
    return frozenset(_UNIT_RE.sub("", cell) for row in rows for cell in row.cells)


def bare_name(person: str) -> str:
    """A person as `find_persons` finds them, without the form of address."""
    return _ADDRESS_RE.sub("", person)


def find_numbers(text: str) -> list[tuple[int, int]]:
    """Offsets of amounts in digits or words, in order: "14/14", "2,5 tỷ", "mười hai" ("ấp")."""
    return [match.span() for match in _NUMBER_RE.finditer(text)]


def find_ordinals(text: str) -> list[tuple[int, int]]:
    """Offsets of what numbers a thing in a row, in order: "khóa XV", "thứ ba", "hạng 2"."""
    return [match.span() for match in _ORDINAL_RE.finditer(text)]


def find_places(text: str) -> list[tuple[int, int]]:
    """Offsets of names of places with the kind of place before them, in order."""
    return [match.span() for match in _PLACE_RE.finditer(text)]
