"""Text to vectors: the encoder that is shipped, or any model of sentence-transformers.

The shipped one is a table of token vectors whose mean is the text's vector. It is read with
model2vec, which needs neither torch nor transformers; the same folder loads in
sentence-transformers too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import EncoderError
from hoidap.vietnamese.text import normalize

if TYPE_CHECKING:
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

# Texts encoded at once; larger batches gain nothing on two cores.
_BATCH = 256


class Encoder(Protocol):
    """Turns texts into vectors whose inner product says how near they are in meaning."""

    @property
    def name(self) -> str:
        """What identifies the vectors: equal names give equal vectors. Kept in the manifest."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, ``(n, dim)`` float32, of unit length (zero: no known word)."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, ``(n, dim)`` float32, of unit length (zero: no known word)."""


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit


class StaticEncoder:
    """The shipped encoder: the mean of its token vectors, questions and passages alike."""

    def __init__(self, path: Path) -> None:
        from model2vec import StaticModel

        self.path = path
        try:
            self._model: StaticModel = StaticModel.from_pretrained(path)
        except Exception as error:  # model2vec lets through whatever its parsers raise
            raise EncoderError(f"không nạp được bộ mã hóa ở {path}: {error}") from error

    @cached_property
    def name(self) -> str:
        """``static-`` and a hash of the files that decide the vectors."""
        digest = hashlib.sha256()
        for file in ("config.json", "model.safetensors", "tokenizer.json"):
            digest.update((self.path / file).read_bytes())
        return f"static-{digest.hexdigest()[:16]}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._model.dim)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        normalized = [normalize(text) for text in texts]
        return _unit(
            self._model.encode(
                normalized, max_length=None, batch_size=_BATCH, use_multiprocessing=False
            )
        )

    encode_questions = _encode
    encode_passages = _encode


class TransformerEncoder:
    """A model of sentence-transformers, by folder or hub name; its own prompts are honoured."""

    def __init__(self, model: str) -> None:
        # Seconds and hundreds of megabytes, which the default path never pays.
        from sentence_transformers import SentenceTransformer

        try:
            self._model: SentenceTransformer = SentenceTransformer(model, device="cpu")
        except Exception as error:  # the hub, the file system and every architecture's own errors
            reason = str(error).strip().split("\n")[0]
            raise EncoderError(f"không nạp được mô hình {model!r}: {reason}") from error
        self.name = f"sentence-transformers-{model}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        dimension = self._model.get_sentence_embedding_dimension()
        if dimension is None:
            raise EncoderError(f"mô hình {self.name!r} không cho biết số chiều của vector")
        return dimension

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model's query prompt if it has one."""
        return _unit(self._model.encode_query(list(texts), show_progress_bar=False))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's document prompt if it has one."""
        return _unit(self._model.encode_document(list(texts), show_progress_bar=False))


def _is_static(path: Path) -> bool:
    modules = path / "modules.json"
    if not modules.is_file():
        return (path / "tokenizer.json").is_file() and (path / "model.safetensors").is_file()
    try:
        first = json.loads(modules.read_text("utf-8"))[0]["type"]
    except (ValueError, LookupError, TypeError) as error:
        raise EncoderError(f"tệp {modules} không đọc được: {error}") from error
    return str(first).endswith("StaticEmbedding")


def load_encoder(model: str) -> Encoder:
    """The encoder at ``model``: a folder, or a name on the hub. Raises `EncoderError`."""
    path = Path(model)
    if path.is_dir():
        return StaticEncoder(path) if _is_static(path) else TransformerEncoder(model)
    if path.is_absolute() or model.startswith("."):
        raise EncoderError(f"không có thư mục mô hình {model}; hãy kiểm tra HOIDAP_MODEL")
    return TransformerEncoder(model)
