"""From the raw text of a file to the text that is quoted: NFC, white space, portal furniture.

The sentences themselves are never touched: every line of the result stands in the original.
"""

from __future__ import annotations

import re

from hoidap.vietnamese.text import fold, nfc, normalize

# More marks on a letter than any script has; composing them takes time quadratic in their number.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
)
# A mark is looked for first, and what is before it only where there is one: a third of the time.
_TOO_MANY_MARKS_RE = re.compile(f"[{_MARKS}](?<=[{_MARKS}]{{31}})[{_MARKS}]*")
# Control characters, without form on paper, would break terminals, XML and messages; those that
# turn the direction of writing would show numbers mirrored. Those that break lines stay for the
# division into lines.
_CONTROL = (
    r"\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
)
_CONTROL_RE = re.compile(f"[{_CONTROL}]")
# Most texts have neither.
_CONTROL_OR_MARK_RE = re.compile(f"[{_CONTROL}{_MARKS}]")

# Lines that a portal's page template puts round every report.
_FURNITURE_LINES = frozenset(
    fold(normalize(line))
    for line in (
        "Xuất bản thông tin",
        "null",
        "undefined",
        "Chi tiết tin",
        "Chi tiết bài viết",
        "Trang chủ",
        "In trang",
        "In bài viết",
        "Gửi email",
        "Gửi bài viết",
        "Chia sẻ",
        "Quay lại",
        "Về đầu trang",
        "Lên đầu trang",
        "Xem thêm",
        "Đọc bài viết",
        "Tin liên quan",
        "Tin khác",
        "Các tin khác",
        "Ý kiến bạn đọc",
        "Gửi bình luận",
    )
)
# Normalising shortens a line by no more than the marks and signs in it.
_LONGEST_FURNITURE = 4 * max(map(len, _FURNITURE_LINES))
# The names of a portal's sections; a line that consists of such names alone is a category line.
_CATEGORIES = tuple(
    sorted(
        (
            fold(normalize(name))
            for name in (
                "Thông tin dự án, đầu tư",
                "Tin tức",
                "Tin tức - Sự kiện",
                "Tin trong huyện",
                "Tin địa phương",
                "Tin hoạt động",
                "Hoạt động của lãnh đạo",
                "Thông tin chỉ đạo điều hành",
                "Thông tin tuyên truyền",
                "Thông báo",
                "Giới thiệu",
                "Văn bản",
                "Văn hóa - Xã hội",
                "Kinh tế - Xã hội",
                "Quốc phòng - An ninh",
                "Chính trị",
                "Cải cách hành chính",
                "Chuyển đổi số",
                "Nông thôn mới",
            )
        ),
        key=len,
        reverse=True,
    )
)
_CATEGORY_LINE_RE = re.compile(
    r"(?:(?:" + "|".join(map(re.escape, _CATEGORIES)) + r")[\s,;:>»|/\\-]*)+"
)
_MORE_LINES_RE = re.compile(r"\n{3,}")
_LETTER_RE = re.compile(r"[^\W_]")
_NULL_TITLE_RE = re.compile(r"(?:(?:null|undefined)\s+)+(?=\S)")
# A portal repeats the title below its header, which is a handful of lines long.
_HEADER_LINES = 8


def split_lines(raw: str) -> list[str]:
    """The lines of ``raw`` in NFC, without white space at their ends and control characters.

    Lone surrogates and marks beyond the thirtieth in a row, which no text has, go too. The rows of
    a table keep a tab for each empty cell that they begin with.
    """
    if _CONTROL_OR_MARK_RE.search(raw) is not None:
        raw = _TOO_MANY_MARKS_RE.sub("", _CONTROL_RE.sub("", raw))
    lines = [nfc(line) for line in raw.splitlines()]
    # One that has its last cell only is told by those beside it.
    rows = {
        beside
        for number, line in enumerate(lines)
        if "\t" in line.strip()
        for beside in (number - 1, number, number + 1)
    }
    return [_row(line) if number in rows else line.strip() for number, line in enumerate(lines)]


def _row(line: str) -> str:
    """A row of a table without white space at its ends, but for the tabs that it begins with."""
    start = line.lstrip()
    return ("\t" * line[: len(line) - len(start)].count("\t") + start).rstrip()


def _is_furniture(line: str) -> bool:
    return len(line) <= _LONGEST_FURNITURE and fold(normalize(line)) in _FURNITURE_LINES


def is_of_template(line: str) -> bool:
    """Whether ``line`` names a page or a section of a portal, and no article."""
    folded = fold(normalize(line))
    return _is_furniture(line) or _CATEGORY_LINE_RE.fullmatch(folded) is not None


def drop_furniture(lines: list[str]) -> list[str]:
    """``lines`` without what a portal's template puts round a report.

    Template lines ("Xuất bản thông tin") go wherever they stand. In the header of a portal page the
    "null" that fills a missing field goes too, together with all that stands above the title where
    the title is repeated, and lines of nothing but section names. A file that shows no sign of a
    portal is left as it is: there, "Kinh tế - Xã hội" may be a heading.
    """
    kept = [line for line in lines if not _is_furniture(line)]
    from_portal = len(kept) < len(lines)
    header = [position for position, line in enumerate(kept) if line][:_HEADER_LINES]
    first = 0
    for order, position in enumerate(header):
        prefix = _NULL_TITLE_RE.match(kept[position])
        if prefix is not None:
            title = kept[position][prefix.end() :]
            repeats = [later for later in header[order + 1 :] if kept[later] == title]
            kept[position] = title
            first = repeats[0] if repeats else position
            from_portal = True
            break
    if from_portal:
        for position in header:
            if _CATEGORY_LINE_RE.fullmatch(fold(normalize(kept[position]))):
                kept[position] = ""
    return kept[first:]


def join_lines(lines: list[str]) -> str:
    """Lines joined by newlines; paragraphs, wherever empty lines stood, by one empty line."""
    text = "\n".join(lines)
    # Most texts of an export are one line.
    return (_MORE_LINES_RE.sub("\n\n", text) if "\n" in text else text).strip("\n")


def clean_text(raw: str) -> str:
    """The text that is quoted, from a file's raw text; empty where nothing in it is visible."""
    text = join_lines(drop_furniture(split_lines(raw)))
    # Looking for one letter is quicker than normalising all of it.
    return text if _LETTER_RE.search(text) or normalize(text).strip() else ""
