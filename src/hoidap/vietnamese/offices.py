"""The office that a question asks for: "Bí thư" of "Huyện ủy", "Phó Chủ tịch" of "xã Ba Sao"."""

from __future__ import annotations

from hoidap.vietnamese.language import Language
from hoidap.vietnamese.question import AnswerKind, Question
from hoidap.vietnamese.text import fold

_OFFICES = """
chủ tịch; bí thư; giám đốc; trưởng phòng; trưởng ban; trưởng công an; chánh văn phòng; chánh án;
viện trưởng; hiệu trưởng; chỉ huy trưởng
"""
_BODIES = """
ủy ban nhân dân; hội đồng nhân dân; huyện ủy; tỉnh ủy; thành ủy; thị ủy; đảng ủy; chi bộ; đảng bộ;
tỉnh; thành phố; huyện; thị xã; thị trấn; phường; xã; ấp; khóm
"""


def _words(listed: str) -> dict[bool, frozenset[str]]:
    """The words of a list, for questions with and without diacritics."""
    words = frozenset(" ".join(word.split()) for word in listed.split(";"))
    return {True: words, False: frozenset(map(fold, words))}


_OFFICE_WORDS, _BODY_WORDS = _words(_OFFICES), _words(_BODIES)


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
