"""Stand-ins that tests use in place of heavy parts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from hoidap.token_table import Vectors
from hoidap.vietnamese.text import tokenize


class HashEncoder:
    """Counts words into a few buckets: deterministic, and near texts share words."""

    dim = 32

    def __init__(self, name: str = "hash") -> None:
        self.name = name
        self.encoded = 0

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for token in tokenize(text):
                row[zlib.crc32(token.text.encode()) % self.dim] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return unit

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return self._encode(texts)
