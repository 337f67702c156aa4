"""Who goes first where cores are few."""

from __future__ import annotations

import os
from contextlib import suppress

# How far a change of the reports stands back, as `os.nice` counts.
_STANDS_BACK = 10


def stand_back() -> None:
    """Let the processes that answer questions go first from now on."""
    with suppress(OSError):
        os.nice(_STANDS_BACK)
