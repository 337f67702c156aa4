"""The training texts as documents: a title, a lead and the sentences below them.

Every text is normalised as questions and passages are at run time, so that the vocabulary and the
vectors meet the same spelling in training and in use.
"""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from heldout import HeldOut

from hoidap.vietnamese.text import normalize

# Page heads of the official gazette ("CÔNG BÁO/Số 987 + 988/Ngày 25-8-2024") and bare page numbers.
_FURNITURE_RE = re.compile(r"^\s*(?:CÔNG BÁO/Số.*|\d{1,4})\s*$", re.MULTILINE)
# Where an article, a clause ("1. ") or a point ("a) ") of a legal text begins, at a line's start.
_DIVISION_RE = re.compile(r"\n\s*(?=Điều \d+\w?\.|\d{1,2}\. |[a-zđ]\) )")
# The same inside a body that was joined to one line.
_CLAUSE_RE = re.compile(r"(?<=[.;:]) (?=\d{1,2}\. |[a-zđ]\) )")
# A word of the segmented news: syllables of letters and digits joined by underscores.
_WORD_RE = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
_CHUNK = 4000
# Clauses of a legal text which make one document: about as many as a news article has sentences.
_STRETCH = 24


@dataclass(frozen=True, slots=True)
class Document:
    """A text in reading order, normalised; ``title`` and ``lead`` may be empty."""

    title: str
    lead: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """An English text and the Vietnamese that says the same, both normalised."""

    source: str
    english: str
    vietnamese: str


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """All that training reads.

    The first ``news`` of the documents are news, the others legal texts. ``words`` counts the
    segmented words of the news ("ủy_ban") and the single syllables of the legal texts.
    """

    documents: list[Document]
    news: int
    translations: list[Translation]
    words: Counter[str]


def read_training_texts(folder: Path, held_out: HeldOut) -> TrainingTexts:
    """The files of ``folder`` in their order, less the legal texts that are held out.

    News are not compared with ``held_out``. The same files give the same result.
    """
    documents: list[Document] = []
    words: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        lines = _lines(folder / "vietnews.jsonl.xz")
        chunks = iter(lambda: list(islice(lines, _CHUNK)), [])
        for chunk, counted in pool.map(_news, chunks):
            documents += chunk
            words.update(counted)
    news = len(documents)
    for row in _rows(folder / "gazette-articles.jsonl.xz"):
        if not held_out.holds(normalize(row["body"])):
            documents.append(_gazette_article(row, held_out))
    for row in _rows(folder / "gazette-documents.jsonl.xz"):
        documents += _gazette_text(row, held_out)
    for document in documents[news:]:
        words.update(_WORD_RE.findall(" ".join(document.sentences)))
    translations = [
        Translation(row["source"], normalize(row["en"]), normalize(row["vi"]))
        for row in _rows(folder / "en-vi.jsonl.xz")
        if not held_out.holds(normalize(row["vi"]))
    ]
    return TrainingTexts(documents, news, translations, words)


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from lines


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in _lines(path):
        yield json.loads(line)


def _news(lines: Iterable[str]) -> tuple[list[Document], Counter[str]]:
    documents = []
    words: Counter[str] = Counter()
    for line in lines:
        row = json.loads(line)
        # Spaces round punctuation need no repair: the tokenizer drops punctuation with them.
        text = normalize("\n".join([row["t"], row["a"], *row["b"]]))
        words.update(filter(_WORD_RE.fullmatch, text.split()))
        title, lead, *sentences = text.replace("_", " ").split("\n")
        documents.append(Document(title, lead, tuple(sentences)))
    return documents, words


def _gazette_article(row: dict[str, Any], held_out: HeldOut) -> Document:
    clauses = _CLAUSE_RE.split(normalize(row["body"]))
    return Document(normalize(row["title"]), "", tuple(c for c in clauses if not held_out.holds(c)))


def _gazette_text(row: dict[str, Any], held_out: HeldOut) -> Iterator[Document]:
    """A whole legal text in stretches of some pages, its articles and clauses as sentences."""
    divisions = _DIVISION_RE.split(_FURNITURE_RE.sub("", row["text"]))
    clauses = [normalize(" ".join(division.split())) for division in divisions]
    clauses = [clause for clause in clauses if clause and not held_out.holds(clause)]
    for first in range(0, len(clauses), _STRETCH):
        yield Document("", "", tuple(clauses[first : first + _STRETCH]))
