"""Which addresses may be called for somebody else: those that stand on the open internet, and nothing within."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

USUAL_PORTS = {"http": 80, "https": 443}
FIRST_PORT, LAST_PORT = 1024, 65_535
"""Below the first, only the usual ones: mail servers, shells and the like are nothing to talk HTTP to."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>[/?][!-~]*)?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

_V6 = IPv6Network("2000::/3")
"""All that is given out to anybody (IANA IPv6 Global Unicast Address Space)."""
_V6_WITHIN = tuple(map(IPv6Network, ("::1/128", "fc00::/7")))
_V6_OTHER = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Of that: Teredo and other special ones, examples, 6to4. What they lead to may be any address of IPv4."""
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The third quarter of an address that leads to one of IPv4 (RFC 5214)."""
_V4_OTHER = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "168.63.129.16/32")))
"""Protocols' own, 6to4, what nobody was given, and where machines in Azure ask for their keys."""
_NEVER = (*_V4_OTHER, *map(IPv4Network, ("0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32")))
_V6_NEVER = (*_V6_OTHER, *map(IPv6Network, ("fd00:ec2::/32", "fd20:ce::254/128", "fd00:42::42/128")))
"""Not even in one's own network: link-local, and where machines in a cloud ask for their keys."""


class Target(NamedTuple):
    """Where a webhook's URL leads: `host` in small letters and without brackets, `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """The part of the URL that holds nothing secret."""
        return f"{self.scheme}://{self.named}"

    @property
    def named(self) -> str:
        """The host, with its port unless that is the usual one; what the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == USUAL_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, inside: bool = False) -> Target:
    """Where a URL leads. Raises ValueError with a sentence for one that is never called.

    `inside`: it may lead into the owner's own network.
    """
    found = _URL.fullmatch(url)
    if not found or re.search(r"[\\#]", url):
        raise ValueError(
            "url must be an address such as https://example.org/path, in plain ASCII, without a name and password,"
            " blanks, # and backslashes; a name in other letters is written as xn--..."
        )
    scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
    port = int(found["port"] or USUAL_PORTS[scheme])
    if port != USUAL_PORTS[scheme] and not FIRST_PORT <= port <= LAST_PORT and port not in USUAL_PORTS.values():
        raise ValueError(f"url names the port {port}; 80, 443 and those from {FIRST_PORT} on may be called")
    _check_host(host, inside=inside)
    path = found["path"] or "/"
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}")


def may_be_called(addresses: Iterable[str], *, inside: bool = False) -> bool:
    """Whether all of these IP addresses, at least one, may be called; one that may not spoils the others."""
    listed = list(addresses)
    return bool(listed) and all(map(_is_within_or_outside if inside else is_outside, listed))


def is_outside(address: str) -> bool:
    """Whether an IP address stands on the open internet, where everybody else may call it as well."""
    ip = _ip(address)
    if isinstance(ip, IPv6Address):
        tunnelled = any(ip in network for network in _V6_OTHER) or int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP
        return ip in _V6 and ip.is_global and not tunnelled
    return ip is not None and ip.is_global and not ip.is_multicast and not any(ip in each for each in _V4_OTHER)


def _is_within_or_outside(address: str) -> bool:
    ip = _ip(address)
    if isinstance(ip, IPv6Address):
        given = ip in _V6 or any(ip in network for network in _V6_WITHIN)
        return given and not any(ip in network for network in _V6_NEVER)
    return ip is not None and not ip.is_multicast and not any(ip in network for network in _NEVER)


def _ip(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _check_host(host: str, *, inside: bool) -> None:
    """Raise ValueError for a host that isn't written as it should be, or plainly leads inside."""
    labels = host.split(".")
    if ":" not in host and not all(labels):
        raise ValueError("url has a host name with a dot too many; write it without")
    is_number = ":" in host or _NUMBER.fullmatch(labels[-1])
    if is_number and (_ip(host) is None or (":" not in host and str(_ip(host)) != host)):
        raise ValueError("url has an IP address in another way of writing; write it as 192.0.2.1 or [2001:db8::1]")
    leads_inside = not is_outside(host) if is_number else labels[-1] == "localhost"
    if leads_inside and not (inside and (not is_number or _is_within_or_outside(host))):
        raise ValueError(
            "url leads to an inside address, which a webhook doesn't reach; inside = true allows the addresses of your"
            " own network"
        )
