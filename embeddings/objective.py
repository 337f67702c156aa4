"""What the vectors are trained for: to find a passage by mean vector and by late interaction.

Both are InfoNCE over the passages of a batch (van den Oord et al. 2018), which differ in the score:
the cosine of mean token vectors, and the sum over query tokens of the best squared cosine among the
passage's tokens, weighted by inverse document frequency (Khattab and Zaharia 2020, ColBERT).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from pairs import Pair
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the customary name

# Vectors shorter than this count as zero: they have no direction to compare.
_SHORTEST = 1e-6


def wrong_answers(pairs: Sequence[Pair]) -> Tensor:
    """(n, n) bool: whether passage j is no right answer to query i."""
    document = np.array([pair.document for pair in pairs])
    sentence = np.array([pair.sentence for pair in pairs])
    window = np.array([pair.window for pair in pairs])
    holds = (window[None, :, 0] <= sentence[:, None]) & (sentence[:, None] < window[None, :, 1])
    related = (document[:, None] == document[None, :]) & (holds | (sentence < 0)[:, None])
    return torch.from_numpy(~related)


def mean_vectors(bag: nn.EmbeddingBag, texts: Sequence[NDArray[np.int64]]) -> Tensor:
    """(texts, dim): the mean of each text's token vectors, of unit length."""
    offsets = np.cumsum([0] + [len(text) for text in texts[:-1]])
    vectors = bag(torch.from_numpy(np.concatenate(texts)), torch.from_numpy(offsets))
    return F.normalize(vectors, dim=1, eps=_SHORTEST)


def info_nce(scores: Tensor, wrong: Tensor) -> Tensor:
    """The loss of ``scores`` (n, n), rows queries; related pairs off the diagonal do not count."""
    own = torch.eye(len(scores), dtype=torch.bool)
    masked = scores.masked_fill(~(wrong | own), -torch.inf)
    target = torch.arange(len(scores))
    # The other way round, a passage against all queries, the same pairs are left out.
    return F.cross_entropy(masked, target) + 0.5 * F.cross_entropy(masked.T, target)


def late_interaction(
    bag: nn.EmbeddingBag,
    queries: Sequence[NDArray[np.int64]],
    passages: Sequence[NDArray[np.int64]],
    weights: Tensor,
) -> Tensor:
    """(queries, passages) scores between 0 and 1; ``weights`` (rows,) is each token's share."""
    flat = torch.from_numpy(np.concatenate(queries))
    owner = torch.from_numpy(np.repeat(np.arange(len(queries)), [len(q) for q in queries]))
    kinds, places = np.unique(np.concatenate(passages), return_inverse=True)
    left = F.normalize(bag.weight[flat], dim=1, eps=_SHORTEST)
    right = F.normalize(bag.weight[torch.from_numpy(kinds)], dim=1, eps=_SHORTEST)
    cosines = left @ right.T
    # The best match is found without gradients; only the winners are read with them.
    with torch.no_grad():
        best = torch.empty(len(flat), len(passages), dtype=torch.long)
        start = 0
        for number, passage in enumerate(passages):
            columns = torch.from_numpy(np.unique(places[start : start + len(passage)]))
            best[:, number] = columns[cosines.index_select(1, columns).argmax(dim=1)]
            start += len(passage)
    matches = cosines.gather(1, best).clamp_min(0.0).square()
    share = weights[flat]
    total = torch.zeros(len(queries)).index_add_(0, owner, share).clamp_min(_SHORTEST)
    summed = torch.zeros(len(queries), len(passages)).index_add_(0, owner, share[:, None] * matches)
    return summed / total[:, None]
