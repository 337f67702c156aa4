"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged(path: Path, data: bytes, mode: int = 0o666) -> Iterator[Path]:
    """A file beside ``path`` with ``data``, on the disk, to be moved there; else it is removed.

    It is hidden, so that nobody takes it for one of the files beside it; its name does not grow
    with theirs, which may be as long as the system takes. ``mode`` is what the umask leaves of it.
    Raises `OSError`.
    """
    staging = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(os.open(staging, os.O_CREAT | os.O_WRONLY | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield staging
    finally:
        staging.unlink(missing_ok=True)
