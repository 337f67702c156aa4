"""What of a question a passage holds: its words, its dates, the kind of thing asked for."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.dates import DateMention, Period, Precision, find_dates
from hoidap.vietnamese.entities import find_numbers, find_persons, find_places
from hoidap.vietnamese.question import AnswerKind, ContentWord, Question
from hoidap.vietnamese.sentences import sentence_spans
from hoidap.vietnamese.terms import expand
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.words import Words


class Reading:
    """The words of a text, read once, for looking up a question's words in it or in parts of it."""

    def __init__(self, text: str, abbreviations: Abbreviations, *, accented: bool) -> None:
        """Read ``text`` with its diacritics or, for a question without them, without."""
        tokens = expand(text, abbreviations)
        syllables = [token.text for token in tokens]
        if not accented:
            syllables = fold("\n".join(syllables)).split("\n")
        self._syllables = syllables
        self._starts = [token.start for token in tokens]
        lexicon = Words.load() if accented else Words.load_folded()
        self._ranges = lexicon.segment(syllables) if tokens else []

    def words(self, start: int = 0, end: int = sys.maxsize) -> StretchWords:
        """The words that begin in ``text[start:end]``."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        syllables = self._syllables[first:last]
        return StretchWords(
            f" {' '.join(syllables)} ",
            frozenset(
                self._syllables[begin]
                for begin, finish in self._ranges
                if finish - begin == 1 and first <= begin < last
            ),
        )


@dataclass(frozen=True, slots=True)
class StretchWords:
    """The words of a stretch of text.

    ``syllables`` is all of it, syllables separated and enclosed by spaces; ``single`` are the
    syllables that are words by themselves: "giá" is not one in "đánh giá".
    """

    syllables: str
    single: frozenset[str]

    def has(self, word: ContentWord) -> bool:
        """Whether the stretch says ``word`` in one of its forms."""
        for form in word.forms:
            if form in self.single or (" " in form and f" {form} " in self.syllables):
                return True
        return any(f" {pair} " in self.syllables for pair in word.neighbours)


# A date of the question weighs as much as a word of one article in 150.
_DATE_WEIGHT = 5.0


def coverage(question: Question, *stretches: StretchWords, dated: bool) -> float:
    """The share of the question, by weight, that stands in any of the stretches, in [0, 1].

    ``dated`` says whether the text itself names the date asked for. 1 where nothing is asked.
    """
    total = sum(word.weight for word in question.words)
    held = sum(
        word.weight for word in question.words if any(stretch.has(word) for stretch in stretches)
    )
    if question.dates:
        total += _DATE_WEIGHT
        held += _DATE_WEIGHT * dated
    return held / total if total > 0 else 1.0


def speaks_of(dates: Sequence[DateMention], asked: DateMention, reported: date | None) -> bool:
    """Whether a text with ``dates``, in a report of the day ``reported``, speaks of the date asked.

    It does if one of its dates lies within what was asked, or is a wider period of at most a
    year round a month or more. A text that names no date as fine as the one asked is about the
    day of its report. One that names another day, and not the one asked, is about another date.
    """
    if asked.period is None:
        days = {(mention.day, mention.month) for mention in dates if mention.period is None}
        days |= {
            (period.start.day, period.start.month)
            for mention in dates
            if (period := mention.period) is not None and period.precision is Precision.DAY
        }
        if days or reported is None:
            return (asked.day, asked.month) in days
        return (asked.day, asked.month) == (reported.day, reported.month)
    periods = [mention.period for mention in dates if mention.period is not None]
    if any(asked.period.contains(period) for period in periods):
        return True
    if asked.period.precision is Precision.DAY:
        # "ngày 5 đến 7/3/2021" speaks of the 6th.
        if any(p.precision is Precision.DAY and p.contains(asked.period) for p in periods):
            return True
    elif any(period.contains(asked.period) for period in periods):
        return True
    if any(period.precision <= asked.period.precision for period in periods):
        return False
    if reported is None:
        return False
    return asked.period.contains(Period(reported, reported, Precision.DAY))


def names_date(question: Question, text: str) -> bool:
    """Whether ``text`` itself names a date that the question asks about."""
    return bool(question.dates) and right_date(question, text, None)


def right_date(question: Question, text: str, reported: date | None) -> bool:
    """Whether a passage may answer as far as the dates of the question go; true without any."""
    if not question.dates:
        return True
    dates = find_dates(text)
    return any(speaks_of(dates, asked, reported) for asked in question.dates)


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


# What a sentence gains when it holds the kind of thing asked for, or the date, against 1 for all the
# words asked: enough to decide between sentences that say nearly the same of them.
_KIND_BONUS = 0.25
_DATE_BONUS = 0.25


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or caption, by its offsets, and how much of the question it holds, in [0, 1]."""

    start: int
    end: int
    evidence: float


def best_sentence(question: Question, text: str, reading: Reading) -> Sentence | None:
    """The sentence of ``text`` that holds most of the question, the first of equals.

    ``reading`` is of the same text. None where there is no sentence.
    """
    total = sum(word.weight for word in question.words) or 1.0
    best: Sentence | None = None
    for start, end in sentence_spans(text):
        words = reading.words(start, end)
        score = sum(word.weight for word in question.words if words.has(word)) / total
        if _asked_for(question.kind, text[start:end]):
            score += _KIND_BONUS
        if names_date(question, text[start:end]):
            score += _DATE_BONUS
        evidence = score / (1 + _KIND_BONUS + _DATE_BONUS)
        if best is None or evidence > best.evidence:
            best = Sentence(start, end, evidence)
    return best


def highlights(
    question: Question, text: str, reading: Reading, sentence: Sentence
) -> tuple[tuple[int, int], ...]:
    """The sentence, then what in it is of the kind asked for; offsets into ``text``.

    Of a long enumeration ("ông A, chức vụ; bà B, chức vụ") only the part that holds the question's
    words gives names or numbers.
    """
    first, last = _part(question, text, sentence, reading)
    inner = _asked_for(question.kind, text[first:last])
    return (
        (sentence.start, sentence.end),
        *((first + begin, first + finish) for begin, finish in inner),
    )


def _part(question: Question, text: str, sentence: Sentence, reading: Reading) -> tuple[int, int]:
    """The part of a sentence that holds most of the question's words.

    Semicolons divide, and commas too where a number is asked for: otherwise a comma may stand
    between a name and its office, a date and what happened on it.
    """
    divider = ",;" if question.kind is AnswerKind.NUMBER else ";"
    parts, at = [], sentence.start
    for match in re.finditer(rf"[{divider}](?=\s)", text[sentence.start : sentence.end]):
        parts.append((at, sentence.start + match.start()))
        at = sentence.start + match.end()
    parts.append((at, sentence.end))
    return max(parts, key=lambda part: coverage(question, reading.words(*part), dated=False))
