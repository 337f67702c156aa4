"""From passages of the catalog to what an index is written of, in processes of their own if many.

What is done with a passage takes a quarter of a millisecond, nearly all of it in Python, which uses
one core in a process: a first build of many reports is shared by as many processes as there are
cores.
"""

from __future__ import annotations

import os
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, Pipe
from typing import cast

from hoidap.child import child_command
from hoidap.documents import Passage
from hoidap.encoder import Encoder, ShippedEncoder, load_encoder
from hoidap.errors import HoidapError
from hoidap.index.base import Entry
from hoidap.index.prepared import Prepared, prepare
from hoidap.passages import split_pieces
from hoidap.settings import Settings
from hoidap.token_table import TokenTable, load_token_table
from hoidap.vector_cache import SLOW_STEP, CachedEncoder
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import Terms, terms

# Passages prepared between two reports of progress.
STEP = 256
# Passages from which on other processes are started, which takes them a second.
_MANY = 5000
_MOST_PROCESSES = 8
# Batches that a process may be ahead of what is written.
_AHEAD = 2


def embedded(passage: Passage) -> tuple[str, ...]:
    """What of a passage is encoded: each paragraph under what it stands under."""
    spans = split_pieces(passage.text)
    pieces = (passage.text[start:end] for start, end in spans)
    return tuple(f"{_outer(passage, piece)}\n{piece}" for piece in pieces)


def _outer(passage: Passage, text: str) -> str:
    """What ``text`` of a passage stands under and does not hold itself: title and headings."""
    outer = (heading for heading in passage.headings if heading not in text)
    return "\n".join((passage.report.title, *outer))


def _entries(passages: Iterable[Passage], abbreviations: Abbreviations) -> Iterator[Entry]:
    """Passages as they are indexed, in the order of their ids."""
    heading, heading_terms = "", Terms((), ())
    # The passages of a section stand under the same headings.
    headings: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    for passage in passages:
        if passage.report.heading != heading:
            heading = passage.report.heading
            heading_terms = terms(heading, abbreviations)
        if passage.headings != headings:
            headings = passage.headings
            over = terms("\n".join(headings), abbreviations).syllables
        yield Entry(
            passage_id=passage.id,
            heading=_outer(passage, passage.text),
            text=passage.text,
            pieces=embedded(passage),
            title=heading_terms,
            over=(*heading_terms.syllables, *over),
            day=passage.report.date,
        )


def prepared(
    passages: Iterable[Passage],
    count: int,
    settings: Settings,
    encoder: Encoder,
    table: TokenTable,
    abbreviations: Abbreviations,
) -> Iterator[Prepared]:
    """About ``count`` passages made ready in batches, in their order.

    Where they are many, other processes do it, which end with the last batch, or with this process.
    Raises `HoidapError` where a process ends early.
    """
    step = SLOW_STEP if isinstance(encoder, CachedEncoder) else STEP
    batches = _batches(passages, step)
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    # Other encoders have threads of their own, and take memory for each process.
    if isinstance(encoder, ShippedEncoder) and count >= _MANY and processes > 1:
        yield from _shared(batches, settings, processes)
        return
    for batch in batches:
        yield prepare(list(_entries(batch, abbreviations)), encoder, table, abbreviations)


def _batches(passages: Iterable[Passage], size: int) -> Iterator[list[Passage]]:
    pending = iter(passages)
    while batch := list(islice(pending, size)):
        yield batch


class _Helper:
    """A process that prepares batches, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._connection, theirs = Pipe()
        # Never forked: other threads of this process may hold locks.
        command = child_command(__name__, work.__name__, str(theirs.fileno()))
        try:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        finally:
            theirs.close()
        self._connection.send(settings)

    def prepare(self, batch: Sequence[Passage]) -> Prepared:
        """A batch made ready. Raises `HoidapError`."""
        try:
            self._connection.send(batch)
            reply = self._connection.recv()
        except (EOFError, OSError) as error:
            raise HoidapError("một tiến trình lập chỉ mục dừng giữa chừng; hãy thử lại") from error
        if isinstance(reply, HoidapError):
            raise reply
        return cast(Prepared, reply)

    def end(self) -> None:
        """End the process, which does nothing that has to be completed."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def work(descriptor: str) -> None:
    """Prepare batches that come by a pipe until there are no more, or nobody who wants them."""
    with Connection(int(descriptor)) as connection, suppress(EOFError, OSError, KeyboardInterrupt):
        settings = connection.recv()
        failure = None
        try:
            encoder, table = load_encoder(settings), load_token_table(settings)
            abbreviations = Abbreviations.load(*settings.table_paths("abbreviations"))
        except HoidapError as error:
            failure = error
        while True:
            batch = connection.recv()
            entries = list(_entries(batch, abbreviations))
            connection.send(failure or prepare(entries, encoder, table, abbreviations))


def _shared(
    batches: Iterator[list[Passage]], settings: Settings, processes: int
) -> Iterator[Prepared]:
    """Batches made ready by several processes."""
    helpers: deque[_Helper] = deque()
    every: list[_Helper] = []

    def one(batch: list[Passage]) -> Prepared:
        helper = helpers.popleft()
        try:
            return helper.prepare(batch)
        finally:
            helpers.append(helper)

    # Each thread waits for one process.
    threads = ThreadPoolExecutor(processes, "hoidap-prepare")
    try:
        every.extend(_Helper(settings) for _ in range(processes))
        helpers.extend(every)
        coming: deque[Future[Prepared]] = deque()
        for batch in batches:
            coming.append(threads.submit(one, batch))
            if len(coming) > processes * _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)
        for helper in every:
            helper.end()
