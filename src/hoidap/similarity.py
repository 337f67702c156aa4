"""Texts that are nearly the same, by what runs of five words they share.

A text's words run by run are a set; two texts are as alike as the share of their common runs
(Jaccard). Sketches estimate it without the texts: of `_HASHES` orders of all runs each text keeps
its first one, and two texts keep the same one as often as they are alike (A. Broder, "On the
resemblance and containment of documents", 1997).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

# Words of a run: four fit stock phrases ("Ủy ban nhân dân"), and are shared by unlike reports.
_RUN = 5
# A report of 500 words of which ten were corrected shares 82 % of its runs with the former one;
# two weekly reports on one form, where every tenth word differs, share a third.
ALIKE = 0.8
_HASHES = 16
# Sketches are compared by eight pairs of their places: of texts alike to 0.8 one in 3,000 is
# missed. Those that then agree in fewer places than this are unlike by all but 3 in 100.
_PAIR = 2
_AGREE = 10
# Places in a word that are told apart; a power of two, more than any Vietnamese word has letters.
_PLACES = 16
# Texts hashed together, so that numpy works on arrays that fit the cache.
_BATCH = 512

_Words = NDArray[np.uint64]


@cache
def _letters() -> NDArray[np.uint16]:
    """For each code point of the basic plane its lower case, 0 for what is no letter or digit."""
    table = np.zeros(2**16, np.uint16)
    for code in range(2**16):
        char = chr(code)
        if char.isalnum():
            lower = char.lower()
            table[code] = ord(lower) if len(lower) == 1 else code
    return table


def _mixed(values: _Words) -> _Words:
    """Each value as a number that looks drawn at random (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _runs(texts: Sequence[str]) -> tuple[_Words, NDArray[np.intp]]:
    """A number for each run of five words of ``texts``, and which text it is of, rising."""
    joined = "\n".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.minimum(np.frombuffer(joined, np.uint32), 2**16 - 1)
    letters = _letters().take(codes)
    within = letters > 0
    first = within.copy()
    first[1:] &= ~within[:-1]
    # A word is the sum of its letters, each times a number for its place in the word; a run is the
    # sum of its words, each times a number for its place in the run.
    starts = np.flatnonzero(first)
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.intp)
    places = np.flatnonzero(within)
    firsts = np.flatnonzero(first[places])
    at = np.arange(len(places)) - np.repeat(firsts, np.diff(firsts, append=len(places)))
    weights = _mixed(np.arange(_PLACES, dtype=np.uint64) + np.uint64(1))
    words = _mixed(np.add.reduceat(letters[places] * weights[at & (_PLACES - 1)], firsts))
    lengths = np.array([len(text) + 1 for text in texts])
    text_of = np.searchsorted(np.cumsum(lengths), starts, side="right")
    count = len(words) - _RUN + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.intp)
    runs = np.zeros(count, np.uint64)
    for place in range(_RUN):
        runs += weights[place] * words[place : place + count]
    runs = _mixed(runs)
    whole = text_of[:count] == text_of[_RUN - 1 :]
    return runs[whole], text_of[:count][whole]


def sketches(texts: Iterable[str]) -> Iterator[bytes]:
    """The sketch of each text; empty for one that has fewer than five words."""
    pending = iter(texts)
    seeds = _mixed(np.arange(1, _HASHES + 1, dtype=np.uint64)) | np.uint64(1)
    while batch := list(islice(pending, _BATCH)):
        runs, text_of = _runs(batch)
        firsts = np.flatnonzero(np.diff(text_of, prepend=-1))
        table = np.zeros((len(firsts), _HASHES), np.uint32)
        for place, seed in enumerate(seeds):
            # Products with odd numbers put the runs in one order each.
            if len(firsts):
                table[:, place] = np.minimum.reduceat(runs * seed, firsts) >> np.uint64(32)
        rows = dict(zip(text_of[firsts].tolist(), table, strict=True))
        for number in range(len(batch)):
            yield rows[number].tobytes() if number in rows else b""


def alike(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    first, second = (set(_runs([text])[0].tolist()) for text in (one, other))
    union = len(first | second)
    return len(first & second) / union if union else float(one == other)


def parts(sketch: bytes) -> list[tuple[int, bytes]]:
    """The parts of a sketch, with their places, of which a sketch alike has one at least.

    None of an empty sketch.
    """
    size = _PAIR * np.dtype(np.uint32).itemsize
    return [(at, sketch[at : at + size]) for at in range(0, len(sketch), size)]


def candidates(table: Sequence[bytes], new: int) -> Iterator[tuple[int, int]]:
    """Pairs of sketches that may be of texts alike: the place of one of the last ``new``, another.

    Of many alike a new one is paired with the first of them, so that their number stays bounded.
    """
    known = [place for place, sketch in enumerate(table) if sketch]
    if len(known) < 2:
        return
    values = np.frombuffer(b"".join(table[place] for place in known), np.uint32)
    values = values.reshape(len(known), _HASHES)
    places = np.array(known)
    fresh = places >= len(table) - new
    found: set[tuple[int, int]] = set()
    for start in range(0, _HASHES, _PAIR):
        keys = values[:, start].astype(np.uint64) << np.uint64(32) | values[:, start + 1]
        if not fresh.all():
            # Only what agrees with a new one here.
            chosen = np.flatnonzero(np.isin(keys, keys[fresh]))
        else:
            chosen = np.arange(len(keys))
        order = chosen[np.argsort(keys[chosen], kind="stable")]
        same = np.flatnonzero(np.diff(keys[order]) == 0) + 1
        leaders = np.arange(len(order))
        leaders[same] = 0
        leaders = np.maximum.accumulate(leaders)
        rows, others = order[same], order[leaders[same]]
        right = fresh[rows]
        found.update(zip(rows[right].tolist(), others[right].tolist(), strict=True))
    for row, other in sorted(found):
        if (values[row] == values[other]).sum() >= _AGREE:
            yield int(places[row]), int(places[other])
