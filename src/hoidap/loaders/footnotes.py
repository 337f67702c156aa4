"""Notes at the foot of a printed page, which stand in the way of a text that runs over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median_low

from hoidap.loaders.layout import Line, Page, gap_behind, rows_of

# "1 Theo báo cáo", "[2] Số liệu", "* Gồm cả".
_NOTE_RE = re.compile(
    r"(?:\d{1,3}|[¹²³⁰⁴-⁹]{1,3}|\(\d{1,3}\)|\[\d{1,3}\]|\*{1,3}) ?[“\"]?(?P<first>\w)"
)
# Share of the usual size of a page's letters that those of its notes have at most: 12 of 14 points.
_SMALL = 0.9


def with_notes_apart(page: Page) -> Page:
    """``page`` with the lines at its foot that are notes, in smaller type with a mark, as such."""
    notes = _notes(page)
    if not notes:
        return page
    kept = tuple(line for line in page.lines if line not in notes)
    return replace(page, lines=kept, notes=tuple(_texts(notes)))


def _notes(page: Page) -> Sequence[Line]:
    """The lines of a page's notes from the top down."""
    sizes = [line.size for line in page.lines if line.size is not None]
    if len(sizes) < len(page.lines) or not sizes:
        return []
    small = _SMALL * median_low(sizes)
    end_of_tables = max((table.bottom for table in page.tables), default=0.0)
    notes: list[Line] = []
    for row in reversed(list(rows_of(page.lines))):
        # What stands side by side is of a table.
        if len(row) > 1 or row[0].top < end_of_tables or (row[0].size or 0.0) > small:
            break
        notes.append(row[0])
    while notes and not _begins_note(notes[-1]):
        notes.pop()
    return notes[::-1]


def _begins_note(line: Line) -> bool:
    found = _NOTE_RE.match(line.text)
    return found is not None and found["first"].isupper()


def _texts(lines: Iterable[Line]) -> Iterator[str]:
    """The text of each note."""
    text = ""
    for line in lines:
        if text and _begins_note(line):
            yield text
            text = ""
        text += f"{gap_behind(text)}{line.text}" if text else line.text
    yield text
