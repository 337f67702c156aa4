"""What more passages cost: ``python -m tests.benchmarks.scale --texts FILE --out docs``.

Beside txtai. At each size an index is built from a bulk export, asked, and one report changed. Each
is a process of its own, so that the memory measured is what answering needs; for the same reason
each process imports only what it measures. Without txtai only hoidap is measured.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import ParamSpec, TypeVar

from hoidap.documents import Report
from hoidap.settings import Settings
from tests.benchmarks import peer
from tests.benchmarks.chart import draw_lines
from tests.benchmarks.machine import circumstances, resident_mib
from tests.benchmarks.paragraphs import make_questions, read_paragraphs, write_bulk
from tests.benchmarks.tables import table

PAGE, CHART = "benchmarks.md", "benchmarks.png"
SIZES = (1000, 10_000, 100_000, 1_000_000)
# Questions asked before the clock runs, for what is loaded on first use.
_WARM_UP = 20
_CHANGES = 3
_COLD = 3
_CHANGED = "changed.txt"
_MIB = 2**20

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class System(StrEnum):
    """What is measured."""

    OWN = "hoidap"
    PEER = "txtai"


@dataclass(frozen=True, slots=True)
class Source:
    """What is indexed: so many paragraphs of ``texts``, or of made-up text."""

    texts: Path | None
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds that an index took, its size on the disk, and what it was made of.

    ``from_memory_s`` are those of the ``seconds`` from when all texts were in memory.
    """

    seconds: float
    from_memory_s: float
    mib: float
    texts: str
    paragraphs: int
    maker: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds to open; milliseconds a question; MiB of resident memory after the last one.

    ``cold_s`` is a question to a process that has not started yet.
    """

    open_s: float
    p50: float
    p95: float
    p99: float
    resident_mib: float
    cold_s: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a system at a size; ``live_s``: until one changed report is found."""

    built: Built
    asked: Asked
    live_s: float


# --- build ---


def _kept(
    folder: Path, source: Source, maker: str, build: Callable[[], tuple[float, float]]
) -> Built:
    """What ``folder`` holds if it was made of the same, else what ``build`` makes now.

    That tells the seconds it took, and those of them from when all texts were in memory.
    """
    record = folder / "build.json"
    texts = "made up" if source.texts is None else source.texts.name
    if record.is_file():
        kept = Built(**json.loads(record.read_text("utf-8")))
        if kept == replace(kept, texts=texts, paragraphs=source.paragraphs, maker=maker):
            return kept
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    seconds, from_memory_s = build()
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    mib = sum(path.stat().st_size for path in files) / _MIB
    built = Built(seconds, from_memory_s, mib, texts, source.paragraphs, maker)
    record.write_text(json.dumps(asdict(built)), "utf-8")
    return built


def _settings(folder: Path) -> Settings:
    return Settings(corpus=folder / "reports", data=folder / "data", model=None)


def _changed(number: int) -> tuple[str, str]:
    """The text of the report that changes, and a word that it has at its ``number``-th change."""
    word = f"zyx{number}qw"
    text = (
        f"BÁO CÁO THAY ĐỔI\n\nChủ tịch xã {word} phát biểu tại hội nghị tổng kết."
        "\n\nĐại biểu thảo luận về thu hoạch lúa và nước sạch."
    )
    return text, word


def _folder(folder: Path, source: Source) -> list[Report]:
    paragraphs = read_paragraphs(source.texts, source.paragraphs)
    write_bulk(folder / "reports", paragraphs)
    (folder / "reports" / _CHANGED).write_text(_changed(0)[0], "utf-8")
    return paragraphs


def build_own(folder: Path, source: Source) -> Built:
    """Build hoidap's index in ``folder``, or keep the one that is there."""
    from hoidap.answering import Answerer
    from hoidap.encoder import load_encoder
    from hoidap.errors import SearchIndexError
    from hoidap.reload import reload

    settings = _settings(folder)
    encoder = load_encoder(settings)

    def build() -> tuple[float, float]:
        _folder(folder, source)
        indexing: list[float] = []
        started = time.perf_counter()
        # It is told for the first time when the reports are read and divided.
        reload(settings, encoder, progress=lambda *_: indexing.append(time.perf_counter()))
        ended = time.perf_counter()
        return ended - started, ended - indexing[0]

    try:
        Answerer(settings, encoder)
    except SearchIndexError:  # none yet, or one of another version
        shutil.rmtree(folder, ignore_errors=True)
    return _kept(folder, source, encoder.name, build)


def build_peer(folder: Path, source: Source) -> Built:
    """Build txtai's index in ``folder``, or keep the one that is there."""
    from hoidap.encoder import load_encoder

    def build() -> tuple[float, float]:
        paragraphs = read_paragraphs(source.texts, source.paragraphs)
        index = peer.Peer(words=True, vectors=True)
        started = time.perf_counter()
        index.index(paragraphs)
        index.save(folder / "data" / "index")
        seconds = time.perf_counter() - started
        return seconds, seconds

    maker = f"txtai {version('txtai')}, {load_encoder(_settings(folder)).name}"
    return _kept(folder, source, maker, build)


# --- ask ---


def _timed(open_: Callable[[], Callable[[str], object]], questions: Sequence[str]) -> Asked:
    started = time.perf_counter()
    ask = open_()
    opened = time.perf_counter() - started
    for question in questions[:_WARM_UP]:
        ask(question)
    milliseconds = []
    for question in questions[_WARM_UP:]:
        started = time.perf_counter()
        ask(question)
        milliseconds.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return Asked(opened, cuts[49], cuts[94], cuts[98], resident_mib(), 0.0)


def ask_own(folder: Path, questions: Sequence[str]) -> Asked:
    """Ask for answers with quotes; the first questions only warm up."""
    from hoidap.answering import Answerer
    from hoidap.encoder import load_encoder

    settings = _settings(folder)
    asked = _timed(lambda: Answerer(settings, load_encoder(settings)).answer, questions)
    script = str(Path(sys.executable).with_name("hoidap"))
    return _with_cold(asked, [script, "ask", questions[0]], folder)


def ask_peer(folder: Path, questions: Sequence[str]) -> Asked:
    """Ask for the ids of paragraphs; the first questions only warm up."""
    path = folder / "data" / "index"
    asked = _timed(lambda: peer.Peer.load(path).search, questions)
    return _with_cold(asked, [sys.executable, "-m", peer.__name__, str(path), questions[0]], folder)


def _with_cold(asked: Asked, command: list[str], folder: Path) -> Asked:
    environment = {
        "PATH": os.environ["PATH"],
        "HOIDAP_CORPUS": str(folder / "reports"),
        "HOIDAP_DATA": str(folder / "data"),
    }
    seconds = []
    for _ in range(_COLD):
        started = time.perf_counter()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)
    return replace(asked, cold_s=statistics.median(seconds))


# --- change ---


def change_own(folder: Path) -> float:
    """Seconds until one changed report of ``folder`` is quoted; the median of some changes."""
    from hoidap.answering import Answerer
    from hoidap.encoder import load_encoder
    from hoidap.reload import reload

    settings = _settings(folder)
    encoder = load_encoder(settings)
    answerer = Answerer(settings, encoder)
    seconds = []
    for _ in range(_CHANGES):
        text, word = _changed(time.time_ns())
        (folder / "reports" / _CHANGED).write_text(text, "utf-8")
        started = time.perf_counter()
        reload(settings, encoder)
        while not any(
            word in quote.text
            for quote in answerer.answer(f"Chủ tịch xã {word} phát biểu ở đâu?").quotes
        ):
            time.sleep(0.005)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def change_peer(folder: Path) -> float:
    """The same of txtai: seconds until it is found and saved."""
    path = folder / "data" / "index"
    index = peer.Peer.load(path)
    seconds = []
    for _ in range(_CHANGES):
        text, word = _changed(time.time_ns())
        started = time.perf_counter()
        index.replace(Report(id=_CHANGED, file=_CHANGED, title="", text=text))
        assert _CHANGED in index.search(f"Chủ tịch xã {word} phát biểu ở đâu?")
        index.save(path)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


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
) -> dict[System, Measured]:
    """Build in ``work`` what is not there yet, ask and change."""
    own, other = work / f"hoidap-{source.paragraphs}", work / f"txtai-{source.paragraphs}"
    measured = {
        System.OWN: Measured(
            _apart(build_own, own, source), _apart(ask_own, own, questions), _apart(change_own, own)
        )
    }
    if with_peer:
        measured[System.PEER] = Measured(
            _apart(build_peer, other, source),
            _apart(ask_peer, other, questions),
            _apart(change_peer, other),
        )
    return measured


# What the table tells, by its name in the head: how it is written, and where it stands.
_COLUMNS: Mapping[str, tuple[str, Callable[[Measured], float]]] = {
    "build, s": (".3g", lambda one: one.built.seconds),
    "from memory, s": (".3g", lambda one: one.built.from_memory_s),
    "p50, ms": (".1f", lambda one: one.asked.p50),
    "p95, ms": (".1f", lambda one: one.asked.p95),
    "p99, ms": (".1f", lambda one: one.asked.p99),
    "memory, MiB": (".0f", lambda one: one.asked.resident_mib),
    "disk, MiB": (".0f", lambda one: one.built.mib),
    "open, s": (".2f", lambda one: one.asked.open_s),
    "cold question, s": (".2f", lambda one: one.asked.cold_s),
    "one change live, s": (".2f", lambda one: one.live_s),
}
# What is drawn.
_DRAWN = ("build, s", "p50, ms", "memory, MiB", "one change live, s")

Results = Mapping[int, Mapping[System, Measured]]


def _growth(small: float, large: float, times: float) -> str:
    """The exponent with which a figure grows where the passages are ``times`` as many."""
    return f"{math.log(large / small) / math.log(times):.2f}"


def page(results: Results, texts: str, questions: int, circumstances_: str) -> str:
    """The page of the documentation."""
    rows = []
    for size, measured in results.items():
        for system, one in measured.items():
            cells = [f"{get(one):{form}}" for form, get in _COLUMNS.values()]
            rows.append([f"{size:,}", system, *cells])
        if System.PEER in measured:
            own, other = measured[System.OWN], measured[System.PEER]
            ratios = [f"{get(own) / get(other):.2g}" for _, get in _COLUMNS.values()]
            rows.append([f"{size:,}", "hoidap, times txtai's", *ratios])
    growth = []
    for (size, measured), (more, larger) in pairwise(results.items()):
        for system in measured:
            small, large = measured[system], larger[system]
            exponents = [
                _growth(get(small), get(large), more / size) for _, get in _COLUMNS.values()
            ]
            growth.append([f"{size:,} to {more:,}", system, *exponents])
    return f"""# Speed and memory by the number of passages

```sh
make benchmark DATA=FOLDER TEXTS=FILE
```

{circumstances_}

{table(["paragraphs", "", *_COLUMNS], rows)}

![Build, question, memory and one change by size]({CHART})

Paragraphs of three to six sentences of {texts}; beyond the first 312,000 of the news file the same
sentences are divided differently. {questions:,} questions, one after another, made from the
paragraphs: half are titles, half a stretch of a paragraph with a question word.

- **build**: hoidap reads a bulk export (.jsonl), checks and divides it, and keeps the texts; \
txtai is given the texts in memory. **from memory** are the seconds from when hoidap has them in \
memory, too, read and divided; it goes on to keep them as well as to index them.
- **p50, p95, p99**: of hoidap a whole answer with quotes, of txtai the ids of the nearest.
- **memory** is what the process that only answers holds after the last question, pages of mapped \
files included; **disk** is catalog, index and kept texts of hoidap, the index of \
txtai without texts.
- **cold question**: a process that starts, answers one question and ends.
- **one change live**: from the start of the reload to the first answer that quotes the changed \
report; of txtai until the document is replaced, found and saved.
- txtai has hoidap's encoder, its own BM25 and its defaults, and indexes title and text as \
hoidap does.

## Growth
Exponents: 1 is in proportion to the number of paragraphs, 0 not at all.

{table(["from, to", "", *_COLUMNS], growth)}
"""


def draw(path: Path, results: Results) -> None:
    """The chart."""
    sizes = list(results)
    draw_lines(
        path,
        at=sizes,
        panels={
            name: {
                system: [_COLUMNS[name][1](results[size][system]) for size in sizes]
                for system in results[sizes[0]]
            }
            for name in _DRAWN
        },
        label="paragraphs",
    )


def main() -> None:
    """Read the arguments, measure, write page and chart."""
    parser = argparse.ArgumentParser(description="What more passages cost.")
    parser.add_argument("--texts", type=Path, help="news articles (.jsonl.xz); else made-up text")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="paragraphs to index")
    parser.add_argument("--questions", type=int, default=1000, help="to ask")
    parser.add_argument("--work", type=Path, help="folder that keeps the indexes for a next time")
    parser.add_argument("--out", type=Path, required=True, help="folder for the page")
    arguments = parser.parse_args()
    with_peer = peer.available()
    if not with_peer:
        sys.stderr.write("txtai is not installed: hoidap is measured alone\n")
    results: dict[int, dict[System, Measured]] = {}
    with ExitStack() as stack:
        work = arguments.work or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-benchmark-"))
        )
        for size in sorted(arguments.sizes):
            source = Source(arguments.texts, size)
            questions = _apart(_questions, source, arguments.questions)
            results[size] = measure(work, source, questions, with_peer=with_peer)
            for system, one in results[size].items():
                sys.stderr.write(f"{size} {system} {one}\n")
    packages = ["hoidap", "numpy", "faiss-cpu", "tantivy", *(["txtai"] if with_peer else [])]
    texts = "made-up text" if arguments.texts is None else "Vietnamese news"
    text = page(results, texts, arguments.questions, circumstances(packages))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / PAGE).write_text(text, "utf-8")
    draw(arguments.out / CHART, results)
    sys.stdout.write(text)


def _questions(source: Source, count: int) -> list[str]:
    return make_questions(read_paragraphs(source.texts, source.paragraphs), _WARM_UP + count)


if __name__ == "__main__":
    main()
