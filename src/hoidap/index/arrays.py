"""Arrays written to the disk piece by piece, as NumPy's own files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray


class ArrayWriter:
    """Writes a .npy file of rows that come one after another; `numpy.load` maps it into memory.

    No file stays open in between: nothing has to be done where the writing breaks off.
    """

    def __init__(self, path: Path, dtype: DTypeLike, width: int | None = None) -> None:
        """Rows are numbers, or with ``width`` vectors of so many."""
        self._dtype = np.dtype(dtype)
        self._row = () if width is None else (width,)
        self._count = 0
        self._path = path
        with path.open("wb") as file:
            self._head(file)
            self._size = file.tell()

    def append(self, rows: NDArray[np.generic]) -> None:
        """Add rows at the end."""
        with self._path.open("ab") as file:
            file.write(np.ascontiguousarray(rows, self._dtype).tobytes())
        self._count += len(rows)

    def close(self) -> None:
        """Complete the file: its head tells how many rows there are."""
        with self._path.open("r+b") as file:
            self._head(file)
            # NumPy leaves room for the largest number.
            assert file.tell() == self._size

    def _head(self, file: BinaryIO) -> None:
        shape = (self._count, *self._row)
        described = npy.dtype_to_descr(self._dtype)
        head = {"descr": described, "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(file, head)
