"""From one store of the index to another: from this machine to a Milvus server, and back.

The catalog stays as it is, and so does the generation's number. No file is read again: passages
come from the catalog, and vectors that took long to make from the index that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from hoidap.catalog import Catalog
from hoidap.encoder import Encoder, ShippedEncoder
from hoidap.errors import IndexMissingError, SearchIndexError, SettingsError
from hoidap.index.store import GenerationStore, StoredIndex, open_store, other_place, told_as_ours
from hoidap.preparation import Preparation
from hoidap.reload import writer_lock
from hoidap.settings import Settings
from hoidap.token_table import Vectors, load_token_table
from hoidap.vector_cache import cached
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms_fingerprint

# Passages whose vectors are asked for at once.
_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was moved: from where to where, as `Settings.index` names them."""

    generation: int
    passages: int
    source: str
    target: str


class _Kept:
    """An encoder that knows the vectors of all passages of an index, in the order of their ids."""

    def __init__(self, encoder: Encoder, index: StoredIndex) -> None:
        self._encoder = encoder
        self._coming = _vectors(index)

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dim(self) -> int:
        return self._encoder.dim

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors that come next, one for each of ``texts``."""
        found = [next(self._coming) for _ in texts]
        return np.stack(found) if found else np.zeros((0, self.dim), np.float32)


def _vectors(index: StoredIndex) -> Iterator[Vectors]:
    ids = index.ids.tolist()
    for first in range(0, len(ids), _TOGETHER):
        for pieces in index.vectors(ids[first : first + _TOGETHER]):
            yield from pieces


def migrate(
    source: Settings,
    target: Settings,
    encoder: Encoder,
    *,
    wait_s: float = 0.0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Migrated:
    """Write the current generation into the store that ``target`` sets.

    The settings differ in ``index`` only. What the former store holds stays; where it cannot be
    used, vectors are made again. ``wait_s`` are the seconds to wait for another writer to finish.
    ``progress`` is called with passages done and their total.
    Raises `SettingsError`, `BusyError`, `CatalogError`, `SearchIndexError`.
    """
    if not source.catalog_path.exists():
        raise IndexMissingError(f"chưa có gì để chuyển ở {source.data}; hãy chạy: hoidap reload")
    with writer_lock(source, wait_s), closing(Catalog(source.catalog_path)) as catalog:
        generation = catalog.generation()
        if generation is None:
            raise IndexMissingError(
                f"chưa có gì để chuyển ở {source.data}; hãy chạy: hoidap reload"
            )
        if source.index == target.index:
            raise SettingsError(_in_vain(source, generation.number))
        abbreviations = Abbreviations.load(*source.table_paths("abbreviations"))
        table = load_token_table(source)
        former, store = (
            open_store(one, encoder, table, terms_fingerprint(abbreviations))
            for one in (source, target)
        )
        ids = catalog.current_ids()
        progress(0, len(ids))
        sparing = _sparing(encoder, former, generation.number, source)
        with (
            told_as_ours(store),
            closing(Preparation(source, sparing, table, abbreviations)) as preparation,
        ):
            store.build(
                generation.number,
                preparation.prepared(catalog.in_order(ids.tolist()), len(ids)),
                progress=lambda done: progress(done, len(ids)),
            )
        moved = store.check(generation.number).passages
        if moved != len(ids):
            raise SearchIndexError(
                f"chỉ mục ở {store.place} có {moved} đoạn, danh mục có {len(ids)};"
                " chỉ mục cũ giữ nguyên"
            )
        store.publish(generation.number)
        store.keep([generation.number])
    return Migrated(generation.number, moved, source.index, target.index)


def _in_vain(source: Settings, generation: int) -> str:
    """What to say where the index was to be moved to where it is set to be."""
    other = other_place(source, generation)
    if other is None:
        return f"chỉ mục đang ở {source.index} rồi; hãy nêu nơi khác để chuyển tới"
    return (
        f"chỉ mục nằm ở {other} mà HOIDAP_INDEX là {source.index}; hãy đặt HOIDAP_INDEX của nơi đó"
        f" rồi chạy: hoidap migrate {source.index}"
    )


def _sparing(
    encoder: Encoder, store: GenerationStore, generation: int, settings: Settings
) -> Encoder:
    """The encoder, or one that spares its work where that takes longer than to read its vectors."""
    if isinstance(encoder, ShippedEncoder):
        return encoder
    try:
        return _Kept(encoder, store.check(generation))
    except SearchIndexError:
        return cached(encoder, settings.vectors_path)
