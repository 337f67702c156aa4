"""The shipped encoder's tokens: words and syllables, with a vector for each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from hoidap.errors import EncoderError
from hoidap.segmenter import Segmenter
from hoidap.settings import Settings
from hoidap.vietnamese.text import normalize
from hoidap.vietnamese.token_arrays import batch_of

Vectors = NDArray[np.float32]

_TOKENIZER_FILE = "tokenizer.json"
STATIC_FILES = ("config.json", "model.safetensors", _TOKENIZER_FILE)
# Questions whose tokens are kept: each is asked for by the encoder and by late interaction.
_REMEMBERED = 1024


def static_fingerprint(path: Path) -> str:
    """A hash of the files of a static encoder that decide the vectors."""
    digest = hashlib.sha256()
    for name in STATIC_FILES:
        with (path / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows of unit length, in the same direction; a zero row stays."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled


class PassageTokens(NamedTuple):
    """The tokens of a text that the table knows, in order.

    ``rows`` ``(n,)`` are their rows in the table, ``starts`` ``(n,)`` where each begins in the
    text, in characters.
    """

    rows: NDArray[np.uint16]
    starts: NDArray[np.uint16]


class TokenTable:
    """The shipped encoder's tokens: a tokenizer that knows whole words, and a vector for each.

    Reads model2vec's layout by itself, which takes a quarter of the time that model2vec needs to
    load it (0.26 s against 1.04 s), more than all else in answering a question from the shell.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._segmenter = Segmenter(path / _TOKENIZER_FILE)
            with safe_open(path / "model.safetensors", framework="numpy") as tensors:
                self._table: NDArray[np.int8] = tensors.get_tensor("embeddings")
                self._row_of: NDArray[np.int32] = tensors.get_tensor("mapping")
                weights: NDArray[np.float32] = tensors.get_tensor("weights")
                self.rarity: NDArray[np.float32] = tensors.get_tensor("rarity")
                self._lengths: NDArray[np.float32] = tensors.get_tensor("lengths")
            self.name = f"static-{static_fingerprint(path)}"
        except Exception as error:  # sentencepiece and safetensors have errors of their own
            raise EncoderError(f"không nạp được bộ mã hóa ở {path}: {error}") from error
        self.question_rows = lru_cache(_REMEMBERED)(self._question_rows)
        # The tokens that read a row have one scale.
        self._scales = np.zeros(len(self._table), np.float32)
        self._scales[self._row_of] = weights

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    @property
    def size(self) -> int:
        """How many rows the table has; row 0 is that of unknown tokens, a zero vector."""
        return len(self._table)

    def _question_rows(self, text: str) -> NDArray[np.int32]:
        """The rows of a question's known tokens, in order; it is asked for more than once."""
        rows = self._row_of[np.array(self._segmenter.ids(normalize(text)), np.int64)]
        return rows[rows > 0]

    def tokens(self, texts: Sequence[str]) -> list[PassageTokens]:
        """The known tokens of each text with their places.

        Where normalising changes a text's length a place may be off by the characters it drops.
        """
        if not texts:
            return []
        batch = batch_of(tuple(texts))
        quick = self._segmenter.reads(batch)
        rest: list[PassageTokens] = []
        if not quick.all():
            rest = [self._tokens(texts[at]) for at in np.flatnonzero(~quick).tolist()]
            batch = batch_of(tuple(texts[at] for at in np.flatnonzero(quick).tolist()))
        ids, starts, bounds = self._segmenter.divide(batch)
        rows = self._row_of.take(ids)
        known = rows > 0
        kept = np.concatenate([[0], np.cumsum(known)])[bounds].tolist()
        rows16, starts16 = rows[known].astype(np.uint16), starts[known].astype(np.uint16)
        divided = (
            PassageTokens(rows16[first:last], starts16[first:last])
            for first, last in pairwise(kept)
        )
        others = iter(rest)
        return [next(divided if is_quick else others) for is_quick in quick.tolist()]

    def _tokens(self, text: str) -> PassageTokens:
        """The same of any text."""
        ids, starts = self._segmenter.ids_with_starts(normalize(text))
        rows = self._row_of[np.array(ids, np.int64)]
        known = rows > 0
        return PassageTokens(
            rows[known].astype(np.uint16), np.array(starts, np.int64)[known].astype(np.uint16)
        )

    def sums(self, texts: Sequence[NDArray[np.integer]]) -> Vectors:
        """The vectors of texts by their rows, ``(n, dim)``: sums of their tokens', of any length.

        Sums have the direction of means.
        """
        sums = np.zeros((len(texts), self.dim), np.float32)
        for total, rows in zip(sums, texts, strict=True):
            vectors = self._table.take(rows, axis=0).astype(np.float32)
            np.matmul(self._scales.take(rows), vectors, out=total)
        return sums

    def unit(self, rows: NDArray[np.integer]) -> Vectors:
        """The vectors of known tokens, ``(n, dim)``, rows of unit length."""
        vectors: Vectors = self._table[rows] / self._lengths[rows, None]
        return vectors

    def cosines(
        self, rows: NDArray[np.integer], others: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """The cosines of known tokens with others, ``(n, others)``."""
        # In this order, the many first, in two thirds of the time.
        products = (self._table[others].astype(np.float32) @ self.unit(rows).T).T
        found: NDArray[np.float32] = products / self._lengths[others]
        return found


@cache
def _token_table(path: Path) -> TokenTable:
    return TokenTable(path)


def load_token_table(settings: Settings) -> TokenTable:
    """The shipped encoder's tokens, which late interaction uses whatever the encoder is.

    Loaded once in a process. Raises `EncoderError`.
    """
    return _token_table(settings.shipped_encoder_path)
