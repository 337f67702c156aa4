"""Documents that a question names by kind and number: "Quyết định 1452", "công văn số 45"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import expand
from hoidap.vietnamese.text import fold, normalize

# Kinds of documents, without diacritics, by what stands for them in a document's number. There a
# letter has the office that wrote it: "45/UBND-VX".
_LETTER = ""
_KINDS = {
    "qd": ("quyet dinh", "qd", "decision"),
    "nq": ("nghi quyet", "nq", "resolution"),
    "bc": ("bao cao", "bc", "report"),
    "tb": ("thong bao", "tb", "notice"),
    "kh": ("ke hoach", "kh", "plan"),
    "ttr": ("to trinh", "ttr"),
    "ct": ("chi thi", "directive"),
    "hd": ("huong dan",),
    "gm": ("giay moi",),
    "bb": ("bien ban",),
    "cd": ("cong dien",),
    "ctr": ("chuong trinh",),
    "nd": ("nghi dinh", "decree"),
    "tt": ("thong tu", "circular"),
    _LETTER: ("cong van", "cv", "official letter", "official dispatch"),
}
_CODES = {name: code for code, names in _KINDS.items() for name in names}
_OTHERS = _KINDS.keys() - {_LETTER}
# "Kế hoạch 5 năm", "báo cáo 6 tháng đầu năm"; but "công văn 45 ngày 18/3", "quyết định 12 năm nào".
_AMOUNT = (
    r"(?! (?:nam|thang|quy|tuan|ngay|gio|lan|trang|nguoi|year|month|week|day)s?(?!\w)"
    r"(?! (?:nao|may|\d)))"
    r"(?!(?<= \d) nam \d)"
)
_CITED_RE = re.compile(
    rf"(?<![\w/-])(?P<kind>{'|'.join(_CODES)})(?: (?:so|no\.?|number))?:? "
    rf"(?P<number>\d{{1,5}}(?:/\d{{4}})?)(?P<rest>[/-][a-z][\w/-]*)?(?![\w/-]|[.,]\d){_AMOUNT}",
    re.IGNORECASE,
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
    for match in _CITED_RE.finditer(view):
        numbers = numbered(int(match["number"].partition("/")[0]))
        same = [number for number in numbers if _is_meant(number, match)]
        if same:
            forms = tuple(_form(number, abbreviations) for number in same)
            found.append(CitedDocument(*match.span(), forms))
    return found


def _is_meant(number: str, asked: re.Match[str]) -> bool:
    """Whether a question may mean the document ``number`` by what it says of it."""
    written = fold(normalize(number)).lstrip("0")
    if asked["rest"] is not None:
        return written == f"{asked['number']}{asked['rest']}".lower().lstrip("0")
    said = asked["number"].lstrip("0")
    letters = _LETTERS_RE.search(written)
    if letters is None or not written.startswith((f"{said}/", f"{said}-")):
        return False
    code = _CODES[asked["kind"].casefold()]
    return letters.group() == code if code != _LETTER else letters.group() not in _OTHERS


def _form(number: str, abbreviations: Abbreviations) -> str:
    """A document's number as words are compared: one word, or what its abbreviations stand for."""
    first, *others = (token.text for token in expand(number, abbreviations))
    return first if "/" in first else " ".join((first, *others))
