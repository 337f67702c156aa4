"""The language of a question: Vietnamese, with or without diacritics, or English.

Letters that only Vietnamese has and the words a sentence is built with decide nearly always.
langdetect is asked only where they do not: loading it takes longer than answering.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

from hoidap.vietnamese.text import fold, nfc


class Language(StrEnum):
    """A language that questions come in; UNKNOWN where there is no Latin letter to judge by."""

    VIETNAMESE = "vi"
    ENGLISH = "en"
    UNKNOWN = "unknown"


# A question is judged by its beginning; what follows would only cost time.
_LONGEST = 2000

# Vietnamese on doubt: English only when langdetect is about certain, and not on a word or two,
# where its guess is no better than chance.
_CERTAIN = 0.9
_FEWEST_WORDS = 3

_WORD_RE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN_RE = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")

# Letters and tones that no other language quoted in English writes: café, naïve and Zürich have
# none of them.
_PARTICULAR_RE = re.compile("[ăđơưạảặằắẳẵậầấẩẫẹẻẽệềếểễịỉĩọỏộồốổỗợờớởỡụủũựừứửữỵỷỹỳ]")


def language_of_words(question: str) -> Language | None:
    """The language that the known words of ``question`` (NFC) tell; None where they do not."""
    return _by_words(_words(question[:_LONGEST]))


def detect_language(question: str) -> Language:
    """Tell the language of ``question``; Vietnamese on doubt. Safe to call from any thread."""
    text = nfc(question[:_LONGEST])
    words = _words(text)
    if not any(_LATIN_RE.match(word) for word in words):
        return Language.UNKNOWN
    return _by_words(words) or _by_langdetect(text, len(words))


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD_RE.findall(text)]


def _by_words(words: list[str]) -> Language | None:
    """Judge by known words; None where they say nothing or as much for either language.

    The words that sentences are built with go first: names and quoted titles are in their own
    language whatever the question is in.
    """
    lists = _word_lists()
    vietnamese = sum(_is_vietnamese(word, lists.vietnamese_function) for word in words[:1])
    vietnamese += sum(
        _is_vietnamese(word, lists.vietnamese_function)
        for word in words[1:]
        if not word.istitle()  # part of a name
    )
    # "quý I", "kỳ họp thứ I": a numeral.
    numerals = sum(
        word == "I" and _is_vietnamese(before, lists.vietnamese) for before, word in pairwise(words)
    )
    english = sum(word.lower() in lists.english_function for word in words) - numerals
    if vietnamese == english:
        vietnamese = sum(_is_vietnamese(word, lists.vietnamese) for word in words)
        english = sum(word.lower() in lists.english_content for word in words)
    if vietnamese == english == 0 and any(_PARTICULAR_RE.search(word.lower()) for word in words):
        return Language.VIETNAMESE
    if vietnamese == english:
        return None
    return Language.VIETNAMESE if vietnamese > english else Language.ENGLISH


def _is_vietnamese(word: str, syllables: frozenset[str]) -> bool:
    """Whether the word is one of ``syllables``.

    An accented word is compared without its accents; an unaccented one that English has as well
    (the, on, can) tells nothing.
    """
    word = word.lower()
    if word.isascii():
        return word in syllables and word not in _word_lists().english
    return fold(word) in syllables


class _WordLists(NamedTuple):
    """The words of language_words.tsv that tell."""

    vietnamese_function: frozenset[str]
    vietnamese: frozenset[str]
    english_function: frozenset[str]
    english_content: frozenset[str]
    english: frozenset[str]


@cache
def _word_lists() -> _WordLists:
    lists: dict[tuple[str, str], set[str]] = {}
    table = resources.files("hoidap.vietnamese") / "language_words.tsv"
    for line in table.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, kind, words = line.split("\t")
            lists.setdefault((language, kind), set()).update(words.split())
    vietnamese = lists["vi", "function"] | lists["vi", "content"]
    return _WordLists(
        frozenset(lists["vi", "function"]),
        frozenset(vietnamese),
        frozenset(lists["en", "function"] - vietnamese),
        frozenset((lists["en", "function"] | lists["en", "content"]) - vietnamese),
        frozenset(lists["en", "function"] | lists["en", "content"]),
    )


def _by_langdetect(text: str, words: int) -> Language:
    if words < _FEWEST_WORDS:
        return Language.VIETNAMESE
    with _loading:
        create = _detectors()
    return Language.ENGLISH if create(text) > _CERTAIN else Language.VIETNAMESE


_loading = Lock()


@cache
def _detectors() -> Callable[[str], float]:
    """Load langdetect with the profiles of the two languages alone; give the chance of English.

    The factory is our own, so that another user of langdetect in the process is not disturbed,
    and each call has its own detector: threads share nothing that changes.
    """
    # Imported here because it is slow and seldom needed; langdetect ships no types.
    from langdetect.detector_factory import DetectorFactory  # type: ignore[import-untyped]
    from langdetect.lang_detect_exception import LangDetectException  # type: ignore[import-untyped]

    factory = DetectorFactory()
    factory.seed = 0  # else the same question may get another answer
    profiles = resources.files("langdetect") / "profiles"
    factory.load_json_profile(
        [(profiles / language).read_text(encoding="utf-8") for language in ("vi", "en")]
    )

    def english(text: str) -> float:
        detector = factory.create()
        detector.append(text)
        try:
            chances = {chance.lang: chance.prob for chance in detector.get_probabilities()}
        except LangDetectException:  # no letter sequence of either language
            return 0.0
        return float(chances.get("en", 0.0))

    return english
