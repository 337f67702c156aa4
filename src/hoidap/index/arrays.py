"""Arrays written to the disk piece by piece, as NumPy's own files, and read so."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from hoidap.complaints import refusal
from hoidap.errors import IndexDamagedError

_Number = TypeVar("_Number", np.uint8, np.uint16)


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


class StoredNumbers(Generic[_Number]):
    """Numbers in a file of which a question needs a few, read from it when they are asked for.

    Mapped into memory they would count as the process's own, with sixteen pages around each that
    is looked at: at a million passages all of them after a thousand questions.
    """

    def __init__(self, path: Path, kind: type[_Number]) -> None:
        """Open a .npy file of one dimension, or else one of nothing but the numbers.

        Raises `ValueError`, `OSError`.
        """
        self._path = path
        self._dtype: np.dtype[_Number] = np.dtype(kind)
        with path.open("rb") as file:
            count = None
            if path.suffix == ".npy":
                npy.read_magic(file)
                shape, _, dtype = npy.read_array_header_1_0(file)
                if len(shape) != 1 or dtype != self._dtype:
                    raise ValueError(f"{path.name}: {dtype} {shape}")
                (count,) = shape
            self._first = file.tell()
            length, rest = divmod(
                os.fstat(file.fileno()).st_size - self._first, self._dtype.itemsize
            )
            if rest or count not in {None, length}:
                raise ValueError(f"{path.name}: {length}")
            self._length: int = length
            self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return self._length

    def between(self, start: int, end: int) -> NDArray[_Number]:
        """The numbers from place ``start`` up to ``end``. Raises `IndexDamagedError`."""
        size = self._dtype.itemsize
        try:
            data = os.pread(self._descriptor, (end - start) * size, self._first + start * size)
        except OSError as error:
            raise IndexDamagedError(f"không đọc được {self._path}: {refusal(error)}") from error
        if len(data) != (end - start) * size:
            raise IndexDamagedError(f"tệp chỉ mục {self._path} ngắn hơn lúc ghi")
        return np.frombuffer(data, self._dtype)
