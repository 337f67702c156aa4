"""What every passage index offers, whichever engines stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hoidap.token_table import PassageTokens, Vectors
from hoidap.vietnamese.syllables import Syllables

# The place of a token that stands in the heading: beyond any place in a passage.
HEADING = 2**16 - 1


class Field(StrEnum):
    """A searchable field of a passage.

    ``EXACT`` and ``FOLDED`` hold the passage's syllables with and without diacritics, ``PAIRS``
    pairs of them without: with marks they rank no better (0.1 points of nDCG@10, either way), and
    are a third of the index. ``TITLE`` holds the terms of its report's title in both forms,
    ``DATES`` the dates in the passage in normal form.
    """

    EXACT = "exact"
    FOLDED = "folded"
    PAIRS = "pairs"
    TITLE = "title"
    DATES = "dates"


class Piece(NamedTuple):
    """A paragraph of a passage, from ``start`` on in its text, and the headings ``over`` it."""

    over: str
    text: str
    start: int

    @property
    def whole(self) -> str:
        """The paragraph under its headings."""
        return f"{self.over}\n{self.text}"


class Entry(NamedTuple):
    """A passage as it is indexed.

    ``heading`` and ``text`` are what late interaction looks at; ``pieces`` are what is encoded: the
    passage's paragraphs, each under its headings, which say what a paragraph is about where it does
    not itself (law articles: nDCG@10 of the vectors 75 without, 88 with them). ``title`` is its
    report's title and number, ``over`` are its own headings, a line each. ``day`` is its report's.
    """

    passage_id: int
    heading: str
    text: str
    pieces: tuple[Piece, ...]
    title: str
    over: str
    day: date | None


@dataclass(frozen=True, slots=True)
class DateRange:
    """Reports dated within these days, both included; None leaves a side open.

    A report without a date is in no range.
    """

    first: date | None = None
    last: date | None = None

    @property
    def ordinals(self) -> tuple[int, int]:
        """The range in days as `datetime.date.toordinal` counts them, from 1."""
        first = date.min if self.first is None else self.first
        last = date.max if self.last is None else self.last
        return first.toordinal(), last.toordinal()

    def holds(self, day: date | None) -> bool:
        """Whether a report of that day is in the range."""
        first, last = self.ordinals
        return day is not None and first <= day.toordinal() <= last


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term looked for in a field; its BM25 score counts ``boost`` times."""

    field: Field
    text: str
    boost: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and its score; higher is better, comparable within one list only."""

    passage_id: int
    score: float


class PassageIndex(Protocol):
    """One generation of the searchable side, read-only."""

    @property
    def passages(self) -> int:
        """How many passages are indexed."""

    def search_terms(
        self, terms: Sequence[QueryTerm], limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by BM25, best first, ties by passage id."""

    def most(self, terms: Sequence[QueryTerm]) -> float:
        """The BM25 score that no passage reaches, however often it holds the terms.

        Only terms of the text count, not those of the title and dates. 0 without such terms.
        """

    def search_vector(
        self, vector: Vectors, limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, ties by id.

        A passage counts by its best piece.
        """

    def holds(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages are indexed here, ``(n,)``."""

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""

    def tokens(self, passage_ids: Sequence[int]) -> list[PassageTokens]:
        """The tokens of passages, in the order asked for."""

    def syllables(self, passage_ids: Sequence[int]) -> list[tuple[Syllables, Syllables]]:
        """The syllables of passages, in the order asked for: of what they stand under, their own.

        Where each begins is told only of the latter.
        """

    def token_weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much tokens say in this collection: inverse document frequencies, ``(n,)``."""


def ordered(hits: Iterable[Hit]) -> list[Hit]:
    """Hits best first; equal scores in the order of their passage ids, so that runs agree."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
