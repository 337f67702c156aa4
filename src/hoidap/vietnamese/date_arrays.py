"""Where dates may begin in many texts at once."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hoidap.vietnamese.characters import BLANK, Codes, characters, text_of
from hoidap.vietnamese.date_forms import TRIGGER_WORDS
from hoidap.vietnamese.dates import Hints, written_alike
from hoidap.vietnamese.text import normalize
from hoidap.vietnamese.token_arrays import Batch, Hashes, TokenArrays, WordSet

_REMEMBERED = 4096
_PIECE_RE = re.compile(r"[^\W_]+")
# "(2021)", with a blank perhaps.
_BRACKET_RE = re.compile(r"\([ \n]?\Z")


@cache
def _words() -> dict[int, WordSet]:
    return {within: WordSet(map(normalize, words)) for within, words in TRIGGER_WORDS.items()}


@cache
def _alike() -> Codes:
    """For each code point what `written_alike` makes of it."""
    forms = map(written_alike, map(chr, range(len(characters().plain))))
    # One that becomes several is odd.
    return np.array([ord(form) if len(form) == 1 else 0 for form in forms], np.uint16)


@lru_cache(_REMEMBERED)
def _pieces(stretch: str) -> list[int]:
    return [match.start() for match in _PIECE_RE.finditer(stretch)]


def date_hints(batch: Batch, tokens: TokenArrays, hashes: Hashes) -> list[Hints]:
    """What `find_dates` is told of each text; ``tokens`` are those of `read_tokens`."""
    view = batch.view
    in_numbers: list[int] = []
    for first, last in tokens.numbered.tolist():
        bracket = _BRACKET_RE.search(view, first - 2, first)
        if bracket is not None:
            in_numbers.append(bracket.start())
        in_numbers += [first + piece for piece in _pieces(view[first:last])]
    places = np.array(in_numbers, np.int64)
    if len(places):
        firsts = np.append(tokens.numbered[:, 0], len(view) + max(TRIGGER_WORDS) + 1)
        ahead = firsts[np.searchsorted(firsts, tokens.starts)] - tokens.starts
        words = (
            tokens.starts[(ahead <= within) & some.may_hold(hashes)]
            for within, some in _words().items()
        )
        places = np.unique(np.concatenate([places, *words]))
    bounds = np.searchsorted(places, batch.starts).tolist()
    alike = text_of(_alike().take(batch.given))
    return [
        Hints(
            (places[first:last] - start).tolist(),
            # There is one character between two texts.
            None if is_uneven else alike[start : following - 1],
        )
        for (first, last), (start, following), is_uneven in zip(
            pairwise(bounds), pairwise(batch.starts.tolist()), _uneven(batch).tolist(), strict=True
        )
    ]


def _uneven(batch: Batch) -> NDArray[np.bool_]:
    """Which texts have blanks next to one another, or others than spaces and line breaks."""
    blank = batch.kinds & BLANK != 0
    codes = batch.codes
    uneven = blank & (codes != ord(" ")) & (codes != ord("\n"))
    uneven[1:] |= blank[1:] & blank[:-1]
    return np.logical_or.reduceat(uneven, batch.starts[:-1])
