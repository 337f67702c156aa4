"""Tables of characters, for reading many texts at once by arrays."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoidap.vietnamese.text import fold, normalize

# What a character is, as bits.
LETTER, DIGIT, BLANK, JOINT, IN_NUMBER = (1 << number for number in range(5))
# The letters of the Latin script, and signs: all that most reports are written with. A text with
# another character, a combining mark for instance, is read without arrays.
_USUAL = frozenset(
    (*range(0x250), *range(0x1E00, 0x1F00), *range(0x2000, 0x20D0), *range(0x2100, 0x2600))
)
_LIMIT = max(_USUAL) + 1

Codes = NDArray[np.uint16]


class Characters(NamedTuple):
    """By code point, up to a limit: what a character is and what it is written as.

    ``kinds`` are bits; ``odd`` are those whose neighbours decide what becomes of them, and that the
    arrays are not made for; ``plain`` the normalised forms, ``bare`` these without diacritics.
    ``tones`` are, of the letters that bear the tone in the newer spelling of oa, oe and uy, the
    first letters with that tone, 0 for others.
    """

    kinds: NDArray[np.uint8]
    odd: NDArray[np.bool_]
    plain: Codes
    bare: Codes
    tones: Codes


@cache
def characters() -> Characters:
    """The tables, made in a few milliseconds when first asked for."""
    size = _LIMIT + 1
    kinds, odd = np.zeros(size, np.uint8), np.ones(size, np.bool_)
    plain, bare, tones = (np.zeros(size, np.uint16) for _ in range(3))
    for code in _USUAL:
        char = chr(code)
        form = normalize(char)
        kinds[code] = _kind(char)
        # Some become several characters, or one that the tables say nothing of.
        alone = len(form) == len(char.lower()) == 1 and unicodedata.is_normalized("NFC", char)
        if alone and ord(form) in _USUAL:
            odd[code] = False
            plain[code], bare[code] = ord(form), ord(fold(form))
    for first, seconds in (("o", "ae"), ("u", "y")):
        for second in seconds:
            for tone in "\u0300\u0301\u0303\u0309\u0323":
                newer = unicodedata.normalize("NFC", second + tone)
                tones[ord(newer)] = ord(normalize(first + newer)[0])
    return Characters(kinds, odd, plain, bare, tones)


def codes_of(text: str) -> Codes:
    """The code points of a text, those beyond the tables as one that is odd."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    known: Codes = np.minimum(codes, _LIMIT).astype(np.uint16)
    return known


def text_of(codes: Codes) -> str:
    """The text of code points of the tables."""
    return codes.tobytes().decode("utf-16-le")


def _kind(char: str) -> int:
    kind = 0
    if char.isdecimal():
        kind |= DIGIT
    elif char.isalnum():
        kind |= LETTER
    if char.isspace():
        kind |= BLANK
    if char in "-–&":
        kind |= JOINT
    if char in "/-.,:":
        kind |= IN_NUMBER
    return kind
