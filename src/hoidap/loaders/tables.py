"""Tables as text: a line a row, or block by block where a table only sets the letterhead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Tables without rules that set side by side who writes and the state's name, or who gets copies
# and who signs.
LETTERHEAD_RE = re.compile(
    r"Độc lập\W+Tự do|ĐẢNG CỘNG SẢN VIỆT NAM|^\W*Nơi nhận", re.IGNORECASE | re.MULTILINE
)
_LETTERHEAD_ROWS = 4


def table_texts(rows: Sequence[Sequence[Sequence[str]]]) -> Iterator[str]:
    """The table as one text, its cells divided by tabs; a letterhead as the texts of its cells.

    ``rows`` hold cells, these their paragraphs.
    """
    if len(rows) <= _LETTERHEAD_ROWS and LETTERHEAD_RE.search(
        "\n".join(text for row in rows for cell in row for text in cell)
    ):
        for row in rows:
            for cell in row:
                yield from cell
        return
    lines = ("\t".join(" ".join(" ".join(cell).split()) for cell in row) for row in rows)
    text = "\n".join(line for line in lines if line.strip())
    if text:
        yield text
