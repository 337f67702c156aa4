"""Courtesy round a question ("anh chị ơi cho em hỏi … ạ, em cảm ơn"), which asks for nothing.

The table ``courtesy.tsv`` beside this module lists what may open and close a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

from hoidap.vietnamese import tables
from hoidap.vietnamese.text import Token, fold, normalize, tokenize


class _Place(StrEnum):
    """Where a phrase of the table stands."""

    BEFORE = "before"
    OPENING = "opening"
    CLOSING = "closing"
    GREETING = "greeting"
    THANKS = "thanks"
    BESIDE = "beside"


class Courtesy(StrEnum):
    """What a message says that asks nothing."""

    GREETING = "greeting"
    THANKS = "thanks"


_SAYING = {_Place.GREETING: Courtesy.GREETING, _Place.THANKS: Courtesy.THANKS}
_ALONE = (*_SAYING, _Place.BEFORE, _Place.BESIDE)


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases as they are written, those of several words without diacritics, too.

    ``longest`` is in syllables.
    """

    accented: frozenset[str]
    folded: frozenset[str]
    longest: int

    def __contains__(self, phrase: str) -> bool:
        # Who types without diacritics may do so in a part of the question only.
        return phrase in self.accented or (phrase.isascii() and phrase in self.folded)


def load_courtesy() -> None:
    """Read the table now, rather than with the first question."""
    for place in _Place:
        _phrases(place)


def without_courtesy(text: str) -> str:
    """``text`` (NFC, in standard Vietnamese) without its courtesy; all of it if it has no more."""
    tokens = tokenize(text)
    first, last = _opened(tokens), _closed(tokens)
    if first >= last:
        return text
    text = text[: tokens[last - 1].end] + text[tokens[-1].end :]
    return text[tokens[first].start :] if first > 0 else text


def courtesy_alone(text: str) -> Courtesy | None:
    """What ``text`` (NFC) says where it holds nothing but courtesy: "dạ em cảm ơn nhiều ạ".

    The last of several: "chào bạn, cảm ơn nhé" thanks. None where it says, or asks, anything else.
    """
    tokens = tokenize(text)
    said = None
    at = 0
    while at < len(tokens):
        length, place = max((_length(tokens[at:], _phrases(one)), one) for one in _ALONE)
        if not length:
            return None
        if place in _SAYING:
            said = _SAYING[place]
        at += length
    return said


def _opened(tokens: Sequence[Token]) -> int:
    """How many tokens at the beginning are courtesy."""
    at = opened = 0
    while True:
        if length := _length(tokens[at:], _phrases(_Place.OPENING)):
            opened = at = at + length
        elif length := _length(tokens[at:], _phrases(_Place.BEFORE)):
            at += length
        else:
            return opened


def _closed(tokens: Sequence[Token]) -> int:
    """Where the courtesy at the end begins, as a number of a token."""
    end = len(tokens)
    while length := _length(tokens[:end], _phrases(_Place.CLOSING), at_end=True):
        end -= length
    return end


def _length(tokens: Sequence[Token], phrases: _Phrases, *, at_end: bool = False) -> int:
    """The tokens of the longest phrase at the beginning or end; 0 if there is none."""
    for length in range(min(phrases.longest, len(tokens)), 0, -1):
        some = tokens[-length:] if at_end else tokens[:length]
        if " ".join(token.text for token in some) in phrases:
            return length
    return 0


@cache
def _phrases(place: _Place) -> _Phrases:
    phrases = frozenset(_table()[place])
    longest = max(phrase.count(" ") + 1 for phrase in phrases)
    # All at once, in a fraction of the time.
    folded = fold("\n".join(phrase for phrase in phrases if " " in phrase)).split("\n")
    return _Phrases(phrases, frozenset(folded), longest)


@cache
def _table() -> dict[str, list[str]]:
    """The phrases of each place."""
    words: dict[str, list[str]] = {}
    phrases: dict[str, list[str]] = {place: [] for place in _Place}
    table = tables.packaged_table("courtesy.tsv")
    for row in tables.read_table(table, columns=("place", "words"), spelling=normalize):
        place, cell = row.cells
        if place.startswith("<"):
            words[place] = [word.strip() for word in cell.split(";")]
        else:
            phrases[place] += _spelled_out(cell, words)
    return phrases


def _spelled_out(cell: str, words: dict[str, list[str]]) -> Iterator[str]:
    """All that a phrase of the table stands for."""
    choices = []
    for word in cell.split(" "):
        named = word.removesuffix("?")
        choices.append([*words.get(named, [named]), *([""] if named != word else [])])
    for choice in product(*choices):
        yield " ".join(filter(None, choice))
