"""What of a BM25 query is looked up, and the most it can score, whichever engine scores it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hoidap.index.base import Field, QueryTerm

# A term that is repeated without end counts k1 + 1 times its weight.
K1 = 1.2
# How much a passage's length counts.
B = 0.75
# A term of more than this share of the passages, and of more than a few passages, says next to
# nothing and takes longest to look up.
_COMMON = 0.05
_FEW = 50  # passages
_TEXT_FIELDS = frozenset({Field.EXACT, Field.FOLDED, Field.PAIRS})

# How many passages hold a term in a field.
Frequency = Callable[[Field, str], int]


def rarity(holding: int, passages: int) -> float:
    """The inverse document frequency of a term that ``holding`` of ``passages`` hold."""
    return math.log1p((passages - holding + 0.5) / (holding + 0.5))


def looked_up(
    terms: Sequence[QueryTerm], frequency: Frequency, passages: int
) -> Sequence[QueryTerm]:
    """Which terms of a query are looked up.

    Those that are not there or say next to nothing are left out, unless nothing else is asked.
    """
    few = max(_FEW, _COMMON * passages)
    rare = [term for term in terms if 0 < frequency(term.field, term.text) <= few]
    # Better all the common ones than nothing.
    return rare or terms


def most(terms: Sequence[QueryTerm], frequency: Frequency, passages: int) -> float:
    """The BM25 score of a passage that holds all terms of the text as often as can be."""
    return sum(
        term.boost * (K1 + 1) * rarity(frequency(term.field, term.text), passages)
        for term in terms
        if term.field in _TEXT_FIELDS
    )
