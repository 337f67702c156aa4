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


def changes(
    look: Callable[[], Snapshot],
    *,
    interval_s: float = INTERVAL,
    quiet_s: float = QUIET,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Yield once now, and each time that what ``look`` sees has changed and come to rest."""
    loaded = seen = look()
    since = clock()
    yield
    while True:
        sleep(interval_s)
        now = look()
        if now != seen:
            seen, since = now, clock()
        elif seen != loaded and clock() - since >= quiet_s:
            loaded = seen
            yield
