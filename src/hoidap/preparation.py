"""From passages of the catalog to what an index is written of, in processes of their own if many.

What is done with a passage takes a seventh of a millisecond, most of it in Python, which uses one
core in a process: a first build of many reports is shared by as many processes as there are cores.
"""

from __future__ import annotations

import gc
import os
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from itertools import islice
from multiprocessing.connection import Connection, Pipe
from typing import NamedTuple, cast

from hoidap.child import child_command
from hoidap.complaints import refusal
from hoidap.documents import Passage
from hoidap.encoder import Encoder, ShippedEncoder, load_encoder
from hoidap.errors import HoidapError
from hoidap.index.base import Entry, Piece
from hoidap.index.prepared import Prepared, prepare
from hoidap.passages import split_pieces
from hoidap.settings import Settings
from hoidap.token_table import TokenTable, load_token_table
from hoidap.vector_cache import SLOW_STEP, CachedEncoder
from hoidap.vietnamese.abbreviations import Abbreviations

# Passages prepared between two reports of progress.
STEP = 256
# Passages from which on other processes are started, which takes them a second.
_MANY = 5000
_MOST_PROCESSES = 8
# Batches that a process may be ahead of what is written.
_AHEAD = 2


class _Given(NamedTuple):
    """What is asked of a passage, which goes to another process in half the time of all of it.

    ``title`` is its report's, ``heading`` that with its number.
    """

    id: int
    title: str
    heading: str
    headings: tuple[str, ...]
    text: str
    day: date | None

    @classmethod
    def of(cls, passage: Passage) -> _Given:
        """A passage."""
        report = passage.report
        return cls(
            passage.id, report.title, report.heading, passage.headings, passage.text, report.date
        )

    def outer(self, text: str) -> str:
        """What ``text`` of it stands under and does not hold itself: title and headings."""
        return "\n".join((self.title, *(one for one in self.headings if one not in text)))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What of it is encoded: each paragraph under what it stands under."""
        pieces = ((self.text[start:end], start) for start, end in split_pieces(self.text))
        return tuple(Piece(self.outer(text), text, start) for text, start in pieces)

    def entry(self) -> Entry:
        """It as it is indexed."""
        return Entry(
            passage_id=self.id,
            heading=self.outer(self.text),
            text=self.text,
            pieces=self.pieces,
            title=self.heading,
            over="\n".join(self.headings),
            day=self.day,
        )


def embedded(passage: Passage) -> tuple[str, ...]:
    """What of a passage is encoded."""
    return tuple(piece.whole for piece in _Given.of(passage).pieces)


class Preparation:
    """Makes passages ready for an index, with other processes where they are many."""

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder,
        table: TokenTable,
        abbreviations: Abbreviations,
    ) -> None:
        self._settings = settings
        self._encoder = encoder
        self._table = table
        self._abbreviations = abbreviations
        self._helpers: list[_Helper] = []

    def expect(self, count: int) -> None:
        """Start other processes if ``count`` passages will be many; it takes them a moment."""
        processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
        # Other encoders have threads of their own, and take memory for each process.
        if isinstance(self._encoder, ShippedEncoder) and count >= _MANY and processes > 1:
            while len(self._helpers) < processes:
                self._helpers.append(_Helper(self._settings))

    def close(self) -> None:
        """End the other processes."""
        while self._helpers:
            self._helpers.pop().end()

    def prepared(self, passages: Iterable[Passage], count: int) -> Iterator[Prepared]:
        """About ``count`` passages made ready in batches, in their order.

        The other processes end with the last batch, or with this process.
        Raises `HoidapError` where one of them ends early.
        """
        self.expect(count)
        step = SLOW_STEP if isinstance(self._encoder, CachedEncoder) else STEP
        batches = _batches(passages, step)
        if not self._helpers:
            for batch in batches:
                yield _prepare(batch, self._encoder, self._table, self._abbreviations)
            return
        try:
            yield from _shared(batches, self._helpers)
        finally:
            self.close()


def _prepare(
    batch: Iterable[_Given], encoder: Encoder, table: TokenTable, abbreviations: Abbreviations
) -> Prepared:
    return prepare([given.entry() for given in batch], encoder, table, abbreviations)


def _batches(passages: Iterable[Passage], size: int) -> Iterator[list[_Given]]:
    pending = map(_Given.of, passages)
    while batch := list(islice(pending, size)):
        yield batch


class _Helper:
    """A process that prepares batches, one at a time."""

    def __init__(self, settings: Settings) -> None:
        """Raises `HoidapError` where no process can be started."""
        self._connection, theirs = Pipe()
        # Into the pipe before there is anyone to read it: nobody can have closed it yet.
        self._connection.send(settings)
        # Never forked: other threads of this process may hold locks.
        command = child_command(__name__, work.__name__, str(theirs.fileno()))
        try:
            # There are as many processes as cores: BLAS needs no threads of its own.
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError as error:
            self._connection.close()
            raise HoidapError(
                f"không khởi động được tiến trình lập chỉ mục: {refusal(error)}"
            ) from error
        finally:
            theirs.close()

    def prepare(self, batch: Sequence[_Given]) -> Prepared:
        """A batch made ready. Raises `HoidapError`."""
        try:
            # Plain tuples go in a fifth of the time.
            self._connection.send(list(map(tuple, batch)))
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
        # It makes no cycles, and looking for them takes a thirtieth of the time.
        gc.disable()
        settings = connection.recv()
        failure = None
        try:
            encoder, table = load_encoder(settings), load_token_table(settings)
            abbreviations = Abbreviations.load(*settings.table_paths("abbreviations"))
        except HoidapError as error:
            failure = error
        while True:
            batch = map(_Given._make, connection.recv())
            connection.send(failure or _prepare(batch, encoder, table, abbreviations))


def _shared(batches: Iterator[list[_Given]], helpers: Sequence[_Helper]) -> Iterator[Prepared]:
    """Batches made ready by several processes."""
    free = deque(helpers)

    def one(batch: list[_Given]) -> Prepared:
        helper = free.popleft()
        try:
            return helper.prepare(batch)
        finally:
            free.append(helper)

    # Each thread waits for one process.
    threads = ThreadPoolExecutor(len(helpers), "hoidap-prepare")
    try:
        coming: deque[Future[Prepared]] = deque()
        for batch in batches:
            coming.append(threads.submit(one, batch))
            if len(coming) > len(helpers) * _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)
