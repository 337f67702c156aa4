"""From a report to its passages: paragraphs of a size that can be found, read and quoted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from hoidap.documents import Report, Span
from hoidap.vietnamese.sentences import sentence_spans, trim_span

# Raise when the same report would be divided differently than before.
SPLITTER_VERSION = 2

# Characters. A paragraph of administrative prose has 300 to 1,500; a reader on a phone sees about
# 1,000 on a screen, and Telegram takes 4,096 a message.
MAX_PASSAGE = 1500
# Paragraphs this short, such as the clauses of a list, are one passage within a section, up to so
# many characters together: alone they say too little (law articles: nDCG@10 of the words 96.1
# alone, 97.0 together).
SHORT = 400
JOINED = 1000
# A line this short without a full stop is a caption or a heading, not a paragraph.
_MAX_CAPTION = 160
# A paragraph with its headings and captions.
_MAX_GROUP = MAX_PASSAGE + 2 * _MAX_CAPTION

_BLANK_LINE_RE = re.compile(r"\n[^\S\n]*\n")
_HEADING_RE = re.compile(
    r"(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)[.)/]\s|Điều \d|Chương |Phần |#"
)
# Headings of reports and laws from the outermost in; any other stands within all of these.
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        r"Phần ",
        r"Chương ",
        r"(?:[IVXLC]{1,6}|[A-ZĐ])[.)/]\s",
        r"Điều \d",
        r"\d{1,2}[.)/]\s",
        r"\d{1,2}\.\d",
    )
)
_CAPITALS = 2  # the level of a heading in capitals without a number
_CLAUSE = 4  # the first level that numbers paragraphs rather than sections


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span as `trim_span` trims it, but with the tabs that the row of a table begins with."""
    span = trim_span(text, start, end)
    if span is None:
        return None
    first, last = span
    while first > start and text[first - 1] == "\t":
        first -= 1
    return first, last


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Blocks between empty lines; each line by itself where a block's lines are paragraphs."""
    start = 0
    bounds = [match.span() for match in _BLANK_LINE_RE.finditer(text)]
    for end, following in [*bounds, (len(text), len(text))]:
        block = _trimmed(text, start, end)
        start = following
        if block is None:
            continue
        lines = text[block[0] : block[1]].split("\n")
        # Text wrapped at a fixed width breaks inside sentences: no line of it is a paragraph.
        wrapped = sum(not line.rstrip().endswith((".", ";", ":", "!", "?")) for line in lines[:-1])
        if len(lines) == 1 or (wrapped * 2 > len(lines) - 1 and max(map(len, lines)) <= 120):
            yield block
            continue
        position = block[0]
        for line in lines:
            trimmed = _trimmed(text, position, position + len(line))
            position += len(line) + 1
            if trimmed is not None:
                yield trimmed


def _hard_cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence too long for a passage, cut at white space, or anywhere where it has none."""
    while end - start > MAX_PASSAGE:
        cut = text.rfind(" ", start + MAX_PASSAGE // 2, start + MAX_PASSAGE)
        if cut < 0:
            cut = start + MAX_PASSAGE
        yield start, cut
        start = cut
    yield start, end


def _divide(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph in stretches of at most `MAX_PASSAGE` characters, at sentence ends if it can."""
    if end - start <= MAX_PASSAGE:
        yield start, end
        return
    pieces = [
        piece
        for sentence in sentence_spans(text[start:end])
        for cut in _hard_cuts(text, start + sentence[0], start + sentence[1])
        if (piece := trim_span(text, *cut)) is not None
    ]
    # Even stretches: a paragraph slightly too long becomes two halves, not a whole and a scrap.
    size = (end - start) / -(-(end - start) // MAX_PASSAGE)
    first, last = pieces[0]
    for piece_start, piece_end in pieces[1:]:
        longer = piece_end - first
        if longer > MAX_PASSAGE or abs(longer - size) > abs(last - first - size):
            yield first, last
            first = piece_start
        last = piece_end
    yield first, last


def _is_paragraph(text: str) -> bool:
    """Whether all of ``text`` is one paragraph: most texts of an export, and most passages."""
    one = len(text) <= MAX_PASSAGE and "\n" not in text and not _is_caption(text)
    return one and text == text.strip()


def _is_caption(stretch: str) -> bool:
    return len(stretch) <= _MAX_CAPTION and "\n" not in stretch and not stretch.endswith(".")


def _is_heading(stretch: str) -> bool:
    return stretch.endswith(":") or bool(_HEADING_RE.match(stretch)) or stretch.isupper()


def _level(heading: str) -> int:
    """How deep a heading stands: 0 for the outermost."""
    levels = (level for level, pattern in enumerate(_LEVELS) if pattern.match(heading))
    return next(levels, _CAPITALS if heading.isupper() else len(_LEVELS))


class _Headings:
    """The headings that govern the place reached in a report."""

    def __init__(self) -> None:
        self._lead: tuple[int, int] | None = None
        self._open: dict[int, tuple[int, int]] = {}

    def lead(self, start: int, end: int) -> None:
        """Enter a line at the head of the report, which stands over all of it."""
        self._lead = start, end

    def enter(self, start: int, end: int, level: int) -> None:
        """Enter a heading, which closes those of its level and deeper ones."""
        self._open = {outer: span for outer, span in self._open.items() if outer < level}
        self._open[level] = start, end

    def over(self) -> tuple[tuple[int, int], ...]:
        """Those that are open, the outermost first."""
        lead = () if self._lead is None else (self._lead,)
        return (*lead, *(self._open[level] for level in sorted(self._open)))


def _groups(text: str, stretches: list[tuple[int, int]]) -> Iterator[Span]:
    """Paragraphs with their headings above and their captions below, none divided further."""
    headings = _Headings()
    group: Span | None = None
    pending: tuple[int, int] | None = None  # headings that wait for their paragraph
    for start, end in stretches:
        if pending is not None and end - pending[0] > _MAX_GROUP:
            if group is not None:
                yield group
            group, pending = Span(*pending, headings=headings.over()), None
        stretch = text[start:end]
        caption = _is_caption(stretch)
        first = start if pending is None else pending[0]
        if caption and (_is_heading(stretch) or group is None):
            if pending is None and group is None:
                headings.lead(start, end)
            else:
                headings.enter(start, end, _level(stretch))
            pending = first, end
        elif caption and pending is None and group is not None and end - group.start <= _MAX_GROUP:
            group = replace(group, end=end)
        else:
            if group is not None:
                yield group
            group, pending = Span(first, end, headings=headings.over()), None
    if group is not None:
        yield group
    if pending is not None:
        yield Span(*pending, headings=headings.over())


def split_passages(report: Report) -> list[Span]:
    """The passages of ``report``, in order, not overlapping, none much longer than `MAX_PASSAGE`.

    A caption or short line joins the paragraph above it, a heading the one below. Short paragraphs
    of one section are one passage: a clause of a list says little by itself. The title line at the
    head is no passage (every passage carries the title), unless it is all there is. Apart from it
    every visible character of the report is in one passage.
    """
    text = report.text
    if _is_paragraph(text):
        return [Span(0, len(text), page=_page(report.pages, 0))]
    stretches = [piece for block in _paragraphs(text) for piece in _divide(text, *block)]
    if len(stretches) > 1 and text[slice(*stretches[0])].lstrip("# ") == report.title:
        del stretches[0]
    joined: list[Span] = []
    short = False
    for group in _groups(text, stretches):
        is_short = group.end - group.start <= SHORT
        if (
            joined
            and short
            and is_short
            and group.end - joined[-1].start <= JOINED
            and not _opens_section(text, group)
        ):
            joined[-1] = replace(joined[-1], end=group.end)
        else:
            joined.append(replace(group, page=_page(report.pages, group.start)))
        short = is_short
    return joined


def split_pieces(text: str) -> list[tuple[int, int]]:
    """The paragraphs of a passage, with their headings and captions: offsets, in order.

    Each is encoded by itself: the mean of many clauses is near to none of them.
    """
    if _is_paragraph(text):
        return [(0, len(text))]
    stretches = [piece for block in _paragraphs(text) for piece in _divide(text, *block)]
    return [(group.start, group.end) for group in _groups(text, stretches)]


def _opens_section(text: str, group: Span) -> bool:
    """Whether a group begins with a heading that is more than the number of a clause."""
    if not any(start == group.start for start, _ in group.headings):
        return False
    return _level(text[group.start : group.end].split("\n", 1)[0]) < _CLAUSE


def _page(pages: tuple[int, ...], offset: int) -> int | None:
    return bisect_right(pages, offset) if pages else None
