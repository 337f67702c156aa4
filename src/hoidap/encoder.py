"""Text to vectors: the encoder that is shipped, or any model of sentence-transformers.

The shipped one is a table of token vectors whose mean is the text's vector; it needs neither torch
nor transformers. Its folder loads in model2vec and in sentence-transformers, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

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
from hoidap.token_table import (
    STATIC_FILES,
    PassageTokens,
    TokenTable,
    Vectors,
    load_token_table,
    static_fingerprint,
    unit,
)
from hoidap.vietnamese.text import normalize

if TYPE_CHECKING:
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

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
        return unit(self._table.sums(list(map(self._table.question_rows, texts))))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, ``(n, dim)``; see `Encoder`."""
        return unit(self._table.sums([one.rows for one in self._table.tokens(texts)]))

    def encode_tokens(
        self,
        headings: Sequence[PassageTokens],
        under: Sequence[int],
        passages: Sequence[PassageTokens],
    ) -> Vectors:
        """Vectors of passages whose tokens are at hand, ``(n, dim)``; see `Encoder`.

        Passage i stands under the heading ``under[i]``.
        """
        above = self._table.sums([one.rows for one in headings])
        return unit(above[under] + self._table.sums([one.rows for one in passages]))


class StaticEncoder:
    """Any other model of static token vectors, read with model2vec."""

    def __init__(self, path: Path) -> None:
        from model2vec import StaticModel

        try:
            self._model: StaticModel = StaticModel.from_pretrained(path)
            self.name = f"static-{static_fingerprint(path)}"
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
        return unit(
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
        return unit(vectors)


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
    if not all((path / name).is_file() for name in STATIC_FILES):
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
