"""Words of several syllables, found in running text, and how much each says.

Vietnamese writes a space between syllables, not between words: "chủ trì hội nghị" is two words. The
list behind this module holds 31,508 words and syllables with the number of news articles, of
105,418, that each stands in (made by embeddings/words.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

from hoidap.vietnamese.text import fold

MAX_SYLLABLES = 4


class Words:
    """A list of words with their frequencies; ``articles`` is what a frequency is out of."""

    def __init__(self, frequencies: Mapping[str, int], articles: int) -> None:
        self._frequencies = frequencies
        self._articles = articles
        total = math.log(sum(frequencies.values()))
        # How unlikely each word is, where words are drawn by frequency.
        self._costs = {word: total - math.log(count) for word, count in frequencies.items()}
        # A syllable that is no word by itself is taken for a word rarer than any.
        self._unknown = total - math.log(0.5)

    @classmethod
    @cache
    def load(cls) -> Words:
        """The packaged list."""
        lines = files(__package__).joinpath("words.tsv").read_text("utf-8").splitlines()
        rows = (line.split("\t") for line in lines[1:])
        return cls({word: int(count) for word, count in rows}, int(lines[0].split("\t")[1]))

    @classmethod
    @cache
    def load_folded(cls) -> Words:
        """The packaged list without diacritics, words that become equal counted together."""
        accented = cls.load()
        folded: dict[str, int] = {}
        bare_words = fold("\n".join(accented._frequencies)).split("\n")
        for bare, count in zip(bare_words, accented._frequencies.values(), strict=True):
            folded[bare] = min(folded.get(bare, 0) + count, accented._articles)
        return cls(folded, accented._articles)

    def __contains__(self, word: object) -> bool:
        return word in self._frequencies

    def __iter__(self) -> Iterator[str]:
        return iter(self._frequencies)

    def articles_with(self, word: str) -> int:
        """The number of news articles that hold ``word``."""
        return self._frequencies.get(word, 0)

    def weight(self, word: str) -> float:
        """How much ``word`` says: its inverse document frequency, ln(articles / frequency).

        0 for a word of every article, about 10 for one of none.
        """
        return math.log((self._articles + 1) / (self._frequencies.get(word, 0) + 1))

    @cached_property
    def _joints(self) -> frozenset[str]:
        """Every two neighbouring syllables within a word."""
        words = (word.split(" ") for word in self._frequencies if " " in word)
        return frozenset(f"{left} {right}" for word in words for left, right in pairwise(word))

    def may_join(self, left: str, right: str) -> bool:
        """Whether any word holds two syllables side by side."""
        return f"{left} {right}" in self._joints

    def segment(self, syllables: Sequence[str]) -> list[tuple[int, int]]:
        """``syllables`` as words: ranges of indices, in order, covering all of them.

        The likeliest division where words are drawn by frequency (Viterbi); a syllable that no
        word holds stands alone.
        """
        count = len(syllables)
        costs, unknown, joints = self._costs, self._unknown, self._joints
        best = [0.0] + [math.inf] * count
        came_from = [0] * (count + 1)
        for start in range(count):
            so_far = best[start]
            word = syllables[start]
            cost = so_far + costs.get(word, unknown)
            end = start + 1
            if cost < best[end]:
                best[end], came_from[end] = cost, start
            for syllable in syllables[end : start + MAX_SYLLABLES]:
                word = f"{word} {syllable}"
                end += 1
                if end == start + 2 and word not in joints:
                    break  # mostly: no word begins so
                if word in costs:
                    cost = so_far + costs[word]
                    if cost < best[end]:
                        best[end], came_from[end] = cost, start
        ranges = []
        end = count
        while end > 0:
            ranges.append((came_from[end], end))
            end = came_from[end]
        return ranges[::-1]
