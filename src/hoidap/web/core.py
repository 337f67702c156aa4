"""The core as the page works with it: opened once, asked in threads, off the event loop."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from hoidap.accounts import Accounts, actor
from hoidap.allowance import Allowance
from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.documents import Answer
from hoidap.encoder import load_encoder
from hoidap.errors import JournalError
from hoidap.journal import Journal
from hoidap.logs import Seldom
from hoidap.metrics import Metrics
from hoidap.opening import open_answerer
from hoidap.originals import Originals
from hoidap.settings import Settings
from hoidap.uploads import Uploads
from hoidap.web.answers import Answers, Asking
from hoidap.web.sessions import Sessions
from hoidap.web.work import Writer

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class Core:
    """Answerer, catalog and journal, with the threads that ask them."""

    def __init__(self, settings: Settings) -> None:
        """Open everything. Raises `HoidapError`."""
        self.settings = settings
        self.encoder = load_encoder(settings)
        self.metrics = Metrics(settings, "web")
        self.answerer: Answerer = open_answerer(settings, self.encoder, self.metrics)
        self.catalog = Catalog(settings.catalog_path)
        self.originals = Originals(settings.originals_path)
        self.journal = Journal(settings.journal_path, keep_days=settings.journal_days)
        self.accounts = Accounts(settings.accounts_path)
        self.sessions = Sessions(self.accounts)
        self.uploads = Uploads(settings)
        self.writer = Writer(settings.work_path, self.journal.note)
        # So many may come at once.
        most = settings.web_questions_per_minute
        self.allowance = Allowance(settings.limits_path, "web", per_minute=most, at_once=most)
        # More threads than cores only take turns.
        self._threads = ThreadPoolExecutor(min(8, os.cpu_count() or 2), "hoidap-web")
        # One password is looked at a time: a rush of logins leaves the others to the questions.
        self._logins = ThreadPoolExecutor(1, "hoidap-login")
        self.answers = Answers(self.answerer, self.catalog)
        self._unwritten = Seldom(_log)

    async def run(self, function: Callable[[], _Result]) -> _Result:
        """Call ``function`` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    async def run_login(self, function: Callable[[], _Result]) -> _Result:
        """Call a ``function`` that hashes passwords, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._logins, function)

    async def answer(self, asking: Asking) -> Answer:
        """The answer to a question. Raises `QuestionError`."""
        return await self.run(partial(self._answer, asking))

    def _answer(self, asking: Asking) -> Answer:
        answer = self.answers.answer(asking)
        self.metrics.answered(answer)
        return answer

    async def record(self, answer: Answer) -> int | None:
        """Write a question down; its number, None where the journal cannot be written."""
        try:
            # Nobody's name goes with it: not even that two questions are of one visitor.
            return await self.run(partial(self.journal.record, 0, 0, answer))
        except JournalError as error:
            self._unwritten.error(str(error))
            self.metrics.failed()
            return None

    async def note(self, who: str, action: str, detail: str = "") -> None:
        """Write into the journal what an account did. A journal that cannot be stops nothing."""
        try:
            await self.run(partial(self.journal.note, actor(who), action, detail))
        except JournalError as error:
            _log.error("%s", error)
            self.metrics.failed()

    def close(self) -> None:
        """Wait for the threads and the work under way, and close the files."""
        self.writer.close()
        self._logins.shutdown()
        self._threads.shutdown()
        self.answers.close()
        self.accounts.close()
        self.journal.close()
        self.allowance.close()
