"""Whether a Milvus server answers as the local index does.

``python -m tests.benchmarks.agreement --data FOLDER [--uri URL]``: both answer the same questions
over the same documents. Without an address a Milvus Lite server is started, whose times say nothing
about Milvus: it searches in Python.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.documents import Answer
from hoidap.encoder import Encoder, load_encoder
from hoidap.evaluation import JudgedQuestion, read_documents, read_questions
from hoidap.index.store import open_store
from hoidap.reload import load_reports
from hoidap.settings import LOCAL, Settings
from hoidap.token_table import load_token_table
from tests.benchmarks.machine import circumstances
from tests.benchmarks.tables import table
from tests.milvus import MilvusServer

# Seconds: Milvus Lite builds what it searches when it is first searched.
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares of questions, in [0, 1], and the milliseconds of half of them at each place.

    ``first`` are those with the same first quote, or none in both; ``status`` those with the same
    status; ``every`` those with the same quotes in the same order.
    """

    passages: int
    questions: int
    first: float
    status: float
    every: float
    local_ms: float
    server_ms: float


def agreement(
    local: Sequence[Answer], server: Sequence[Answer], passages: int, times: tuple[float, float]
) -> Agreement:
    """How many of the answers to the same questions are the same."""
    pairs = list(zip(local, server, strict=True))
    quotes = [([one.text for one in a.quotes], [one.text for one in b.quotes]) for a, b in pairs]
    return Agreement(
        passages=passages,
        questions=len(pairs),
        first=statistics.fmean(a[:1] == b[:1] for a, b in quotes),
        status=statistics.fmean(a.status is b.status for a, b in pairs),
        every=statistics.fmean(a == b for a, b in quotes),
        local_ms=times[0],
        server_ms=times[1],
    )


def compare(folder: Path, encoder: Encoder, uri: str) -> Agreement:
    """Ask the questions of a BEIR folder of both."""
    questions = read_questions(folder)
    local, _, local_ms = _answers(folder, questions, encoder, LOCAL)
    server, passages, server_ms = _answers(folder, questions, encoder, uri)
    return agreement(local, server, passages, (local_ms, server_ms))


def _answers(
    folder: Path, questions: Sequence[JudgedQuestion], encoder: Encoder, index: str
) -> tuple[list[Answer], int, float]:
    """The answers, the number of passages, and the milliseconds that half of the answers take."""
    with tempfile.TemporaryDirectory(prefix="hoidap-agreement-") as place:
        settings = Settings(data=Path(place), index=index, index_timeout=_PATIENCE_S)
        load_reports(settings, encoder, read_documents(folder))
        answerer = Answerer(settings, encoder)
        answers, times = [], []
        for question in questions:
            started = time.perf_counter()
            answers.append(answerer.answer(question.text))
            times.append(1000 * (time.perf_counter() - started))
        generation = Catalog(settings.catalog_path).generation()
        assert generation is not None  # just made
        open_store(settings, encoder, load_token_table(settings), "").keep(())
    return answers, generation.passages, statistics.median(times)


@contextmanager
def _server(uri: str | None) -> Iterator[str]:
    if uri is not None:
        yield uri
        return
    with tempfile.TemporaryDirectory(prefix="hoidap-milvus-") as place:
        server = MilvusServer(Path(place))
        server.start()
        try:
            yield server.uri
        finally:
            server.kill()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of BEIR folders")
    parser.add_argument("--uri", help="a Milvus server; without one, Milvus Lite is started")
    arguments = parser.parse_args()
    encoder = load_encoder(Settings())
    rows = []
    with _server(arguments.uri) as uri:
        for folder in sorted(path.parent for path in arguments.data.glob("*/queries.jsonl")):
            found = compare(folder, encoder, uri)
            print(folder.name, found, file=sys.stderr, flush=True)
            rows.append(
                [
                    folder.name,
                    f"{found.passages:,}",
                    f"{found.questions:,}",
                    f"{100 * found.first:.1f}",
                    f"{100 * found.status:.1f}",
                    f"{100 * found.every:.1f}",
                    f"{found.local_ms:.1f}",
                    f"{found.server_ms:.1f}",
                ]
            )
    head = (
        "set", "passages", "questions", "same first quote, %", "same status, %",
        "same quotes in the same order, %", "local, ms", "server, ms",
    )  # fmt: skip
    print(table(head, rows))
    print(f"\n{circumstances(['pymilvus', *([] if arguments.uri else ['milvus-lite'])])}")


if __name__ == "__main__":
    main()
