"""Questions as they are typed without Vietnamese marks, or with some of them missing."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from hoidap.vietnamese.text import fold, nfc

_SEED = 20210326
# Grave, acute, tilde, hook above, dot below, as combining characters.
_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))
_ONE_IN = 8


class Spelling(StrEnum):
    """How the questions of a set are written."""

    GIVEN = "as given"
    BARE = "no diacritics"
    TONES = "tone marks missing"


def _without_tone(syllable: str) -> str:
    return nfc(unicodedata.normalize("NFD", syllable).translate(_TONES))


def _some_without_tone(question: str, draw: random.Random) -> str:
    """The question with one syllable in eight, of those that have one, without its tone mark."""
    syllables = nfc(question).split()
    marked = [number for number, one in enumerate(syllables) if _without_tone(one) != one]
    count = min(len(marked), round(len(syllables) / _ONE_IN))
    for number in draw.sample(marked, count):
        syllables[number] = _without_tone(syllables[number])
    return " ".join(syllables)


def written(questions: Sequence[str], spelling: Spelling) -> list[str]:
    """The questions in a spelling; each time the same."""
    if spelling is Spelling.BARE:
        return [fold(nfc(question)) for question in questions]
    if spelling is Spelling.TONES:
        draw = random.Random(_SEED)
        return [_some_without_tone(question, draw) for question in questions]
    return list(questions)
