"""Vectors of passages on the disk, so that a slow encoder never encodes a text twice.

Each encoder has a folder of shards, ``.npz`` files of digests and vectors. A shard is written under
another name and renamed: it is there complete or not at all, whenever the process is killed. Shards
say nothing that could not be encoded again: what is damaged is dropped, and the whole folder may be
deleted at any time.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder, TransformerEncoder
from hoidap.token_table import Vectors

# Passages that a slow encoder encodes between two reports of progress, and that are lost when it is
# killed: a few seconds' work. Several of its batches, so that texts of like length share one.
SLOW_STEP = 64
# Vectors in a shard once it is packed; shards of fewer than half are packed again.
_PACKED = 4096
# Shards held in memory. Passages are asked for much in the order in which they were encoded.
_OPEN_SHARDS = 4
_DIGEST_SIZE = 16

_logger = logging.getLogger(__name__)


class _DamagedError(Exception):
    """A shard is not what was written."""


def cached(encoder: Encoder, folder: Path) -> Encoder:
    """``encoder`` with its vectors kept in ``folder``, if it is slow.

    Static encoders add up rows of a table, which is no slower than reading vectors from a file.
    """
    return CachedEncoder(encoder, folder) if isinstance(encoder, TransformerEncoder) else encoder


class CachedEncoder:
    """Another encoder, whose vectors of passages are looked up before they are made."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / _folder_name(encoder.name)
        self._opened: dict[Path, Vectors] = {}
        self._where: dict[bytes, tuple[Path, int]] | None = None

    @property
    def name(self) -> str:
        """The other encoder's name: the vectors are the same."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """The other encoder's vectors: questions come once."""
        return self._encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """The other encoder's vectors; new ones are on the disk before the next are made."""
        keys = [_digest(text) for text in texts]
        found = self._read(keys)
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pending = iter(fresh.items())
        while batch := dict(islice(pending, SLOW_STEP)):
            vectors = self._encoder.encode_passages(list(batch.values()))
            _write(self._folder, list(batch), vectors)
            found.update(zip(batch, vectors, strict=True))
        rows = [found[key] for key in keys]
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)

    def _read(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are on the disk."""
        if self._where is None:
            self._where = self._index()
        wanted: dict[Path, list[tuple[bytes, int]]] = {}
        for key in keys:
            if key in self._where:
                path, row = self._where[key]
                wanted.setdefault(path, []).append((key, row))
        found: dict[bytes, Vectors] = {}
        for path, rows in wanted.items():
            try:
                vectors = self._vectors(path)
            except _DamagedError as error:
                _drop(path, error)
                for key in [key for key, (shard, _) in self._where.items() if shard == path]:
                    del self._where[key]
            else:
                found |= {key: vectors[row] for key, row in rows}
        return found

    def _index(self) -> dict[bytes, tuple[Path, int]]:
        where: dict[bytes, tuple[Path, int]] = {}
        for path in _shards(self._folder):
            try:
                digests = _read_digests(path)
            except _DamagedError as error:
                _drop(path, error)
            else:
                where.update((digest, (path, row)) for row, digest in enumerate(digests))
        return where

    def _vectors(self, path: Path) -> Vectors:
        if path not in self._opened:
            _, vectors = _read_shard(path)
            if vectors.shape[1] != self.dim:
                raise _DamagedError(f"{vectors.shape[1]} dimensions")
            while len(self._opened) >= _OPEN_SHARDS:
                del self._opened[next(iter(self._opened))]
            self._opened[path] = vectors
        return self._opened[path]


def prune_vectors(folder: Path, texts: Iterable[str]) -> None:
    """Remove the vectors of all but ``texts``, of every encoder, and pack small shards together.

    To be called by the one process that writes. What cannot be removed stays, with a warning.
    """
    if not folder.is_dir():
        return
    held = {_digest(text) for text in texts}
    try:
        for directory in sorted(path for path in folder.iterdir() if path.is_dir()):
            _remove(directory.glob("*.tmp"))  # of a process that was killed
            _pack(directory, held)
            if not any(directory.iterdir()):
                directory.rmdir()
    except OSError as error:
        _logger.warning("không dọn được %s: %s", folder, error)


def _pack(directory: Path, held: set[bytes]) -> None:
    seen: set[bytes] = set()
    digests: list[bytes] = []
    rows: list[Vectors] = []
    replaced: list[Path] = []
    changed = False
    for path in _shards(directory):
        try:
            found, vectors = _read_shard(path)
            if rows and vectors.shape[1] != len(rows[0]):
                raise _DamagedError(f"{vectors.shape[1]} dimensions")
        except _DamagedError as error:
            _drop(path, error)
            continue
        kept = [row for row, digest in enumerate(found) if digest in held and digest not in seen]
        seen.update(found[row] for row in kept)
        if len(kept) == len(found) >= _PACKED // 2:
            continue
        changed |= bool(replaced) or len(kept) < len(found)
        replaced.append(path)
        digests += [found[row] for row in kept]
        rows += [vectors[row] for row in kept]
        if len(rows) >= _PACKED:
            _write(directory, digests, np.stack(rows))
            digests, rows = [], []
            _remove(replaced)
            replaced = []
    if changed and rows:
        _write(directory, digests, np.stack(rows))
    if changed:
        _remove(replaced)


# --- shards ---


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_SIZE).digest()


def _folder_name(encoder: str) -> str:
    """A folder's name of its own for an encoder's, readable as far as file systems allow."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", encoder).strip("-.")[:80]
    return f"{readable}-{hashlib.sha256(encoder.encode()).hexdigest()[:8]}"


def _shards(directory: Path) -> list[Path]:
    """The shards of an encoder, the oldest first."""
    return sorted(directory.glob("*.npz"))


def _write(directory: Path, digests: Sequence[bytes], vectors: Vectors) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{time.time_ns():020}-{uuid.uuid4().hex[:8]}.npz"
    staging = path.with_suffix(".tmp")
    table = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), _DIGEST_SIZE)
    with staging.open("wb") as file:
        np.savez(file, digests=table, vectors=vectors)
    staging.replace(path)


def _load(path: Path, *names: str) -> list[NDArray[np.generic]]:
    """Arrays of a shard; the checksum of each is verified. Raises `_DamagedError`."""
    try:
        # NumPy leaves a file open whose directory it cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except (OSError, EOFError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
        raise _DamagedError(str(error) or type(error).__name__) from error


def _rows(table: NDArray[np.generic]) -> list[bytes]:
    if table.dtype != np.uint8 or table.ndim != 2 or table.shape[1] != _DIGEST_SIZE:
        raise _DamagedError("digests of another kind")
    return [row.tobytes() for row in table]


def _read_digests(path: Path) -> list[bytes]:
    return _rows(*_load(path, "digests"))


def _read_shard(path: Path) -> tuple[list[bytes], Vectors]:
    table, vectors = _load(path, "digests", "vectors")
    digests = _rows(table)
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(digests):
        raise _DamagedError("vectors of another kind")
    return digests, vectors.astype(np.float32, copy=False)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _drop(path: Path, error: _DamagedError) -> None:
    _logger.warning("%s bị hỏng (%s); các đoạn trong đó được mã hóa lại", path, error)
    _remove([path])
