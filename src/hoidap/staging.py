"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def hidden_beside(path: Path) -> Path:
    """A new name in the folder of ``path`` that nobody takes for one of the files there.

    It does not grow with the name of ``path``, which may be as long as the system takes.
    """
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


@contextmanager
def staged(path: Path, data: bytes, mode: int = 0o666) -> Iterator[Path]:
    """A file beside ``path`` with ``data``, on the disk, to be moved there; else it is removed.

    ``mode`` is what the umask leaves of it. Raises `OSError`.
    """
    staging = hidden_beside(path)
    try:
        with open(os.open(staging, os.O_CREAT | os.O_WRONLY | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield staging
    finally:
        staging.unlink(missing_ok=True)
