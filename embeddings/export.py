"""The encoder on disk: one folder that model2vec and sentence-transformers both read.

The layout is model2vec's (``embeddings``, ``mapping`` and ``weights`` in model.safetensors), which
sentence-transformers reads too: the vector of token t is ``embeddings[mapping[t]] * weights[t]``.
``rarity`` and ``lengths``, of the rows as stored, are hoidap's own.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from vocabulary import Vocabulary

# Everything together must fit into a wheel and a checkout without large file storage.
LARGEST = 25_000_000


def write_encoder(
    folder: Path,
    vocabulary: Vocabulary,
    table: NDArray[np.float32],
    rarity: NDArray[np.float32],
) -> int:
    """Write ``table`` (rows, dim) as int8 with a scale for each token; returns the bytes written.

    ``rarity`` (rows,) are the inverse document frequencies that late interaction starts from.
    Replaces ``folder``, whose model card stays.

    Raises ValueError if the files are larger together than `LARGEST` bytes; ``folder`` is left as
    it was then.
    """
    peak = np.abs(table).max(axis=1)
    scale = np.where(peak > 0, peak, 1.0) / 127.0
    rows = np.rint(table / scale[:, None]).astype(np.int8)
    lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
    lengths[lengths == 0] = 1.0
    tensors: dict[str, NDArray[Any]] = {
        "embeddings": rows,
        "mapping": vocabulary.rows.astype(np.int32),
        # model2vec and sentence-transformers multiply before they take the mean: float32 stays.
        "weights": scale.astype(np.float32)[vocabulary.rows],
        "rarity": rarity,
        "lengths": lengths,
    }
    staged = folder.with_name(folder.name + ".new")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    save_file(tensors, staged / "model.safetensors")
    vocabulary.tokenizer.save(str(staged / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": int(table.shape[1]),
        "embedding_dtype": "int8",
        "vocabulary_quantization": int(table.shape[0]),
        "normalize": True,
        # A passage is read to its end, however long it is.
        "max_length": None,
    }
    _write_json(staged / "config.json", config)
    modules = ["StaticEmbedding", "Normalize"]
    _write_json(
        staged / "modules.json",
        [
            {
                "idx": place,
                "name": str(place),
                "path": f"{place}_{name}" if place else "",
                "type": f"sentence_transformers.models.{name}",
            }
            for place, name in enumerate(modules)
        ],
    )
    _write_json(
        staged / "config_sentence_transformers.json",
        {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    card = folder / "README.md"
    if card.exists():
        shutil.copyfile(card, staged / card.name)
    for path in staged.iterdir():
        path.chmod(0o644)
    size = sum(path.stat().st_size for path in staged.iterdir())
    if size > LARGEST:
        shutil.rmtree(staged)
        raise ValueError(f"the encoder takes {size} bytes, more than {LARGEST}: use smaller Sizes")
    replaced = folder.with_name(folder.name + ".old")
    if folder.exists():
        folder.rename(replaced)
    staged.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)
    return size


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
