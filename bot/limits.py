"""What came twice, and whose turn it is."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.constants import UpdateType
from telegram.ext import BaseUpdateProcessor

# What the bot wants to be told of.
UPDATES = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.INLINE_QUERY,
)
# Updates worked on at once; more wait in memory.
_AT_ONCE = 256
# Updates remembered: more than Telegram ever sends again.
_REMEMBERED = 20_000


class Turns:
    """One at a time for each key, in the order of coming."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Turn] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for the turn of ``key``."""
        turn = self._waiting.setdefault(key, _Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                del self._waiting[key]


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Once(BaseUpdateProcessor):
    """Works on many updates at once, and on none twice."""

    def __init__(self, seen: Iterable[int], handled: Callable[[str], None]) -> None:
        """``seen`` came before; ``handled`` is told the kind of each that had not."""
        super().__init__(_AT_ONCE)
        self._handled = handled
        self._seen: OrderedDict[int, None] = OrderedDict.fromkeys(seen)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Work on an update unless it came before."""
        if isinstance(update, Update):
            if update.update_id in self._seen:
                coroutine.close()  # type: ignore[attr-defined]  # it is always a coroutine
                return
            self._seen[update.update_id] = None
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            self._handled(_kind(update))
        await coroutine

    async def initialize(self) -> None:
        """Nothing needs to be prepared."""

    async def shutdown(self) -> None:
        """Nothing needs to be closed."""


def _kind(update: Update) -> str:
    """What an update is, among those that the bot asks for."""
    return next((kind for kind in UPDATES if getattr(update, kind) is not None), "other")
