"""What reloads cost on a large corpus: ``python -m tests.benchmarks.reloads --out docs``.

A bulk export is built from nothing. Then one report of a folder is changed again and again, while
questions are asked: of the process that has it reloaded, as bot and page do, and of another one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from hoidap.answering import Answerer
from hoidap.beside import beside
from hoidap.encoder import load_encoder
from hoidap.opening import open_answerer
from hoidap.reload import reload
from hoidap.settings import Settings
from tests.benchmarks.machine import circumstances
from tests.benchmarks.paragraphs import (
    REPORT,
    make_questions,
    read_paragraphs,
    write_bulk,
    write_folder,
)
from tests.benchmarks.tables import table

PAGE = "reloads.md"
_CHANGES = 10
# So many that each is asked without a reload, too.
_QUESTIONS = 250
_WARM_UP = 50
# Seconds without a reload before the reloads, for comparison.
_QUIET_S = 10.0
_PATIENCE_S = 60.0


# A question, and the milliseconds that it took.
Asked = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Built:
    """A first build: seconds, and the most memory, in MiB, of the process and of its largest."""

    seconds: float
    peak_mib: float
    helper_mib: float


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds that questions took: half of them, 99 of 100, the slowest; how many.

    ``longer`` is the most that one took more than the same question did without a reload.
    """

    p50: float
    p99: float
    slowest: float
    count: int
    longer: float | None = None


class _Uncounted:
    """Counts no reloads."""

    def reloading(self) -> AbstractContextManager[None]:
        return nullcontext()


def _waits(asked: list[Asked], before: list[Asked] | None = None) -> Waits:
    """``before`` are the same questions without a reload."""
    milliseconds = [one for _, one in asked]
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    known = {} if before is None else dict(sorted(before, key=lambda one: one[1]))
    longer = [one - known[question] for question, one in asked if question in known]
    return Waits(cuts[49], cuts[98], max(milliseconds), len(asked), max(longer) if longer else None)


def build(work: Path) -> Built:
    """Build the index of ``work`` / reports for the first time."""
    settings = Settings(corpus=work / "reports", data=work / "data")
    encoder = load_encoder(settings)
    started = time.perf_counter()
    reload(settings, encoder)
    seconds = time.perf_counter() - started
    own, helper = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Built(seconds, own, helper)


def _ask(answerer: Answerer, questions: list[str], stop: threading.Event) -> list[Asked]:
    """Ask one question after the other, again and again, until told to stop."""
    for question in questions[:_WARM_UP]:
        answerer.answer(question)
    asked: list[Asked] = []
    while not stop.is_set():
        question = questions[len(asked) % len(questions)]
        started = time.perf_counter()
        answerer.answer(question)
        asked.append((question, (time.perf_counter() - started) * 1000))
        # People ask now and then: a core that is never idle would slow the reload itself.
        stop.wait(0.02)
    return asked


def _ask_apart(work: Path, questions: list[str], stop: threading.Event) -> list[Asked]:
    settings = Settings(corpus=work / "reports", data=work / "data")
    answerer = open_answerer(settings, load_encoder(settings), _Uncounted())
    return _ask(answerer, questions, stop)


def change(work: Path, questions: list[str]) -> tuple[list[float], dict[str, Waits]]:
    """Seconds until each of some changes of one report is live; what questions waited meanwhile."""
    settings = Settings(corpus=work / "reports", data=work / "data")
    encoder = load_encoder(settings)
    answerer = open_answerer(settings, encoder, _Uncounted())
    live: list[float] = []
    waits: dict[str, Waits] = {}
    before: tuple[list[Asked], list[Asked]] | tuple[None, None] = (None, None)
    context = multiprocessing.get_context("spawn")
    with (
        context.Manager() as manager,
        ProcessPoolExecutor(1, mp_context=context) as pool,
    ):
        for label, changes in (("no reload", 0), ("one changed report after the other", _CHANGES)):
            stop = manager.Event()
            apart = pool.submit(_ask_apart, work, questions, stop)
            ended = threading.Event()
            inside: list[Asked] = []
            thread = threading.Thread(
                target=lambda found, end: found.extend(_ask(answerer, questions, end)),
                args=(inside, ended),
            )
            thread.start()
            time.sleep(_QUIET_S)
            live += [_change(settings, answerer, number) for number in range(changes)]
            stop.set()
            ended.set()
            thread.join()
            outside = apart.result()
            waits[f"{label}, the process that asks for it"] = _waits(inside, before[0])
            waits[f"{label}, another process"] = _waits(outside, before[1])
            before = inside, outside
    return live, waits


def _change(settings: Settings, answerer: Answerer, number: int) -> float:
    word = f"zyx{time.time_ns()}"
    path = settings.reports_path / f"{number:06}.txt"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n\nChủ tịch xã {word} phát biểu tại hội nghị.", "utf-8")
    started = time.perf_counter()
    beside(reload, settings, answerer._encoder)
    while time.perf_counter() - started < _PATIENCE_S:
        answer = answerer.answer(f"Chủ tịch xã {word} phát biểu ở đâu?")
        if any(word in quote.text for quote in answer.quotes):
            return time.perf_counter() - started
        time.sleep(0.01)
    raise TimeoutError(f"{path} is not live after {_PATIENCE_S:.0f} s")


def page(
    paragraphs: int, built: Built, live: list[float], waits: dict[str, Waits], made: str
) -> str:
    """The page of the documentation."""
    rows = [
        [
            label,
            f"{one.p50:.1f}",
            f"{one.p99:.1f}",
            f"{one.slowest:.0f}",
            "–" if one.longer is None else f"{one.longer:.0f}",
            str(one.count),
        ]
        for label, one in waits.items()
    ]
    head = [
        "questions asked during", "p50, ms", "p99, ms", "slowest, ms",
        "longest beyond the same without, ms", "questions",
    ]  # fmt: skip
    return f"""# Reloads on {paragraphs:,} paragraphs

```sh
python -m tests.benchmarks.reloads --texts FILE --out docs
```

{made}

- A first build from a bulk export (.jsonl) of {paragraphs:,} reports of one paragraph: \
**{built.seconds:.0f} s**, at most {built.peak_mib:.0f} MiB of memory in the process that writes \
and {built.helper_mib:.0f} MiB in each that helps it.
- One changed report among {paragraphs // REPORT:,} files of {REPORT} paragraphs, from the start \
of the reload to the first answer that quotes it: **{statistics.median(live):.1f} s** \
(median of {len(live)}; the slowest {max(live):.1f} s).

{table(head, rows)}

A question is asked every 20 ms by each of two processes.
"""


def main() -> None:
    """Read the arguments, measure, write the page."""
    parser = argparse.ArgumentParser(description="What reloads cost on a large corpus.")
    parser.add_argument("--texts", type=Path, help="news articles (.jsonl.xz); else made-up text")
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True, help="folder for the page")
    arguments = parser.parse_args()
    paragraphs = read_paragraphs(arguments.texts, arguments.paragraphs)
    questions = make_questions(paragraphs, _QUESTIONS)
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-benchmark-")))
        write_bulk(work / "bulk" / "reports", paragraphs)
        write_folder(work / "folder" / "reports", paragraphs)
        count = len(paragraphs)
        del paragraphs
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
            built = pool.submit(build, work / "bulk").result()
            pool.submit(build, work / "folder").result()
            live, waits = pool.submit(change, work / "folder", questions).result()
    packages = ["hoidap", "numpy", "faiss-cpu", "tantivy", "sentencepiece"]
    text = page(count, built, live, waits, circumstances(packages))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / PAGE).write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
