"""The terms of many texts at once, as an index is fed with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoidap.vietnamese.abbreviation_arrays import expand_tokens
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.characters import BLANK, JOINT, Codes, characters, text_of
from hoidap.vietnamese.date_arrays import date_hints
from hoidap.vietnamese.dates import date_terms, find_dates
from hoidap.vietnamese.terms import PAIR, terms
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.token_arrays import (
    Batch,
    Places,
    TokenArrays,
    by_arrays,
    every_place,
    read_tokens,
    token_hashes,
)


class WrittenTerms(NamedTuple):
    """The terms of a text, with spaces between them; see `hoidap.vietnamese.terms.Terms`.

    ``exact`` are the syllables, which begin at ``starts`` ``(n,)`` in the text; ``folded`` the
    same, and ``pairs`` pairs of them, without diacritics.
    """

    exact: str
    folded: str
    pairs: str
    dates: str
    starts: NDArray[np.uint16]


class WrittenTitle(NamedTuple):
    """The terms of a title, with spaces between them.

    ``syllables`` keep their diacritics; ``terms`` are these and their pairs and, where that makes a
    difference, the same without diacritics.
    """

    syllables: str
    terms: str


def written_terms(texts: Sequence[str], abbreviations: Abbreviations) -> list[WrittenTerms]:
    """The terms of texts."""
    return by_arrays(texts, partial(_many, abbreviations), partial(_one, abbreviations))


def written_titles(titles: Sequence[str], abbreviations: Abbreviations) -> list[WrittenTitle]:
    """The terms of titles."""
    return by_arrays(
        titles, partial(_many_titles, abbreviations), partial(_one_title, abbreviations)
    )


def _one(abbreviations: Abbreviations, text: str) -> WrittenTerms:
    """The terms of any text."""
    found = terms(text, abbreviations)
    exact = " ".join(found.syllables)
    return WrittenTerms(
        exact=exact,
        folded=fold(exact),
        pairs=fold(" ".join(found.pairs)),
        dates=" ".join(found.dates),
        starts=np.array(found.starts, np.uint16),
    )


def _one_title(abbreviations: Abbreviations, text: str) -> WrittenTitle:
    """The terms of any title."""
    found = terms(text, abbreviations)
    exact, pairs = " ".join(found.syllables), " ".join(found.pairs)
    return _title(exact, pairs, fold(exact), fold(pairs))


def _title(syllables: str, pairs: str, *bare: str) -> WrittenTitle:
    """A title by its syllables and pairs, and both without diacritics."""
    exact = f"{syllables} {pairs}" if pairs else syllables
    known = set(exact.split(" "))
    other = (form for forms in bare for form in forms.split(" ") if form not in known)
    return WrittenTitle(syllables, " ".join((exact, *filter(None, other))))


class _Row(NamedTuple):
    """The tokens of many texts one after another, each with a space behind it.

    Token i begins at ``places[i]`` of ``codes``; those of ``firsts`` are a pair with the next one.
    Text t has the tokens from ``bounds[t]`` up to ``bounds[t + 1]``.
    """

    codes: Codes
    places: Places
    lengths: Places
    firsts: Places
    bounds: Places

    def texts(self, codes: Codes) -> list[str]:
        """The tokens of each text, as ``codes`` write them."""
        return _cut(codes, self.places[self.bounds])

    def pairs(self, codes: Codes) -> list[str]:
        """The pairs of each text."""
        lengths = self.lengths[self.firsts]
        pairs, places = _stretches(
            codes, self.places[self.firsts], lengths + self.lengths[self.firsts + 1] + 2
        )
        pairs[places[:-1] + lengths] = ord(PAIR)
        return _cut(pairs, places[np.searchsorted(self.firsts, self.bounds)])


def _cut(codes: Codes, bounds: Places) -> list[str]:
    """Texts that end in a space, without it."""
    text = text_of(codes)
    return [text[first:last][:-1] for first, last in pairwise(bounds.tolist())]


def _row(batch: Batch, tokens: TokenArrays) -> _Row:
    codes, places = _stretches(tokens.codes, tokens.begins, tokens.lengths + 1)
    codes[places[1:] - 1] = ord(" ")
    return _Row(codes, places, tokens.lengths, _paired(batch, tokens), tokens.bounds)


def _many(abbreviations: Abbreviations, batch: Batch) -> Iterator[WrittenTerms]:
    """The terms of usual texts."""
    given = read_tokens(batch)
    hashes = token_hashes(given)
    hints = date_hints(batch, given, hashes)
    tokens = expand_tokens(batch, given, hashes, abbreviations)
    row = _row(batch, tokens)
    folded = characters().bare.take(row.codes)
    counts = np.diff(tokens.bounds)
    starts = (tokens.starts - np.repeat(batch.starts[:-1], counts)).astype(np.uint16)
    for text, hint, exact, bare, pairs, (first, last) in zip(
        batch.texts,
        hints,
        row.texts(row.codes),
        row.texts(folded),
        row.pairs(folded),
        pairwise(tokens.bounds.tolist()),
        strict=True,
    ):
        mentions = find_dates(text, hint)
        yield WrittenTerms(
            exact=exact,
            folded=bare,
            pairs=pairs,
            dates=" ".join(term for mention in mentions for term in date_terms(mention)),
            starts=starts[first:last],
        )


def _many_titles(abbreviations: Abbreviations, batch: Batch) -> Iterator[WrittenTitle]:
    """The terms of usual titles."""
    given = read_tokens(batch)
    row = _row(batch, expand_tokens(batch, given, token_hashes(given), abbreviations))
    folded = characters().bare.take(row.codes)
    return map(
        _title,
        row.texts(row.codes),
        row.pairs(row.codes),
        row.texts(folded),
        row.pairs(folded),
    )


def _stretches(source: Codes, begins: Places, lengths: Places) -> tuple[Codes, Places]:
    """Stretches of ``source`` one after another; where each begins, and where one more would."""
    places = np.cumsum(np.concatenate([[0], lengths]))
    return source.take(every_place(begins, lengths), mode="clip"), places


def _paired(batch: Batch, tokens: TokenArrays) -> Places:
    """The tokens that are a pair with the next one; see `hoidap.vietnamese.terms.pairs`."""
    kinds = batch.kinds
    signs = np.concatenate([[0], np.cumsum(kinds & BLANK == 0, dtype=np.int32)])
    joints = np.concatenate([[0], np.cumsum(kinds & JOINT != 0, dtype=np.int32)])
    ends, starts = tokens.ends[:-1], tokens.starts[1:]
    between = signs[starts] - signs[ends]
    joined = (between <= 0) | (between == 1) & (joints[starts] - joints[ends] == 1)
    last = tokens.bounds[1:-1] - 1  # of each text
    joined[last[(last >= 0) & (last < len(joined))]] = False
    return np.flatnonzero(joined)
