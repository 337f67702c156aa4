"""The syllables of a text in a row, in which a question's words are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hoidap.vietnamese.text import fold

# Syllables on each side of one that tell whether it is a word by itself: a word has at most four.
_AROUND = 4
# The longest syllable has seven letters, a number or a document's number may have more.
_LOOK_AROUND = 60  # characters


def row_of(forms: Iterable[str]) -> str:
    """The row of syllables, or of several such with spaces between them: see `Syllables`."""
    return f" {' '.join(forms)} "


@dataclass(frozen=True, slots=True)
class Syllables:
    """A text's syllables, normalised, abbreviations spelled out.

    ``row`` is all of them, each between spaces: " ủy ban nhân dân "; ``starts`` are the offsets
    into the text at which they begin, empty where no one asks for them.
    """

    row: str
    starts: Sequence[int] = ()

    @classmethod
    def of(cls, forms: Iterable[str], starts: Sequence[int] = ()) -> Syllables:
        """Syllables from each one's form."""
        return cls(row_of(forms), starts)

    def folded(self) -> Syllables:
        """The same without diacritics."""
        return Syllables(fold(self.row), self.starts)

    def start(self, at: int) -> int:
        """The offset into the text of the syllable found at ``at``."""
        return self.starts[self.row.count(" ", 0, at)]

    def before(self, at: int) -> str:
        """The syllable before the one found at ``at``; empty at the beginning."""
        return self.row[self.row.rfind(" ", 0, at) + 1 : at] if at else ""

    def after(self, at: int, form: str) -> str:
        """The syllable after ``form``, found at ``at``; empty at the end."""
        first = at + len(form) + 2
        return self.row[first : self.row.find(" ", first)] if first < len(self.row) else ""

    def around(self, at: int) -> tuple[list[str], int]:
        """The syllable found at ``at`` with up to four on each side; which of them it is."""
        left = self.row[max(0, at - _LOOK_AROUND) : at].split(" ")[1:][-_AROUND:]
        right = self.row[at + 1 : at + _LOOK_AROUND].split(" ", _AROUND + 1)[: _AROUND + 1]
        return [*left, *(syllable for syllable in right if syllable)], len(left)
