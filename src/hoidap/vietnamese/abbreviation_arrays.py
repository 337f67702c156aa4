"""Abbreviations spelled out in many texts at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.characters import LETTER, Codes, codes_of
from hoidap.vietnamese.text import Token, tokenize
from hoidap.vietnamese.token_arrays import Batch, Hashes, TokenArrays, WordSet


@lru_cache(4)
def _heads(abbreviations: Abbreviations) -> WordSet:
    return WordSet(abbreviations.heads)


class _Spelled:
    """What abbreviations stand for, as tokens whose forms are written after those of the texts."""

    def __init__(self, begin: int) -> None:
        """Forms begin at the place ``begin``."""
        self._next = begin
        self._known: dict[str, list[tuple[int, int]]] = {}
        self._forms: list[str] = []

    def tokens(self, expansion: str) -> list[tuple[int, int]]:
        """Where the form of each token begins and how long it is."""
        known = self._known.get(expansion)
        if known is None:
            known = self._known[expansion] = []
            for token in tokenize(expansion):
                known.append((self._next, len(token.text)))
                self._next += len(token.text)
                self._forms.append(token.text)
        return known

    @property
    def codes(self) -> Codes:
        """The forms."""
        return codes_of("".join(self._forms))


def expand_tokens(
    batch: Batch, tokens: TokenArrays, hashes: Hashes, abbreviations: Abbreviations
) -> TokenArrays:
    """The tokens with abbreviations spelled out; see `hoidap.vietnamese.terms.expand`."""
    found = list(_found(batch, tokens, hashes, abbreviations))
    if not found:
        return tokens
    reached = np.array([(start, end) for _, start, end, _ in found])
    within = np.searchsorted(tokens.starts, reached)
    inside = np.minimum(within[:, 0], len(tokens.starts) - 1)
    spelled = _Spelled(len(tokens.codes))
    places: list[int] = []
    added: list[tuple[int, int, int, int]] = []
    gone: list[int] = []
    more = [0] * len(tokens.bounds)
    for (text, start, end, expansion), (first, last), first_start, first_end in zip(
        found,
        within.tolist(),
        tokens.starts[inside].tolist(),
        tokens.ends[inside].tolist(),
        strict=True,
    ):
        parts = spelled.tokens(expansion)
        # A document number (123/BC-UBND) reaches beyond the abbreviations in it and stays.
        stays = first < last and first_start == start and first_end > end
        replaced = [at for at in range(first + stays, last) if tokens.ends[at] <= end]
        gone += replaced
        places += [first + stays] * len(parts)
        added += [(begin, length, start, end) for begin, length in parts]
        more[text + 1] += len(parts) - len(replaced)
    count = len(tokens.starts)
    kept = np.ones(count + len(added), np.bool_)
    kept[gone] = False
    order = np.insert(np.arange(count), places, np.arange(count, len(kept)))
    order = order[kept[order]]
    begins, lengths, starts, ends = (
        np.concatenate([old, new]).take(order)
        for old, new in zip(tokens[1:5], np.array(added, np.int64).reshape(-1, 4).T, strict=True)
    )
    codes = np.concatenate([tokens.codes, spelled.codes])
    bounds = tokens.bounds + np.cumsum(more)
    return TokenArrays(codes, begins, lengths, starts, ends, bounds, tokens.numbered)


def _found(
    batch: Batch, tokens: TokenArrays, hashes: Hashes, abbreviations: Abbreviations
) -> Iterator[tuple[int, int, int, str]]:
    """Abbreviations in order: the text that holds one, where it begins and ends, what it means."""
    heads = np.flatnonzero(_heads(abbreviations).may_hold(hashes))
    slashes = np.flatnonzero(batch.codes == ord("/"))
    # Letters follow one in a document number, and digits alone in a date; those that it stands in,
    # not merely before.
    slashes = slashes[batch.kinds.take(slashes + 1) & LETTER != 0]
    numbers = np.searchsorted(tokens.starts, slashes, side="right") - 1
    within = numbers >= 0
    numbers, slashes = numbers[within], slashes[within]
    numbers = numbers[tokens.ends[numbers] > slashes]
    candidates = np.union1d(heads, numbers)
    texts = (np.searchsorted(tokens.bounds, candidates, side="right") - 1).tolist()
    starts, ends = tokens.starts[candidates].tolist(), tokens.ends[candidates].tolist()
    view = batch.view
    for text, group in groupby(zip(texts, starts, ends, strict=True), key=itemgetter(0)):
        offset = int(batch.starts[text])
        # By what stands there: of what is no document number, heads are words.
        some = [Token(view[first:last], first - offset, last - offset) for _, first, last in group]
        for one in abbreviations.find_among(batch.texts[text], some):
            yield text, one.start + offset, one.end + offset, one.expansion
