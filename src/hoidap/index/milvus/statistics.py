"""What is known of a collection as a whole, and its manifest: files on this machine.

Asked of the server this would be a round trip for each term of a question. A collection and its
files tell by their manifests that they belong together.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from hoidap.index import bm25
from hoidap.index.base import Field
from hoidap.index.prepared import Document
from hoidap.token_table import PassageTokens

# Raise when the layout of a collection or of the files changes.
_FORMAT = 4
_MANIFEST_FILE = "manifest.json"
_IDS, _FIRSTS, _TERMS, _HELD, _TOKENS = "ids", "firsts", "terms", "held", "tokens"
_ARRAYS = (_IDS, _FIRSTS, _TERMS, _HELD, _TOKENS)
# Milvus's dimensions are less than 2^32 - 1; one is taken by rows that hold no term.
_DIMENSIONS = 2**32 - 3
NO_TERM = 0
# In the order of a `Document`'s.
_FIELDS = (Field.EXACT, Field.FOLDED, Field.PAIRS, Field.TITLE, Field.DATES)
# Terms counted apart, at most, before they are added up. Twelve bytes each.
_APART = 4_000_000


def dimension(field: Field, term: str) -> int:
    """The dimension of a term in sparse vectors: a hash of 32 bits.

    Of a million passages with three million terms it is shared with another term for one in 1,400.
    """
    return 1 + zlib.crc32(f"{field}\0{term}".encode()) % _DIMENSIONS


@dataclass(frozen=True, slots=True)
class Written:
    """What a manifest tells of how a generation was written (see `Manifest`)."""

    generation: int
    server: str
    collection: str
    build: str
    encoder: str
    dim: int
    terms: str
    tokens: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """The identity of a generation.

    ``collection`` holds its rows, a row for each piece, and has ``build``, which is random, as a
    property: two collections of one name are told apart. ``server`` is the address that it was
    written to; it may be found at another one. There are ``rows`` of this generation
    among the ``written``, the others are of generations before, and none is of a passage with a
    greater id than ``highest``. ``exact``: the vectors are compared as they are. ``means`` are the
    mean lengths of the fields that terms are weighed by, measured on so many passages as
    ``measured``. ``files`` are the CRC-32s of the arrays.
    """

    format: int
    generation: int
    server: str
    collection: str
    build: str
    encoder: str
    dim: int
    terms: str
    tokens: str
    passages: int
    rows: int
    written: int
    highest: int
    exact: bool
    means: list[float]
    measured: int
    files: dict[str, int]

    def require(self, *, encoder: str, terms: str, tokens: str) -> None:
        """Raise `IndexMismatchError` unless built with this encoder, these terms and tokens."""
        if (self.format, self.terms, self.tokens) != (_FORMAT, terms, tokens):
            raise IndexMismatchError(
                "chỉ mục được lập bởi phiên bản hoặc bảng viết tắt khác; hãy chạy: hoidap reload"
            )
        if self.encoder != encoder:
            raise IndexMismatchError(
                f"chỉ mục được lập bằng bộ mã hóa {self.encoder}, hiện dùng {encoder};"
                " hãy đặt lại HOIDAP_MODEL hoặc chạy: hoidap reload"
            )


def read_manifest(directory: Path) -> Manifest:
    """The manifest in a generation's directory. Raises `IndexMissingError`, `IndexDamagedError`."""
    if not directory.is_dir():
        raise IndexMissingError(f"không có chỉ mục ở {directory}; hãy chạy: hoidap reload")
    try:
        return Manifest(**json.loads((directory / _MANIFEST_FILE).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamagedError(f"tệp chỉ mục ở {directory} bị hỏng: {error}") from error


class Statistics:
    """The files of a generation, opened."""

    def __init__(self, directory: Path) -> None:
        """Open and verify. Raises `IndexMissingError` or `IndexDamagedError`."""
        self.manifest = read_manifest(directory)
        arrays = {}
        try:
            for name in _ARRAYS:
                data = (directory / f"{name}.npy").read_bytes()
                if zlib.crc32(data) != self.manifest.files[name]:
                    raise ValueError(f"{name}.npy không còn như lúc ghi")
                arrays[name] = np.load(
                    directory / f"{name}.npy", mmap_mode="r" if len(data) > 2**20 else None
                ).view(np.ndarray)
        except (OSError, ValueError, LookupError, EOFError) as error:
            raise IndexDamagedError(f"tệp chỉ mục ở {directory} bị hỏng: {error}") from error
        self.ids: NDArray[np.int64] = arrays[_IDS]
        self._firsts: NDArray[np.int64] = arrays[_FIRSTS]
        self.terms: NDArray[np.uint32] = arrays[_TERMS]
        self.held: NDArray[np.int32] = arrays[_HELD]
        self.token_counts: NDArray[np.int32] = arrays[_TOKENS]

    @property
    def piece_counts(self) -> NDArray[np.int64]:
        """How many pieces each passage has, in the order of ``ids``."""
        return np.diff(self._firsts)

    def frequency(self, field: Field, term: str) -> int:
        """How many passages hold a term in a field."""
        wanted = dimension(field, term)
        place = int(np.searchsorted(self.terms, np.uint32(wanted)))
        there = place < len(self.terms) and int(self.terms[place]) == wanted
        return int(self.held[place]) if there else 0

    def holds(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages are of this generation, ``(n,)``."""
        places = np.searchsorted(self.ids, passage_ids)
        held: NDArray[np.bool_] = np.zeros(len(places), np.bool_)
        inside = places < len(self.ids)
        held[inside] = self.ids[places[inside]] == passage_ids[inside]
        return held

    def pieces(self, passage_ids: Sequence[int]) -> list[int]:
        """How many pieces each of the passages has; they are indexed here."""
        places = np.searchsorted(self.ids, np.asarray(passage_ids, np.int64))
        counts: list[int] = (self._firsts[places + 1] - self._firsts[places]).tolist()
        return counts


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """The terms of a passage as counted: dimensions, how often each occurs, in which field.

    ``lengths`` are the terms of each field, repeated as they occur.
    """

    dimensions: NDArray[np.uint32]
    counts: NDArray[np.float32]
    fields: NDArray[np.uint8]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, document: Document) -> PassageTerms:
        """Count the terms of a passage."""
        dimensions: list[int] = []
        counts: list[int] = []
        fields: list[int] = []
        lengths = []
        for number, (field, text) in enumerate(zip(_FIELDS, document, strict=True)):
            terms = text.split()
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                dimensions.append(dimension(field, term))
                counts.append(count)
                fields.append(number)
        return cls(
            np.array(dimensions, np.uint32),
            np.array(counts, np.float32),
            np.array(fields, np.uint8),
            tuple(lengths),
        )

    def weights(self, means: Sequence[float]) -> dict[int, float]:
        """The sparse vector: what each term adds to a BM25 score that asks for it with weight 1.

        ``means`` are the mean lengths of the fields.
        """
        shares = np.array(self.lengths) / np.maximum(np.array(means), 1e-9)
        norms = bm25.K1 * (1 - bm25.B + bm25.B * shares)[self.fields]
        scores = self.counts * (bm25.K1 + 1) / (self.counts + norms)
        found = dict(zip(self.dimensions.tolist(), scores.tolist(), strict=True))
        return found or {NO_TERM: 1.0}


class Counting:
    """Counts over all passages of a generation while they come by."""

    def __init__(self, table_size: int, previous: Statistics | None) -> None:
        """``previous`` are those of the generation that this one goes on from."""
        self._previous = previous
        self._removed = np.zeros(0, np.int64)
        self._ids = [np.zeros(0, np.int64) if previous is None else previous.ids]
        self._pieces = [np.zeros(0, np.int64) if previous is None else previous.piece_counts]
        self._tokens = np.zeros(table_size, np.int32)
        if previous is not None:
            self._tokens += previous.token_counts
        self._lengths = np.zeros(len(_FIELDS))
        self._terms = [np.zeros(0, np.uint32) if previous is None else previous.terms]
        self._held = [np.zeros(0, np.int64) if previous is None else previous.held.astype(np.int64)]

    @property
    def passages(self) -> int:
        """How many passages came by or were there before."""
        return sum(map(len, self._ids)) - len(self._removed)

    @property
    def rows(self) -> int:
        """How many pieces came by."""
        return int(sum(int(part.sum()) for part in self._pieces[1:]))

    @property
    def means(self) -> list[float]:
        """The mean lengths of the fields."""
        if self._previous is not None:
            return self._previous.manifest.means
        means: list[float] = (self._lengths / max(self.passages, 1)).tolist()
        return means

    def add(
        self,
        ids: NDArray[np.int64],
        pieces: NDArray[np.int64],
        terms: Iterable[PassageTerms],
        tokens: Iterable[PassageTokens],
    ) -> None:
        """Count passages that are new."""
        self._ids.append(ids)
        self._pieces.append(pieces)
        dimensions = []
        for found in terms:
            dimensions.append(found.dimensions)
            self._lengths += found.lengths
        self._count(dimensions, tokens, 1)

    def remove(
        self,
        ids: Sequence[int],
        dimensions: Iterable[NDArray[np.uint32]],
        tokens: Iterable[PassageTokens],
    ) -> None:
        """Count passages that the previous generation holds and this one does not, all at once."""
        self._removed = np.array(sorted(ids), np.int64)
        self._count(dimensions, tokens, -1)

    def _count(
        self,
        dimensions: Iterable[NDArray[np.uint32]],
        tokens: Iterable[PassageTokens],
        step: int,
    ) -> None:
        for found in dimensions:
            distinct = np.unique(found)
            self._terms.append(distinct)
            self._held.append(np.full(len(distinct), step, np.int64))
        for row in tokens:
            self._tokens[np.unique(row.rows)] += step
        if sum(map(len, self._terms[1:])) > _APART:
            self._add_up()

    def _add_up(self) -> None:
        terms, places = np.unique(np.concatenate(self._terms), return_inverse=True)
        held = np.bincount(places, np.concatenate(self._held), len(terms)).astype(np.int64)
        self._terms, self._held = [terms[held > 0]], [held[held > 0]]

    def write(self, directory: Path, written: Written) -> Manifest:
        """Write what was counted into ``directory``, which is there, and return its manifest."""
        self._add_up()
        ids = np.concatenate(self._ids)
        kept = ~np.isin(ids, self._removed)
        pieces = np.concatenate(self._pieces)[kept]
        arrays: dict[str, NDArray[Any]] = {
            _IDS: ids[kept],
            _FIRSTS: np.cumsum([0, *pieces], dtype=np.int64),
            _TERMS: self._terms[0],
            _HELD: self._held[0].astype(np.int32),
            _TOKENS: self._tokens,
        }
        checksums = {}
        for name, array in arrays.items():
            path = directory / f"{name}.npy"
            np.save(path, array)
            checksums[name] = zlib.crc32(path.read_bytes())
        before = None if self._previous is None else self._previous.manifest
        manifest = Manifest(
            format=_FORMAT,
            **asdict(written),
            passages=int(kept.sum()),
            rows=int(pieces.sum()),
            written=self.rows + (0 if before is None else before.written),
            highest=max(int(ids.max(initial=0)), 0 if before is None else before.highest),
            means=self.means,
            measured=int(kept.sum()) if before is None else before.measured,
            files=checksums,
        )
        (directory / _MANIFEST_FILE).write_text(
            json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True), "utf-8"
        )
        return manifest
