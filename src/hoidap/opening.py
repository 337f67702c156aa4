"""The answerer as a server opens it: with an index, whatever has to be done for one."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager
from typing import Protocol

from hoidap.answering import Answerer
from hoidap.catalog import Cause
from hoidap.encoder import Encoder
from hoidap.errors import IndexDamagedError, IndexMissingError
from hoidap.reload import By, rebuild, reload
from hoidap.settings import Settings

_log = logging.getLogger(__name__)
# Seconds to wait at start for another process that is building the index.
_PATIENCE = 600.0
# Seconds after which a thread that reloads lets one that answers go on, which takes several turns:
# on two busy cores the slowest of 300 questions took 66 and 48 ms instead of 170 and 73.
_TURN = 0.0005


class Counting(Protocol):
    """What counts reloads."""

    def reloading(self) -> AbstractContextManager[None]:
        """Count the reload that goes on within."""


def open_answerer(settings: Settings, encoder: Encoder, counting: Counting) -> Answerer:
    """The answerer; the first use builds the index, a damaged one is built again.

    Threads of this process take shorter turns from now on.
    """
    sys.setswitchinterval(_TURN)
    try:
        return Answerer(settings, encoder)
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
    return Answerer(settings, encoder)
