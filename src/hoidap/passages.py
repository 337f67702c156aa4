"""From a report to its passages: paragraphs of a size that can be found, read and quoted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from hoidap.documents import Report, Span
from hoidap.vietnamese.sentences import sentence_spans, trim_span

# Raise when the same report would be divided differently than before.
SPLITTER_VERSION = 1

# Characters. A paragraph of administrative prose has 300 to 1,500; a reader on a phone sees about
# 1,000 on a screen, and Telegram takes 4,096 a message.
MAX_PASSAGE = 1500
# A line this short without a full stop is a caption or a heading, not a paragraph.
_MAX_CAPTION = 160
# A paragraph with its headings and captions.
_MAX_GROUP = MAX_PASSAGE + 2 * _MAX_CAPTION

_BLANK_LINE_RE = re.compile(r"\n[^\S\n]*\n")
_HEADING_RE = re.compile(
    r"(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)[.)/]\s|Điều \d|Chương |Phần |#"
)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Blocks between empty lines; each line by itself where a block's lines are paragraphs."""
    start = 0
    bounds = [match.span() for match in _BLANK_LINE_RE.finditer(text)]
    for end, following in [*bounds, (len(text), len(text))]:
        block = trim_span(text, start, end)
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
            trimmed = trim_span(text, position, position + len(line))
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


def _is_caption(stretch: str) -> bool:
    return len(stretch) <= _MAX_CAPTION and "\n" not in stretch and not stretch.endswith(".")


def _is_heading(stretch: str) -> bool:
    return stretch.endswith(":") or bool(_HEADING_RE.match(stretch)) or stretch.isupper()


def split_passages(report: Report) -> list[Span]:
    """The passages of ``report``, in order, not overlapping, none much longer than `MAX_PASSAGE`.

    A caption or short line joins the paragraph above it, a heading the one below. The title line
    at the head is no passage (every passage carries the title), unless it is all there is. Apart
    from it every visible character of the report is in one passage.
    """
    text = report.text
    stretches = [piece for block in _paragraphs(text) for piece in _divide(text, *block)]
    if len(stretches) > 1 and text[slice(*stretches[0])].lstrip("# ") == report.title:
        del stretches[0]
    groups: list[tuple[int, int]] = []
    pending: tuple[int, int] | None = None  # headings that wait for their paragraph
    for start, end in stretches:
        if pending is not None and end - pending[0] > _MAX_GROUP:
            groups.append(pending)
            pending = None
        stretch = text[start:end]
        caption = _is_caption(stretch)
        first = start if pending is None else pending[0]
        if caption and (_is_heading(stretch) or not groups):
            pending = first, end
        elif caption and pending is None and end - groups[-1][0] <= _MAX_GROUP:
            groups[-1] = groups[-1][0], end
        else:
            groups.append((first, end))
            pending = None
    if pending is not None:
        groups.append(pending)
    return [Span(start, end, _page(report.pages, start)) for start, end in groups]


def _page(pages: tuple[int, ...], offset: int) -> int | None:
    return bisect_right(pages, offset) if pages else None
