"""Texts into tokens, ten times as fast as the tokenizer that the vocabulary was made with.

The library `tokenizers` takes half a millisecond for a paragraph and a hundred megabytes for the
vocabulary; sentencepiece, which reads the same, a twentieth and a third. Many texts are read by
arrays where they are of letters that the vocabulary has by themselves, which nearly all text is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from hoidap.vietnamese.characters import DIGIT, LETTER, Codes, characters, codes_of, text_of
from hoidap.vietnamese.token_arrays import Batch, Places, every_place, runs

# Stands before each word; a word of the vocabulary holds several syllables.
_SPACE = "▁"
# Where a sign was, over which no word goes on; the vocabulary has no such character.
_BREAK = "\x01"
# Bytes of a piece, so that the length of its message is one byte.
_LONGEST = 120
# What divides words as no blank does: neither letter nor digit nor a mark on one of them.
_SIGN_RE = re.compile(r"[^\w\s\u0300-\u036f\ufe00-\ufe0f]|[_\x1c-\x1f]")
# What signs and blanks divide.
_WORD_RE = re.compile(r"(?:[^\W_]|[\u0300-\u036f\ufe00-\ufe0f])+")


class Segments(NamedTuple):
    """The tokens of several texts, one after another.

    ``ids`` ``(n,)`` are their numbers in the vocabulary, 0 for what it does not know; ``starts``
    ``(n,)`` where each begins in its text, in characters; those of text i are at ``bounds[i]`` up
    to ``bounds[i + 1]``.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    bounds: NDArray[np.int64]


class Segmenter:
    """Divides normalised texts into the tokens of a unigram vocabulary."""

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
        size = len(characters().plain)
        self._known = np.zeros(size, np.bool_)
        self._known[codes_of("".join(letters) + signs)] = True
        self._known &= ~characters().odd
        # A blank as the vocabulary writes it; what joins letters elsewhere divides them here.
        self._written = np.arange(size, dtype=np.uint16)
        self._written[codes_of(" \n")] = ord(_SPACE)
        self._written[ord("_")] = ord("-")

    def ids(self, text: str) -> list[int]:
        """The numbers of the tokens of a normalised text, 0 for what is not known.

        They are the tokenizer's own, but for characters that came to Unicode of late and the marks
        of other scripts.
        """
        words = filter(None, map(str.split, _SIGN_RE.split(text)))
        written = _BREAK.join(_SPACE + _SPACE.join(some) for some in words)
        found: list[int] = self._model.encode(written, num_threads=1)
        return found

    def ids_with_starts(self, text: str) -> tuple[list[int], list[int]]:
        """The same, and where each begins in the text, in characters."""
        written: list[str] = []
        places: list[int] = []
        end = 0
        for word in _WORD_RE.finditer(text):
            start = word.start()
            broken = bool(written) and _SIGN_RE.search(text, end, start) is not None
            # The blank before a word is a part of its token.
            first = start if broken or not written else start - 1
            end = word.end()
            written.append(f"{_BREAK if broken else ''}{_SPACE}{word[0]}")
            places += [start] * broken + [first, *range(start, end)]
        found = self._model.encode("".join(written), num_threads=1, return_type="offset_mapping")
        return found["ids"], [places[begin] for begin, _ in found["offsets"]]

    def reads(self, batch: Batch) -> NDArray[np.bool_]:
        """Which texts `divide` can divide, ``(n,)``."""
        known = self._known.take(batch.codes)
        return np.logical_and.reduceat(known, batch.starts[:-1]) & ~batch.odd

    def divide(self, batch: Batch) -> Segments:
        """The tokens of texts that `reads` is true of."""
        written, places, bounds = self._write(batch)
        view = text_of(written)
        found: list[NDArray[np.int32]] = self._model.encode(
            [view[first:last] for first, last in pairwise(bounds.tolist())],
            num_threads=1,
            return_type="numpy",
        )
        counts = np.fromiter(map(len, found), np.int64, len(found))
        ids = np.concatenate([np.zeros(0, np.int32), *found])
        lengths = self._lengths.take(ids)
        starts = places[np.cumsum(lengths) - lengths]
        starts -= np.repeat(batch.starts[:-1], counts)
        return Segments(ids, starts, np.cumsum(np.concatenate([[0], counts])))

    def _write(self, batch: Batch) -> tuple[Codes, Places, Places]:
        """The texts as the model reads them, one after another, and where each begins there.

        Words stand behind blanks, and behind `_BREAK` where a sign was; the second is the place in
        the batch that each character stands for.
        """
        codes = self._written.take(batch.codes)
        words = runs(batch.kinds & (LETTER | DIGIT) != 0)
        starts, ends = words[:, 0], words[:, 1]
        firsts = np.searchsorted(starts, batch.starts)
        opening = np.zeros(len(words) + 1, np.bool_)
        opening[firsts] = True
        opening = opening[:-1]
        # Whether there is a sign between a word and the one before it.
        before = np.concatenate([[0], ends[:-1]])
        signs = np.cumsum(np.concatenate([[0], codes != ord(_SPACE)]))
        broken = (signs[starts] > signs[before]) & ~opening
        ahead = 1 + broken
        lengths = ahead + ends - starts
        bounds = np.cumsum(np.concatenate([[0], lengths]))
        at = bounds[:-1]
        places = every_place(starts - ahead, lengths)
        written = codes.take(places)
        blanks = at + broken
        written[blanks] = ord(_SPACE)
        # One put before a word where there is none stands for its first letter.
        places[blanks] = np.where(opening | broken, starts, starts - 1)
        written[at[broken]] = ord(_BREAK)
        return written, places, bounds[firsts]


def _model_file(vocabulary: Sequence[tuple[str, float]], unknown: int) -> bytes:
    """A vocabulary as sentencepiece keeps it (its .proto file), with text left as it is."""
    texts = [piece.encode() for piece, _ in vocabulary]
    scores = np.array([score for _, score in vocabulary], "<f4").tobytes()
    if max(map(len, texts)) > _LONGEST:
        raise ValueError("a piece of the vocabulary is too long")
    # A message of a text and a score, each by the number of its field and its kind; lengths are
    # one byte.
    pieces = [
        b"\n%c\n%c%s\x15%s" % (len(text) + 7, len(text), text, scores[4 * at : 4 * at + 4])
        for at, text in enumerate(texts)
    ]
    # The unknown one has a kind of its own.
    pieces[unknown] = _field(1, pieces[unknown][2:] + b"\x18\x02")
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
