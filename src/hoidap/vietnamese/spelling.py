"""Marks that were left out of a word: "cung câp" for "cung cấp", "tội pham" for "tội phạm"."""

from __future__ import annotations

import unicodedata
from functools import cache

from hoidap.vietnamese.text import Token, fold, tokenize
from hoidap.vietnamese.words import MAX_SYLLABLES, Words

# A syllable is misspelt where the word it would belong to is met so many times as often as the
# syllable by itself. With 3 half of all marks left out by chance are restored, and of 2,372
# questions ten were changed, of which eight were misspelt and two ("cho răng") were not.
_OFTENER = 3
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


def _without_tones(text: str) -> str:
    """``text`` with its letters' own marks (ê, ơ, đ) and without the tones."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", decomposed.translate(_TONES))


@cache
def _by_letters() -> dict[str, str]:
    """Words of several syllables by their bare letters; of those that share them the commonest."""
    words = Words.load()
    found: dict[str, str] = {}
    several = [word for word in words if " " in word]
    for word, bare in zip(several, fold("\n".join(several)).split("\n"), strict=True):
        known = found.get(bare)
        if known is None or words.articles_with(word) > words.articles_with(known):
            found[bare] = word
    return found


def repair(text: str) -> str:
    """``text`` with the marks restored that words of several syllables lack.

    A word is taken for misspelt where it is none as typed, its syllables are in no other word, and
    those that lack marks stand alone less often than the word itself is met: "ba con" is left, for
    "ba" is a word, and "tội pham" is not. What is restored is in small letters, as words are
    compared; all else stays.
    """
    tokens = tokenize(text)
    forms = [token.text for token in tokens]
    words = Words.load()
    alone = {first for first, last in words.segment(forms) if last - first == 1}
    repaired, done = text, 0
    found: list[tuple[Token, str]] = []
    for place in sorted(alone):
        if place < done:
            continue
        end = place + 1
        while end in alone and end < place + MAX_SYLLABLES:
            end += 1
        for last in range(end, place + 1, -1):
            typed = forms[place:last]
            meant = _by_letters().get(fold(" ".join(typed)))
            if meant is not None and _is_misspelt(typed, meant.split(" "), words):
                found += zip(tokens[place:last], meant.split(" "), strict=True)
                done = last
                break
    for token, syllable in reversed(found):
        if token.text != syllable:
            repaired = repaired[: token.start] + syllable + repaired[token.end :]
    return repaired


def _is_misspelt(typed: list[str], meant: list[str], words: Words) -> bool:
    """Whether ``typed`` is ``meant`` with marks left out."""
    common = words.articles_with(" ".join(meant))
    wrong = [pair for pair in zip(typed, meant, strict=True) if pair[0] != pair[1]]
    return bool(wrong) and all(
        short in {fold(full), _without_tones(full)}
        and words.articles_with(short) * _OFTENER < common
        for short, full in wrong
    )
