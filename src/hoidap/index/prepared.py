"""Passages made ready to be written into an index, in a form that goes from process to process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder, ShippedEncoder
from hoidap.index.base import HEADING, Entry
from hoidap.token_table import PassageTokens, TokenTable, Vectors
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.syllables import Syllables
from hoidap.vietnamese.terms import Terms
from hoidap.vietnamese.text import normalize
from hoidap.vietnamese.written import written_terms

# Titles whose terms are kept: the passages of a report come one after another.
_TITLES = 8


class Document(NamedTuple):
    """What BM25 is fed with of a passage: the terms of each field, between spaces."""

    exact: str
    folded: str
    pairs: str
    title: str
    dates: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Passages in the order of their ids, ready to be written.

    ``days`` ``(n,)`` are their reports' as `datetime.date.toordinal` counts, 0 for none. Of each
    passage there are ``pieces`` ``(n,)`` of the ``vectors`` ``(m, dim)``, ``token_counts`` ``(n,)``
    of ``token_rows`` and ``token_starts`` (see `PassageTokens`; those of the heading have the place
    `HEADING`), and the syllables: ``over`` are those of what it stands under and ``rows`` its own,
    in UTF-8 (see `Syllables`), and ``start_counts`` ``(n,)`` of the ``starts`` of the latter.
    """

    ids: NDArray[np.int64]
    days: NDArray[np.int32]
    documents: list[Document]
    pieces: NDArray[np.int64]
    vectors: Vectors
    token_counts: NDArray[np.int64]
    token_rows: NDArray[np.uint16]
    token_starts: NDArray[np.uint16]
    over: list[bytes]
    rows: list[bytes]
    start_counts: NDArray[np.int64]
    starts: NDArray[np.uint16]


def prepare(
    entries: Sequence[Entry], encoder: Encoder, table: TokenTable, abbreviations: Abbreviations
) -> Prepared:
    """Make passages ready."""
    vectors, tokens = _encoded(entries, encoder, table)
    written = written_terms([entry.text for entry in entries], abbreviations)
    days = [entry.day.toordinal() if entry.day is not None else 0 for entry in entries]
    none = np.zeros(0, np.uint16)
    return Prepared(
        ids=np.array([entry.passage_id for entry in entries], np.int64),
        days=np.array(days, np.int32),
        documents=[
            Document(terms.exact, terms.folded, terms.pairs, _title(entry.title), terms.dates)
            for entry, terms in zip(entries, written, strict=True)
        ],
        pieces=np.array([len(entry.pieces) for entry in entries], np.int64),
        vectors=vectors,
        token_counts=np.array([len(one.rows) for one in tokens], np.int64),
        token_rows=np.concatenate([none, *(one.rows for one in tokens)]),
        token_starts=np.concatenate([none, *(one.starts for one in tokens)]),
        over=[Syllables.of(entry.over).row.encode() for entry in entries],
        rows=[Syllables.of((terms.exact,)).row.encode() for terms in written],
        start_counts=np.array([len(terms.starts) for terms in written], np.int64),
        starts=np.concatenate([none, *(terms.starts for terms in written)]),
    )


@lru_cache(_TITLES)
def _title(title: Terms) -> str:
    """Title terms as they are and, where it makes a difference, without diacritics."""
    bare = (form for form in title.folded if form not in title.exact)
    return " ".join((*title.exact, *bare))


def _encoded(
    batch: Sequence[Entry], encoder: Encoder, table: TokenTable
) -> tuple[Vectors, list[PassageTokens]]:
    """The vectors of all pieces of passages, and the tokens of passages."""
    pieces = [piece for entry in batch for piece in entry.pieces]
    if not isinstance(encoder, ShippedEncoder):
        return encoder.encode_passages(pieces), _tokens(batch, table)
    # The same tokens give the vectors of most passages.
    of_pieces = table.tokens(pieces)
    found: list[PassageTokens | None] = []
    at = 0
    for entry in batch:
        found.append(_divided(entry, of_pieces[at]) if len(entry.pieces) == 1 else None)
        at += len(entry.pieces)
    rest = iter(
        _tokens([entry for entry, one in zip(batch, found, strict=True) if one is None], table)
    )
    tokens = [next(rest) if one is None else one for one in found]
    return encoder.encode_tokens(of_pieces), tokens


def _tokens(batch: Sequence[Entry], table: TokenTable) -> list[PassageTokens]:
    """The tokens of heading and text; those of the heading have the place `HEADING`."""
    headings = table.tokens([entry.heading for entry in batch])
    texts = table.tokens([entry.text for entry in batch])
    return [
        PassageTokens(
            np.concatenate([heading.rows, text.rows]),
            np.concatenate([np.full(len(heading.rows), HEADING, np.uint16), text.starts]),
        )
        for heading, text in zip(headings, texts, strict=True)
    ]


def _divided(entry: Entry, tokens: PassageTokens) -> PassageTokens | None:
    """The same from the tokens of a passage's only piece; None where they do not tell.

    The likeliest tokens of a text are those of its two halves, unless one reaches into both.
    """
    if entry.pieces[0] != f"{entry.heading}\n{entry.text}":
        return None
    end = len(normalize(entry.heading))
    first = int(np.searchsorted(tokens.starts, end))
    if first == len(tokens.starts) or tokens.starts[first] > end + 1:
        return None
    own = np.maximum(tokens.starts[first:].astype(np.int64) - (end + 1), 0).astype(np.uint16)
    return PassageTokens(tokens.rows, np.concatenate([np.full(first, HEADING, np.uint16), own]))
