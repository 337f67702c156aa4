"""How many answers a second the API gives many users: ``python -m tests.benchmarks.web_load``.

``hoidap serve`` as it is installed, on a large corpus, asked over loopback by a process of its own.
Each user asks, reads for a while, and asks again. The users' process and the server share the
machine's cores. Once everybody asks something else, once as people do, who ask much the same; and
once more while reports are changed and reloaded all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.machine import circumstances
from tests.benchmarks.paragraphs import make_questions, read_paragraphs, write_folder
from tests.benchmarks.tables import table

PAGE = "web-load.md"
_USERS = 100
# Different questions that people ask, the second half as often as the first and so on.
_COMMON = 500
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """What users saw: answers, answers a second, milliseconds, and requests that failed."""

    answers: int
    rate: float
    p50: float
    p95: float
    p99: float
    slowest: float
    errors: int


def common(questions: Sequence[str], count: int) -> list[str]:
    """``count`` questions as people ask them: the n-th most common one n times less often."""
    some = questions[:_COMMON]
    weights = [1 / place for place in range(1, len(some) + 1)]
    return random.Random(7).choices(some, weights, k=count)


def ask(port: int, questions: Sequence[str], rate: float, users: int, seconds: float) -> Load:
    """Let users ask the API; all of them ``rate`` times a second, or without a pause for 0.

    Questions are asked in their order, and again from the start.
    """
    return asyncio.run(_ask(port, questions, rate, users, seconds))


async def _ask(
    port: int, questions: Sequence[str], rate: float, users: int, seconds: float
) -> Load:
    milliseconds: list[float] = []
    errors = 0
    asked = 0
    begins = time.perf_counter() + seconds / 5
    ends = begins + seconds
    draw = random.Random(11)

    async def user() -> None:
        nonlocal asked, errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends:
            if rate:
                await asyncio.sleep(draw.expovariate(rate / users))
            question = questions[asked % len(questions)]
            asked += 1
            started = time.perf_counter()
            status = await _post(reader, writer, question)
            now = time.perf_counter()
            if started >= begins and now < ends:
                milliseconds.append((now - started) * 1000)
                errors += status != 200
        writer.close()

    await asyncio.gather(*(user() for _ in range(users)))
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    count = len(milliseconds)
    slowest = max(milliseconds)
    return Load(count, count / seconds, cuts[49], cuts[94], cuts[98], slowest, errors)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: str) -> int:
    body = json.dumps({"question": question}).encode()
    head = (
        "POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in answer.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    await reader.readexactly(length)
    return int(answer.split(b" ", 2)[1])


class Server:
    """``hoidap serve`` as a process."""

    def __init__(self, work: Path, workers: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOIDAP_CORPUS": str(work / "reports"),
            "HOIDAP_DATA": str(work / "data"),
            # All users come from one address.
            "HOIDAP_WEB_QUESTIONS_PER_MINUTE": "1000000",
        }
        arguments = ["serve", "--port", str(self.port), "--workers", str(workers)]
        self._process = subprocess.Popen(
            [self.hoidap, *arguments], env=self.environment, stderr=subprocess.DEVNULL
        )
        self._wait()

    @property
    def hoidap(self) -> str:
        """The command."""
        return str(Path(sys.executable).with_name("hoidap"))

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        self.end()
        raise TimeoutError("hoidap serve does not answer")

    def end(self) -> None:
        """End it as an administrator does."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def _keep_reloading(server: Server, work: Path, stop: threading.Event, done: list[float]) -> None:
    """Change one report and reload, again and again."""
    paths = sorted((work / "reports").iterdir())
    while not stop.is_set():
        path = paths[len(done) % len(paths)]
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\nChủ tịch xã phát biểu lần thứ {time.time_ns()}.")
        started = time.perf_counter()
        reloading = [server.hoidap, "reload"]
        subprocess.run(reloading, env=server.environment, check=True, capture_output=True)
        done.append(time.perf_counter() - started)
        stop.wait(1)


def measure(
    work: Path, questions: Sequence[str], rate: float, workers: int, seconds: float
) -> dict[str, Load]:
    """What users see, by what is going on."""
    loads: dict[str, Load] = {}
    many = common(questions, 100_000)
    context = get_context("spawn")
    server = Server(work, workers)
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:

            def run(asked: Sequence[str], pace: float) -> Load:
                return pool.submit(ask, server.port, asked, pace, _USERS, seconds).result()

            label = f"{rate:.0f} a second"
            loads["all different, without a pause"] = run(questions, 0)
            loads[f"all different, {label}"] = run(questions[::-1], rate)
            loads["as people ask, without a pause"] = run(many, 0)
            loads[f"as people ask, {label}"] = run(many, rate)
            for name, asked in (("all different", questions), ("as people ask", many)):
                stop = threading.Event()
                done: list[float] = []
                thread = threading.Thread(target=_keep_reloading, args=(server, work, stop, done))
                thread.start()
                load = run(asked, rate)
                stop.set()
                thread.join()
                loads[f"{name}, {label}, {len(done)} reloads meanwhile"] = load
    finally:
        server.end()
    return loads


def page(paragraphs: int, workers: int, loads: dict[str, Load], made: str) -> str:
    """The page of the documentation."""
    rows = [
        [
            label,
            f"{one.rate:.0f}",
            *(f"{value:.0f}" for value in (one.p50, one.p95, one.p99, one.slowest)),
            str(one.errors),
        ]
        for label, one in loads.items()
    ]
    head = ["questions", "answers/s", "p50, ms", "p95, ms", "p99, ms", "slowest, ms", "errors"]
    return f"""# {_USERS} users at once ask the API, on {paragraphs:,} paragraphs

```sh
python -m tests.benchmarks.web_load --texts FILE --out docs
```

{made} `hoidap serve --workers {workers}`, over loopback; the process of the users runs on the same
cores.

{table(head, rows)}

"As people ask": {_COMMON} questions, the n-th most common one n times less often than the first. A
reload is `hoidap reload` after a change to one report, a second after the one before.
"""


def main() -> None:
    """Read the arguments, measure, write the page."""
    parser = argparse.ArgumentParser(description="How many answers a second the API gives.")
    parser.add_argument("--texts", type=Path, help="news articles (.jsonl.xz); else made-up text")
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=350, help="questions a second, of all users")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--seconds", type=float, default=30, help="of each measurement")
    parser.add_argument("--work", type=Path, help="folder to build the index in, or to use again")
    parser.add_argument("--out", type=Path, required=True, help="folder for the page")
    arguments = parser.parse_args()
    paragraphs = read_paragraphs(arguments.texts, arguments.paragraphs)
    questions = make_questions(paragraphs, 30_000)
    with ExitStack() as stack:
        work = arguments.work
        if work is None:
            temporary = tempfile.TemporaryDirectory(prefix="hoidap-benchmark-")
            work = Path(stack.enter_context(temporary))
        if not (work / "reports").exists():
            write_folder(work / "reports", paragraphs)
        environment = {"PATH": os.environ["PATH"], "HOIDAP_DATA": str(work / "data")}
        environment["HOIDAP_CORPUS"] = str(work / "reports")
        reloading = [str(Path(sys.executable).with_name("hoidap")), "reload"]
        subprocess.run(reloading, env=environment, check=True, capture_output=True)
        loads = measure(work, questions, arguments.rate, arguments.workers, arguments.seconds)
    packages = ["hoidap", "fastapi", "uvicorn", "numpy", "tantivy"]
    text = page(len(paragraphs), arguments.workers, loads, circumstances(packages))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / PAGE).write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
