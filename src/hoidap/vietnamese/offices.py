"""The office that a question asks for: "Bí thư" of "Huyện ủy", "Phó Chủ tịch" of "xã Ba Sao"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hoidap.vietnamese.language import Language
from hoidap.vietnamese.question import AnswerKind, Question
from hoidap.vietnamese.text import fold, tokenize

_OFFICES = """
chủ tịch; bí thư; giám đốc; trưởng phòng; trưởng ban; trưởng công an; chánh văn phòng; chánh án;
viện trưởng; hiệu trưởng; chỉ huy trưởng
"""
_BODIES = """
ủy ban nhân dân; hội đồng nhân dân; huyện ủy; tỉnh ủy; thành ủy; thị ủy; đảng ủy; chi bộ; đảng bộ
"""
_UNITS = "tỉnh; thành phố; huyện; thị xã; thị trấn; phường; xã; ấp; khóm"


def _words(listed: str) -> dict[bool, frozenset[str]]:
    """The words of a list, for questions with and without diacritics."""
    words = frozenset(" ".join(word.split()) for word in listed.split(";"))
    return {True: words, False: frozenset(map(fold, words))}


_OFFICE_WORDS = _words(";".join((_OFFICES, *(f"phó {office}" for office in _OFFICES.split(";")))))
_UNIT_WORDS, _BODY_WORDS = _words(_UNITS), _words(f"{_BODIES}; {_UNITS}")


def office_asked(question: Question) -> tuple[int, ...]:
    """The numbers of the words of an office, and of the body or unit right behind it.

    Empty unless a Vietnamese question asks who holds it.
    """
    if question.kind is not AnswerKind.PERSON or question.language is Language.ENGLISH:
        return ()
    offices, bodies = _OFFICE_WORDS[question.accented], _BODY_WORDS[question.accented]
    places = {place.start for place in question.places}
    found: list[int] = []
    end = 0
    for number, word in enumerate(question.words):
        beside = not question.text[end : word.start].strip()
        if found and beside and (word.forms[0] in bodies or word.start in places):
            found.append(number)
        elif found:
            break
        elif word.forms[0] in offices:
            found.append(number)
        end = word.start + len(word.text)
    return tuple(found) if len(found) > 1 else ()


def names_other_unit(question: Question, office: Sequence[int], text: str) -> bool:
    """Whether ``text`` has the office asked, or its body, of units of other kinds only.

    "Chủ tịch UBND xã" where that of a district is asked. ``office`` is what `office_asked` found.
    """
    accented = question.accented
    words = [question.words[number] for number in office]
    units = _UNIT_WORDS[accented]
    asked = {
        unit
        for word in words
        for form in word.forms
        for unit in units
        if f"{form} ".startswith(f"{unit} ")
    }
    if not asked:
        return False
    row = " ".join(token.text for token in tokenize(text))
    before = "|".join(form for word in words for form in word.forms)
    found = re.findall(
        rf"(?<!\w)(?:{before}) ({'|'.join(units)})(?!\w)", row if accented else fold(row)
    )
    return bool(found) and asked.isdisjoint(found)
