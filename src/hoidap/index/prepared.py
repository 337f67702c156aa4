"""Passages made ready to be written into an index, in a form that goes from process to process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder, ShippedEncoder
from hoidap.index.base import HEADING, Entry
from hoidap.token_table import PassageTokens, TokenTable, Vectors
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.syllables import row_of
from hoidap.vietnamese.written import written_terms, written_titles


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
    in UTF-8 (see `Syllables`), and ``start_counts`` ``(n,)`` of the ``starts`` of the latter. The
    others are the terms of each field that are not its own syllables.
    """

    ids: NDArray[np.int64]
    days: NDArray[np.int32]
    folded: list[str]
    pairs: list[str]
    titles: list[str]
    dates: list[str]
    pieces: NDArray[np.int64]
    vectors: Vectors
    token_counts: NDArray[np.int64]
    token_rows: NDArray[np.uint16]
    token_starts: NDArray[np.uint16]
    over: list[bytes]
    rows: list[bytes]
    start_counts: NDArray[np.int64]
    starts: NDArray[np.uint16]

    @property
    def documents(self) -> Iterator[Document]:
        """What BM25 is fed with of each passage."""
        # Each of the rows has a space before and behind it.
        exact = (row[1:-1].decode() for row in self.rows)
        return map(Document, exact, self.folded, self.pairs, self.titles, self.dates)


def prepare(
    entries: Sequence[Entry], encoder: Encoder, table: TokenTable, abbreviations: Abbreviations
) -> Prepared:
    """Make passages ready."""
    vectors, tokens = _encoded(entries, encoder, table)
    written = written_terms([entry.text for entry in entries], abbreviations)
    # The passages of a report stand under the same title, those of a section under its headings.
    outer = list(dict.fromkeys(one for entry in entries for one in (entry.title, entry.over)))
    titles = dict(zip(outer, written_titles(outer, abbreviations), strict=True))
    days = [entry.day.toordinal() if entry.day is not None else 0 for entry in entries]
    none = np.zeros(0, np.uint16)
    return Prepared(
        ids=np.array([entry.passage_id for entry in entries], np.int64),
        days=np.array(days, np.int32),
        folded=[terms.folded for terms in written],
        pairs=[terms.pairs for terms in written],
        titles=[titles[entry.title].terms for entry in entries],
        dates=[terms.dates for terms in written],
        pieces=np.array([len(entry.pieces) for entry in entries], np.int64),
        vectors=vectors,
        token_counts=tokens.counts,
        token_rows=tokens.rows,
        token_starts=tokens.starts,
        over=[
            row_of(
                filter(None, (titles[entry.title].syllables, titles[entry.over].syllables))
            ).encode()
            for entry in entries
        ],
        rows=[row_of((terms.exact,)).encode() for terms in written],
        start_counts=np.array([len(terms.starts) for terms in written], np.int64),
        starts=np.concatenate([none, *(terms.starts for terms in written)]),
    )


class _Tokens(NamedTuple):
    """The tokens of passages, one after another; see `Prepared`."""

    counts: NDArray[np.int64]
    rows: NDArray[np.uint16]
    starts: NDArray[np.uint16]


def _encoded(
    batch: Sequence[Entry], encoder: Encoder, table: TokenTable
) -> tuple[Vectors, _Tokens]:
    """The vectors of all pieces of passages, and the tokens of passages."""
    pieces = [piece for entry in batch for piece in entry.pieces]
    # The passages of a report stand under the same headings.
    overs = [piece.over for piece in pieces] + [entry.heading for entry in batch]
    headings = {over: place for place, over in enumerate(dict.fromkeys(overs))}
    of_headings = table.tokens(list(headings))
    of_pieces = table.tokens([piece.text for piece in pieces])
    tokens = _joined(batch, {over: of_headings[at] for over, at in headings.items()}, of_pieces)
    if not isinstance(encoder, ShippedEncoder):
        return encoder.encode_passages([piece.whole for piece in pieces]), tokens
    under = [headings[piece.over] for piece in pieces]
    return encoder.encode_tokens(of_headings, under, of_pieces), tokens


def _joined(
    batch: Sequence[Entry],
    of_headings: Mapping[str, PassageTokens],
    of_pieces: Sequence[PassageTokens],
) -> _Tokens:
    """The tokens of each passage: those of its heading, at the place `HEADING`, and its pieces."""
    rest = iter(of_pieces)
    none = PassageTokens(np.zeros(0, np.uint16), np.zeros(0, np.uint16))
    parts, places, bounds = [none], [0], [1]
    for entry in batch:
        parts += (of_headings[entry.heading], *islice(rest, len(entry.pieces)))
        places += (HEADING, *(piece.start for piece in entry.pieces))
        bounds.append(len(parts))
    lengths = np.array([len(part.rows) for part in parts])
    before = np.repeat(np.array(places, np.uint16), lengths)
    starts = before + np.concatenate([part.starts for part in parts])
    starts[before == HEADING] = HEADING
    counts = np.diff(np.concatenate([[0], np.cumsum(lengths)])[bounds])
    return _Tokens(counts, np.concatenate([part.rows for part in parts]), starts)
