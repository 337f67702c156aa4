"""What an administrative document says of itself at its head and foot.

Vietnamese offices write by one layout: who issues it, "Số: 123/BC-UBND", "Cao Lãnh, ngày 26 tháng 3
năm 2021", the kind of document in capitals and under it what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hoidap.vietnamese.dates import Precision, find_dates
from hoidap.vietnamese.text import fold, normalize

# Lines at the head within which the layout is looked for, and characters of a line of it: what is
# longer is a paragraph, or a subject that fills several lines of print.
_HEAD_LINES = 40
_FOOT_LINES = 25
_LONGEST_LINE = 300
_MAX_TITLE = 400
# Characters of a line that names an office.
_LONGEST_OFFICE = 100
# Lines of the subject below the kind of document.
_SUBJECT_LINES = 4
# Characters of a line with a full stop that may be a subject and no paragraph.
_LONGEST_SUBJECT = 150
_CLOSING = (".", ";", ":")

# Scans have the one or the other slash.
_NUMBER = (
    r"(?:ố|Ố)\s?:?\s*(\d{1,5}[A-Za-z]?\s?(?:[/⁄]{1,2}\s?(?:\d{4}\s?/\s?)?|-)\s?"
    r"[A-ZĐƯ][\w.&]*(?:\s?[-–/]\s?[A-ZĐƯ][\w.&]*)*(?:\s?\([A-ZĐƯ\d.&-]+\))?)"
)
_NUMBER_RE = re.compile(rf"(?:^|.{{0,40}}\s)[Ss]{_NUMBER}[\s.]*$")
# The same with the number left to be written by hand.
_UNNUMBERED_RE = re.compile(r"(?:Số|SỐ)\s?:?[\s.…_]*[/-]\s?(?:\d{4}/)?[A-ZĐƯ][\w.&/–-]*")
_NUMBER_LABEL_RE = re.compile(r"\s[Ss]ố\b")
_PLACE = r"(?P<place>[^\W\d_][\w\s.,-]{0,60}),\s*"
_DAY = (
    r"(?P<day>(?i:ngày)\s+\d{1,2}"
    r"(?:\s*(?i:tháng)\s*\d{1,2}\s*(?i:năm)\s*|[/.-]\d{1,2}[/.-])\d{4})\W*"
)
_DATED_RE = re.compile(f"{_PLACE}{_DAY}")
# Without the comma: a place in that case is names alone, and no day of the week.
_DATED_PLAINLY_RE = re.compile(
    rf"(?!Thứ\b|Chủ\b)(?P<place>[^\W\d_]+(?:\s+[^\W\d_]+){{1,3}})\s+{_DAY}"
)
# The same with what is left to be written by hand, and with the month alone.
_OPEN = r"[\s\d.…_/]*"
_UNDATED_RE = re.compile(rf"{_PLACE}ngày(?:{_OPEN}tháng{_OPEN}năm|[\s.…_]*/){_OPEN}", re.IGNORECASE)
_MONTH_RE = re.compile(rf"{_PLACE}tháng{_OPEN}(?:năm{_OPEN})?", re.IGNORECASE)
# Number and day in one line, as in letters without columns.
_NUMBERED_AND_DATED_RE = re.compile(rf"S{_NUMBER}\s*[,;]?\s+{_DAY}")
# Laws and resolutions have the day at their end.
_PASSED_RE = re.compile(
    r"thông\s+qua\s+(?:vào\s+)?(ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})"
)
_KINDS = (
    "báo cáo", "báo cáo nhanh", "báo cáo tóm tắt", "báo cáo tổng kết", "báo cáo sơ kết",
    "báo cáo kết quả", "báo cáo chuyên đề", "tờ trình", "kế hoạch", "chương trình", "phương án",
    "đề án", "dự án", "quyết định", "nghị quyết", "chỉ thị", "thông báo", "thông tư",
    "thông tư liên tịch", "nghị định", "hướng dẫn", "quy chế", "quy định", "kết luận", "biên bản",
    "công văn", "công điện", "giấy mời", "luật", "pháp lệnh", "lệnh", "diễn văn", "tham luận",
    "bản tin", "thông cáo", "thông cáo báo chí", "hợp đồng", "đề cương", "thư mời", "phiếu chuyển",
    "lịch làm việc", "lịch công tác", "lịch họp", "lịch tiếp công dân", "lịch tiếp dân",
    "lịch trực", "lịch thời vụ", "lịch tiêm chủng", "thuyết minh", "nội quy", "điều lệ",
)  # fmt: skip
_BY_FOLDED = {fold(kind): kind for kind in _KINDS}
# What begins like a kind of document and is a profession or a heading.
_NO_KINDS = frozenset(
    map(fold, ("báo cáo viên", "hướng dẫn viên", "luật gia", "luật sư", "quy định chung",
               "quy định khác", "kết luận chung"))
)  # fmt: skip
# Kinds that name who decides, in capitals, below what they are about.
_DECIDED = frozenset({"quyết định", "nghị quyết", "nghị định", "thông tư", "chỉ thị"})
_LETTER = "công văn"
# Words that end no subject: it goes on in the next line, whatever that begins with.
_UNENDED_RE = re.compile(
    r"\b(?:với|của|và|hoặc|về|về việc|cho|tại|thông qua|là|trong|theo|do|bởi|từ|đến|thực hiện"
    r"|công tác)$",
    re.IGNORECASE,
)
# Forms and annexes have numbers of their own.
_FORM_RE = re.compile(r"\(?(?:Biểu|Mẫu|Bảng|Phụ lục)\b", re.IGNORECASE)
# The number of one, which stands above its title.
_LABEL_RE = re.compile(
    r"(?:Phụ lục|Biểu|Mẫu)(?: số)?:?(?: [\dIVXLCA-Z][\w./-]*)?(?: ?\(tiếp theo\))?", re.IGNORECASE
)
# How the subject of a letter begins, which stands below its number.
_ABOUT_RE = re.compile(r"(?:V/v|Về việc)\b", re.IGNORECASE)
_BODY_RE = re.compile(
    # What begins like an office and is what a document is about.
    r"(?!(?:BAN HÀNH|BỘ TIÊU CHÍ|HỘI (?:NGHỊ|THẢO|THI|THAO)|PHÒNG,? CH(?:ÁY|ỐNG)|THÀNH LẬP)\b)"
    r"(?:ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG|HĐND|BỘ|SỞ|PHÒNG|CHI CỤC|CỤC|TỔNG CỤC|VĂN PHÒNG|BAN|ĐẢNG|"
    r"HUYỆN|TỈNH|THÀNH|THỊ|XÃ|PHƯỜNG|MẶT TRẬN|LIÊN ĐOÀN|HỘI|ĐOÀN|CÔNG AN|TÒA|TOÀ|VIỆN|TRUNG TÂM|"
    r"TRƯỜNG|CHÍNH PHỦ|QUỐC HỘI|THỦ TƯỚNG|CHỦ TỊCH|KHO BẠC|CHI NHÁNH|CÔNG TY|THANH TRA|"
    r"UBMTTQ|MTTQ|BCH|BCĐ|BHXH|BẢO HIỂM|LĐLĐ|NGÂN HÀNG|ĐÀI|TRẠM|CHI BỘ|CHI ĐOÀN|BỆNH VIỆN|"
    r"HỢP TÁC XÃ|HẠT|THỐNG KÊ|TỔ CÔNG TÁC)\b"
)
_STATE_RE = re.compile(
    r"CỘNG H[ÒO][ÀA]? XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM|Độc lập\W+Tự do", re.IGNORECASE
)
_STATE_LINE_RE = re.compile(
    r"(?:CỘNG H[ÒO][ÀA]? XÃ HỘI CHỦ NGHĨA|ĐẢNG CỘNG SẢN) VIỆT NAM|Độc lập\W+Tự do\W+Hạnh phúc\W*",
    re.IGNORECASE,
)
# Where the text proper begins: what stands there is no subject any more.
_BODY_TEXT_RE = re.compile(
    r"(?:Căn cứ|Thực hiện|Theo|Kính gửi|Để |[IVX]{1,4}[.)]|\d{1,2}[.)]|Điều \d|Chương "
    r"|Phần (?:thứ|[IVX\d])|[-+•]|Hôm nay\b|Vào (?:lúc|hồi)\b"
    r"|(?:Thời gian|Địa điểm|Thành phần)[^:]{0,20}:|Thứ (?:Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7])\b"
    # What heads the columns of a schedule.
    r"|(?:S?TT|Thứ|Ngày|Buổi|Giờ)(?:$|[,/ ]*(?:tháng|thứ|ngày|buổi|giờ)\b))"
)
_DIVIDER_RE = re.compile(r"\t|\s[-_*=]{3,}(?:\s|$)")
# Blanks between two columns; not those that are left to be filled in by hand, as in "ngày      /5".
_GAP_RE = re.compile(
    r"(?<=[^\s,:/])(?<!\bsố)(?<!\bngày)(?<!\btháng)(?<!\bnăm)\s{3,}(?!tháng\b|năm\b)(?=[^\s/.…])",
    re.IGNORECASE,
)
# What is stamped on a document beside who issued it.
_STAMP_RE = re.compile(r"\(?(?:DỰ THẢO|HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN|KHẨN|MẬT)\b")
# What narrow columns leave one blank before: the state's name, the motto, place and day.
_BESIDE_RE = re.compile(
    r"(?P<left>.{4,80}?) (?P<right>CỘNG H[ÒO][ÀA]? XÃ HỘI CHỦ NGHĨA VIỆT NAM\W*"
    rf"|Độc lập\W{{1,3}}Tự do\W{{1,3}}Hạnh phúc\W*|{_PLACE}ngày\b.*)"
)
_TRIVIAL_RE = re.compile(r"[\s\-–—_*=.oO0]*")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What was found; None where it was not.

    ``undated``: a line is there for the day, and no day in it.
    """

    title: str | None = None
    date: date | None = None
    undated: bool = False
    number: str | None = None
    source: str | None = None
    kind: str | None = None


def read_letterhead(text: str) -> Letterhead:
    """Title, day, number, issuing body and kind of the document with this (clean) text."""
    lines = _lines(text.split("\n", 4 * _HEAD_LINES)[: 4 * _HEAD_LINES])[:_HEAD_LINES]
    offices = _offices_in_small_letters(lines)
    kind_at, kind, title = _title(lines, _below_head(lines, offices))
    number_at, number = _number(lines, len(lines) if kind_at is None else kind_at)
    if number_at is None:
        number_at = _unnumbered(lines[:kind_at])
    head = lines[: kind_at if kind_at is not None else 12]
    day = _day(head)
    if day is None and number_at is not None:
        both = _NUMBERED_AND_DATED_RE.fullmatch(lines[number_at])
        day = _only(both["day"]) if both is not None else None
    if day is None and (number is not None or kind is not None):
        # Minutes and speeches are dated at their foot.
        day = _day(_lines(text[-4000:].split("\n"))[-_FOOT_LINES:])
    if day is None and kind is not None and (passed := _PASSED_RE.search(text[-4000:])):
        day = _only(passed[1])
    if kind is None and number_at is not None:
        kind, title = _letter(lines[number_at + 1 :])
    before = number_at if number_at is not None else kind_at
    has_layout = number_at is not None or any(map(_names_state, lines))
    # Also where nothing but offices stands above the kind.
    has_layout |= bool(kind_at) and all(map(_is_body, lines[:kind_at]))
    return Letterhead(
        title=title,
        date=day,
        undated=day is None
        and (any(map(_UNDATED_RE.fullmatch, lines)) or (has_layout and _names_month(head))),
        number=number,
        source=_source(lines[:before], offices) if before is not None and has_layout else None,
        kind=kind,
    )


def first_line_below(text: str) -> str:
    """The first line of ``text`` that is none of its letterhead's; empty where there is none.

    The number of an annex or a form says nothing without the line below it.
    """
    raw = text.split("\n", 4 * _HEAD_LINES)[: 4 * _HEAD_LINES]
    lines = _lines(raw)
    has_layout = any(map(_is_sure, lines))
    offices = _offices_in_small_letters(lines)
    label = ""
    for line in raw:
        cells = (cell for cell in _lines([line]) if cell not in offices)
        if not any(not (has_layout and _is_of_head(cell)) for cell in cells):
            continue
        if not label and _LABEL_RE.fullmatch(line.strip(" #*.:")):
            label = line
        else:
            return f"{label} {line}" if label and not _is_of_annex(line) else label or line
    return label


def _is_of_annex(line: str) -> bool:
    """Whether ``line`` tells only what an annex goes with, or is no line of words."""
    return line.startswith("(") or "\t" in line


def _is_sure(line: str) -> bool:
    """Whether ``line`` can stand in a letterhead only: the state, the motto or a number."""
    number = _NUMBER_RE.match(line) if line[:2].lower() == "số" else None
    patterns = _STATE_LINE_RE, _NUMBERED_AND_DATED_RE, _UNNUMBERED_RE
    return number is not None or any(pattern.fullmatch(line) for pattern in patterns)


def _is_of_head(line: str) -> bool:
    """Whether ``line`` belongs to a letterhead if there is one: place and day, or a body too."""
    return _is_sure(line) or _is_dated(line) or _is_body(line)


def _is_dated(line: str) -> bool:
    """Whether ``line`` is that of place and day, also where the day is left open."""
    open_patterns = _UNDATED_RE, _MONTH_RE
    return _dated(line) is not None or any(pattern.fullmatch(line) for pattern in open_patterns)


def _dated(line: str) -> re.Match[str] | None:
    """The place and day that are all of ``line``; None where it is another."""
    plainly = _DATED_PLAINLY_RE.fullmatch(line)
    if plainly is not None and all(map(str.istitle, plainly["place"].split())):
        return plainly
    return _DATED_RE.fullmatch(line)


def is_title_below_office(office: str, line: str) -> bool:
    """Whether ``line`` names the kind of a document below who issues it, both in capitals."""
    return _is_body(office) and _kind_of(line) is not None


def _is_body(line: str) -> bool:
    """Whether ``line`` names an office in capitals."""
    return _BODY_RE.match(line) is not None and line.isupper()


def _is_office(line: str) -> bool:
    """Whether ``line`` may name an office in small letters, where a letterhead has one."""
    if len(line) > _LONGEST_OFFICE or line.endswith(_CLOSING) or _is_dated(line):
        return False
    return _BODY_RE.match(line.upper()) is not None


def _offices_in_small_letters(lines: Sequence[str]) -> list[str]:
    """The lines that name who issues the document above the first that is sure to be of its head.

    None where other lines stand there.
    """
    first = next((place for place, line in enumerate(lines) if _is_sure(line)), 0)
    named = [line for line in lines[:first] if not (_is_of_head(line) or _STAMP_RE.match(line))]
    if not named or not _is_office(named[0]):
        return []
    return named if all(_is_office(line) or line[0].islower() for line in named) else []


def _lines(raw: Sequence[str]) -> list[str]:
    """Lines with content; the cells of a row, and what lines or blanks divide, each by itself."""
    parts = (part for line in raw for part in _DIVIDER_RE.split(line))
    cells = (cell.strip(" #*,") for part in parts for cell in _columns(part))
    return [cell for cell in cells if not _TRIVIAL_RE.fullmatch(cell)]


def _columns(line: str) -> list[str]:
    """What blanks divide in ``line``, and what stands beside an office or a number.

    A kind of document that is spaced out is not divided, nor prose.
    """
    if len(line) > _LONGEST_LINE or _kind_of(line) is not None:
        return [line]
    beside = _BESIDE_RE.fullmatch(line)
    if beside is not None:
        left, right = beside["left"], beside["right"]
        if _is_body(left) or _is_numbered(left) or _UNNUMBERED_RE.fullmatch(left):
            return [left, right]
    return _GAP_RE.split(line)


def _names_state(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and _STATE_RE.search(line) is not None


def _number(lines: Sequence[str], kind_at: int) -> tuple[int | None, str | None]:
    """Where the document's number stands, and the number.

    From ``kind_at`` on stands what the document is about, which may be another one.
    """
    for place, line in enumerate(lines):
        match = _NUMBER_RE.match(line) or _NUMBERED_AND_DATED_RE.fullmatch(line)
        # "Căn cứ Nghị quyết số ..." is of another document, "Biểu số ..." of a form.
        of_other = _BODY_TEXT_RE.match(line) or _ABOUT_RE.match(line) or _FORM_RE.match(line)
        goes_on = line[0].islower() and not line.startswith("số")
        if match is None or of_other or goes_on or (place >= kind_at and not _is_numbered(line)):
            continue
        return place, re.sub(r"\s+", "", re.sub("[/⁄]+", "/", match[1])).rstrip(".")
    return None, None


def _unnumbered(lines: Sequence[str]) -> int | None:
    """Where the number of a document is left open; None where it is not."""
    places = (place for place, line in enumerate(lines) if _UNNUMBERED_RE.fullmatch(line))
    return next(places, None)


def _is_numbered(line: str) -> bool:
    """Whether ``line`` is nothing but a number; a subject may end with that of another document."""
    return line.startswith(("Số", "SỐ")) and _NUMBER_RE.match(line) is not None


def _day(lines: Sequence[str]) -> date | None:
    """The day in the line of place and day, or the two that a narrow column makes of it."""
    for place, line in enumerate(lines):
        both = " ".join(lines[place : place + 2])
        match = _dated(line) or _dated(both)
        if match is None:
            continue
        return _only(match["day"])
    return None


def _names_month(lines: Sequence[str]) -> bool:
    """Whether a month stands where the day belongs: "Cao Lãnh, tháng 6 năm 2024"."""
    return any(map(_MONTH_RE.fullmatch, lines))


def _only(written: str) -> date | None:
    """The day that is written so; None where there is no such day."""
    periods = [mention.period for mention in find_dates(written)]
    period = periods[0] if len(periods) == 1 else None
    return period.start if period is not None and period.precision is Precision.DAY else None


def _folded(line: str) -> str:
    return " ".join(fold(normalize(line)).strip(" .:,*-").split())


def _kind_of(line: str) -> str | None:
    """The kind of document that a line in capitals names, alone or with what it is about."""
    return _named_kind(line) if line.isupper() else None


def _named_kind(line: str) -> str | None:
    """The kind of document that ``line`` begins with, in capitals or not."""
    if len(line) > _LONGEST_LINE:
        return None
    folded = _folded(line)
    if folded in _NO_KINDS:
        return None
    words = folded.split()
    firsts = (" ".join(words[:length]) for length in range(min(4, len(words)), 0, -1))
    return next((_BY_FOLDED[first] for first in firsts if first in _BY_FOLDED), None)


def _title(
    lines: Sequence[str], below_head: int | None
) -> tuple[int | None, str | None, str | None]:
    """Where the kind of document stands, the kind, and kind and subject as a title.

    It is in capitals but at ``below_head``.
    """
    for place, line in enumerate(lines):
        kind = _named_kind(line) if place == below_head else _kind_of(line)
        if kind is None:
            continue
        return place, kind, _with_subject(line.rstrip(" :."), lines[place + 1 :], kind)
    return None, None, None


def _below_head(lines: Sequence[str], offices: Sequence[str]) -> int | None:
    """Where the first line below the letterhead stands, if it may be a title in small letters.

    ``offices`` are the lines of the letterhead that name one in small letters.
    """
    for place, line in enumerate(lines):
        if _is_of_head(line) or _STAMP_RE.match(line) or line in offices:
            continue
        if _NUMBER_RE.match(line) and _folded(_NUMBER_LABEL_RE.split(line)[0]) in _BY_FOLDED:
            continue  # "Luật số: 27/2001/QH10"
        ends = (".", ";") if _folded(line) in _BY_FOLDED else _CLOSING
        return place if place and line[0].isupper() and not line.endswith(ends) else None
    return None


def _letter(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """The kind and subject of a letter by the ``lines`` below its number, which names no kind."""
    for place, line in enumerate(lines[:_SUBJECT_LINES]):
        if len(line) <= _LONGEST_LINE and _ABOUT_RE.match(line):
            return _LETTER, _with_subject(line, lines[place + 1 :], _LETTER)
    return None, None


def _with_subject(first: str, lines: Sequence[str], kind: str) -> str:
    """A title by its first line and the lines below it."""
    parts = [first]
    # What stands between the kind of document and who decides is all subject, and of a letter what
    # stands above the other column or those who get it.
    ends = _is_body if kind in _DECIDED else _is_below_letter if kind == _LETTER else None
    is_bounded = ends is not None and any(map(ends, lines[: _SUBJECT_LINES + 1]))
    for below in lines[:_SUBJECT_LINES]:
        if _ends_subject(below, parts, kind, is_bounded=is_bounded):
            break
        parts.append(below)
        if below.endswith((".", ":")):
            break
    title = " ".join(parts).strip()
    if len(title) <= _MAX_TITLE:
        return title
    return title[:_MAX_TITLE].rsplit(" ", 1)[0] + " …"


def _is_below_letter(line: str) -> bool:
    """Whether ``line`` stands below the subject of a letter, or in the column beside it."""
    return _names_state(line) or _is_of_head(line) or line.startswith("Kính gửi")


def _ends_subject(line: str, parts: Sequence[str], kind: str, *, is_bounded: bool) -> bool:
    """Whether ``line`` stands below the subject rather than in it.

    ``is_bounded``: what stands below the subject is known.
    """
    if kind == _LETTER and _is_below_letter(line):
        return True
    if _BODY_TEXT_RE.match(line) or _is_numbered(line) or _dated(line):
        return True
    if kind in _DECIDED and _is_body(line):
        return True
    alone = _folded(parts[0]) in _BY_FOLDED
    if len(parts) == 1 and kind != _LETTER and (alone or parts[0].isupper()):
        if len(line) > _LONGEST_LINE:
            return line.endswith(_CLOSING)
        # A kind that says more already is seldom followed by a subject with a full stop.
        if not alone:
            return line.endswith((".", ":"))
        return line.endswith(".") and len(line) > _LONGEST_SUBJECT
    if len(line) > _LONGEST_LINE:
        return True
    above = parts[-1]
    written = " ".join(parts)
    # A subject in small letters ends where capitals come: the body that decides.
    unfinished = above.endswith(("-", ",")) and above.isupper() == line.isupper()
    unfinished |= len(parts) > 1 and above.isupper() and line.isupper()
    unfinished |= written.count("(") > written.count(")")
    goes_on = line[0].islower() or line[0].isdigit() or line.startswith("(") or unfinished
    if is_bounded or _UNENDED_RE.search(above):
        goes_on |= len(line) <= _LONGEST_SUBJECT and not line.endswith(_CLOSING)
    return not goes_on or (line.endswith(".") and not unfinished)


def _source(lines: Sequence[str], offices: Sequence[str]) -> str | None:
    """Who issued the document: those of the lines above its number that name an office.

    ``offices`` are those in small letters.
    """
    named: list[str] = []
    for line in lines:
        cut = line.strip(" -–_*")
        if _STATE_RE.search(cut) or _STAMP_RE.match(cut) or cut in named:
            continue
        continues = bool(named) and not _BODY_RE.match(cut)
        in_capitals = cut.isupper() and (continues or _BODY_RE.match(cut)) and not _kind_of(cut)
        if in_capitals or line in offices:
            named.append(cut)
    return " ".join(named[-3:]) if named else None
