"""Where the words of a question stand in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.question import AnswerKind, ContentWord, Question
from hoidap.vietnamese.terms import expand
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.words import Words

# Syllables on each side of one that are looked at to tell whether it is a word by itself: a word
# has at most four.
_AROUND = 4
# Texts whose syllables are kept: a district's questions keep coming back to the same passages.
# About 20 kB each.
_REMEMBERED = 1024
# The deputy or former holder of an office is not its holder. Without diacritics only the first can
# be told: "nguyen" is a family name.
_NOT_THE_HOLDER = {True: frozenset({"phó", "nguyên", "cựu"}), False: frozenset({"pho"})}


@dataclass(frozen=True, slots=True)
class _Syllables:
    """A text's syllables: their forms, where each begins in the text, and all of them in a row.

    ``offsets`` are where each begins in ``joined``, with a last one past the end.
    """

    forms: list[str]
    starts: list[int]
    joined: str
    offsets: list[int]


@lru_cache(_REMEMBERED)
def _syllables(text: str, abbreviations: Abbreviations, *, accented: bool) -> _Syllables:
    tokens = expand(text, abbreviations)
    forms = [token.text for token in tokens]
    if not accented and tokens:
        forms = fold("\n".join(forms)).split("\n")
    return _Syllables(
        forms=forms,
        starts=[token.start for token in tokens],
        joined=f" {' '.join(forms)} ",
        offsets=list(accumulate((len(form) + 1 for form in forms), initial=1)),
    )


class Occurrences:
    """Looks a question's words up in a text, diacritics compared if the question has any."""

    def __init__(self, question: Question, text: str, abbreviations: Abbreviations) -> None:
        self._syllables = _syllables(text, abbreviations, accented=question.accented)
        self._lexicon = Words.load() if question.accented else Words.load_folded()
        deputies = _NOT_THE_HOLDER[question.accented]
        asked = {form.split(" ")[0] for word in question.words for form in word.forms}
        who = question.kind is AnswerKind.PERSON
        self._deputies = deputies if who and not deputies & asked else frozenset()

    def holds_pair(self, pair: str) -> bool:
        """Whether two syllables, separated by a space, stand side by side."""
        return f" {pair} " in self._syllables.joined

    def of(self, word: ContentWord) -> list[int]:
        """Offsets into the text of what counts as ``word``, rising."""
        return sorted(set(self._find(word)))

    def _find(self, word: ContentWord) -> Iterator[int]:
        for form in word.forms:
            alone = " " not in form
            for index in self._indices(form):
                if index and self._syllables.forms[index - 1] in self._deputies:
                    continue
                if not alone or self._stands_alone(index):
                    yield self._syllables.starts[index]
        for pair in word.neighbours:
            for index in self._indices(pair):
                yield self._syllables.starts[index]

    def _indices(self, form: str) -> Iterator[int]:
        """Indices of the first syllable of ``form`` wherever it stands."""
        joined, sought = self._syllables.joined, f" {form} "
        at = joined.find(sought)
        while at >= 0:
            yield bisect_left(self._syllables.offsets, at + 1)
            at = joined.find(sought, at + 1)

    def _stands_alone(self, index: int) -> bool:
        """Whether a syllable is a word by itself: "giá" is not one in "đánh giá"."""
        first = max(0, index - _AROUND)
        around = self._syllables.forms[first : index + _AROUND + 1]
        return (index - first, index - first + 1) in self._lexicon.segment(around)
