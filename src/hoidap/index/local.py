"""Both engines over one generation, in a directory on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder
from hoidap.errors import IndexDamagedError, IndexMissingError
from hoidap.index.base import DateRange, Hit, QueryTerm, ordered
from hoidap.index.lexical import LexicalIndex
from hoidap.index.manifest import (
    FORMAT_VERSION,
    LOCKS,
    Manifest,
    read_manifest,
    record_files,
    write_manifest,
)
from hoidap.index.part import Part, PartWriter
from hoidap.index.prepared import Document, Prepared
from hoidap.index.tokens import TokenWeights
from hoidap.token_table import PassageTokens, TokenTable, Vectors
from hoidap.vietnamese.syllables import Syllables

_LEXICAL = "lexical"
_PARTS = "parts"
# The passages that parts hold and the generation does not, rising.
_REMOVED_FILE = "removed.npy"
# A part is written again with the one before it that is less than so many times as large, so that
# there are few of them, and what is written again was written seldom.
_LARGER = 4
# And by itself where it holds less than this share of what was written; where that is true of all
# parts together the generation is best built anew (see `LocalIndex.worn`).
_WORN = 3 / 4


class LocalIndex:
    """A generation opened for searching. Safe for use by several threads."""

    def __init__(self, directory: Path, *, encoder: str, terms: str, table: TokenTable) -> None:
        """Open and verify the generation in ``directory``.

        Raises `IndexMissingError`, `IndexDamagedError` or `IndexMismatchError`.
        """
        if not directory.is_dir():
            raise IndexMissingError(f"không có chỉ mục ở {directory}; hãy chạy: hoidap reload")
        self.directory = directory
        self.manifest = read_manifest(directory)
        self.manifest.require(encoder=encoder, terms=terms, tokens=table.name)
        self._lexical = LexicalIndex(directory / _LEXICAL)
        try:
            removed: NDArray[np.int64] = np.load(directory / _REMOVED_FILE, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise IndexDamagedError(f"chỉ mục ở {directory} bị hỏng: {error}") from error
        self._parts = sorted(
            (Part(directory / _PARTS / name, removed, table.size) for name in self.manifest.parts),
            key=lambda part: part.dense.ids[:1].tolist(),
        )
        self._firsts = np.array([part.dense.ids[0] for part in self._parts], np.int64)
        counts = sum((part.token_counts() for part in self._parts), np.zeros(table.size, np.int32))
        self._weights = TokenWeights(counts, self.passages, table.rarity)
        held = sum(part.passages for part in self._parts)
        if not self.passages == held == self._lexical.passages or any(
            part.dense.dim != self.manifest.dim for part in self._parts
        ):
            raise IndexDamagedError(f"chỉ mục ở {directory} không khớp với số đoạn đã ghi")

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return self.manifest.passages

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passages indexed, rising."""
        none = [np.zeros(0, np.int64)]
        return np.concatenate(none + [part.dense.ids[part.dense.kept] for part in self._parts])

    def search_terms(
        self, terms: Sequence[QueryTerm], limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by BM25, best first, ties by passage id."""
        return self._lexical.search(terms, limit, within)

    def most(self, terms: Sequence[QueryTerm]) -> float:
        """The BM25 score of a passage that holds all terms of the text as often as can be."""
        return self._lexical.most(terms)

    def search_vector(
        self, vector: Vectors, limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, ties by id."""
        found = [part.dense.search(vector, limit, within) for part in self._parts]
        return found[0] if len(found) == 1 else ordered(chain.from_iterable(found))[:limit]

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""
        found = np.zeros(len(passage_ids), np.float32)
        for part, own, wanted in self._divided(passage_ids):
            found[own] = part.dense.similarities(vector, wanted.tolist())
        return found

    def _divided(
        self, passage_ids: Sequence[int]
    ) -> Iterator[tuple[Part, NDArray[np.intp], NDArray[np.int64]]]:
        """The parts that hold passages: which of those asked for, and their ids."""
        wanted = np.asarray(passage_ids, np.int64)
        owners = np.searchsorted(self._firsts, wanted, side="right") - 1
        numbers = set(owners.tolist())
        for number in numbers:
            # Nearly always all are in the largest part.
            own = np.flatnonzero(owners == number) if len(numbers) > 1 else np.arange(len(wanted))
            yield self._parts[number], own, wanted[own]

    def _places(self, passage_ids: Sequence[int]) -> list[tuple[Part, int]]:
        """Where passages stand: in which part, at which place there."""
        found: dict[int, tuple[Part, int]] = {}
        for part, own, wanted in self._divided(passage_ids):
            places = part.dense.places(wanted).tolist()
            found.update(
                (at, (part, place)) for at, place in zip(own.tolist(), places, strict=True)
            )
        return [found[at] for at in range(len(passage_ids))]

    def tokens(self, passage_ids: Sequence[int]) -> list[PassageTokens]:
        """The tokens of passages, in the order asked for."""
        return [part.tokens.of(place) for part, place in self._places(passage_ids)]

    def syllables(self, passage_ids: Sequence[int]) -> list[tuple[Syllables, Syllables]]:
        """The syllables of passages: of what they stand under, their own."""
        return [part.syllables.of(place) for part, place in self._places(passage_ids)]

    def vectors(self, passage_ids: Sequence[int]) -> list[Vectors]:
        """The vectors of passages' pieces, in the order asked for."""
        return [
            part.dense.vectors([passage_id])[0]
            for passage_id, (part, _) in zip(passage_ids, self._places(passage_ids), strict=True)
        ]

    def token_weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much tokens say in this collection: inverse document frequencies, ``(n,)``."""
        return self._weights.of(rows)

    def holds(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages are indexed here, ``(n,)``."""
        return np.isin(passage_ids, self.ids)

    def worn(self, removed: int) -> bool:
        """Whether a generation without ``removed`` more passages had better be built anew.

        What is removed goes on taking room, and counts where BM25 asks how rare a word is.
        """
        written = sum(len(part.dense.ids) for part in self._parts)
        return self.passages - removed < _WORN * written

    @staticmethod
    def build(
        directory: Path,
        batches: Iterable[Prepared],
        encoder: Encoder,
        table: TokenTable,
        *,
        generation: int,
        terms: str,
        previous: LocalIndex | None = None,
        removed: Collection[int] = (),
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation of ``batches`` of passages, in the order of their ids.

        With ``previous`` it holds what that does, too, but for the passages ``removed``; then the
        new ids are greater than any there. It appears at ``directory`` complete or not at all.
        After each batch ``progress`` is called with how many passages are done.
        """
        staging = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            parts = staging / _PARTS
            parts.mkdir()
            if previous is not None:
                _link(previous.directory / _LEXICAL, staging / _LEXICAL)
            fresh = parts / f"{generation:06}"
            writer = PartWriter(fresh, encoder.dim, table.size)

            # The vectors are arranged while the words are.
            closed: Future[None] | None = None

            def written() -> Iterator[tuple[int, int, Document]]:
                nonlocal closed
                done = 0
                for batch in batches:
                    yield from zip(
                        batch.ids.tolist(), batch.days.tolist(), batch.documents, strict=True
                    )
                    writer.add(batch)
                    done += len(batch.ids)
                    progress(done)
                closed = other.submit(writer.close)

            with ThreadPoolExecutor(1, "hoidap-write") as other:
                LexicalIndex.build(staging / _LEXICAL, written(), sorted(removed))
                assert closed is not None
                closed.result()
            gone = np.array(sorted(removed), np.int64)
            held = [] if previous is None else [part.without(gone) for part in previous._parts]
            held.append(Part(fresh, gone, table.size))
            out = _arrange(parts, held, generation, encoder.dim, table.size)
            np.save(staging / _REMOVED_FILE, out)
            lexical = LexicalIndex(staging / _LEXICAL)
            manifest = Manifest(
                format=FORMAT_VERSION,
                generation=generation,
                encoder=encoder.name,
                dim=encoder.dim,
                terms=terms,
                tokens=table.name,
                passages=lexical.passages,
                parts=sorted(path.name for path in parts.iterdir()),
                files=record_files(staging, None if previous is None else previous.directory),
            )
            write_manifest(staging, manifest)
            _sync(staging)
            shutil.rmtree(directory, ignore_errors=True)
            staging.rename(directory)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _arrange(
    directory: Path, parts: Sequence[Part], generation: int, dim: int, size: int
) -> NDArray[np.int64]:
    """Bring the parts of a generation into ``directory``, in the order of their ids.

    Those that lie there already stay, of others there are links, and small or worn ones are
    written again, together. What the links hold and the generation does not is returned.
    """
    groups = [[part] for part in parts if part.passages]
    while len(groups) > 1 and _size(groups[-2]) < _LARGER * _size(groups[-1]):
        last = groups.pop()
        groups[-1] += last
    removed = [np.zeros(0, np.int64)]
    for number, group in enumerate(groups):
        worn = group[0].passages < _WORN * len(group[0].dense.ids)
        if len(group) > 1 or worn:
            writer = PartWriter(directory / f"{generation:06}-{number}", dim, size)
            for part in group:
                writer.add_part(part)
            writer.close()
            continue
        (part,) = group
        removed.append(part.dense.ids[~part.dense.kept])
        if part.path.parent != directory:
            _link(part.path, directory / part.path.name)
    kept = {part.path for group in groups if len(group) == 1 for part in group}
    for part in parts:
        if part.path.parent == directory and part.path not in kept:
            shutil.rmtree(part.path)
    return np.concatenate(removed)


def _size(parts: Iterable[Part]) -> int:
    return sum(part.passages for part in parts)


def _link(source: Path, target: Path) -> None:
    """Make ``target`` a folder of links to the files below ``source``, or of copies."""
    for path in source.rglob("*"):
        if not path.is_file() or path.name in LOCKS:
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, place)
        except OSError:  # a file system without links
            shutil.copyfile(path, place)


def _sync(directory: Path) -> None:
    """Bring all that was written below ``directory`` to the disk."""
    for path in (*directory.rglob("*"), directory):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
