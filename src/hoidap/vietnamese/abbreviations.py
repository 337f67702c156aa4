"""Abbreviations of administrative Vietnamese (UBND, KT-XH, GD&ĐT) and what they stand for.

A table is UTF-8 text with a tab between abbreviation, expansion and an optional flag; ``#`` opens
a comment line. The packaged table is ``abbreviations.tsv`` beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path

from hoidap.vietnamese import tables
from hoidap.vietnamese.text import Token, fold, tokenize


class Flag(StrEnum):
    """When a row is read at all.

    CAPITALS: only as written in the table, or in any case in a document's number. NUMBER: only in
    a document's number, where it goes before a row with another flag. NONE: in any case, with or
    without diacritics.
    """

    NONE = ""
    CAPITALS = "capitals"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    abbreviation: str
    expansion: str
    flag: Flag

    @property
    def key(self) -> tuple[str, bool]:
        """What a later row must share to override this one."""
        return _letters(self.abbreviation), self.flag is Flag.NUMBER


@dataclass(frozen=True, slots=True)
class Expansion:
    """An abbreviation found: ``text[start:end]``, its spelling in the table, what it stands for."""

    start: int
    end: int
    abbreviation: str
    expansion: str


# A word with the marks of decomposed letters, so that "HU" is not found in a decomposed "HỦY".
_WORD_RE = re.compile("[^\\W_]+(?:[\u0300-\u036f]+[^\\W_]*)*")
# What may stand between the parts of KT-XH or GD&ĐT.
_JOINT_RE = re.compile(
    r"[ \u00a0]?[-\u2010-\u2015&][ \u00a0]?|\.|[ \u00a0](?:và|VÀ|Và|va|VA)[ \u00a0]"
)
_ABBREVIATION_RE = re.compile(r"[^\W\d_]+\d*(?:[-&][^\W\d_]+\d*)*")
_LAST_WORD_RE = re.compile(rf"({_WORD_RE.pattern})[ \u00a0]\Z")
_NEXT_WORD_RE = re.compile(rf"[ \u00a0]({_WORD_RE.pattern})")
# The number of a document up to one of its letters: "123/", "41/2024/", "12-NQ/", "123/BC-".
_NUMBER_BEFORE_RE = re.compile(r"[0-9][ ]?[/-][ ]?(?:[^\W_]{1,12}[-/&]){0,4}\Z")
_LONGEST_NUMBER = 70
# What a line or a cell of a table lies between.
_EDGES = ("", "\n", "\r", "|")


class Abbreviations:
    """A table ready to be searched. Safe to share between threads; never changes."""

    def __init__(self, rows: list[Row]) -> None:
        by_key = {row.key: row for row in rows}
        self._rows = tuple(by_key[key] for key in sorted(by_key))
        self._plain: dict[str, Row] = {}
        self._numbered: dict[str, Row] = {}
        for forms in (_written_forms, _folded_forms):  # as written goes before without diacritics
            for row in self._rows:
                table = self._numbered if row.flag is Flag.NUMBER else self._plain
                for form in forms(row):
                    table.setdefault(form, row)
        # The beginnings of abbreviations in parts, with which a longer reading may open.
        self._beginnings = frozenset(
            form[:length]
            for form, row in self._plain.items()
            if _is_in_parts(row)
            for length in range(1, len(form))
        )
        self._heads = frozenset(self._beginnings | self._plain.keys() | self._numbered.keys())
        self.fingerprint = tables.fingerprint(self._rows)

    @classmethod
    def load(cls, *extra: Path) -> Abbreviations:
        """Load the packaged table, then ``extra`` ones, whose rows add or override.

        Raises `SettingsError` naming the file, the line and what is wrong with it.
        """
        rows = read_rows(tables.packaged_table("abbreviations.tsv"))
        for path in extra:
            rows += read_rows(path)
        return cls(rows)

    def may_stand_in(self, tokens: Iterable[Token]) -> bool:
        """Whether a text with these tokens may hold an abbreviation; false for most."""
        heads = self._heads
        return any(token.text in heads or "/" in token.text for token in tokens)

    @property
    def heads(self) -> frozenset[str]:
        """The words that an abbreviation may begin with, in lower case."""
        return self._heads

    def find(self, text: str) -> list[Expansion]:
        """Find the abbreviations of ``text``, in order, none overlapping, each the longest."""
        return self.find_among(text, tokenize(text))

    def find_among(self, text: str, tokens: Iterable[Token]) -> list[Expansion]:
        """The same from the tokens of the text that are `heads` or document numbers."""
        found: list[Expansion] = []
        done = 0
        for match in self._words(text, tokens):
            if match.start() >= done:
                expansion = self._longest_at(text, match)
                if expansion is not None:
                    found.append(expansion)
                    done = expansion.end
        return found

    def _words(self, text: str, tokens: Iterable[Token]) -> Iterator[re.Match[str]]:
        """The words of ``text`` that an abbreviation may begin with."""
        heads = self._heads
        for token in tokens:
            if "/" in token.text:  # of a document number any part
                for match in _WORD_RE.finditer(text, token.start, token.end):
                    if match[0].lower() in heads:
                        yield match
            elif token.text in heads and not text[token.start - 1 : token.start].isalnum():
                match_here = _WORD_RE.match(text, token.start)
                if match_here is not None and match_here[0].lower() in heads:
                    yield match_here

    def _longest_at(self, text: str, word: re.Match[str]) -> Expansion | None:
        start, end = word.span()
        letters = word.group().lower()
        best = self._expansion(text, start, end, self._row(text, start, end, letters))
        while letters in self._beginnings:
            joint = _JOINT_RE.match(text, end)
            following = _WORD_RE.match(text, joint.end()) if joint is not None else None
            if following is None:
                break
            letters += following.group().lower()
            end = following.end()
            row = self._plain.get(letters)
            if row is not None and _is_in_parts(row):
                best = self._expansion(text, start, end, row)
        return best

    def _row(self, text: str, start: int, end: int, letters: str) -> Row | None:
        """Choose the row for a word by what stands around it."""
        row, numbered = self._plain.get(letters), self._numbered.get(letters)
        if (row is None or row.flag is Flag.NONE) and numbered is None:
            return row
        if _is_in_number(text, start, end):
            return numbered if numbered is not None else row
        if row is None or row.flag is Flag.NONE:
            return row
        if text[start:end] != row.abbreviation or _is_heading(text, start, end):
            return None
        return None if self._in_a_line_of_capitals(text, start, end) else row

    def _in_a_line_of_capitals(self, text: str, start: int, end: int) -> bool:
        """Whether the words around are in capitals and no abbreviations: ĐẦU TƯ, TU BỔ."""
        before = _LAST_WORD_RE.search(text[max(0, start - 16) : start])
        after = _NEXT_WORD_RE.match(text, end)
        return any(
            word is not None
            and len(word[1]) > 1
            and word[1].isupper()
            and word[1].lower() not in self._plain
            for word in (before, after)
        )

    @staticmethod
    def _expansion(text: str, start: int, end: int, row: Row | None) -> Expansion | None:
        return None if row is None else Expansion(start, end, row.abbreviation, row.expansion)


def read_rows(table: Path | Traversable) -> list[Row]:
    """Read the rows of a table in order.

    Raises `SettingsError` naming the file, the line and what is wrong with it.
    """
    return [_row(row) for row in tables.read_table(table)]


def _is_in_number(text: str, start: int, end: int) -> bool:
    """Whether the word belongs to a document's number: 123/BC-UBND, 12-nq/tw, but not 1/Da."""
    if _NUMBER_BEFORE_RE.search(text[max(0, start - _LONGEST_NUMBER) : start]) is None:
        return False
    after_letters = text[max(0, start - 2) : start][:1].isalpha()
    word = text[start:end]
    if word.istitle():
        return False
    return not word.islower() or text[end : end + 1] in {"-", "/"} or after_letters


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether the word stands alone on a line or in a cell, as TT (thứ tự) over a column does."""
    before, after = text[max(0, start - 8) : start].rstrip(" \t"), text[end : end + 8].lstrip(" \t")
    return (before + after != "") and before[-1:] in _EDGES and after[:1] in _EDGES


def _row(row: tables.Row) -> Row:
    if len(row.cells) not in (2, 3):
        raise row.fault(
            f"có {len(row.cells)} cột; cần chữ viết tắt, tab, cách đọc đầy đủ và, nếu có, tab, cờ"
        )
    abbreviation, expansion, flag = (*row.cells, "")[:3]
    if _ABBREVIATION_RE.fullmatch(abbreviation) is None:
        raise row.fault(
            f"{abbreviation!r} không phải chữ viết tắt; cần chữ cái, giữa có thể là - hoặc &"
        )
    if flag not in list(Flag):
        raise row.fault(f"không có cờ {flag!r}; cần capitals, number hoặc bỏ trống")
    return Row(abbreviation, expansion, Flag(flag))


def _letters(abbreviation: str) -> str:
    return re.sub(r"[-&]", "", abbreviation).lower()


def _is_in_parts(row: Row) -> bool:
    return len(row.abbreviation) != len(_letters(row.abbreviation))


def _written_forms(row: Row) -> list[str]:
    letters = _letters(row.abbreviation)
    # Keyboards set to other languages give the Icelandic "Ð", which looks the same.
    return [letters, letters.replace("đ", "ð")]


def _folded_forms(row: Row) -> list[str]:
    return [] if row.flag is Flag.CAPITALS else [fold(_letters(row.abbreviation))]
