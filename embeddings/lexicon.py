"""A Vietnamese-English word lexicon, learned from the translated pairs by IBM Model 1.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation", model 1: expectation
maximisation over all alignments of the words of two texts that say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]

# Pairs longer than this tell little about which word stands for which.
_LONGEST = 120
_ITERATIONS = 6
_CANDIDATES = 4
# A translation that takes less than this share of a word's alignments is chance.
_LEAST = 0.12


class Lexicon:
    """For Vietnamese tokens the English tokens that stand for them.

    ``entries`` holds the English tokens of each, likeliest first, and the running sum of their
    shares, which ends at 1.
    """

    def __init__(self, entries: dict[int, tuple[Ids, NDArray[np.float64]]]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def translate(self, query: Ids, random: np.random.Generator) -> Ids:
        """The tokens of ``query`` in English, drawn by their shares; unknown ones stay."""
        words = []
        for token in query.tolist():
            entry = self._entries.get(token)
            if entry is None:
                words.append(token)
                continue
            candidates, bounds = entry
            words.append(int(candidates[np.searchsorted(bounds, random.random())]))
        return np.array(words, dtype=np.int32)


def learn_lexicon(vietnamese: Sequence[Ids], english: Sequence[Ids]) -> Lexicon:
    """The lexicon of texts that are translations of each other, place by place."""
    sources, targets, groups = [], [], []
    group = 0
    for left, right in zip(vietnamese, english, strict=True):
        if not len(left) or not len(right) or len(left) > _LONGEST or len(right) > _LONGEST:
            continue
        # One group for each English word in its text: its alignments share one count.
        sources.append(np.tile(left, len(right)))
        targets.append(np.repeat(right, len(left)))
        groups.append(np.repeat(np.arange(group, group + len(right)), len(left)))
        group += len(right)
    source = np.concatenate(sources).astype(np.int64)
    target = np.concatenate(targets).astype(np.int64)
    owner = np.concatenate(groups)
    width = int(target.max()) + 1
    keys, link = np.unique(source * width + target, return_inverse=True)
    left_of, right_of = keys // width, keys % width
    chance = np.ones(len(keys))
    for _ in range(_ITERATIONS):
        weight = chance[link]
        weight /= np.bincount(owner, weight, minlength=group)[owner]
        count = np.bincount(link, weight, minlength=len(keys))
        chance = count / np.bincount(left_of, count)[left_of]
    # count is what a pair of words was aligned; a single meeting proves nothing.
    kept = np.flatnonzero((chance >= _LEAST) & (count >= 1.5))
    entries = {}
    order = kept[np.lexsort((right_of[kept], -chance[kept], left_of[kept]))]
    starts = np.flatnonzero(np.diff(left_of[order], prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        chosen = order[start : min(stop, start + _CANDIDATES)]
        bounds = np.cumsum(chance[chosen]) / chance[chosen].sum()
        entries[int(left_of[chosen[0]])] = (right_of[chosen].astype(np.int32), bounds)
    return Lexicon(entries)
