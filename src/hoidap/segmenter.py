"""Long texts into tokens, ten times as fast as the tokenizer that does the same.

The library `tokenizers` takes half a millisecond for a paragraph, most of what indexing one takes;
sentencepiece, which reads the same vocabulary, a twentieth of it. It is asked where both are known
to agree: for text of letters that the vocabulary has by themselves, which nearly all text is.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

# Stands before each word; a word of the vocabulary holds several syllables.
_SPACE = "▁"
# Between stretches, where no word goes on; the vocabulary has no such character.
_BREAK = "\x01"
# What divides a text into stretches: signs with what follows up to the next letter or digit.
_SIGNS_RE = re.compile(r"[^\w ]\W*")
_TWO_BLANKS = "  "


class Segments(NamedTuple):
    """The tokens of several texts, one after another.

    ``ids`` ``(n,)`` are their numbers in the vocabulary, 0 for what it does not know; ``starts``
    ``(n,)`` where each begins in its text, in characters; those of text i are at ``bounds[i]`` up
    to ``bounds[i + 1]``.
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    bounds: NDArray[np.int64]


class Segmenter:
    """Divides normalised text into the tokens of a unigram vocabulary."""

    def __init__(self, tokenizer: Path) -> None:
        """Read the vocabulary of a ``tokenizer.json``. Raises `OSError`, `ValueError`."""
        model = json.loads(tokenizer.read_text("utf-8"))["model"]
        vocabulary: list[tuple[str, float]] = model["vocab"]
        self._model = SentencePieceProcessor()
        self._model.LoadFromSerializedProto(_model_file(vocabulary, model["unk_id"]))
        # What it does not know is one character: see `reads`.
        self._lengths = np.array([len(piece) for piece, _ in vocabulary], np.int64)
        self._lengths[model["unk_id"]] = 1
        letters = (piece for piece, _ in vocabulary if len(piece) == 1 and piece.isalnum())
        signs = "".join(map(chr, range(0x20, 0x7F))) + "“”‘’–—…•\n"
        self._known_re = re.compile(f"[{re.escape(''.join(letters) + signs)}]*")

    def reads(self, text: str) -> bool:
        """Whether ``text`` is divided as the tokenizer would divide it."""
        return self._known_re.fullmatch(text) is not None and _TWO_BLANKS not in text

    def divide(self, texts: Sequence[str]) -> Segments:
        """The tokens of texts that `reads` is true of."""
        joined: list[str] = []
        # Where each stretch begins, in the joined text and in its own.
        here: list[int] = []
        there: list[int] = []
        counts: list[int] = []
        for text in texts:
            length = 1
            stretches: list[str] = []
            for start, stretch in _stretches(text.replace("\n", " ").replace("_", "-")):
                stretches.append(stretch)
                here.append(length)
                there.append(start)
                length += len(stretch) + 2
            counts.append(len(stretches))
            view = f"{_BREAK}{_SPACE}".join(stretches).replace(" ", _SPACE)
            joined.append(_SPACE + view if view else "")
        found: list[list[int]] = self._model.encode(joined, num_threads=1)
        bounds = np.cumsum([0, *map(len, found)], dtype=np.int64)
        ids = np.fromiter(chain.from_iterable(found), np.int64, int(bounds[-1]))
        return Segments(ids, self._starts(ids, joined, here, there, counts), bounds)

    def _starts(
        self,
        ids: NDArray[np.int64],
        joined: Sequence[str],
        here: Sequence[int],
        there: Sequence[int],
        counts: Sequence[int],
    ) -> NDArray[np.int64]:
        """Where tokens begin in their texts, by the lengths of those before them."""
        if not len(ids):
            return np.zeros(0, np.int64)
        lengths = self._lengths[ids]
        at = np.cumsum(lengths) - lengths
        before = np.cumsum([0, *map(len, joined[:-1])])
        firsts = np.array(here, np.int64) + np.repeat(before, counts)
        stretch = np.searchsorted(firsts - 1, at, side="right") - 1
        # The space that is put before a stretch stands for its first letter.
        starts: NDArray[np.int64] = np.array(there)[stretch] + np.maximum(at - firsts[stretch], 0)
        return starts


def _stretches(text: str) -> list[tuple[int, str]]:
    """The stretches of a text between signs, with where they begin."""
    found = []
    position = 0
    for signs in _SIGNS_RE.finditer(text):
        stretch = text[position : signs.start()]
        if bare := stretch.strip(" "):
            found.append((position + len(stretch) - len(stretch.lstrip(" ")), bare))
        position = signs.end()
    stretch = text[position:]
    if bare := stretch.strip(" "):
        found.append((position + len(stretch) - len(stretch.lstrip(" ")), bare))
    return found


def _model_file(vocabulary: Sequence[tuple[str, float]], unknown: int) -> bytes:
    """A vocabulary as sentencepiece keeps it (its .proto file), with text left as it is."""
    pieces = []
    for number, (piece, score) in enumerate(vocabulary):
        body = _field(1, piece.encode()) + b"\x15" + struct.pack("<f", score)
        pieces.append(_field(1, body + (b"\x18\x02" if number == unknown else b"")))
    unigram = _field(2, b"\x18\x01")
    # No space added or removed, none turned into its sign.
    as_it_is = _field(3, _field(1, b"identity") + b"\x18\x00\x20\x00\x28\x00")
    return b"".join(pieces) + unigram + as_it_is


def _field(number: int, data: bytes) -> bytes:
    """A field of bytes as protocol buffers write it."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
