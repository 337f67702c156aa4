"""The training loop: pairs in, the embedding table of a StaticEmbedding out."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from objective import info_nce, late_interaction, mean_vectors, wrong_answers
from pairs import PairMaker, TokenisedDocuments
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from vocabulary import Vocabulary

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The constants of training; the model card has the measurements behind them.

    ``late_pairs`` of each batch are also scored by late interaction, whose loss counts
    ``late_share`` times; the scales multiply both scores before the softmax. ``spread`` is the
    standard deviation of the first, random table.
    """

    dim: int = 384
    passes: int = 4
    documents_per_batch: int = 512
    late_pairs: int = 128
    late_share: float = 0.5
    dense_scale: float = 20.0
    late_scale: float = 20.0
    learning_rate: float = 0.02
    spread: float = 0.3
    seed: int = 20240901


def inverse_document_frequencies(
    documents: TokenisedDocuments, rows: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    """(count,) weights of the table's rows: ln of documents over documents with the token."""
    frequency = np.zeros(count)
    for number in range(len(documents)):
        tokens = documents.sentences(number, 0, documents.size(number))
        frequency[np.unique(rows[tokens])] += 1
    weights: NDArray[np.float32] = np.log1p(len(documents) / (frequency + 1.0)).astype(np.float32)
    weights[0] = 0.0
    return weights


def train_table(
    vocabulary: Vocabulary,
    pairs: PairMaker,
    weights: NDArray[np.float32],
    schedule: Schedule,
) -> StaticEmbedding:
    """A StaticEmbedding with a table of (len(weights), schedule.dim); row 0 is zero."""
    torch.manual_seed(schedule.seed)
    table = torch.randn(len(weights), schedule.dim) * schedule.spread
    table[0] = 0.0
    module = StaticEmbedding(vocabulary.tokenizer, embedding_weights=table)
    bag = module.embedding
    optimizer = torch.optim.Adam(bag.parameters(), lr=schedule.learning_rate, fused=True)
    steps = schedule.passes * pairs.batches_in_pass(schedule.documents_per_batch)
    warm = max(1, steps // 50)
    decay = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, 1 - step / steps))
    )
    share = torch.from_numpy(weights)
    rows = vocabulary.rows
    started, step = time.monotonic(), 0
    for _ in range(schedule.passes):
        for batch in pairs.batches(schedule.documents_per_batch):
            queries = [rows[pair.query] for pair in batch]
            passages = [rows[pair.passage] for pair in batch]
            wrong = wrong_answers(batch)
            cosines = mean_vectors(bag, queries) @ mean_vectors(bag, passages).T
            loss = info_nce(schedule.dense_scale * cosines, wrong)
            dense = float(loss.detach())
            late = 0.0
            if schedule.late_share > 0:
                part = schedule.late_pairs
                scores = late_interaction(bag, queries[:part], passages[:part], share)
                later = info_nce(schedule.late_scale * scores, wrong[:part, :part])
                late = float(later.detach())
                loss = loss + schedule.late_share * later
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimizer.step()
            with torch.no_grad():
                bag.weight[0] = 0.0
            decay.step()
            step += 1
            if step % 50 == 0:
                elapsed = time.monotonic() - started
                logger.info(
                    "step %d/%d dense %.3f late %.3f %.0fs", step, steps, dense, late, elapsed
                )
    return module
