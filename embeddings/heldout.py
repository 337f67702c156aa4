"""What must not be trained on: the passages that the evaluation questions are judged against.

The legal texts contain laws that the evaluation sets quote. A clause is recognised by its phrases,
runs of ten words, so that other page breaks and punctuation do not hide it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from hoidap.vietnamese.text import normalize

_WORD_RE = re.compile(r"[^\W_]+")
# Long enough not to be met by chance, short enough for most clauses of a law.
_PHRASE = 10
# A text with more than this share of its phrases in held-out passages is taken from them.
_SHARE = 0.5


class HeldOut:
    """Passages to be kept out of training, as the set of their phrases."""

    def __init__(self, passages: Iterable[str]) -> None:
        self._phrases = {phrase for passage in passages for phrase in _phrases(passage)}

    def holds(self, text: str) -> bool:
        """Whether ``text`` (normalised) stands in a held-out passage, for the most part."""
        phrases = _phrases(text)
        shared = sum(phrase in self._phrases for phrase in phrases)
        return shared > _SHARE * len(phrases)


def read_held_out(folders: Iterable[Path]) -> HeldOut:
    """The judged passages of BEIR folders (corpus.jsonl, qrels/test.tsv)."""
    passages = []
    for folder in folders:
        judgements = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
        judged = {line.split("\t")[1] for line in judgements}
        for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["_id"] in judged:
                passages.append(normalize(row["text"]))
    return HeldOut(passages)


def _phrases(text: str) -> list[str]:
    words = _WORD_RE.findall(text)
    return [" ".join(words[at : at + _PHRASE]) for at in range(len(words) - _PHRASE + 1)]
