"""Tables as text: a line a row, or block by block where a table only sets the letterhead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_HEAD = r"Độc lập\W+Tự do|ĐẢNG CỘNG SẢN VIỆT NAM"
# Tables without rules set side by side who writes and the state's name, or who gets copies and who
# signs.
LETTERHEAD_RE = re.compile(rf"{_HEAD}|^\W*Nơi nhận", re.IGNORECASE | re.MULTILINE)
_HEAD_RE = re.compile(_HEAD, re.IGNORECASE)
_LETTERHEAD_ROWS = 4


def table_texts(rows: Sequence[Sequence[Sequence[str]]]) -> Iterator[str]:
    """The table as one text, its cells divided by tabs, or the texts of its cells.

    These are given where it is no table but a letterhead, or only sets things below each other.
    ``rows`` hold cells, these their paragraphs.
    """
    # The most cells with text that stand side by side.
    width = max((sum(map(bool, row)) for row in rows), default=0)
    if width <= 1 or _is_letterhead(rows, width):
        for row in rows:
            for cell in row:
                yield from cell
        return
    lines = ("\t".join(" ".join(" ".join(cell).split()) for cell in row) for row in rows)
    text = "\n".join(line for line in lines if line.strip())
    if text:
        yield text


def _is_letterhead(rows: Sequence[Sequence[Sequence[str]]], width: int) -> bool:
    """Whether a table sets the head or the foot of a document; ``width`` is in cells with text."""
    # In a table of three columns, where copies go is said of something else.
    pattern = LETTERHEAD_RE if width <= 2 else _HEAD_RE
    texts = "\n".join(text for row in rows for cell in row for text in cell)
    return len(rows) <= _LETTERHEAD_ROWS and pattern.search(texts) is not None
