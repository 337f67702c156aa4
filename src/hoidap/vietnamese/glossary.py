"""English words and phrases in a question, with what Vietnamese reports call them.

The table holds base forms; plurals, verb forms and British spellings are traced back to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from hoidap.vietnamese import tables
from hoidap.vietnamese.inflections import base_forms, singular, uniform_spelling
from hoidap.vietnamese.text import normalize

_COLUMNS = ("english", "vietnamese 1; vietnamese 2; ...")

# A word with its diacritics, composed or not; a possessive 's belongs to the word before it.
# A comma keeps words apart unless the headword has it too.
_WORD_RE = re.compile(r"(?P<word>[^\W_](?:[^\W_]|[\u0300-\u036f])*)(?:['’]s\b)?|[&,]")
# What may stand between the words of a phrase: "people's committee", "vice-chairman".
_GAP_RE = re.compile(r"['’]?[\s\-–]*")

# English words that are also syllables of Vietnamese names (Son La, Dong Thap, Ton Duc Thang).
# Capitalised, and beside another capitalised word, they are left alone.
_SYLLABLES = frozenset(
    ["ban", "dam", "dong", "man", "ran", "sang", "son", "song", "sung", "ton"],
)


@dataclass(frozen=True, slots=True)
class Translation:
    """A word or phrase of a text and its Vietnamese equivalents, the commonest first.

    ``start`` and ``end`` are offsets into the text; ``english`` is the entry of the table.
    """

    start: int
    end: int
    english: str
    vietnamese: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    bases: tuple[str, ...]


_Key: TypeAlias = tuple[str, ...]
_Entry: TypeAlias = tuple[str, tuple[str, ...]]


def _uniform(match: re.Match[str]) -> str:
    if match["word"] is None:
        return "and" if match.group() == "&" else match.group()
    return uniform_spelling(match["word"].lower())


def _key(english: str) -> _Key:
    """The words of a headword as questions are searched for them; empty when it has none."""
    if english.isalpha():
        return (uniform_spelling(english),)
    if english.replace(" ", "").isalpha():  # needs no search for words, which takes longer
        return tuple([singular(uniform_spelling(word)) for word in english.split()])
    key = tuple(_uniform(match) for match in _WORD_RE.finditer(english))
    return tuple(map(singular, key)) if len(key) > 1 else key


def _read(table: Path | Traversable, spelling: Callable[[str], str]) -> dict[_Key, _Entry]:
    """The entries of one table; a headword may stand in it once, however spelled."""
    entries: dict[_Key, _Entry] = {}
    lines: dict[_Key, int] = {}
    for row in tables.read_table(table, _COLUMNS, spelling):
        english, cell = row.cells
        key = _key(english)
        if not key:
            raise row.fault(f"{english!r} không có từ nào")
        if key in lines:
            raise row.fault(f"{english!r} đã có ở dòng {lines[key]}; hãy gộp lại")
        lines[key] = row.line
        vietnamese = tuple(map(str.strip, cell.split(";"))) if ";" in cell else (cell,)
        if "" in vietnamese:
            raise row.fault(f"{english!r} có nghĩa bị trống; hãy viết: một; hai")
        if len(set(vietnamese)) < len(vietnamese):
            raise row.fault(f"{english!r} có nghĩa bị lặp")
        entries[key] = english, vietnamese
    return entries


class Glossary:
    """English headwords with their Vietnamese equivalents."""

    def __init__(self, entries: dict[_Key, _Entry]) -> None:
        self._entries = entries
        self._vocabulary = {word for key in entries for word in key}
        self._keys: dict[str, list[_Key]] = {}
        for key in sorted(entries, key=len, reverse=True):
            self._keys.setdefault(key[0], []).append(key)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the entries."""
        return tables.fingerprint(sorted(self._entries.values()))

    @classmethod
    def load(cls, *extra: Path) -> Glossary:
        """The packaged table and the user's; an entry of a later table replaces an earlier one.

        Raises `SettingsError` for a table that cannot be read.
        """
        # The packaged table is in normal form (a test holds that); to normalise it takes 5 ms.
        entries = _read(tables.packaged_table("glossary.tsv"), str)
        for table in extra:
            entries |= _read(table, normalize)
        return cls(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> list[Translation]:
        """The known words and phrases of ``text`` in order, the longest at each place."""
        words = self._words(text)
        joined = [
            _GAP_RE.fullmatch(text, left.end, right.start) is not None
            for left, right in pairwise(words)
        ]
        found = []
        position = 0
        while position < len(words):
            key = self._longest(words, joined, position)
            if key is None or (len(key) == 1 and _in_name(text, words, joined, position)):
                position += 1
                continue
            first, last = words[position], words[position + len(key) - 1]
            found.append(Translation(first.start, last.end, *self._entries[key]))
            position += len(key)
        return found

    def _words(self, text: str) -> list[_Word]:
        words = []
        for match in _WORD_RE.finditer(text):
            forms = base_forms(_uniform(match))
            bases = tuple(form for form in forms if form in self._vocabulary)
            words.append(_Word(match.start(), match.end(), bases))
        return words

    def _longest(self, words: list[_Word], joined: list[bool], start: int) -> _Key | None:
        """The longest key that the words from ``start`` spell; among equals the likeliest form."""
        best: _Key | None = None
        for base in words[start].bases:
            for key in self._keys.get(base, ()):
                if best is not None and len(key) <= len(best):
                    break
                end = start + len(key)
                if (
                    end <= len(words)
                    and all(joined[start : end - 1])
                    and all(
                        part in word.bases for part, word in zip(key, words[start:end], strict=True)
                    )
                ):
                    best = key
                    break
        return best


def _in_name(text: str, words: list[_Word], joined: list[bool], position: int) -> bool:
    """Whether the word is a syllable of a Vietnamese name rather than English."""
    word = words[position]
    typed = re.split("['’]", text[word.start : word.end])[0]
    if typed.lower() not in _SYLLABLES or not typed[0].isupper():
        return False
    before = position > 0 and joined[position - 1] and text[words[position - 1].start].isupper()
    after = (
        position < len(joined) and joined[position] and text[words[position + 1].start].isupper()
    )
    return before or after
