"""Faults while reports are changed, and readers meanwhile. Ten thousand random runs of faults:
``python -m tests.benchmarks.fault_runs --runs 10000``.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.errors import (
    CatalogError,
    HoidapError,
    IndexMissingError,
    OriginalError,
    SearchIndexError,
)
from hoidap.index.lexical import LexicalIndex
from hoidap.index.prepared import Document
from hoidap.index.store import LocalStore, told_as_ours
from hoidap.reload import reload, rollback
from hoidap.settings import Settings
from hoidap.token_table import load_token_table
from tests.conftest import ROOT
from tests.fakes import HashEncoder

Write = Callable[[str, str], Path]

ENCODER = HashEncoder()
SCHOOL = "Xã Phú Lộc xây trường mầm non."


def fault_runs(*arguments: str) -> dict[str, Any]:
    """Run the faults in a process without threads, which can be forked."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.fault_runs", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    told: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return told


def test_random_faults_lose_no_report() -> None:
    ends = fault_runs("--runs", "40")["ends"]
    assert ends["runs: all"] >= 40
    assert any("full_at" in end or end.startswith("damage") for end in ends)


def test_a_process_killed_at_any_step_loses_no_report() -> None:
    steps = fault_runs("--every", "8")["steps"]
    assert min(steps.values()) > 50


# --- a full disk ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two and a half megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2500k", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a small disk; test_random_faults limits files instead")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_leaves_the_former_generation(
    folder: Path, write: Write, small_disk: Path
) -> None:
    settings = Settings(corpus=folder, data=small_disk / "data")
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    answerer = Answerer(settings, ENCODER)
    refused: list[str] = []
    for size in (100, 4000, 8000):
        lines = (f"Thôn {n} có {n * 7} hộ dân dùng nước sạch." for n in range(size))
        big = write("b.txt", "\n\n".join(lines))
        try:
            reload(settings, ENCODER)
        except (CatalogError, OriginalError, SearchIndexError) as error:
            refused.append(str(error))
        for reader in (answerer, Answerer(settings, ENCODER)):
            quotes = reader.answer("trường mầm non").quotes
            assert [quote.citation.report_id for quote in quotes] == ["a"]
    assert refused
    assert all(re.search("No space left|full|dọn chỗ", reason) for reason in refused)
    big.unlink()
    write("c.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    reload(settings, ENCODER)
    assert [one.id for one in Catalog(settings.catalog_path).known_reports()] == ["a", "c"]


def test_a_disk_that_fills_up_while_words_are_written_is_told(
    small_disk: Path, settings: Settings
) -> None:
    text = " ".join(f"{number * 2654435761 % 2**32:08x}" for number in range(600_000))
    full = settings.model_copy(update={"data": small_disk})
    store = LocalStore(full, ENCODER, load_token_table(settings), "")
    with pytest.raises(SearchIndexError, match="đĩa đã đầy, hãy dọn chỗ"), told_as_ours(store):
        LexicalIndex.build(small_disk / "words", [(1, 0, Document(text, "", "", "", ""))])


def test_a_disk_that_fills_up_for_words_and_for_what_they_come_from_is_told(
    small_disk: Path, settings: Settings
) -> None:
    full = settings.model_copy(update={"data": small_disk})
    store = LocalStore(full, ENCODER, load_token_table(settings), "")

    def documents() -> Iterator[tuple[int, int, Document]]:
        (small_disk / "other").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
        for number in range(300):
            text = " ".join(f"{one * 2654435761 % 2**32:08x}" for one in range(number, 3_000))
            yield number, 0, Document(text, "", "", "", "")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(SearchIndexError, match="đĩa đã đầy, hãy dọn chỗ"), told_as_ours(store):
        LexicalIndex.build(small_disk / "words", documents())


# --- readers in other processes ---


def ask_on(corpus: Path, data: Path, stop: Path, result: Path) -> None:
    """Ask until told to stop; how often, of how many generations, what went wrong."""
    answerer = Answerer(Settings(corpus=corpus, data=data, keep_generations=2), ENCODER)
    asked, wrong, slowest = 0, [], 0.0
    generations = set()
    while not stop.exists():
        started = time.perf_counter()
        try:
            answer = answerer.answer("Ở đâu xây trường mầm non?")
        except HoidapError as error:
            wrong.append(str(error))
            continue
        slowest = max(slowest, time.perf_counter() - started)
        asked += 1
        generations.add(answer.generation)
        if [quote.citation.report_id for quote in answer.quotes] != ["a"]:
            wrong.append(f"generation {answer.generation}: {answer.quotes}")
    told = {"asked": asked, "generations": len(generations), "wrong": wrong, "slowest": slowest}
    result.write_text(json.dumps(told), "utf-8")


def test_two_processes_miss_no_question_throughout(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"keep_generations": 2})
    write("a.txt", SCHOOL)
    write("b.txt", "Thôn 0 có 0 hộ dân dùng nước sạch.")
    reload(settings, ENCODER)
    stop = tmp_path / "stop"
    results = [tmp_path / "one.json", tmp_path / "two.json"]
    spawn = multiprocessing.get_context("spawn")
    readers = [
        spawn.Process(target=ask_on, args=(settings.reports_path, settings.data, stop, result))
        for result in results
    ]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 41):
            # The report asked about changes as well, in what is not asked.
            write("a.txt", f"{SCHOOL}\n\nThôn {number} có {number} hộ dân dùng nước sạch.")
            reload(settings, ENCODER)
            if number % 4 == 0:
                rollback(settings, ENCODER)
        time.sleep(0.5)
    finally:
        stop.write_text("", "utf-8")
        for reader in readers:
            reader.join(60)
    for reader, result in zip(readers, results, strict=True):
        assert reader.exitcode == 0
        told = json.loads(result.read_text("utf-8"))
        assert told["wrong"] == []
        assert told["asked"] > 20
        assert told["generations"] > 3


def test_a_reader_that_was_overtaken_by_many_reloads_asks_again(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generation it opened was pruned, with the passages it found, before it read them."""
    from hoidap.retrieval import Retriever

    settings = settings.model_copy(update={"keep_generations": 2})
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    answerer = Answerer(settings, ENCODER)
    ranked = Retriever._ranked
    overtaken: list[bool] = []

    def late(self: Retriever, *arguments: Any) -> Any:  # noqa: ANN401
        if not overtaken:
            overtaken.append(True)
            for number in range(4):
                write("a.txt", f"{SCHOOL} Lần {number}.")
                reload(settings, ENCODER)
        return ranked(self, *arguments)

    monkeypatch.setattr(Retriever, "_ranked", late)
    answer = answerer.answer("Ở đâu xây trường mầm non?")
    assert (answer.generation, [quote.text for quote in answer.quotes]) == (5, [f"{SCHOOL} Lần 3."])


def test_a_generation_pruned_while_it_is_opened_has_a_successor(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    answerer = Answerer(settings, ENCODER)
    write("a.txt", f"{SCHOOL} Lần 1.")
    reload(settings, ENCODER)
    generation = Catalog.generation
    overtaken: list[bool] = []

    def late(self: Catalog) -> Any:  # noqa: ANN401
        found = generation(self)
        if not overtaken:
            overtaken.append(True)
            for number in range(2, 5):
                write("a.txt", f"{SCHOOL} Lần {number}.")
                reload(settings, ENCODER)
        return found

    monkeypatch.setattr(Catalog, "generation", late)
    assert answerer.answer("Ở đâu xây trường mầm non?").generation == 5


def test_every_thread_notices_that_the_catalog_was_moved_away(
    settings: Settings, write: Write
) -> None:
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    answerer = Answerer(settings, ENCODER)

    def quoted() -> tuple[str, ...]:
        return tuple(one.text for one in answerer.answer("Ở đâu xây trường mầm non?").quotes)

    with ThreadPoolExecutor(1) as other:
        assert quoted() == other.submit(quoted).result() == (SCHOOL,)
        settings.catalog_path.rename(settings.data / "away.sqlite3")
        with pytest.raises(IndexMissingError, match="hãy chạy: hoidap reload"):
            quoted()
        write("a.txt", f"{SCHOOL} Lần 1.")
        assert reload(settings, ENCODER).generation == 1
        assert quoted() == other.submit(quoted).result() == (f"{SCHOOL} Lần 1.",)
