"""Where the words of a question stand in a text."""

from __future__ import annotations

from hoidap.vietnamese.entities import find_persons
from hoidap.vietnamese.measures import measure_asked
from hoidap.vietnamese.offices import office_asked
from hoidap.vietnamese.question import AnswerKind, Question
from hoidap.vietnamese.syllables import Syllables
from hoidap.vietnamese.words import Words

# The deputy or former holder of an office is not its holder. Without diacritics only the first can
# be told: "nguyen" is a family name.
_NOT_THE_HOLDER = {True: frozenset({"phó", "nguyên", "cựu"}), False: frozenset({"pho"})}


class Sought:
    """A question's words, ready to be looked up in many texts.

    ``number`` is the place of a word among the question's, by where it begins in the question.
    ``given_names`` are the words, by their numbers, that name a person by one syllable: "bà Nhung".
    ``office`` are the numbers of the words of the office asked for and of its body; ``key`` is that
    of the word which the answer stands with, an office or what is measured.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.number = {word.start: number for number, word in enumerate(question.words)}
        self.forms = [[(form, f" {form} ") for form in word.forms] for word in question.words]
        self.neighbours = [[f" {pair} " for pair in word.neighbours] for word in question.words]
        self.pairs = [f" {pair} " for pair in question.pairs]
        self.given_names = {
            number: word.forms[0]
            for number, word in enumerate(question.words)
            if " " not in word.forms[0] and find_persons(word.text) == [(0, len(word.text))]
        }
        self.office = office_asked(question)
        self.key = self.office[0] if self.office else measure_asked(question)
        self.lexicon = Words.load() if question.accented else Words.load_folded()
        deputies = _NOT_THE_HOLDER[question.accented]
        asked = {form.split(" ")[0] for word in question.words for form in word.forms}
        who = question.kind is AnswerKind.PERSON
        self.deputies = deputies if who and not deputies & asked else frozenset()


class Occurrences:
    """Looks a question's words up in a text, diacritics compared if the question has any."""

    def __init__(self, sought: Sought, syllables: Syllables) -> None:
        self._sought = sought
        self._syllables = syllables if sought.question.accented else syllables.folded()
        self._words: dict[tuple[int, str], bool] = {}

    def pairs(self) -> list[bool]:
        """Of each pair of the question's syllables whether it stands side by side here, too."""
        row = self._syllables.row
        return [pair in row for pair in self._sought.pairs]

    def has(self, number: int) -> bool:
        """Whether anything counts as the question's word ``number``."""
        row = self._syllables.row
        # Mostly nothing is there, and nothing else needs to be done; words take longest.
        for pair in self._sought.neighbours[number]:
            if pair in row:
                return True
        for form, spaced in self._sought.forms[number]:
            if spaced in row:
                for at in self._find(spaced):
                    if self._is_word(at, form):
                        return True
        return False

    def of(self, number: int) -> list[int]:
        """Offsets into the text of what counts as the question's word ``number``, rising."""
        found = {
            at
            for form, spaced in self._sought.forms[number]
            for at in self._find(spaced)
            if self._is_word(at, form)
        }
        own = self._sought.forms[number][0][1]
        for pair in self._sought.neighbours[number]:
            behind = 0 if pair.startswith(own) else pair.index(" ", 1)
            found.update(at + behind for at in self._find(pair))
        return sorted({self._syllables.start(at) for at in found})

    def _find(self, spaced: str) -> list[int]:
        """Where syllables between spaces stand in the row."""
        row = self._syllables.row
        found = []
        at = row.find(spaced)
        while at >= 0:
            found.append(at)
            at = row.find(spaced, at + 1)
        return found

    def _is_word(self, at: int, form: str) -> bool:
        """Whether what was found is what was asked.

        A syllable has to be a word by itself: "giá" is not one in "đánh giá".
        """
        known = self._words.get((at, form))
        if known is None:
            known = self._words[at, form] = self._reads_as_word(at, form)
        return known

    def _reads_as_word(self, at: int, form: str) -> bool:
        deputies = self._sought.deputies
        if " " in form:
            return not deputies or self._syllables.before(at) not in deputies
        before, after = self._syllables.before(at), self._syllables.after(at, form)
        if before in deputies:
            return False
        lexicon = self._sought.lexicon
        if not lexicon.may_join(before, form) and not lexicon.may_join(form, after):
            return True
        around, own = self._syllables.around(at)
        return (own, own + 1) in lexicon.segment(around)
