"""Quotes as a page shows them: text in stretches, marked or not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hoidap.documents import Citation, Quote
from hoidap.web.texts import Texts


class Stretch(NamedTuple):
    """A stretch of text; ``sentence``: of the sentence that answers; ``part``: what was asked."""

    text: str
    sentence: bool = False
    part: bool = False


def stretches(text: str, highlights: Sequence[tuple[int, int]]) -> list[Stretch]:
    """``text`` divided by its highlights: the first is the sentence, the others parts of it."""
    bounds = sorted({0, len(text), *(place for span in highlights for place in span)})
    sentence, *parts = list(highlights) or [(0, 0)]
    found = []
    for start, end in pairwise(bounds):
        within = sentence[0] <= start and end <= sentence[1]
        part = any(first <= start and end <= last for first, last in parts)
        found.append(Stretch(text[start:end], within, part))
    return found


def marked_sentence(quote: Quote) -> tuple[int, int]:
    """Where the sentence that answers stands in the report."""
    start, end = quote.highlights[0] if quote.highlights else (0, len(quote.text))
    return quote.start + start, quote.start + end


def reference(citation: Citation, page: int | None, texts: Texts) -> str:
    """What names a passage: number, title, date, page, source."""
    parts = [citation.title]
    if citation.number is not None:
        parts.append(texts.number.format(number=citation.number))
    if citation.date is not None:
        parts.append(f"{citation.date:%d/%m/%Y}")
    if page is not None:
        parts.append(texts.page.format(page=page))
    parts.append(citation.source)
    return ", ".join(parts)
