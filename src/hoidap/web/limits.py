"""What is counted as one client."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

# A network that one subscriber has of IPv6.
_SUBSCRIBER = 64


def client_of(address: str) -> str:
    """What is counted as one client: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _SUBSCRIBER), strict=False))
