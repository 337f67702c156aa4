"""Noticing that the reports folder changed.

It is looked at again and again, which works on network shares and in containers as well, where the
system reports no changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from hoidap.corpus_folder import Snapshot

# Seconds between two looks; a look at 10,000 files takes some 50 ms.
INTERVAL = 2.0
# Seconds for which nothing may have changed: a file that is being copied grows meanwhile.
QUIET = 4.0
# Seconds until what failed is tried again though nothing changed.
AGAIN = 30.0


def changes(
    look: Callable[[], Snapshot],
    *,
    again: Callable[[], bool] = lambda: False,
    interval_s: float = INTERVAL,
    quiet_s: float = QUIET,
    again_s: float = AGAIN,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Yield once now, and each time that what ``look`` sees has changed and come to rest.

    Where what was done then is to be done ``again``, that is after a while.
    """
    loaded = seen = look()
    since = clock()
    yield
    done = clock()
    while True:
        sleep(interval_s)
        now = look()
        if now != seen:
            seen, since = now, clock()
        elif clock() - since >= quiet_s and (
            seen != loaded or (again() and clock() - done >= again_s)
        ):
            loaded = seen
            yield
            done = clock()
