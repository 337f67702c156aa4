"""Text to vectors: the encoder that is shipped, or any model of sentence-transformers.

The shipped one is a table of token vectors whose mean is the text's vector; it needs neither torch
nor transformers. Its folder loads in model2vec and in sentence-transformers, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from hoidap.errors import EncoderError
from hoidap.models import (
    cached_commit,
    configured_prompts,
    conventional_prompts,
    folder_fingerprint,
    repositories,
    require_on_hub,
)
from hoidap.settings import Settings
from hoidap.vietnamese.text import normalize

if TYPE_CHECKING:
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

# Questions whose tokens are kept: each is asked for by the encoder and by late interaction.
_REMEMBERED = 1024
# Texts encoded at once; larger batches gain nothing on two cores.
_BATCH = 256
# The same for transformers: texts of a batch are padded to its longest.
_SLOW_BATCH = 16


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


_STATIC_FILES = ("config.json", "model.safetensors", "tokenizer.json")


def _fingerprint(path: Path) -> str:
    """A hash of the files that decide the vectors."""
    digest = hashlib.sha256()
    for name in _STATIC_FILES:
        with (path / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


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
            self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
            with safe_open(path / "model.safetensors", framework="numpy") as tensors:
                self._table: NDArray[np.int8] = tensors.get_tensor("embeddings")
                self._row_of: NDArray[np.int32] = tensors.get_tensor("mapping")
                weights: NDArray[np.float32] = tensors.get_tensor("weights")
                self.rarity: NDArray[np.float32] = tensors.get_tensor("rarity")
                self._lengths: NDArray[np.float32] = tensors.get_tensor("lengths")
            self.name = f"static-{_fingerprint(path)}"
        except Exception as error:  # tokenizers raises bare Exception
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

    def rows(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """The rows of each text's known tokens, in order."""
        encodings = self._tokenizer.encode_batch_fast(
            [normalize(text) for text in texts], add_special_tokens=False
        )
        found = (self._row_of[np.array(encoding.ids, np.int64)] for encoding in encodings)
        return [rows[rows > 0] for rows in found]

    def _question_rows(self, text: str) -> NDArray[np.int32]:
        """The same of a question, which is asked for more than once."""
        (rows,) = self.rows([text])
        return rows

    def tokens(self, texts: Sequence[str]) -> list[PassageTokens]:
        """The known tokens of each text with their places.

        Where normalising changes a text's length a place may be off by the characters it drops.
        """
        encodings = self._tokenizer.encode_batch(
            [normalize(text) for text in texts], add_special_tokens=False
        )
        tokens = []
        for encoding in encodings:
            rows = self._row_of[np.array(encoding.ids, np.int64)]
            starts = np.array([start for start, _ in encoding.offsets], np.int64)
            known = rows > 0
            tokens.append(
                PassageTokens(rows[known].astype(np.uint16), starts[known].astype(np.uint16))
            )
        return tokens

    def mean(self, rows: NDArray[np.integer]) -> Vectors:
        """The direction of the tokens' mean vector, ``(dim,)``, not of unit length."""
        # A sum: only the direction counts.
        total: Vectors = self._scales[rows] @ self._table[rows].astype(np.float32)
        return total

    def unit(self, rows: NDArray[np.integer]) -> Vectors:
        """The vectors of known tokens, ``(n, dim)``, rows of unit length."""
        vectors: Vectors = self._table[rows] / self._lengths[rows, None]
        return vectors

    def cosines(
        self, rows: NDArray[np.integer], others: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """The cosines of known tokens with others, ``(n, others)``."""
        products = self.unit(rows) @ self._table[others].astype(np.float32).T
        found: NDArray[np.float32] = products / self._lengths[others]
        return found


class ShippedEncoder:
    """The shipped encoder: the mean of a text's token vectors, questions and passages alike.

    A test holds that the vectors are model2vec's.
    """

    def __init__(self, table: TokenTable) -> None:
        self._table = table
        self.name = table.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._table.dim

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, ``(n, dim)``; see `Encoder`."""
        return self._encode(list(map(self._table.question_rows, texts)))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, ``(n, dim)``; see `Encoder`."""
        return self._encode(self._table.rows(texts))

    def _encode(self, rows: Sequence[NDArray[np.int32]]) -> Vectors:
        vectors = np.zeros((len(rows), self.dim), np.float32)
        for vector, tokens in zip(vectors, rows, strict=True):
            vector[:] = self._table.mean(tokens)
        return _unit(vectors)


class StaticEncoder:
    """Any other model of static token vectors, read with model2vec."""

    def __init__(self, path: Path) -> None:
        from model2vec import StaticModel

        try:
            self._model: StaticModel = StaticModel.from_pretrained(path)
            self.name = f"static-{_fingerprint(path)}"
        except Exception as error:  # model2vec lets through whatever its parsers raise
            raise EncoderError(f"không nạp được bộ mã hóa ở {path}: {error}") from error

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
    """A model of sentence-transformers, by folder or hub name.

    The prompts of its configuration stand before questions and passages; where it names none,
    those of `conventional_prompts`. Code that comes with a model is never run.
    """

    def __init__(self, model: str) -> None:
        folder = Path(model)
        if folder.is_dir():
            label = folder.resolve().name
            self._model = _load(model)
            version = folder_fingerprint(folder)
        else:
            label, self._model = _load_from_hub(model)
            # Where the hub has no commit to tell, its name must do.
            version = cached_commit(label) or "unknown"
        prompts = configured_prompts(self._model.prompts)
        self.prompts = prompts if prompts.fingerprint else conventional_prompts(label)
        parts = ("sentence-transformers", label, version, self.prompts.fingerprint)
        self.name = "-".join(part for part in parts if part)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise EncoderError(f"mô hình {self.name!r} không cho biết số chiều của vector")
        return dimension

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the query prompt if there is one."""
        return self._encode(self._model.encode_query, texts, self.prompts.query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the passage prompt if there is one."""
        return self._encode(self._model.encode_document, texts, self.prompts.passage)

    def _encode(
        self, encode: Callable[..., NDArray[np.floating]], texts: Sequence[str], prompt: str
    ) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        try:
            vectors = encode(
                list(texts), prompt=prompt, batch_size=_SLOW_BATCH, show_progress_bar=False
            )
        except Exception as error:  # torch's and every architecture's own errors
            raise EncoderError(
                f"mô hình {self.name!r} không mã hóa được: {_first_line(error)}"
            ) from error
        return _unit(vectors)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0]


def _load(
    model: str,
    *,
    revision: str | None = None,
    cache_folder: str | None = None,
    local_files_only: bool = False,
) -> SentenceTransformer:
    # Seconds and hundreds of megabytes, which the default path never pays.
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    # Of tensors read from the disk, which are read in a moment; it carries no types.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            model,
            device="cpu",
            trust_remote_code=False,
            revision=revision,
            cache_folder=cache_folder,
            local_files_only=local_files_only,
        )
    except Exception as error:  # the hub, the file system and every architecture's own errors
        raise EncoderError(f"không nạp được mô hình {model!r}: {_first_line(error)}") from error


def _load_from_hub(model: str) -> tuple[str, SentenceTransformer]:
    """The model with its repository: from the cache, else fetched. Raises `EncoderError`."""
    from huggingface_hub.constants import HF_HUB_CACHE

    failure: EncoderError | None = None
    for repository in repositories(model):
        commit = cached_commit(repository)
        if commit is not None:
            try:
                return repository, _load(
                    repository, revision=commit, cache_folder=HF_HUB_CACHE, local_files_only=True
                )
            except EncoderError as error:  # perhaps fetched in part: the rest is fetched below
                failure = error
    try:
        repository = require_on_hub(model)
    except EncoderError as error:
        raise failure or error from error
    return repository, _load(repository, cache_folder=HF_HUB_CACHE)


def _is_static(path: Path) -> bool:
    """Whether a folder is a table of token vectors in model2vec's layout."""
    if not all((path / name).is_file() for name in _STATIC_FILES):
        return False
    modules = path / "modules.json"
    try:
        if modules.is_file():
            return str(json.loads(modules.read_text("utf-8"))[0]["type"]).endswith(
                "StaticEmbedding"
            )
        modules = path / "config.json"
        return "model2vec" in str(json.loads(modules.read_text("utf-8"))["model_type"])
    except (ValueError, LookupError, TypeError) as error:
        raise EncoderError(f"tệp {modules} không đọc được: {error}") from error


@cache
def _token_table(path: Path) -> TokenTable:
    return TokenTable(path)


def load_token_table(settings: Settings) -> TokenTable:
    """The shipped encoder's tokens, which late interaction uses whatever the encoder is.

    Loaded once in a process. Raises `EncoderError`.
    """
    return _token_table(settings.shipped_encoder_path)


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that is set, or the shipped one. Raises `EncoderError`."""
    model = settings.model
    if model is None:
        return ShippedEncoder(load_token_table(settings))
    path = Path(model).expanduser()
    if path.is_dir():
        return StaticEncoder(path) if _is_static(path) else TransformerEncoder(str(path))
    if path.is_absolute() or model.startswith("."):
        raise EncoderError(f"không có thư mục mô hình {model}; hãy kiểm tra HOIDAP_MODEL")
    return TransformerEncoder(model)
