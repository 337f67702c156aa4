"""Documents that a question names by kind and number: "Quyết định 1452", "công văn số 45"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import expand
from hoidap.vietnamese.text import fold, normalize

# Kinds of documents without diacritics, and what stands for them in a document's number. A letter
# has the office that wrote it there: "45/UBND-VX".
_LETTER = ""
_KINDS = {
    "quyet dinh|qd|decision": "qd",
    "nghi quyet|nq|resolution": "nq",
    "bao cao|bc|report": "bc",
    "thong bao|tb|notice": "tb",
    "ke hoach|kh|plan": "kh",
    "to trinh|ttr": "ttr",
    "chi thi|directive": "ct",
    "huong dan": "hd",
    "giay moi": "gm",
    "bien ban": "bb",
    "cong dien": "cd",
    "chuong trinh": "ctr",
    "nghi dinh|decree": "nd",
    "thong tu|circular": "tt",
    "cong van|cv|official (?:letter|dispatch)": _LETTER,
}
_OTHERS = frozenset(_KINDS.values()) - {_LETTER}
# "Kế hoạch 5 năm", "báo cáo 6 tháng đầu năm"; but "công văn 45 ngày 18/3", "quyết định 12 năm nào".
_AMOUNT = (
    r"(?! (?:nam|thang|quy|tuan|ngay|gio|lan|trang|nguoi|year|month|week|day)s?(?!\w)"
    r"(?! (?:nao|may|\d)))"
    r"(?!(?<= \d) nam \d)"
)
_CITED_RES = tuple(
    (
        re.compile(
            rf"(?<![\w/-])(?:{names})(?: (?:so|no\.?|number))?:? "
            rf"(?P<number>\d{{1,5}}(?:/\d{{4}})?)(?P<rest>[/-][a-z][\w/-]*)?(?![\w/-]|[.,]\d){_AMOUNT}",
            re.IGNORECASE,
        ),
        code,
    )
    for names, code in _KINDS.items()
)
_LETTERS_RE = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document by its offsets in a question, and the ``forms`` that its number has in reports."""

    start: int
    end: int
    forms: tuple[str, ...]


def find_cited_documents(
    text: str, numbered: Callable[[int], Iterable[str]], abbreviations: Abbreviations
) -> list[CitedDocument]:
    """The documents that ``text`` (NFC) names and reports have the numbers of, in order.

    ``numbered`` tells the numbers of reports that begin with a figure.
    """
    view = fold(text)
    if len(view) != len(text):  # marks that belong to no letter: offsets would move
        return []
    found = []
    for pattern, code in _CITED_RES:
        for match in pattern.finditer(view):
            numbers = numbered(int(match["number"].partition("/")[0]))
            same = [number for number in numbers if _is_meant(number, match, code)]
            if same:
                forms = tuple(_form(number, abbreviations) for number in same)
                found.append(CitedDocument(*match.span(), forms))
    return sorted(found, key=lambda one: one.start)


def _is_meant(number: str, asked: re.Match[str], code: str) -> bool:
    """Whether a question may mean the document ``number`` by what it says of it."""
    written = fold(normalize(number)).lstrip("0")
    if asked["rest"] is not None:
        return written == f"{asked['number']}{asked['rest']}".lower().lstrip("0")
    said = asked["number"].lstrip("0")
    letters = _LETTERS_RE.search(written)
    if letters is None or not written.startswith((f"{said}/", f"{said}-")):
        return False
    return letters.group() == code if code != _LETTER else letters.group() not in _OTHERS


def _form(number: str, abbreviations: Abbreviations) -> str:
    """A document's number as words are compared: one word, or what its abbreviations stand for."""
    first, *others = (token.text for token in expand(number, abbreviations))
    return first if "/" in first else " ".join((first, *others))
