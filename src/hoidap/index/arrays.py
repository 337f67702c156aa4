"""Arrays written to the disk piece by piece, as NumPy's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray


class ArrayWriter:
    """Writes a .npy file of rows that come one after another; `numpy.load` maps it into memory."""

    def __init__(self, path: Path, dtype: DTypeLike, width: int | None = None) -> None:
        """Rows are numbers, or with ``width`` vectors of so many."""
        self._dtype = np.dtype(dtype)
        self._row = () if width is None else (width,)
        self._count = 0
        self._file = path.open("wb")
        self._head()
        self._size = self._file.tell()

    def append(self, rows: NDArray[np.generic]) -> None:
        """Add rows at the end."""
        self._file.write(np.ascontiguousarray(rows, self._dtype).tobytes())
        self._count += len(rows)

    def close(self) -> None:
        """Complete the file: its head tells how many rows there are."""
        self._file.seek(0)
        self._head()
        # NumPy leaves room for the largest number.
        assert self._file.tell() == self._size
        self._file.close()

    def discard(self) -> None:
        """Close the file, which is of no use."""
        self._file.close()

    def _head(self) -> None:
        shape = (self._count, *self._row)
        described = npy.dtype_to_descr(self._dtype)
        head = {"descr": described, "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(self._file, head)
