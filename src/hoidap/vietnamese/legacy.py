"""Text in the fonts of the 1990s, TCVN3 (.VnTime) and VNI (VNI-Times), made Unicode.

Such text is Latin letters and signs until one of these fonts draws it: "Uû ban nh©n d©n",
"Uûy ban nhaân daân". Capitals of TCVN3 with marks are in fonts of their own (.VnTimeH): where only
the characters are known, their small letters stay small.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from hoidap.vietnamese.tables import packaged_table
from hoidap.vietnamese.text import nfc, normalize
from hoidap.vietnamese.words import Words


class LegacyEncoding(StrEnum):
    """An encoding from before Unicode."""

    TCVN3 = "tcvn3"
    VNI = "vni"


# Fewest words that become Vietnamese by conversion, and nothing else is, in text that is converted:
# names and quotations of other languages, or a stray sign, have one or two.
_FEWEST = 4
# Of the words with marks of a line in such an encoding nearly all are Vietnamese once converted;
# of those in Unicode some chance ones are ("ó" is ĩ in VNI). Of 3,792 paragraphs of encyclopedia,
# law and news in Unicode none is converted; of 2,926 put into either encoding each is seen, and all
# but 1 (VNI) and 14 (TCVN3) come back as they were.
_MOST_ONCE_CONVERTED = 0.7
_FEW_BEFORE = 0.4

# Signs that Vietnamese in Unicode does not write inside words: the sooner seen that none is there.
_SIGN_RE = re.compile("[¡-¦¨ª¬-®µ¶¸¹¾ÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïðñöøûüþÿ]")
_WORD_RE = re.compile(r"[^\s.,;:!?()\[\]{}\"'“”‘’/\\|+=<>–—…0-9-]+")
_UNICODE_ONLY_RE = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u0300-\u0323\u1ea0-\u1ef9]")


@cache
def _table(encoding: LegacyEncoding) -> tuple[dict[str, str], re.Pattern[str]]:
    """What stands for each letter, and the pattern that finds it, the longest first."""
    column = 1 if encoding is LegacyEncoding.VNI else 2
    letters = {}
    # Not `read_table`, which strips cells: the sign for ư is a soft hyphen, and NFC changes none.
    for line in packaged_table("legacy.tsv").read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            written = cells[column]
            letters[written] = cells[0]
            if encoding is LegacyEncoding.VNI and len(written) == 2:
                # "Uûy ban": the mark behind a capital is typed small as often as not.
                letters.setdefault(written[0] + written[1].lower(), cells[0])
    longest_first = sorted(letters, key=len, reverse=True)
    return letters, re.compile("|".join(map(re.escape, longest_first)))


def convert(text: str, encoding: LegacyEncoding) -> str:
    """``text``, all of it in ``encoding`` as read as Windows-1252, in Unicode."""
    letters, pattern = _table(encoding)
    return pattern.sub(lambda match: letters[match[0]], text)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for word in Words.load() for syllable in word.split(" "))


def _known(words: list[str]) -> int:
    """How many of ``words`` are Vietnamese syllables."""
    return sum(normalize(word) in _syllables() for word in words)


def marked_words(text: str) -> list[str]:
    """The words of ``text`` that are not plain ASCII: by these its encoding is judged."""
    return [word for word in _WORD_RE.findall(text) if not word.isascii()]


def vietnamese_share(text: str) -> tuple[int, float]:
    """The number of words with marks that are Vietnamese, and what share of all such they are."""
    words = marked_words(nfc(text))
    known = _known(words)
    return known, known / len(words) if words else 0.0


def _gained(line: str, encoding: LegacyEncoding) -> int:
    """How many words of ``line`` conversion makes Vietnamese; 0 where the line is better as it is.

    What is in Unicode by its letters is never converted.
    """
    words = marked_words(line)
    if not words or _UNICODE_ONLY_RE.search(line):
        return 0
    before, after = _known(words), _known([convert(word, encoding) for word in words])
    if after < _MOST_ONCE_CONVERTED * len(words) or before > _FEW_BEFORE * len(words):
        return 0
    return max(after - before, 0)


def unicode_text(text: str) -> tuple[str, LegacyEncoding | None]:
    """``text`` with its lines of a legacy encoding converted, and which encoding that is.

    Text of a report may mix them with Unicode: each line is judged by itself, and short ones that
    say nothing go with the others.
    """
    if _SIGN_RE.search(text) is None:
        return text, None
    lines = text.splitlines(keepends=True)
    gains = {encoding: [_gained(line, encoding) for line in lines] for encoding in LegacyEncoding}
    best = max(LegacyEncoding, key=lambda encoding: sum(gains[encoding]))
    if sum(gains[best]) < _FEWEST:
        return text, None
    converted = []
    for line, gain in zip(lines, gains[best], strict=True):
        words = marked_words(line)
        doubtful = not _UNICODE_ONLY_RE.search(line) and _known(words) == 0
        converted.append(convert(line, best) if gain or doubtful else line)
    return "".join(converted), best


def is_unicode(text: str) -> bool:
    """Whether ``text`` has letters that only Unicode writes as one: it is in no legacy encoding."""
    return _UNICODE_ONLY_RE.search(text) is not None
