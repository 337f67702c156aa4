"""The answerer as a server opens it: with an index, whatever has to be done for one."""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextlib import AbstractContextManager
from typing import Protocol

from hoidap.answering import Answerer
from hoidap.beside import beside
from hoidap.catalog import Cause
from hoidap.encoder import Encoder
from hoidap.errors import (
    BusyError,
    HoidapError,
    IndexDamagedError,
    IndexElsewhereError,
    IndexMissingError,
)
from hoidap.reload import By, rebuild, reload
from hoidap.settings import Settings

_log = logging.getLogger(__name__)
# Seconds to wait at start for another process that is building the index.
_PATIENCE = 600.0
# Seconds after which a thread that reloads lets one that answers go on, which takes several turns:
# on two busy cores the slowest of 300 questions took 66 and 48 ms instead of 170 and 73.
_TURN = 0.0005
# Seconds between two tries to build a damaged index again while questions are asked.
_AGAIN = 60.0


class Counting(Protocol):
    """What counts reloads."""

    def reloading(self) -> AbstractContextManager[None]:
        """Count the reload that goes on within."""


class _Repairs:
    """Has an index built again that questions find damaged, in a thread beside them."""

    def __init__(self, settings: Settings, encoder: Encoder, counting: Counting) -> None:
        self._settings = settings
        self._encoder = encoder
        self._counting = counting
        self._lock = threading.Lock()
        self._next = 0.0

    def begin(self, error: IndexDamagedError) -> None:
        """Begin, unless that was tried a moment ago.

        An index that was moved elsewhere is not built again where it was: processes that are set to
        both places would go on doing so in turn.
        """
        if isinstance(error, IndexElsewhereError):
            return
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return
            self._next = now + _AGAIN
        threading.Thread(target=self._rebuild, args=(error,), daemon=True).start()

    def _rebuild(self, error: IndexDamagedError) -> None:
        _log.warning("%s; đang lập lại chỉ mục từ danh mục", error)
        by = By.shell(Cause.REBUILD)
        try:
            with self._counting.reloading():
                number = beside(rebuild, self._settings, self._encoder, by=by)
        except BusyError:
            _log.info("một tiến trình khác đang ghi chỉ mục")
        except HoidapError as failure:
            _log.error("không lập lại được chỉ mục: %s", failure)
        else:
            _log.info("chỉ mục dùng được ở thế hệ %s", number)


def open_answerer(settings: Settings, encoder: Encoder, counting: Counting) -> Answerer:
    """The answerer; the first use builds the index, a damaged one is built again.

    So is one that turns out to be damaged later, while questions are told that it cannot be used.
    Threads of this process take shorter turns from now on.
    """
    sys.setswitchinterval(_TURN)
    damaged = _Repairs(settings, encoder, counting).begin
    try:
        return Answerer(settings, encoder, damaged=damaged)
    except IndexMissingError:
        # Whatever golden questions say: there is nothing else to answer from.
        with counting.reloading():
            result = reload(settings, encoder, force=True, by=By.shell(), wait_s=_PATIENCE)
        for reason in result.golden:
            _log.warning("%s", reason)
        for failure in result.failed:
            _log.warning("%s: %s", failure.file, failure.reason)
    except IndexDamagedError:
        with counting.reloading():
            rebuild(settings, encoder, by=By.shell(Cause.REBUILD), wait_s=_PATIENCE)
    return Answerer(settings, encoder, damaged=damaged)
