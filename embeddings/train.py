"""Train the shipped encoder: ``python embeddings/train.py --data FOLDER --out embeddings/encoder``.

A static embedding for Vietnamese, with and without diacritics, and English: a tokenizer that knows
whole words, one vector for each, and the mean of them for a text. Two cores need less than half an
hour. The texts are not part of the repository; the model card in the encoder's folder names them.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import numpy as np
import torch
from export import write_encoder
from heldout import read_held_out
from lexicon import learn_lexicon
from optimisation import Schedule, inverse_document_frequencies, train_table
from pairs import Mix, PairMaker, TokenisedDocuments, encode
from vocabulary import Sizes, build_vocabulary

from corpus import read_training_texts

logger = logging.getLogger("train")

# The sums of floating-point numbers, and so the weights, depend on how many threads share them.
_THREADS = 2


def main() -> None:
    """Read the arguments, train, write the encoder."""
    parser = argparse.ArgumentParser(description="Train the shipped encoder.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training texts")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to write, replaced if there"
    )
    parser.add_argument(
        "--passes", type=int, default=Schedule().passes, help="passes over the texts"
    )
    parser.add_argument(
        "--held-out",
        type=Path,
        help="folder of BEIR folders whose judged passages are not trained on"
        " (default: eval beside the data folder)",
    )
    arguments = parser.parse_args()
    evaluation: Path = arguments.held_out or arguments.data.resolve().parent / "eval"
    folders = sorted(path.parent for path in evaluation.glob("*/corpus.jsonl"))
    if not folders:
        parser.error(f"no BEIR folder in {evaluation}: name one by --held-out")
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms  %(message)s")
    torch.set_num_threads(_THREADS)
    schedule = Schedule(passes=arguments.passes)
    train(arguments.data, folders, arguments.out, Sizes(), Mix(), schedule)


def train(
    data: Path, evaluation: list[Path], out: Path, sizes: Sizes, mix: Mix, schedule: Schedule
) -> None:
    """Train on the texts of ``data``, less what ``evaluation`` judges, and write to ``out``."""
    started = time.monotonic()
    texts = read_training_texts(data, read_held_out(evaluation))
    logger.info("%d documents, %d words", len(texts.documents), texts.words.total())
    english = [translation.english for translation in texts.translations]
    vocabulary = build_vocabulary(texts.words, english, sizes)
    rows = int(vocabulary.rows.max()) + 1
    logger.info("%d tokens, %d vectors", len(vocabulary.rows), rows)
    tokenizer = vocabulary.tokenizer
    lexicon = learn_lexicon(
        encode(tokenizer, [translation.vietnamese for translation in texts.translations]),
        encode(tokenizer, english),
    )
    logger.info("%d Vietnamese words with English translations", len(lexicon))
    documents = TokenisedDocuments(tokenizer, texts.documents)
    weights = inverse_document_frequencies(documents, vocabulary.rows, rows)
    pairs = PairMaker(
        tokenizer, documents, texts.news, texts.translations, lexicon, mix, schedule.seed
    )
    module = train_table(vocabulary, pairs, weights, schedule)
    table: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (
        module.embedding.weight.detach().numpy()
    )
    size = write_encoder(out, vocabulary, table, weights)
    logger.info("%s: %d bytes, %.0f s", out, size, time.monotonic() - started)


if __name__ == "__main__":
    main()
