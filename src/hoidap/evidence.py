"""What of a question a passage holds: its words, its dates, the kind of thing asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import or_

from hoidap.datefilter import (
    dates_of,
    is_headed,
    is_of_another_date,
    is_of_the_day,
    names_date,
    undated_of_another_date,
)
from hoidap.documents import Passage
from hoidap.occurrences import Occurrences, Sought
from hoidap.vietnamese.bare_months import find_bare_months
from hoidap.vietnamese.entities import (
    bare_name,
    find_numbers,
    find_ordinals,
    find_persons,
    find_places,
)
from hoidap.vietnamese.offices import names_other_unit
from hoidap.vietnamese.periods import elsewhere
from hoidap.vietnamese.question import AnswerKind, ContentWord, Question
from hoidap.vietnamese.sentences import sentence_spans
from hoidap.vietnamese.syllables import Syllables
from hoidap.vietnamese.text import fold, tokenize

# A date of the question weighs as much as a word of one article in 150.
_DATE_WEIGHT = 5.0
# What a word of the title counts in a sentence that does not repeat it. With 1, words of the title
# told no sentences apart: on ALQAC the answer was in 38.0 % of those chosen, with 0.5 and 0.75 in
# 40.0.
_TITLED = 0.75


class Evidence:
    """Which words of a question stand where in a passage, and what share of the question that is.

    A word of the report's title is held by every sentence of the report: none need repeat it. Where
    a date is asked, sentences that name another one hold nothing.
    """

    def __init__(
        self, sought: Sought, passage: Passage, heading: Syllables, text: Syllables
    ) -> None:
        """``heading`` and ``text`` are the syllables of what the passage stands under and says."""
        self.question = sought.question
        self.text = passage.text
        self._sought = sought
        self._passage = passage
        self._citation = passage.report
        self._occurrences = Occurrences(sought, heading), Occurrences(sought, text)
        # By the words' numbers.
        self._places: dict[int, list[int]] = {}
        numbers = range(len(self.question.words))
        self._titled = [self._occurrences[0].has(number) for number in numbers]
        self._own = [self._says(number) for number in numbers]
        self._weights = [word.weight for word in self.question.words]
        self._total = sum(self._weights)

    def _says(self, number: int) -> bool:
        """Whether the text says a word where that counts."""
        if self.question.dates:
            return bool(self._places_of(number))
        return self._occurrences[1].has(number) or bool(self._named(number))

    def _places_of(self, number: int) -> list[int]:
        """Offsets at which a word stands, in sentences that count."""
        places = self._places.get(number)
        if places is None:
            places = sorted({*self._occurrences[1].of(number), *self._named(number)})
            if self.question.dates:
                places = [at for at in places if any(s <= at < e for s, e in self.sentences)]
            self._places[number] = places
        return places

    def _named(self, number: int) -> list[int]:
        """Where the persons stand that a word names by their last syllable alone: "bà Nhung".

        Whatever word that is elsewhere: "Hồng Nhung" ends in a name, "hồng nhung" is a rose.
        """
        name = self._sought.given_names.get(number)
        if name is None:
            return []
        return [start for start, last in self._persons if last == name]

    @cached_property
    def _persons(self) -> list[tuple[int, str]]:
        """Where persons' last syllables stand, and what they are."""
        lasts = []
        for start, end in find_persons(self.text):
            last = tokenize(self.text[start:end])[-1]
            lasts.append((start + last.start, last.text))
        return lasts

    @cached_property
    def is_of_the_date(self) -> bool:
        """Whether the report is of the day asked, or what the passage stands under of the date.

        None of its sentences need say so.
        """
        return is_of_the_day(self.question, self._citation) or is_headed(
            self.question, self._passage
        )

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Offsets of the sentences that count, in order."""
        spans = sentence_spans(self.text)
        if not self.question.dates:
            return spans
        first = undated_of_another_date(self.question, self._passage)
        return [
            (start, end)
            for start, end in spans
            if start >= first
            and not is_of_another_date(self.question, self.text[start:end], self._citation)
        ]

    def has(self, word: ContentWord) -> bool:
        """Whether the text or the title says ``word`` in one of its forms."""
        number = self._sought.number[word.start]
        return self._own[number] or self._titled[number]

    def complete(self) -> bool:
        """Whether the passage or the title says every word of the question."""
        return all(map(or_, self._own, self._titled))

    def share(self, *, titled: bool = True) -> float:
        """The share of the question's words, by weight, in the text or the title.

        In [0, 1]; 0 where the question has no words. ``titled`` says whether the title counts.
        """
        if self._total == 0:
            return 0.0
        held = map(or_, self._own, self._titled) if titled else self._own
        return sum(compress(self._weights, held)) / self._total

    def shares(self, spans: Sequence[tuple[int, int]], *, titled: bool = True) -> list[float]:
        """The same of each of ``spans`` of the text, which rise and do not overlap.

        A word of the title counts a little less where a span does not repeat it.
        """
        starts = [start for start, _ in spans]
        shares = [0.0] * len(spans)
        everywhere = 0.0
        for number, weight in enumerate(self._weights):
            share = weight / self._total if self._total > 0 else 0.0
            if titled and self._titled[number]:
                # The number of the document itself has a line of its own, which says nothing else.
                counted = share if "/" in self.question.words[number].forms[0] else _TITLED * share
                everywhere += counted
                share -= counted
            if self._own[number]:
                before = ((bisect_right(starts, at) - 1, at) for at in self._places_of(number))
                for span in {span for span, at in before if span >= 0 and at < spans[span][1]}:
                    shares[span] += share
        return [everywhere + share for share in shares]

    def names_place(self) -> bool:
        """Whether the passage or a heading names a place that is asked, by an old or new name."""
        return any(
            place.start <= word.start < place.end and self.has(word)
            for place in self.question.places
            for word in self.question.words
        )

    def phrases(self) -> float:
        """The share of the question's pairs of neighbouring syllables that stand so, in [0, 1].

        The share of its words where it has no pairs, as has a question of one word.
        """
        heading, text = (one.pairs() for one in self._occurrences)
        held = list(map(or_, heading, text))
        return sum(held) / len(held) if held else self.share()

    def coverage(self) -> float:
        """The share of the question, by weight, that the passage or the title holds, in [0, 1].

        A date counts where the passage itself names it; one that does not lacks it, unless its
        report is of that day or what it stands under names it. 1 where nothing is asked.
        """
        total = self._total
        held = self.share() * total
        if self.question.dates:
            named = names_date(self.question, self.text)
            if named or not self.is_of_the_date:
                total += _DATE_WEIGHT
                held += _DATE_WEIGHT * named
        return held / total if total > 0 else 1.0

    def other_body(self) -> str:
        """The body or unit whose office is asked for, where the passage names that of another.

        "Bí thư Đảng ủy xã, Trưởng Ban Tổ chức Huyện ủy" is not the secretary of Huyện ủy: office
        and body have to stand between the same commas. Nor is "Chủ tịch UBND xã" that of a district
        which the title names. Empty where they do, or where none is asked.
        """
        asked = self._sought.office
        sought = [number for number in asked if not self._titled[number]]
        if not asked or any(
            all(any(start <= at < end for at in self._places_of(number)) for number in sought)
            and not names_other_unit(self.question, asked, self.text[start:end])
            for sentence in self.sentences
            for start, end in _parts(self.text, sentence, ",;")
        ):
            return ""
        first, last = self.question.words[asked[1]], self.question.words[asked[-1]]
        return self.question.text[first.start : last.start + len(last.text)]

    def names_key(self, start: int, end: int) -> bool:
        """Whether a stretch of the text names what the answer stands with: see `Sought.key`."""
        key = self._sought.key
        return key is not None and any(start <= at < end for at in self._places_of(key))

    def holds_kind(self) -> bool:
        """Whether the passage names a thing of the kind asked for; true where none can be told.

        Names of places take too many forms for their absence to say anything.
        """
        kind = self.question.kind
        return kind in {AnswerKind.OTHER, AnswerKind.PLACE} or bool(
            _asked_for(self.question, self.text)
        )


def _asked_for(question: Question, text: str) -> list[tuple[int, int]]:
    match question.kind:
        case AnswerKind.PERSON:
            return find_persons(text)
        case AnswerKind.DATE:
            dates = dates_of(text)
            every = (*dates, *elsewhere(dates, find_bare_months(text)))
            return sorted((mention.start, mention.end) for mention in every)
        case AnswerKind.NUMBER:
            dates = dates_of(text)
            numbers = find_ordinals(text) if question.ordinal else find_numbers(text)
            return [
                (start, end)
                for start, end in numbers
                if not any(date.start <= start < date.end for date in dates)
            ]
        case AnswerKind.PLACE:
            return find_places(text)
        case AnswerKind.OTHER:
            return []


# Characters, more than any word has that is counted.
_NEAR = 80

# What a sentence's late interaction counts against 1 for all the words asked.
_LATE_WEIGHT = 1.0
# What a sentence gains when it holds the kind of thing asked for, or the date, against 1 for all
# the words asked. On XQuAD the sentence with the answer is chosen in 81.0 % of the passages without
# the former, in 82.8 to 83.0 % with 0.25 to 0.6.
_KIND_BONUS = 0.5
# More than the former, since a date is a condition and not a hint; and so is what is measured.
_DATE_BONUS = 0.75
_MEASURE_BONUS = 0.75


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or caption, by its offsets, and how much of the question it holds, in [0, 1].

    ``answers`` says whether it holds the kind of thing asked for: a name, date, number or place.
    """

    start: int
    end: int
    share: float
    answers: bool


def best_sentence(evidence: Evidence, late: Sequence[float]) -> Sentence | None:
    """The sentence that holds most of the question, the first of equals; None without sentences.

    ``late`` are the scores of the sentences by late interaction: what a sentence says in other
    words counts as well.
    """
    question, text = evidence.question, evidence.text
    most = 1.0 + _LATE_WEIGHT + _KIND_BONUS * (question.kind is not AnswerKind.OTHER)
    # What a report of the date says, it says of that; but where it does not say all that is asked
    # the sentence with the date tells best what it is about.
    told = evidence.is_of_the_date and evidence.complete()
    dated = bool(question.dates) and not told
    measured = question.kind is AnswerKind.NUMBER
    most += _DATE_BONUS * dated + _MEASURE_BONUS * measured
    rated: list[tuple[float, int, int, float]] = []
    shares = evidence.shares(evidence.sentences)
    named = {span for span in evidence.sentences if measured and evidence.names_key(*span)}
    for (start, end), share, other_words in zip(evidence.sentences, shares, late, strict=True):
        score = share + _LATE_WEIGHT * other_words
        if dated and names_date(question, text[start:end]):
            score += _DATE_BONUS
        if (start, end) in named:
            score += _MEASURE_BONUS
        rated.append((-score, start, end, share))
    best: tuple[float, int, Sentence] | None = None
    for negative, start, end, share in sorted(rated):
        # What is asked for takes long to look for and can no longer help those that follow.
        if best is not None and negative - _KIND_BONUS > best[0]:
            break
        # Without a word of the question, a name or number answers something else; and so does one
        # beside another sentence that names what is measured.
        own = share > 0 and (not named or (start, end) in named)
        answers = own and bool(_asked_for(question, text[start:end]))
        score = _KIND_BONUS * answers - negative
        if best is None or (-score, start) < best[:2]:
            best = -score, start, Sentence(start, end, score / most, answers)
    return best[2] if best is not None else None


def highlights(evidence: Evidence, sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """The sentence, then what in it is of the kind asked for; offsets into the text.

    A number that stands right before the word to be counted goes before all others. Of a long
    enumeration ("ông A, chức vụ; bà B, chức vụ") only the part that holds most of the question's
    words gives names or numbers. What the question says itself, "từ 80 tuổi", is marked only where
    nothing else is.
    """
    counted = _counted(evidence, sentence)
    first, last = _part(evidence, sentence, counted)
    marked = [span for span in counted if first <= span[0] < last]
    if not marked:
        inner = _asked_for(evidence.question, evidence.text[first:last])
        marked = [(first + begin, first + end) for begin, end in inner]
        new = [span for span in marked if not _says(evidence.question, evidence.text[slice(*span)])]
        marked = new or marked
    return ((sentence.start, sentence.end), *marked)


def _says(question: Question, marked: str) -> bool:
    """Whether the question itself says a name, number or place, with or without what is before."""

    def row(text: str) -> str:
        row = f" {' '.join(token.text for token in tokenize(text))} "
        return row if question.accented else fold(row)

    return row(bare_name(marked)) in row(question.text)


def _counted(evidence: Evidence, sentence: Sentence) -> list[tuple[int, int]]:
    """The numbers right before the word that "bao nhiêu" asks to count: "14 xã", "99 %"."""
    question = evidence.question
    if not question.counted:
        return []
    text = evidence.text[sentence.start : sentence.end]
    return [
        (sentence.start + begin, sentence.start + end)
        for begin, end in _asked_for(question, text)
        if text[end - 1] in question.counted or _counts(text[end:], question)
    ]


def _counts(text: str, question: Question) -> bool:
    """Whether the word to be counted is what ``text`` begins with, after a space."""
    near = text[:_NEAR]
    if not near[:1].isspace() or not near.lstrip()[:1].isalpha():
        return False
    row = " ".join(token.text for token in tokenize(near))
    said = row if question.accented else fold(row)
    return any(f"{said} ".startswith(f"{form} ") for form in question.counted)


def _parts(text: str, sentence: tuple[int, int], dividers: str) -> list[tuple[int, int]]:
    """What lies between the ``dividers`` of a sentence; offsets into the text."""
    parts, (at, end) = [], sentence
    for match in re.finditer(rf"[{dividers}](?=\s)", text[at:end]):
        parts.append((at, sentence[0] + match.start()))
        at = sentence[0] + match.end()
    return [*parts, (at, end)]


def _part(
    evidence: Evidence, sentence: Sentence, counted: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """The part of a sentence that holds most of the question's words.

    Semicolons divide, and commas too where a number is asked for: otherwise a comma may stand
    between a name and its office, a date and what happened on it. Where any parts hold a number
    that is ``counted``, or name the office or what is measured, it is one of them.
    """
    divider = ",;" if evidence.question.kind is AnswerKind.NUMBER else ";"
    parts = _parts(evidence.text, (sentence.start, sentence.end), divider)
    shares = evidence.shares(parts, titled=False)
    holding = [any(start <= at < end for at, _ in counted) for start, end in parts]
    named = [evidence.names_key(start, end) for start, end in parts]
    # "Hộ nghèo còn 986 hộ, chiếm 1,7%; hộ cận nghèo còn 1.655 hộ, chiếm 2,9%".
    wider = _parts(evidence.text, (sentence.start, sentence.end), ";")
    held = evidence.shares(wider, titled=False)
    around = [
        held[max(at for at, (start, _) in enumerate(wider) if start <= first)] for first, _ in parts
    ]
    rated = list(zip(holding, named, shares, around, strict=True))
    return parts[rated.index(max(rated))]
