"""What of a question a passage holds: its words, its dates, the kind of thing asked for."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from hoidap.datefilter import names_date
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.dates import find_dates
from hoidap.vietnamese.entities import find_numbers, find_persons, find_places
from hoidap.vietnamese.question import AnswerKind, ContentWord, Question
from hoidap.vietnamese.sentences import sentence_spans
from hoidap.vietnamese.terms import expand
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.words import Words

# A date of the question weighs as much as a word of one article in 150.
_DATE_WEIGHT = 5.0
# Syllables on each side of one that are looked at to tell whether it is a word by itself: a word
# has at most four.
_AROUND = 4
# Passages whose syllables are kept: a district's questions keep coming back to the same ones. About
# 20 kB each.
_REMEMBERED = 1024


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


class Evidence:
    """Where the words of a question stand in a passage, and what share of the question that is.

    A word of the report's title is held by every sentence of the report: none need repeat it.
    """

    def __init__(
        self, question: Question, text: str, title: str, abbreviations: Abbreviations
    ) -> None:
        """Look the question's words up in ``text``, diacritics compared if the question has any."""
        self.question = question
        self.text = text
        self._titled: frozenset[ContentWord] = frozenset()
        if title:
            of_title = Evidence(question, title, "", abbreviations)
            self._titled = frozenset(filter(of_title.has, question.words))
        self._syllables = _syllables(text, abbreviations, accented=question.accented)
        self._lexicon = Words.load() if question.accented else Words.load_folded()
        self._places = {word: sorted(set(self._find(word))) for word in question.words}
        self._total = sum(word.weight for word in question.words)

    def _find(self, word: ContentWord) -> Iterator[int]:
        """Offsets into the text of what counts as ``word``."""
        for form in word.forms:
            alone = " " not in form
            for index in self._indices(form):
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

    def has(self, word: ContentWord) -> bool:
        """Whether the text or the title says ``word`` in one of its forms."""
        return bool(self._places[word]) or word in self._titled

    def share(self, start: int = 0, end: int = sys.maxsize, *, titled: bool = True) -> float:
        """The share of the question's words, by weight, in ``text[start:end]`` or the title.

        In [0, 1]; 0 where the question has no words. ``titled`` says whether the title counts.
        """
        held = 0.0
        for word, places in self._places.items():
            at = bisect_left(places, start)
            if (at < len(places) and places[at] < end) or (titled and word in self._titled):
                held += word.weight
        return held / self._total if self._total > 0 else 0.0


def coverage(evidence: Evidence) -> float:
    """The share of the question, by weight, that a passage or its report's title holds, in [0, 1].

    A date counts only where the passage itself names it. 1 where nothing is asked.
    """
    question = evidence.question
    words = question.words
    total = sum(word.weight for word in words)
    held = sum(word.weight for word in words if evidence.has(word))
    if question.dates:
        total += _DATE_WEIGHT
        held += _DATE_WEIGHT * names_date(question, evidence.text)
    return held / total if total > 0 else 1.0


def _asked_for(kind: AnswerKind, text: str) -> list[tuple[int, int]]:
    match kind:
        case AnswerKind.PERSON:
            return find_persons(text)
        case AnswerKind.DATE:
            return [(mention.start, mention.end) for mention in find_dates(text)]
        case AnswerKind.NUMBER:
            dates = find_dates(text)
            return [
                (start, end)
                for start, end in find_numbers(text)
                if not any(date.start <= start < date.end for date in dates)
            ]
        case AnswerKind.PLACE:
            return find_places(text)
        case AnswerKind.OTHER:
            return []


# What a sentence gains when it holds the kind of thing asked for, or the date, against 1 for all
# the words asked. On XQuAD the sentence with the answer is chosen in 81.0 % of the passages without
# the former, in 82.8 to 83.0 % with 0.25 to 0.6.
_KIND_BONUS = 0.5
# More than the former, since a date is a condition and not a hint.
_DATE_BONUS = 0.75


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or caption, by its offsets, and how much of the question it holds, in [0, 1].

    ``answers`` says whether it holds the kind of thing asked for: a name, date, number or place.
    """

    start: int
    end: int
    share: float
    answers: bool


def best_sentence(evidence: Evidence) -> Sentence | None:
    """The sentence that holds most of the question, the first of equals; None without sentences."""
    question, text = evidence.question, evidence.text
    most = 1.0 + _KIND_BONUS * (question.kind is not AnswerKind.OTHER)
    most += _DATE_BONUS * bool(question.dates)
    best: Sentence | None = None
    for start, end in sentence_spans(text):
        score = evidence.share(start, end)
        # Without a word of the question, a name or number answers something else.
        answers = score > 0 and bool(_asked_for(question.kind, text[start:end]))
        score += _KIND_BONUS * answers
        if names_date(question, text[start:end]):
            score += _DATE_BONUS
        if best is None or score / most > best.share:
            best = Sentence(start, end, score / most, answers)
    return best


def highlights(evidence: Evidence, sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """The sentence, then what in it is of the kind asked for; offsets into the text.

    Of a long enumeration ("ông A, chức vụ; bà B, chức vụ") only the part that holds the question's
    words gives names or numbers.
    """
    first, last = _part(evidence, sentence)
    inner = _asked_for(evidence.question.kind, evidence.text[first:last])
    return (
        (sentence.start, sentence.end),
        *((first + begin, first + finish) for begin, finish in inner),
    )


def _part(evidence: Evidence, sentence: Sentence) -> tuple[int, int]:
    """The part of a sentence that holds most of the question's words.

    Semicolons divide, and commas too where a number is asked for: otherwise a comma may stand
    between a name and its office, a date and what happened on it.
    """
    divider = ",;" if evidence.question.kind is AnswerKind.NUMBER else ";"
    parts, at = [], sentence.start
    for match in re.finditer(rf"[{divider}](?=\s)", evidence.text[sentence.start : sentence.end]):
        parts.append((at, sentence.start + match.start()))
        at = sentence.start + match.end()
    parts.append((at, sentence.end))
    return max(parts, key=lambda part: evidence.share(*part, titled=False))
