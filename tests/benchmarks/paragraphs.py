"""Many Vietnamese paragraphs and questions made from them; the same arguments give the same ones.

From news articles, JSON lines in a .xz file: ``{"t": title, "b": [sentence, …]}`` with the words of
a sentence spaced and their syllables joined by "_". Without a file they are made up of Vietnamese
words by frequency.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path

from hoidap.documents import Report

_SEED = 20210326
# How often articles are divided, each time from another sentence on.
_TURNS = 4
# Paragraphs of a report of a folder.
REPORT = 20
_SENTENCES = (3, 6)
# Syllables of a sentence that a question takes up.
_STRETCH = (5, 12)
_ASKING = ("là gì?", "ở đâu?", "khi nào?", "bao nhiêu?", "là ai?", "như thế nào?")
_BEFORE_RE = re.compile(r"\s+([,.;:!?)\]”…%])")
_AFTER_RE = re.compile(r"([(\[“])\s+")


@dataclass(frozen=True, slots=True)
class _Article:
    title: str
    sentences: tuple[str, ...]


def _plain(text: str) -> str:
    """Text as people write it, from text divided into words."""
    return _AFTER_RE.sub(r"\1", _BEFORE_RE.sub(r"\1", text.replace("_", " "))).strip()


def _news(path: Path) -> Iterator[_Article]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield _Article(_plain(row["t"]), tuple(map(_plain, row["b"])))


def _made_up() -> Iterator[_Article]:
    lines = files("hoidap.vietnamese").joinpath("words.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    words, weights = [row[0] for row in rows], [int(row[1]) for row in rows]
    draw = random.Random(_SEED)

    def sentence() -> str:
        return f"{' '.join(draw.choices(words, weights, k=draw.randint(8, 25))).capitalize()}."

    while True:
        yield _Article(sentence().rstrip("."), tuple(sentence() for _ in range(18)))


def _paragraphs(articles: Iterator[_Article], turn: int) -> Iterator[Report]:
    """Paragraphs of the articles; another ``turn`` divides them differently."""
    draw = random.Random(_SEED + turn)
    for number, article in enumerate(articles):
        first = turn
        while (last := first + draw.randint(*_SENTENCES)) <= len(article.sentences):
            yield Report(
                id=f"{number}-{first}" if turn == 0 else f"{number}-{first}-{turn}",
                file="paragraphs",
                title=article.title,
                text=" ".join(article.sentences[first:last]),
            )
            first = last


def read_paragraphs(path: Path | None, count: int) -> list[Report]:
    """``count`` paragraphs of three to six sentences.

    Where a file has fewer, its sentences are divided again, up to a few times.
    """
    turns = [_made_up()] if path is None else [_news(path) for _ in range(_TURNS)]
    every = chain.from_iterable(_paragraphs(some, turn) for turn, some in enumerate(turns))
    return list(islice(every, count))


def make_questions(paragraphs: Sequence[Report], count: int) -> list[str]:
    """Questions about the paragraphs: titles, and stretches of the text with a question word."""
    draw = random.Random(_SEED)
    questions = []
    for number in range(count):
        paragraph = draw.choice(paragraphs)
        if number % 2:
            questions.append(paragraph.title)
            continue
        syllables = paragraph.text.split()
        length = min(draw.randint(*_STRETCH), len(syllables))
        first = draw.randint(0, len(syllables) - length)
        stretch = " ".join(syllables[first : first + length]).rstrip(".,;:")
        questions.append(f"{stretch} {draw.choice(_ASKING)}")
    return questions


def write_bulk(folder: Path, paragraphs: Sequence[Report]) -> None:
    """Write a bulk export of reports of one paragraph."""
    folder.mkdir(parents=True)
    with (folder / "bulk.jsonl").open("w", encoding="utf-8") as file:
        for one in paragraphs:
            row = {"id": one.id, "title": one.title, "text": one.text}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_folder(folder: Path, paragraphs: Sequence[Report]) -> None:
    """Write files of `REPORT` paragraphs each."""
    folder.mkdir(parents=True)
    for number in range(0, len(paragraphs), REPORT):
        some = paragraphs[number : number + REPORT]
        head = f"BÁO CÁO SỐ {number // REPORT}: {some[0].title}"
        text = "\n\n".join([head, *(one.text for one in some)])
        (folder / f"{number // REPORT:06}.txt").write_text(text, "utf-8")
