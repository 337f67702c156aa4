"""The syllables of passages, so that no question waits for a passage to be read into them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.index.arrays import StoredNumbers
from hoidap.vietnamese.syllables import Syllables

# UTF-8: of each passage the row of what it stands under, then its own.
_ROWS_FILE = "rows.txt"
# Two bytes for each syllable of the passages' own rows.
_STARTS_FILE = "starts.u2"
# Where each row begins, two for a passage, and a last one past the end of all; the same of starts.
_BOUNDS_FILE = "bounds.npy"
_COUNTS_FILE = "counts.npy"


class SyllableStore:
    """Syllables of passages, in the order of writing."""

    def __init__(self, path: Path) -> None:
        """Open what `SyllableWriter` wrote."""
        self._path = path
        try:
            self._rows = StoredNumbers(path / _ROWS_FILE, np.uint8)
            self._starts = StoredNumbers(path / _STARTS_FILE, np.uint16)
            self._bounds: NDArray[np.int64] = np.load(path / _BOUNDS_FILE, allow_pickle=False)
            self._counts: NDArray[np.int64] = np.load(path / _COUNTS_FILE, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise IndexDamagedError(f"các tiếng đã lưu ở {path} bị hỏng: {error}") from error
        if (
            len(self._bounds) != 2 * self.passages + 1
            or self._bounds[-1] != len(self._rows)
            or self._counts[-1] != len(self._starts)
        ):
            raise IndexDamagedError(f"các tiếng đã lưu ở {path} không khớp nhau")

    @property
    def passages(self) -> int:
        """How many passages have their syllables here."""
        return len(self._counts) - 1

    def raw(self, place: int) -> tuple[bytes, bytes, NDArray[np.uint16]]:
        """A passage as it is written: the row of what it stands under, its own, its offsets."""
        first, middle, last = self._bounds[2 * place : 2 * place + 3].tolist()
        start, end = self._counts[place : place + 2].tolist()
        rows = self._rows.between(first, last).tobytes()
        heading, text = rows[: middle - first], rows[middle - first :]
        return heading, text, self._starts.between(start, end)

    def of(self, place: int) -> tuple[Syllables, Syllables]:
        """The syllables of what a passage stands under, and its own with their offsets."""
        heading, text, starts = self.raw(place)
        try:
            return Syllables(heading.decode()), Syllables(text.decode(), starts.tolist())
        except UnicodeDecodeError as error:
            raise IndexDamagedError(f"các tiếng đã lưu ở {self._path} bị hỏng: {error}") from error


class SyllableWriter:
    """Writes the syllables of passages as they come; `SyllableStore` opens them."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True)
        self._path = path
        self._bounds = [0]
        self._counts = [0]
        self._rows, self._starts = path / _ROWS_FILE, path / _STARTS_FILE
        self._rows.touch()
        self._starts.touch()

    def add(
        self,
        over: Sequence[bytes],
        rows: Sequence[bytes],
        starts: NDArray[np.uint16],
        counts: NDArray[np.int64],
    ) -> None:
        """Append passages; see `hoidap.index.prepared.Prepared`."""
        both = list(chain.from_iterable(zip(over, rows, strict=True)))
        with self._rows.open("ab") as file:
            file.write(b"".join(both))
        with self._starts.open("ab") as file:
            file.write(starts.tobytes())
        self._bounds += accumulate(map(len, both), initial=self._bounds.pop())
        self._counts += (np.cumsum(counts) + self._counts[-1]).tolist()

    def close(self) -> None:
        """Complete the files."""
        np.save(self._path / _BOUNDS_FILE, np.array(self._bounds, np.int64))
        np.save(self._path / _COUNTS_FILE, np.array(self._counts, np.int64))
