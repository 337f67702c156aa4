"""Speed on a large index: ``python -m tests.benchmarks.latency --texts FILE --out docs``.

Each index is built by one process and asked by others, so that the memory measured is what
answering needs; for the same reason each process imports only what it measures. Without txtai only
hoidap is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import ParamSpec, TypeVar

from hoidap.settings import Settings
from tests.benchmarks import peer
from tests.benchmarks.machine import circumstances, resident_mib
from tests.benchmarks.paragraphs import make_questions, read_paragraphs
from tests.benchmarks.tables import table

PAGE = "latency.md"
# Questions asked before the clock runs, for what is loaded on first use.
_WARM_UP = 20

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Way(StrEnum):
    """A way to ask, as the table names it."""

    ANSWER = "hoidap, answer with quotes"
    RANK = "hoidap, ranking"
    PEER = "txtai hybrid, ranking"


@dataclass(frozen=True, slots=True)
class Source:
    """What is indexed: so many paragraphs of ``texts``, or of made-up text."""

    texts: Path | None
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds that an index took, and what it was made of."""

    seconds: float
    texts: str
    paragraphs: int
    maker: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds a question, and MiB of resident memory of the process after the last one."""

    p50: float
    p95: float
    p99: float
    resident_mib: float


# --- build ---


def _kept(folder: Path, source: Source, maker: str, build: Callable[[], float]) -> Built:
    """What ``folder`` holds if it was made of the same, else what ``build`` makes now."""
    record = folder / "built.json"
    texts = "made up" if source.texts is None else source.texts.name
    if record.is_file():
        kept = Built(**json.loads(record.read_text("utf-8")))
        if kept == Built(kept.seconds, texts, source.paragraphs, maker):
            return kept
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    built = Built(build(), texts, source.paragraphs, maker)
    record.write_text(json.dumps(asdict(built)), "utf-8")
    return built


def _settings(folder: Path) -> Settings:
    return Settings(data=folder / "data", model=None)


def build_own(folder: Path, source: Source) -> Built:
    """Build hoidap's index in ``folder``, or keep the one that is there."""
    from hoidap.answering import Answerer
    from hoidap.encoder import load_encoder
    from hoidap.errors import SearchIndexError
    from hoidap.reload import load_reports

    settings = _settings(folder)
    encoder = load_encoder(settings)

    def build() -> float:
        paragraphs = read_paragraphs(source.texts, source.paragraphs)
        started = time.perf_counter()
        load_reports(settings, encoder, paragraphs)
        return time.perf_counter() - started

    try:
        Answerer(settings, encoder)
    except SearchIndexError:  # none yet, or one of another version
        shutil.rmtree(folder, ignore_errors=True)
    return _kept(folder, source, encoder.name, build)


def build_peer(folder: Path, source: Source) -> Built:
    """Build txtai's index in ``folder``, or keep the one that is there."""
    from hoidap.encoder import load_encoder

    def build() -> float:
        paragraphs = read_paragraphs(source.texts, source.paragraphs)
        index = peer.Peer(words=True, vectors=True)
        started = time.perf_counter()
        index.index(paragraphs)
        index.save(folder / "index")
        return time.perf_counter() - started

    maker = f"txtai {version('txtai')}, {load_encoder(_settings(folder)).name}"
    return _kept(folder, source, maker, build)


# --- ask ---


def _timed(ask: Callable[[str], object], questions: Sequence[str]) -> Asked:
    for question in questions[:_WARM_UP]:
        ask(question)
    milliseconds = []
    for question in questions[_WARM_UP:]:
        started = time.perf_counter()
        ask(question)
        milliseconds.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return Asked(cuts[49], cuts[94], cuts[98], resident_mib())


def ask(way: Way, folder: Path, questions: Sequence[str]) -> Asked:
    """Ask the index in ``folder``; the first questions only warm up."""
    if way is Way.PEER:
        return _timed(peer.Peer.load(folder / "index").search, questions)
    from hoidap.answering import Answerer
    from hoidap.encoder import load_encoder

    settings = _settings(folder)
    answerer = Answerer(settings, load_encoder(settings))
    return _timed(answerer.answer if way is Way.ANSWER else answerer.rank, questions)


# --- report ---


def _apart(
    function: Callable[_Parameters, _Result],
    *args: _Parameters.args,
    **kwargs: _Parameters.kwargs,
) -> _Result:
    """What ``function`` returns in a fresh process of its own."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        return pool.submit(function, *args, **kwargs).result()


def measure(
    work: Path, source: Source, questions: Sequence[str], *, with_peer: bool
) -> dict[Way, tuple[Built, Asked]]:
    """Build in ``work`` what is not there yet, and ask in each way."""
    own, other = work / "hoidap", work / "txtai"
    built = _apart(build_own, own, source)
    measured: dict[Way, tuple[Built, Asked]] = {
        way: (built, _apart(ask, way, own, questions)) for way in Way if way is not Way.PEER
    }
    if with_peer:
        built = _apart(build_peer, other, source)
        measured[Way.PEER] = built, _apart(ask, Way.PEER, other, questions)
    return measured


def _times(value: float, of: float) -> str:
    return f"{value / of:.2g}"


def page(measured: dict[Way, tuple[Built, Asked]], questions: int, circumstances_: str) -> str:
    """The page of the documentation."""
    rows = [
        [
            way,
            f"{asked.p50:.1f}",
            f"{asked.p95:.1f}",
            f"{asked.p99:.1f}",
            f"{built.seconds:.0f}",
            f"{asked.resident_mib:.0f}",
        ]
        for way, (built, asked) in measured.items()
    ]
    if Way.PEER in measured:
        other_built, other = measured[Way.PEER]
        rows += [
            [
                f"{way}, times txtai's",
                _times(asked.p50, other.p50),
                _times(asked.p95, other.p95),
                _times(asked.p99, other.p99),
                _times(built.seconds, other_built.seconds),
                _times(asked.resident_mib, other.resident_mib),
            ]
            for way, (built, asked) in measured.items()
            if way is not Way.PEER
        ]
    built, _ = measured[Way.ANSWER]
    head = ["", "p50, ms", "p95, ms", "p99, ms", "build, s", "memory, MiB"]
    texts = "made-up text" if built.texts == "made up" else "Vietnamese news"
    return f"""# Speed on {built.paragraphs:,} paragraphs

```sh
make benchmark DATA=FOLDER TEXTS=FILE
```

{circumstances_}

{table(head, rows)}

{questions:,} questions, one after another, made from the paragraphs ({texts}): half are titles, \
half a stretch of a paragraph with a question word. Memory is what the process that only answers \
holds after the last question, pages of mapped index files included; build is the time to index \
what was read. Each row was measured in a process of its own; txtai has hoidap's encoder, its own \
BM25 and its defaults, returns ids only, and indexes title and text as hoidap does.
"""


def main() -> None:
    """Read the arguments, measure, write the page."""
    parser = argparse.ArgumentParser(description="Speed on a large index.")
    parser.add_argument("--texts", type=Path, help="news articles (.jsonl.xz); else made-up text")
    parser.add_argument("--paragraphs", type=int, default=100_000, help="to index")
    parser.add_argument("--questions", type=int, default=1000, help="to ask")
    parser.add_argument("--work", type=Path, help="folder that keeps the indexes for a next time")
    parser.add_argument("--out", type=Path, required=True, help="folder for the page")
    arguments = parser.parse_args()
    with_peer = peer.available()
    if not with_peer:
        sys.stderr.write("txtai is not installed: hoidap is measured alone\n")
    paragraphs = read_paragraphs(arguments.texts, arguments.paragraphs)
    source = Source(arguments.texts, len(paragraphs))
    questions = make_questions(paragraphs, _WARM_UP + arguments.questions)
    with ExitStack() as stack:
        work = arguments.work or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-benchmark-"))
        )
        measured = measure(work, source, questions, with_peer=with_peer)
    packages = ["hoidap", "numpy", "faiss-cpu", "tantivy", *(["txtai"] if with_peer else [])]
    text = page(measured, arguments.questions, circumstances(packages))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / PAGE).write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
