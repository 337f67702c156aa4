"""Spelling made uniform: NFC, tone placement, folding of diacritics, tokens.

Vietnamese text reaches us in several spellings of the same word: composed or
decomposed letters, the tone on the first or on the second vowel (``hòa`` and
``hoà``), with and without diacritics. Everything that compares words goes
through this module, for reports and for questions alike.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Tone marks of Vietnamese as combining characters: grave, acute, tilde, hook above, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"

# In an open syllable ending in oa, oe or uy the older spelling puts the tone on the first vowel
# ("hòa", "khỏe", "ủy") and the newer one on the second ("hoà", "khoẻ", "uỷ"). The older is used
# here because it is the commoner one in administrative text. After "q" the "u" belongs to the
# consonant, so "quý" has one spelling only.
_NEW_STYLE = {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize(
        "NFC", first + tone + second
    )
    for first, second in ("oa", "oe", "uy", "Oa", "Oe", "Uy", "OA", "OE", "UY")
    for tone in _TONES
}
_AFTER_O = "".join(sorted({form[1] for form in _NEW_STYLE if form[0] in "oO"}))
_AFTER_U = "".join(sorted({form[1] for form in _NEW_STYLE if form[0] in "uU"}))
# It looks for letters first and round them only where it finds them: a third of the time.
_NEW_STYLE_RE = re.compile(
    f"(?:[oO][{_AFTER_O}]|[uU][{_AFTER_U}])"
    r"(?<![qQ]..)(?![^\W\d_]|[\u0300-\u036f])",
)

# Every Latin letter with marks to the letter without; combining marks to nothing.
_BARE: dict[int, str | None] = {
    code: base
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if (base := unicodedata.normalize("NFD", chr(code))[0]) != chr(code)
}
_BARE |= dict.fromkeys(range(0x300, 0x370))
_BARE |= {ord(letter): "d" for letter in "đð"} | {ord(letter): "D" for letter in "ĐÐ"}

# Characters with no visible form that portals and word processors leave inside words.
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
_INVISIBLE_RE = re.compile(f"[{_INVISIBLE}]")

# A token is a document number (123/BC-UBND, 41/2024/QH15), a number with what is written inside
# numbers (14/14, 1.234,5, 7:30), or a word. Hyphens do not join words: KT-XH is two tokens.
_LETTERS = rf"[^\W\d_](?:[{_INVISIBLE}]*[^\W\d_])*"
_DOCUMENT = rf"\d+(?:/\d+)*/{_LETTERS}\d*(?:-{_LETTERS}\d*)*"
_NUMBER = r"\d+(?:[./,:]\d+)*"
_WORD = rf"{_LETTERS}\d*"
_TOKEN_RE = re.compile(f"{_DOCUMENT}|{_NUMBER}|{_WORD}")
# The same for text without invisible characters, in a third of the time.
_PLAIN_WORD = r"[^\W\d_]+"
_PLAIN_DOCUMENT = rf"\d+(?:/\d+)*/{_PLAIN_WORD}\d*(?:-{_PLAIN_WORD}\d*)*"
_PLAIN_TOKEN_RE = re.compile(rf"{_PLAIN_WORD}\d*|{_PLAIN_DOCUMENT}|{_NUMBER}")
_THOUSANDS_RE = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")


# Characters from which on folding by arrays is quicker.
_LONG = 200
_NONE = 2**32 - 1
# Texts whose tokens are kept: all that reads a question asks for them.
_REMEMBERED = 64


class Token(NamedTuple):
    """A word or number and where it stands.

    ``text`` is the normalised, lower-case form; ``start`` and ``end`` are offsets into the string
    that was tokenised.
    """

    text: str
    start: int
    end: int


def nfc(text: str) -> str:
    """Unicode NFC: one code point for each Vietnamese letter."""
    return unicodedata.normalize("NFC", text)


def uniform_tones(text: str) -> str:
    """``text`` (NFC) with the tone of oa, oe and uy on the first vowel; same length."""
    return _NEW_STYLE_RE.sub(lambda match: _NEW_STYLE[match.group()], text)


def normalize(text: str) -> str:
    """The form in which words are compared: NFC, uniform tone placement, lower case.

    Idempotent. Characters without a visible form are dropped.
    """
    if text.isascii():
        return text.lower()
    # "İ" alone grows when it is lowered, and offsets would move.
    text = _INVISIBLE_RE.sub("", nfc(text)).replace("İ", "i").lower()
    # Icelandic ð looks like đ and stands for it in many a PDF ("QÐ-UBND").
    return uniform_tones(nfc(text)).replace("ð", "đ")


def fold(text: str) -> str:
    """``text`` without diacritics, đ as d: what a Vietnamese types on a bare keyboard.

    The letters of the Latin script lose their marks; in NFC as in NFD.
    """
    if text.isascii():
        return text
    return _fold_long(text) if len(text) > _LONG else text.translate(_BARE)


@cache
def _bare_codes() -> NDArray[np.uint32]:
    """For each code point the one that stands for it without marks; none for a mark."""
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for code, bare in _BARE.items():
        codes[code] = _NONE if bare is None else ord(bare)
    return codes


def _fold_long(text: str) -> str:
    """The same of a long text, in a fifth of the time."""
    codes = _bare_codes()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)]
    bare: bytes = codes[codes != _NONE].tobytes()
    return bare.decode("utf-32-le", "surrogatepass")


def has_diacritics(text: str) -> bool:
    """Whether any letter of ``text`` carries a mark that folding would remove."""
    composed = nfc(text)
    return fold(composed) != composed


def _number(text: str) -> str:
    """One spelling of a number: "03" as "3", "1.234" as "1234"; "14/14" stays."""
    if _THOUSANDS_RE.fullmatch(text):
        text = text.replace(".", "")
    return text.lstrip("0") or "0" if text.isdecimal() else text


def tokenize(text: str) -> list[Token]:
    """The words and numbers of ``text``, in order.

    Numbers and document numbers are one token each, without leading zeros and thousands
    separators; words are normalised as by `normalize`.
    """
    return list(_tokens(text))


@lru_cache(_REMEMBERED)
def _tokens(text: str) -> tuple[Token, ...]:
    view = normalize(text)
    spans: list[tuple[int, int]]
    if len(view) != len(text):  # seldom, and then offsets are not those of the text
        spans = [match.span() for match in _TOKEN_RE.finditer(text)]
        forms = [normalize(text[start:end]) for start, end in spans]
    else:
        spans = [match.span() for match in _PLAIN_TOKEN_RE.finditer(view)]
        forms = [view[start:end] for start, end in spans]
    return tuple(
        [
            _new_token(Token, (_number(form) if form[0].isdecimal() else form, start, end))
            for form, (start, end) in zip(forms, spans, strict=True)
        ]
    )


# A named tuple's own constructor takes three times as long.
_new_token = tuple.__new__
