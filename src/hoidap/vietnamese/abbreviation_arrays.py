"""Abbreviations spelled out in many texts at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import numpy as np

from hoidap.vietnamese.abbreviations import Abbreviations, Expansion
from hoidap.vietnamese.characters import Codes, codes_of, text_of
from hoidap.vietnamese.text import Token, tokenize
from hoidap.vietnamese.token_arrays import Batch, TokenArrays, WordSet, token_hashes


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


def expand_tokens(batch: Batch, tokens: TokenArrays, abbreviations: Abbreviations) -> TokenArrays:
    """The tokens with abbreviations spelled out; see `hoidap.vietnamese.terms.expand`."""
    spelled = _Spelled(len(tokens.codes))
    places: list[int] = []
    added: list[tuple[int, int, int, int]] = []
    kept = np.ones(len(tokens.starts), np.bool_)
    more = np.zeros(len(tokens.bounds), np.int64)
    for text, found in _found(batch, tokens, abbreviations):
        offset = int(batch.starts[text])
        low, high = tokens.bounds[text : text + 2].tolist()
        starts, ends = tokens.starts[low:high].tolist(), tokens.ends[low:high].tolist()
        for one in found:
            start, end = one.start + offset, one.end + offset
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            # A document number (123/BC-UBND) reaches beyond the abbreviations in it and stays.
            gone = [low + at for at in range(first, last) if ends[at] <= end]
            stays = first < last and starts[first] == start and ends[first] > end
            parts = spelled.tokens(one.expansion)
            kept[gone] = False
            places += [low + first + stays] * len(parts)
            added += [(begin, length, start, end) for begin, length in parts]
            more[text + 1] += len(parts) - len(gone)
    if not more.any() and kept.all():
        return tokens
    kept = np.insert(kept, places, True)
    begins, lengths, starts_, ends_ = (
        np.insert(old, places, new)[kept]
        for old, new in zip(tokens[1:5], np.array(added, np.int64).reshape(-1, 4).T, strict=True)
    )
    codes = np.concatenate([tokens.codes, spelled.codes])
    bounds = tokens.bounds + np.cumsum(more)
    return TokenArrays(codes, begins, lengths, starts_, ends_, bounds, tokens.numbered)


def _found(
    batch: Batch, tokens: TokenArrays, abbreviations: Abbreviations
) -> Iterator[tuple[int, list[Expansion]]]:
    """The texts with abbreviations, and these."""
    heads = np.flatnonzero(_heads(abbreviations).may_hold(token_hashes(tokens)))
    slashes = np.flatnonzero(batch.codes == ord("/"))
    # Those that a slash stands in, not merely before.
    numbers = np.searchsorted(tokens.starts, slashes, side="right") - 1
    within = numbers >= 0
    numbers, slashes = numbers[within], slashes[within]
    numbers = numbers[tokens.ends[numbers] > slashes]
    candidates = np.union1d(heads, numbers)
    texts = np.searchsorted(tokens.bounds, candidates, side="right") - 1
    pairs = zip(texts.tolist(), candidates.tolist(), strict=True)
    for text, group in groupby(pairs, key=lambda pair: pair[0]):
        offset = int(batch.starts[text])
        some = [_token(batch, tokens, number, offset) for _, number in group]
        found = abbreviations.find_among(batch.texts[text], some)
        if found:
            yield text, found


def _token(batch: Batch, tokens: TokenArrays, number: int, offset: int) -> Token:
    begin = int(tokens.begins[number])
    form = text_of(tokens.codes[begin : begin + int(tokens.lengths[number])])
    return Token(form, int(tokens.starts[number]) - offset, int(tokens.ends[number]) - offset)
