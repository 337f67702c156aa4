"""The stores of generations: directories on this machine, or collections on a Milvus server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from hoidap.encoder import Encoder, TokenTable
from hoidap.index.base import Entry, GenerationStore, PassageIndex
from hoidap.index.local import LocalIndex
from hoidap.index.manifest import check_large_files
from hoidap.settings import LOCAL, Settings


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
        entries: Iterable[Entry],
        *,
        previous: PassageIndex | None = None,
        step: int,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation's directory."""
        assert previous is None or isinstance(previous, LocalIndex)
        LocalIndex.build(
            self._settings.generation_path(generation),
            entries,
            self._encoder,
            self._table,
            generation=generation,
            terms=self._terms,
            previous=previous,
            step=step,
            progress=progress,
        )
        sync_directory(self._settings.generations_path)

    def publish(self, generation: int) -> None:
        """Nothing: who looks at directories asks the catalog which is the current one."""

    def keep(self, generations: Collection[int]) -> None:
        """Remove all other directories."""
        keep_directories(self._settings.generations_path, generations)


def keep_directories(place: Path, generations: Collection[int]) -> None:
    """Remove what is in ``place`` but the directories of ``generations``."""
    kept = {f"{number:06}" for number in generations}
    for path in place.iterdir() if place.is_dir() else ():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def sync_directory(directory: Path) -> None:
    """Bring the names in ``directory`` to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
