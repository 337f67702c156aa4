"""The stores of generations: directories on this machine, or collections on a Milvus server."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hoidap.complaints import refusal
from hoidap.encoder import Encoder
from hoidap.errors import (
    IndexDamagedError,
    IndexElsewhereError,
    IndexMissingError,
    SearchIndexError,
)
from hoidap.index.base import PassageIndex
from hoidap.index.local import LocalIndex
from hoidap.index.manifest import check_large_files
from hoidap.index.prepared import Prepared
from hoidap.settings import LOCAL, Settings
from hoidap.token_table import TokenTable, Vectors


class StoredIndex(PassageIndex, Protocol):
    """A generation as its store opens it, and what a writer asks of it."""

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passages indexed, rising."""

    def worn(self, removed: int) -> bool:
        """Whether a generation without ``removed`` more passages had better be built anew."""

    def vectors(self, passage_ids: Sequence[int]) -> list[Vectors]:
        """The vectors of passages' pieces, in the order asked for."""


class GenerationStore(Protocol):
    """Where the generations of the searchable side are kept. One process at a time writes."""

    @property
    def place(self) -> str:
        """Where, for whoever is told of it."""

    def open(self, generation: int) -> StoredIndex:
        """Open and verify a generation.

        Raises `IndexMissingError`, `IndexDamagedError`, `IndexMismatchError` or
        `IndexUnreachableError`.
        """

    def check(self, generation: int) -> StoredIndex:
        """The same, verifying also what takes long to."""

    def build(
        self,
        generation: int,
        batches: Iterable[Prepared],
        *,
        previous: StoredIndex | None = None,
        removed: Collection[int] = (),
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation of ``batches`` of passages, in the order of their ids.

        With ``previous``, which this store opened, it holds what that does, too, but for the
        passages ``removed``; then the new ids are greater than any there. It is there complete or
        not at all. After each batch ``progress`` is called with how many passages are done.
        Raises `SearchIndexError` and errors of the engines and the system.
        """

    def publish(self, generation: int) -> None:
        """Tell whoever else looks at the store that a generation has become the current one."""

    def keep(self, generations: Collection[int]) -> None:
        """Remove all but ``generations``, and remains of writers that did not finish."""


def open_store(
    settings: Settings, encoder: Encoder, table: TokenTable, terms: str
) -> GenerationStore:
    """The store that is set. ``terms`` is `hoidap.vietnamese.terms.terms_fingerprint`'s.

    No server is asked before a generation is. Raises `SettingsError` where a package is missing.
    """
    if settings.index == LOCAL:
        return LocalStore(settings, encoder, table, terms)
    # Half a second that only those wait who have a server.
    from hoidap.index.milvus.store import MilvusStore

    return MilvusStore(settings, encoder, table, terms)


def other_place(settings: Settings, generation: int) -> str | None:
    """The store that a generation was written to if that is another one than is set, else None.

    Each keeps a directory of a generation on this machine, whatever it has on a server.
    """
    local = settings.generation_path(generation)
    away = settings.milvus_path / local.name
    here, there = (local, away) if settings.index == LOCAL else (away, local)
    if here.is_dir() or not there.is_dir():
        return None
    return "máy chủ Milvus" if there == away else str(settings.generations_path)


def told_elsewhere(settings: Settings, generation: int) -> str | None:
    """What to say where a generation was written to another store than is set, else None."""
    other = other_place(settings, generation)
    if other is None:
        return None
    here = str(settings.generations_path) if settings.index == LOCAL else settings.index
    return (
        f"chỉ mục đang dùng nằm ở {other}, không ở {here}; hãy chạy lại với"
        " HOIDAP_INDEX của nơi đó, hoặc cũng với cài đặt ấy chuyển chỉ mục sang đây:"
        f" hoidap migrate {settings.index}"
    )


def missing(error: IndexMissingError, settings: Settings, generation: int) -> IndexDamagedError:
    """A generation is not where it is looked for: it lies elsewhere, or is lost."""
    told = told_elsewhere(settings, generation)
    return IndexDamagedError(str(error)) if told is None else IndexElsewhereError(told)


class LocalStore:
    """Generations in directories of this machine, each a `LocalIndex`."""

    def __init__(self, settings: Settings, encoder: Encoder, table: TokenTable, terms: str) -> None:
        self._settings = settings
        self._encoder = encoder
        self._table = table
        self._terms = terms

    @property
    def place(self) -> str:
        """The directory of the generations."""
        return str(self._settings.generations_path)

    def open(self, generation: int) -> LocalIndex:
        """Open and verify a generation."""
        return LocalIndex(
            self._settings.generation_path(generation),
            encoder=self._encoder.name,
            terms=self._terms,
            table=self._table,
        )

    def check(self, generation: int) -> LocalIndex:
        """The same, comparing large files with their checksums."""
        index = self.open(generation)
        check_large_files(self._settings.generation_path(generation), index.manifest)
        return index

    def build(
        self,
        generation: int,
        batches: Iterable[Prepared],
        *,
        previous: StoredIndex | None = None,
        removed: Collection[int] = (),
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation's directory."""
        assert previous is None or isinstance(previous, LocalIndex)
        LocalIndex.build(
            self._settings.generation_path(generation),
            batches,
            self._encoder,
            self._table,
            generation=generation,
            terms=self._terms,
            previous=previous,
            removed=removed,
            progress=progress,
        )
        sync_directory(self._settings.generations_path)

    def publish(self, generation: int) -> None:
        """Nothing: who looks at directories asks the catalog which is the current one."""

    def keep(self, generations: Collection[int]) -> None:
        """Remove all other directories."""
        keep_directories(self._settings.generations_path, generations)


@contextmanager
def told_as_ours(store: GenerationStore) -> Iterator[None]:
    """Raise what the system and the engines raise while they write as `SearchIndexError`."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # the system's, tantivy's, FAISS's
        reason = refusal(error) if isinstance(error, OSError) else str(error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            reason += ", hãy dọn chỗ"
        raise SearchIndexError(
            f"không ghi được chỉ mục vào {store.place}: {reason}; chỉ mục đang dùng giữ nguyên"
        ) from error


def keep_directories(place: Path, generations: Collection[int]) -> None:
    """Remove what is in ``place`` but the directories of ``generations``."""
    kept = {f"{number:06}" for number in generations}
    for path in place.iterdir() if place.is_dir() else ():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def sync_directory(directory: Path) -> None:
    """Bring the names in ``directory`` to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
