"""Ranges of addresses: what the office may state as a body's own network, and whether an address lies in one."""

import ipaddress
from collections.abc import Collection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WIDEST = {4: 8, 6: 24}
NARROWEST_V6 = 64
"""Addresses of version 6 are known here by their first 64 places alone (`web.limits`)."""


def read_network(text: str) -> Network | None:
    """The range that was meant; None when it is none, names a host within a range, or is half the world."""
    try:
        found = ipaddress.ip_network(text.strip())
    except ValueError:
        return None
    too_narrow = found.version == 6 and found.prefixlen > NARROWEST_V6
    return None if too_narrow or found.prefixlen < WIDEST[found.version] else found


def is_within(group: str | None, networks: Collection[Network]) -> bool:
    """Whether an address as `web.limits.address_of` gives it (a /64 for version 6) lies in one of the ranges."""
    if not networks or group is None:
        return False
    found = ipaddress.ip_network(group)
    return any(
        (
            isinstance(found, ipaddress.IPv4Network)
            and isinstance(one, ipaddress.IPv4Network)
            and found.subnet_of(one)
        )
        or (
            isinstance(found, ipaddress.IPv6Network)
            and isinstance(one, ipaddress.IPv6Network)
            and found.subnet_of(one)
        )
        for one in networks
    )
