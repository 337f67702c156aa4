"""Reloads that are killed, run out of disk, or find their index damaged, against a model.

Each operation runs in a process of its own, forked from one that has everything loaded, and dies
there without any clean-up: at a given one of its steps (the files it opens, renames, removes and
brings to the disk, the statements it sends to SQLite), or by a signal at any moment. What the
catalog and the index then hold is compared with a model by a process that only reads.
"""

from __future__ import annotations

import atexit
import faulthandler
import functools
import gc
import os
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from hoidap import reload
from hoidap.answering import Answerer
from hoidap.catalog import Catalog, KnownFile
from hoidap.documents import Citation, Passage
from hoidap.errors import HoidapError, IndexDamagedError, IndexMismatchError
from hoidap.evidence import Evidence
from hoidap.index.local import LocalIndex
from hoidap.loaders import load_file
from hoidap.occurrences import Sought
from hoidap.originals import Originals
from hoidap.passages import split_passages
from hoidap.settings import Settings
from hoidap.similarity import sketches
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.date_forms import load_rules
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import QuestionReader
from hoidap.vietnamese.syllables import Syllables
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.terms import terms, terms_fingerprint
from hoidap.vietnamese.words import Words
from tests.fakes import HashEncoder

ENCODER = HashEncoder()
_DONE, _REFUSED, _BROKEN, _KILLED = 0, 3, 4, 137
# Memory, where there is such a folder: what is killed here is a process and not a machine.
_PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_STEPS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link"})
NAMES = ("a.txt", "b.txt", "c.txt", "sâu/d.txt")
_PATIENCE_S = 900.0
# What was done and how it ended, over all runs.
tally: dict[str, int] = {}
# What a run begins with, by how many generations it keeps: two reports, loaded.
_begun: dict[int, Corpus] = {}

_Load = TypeVar("_Load", bound=Callable[..., object])


def load_once() -> None:
    """Load what every answerer reads only once, and all that an operation needs before a fork.

    Nothing of tantivy: it starts threads, and processes that have some must not be forked.
    """
    for table in (Abbreviations, Glossary, Synonyms, Places, Chat):
        # Shared by all that the forked processes open.
        setattr(table, "load", functools.cache(table.load))  # noqa: B010  # a method, replaced
    load_token_table(Settings()).tokens(["Kế hoạch số 1"])
    for load in (Words.load, Words.load_folded, load_rules):
        load()
    (report,) = load_file("Kế hoạch số 1 của huyện.".encode(), "a.txt").reports
    split_passages(report)
    list(sketches([report.text]))
    np.unique([1])
    terms(report.text, Abbreviations.load())
    reader = QuestionReader(
        Abbreviations.load(),
        Glossary.load(),
        Synonyms.load(),
        places=Places.load(),
        chat=Chat.load(),
    )
    question = reader.read("Kế hoạch số 700001")
    passage = Passage(1, Citation("a", "A", None, None, "a"), report.text, 0, 1, None)
    Evidence(Sought(question), passage, Syllables.of([]), Syllables.of(["kế", "hoạch"], [0, 3]))
    # What the collector touches in a forked process would be copied.
    gc.freeze()
    gc.disable()


# --- faults, each set up in the process that is to suffer it ---


def die_at(step: int) -> Callable[[], None]:
    """The process is gone before it takes its ``step``-th step."""

    def set_up() -> None:
        left = [step]

        def tick() -> None:
            left[0] -= 1
            if left[0] <= 0:
                os._exit(_KILLED)

        def hook(event: str, _arguments: tuple[Any, ...]) -> None:
            if event in _STEPS:
                tick()

        def ticking(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: object, **named: object) -> object:
                tick()
                return function(*arguments, **named)

            return call

        open_database = sqlite3.connect

        def connect(*arguments: object, **named: object) -> sqlite3.Connection:
            connection: sqlite3.Connection = open_database(*arguments, **named)  # type: ignore[call-overload]
            connection.set_trace_callback(lambda _statement: tick())
            return connection

        sys.addaudithook(hook)
        os.fsync = ticking(os.fsync)
        setattr(sqlite3, "connect", connect)  # noqa: B010  # a function, replaced

    return set_up


def full_at(size: int) -> Callable[[], None]:
    """No file can grow beyond ``size`` bytes, as where the disk is full."""

    def set_up() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return set_up


def no_fault() -> None:
    """Nothing happens."""


def in_a_process(
    operation: Callable[[], object], set_up: Callable[[], None], kill_after_s: float | None = None
) -> int:
    """Run ``operation`` with a fault in a forked process; how it ended."""
    child = os.fork()
    if child == 0:
        code = _BROKEN
        # An operation that hangs is told, and is one that broke; not one that was only paused.
        faulthandler.dump_traceback_later(_PATIENCE_S, exit=True)
        try:
            set_up()
            operation()
            code = _DONE
        except HoidapError:
            code = _REFUSED
        except BaseException:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            traceback.print_exc()
        finally:
            os._exit(code)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return _KILLED if status == -signal.SIGKILL else status


faults = st.one_of(
    st.just((no_fault, None)),
    st.just((no_fault, None)),
    st.integers(1, 220).map(lambda step: (die_at(step), None)),
    st.floats(0.0, 0.05).map(lambda delay: (no_fault, delay)),
    st.sampled_from([0, 100, 3000, 20_000, 60_000, 200_000]).map(
        lambda size: (full_at(size), None)
    ),
)
_Fault = tuple[Callable[[], None], float | None]


class Corpus(RuleBasedStateMachine):
    """The folder, what of it must answer now, and what each kept generation held.

    ``folder`` has None for a file that cannot be read; ``read`` is what the last reload read.
    """

    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="hoidap-", dir=_PLACE))
        (self.base / "reports" / "sâu").mkdir(parents=True)
        self.folder: dict[str, str | None] = {}
        self.live: dict[str, str] = {}
        self.read: dict[str, str | None] = {}
        self.past: dict[int, dict[str, str]] = {}
        self.number = 0
        self.written = 0
        self.unseen = False
        self.damaged = False

    @initialize(keep=st.integers(2, 4), anew=st.sampled_from([0, 500]))
    def start(self, keep: int, anew: int) -> None:
        # Indexes so small are built anew, or are not.
        reload._ANEW = anew
        if keep not in _begun:
            first = Corpus()
            first.settings = Settings(
                corpus=first.base / "reports",
                data=first.base / "data",
                keep_generations=keep,
                confidence=0.0,
            )
            for name in NAMES[:2]:
                first.write(name)
            first.reload((no_fault, None))
            first.answers()
            _begun[keep] = first
            atexit.register(shutil.rmtree, first.base, ignore_errors=True)
        _begun[keep].copy_to(self)

    def copy_to(self, other: Corpus) -> None:
        """Make ``other``, in a place of its own, the same."""
        shutil.copytree(self.base, other.base, dirs_exist_ok=True)
        other.settings = self.settings.model_copy(
            update={"corpus": other.base / "reports", "data": other.base / "data"}
        )
        other.folder, other.live, other.read = dict(self.folder), dict(self.live), dict(self.read)
        other.past, other.number, other.written = dict(self.past), self.number, self.written

    def teardown(self) -> None:
        _count("runs", "all")
        try:
            self._check_the_past()
        finally:
            shutil.rmtree(self.base, ignore_errors=True)

    # --- what people do ---

    @rule(name=st.sampled_from(NAMES))
    def write(self, name: str) -> None:
        self.written += 1
        text = f"Kế hoạch số {700_000 + self.written} của huyện về việc nạo vét kênh mương.\n"
        self._put(name, text)

    @rule(name=st.sampled_from(NAMES), other=st.sampled_from(NAMES))
    def copy(self, name: str, other: str) -> None:
        text = self.folder.get(other)
        if text is not None:
            self._put(name, text)

    @rule(name=st.sampled_from(NAMES))
    def spoil(self, name: str) -> None:
        if name in self.folder:
            (self.settings.reports_path / name).write_bytes(b"\xff\xfe\xfd \xfa \xf4")
            self.folder[name] = None

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        if self.folder.pop(name, "") != "":
            (self.settings.reports_path / name).unlink()

    def _put(self, name: str, text: str) -> None:
        (self.settings.reports_path / name).write_text(text, "utf-8")
        self.folder[name] = text

    # --- what the writer does ---

    @rule(name=st.sampled_from(NAMES))
    def publish(self, name: str) -> None:
        self.write(name)
        self.reload((no_fault, None))

    @rule(name=st.sampled_from(NAMES), fault=faults)
    def publish_with_a_fault(self, name: str, fault: _Fault) -> None:
        self.write(name)
        self.reload(fault)

    @rule(fault=faults)
    def reload(self, fault: _Fault) -> None:
        live, read = self._planned(self.folder)
        code = self._run("reload", lambda: reload.reload(self.settings, ENCODER), fault)
        self._ended(code, live, read, refused=not live)

    @rule(fault=faults, name=st.sampled_from(NAMES))
    def remove(self, fault: _Fault, name: str) -> None:
        report = name.removesuffix(".txt")
        known = name in self.live
        live, read = self._planned({k: v for k, v in self.folder.items() if k != name})
        code = self._run("remove", lambda: reload.remove(self.settings, ENCODER, report), fault)
        self._ended(code, live if known else self.live, read, refused=not known or not live)
        gone = not (self.settings.reports_path / name).exists()
        if gone and name in self.folder:
            assert name not in self.live, "a file was taken out whose report is still current"
            del self.folder[name]
        assert code != _DONE or name not in self.folder

    @rule(fault=faults, back=st.integers(1, 3))
    def rollback(self, fault: _Fault, back: int) -> None:
        to = self.number - back
        held = self.past.get(to)
        kept = to > self.number - self.settings.keep_generations and held is not None
        live = held if kept and held is not None else self.live
        code = self._run("rollback", lambda: reload.rollback(self.settings, ENCODER, to), fault)
        self._ended(code, live, {}, refused=None if kept else True)

    @rule(place=st.integers(0, 2**20), at=st.integers(0, 2**20))
    def damage(self, place: int, at: int) -> None:
        """One bit of the index turns."""
        directory = self.settings.generation_path(self.number)
        files = sorted(path for path in directory.rglob("*") if path.is_file())
        if files:
            path = files[place % len(files)]
            data = bytearray(path.read_bytes())
            if data:
                data[at % len(data)] ^= 1 << (at % 8)
                path.write_bytes(data)
                _count("damage", "done")
                self.unseen = self.damaged = True

    def _run(self, what: str, operation: Callable[[], object], fault: _Fault) -> int:
        self.before = self._state()
        self.code = _BROKEN
        set_up, delay = fault
        code = in_a_process(operation, set_up, delay)
        self.unseen = self.settings.catalog_path.exists() and self._state()[0] > 0
        kind = "killed" if delay is not None else set_up.__qualname__.partition(".")[0]
        ends = {_DONE: "done", _REFUSED: "refused", _KILLED: "died"}
        self.code = code
        assert code in ends, f"{what} ended with {code}"
        _count(f"{what}, {kind}", ends[code])
        self.full = kind == "full_at"
        return code

    def _ended(
        self,
        code: int,
        live: dict[str, str],
        read: dict[str, str | None],
        *,
        refused: bool | None,
    ) -> None:
        """Take over what the catalog says happened, which must be all of it or nothing.

        ``refused`` says whether the operation had to be; None where it may be.
        """
        number, files = self._state()
        if code == _REFUSED:
            assert refused in (None, True) or self.full
            assert (number, files) == self.before, "what was refused changed something"
        if code == _DONE:
            assert not refused
        if number != self.number:
            assert number == self.number + 1
            self.number, self.live, self.damaged = number, dict(live), False
            self.past[number] = dict(live)
        elif code == _DONE:
            assert live == self.live, "what was done is not there"
            assert in_a_process(self._open, no_fault) == _DONE, "a damaged index was not repaired"
        if files != self.before[1]:
            self.read = dict(read)

    def _planned(
        self, folder: dict[str, str | None]
    ) -> tuple[dict[str, str], dict[str, str | None]]:
        """The reports that a reload of ``folder`` leaves, and the files that it remembers."""
        live: dict[str, str] = {}
        read: dict[str, str | None] = {}
        holders: set[str] = set()
        same = [name for name in sorted(folder) if self.read.get(name, "") == folder[name]]
        for name in same:
            text = folder[name]
            assert text is not None
            holders.add(text)
            live[name], read[name] = self.live[name], text
        rest = [name for name in sorted(folder) if name not in same]
        for name in sorted(rest, key=lambda name: name not in self.live):
            text = folder[name]
            if text is None:
                if name in self.live:
                    live[name] = self.live[name]
                if name in self.read:
                    read[name] = self.read[name]
            elif text not in holders:
                holders.add(text)
                live[name] = read[name] = text
        return live, read

    # --- what readers see ---

    def _state(self) -> tuple[int, dict[str, KnownFile]]:
        with closing(Catalog(self.settings.catalog_path)) as read:
            generation = read.generation()
            return (generation.number, read.known_files()) if generation else (0, {})

    def _open(self) -> None:
        LocalIndex(
            self.settings.generation_path(self.number),
            encoder=ENCODER.name,
            terms=terms_fingerprint(Abbreviations.load()),
            table=load_token_table(self.settings),
        )

    @invariant()
    def answers(self) -> None:
        """Every current report is found, word for word, and nothing else is."""
        if self.unseen:
            self.unseen = False
            # tantivy's threads must not be there when the next process is forked.
            assert in_a_process(self._check, no_fault) == _DONE

    def _check(self) -> None:
        try:
            self._compare()
        except HoidapError as error:
            raise AssertionError(f"{type(error).__name__}: {error}") from error

    def _compare(self) -> None:
        originals = Originals(self.settings.originals_path)
        read = Catalog(self.settings.catalog_path)
        held = {}
        for known in read.known_reports():
            held[known.file] = read.report(known.id).text + "\n"
            original = read.original(known.id)
            assert original is not None
            kept = originals.read(original)
            assert kept is not None, f"the original of {known.id} is gone"
            assert kept.decode() == held[known.file]
        assert held == self.live
        try:
            answerer = Answerer(self.settings, ENCODER)
        except (IndexDamagedError, IndexMismatchError):
            assert self.damaged
            return
        for text in self.live.values():
            answer = answerer.answer(" ".join(text.split()[:4]))
            assert answer.generation == self.number
            quotes = [quote.text + "\n" for quote in answer.quotes]
            assert text in quotes
            assert set(quotes) <= set(self.live.values())

    def _check_the_past(self) -> None:
        """What is kept of former generations is what they held, and so is their history."""
        if self.number == 0:
            return
        with closing(Catalog(self.settings.catalog_path)) as read:
            steps = read.history()
            numbers = [step.generation.number for step in steps]
            assert numbers == list(range(self.number, self.number - len(numbers), -1))
            assert len(numbers) >= min(self.number, 2)
            for number in numbers:
                for name, text in self.past[number].items():
                    stored = read.report(name.removesuffix(".txt"), number)
                    assert stored.text + "\n" == text
            for step in steps[:-1]:
                former = set(self.past[step.generation.number - 1])
                now = set(self.past[step.generation.number])
                assert {f"{one}.txt" for one in step.added} >= now - former
                assert {f"{one}.txt" for one in step.removed} >= former - now


def _count(what: str, end: str) -> None:
    key = f"{what}: {end}"
    tally[key] = tally.get(key, 0) + 1


def kill_at_every_step(stride: int) -> dict[str, int]:
    """Kill a reload, a removal and a going back at each of their steps; how many these are.

    Of ``stride`` steps only the first is tried.
    """
    steps = {}
    for name, operation in (
        ("reload", Corpus.reload),
        ("remove", lambda corpus, fault: corpus.remove(fault, "a.txt")),
        ("rollback", lambda corpus, fault: corpus.rollback(fault, 1)),
    ):
        begun = Corpus()
        begun.start(2, anew=0)
        begun.publish("c.txt")
        if name == "reload":
            begun.write("a.txt")
        code, step = _KILLED, 1 - stride
        while code == _KILLED:
            step += stride
            corpus = Corpus()
            begun.copy_to(corpus)
            try:
                operation(corpus, (die_at(step), None))
                code = corpus.code
                corpus.answers()
                # The next one finishes what this one began, or does it anew.
                corpus.publish("b.txt")
                corpus.answers()
            finally:
                corpus.teardown()
        begun.teardown()
        assert code == _DONE
        steps[name] = step - 1
    return steps
