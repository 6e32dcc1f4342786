"""Networks: which addresses are one client, and which a list of addresses and networks holds."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ONE_CLIENT = 64
"""Bits of an IPv6 address that one line has: whoever has it may use any address behind them."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks such as `127.0.0.1` and `10.0.0.0/8`. Raises ValueError for anything else."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def address(text: str) -> Address:
    """An address as it was sent, perhaps with a port; an IPv4 one is one in IPv6's writing too. Raises ValueError."""
    host, colon, port = text.strip().rpartition(":")
    plain = host if colon and port.isdecimal() and (host.endswith("]") or host.count(".") == 3) else text.strip()
    found = ipaddress.ip_address(plain.removeprefix("[").removesuffix("]").partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=4096)
def client(text: str) -> str:
    """Who an address stands for: itself, or in IPv6 the network of its line; a text that is none stays as it is."""
    try:
        found = address(text)
    except ValueError:
        return text
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), ONE_CLIENT), strict=False))


def within(found: Address, trusted: Iterable[Network]) -> bool:
    """Whether an address is in one of these networks."""
    return any(found in network for network in trusted)
