"""How many questions an address may ask: a bucket of tokens for each, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

# Addresses that are remembered; the one that asked least lately goes first.
_MOST = 10_000
# A network that one subscriber has of IPv6.
_SUBSCRIBER = 64


def client_of(address: str) -> str:
    """What is counted as one client: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _SUBSCRIBER), strict=False))
    return str(parsed)


class Limiter:
    """Buckets of tokens, refilled all the time. Safe for use by several threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """A bucket holds what is asked ``per_minute``: so many may come at once."""
        self._capacity = float(per_minute)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float | None:
        """Take a token of a client; the seconds until there is one where there is none."""
        now = self._clock()
        with self._lock:
            tokens, at = self._buckets.pop(client, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - at) * self._capacity / 60)
            allowed = tokens >= 1
            self._buckets[client] = (tokens - allowed, now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        return None if allowed else (1 - tokens) * 60 / self._capacity
