"""What every passage index offers, whichever engines stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from hoidap.encoder import Vectors
from hoidap.vietnamese.terms import Terms


class Field(StrEnum):
    """A searchable field of a passage.

    ``EXACT`` and ``FOLDED`` hold the passage's terms with and without diacritics, ``TITLE`` those
    of its report's title in both forms, ``DATES`` the dates in the passage in normal form.
    """

    EXACT = "exact"
    FOLDED = "folded"
    TITLE = "title"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it is indexed. ``title`` and ``day`` are its report's.

    ``text`` is what is encoded: the passage under its report's title, which says what the passage
    is about where the passage itself does not (law articles: nDCG@10 of the vectors 75 without,
    88 with it).
    """

    passage_id: int
    text: str
    terms: Terms
    title: Terms
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

    def search_vector(
        self, vector: Vectors, limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, ties by id."""

    def vectors(self, passage_ids: Iterable[int]) -> Vectors:
        """The vectors of passages, ``(n, dim)`` in the order asked for."""


def ordered(hits: Iterable[Hit]) -> list[Hit]:
    """Hits best first; equal scores in the order of their passage ids, so that runs agree."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
