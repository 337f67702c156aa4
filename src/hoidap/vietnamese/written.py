"""The terms of many texts at once, as an index is fed with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoidap.vietnamese.abbreviation_arrays import expand_tokens
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.characters import BLANK, JOINT, Codes, characters, text_of
from hoidap.vietnamese.date_arrays import date_hints
from hoidap.vietnamese.dates import date_terms, find_dates
from hoidap.vietnamese.terms import PAIR, terms
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.token_arrays import Batch, Places, TokenArrays, read_tokens, token_hashes


@dataclass(frozen=True, slots=True)
class WrittenTerms:
    """The terms of a text, with spaces between them; see `hoidap.vietnamese.terms.Terms`.

    ``exact`` are the syllables, which begin at ``starts`` ``(n,)`` in the text; ``folded`` the
    same, and ``pairs`` pairs of them, without diacritics.
    """

    exact: str
    folded: str
    pairs: str
    dates: str
    starts: NDArray[np.uint16]


def written_terms(texts: Sequence[str], abbreviations: Abbreviations) -> list[WrittenTerms]:
    """The terms of texts."""
    batch = Batch(texts)
    odd = batch.odd
    if odd.any():
        chosen = [texts[at] for at in np.flatnonzero(~odd).tolist()]
        usual = iter(written_terms(chosen, abbreviations))
        return [
            _one(text, abbreviations) if is_odd else next(usual)
            for text, is_odd in zip(texts, odd.tolist(), strict=True)
        ]
    return list(_many(batch, abbreviations))


def _one(text: str, abbreviations: Abbreviations) -> WrittenTerms:
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


def _many(batch: Batch, abbreviations: Abbreviations) -> Iterator[WrittenTerms]:
    """The terms of usual texts."""
    given = read_tokens(batch)
    hashes = token_hashes(given)
    hints = date_hints(batch, given, hashes)
    tokens = expand_tokens(batch, given, hashes, abbreviations)
    counts = np.diff(tokens.bounds)
    starts = (tokens.starts - np.repeat(batch.starts[:-1], counts)).astype(np.uint16)
    rows, places = _stretches(tokens.codes, tokens.begins, tokens.lengths + 1)
    rows[places[1:] - 1] = ord(" ")
    firsts = _paired(batch, tokens)
    folded = characters().bare[rows]
    pairs, pair_places = _stretches(
        folded, places[firsts], tokens.lengths[firsts] + tokens.lengths[firsts + 1] + 2
    )
    pairs[pair_places[:-1] + tokens.lengths[firsts]] = ord(PAIR)
    exact, bare, paired = text_of(rows), text_of(folded), text_of(pairs)
    bounds = zip(
        tokens.bounds.tolist(),
        places[tokens.bounds].tolist(),
        pair_places[np.searchsorted(firsts, tokens.bounds)].tolist(),
        strict=True,
    )
    first, at, pair_at = next(bounds)
    for text, hint, (last, end, pair_end) in zip(batch.texts, hints, bounds, strict=True):
        mentions = find_dates(text, hint)
        yield WrittenTerms(
            # Each ends in a space.
            exact=exact[at:end][:-1],
            folded=bare[at:end][:-1],
            pairs=paired[pair_at:pair_end][:-1],
            dates=" ".join(term for mention in mentions for term in date_terms(mention)),
            starts=starts[first:last],
        )
        first, at, pair_at = last, end, pair_end


def _stretches(source: Codes, begins: Places, lengths: Places) -> tuple[Codes, Places]:
    """Stretches of ``source`` one after another; where each begins, and where one more would."""
    places = np.cumsum(np.concatenate([[0], lengths]))
    taken = np.arange(places[-1]) + np.repeat(begins - places[:-1], lengths)
    return source.take(taken, mode="clip"), places


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
