"""The files that reports were read from, kept by their content's hash: ``ab/<sha256>``.

No name that anyone chose is part of a path here. A file is complete or not there at all, and stays
for as long as a kept generation holds a report that was read from it.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from hoidap.catalog import Original
from hoidap.complaints import refusal
from hoidap.errors import OriginalError
from hoidap.staging import staged

_FULL = (errno.ENOSPC, errno.EDQUOT)


def identify(data: bytes) -> Original:
    """What ``data`` is kept as."""
    return Original(hashlib.sha256(data).hexdigest(), len(data))


class Originals:
    """The kept files, below one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, original: Original) -> Path:
        """Where a file lies, if it is kept."""
        return self._directory / original.sha256[:2] / original.sha256

    def keep(self, data: bytes) -> Original:
        """Keep a file; written to the disk on return. Raises `OriginalError`."""
        original = identify(data)
        path = self.path(original)
        try:
            if path.is_file() and path.stat().st_size == original.size:
                return original
            path.parent.mkdir(parents=True, exist_ok=True)
            with staged(path, data) as staging:
                staging.replace(path)
        except OSError as error:
            advice = "hãy dọn chỗ trên đĩa rồi thử lại; " if error.errno in _FULL else ""
            raise OriginalError(
                f"không lưu được bản gốc vào {self._directory}: {refusal(error)};"
                f" {advice}báo cáo đang dùng giữ nguyên"
            ) from error
        return original

    def read(self, original: Original) -> bytes | None:
        """A kept file; None where it is not there or not what was kept."""
        try:
            data = self.path(original).read_bytes()
        except OSError:
            return None
        return data if identify(data) == original else None

    def prune(self, kept: Collection[str]) -> None:
        """Remove all files but those of the SHA-256 ``kept``, and remains of killed writers."""
        if not self._directory.is_dir():
            return
        for folder in self._directory.iterdir():
            for path in folder.iterdir():
                if path.name not in kept:
                    path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                folder.rmdir()
