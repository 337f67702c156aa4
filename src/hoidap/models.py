"""Models of sentence-transformers by folder or hub name: where they lie, what identifies them.

A hub model is fetched once; from then on it is read from the hub's cache, without the network.
The hub's client is imported where it is needed: it brings an HTTP client, 50 ms that no question to
the shipped encoder should take longer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hoidap.errors import EncoderError

# Whose models may be named without their owner, in sentence-transformers as here.
_DEFAULT_OWNER = "sentence-transformers"
# Seconds that the hub may take to say whether it has a model.
_PATIENCE = 5.0
# One of these is in every model's repository.
_MARKERS = ("modules.json", "config.json")
# What a model's folder may hold that has no part in its vectors: documents, and exports for other
# runtimes, often larger than the weights themselves.
_IGNORED_FOLDERS = {"onnx", "openvino"}
_IGNORED_ENDINGS = {".md", ".onnx", ".h5", ".msgpack", ".ot"}


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before a question and before a passage when they are encoded."""

    query: str = ""
    passage: str = ""

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits; empty where there are no prompts."""
        if not (self.query or self.passage):
            return ""
        return hashlib.sha256(repr((self.query, self.passage)).encode()).hexdigest()[:8]


# Models that were trained with prompts but whose configuration may not name them, by what their
# name holds; the first that matches counts. Both are documented in the e5 models' cards.
_CONVENTIONS = (
    (
        re.compile(r"(^|[-_.])e5[-_.].*instruct"),
        Prompts(
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
            "Query: "
        ),
    ),
    (re.compile(r"(^|[-_.])e5[-_.](small|base|large)"), Prompts("query: ", "passage: ")),
)


def conventional_prompts(name: str) -> Prompts:
    """The prompts that a model needs by convention, from its folder's or hub name.

    An e5 model is known by ``e5-small``, ``e5-base`` or ``e5-large`` as words of its name
    ("intfloat/multilingual-e5-small", "e5-base-cua-huyen"), one that takes instructions by
    ``e5-`` and ``instruct`` behind it.
    """
    own = name.rsplit("/", 1)[-1].lower()
    for pattern, prompts in _CONVENTIONS:
        if pattern.search(own):
            return prompts
    return Prompts()


def configured_prompts(prompts: Mapping[str, str | None]) -> Prompts:
    """The prompts that a model's configuration names; what is empty there is as good as unnamed."""
    passages = (prompts.get(key) for key in ("document", "passage", "corpus"))
    return Prompts(prompts.get("query") or "", next(filter(None, passages), ""))


def _deciding_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part in _IGNORED_FOLDERS for part in parts):
            continue
        if path.suffix.lower() not in _IGNORED_ENDINGS and path.is_file():
            yield path


def folder_fingerprint(folder: Path) -> str:
    """A hash of the files in ``folder`` that decide the vectors, and of their names."""
    digest = hashlib.sha256()
    for path in _deciding_files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + content)
    return digest.hexdigest()[:16]


# --- the hub ---


def repositories(model: str) -> tuple[str, ...]:
    """The repositories that ``model`` may mean, the likeliest first."""
    return (model,) if "/" in model else (f"{_DEFAULT_OWNER}/{model}", model)


def cached_commit(repository: str) -> str | None:
    """The commit of the hub model that lies in the cache, perhaps in part; None where none does."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError

    for name in _MARKERS:
        try:
            path = huggingface_hub.try_to_load_from_cache(repository, name)
        except HFValidationError:
            return None
        if isinstance(path, str):  # .../snapshots/COMMIT/NAME
            return Path(path).parent.name
    return None


def require_on_hub(model: str) -> str:
    """The hub's repository for ``model``. Raises `EncoderError` within seconds where none is.

    sentence-transformers itself tries again for more than a minute, file by file.
    """
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    for repository in repositories(model):
        try:
            huggingface_hub.HfApi().model_info(repository, timeout=_PATIENCE)
        except (RepositoryNotFoundError, HFValidationError):
            continue
        except Exception as error:  # the HTTP client's own and the system's
            reason = (str(error).strip() or type(error).__name__).split("\n")[0]
            raise EncoderError(
                f"mô hình {model!r} chưa có trên máy và không tải được ({reason}); hãy kiểm tra"
                " mạng và tên, hoặc đặt HOIDAP_MODEL là thư mục của mô hình"
            ) from error
        return repository
    raise EncoderError(
        f"không có thư mục hay mô hình nào tên {model!r} (mô hình riêng tư cần đăng nhập: hf auth"
        " login); hãy kiểm tra HOIDAP_MODEL"
    )
