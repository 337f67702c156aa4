"""Vietnamese words that say the same in reports: who asks for one is answered by another."""

from __future__ import annotations

from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

from hoidap.vietnamese import tables
from hoidap.vietnamese.text import fold, normalize

_Group: TypeAlias = tuple[str, ...]


class Synonyms:
    """Groups of equivalent words. Being equivalent is not passed on from group to group."""

    def __init__(self, groups: list[_Group]) -> None:
        self._groups: dict[str, list[_Group]] = {}
        for group in groups:
            for word in group:
                self._groups.setdefault(word, []).append(group)
        words = list(self._groups)
        self._accented: dict[str, list[str]] = {}
        for word, bare in zip(words, fold("\n".join(words)).split("\n"), strict=True):
            self._accented.setdefault(bare, []).append(word)

    @classmethod
    def load(cls, *extra: Path) -> Synonyms:
        """The packaged groups and the user's; a line of one word takes that word out again.

        Raises `SettingsError` for a table that cannot be read.
        """
        groups: list[_Group] = []
        for table in (tables.packaged_table("synonyms.tsv"), *extra):
            added, removed = _read(table)
            if removed:
                kept = (tuple(word for word in group if word not in removed) for group in groups)
                groups = [group for group in kept if len(group) > 1]
            groups += added
        return cls(groups)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the groups."""
        return tables.fingerprint(sorted(self._groups.items()))

    def of(self, word: str) -> tuple[str, ...]:
        """The other words that say what ``word`` says, in the order of the table.

        ``word`` is normalised, its syllables separated by spaces. Without diacritics it stands for
        every word that is written so, and these are returned as well.
        """
        words = self._accented.get(word, [word])
        every = (other for one in words for group in self._groups.get(one, ()) for other in group)
        return tuple(dict.fromkeys(other for other in every if other != word))


def _read(table: Path | Traversable) -> tuple[list[_Group], set[str]]:
    """The groups of one table, and the words that it takes out of groups before."""
    lines: dict[frozenset[str], int] = {}
    groups: list[_Group] = []
    removed: set[str] = set()
    for row in tables.read_table(table, spelling=normalize):
        group = tuple(" ".join(cell.split()) for cell in row.cells)
        words = frozenset(group)
        if len(words) < len(group):
            twice = next(word for word in group if group.count(word) > 1)
            raise row.fault(f"{twice!r} lặp trong nhóm; một lần là đủ")
        if words in lines:
            raise row.fault(f"nhóm này đã có ở dòng {lines[words]}; hãy bỏ bớt")
        lines[words] = row.line
        if len(group) == 1:
            removed |= words
        else:
            groups.append(group)
    return groups, removed
