"""The tokens of many texts at once, by arrays: those of `tokenize`, in a tenth of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from hoidap.vietnamese.characters import (
    DIGIT,
    IN_NUMBER,
    LETTER,
    Codes,
    characters,
    codes_of,
    text_of,
)
from hoidap.vietnamese.text import Token, tokenize

Places = NDArray[np.int64]
Hashes = NDArray[np.uint64]

# Stands before, between and after texts: no letter, and not in a number.
_BETWEEN = "\n"
# Stretches with numbers whose tokens are kept: years and days come again and again.
_REMEMBERED = 4096
# An odd number, whose powers have inverses; sums wrap round.
_BASE = 0x9E3779B97F4A7C15
_MIXED = 0xD6E8FEB86659FD93
_MODULUS = 2**64
_HASH_BITS = 20
# Enough for most batches, so that they are made once: 4 MB.
_POWERS_BITS = 18


class Batch:
    """Texts one after another, ``given`` as they are; places are counted through all of them.

    What is said of texts that are `odd` means nothing.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        # Where each text begins, and where one more would.
        self.starts: Places = np.cumsum(np.concatenate([[1], lengths + 1]))
        self.given: Codes = codes_of(_BETWEEN + _BETWEEN.join(texts) + _BETWEEN)

    @property
    def odd(self) -> NDArray[np.bool_]:
        """Which texts hold characters that arrays are not made for, ``(n,)``."""
        return np.logical_or.reduceat(characters().odd.take(self.given), self.starts[:-1])

    @cached_property
    def codes(self) -> Codes:
        """The normalised texts (see `normalize`), each as long as it was."""
        table = characters()
        codes = table.plain.take(self.given)
        # Of oa, oe and uy the tone goes to the first vowel.
        late = np.flatnonzero(table.tones.take(codes))
        toned = table.tones[codes[late]]
        moves = codes[late - 1] == table.bare[toned]
        moves &= codes[late - 2] != ord("q")
        moves &= table.kinds[codes[late + 1]] & LETTER == 0
        late = late[moves]
        codes[late - 1] = toned[moves]
        codes[late] = table.bare[codes[late]]
        return codes

    @cached_property
    def view(self) -> str:
        """The same as a text."""
        return text_of(self.codes)

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """What each normalised character is."""
        return characters().kinds.take(self.codes)


@lru_cache(2)
def batch_of(texts: tuple[str, ...]) -> Batch:
    """The batch of these texts; the tokens and the terms of passages are read from the same one.

    Two are kept: all, and those that are not odd.
    """
    return Batch(texts)


_Made = TypeVar("_Made")


def by_arrays(
    texts: Sequence[str],
    many: Callable[[Batch], Iterable[_Made]],
    one: Callable[[str], _Made],
) -> list[_Made]:
    """What ``many`` makes of texts, and ``one`` of those that are odd."""
    batch = batch_of(tuple(texts))
    odd = batch.odd
    if not odd.any():
        return list(many(batch))
    usual = iter(many(batch_of(tuple(texts[at] for at in np.flatnonzero(~odd).tolist()))))
    return [
        one(text) if is_odd else next(usual)
        for text, is_odd in zip(texts, odd.tolist(), strict=True)
    ]


class TokenArrays(NamedTuple):
    """The tokens of a batch, in order.

    The form of token i is ``codes[begins[i] : begins[i] + lengths[i]]``; it stands from
    ``starts[i]`` up to ``ends[i]`` in the batch. Text t has the tokens from ``bounds[t]`` up to
    ``bounds[t + 1]``. ``numbered`` are the stretches with digits, ``(n, 2)``: each holds whole
    tokens, and no other token has a digit.
    """

    codes: Codes
    begins: Places
    lengths: Places
    starts: Places
    ends: Places
    bounds: Places
    numbered: Places


def read_tokens(batch: Batch) -> TokenArrays:
    """The tokens of texts."""
    numbered, plain = _numbered(batch)
    in_word = batch.kinds & (LETTER | DIGIT) != 0
    view = batch.view
    begins: list[int] = []
    lengths: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    changed: list[str] = []
    length = len(view)
    for first, last in numbered[~plain].tolist():
        in_word[first:last] = False
        for form, start, end in _in_stretch(view[first:last]):
            starts.append(first + start)
            ends.append(first + end)
            lengths.append(len(form))
            if len(form) == end - start:
                begins.append(first + start)
            else:  # a number without its zeros or points
                begins.append(length)
                changed.append(form)
                length += len(form)
    words = runs(in_word)
    firsts, lasts = np.ascontiguousarray(words.T)
    order = np.argsort(np.concatenate([firsts, np.array(starts, np.int64)]), kind="stable")

    def in_order(of_words: Places, of_stretches: list[int]) -> Places:
        return np.concatenate([of_words, np.array(of_stretches, np.int64)]).take(order)

    codes = batch.codes
    if changed:
        codes = np.concatenate([codes, codes_of("".join(changed))])
    every_start = in_order(firsts, starts)
    return TokenArrays(
        codes=codes,
        begins=in_order(firsts, begins),
        lengths=in_order(lasts - firsts, lengths),
        starts=every_start,
        ends=in_order(lasts, ends),
        bounds=np.searchsorted(every_start, batch.starts),
        numbered=numbered,
    )


def _numbered(batch: Batch) -> tuple[Places, NDArray[np.bool_]]:
    """The stretches of letters, digits and what stands in numbers that hold a digit.

    The second is which of them are a number that is written as its token is, and a sign perhaps
    behind it.
    """
    kinds = batch.kinds
    stretches = runs(kinds & (LETTER | DIGIT | IN_NUMBER) != 0)
    digits = runs(kinds & DIGIT != 0)
    holding = np.searchsorted(stretches[:, 0], digits[:, 0], side="right") - 1
    fresh = np.diff(holding, prepend=-1) > 0
    found, first = stretches[holding[fresh]], digits[fresh]
    rest = found[:, 1] - first[:, 1]
    plain = found[:, 0] == first[:, 0]
    plain &= (rest == 0) | (rest == 1) & (kinds.take(found[:, 1] - 1) & IN_NUMBER != 0)
    return found, plain & (batch.codes.take(found[:, 0]) != ord("0"))


def runs(marked: NDArray[np.bool_]) -> Places:
    """Where what is marked begins and ends, ``(n, 2)``; the first and last are not."""
    return np.flatnonzero(marked[1:] != marked[:-1]).reshape(-1, 2) + 1


def every_place(begins: Places, lengths: Places) -> Places:
    """All places of stretches, one stretch after another."""
    before = np.cumsum(lengths) - lengths
    places: Places = np.arange(lengths.sum()) + np.repeat(begins - before, lengths)
    return places


@lru_cache(_REMEMBERED)
def _in_stretch(stretch: str) -> tuple[Token, ...]:
    return tuple(tokenize(stretch))


class WordSet:
    """Words that are looked for among many tokens at once."""

    def __init__(self, words: Iterable[str]) -> None:
        """``words`` are normalised."""
        self._hashes = np.zeros(2**_HASH_BITS, np.bool_)
        self._hashes[list(map(_hash, words))] = True

    def may_hold(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Which of the tokens with these `token_hashes` are among the words; seldom one more."""
        return self._hashes.take(hashes)


def token_hashes(tokens: TokenArrays) -> Hashes:
    """A number for each token, the same for equal ones, seldom for others."""
    powers, inverse = _powers(1 << max(len(tokens.codes).bit_length(), _POWERS_BITS))
    sums = np.zeros(len(tokens.codes) + 1, np.uint64)
    np.cumsum(tokens.codes * powers[: len(tokens.codes)], out=sums[1:])
    found = (sums[tokens.begins + tokens.lengths] - sums[tokens.begins]) * inverse[tokens.begins]
    # The first character moves the lowest bits alone.
    hashes: Hashes = (found * np.uint64(_MIXED)) >> np.uint64(64 - _HASH_BITS)
    return hashes


def _hash(word: str) -> int:
    total = 0
    for char in reversed(word):
        total = (total * _BASE + ord(char)) % _MODULUS
    return total * _MIXED % _MODULUS >> 64 - _HASH_BITS


@lru_cache(1)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The powers of the base from 0, and their inverses."""
    factors = np.full((2, count), _BASE, np.uint64)
    factors[1] = pow(_BASE, -1, _MODULUS)
    factors[:, 0] = 1
    powers, inverse = np.cumprod(factors, axis=1)
    return powers, inverse
