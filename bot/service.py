"""The core as the bot works with it: opened once, asked in threads, off the event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from hoidap.catalog import Catalog
from hoidap.encoder import load_encoder
from hoidap.journal import Journal
from hoidap.metrics import Metrics
from hoidap.opening import open_answerer
from hoidap.originals import Originals
from hoidap.settings import Settings
from hoidap.uploads import Uploads

_Result = TypeVar("_Result")


class Service:
    """Answerer, catalog and journal, with the threads that ask them."""

    def __init__(self, settings: Settings) -> None:
        """Open everything. Raises `HoidapError`."""
        self.settings = settings
        self.started = datetime.now(UTC)
        self.encoder = load_encoder(settings)
        self.metrics = Metrics(settings, "bot")
        self.answerer = open_answerer(settings, self.encoder, self.metrics)
        self.catalog = Catalog(settings.catalog_path)
        self.originals = Originals(settings.originals_path)
        self.journal = Journal(settings.journal_path, keep_days=settings.journal_days)
        # More threads than cores only take turns.
        self._threads = ThreadPoolExecutor(min(8, os.cpu_count() or 2), "hoidap")
        self.uploads = Uploads(settings)
        # A scan that was sent in takes minutes to read, and no question waits behind it either.
        self._reader = ThreadPoolExecutor(1, "hoidap-reader")
        # A reload takes long, and no question waits behind it.
        self._writer = ThreadPoolExecutor(1, "hoidap-writer")

    async def run(self, function: Callable[[], _Result]) -> _Result:
        """Call ``function`` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    async def read(self, function: Callable[[], _Result]) -> _Result:
        """Call ``function``, which reads a file that was sent in, in the one thread for that."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, function)

    async def write(self, function: Callable[[], _Result]) -> _Result:
        """Call ``function``, which changes catalog and index, in the one thread for that."""

        def counted() -> _Result:
            with self.metrics.reloading():
                return function()

        return await asyncio.get_running_loop().run_in_executor(self._writer, counted)

    async def language_of(self, user_id: int) -> str | None:
        """The language a user chose; None where they never did."""
        return await self.run(partial(self.journal.language, user_id))

    def close(self) -> None:
        """Wait for the threads and close the journal."""
        self._threads.shutdown()
        self._reader.shutdown()
        self._writer.shutdown()
        self.journal.close()
