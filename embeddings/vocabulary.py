"""The tokenizer: whole Vietnamese words and compounds, found without a segmenter.

A Unigram model over runs of text between punctuation. Its pieces may contain spaces, so that
"ủy ban nhân dân" is one token: the best path through the pieces does the work of a word segmenter.
Words that are not in the vocabulary fall apart into pieces of words and at last into letters.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count as count_from

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.trainers import UnigramTrainer

from hoidap.vietnamese.text import fold

SPACE = "▁"
UNKNOWN = "[UNK]"
# Everything but letters, marks and digits separates: no token spans it and none contains it.
_PUNCTUATION = Regex(r"\s*[^\p{L}\p{M}\p{N}\s][^\p{L}\p{M}\p{N}]*")
# A piece of a word costs this much more (in nats) than its frequency says: above the cost of any
# word that is known (at most about 18), so that a known word is never cut up.
_PIECE_COST = 18.0
# A folded word ("uy ban") is this much less expected (in nats) than the word itself.
_FOLDED_COST = 3.0
# A folded form shares the vector of its word when that word makes up this share of all words which
# fold to it; otherwise it has a vector of its own.
_DOMINANT = 0.9


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many entries of each kind the vocabulary holds."""

    vietnamese: int = 40_000
    english: int = 12_000
    pieces: int = 6_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A tokenizer and the row of the embedding table that each of its tokens reads.

    ``rows`` is (tokens,) int64. Row 0 belongs to the unknown token and stays zero.
    """

    tokenizer: Tokenizer
    rows: NDArray[np.int64]


def build_vocabulary(words: Counter[str], english_texts: Iterable[str], sizes: Sizes) -> Vocabulary:
    """The vocabulary of segmented ``words`` ("ủy_ban") and of the words of ``english_texts``."""
    total = words.total()
    known = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    counts = {SPACE + word.replace("_", SPACE): count for word, count in known[: sizes.vietnamese]}
    # Each syllable of a compound is a token too: a compound may be met in part.
    for token, count in list(counts.items()):
        for syllable in token.split(SPACE)[1:]:
            if SPACE + syllable not in counts:
                counts[SPACE + syllable] = words.get(syllable, 0) + count
    scores = {token: math.log(count / total) for token, count in counts.items()}
    row_of = {token: row for row, token in enumerate(counts, start=1)}

    english = _english_words(english_texts)
    for word, count in sorted(english.items(), key=lambda item: (-item[1], item[0])):
        if len(row_of) >= len(counts) + sizes.english or count < 2:
            break
        token = SPACE + word
        if token not in row_of:
            row_of[token] = len(row_of) + 1
            scores[token] = math.log(count / total)

    fresh = count_from(len(row_of) + 1)
    for token, (origin, score) in _folded(counts, total).items():
        if token not in row_of:
            row_of[token] = row_of[origin] if origin else next(fresh)
            scores[token] = score

    rare = [word for word, count in known[sizes.vietnamese :] if count > 1]
    for piece, score in _pieces(rare, english, sizes.pieces):
        if piece not in row_of:
            row_of[piece] = next(fresh)
            scores[piece] = score

    row_of[SPACE] = 0  # begins an unknown word and means nothing
    ordered = sorted(row_of, key=lambda token: (row_of[token], token))
    lowest = min(scores.values())
    model = Unigram(
        [(UNKNOWN, lowest), *((token, round(scores[token], 2)) for token in ordered)], unk_id=0
    )
    rows = np.array([0, *(row_of[token] for token in ordered)], dtype=np.int64)
    return Vocabulary(_tokenizer(model), rows)


def _tokenizer(model: Unigram) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_PUNCTUATION, "removed"),
            pre_tokenizers.Metaspace(SPACE, "always", split=False),
        ]
    )
    return tokenizer


def _english_words(texts: Iterable[str]) -> Counter[str]:
    words: Counter[str] = Counter()
    for text in texts:
        spaced = "".join(char if char.isalnum() else " " for char in text)
        words.update(word for word in spaced.split() if word.isalpha())
    return words


def _folded(counts: dict[str, int], total: int) -> dict[str, tuple[str, float]]:
    """Folded forms: the token whose vector each shares ("" for one of its own) and its score."""
    origins: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for token, count in counts.items():
        bare = fold(token)
        if bare != token:
            origins[bare].append((count, token))
    folded = {}
    for bare, tokens in origins.items():
        together = sum(count for count, _ in tokens)
        count, first = max(tokens)
        dominant = count >= _DOMINANT * together
        folded[bare] = (first if dominant else "", math.log(together / total) - _FOLDED_COST)
    return folded


def _pieces(rare: list[str], english: Counter[str], size: int) -> list[tuple[str, float]]:
    """Pieces of the words that are not in the vocabulary, with their scores, letters included."""
    tokenizer = Tokenizer(Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(SPACE, "always", split=True)
    trainer = UnigramTrainer(
        vocab_size=size,
        max_piece_length=8,
        show_progress=False,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
    )
    syllables = {part for word in rare for part in word.split("_")} | set(english)
    tokenizer.train_from_iterator(sorted(syllables), trainer)
    learned: list[tuple[str, float]] = json.loads(tokenizer.to_str())["model"]["vocab"]
    learned = [item for item in learned if item[0] not in (UNKNOWN, SPACE)]
    # Pieces that are as good as equal come in any order from the trainer: spelling decides.
    learned.sort(key=lambda item: (-round(item[1], 3), item[0]))
    pieces = [piece for piece, _ in learned]
    letters = {char for piece in pieces for char in piece}
    # The rank of a piece stands for its score.
    scored = [(piece, -_PIECE_COST - math.log(rank + 2)) for rank, piece in enumerate(pieces)]
    floor = -_PIECE_COST - math.log(len(pieces) + 2)
    present = set(pieces)
    extra = sorted((letters | {SPACE, *(SPACE + c for c in letters)}) - present - {SPACE + SPACE})
    return scored + [(piece, floor - 2.0) for piece in extra]
