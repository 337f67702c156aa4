"""Passages made ready to be written into an index, in a form that goes from process to process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder, ShippedEncoder
from hoidap.index.base import HEADING, Entry
from hoidap.token_table import PassageTokens, TokenTable, Vectors
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.syllables import row_of
from hoidap.vietnamese.text import normalize
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
        token_counts=np.array([len(one.rows) for one in tokens], np.int64),
        token_rows=np.concatenate([none, *(one.rows for one in tokens)]),
        token_starts=np.concatenate([none, *(one.starts for one in tokens)]),
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


def _encoded(
    batch: Sequence[Entry], encoder: Encoder, table: TokenTable
) -> tuple[Vectors, list[PassageTokens]]:
    """The vectors of all pieces of passages, and the tokens of passages."""
    pieces = [piece for entry in batch for piece in entry.pieces]
    if not isinstance(encoder, ShippedEncoder):
        return encoder.encode_passages(pieces), _tokens(batch, table)
    # The same tokens give the vectors of most passages.
    of_pieces = table.tokens(pieces)
    found = _divided(batch, of_pieces)
    rest = iter(
        _tokens([entry for entry, one in zip(batch, found, strict=True) if one is None], table)
    )
    tokens = [next(rest) if one is None else one for one in found]
    return encoder.encode_tokens(of_pieces), tokens


def _tokens(batch: Sequence[Entry], table: TokenTable) -> list[PassageTokens]:
    """The tokens of heading and text; those of the heading have the place `HEADING`."""
    found = table.tokens([part for entry in batch for part in (entry.heading, entry.text)])
    return [
        PassageTokens(
            np.concatenate([heading.rows, text.rows]),
            np.concatenate([np.full(len(heading.rows), HEADING, np.uint16), text.starts]),
        )
        for heading, text in zip(found[::2], found[1::2], strict=True)
    ]


def _divided(
    batch: Sequence[Entry], of_pieces: Sequence[PassageTokens]
) -> list[PassageTokens | None]:
    """The same from the tokens of a passage's only piece; None where they do not tell.

    The likeliest tokens of a text are those of its two halves, unless one reaches into both.
    """
    firsts = accumulate((len(entry.pieces) for entry in batch), initial=0)
    alone = [
        (place, of_pieces[first])
        for place, (entry, first) in enumerate(zip(batch, firsts, strict=False))
        if entry.pieces == (f"{entry.heading}\n{entry.text}",)
    ]
    found: list[PassageTokens | None] = [None] * len(batch)
    if not alone:
        return found
    # The passages of a report have the same.
    headings = {batch[place].heading for place, _ in alone}
    ends = {heading: len(normalize(heading)) for heading in headings}
    # How far each token is behind the line break between the two.
    lengths = np.array([len(tokens.starts) for _, tokens in alone])
    bounds = np.cumsum(np.concatenate([[0], lengths]))
    breaks = np.array([ends[batch[place].heading] for place, _ in alone])
    behind = np.concatenate([tokens.starts for _, tokens in alone]).astype(np.int64)
    behind -= np.repeat(breaks + 1, lengths)
    above = behind < -1
    counted = np.concatenate([[0], np.cumsum(above)])
    own = bounds[:-1] + np.diff(counted[bounds])
    # The first of the text begins with it, or with the line break.
    whole = (own < bounds[1:]) & (np.append(behind, 1)[own] <= 0)
    starts = np.where(above, HEADING, np.maximum(behind, 0)).astype(np.uint16)
    for (place, tokens), is_whole, first, last in zip(
        alone, whole.tolist(), bounds.tolist(), bounds[1:].tolist(), strict=False
    ):
        if is_whole:
            found[place] = PassageTokens(tokens.rows, starts[first:last])
    return found
