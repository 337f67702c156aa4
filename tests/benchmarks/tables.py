"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A head, and rows of as many cells."""
    return "\n".join([_row(head), _row(["---"] * len(head)), *map(_row, rows)])
