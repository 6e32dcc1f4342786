"""Clients: who a request is counted against. Forwarded addresses count only from proxies that the owner trusts."""

import ipaddress
import logging
from collections.abc import Iterable

from starlette.requests import Request

from ticket_api.network import Network, client, networks, within
from ticket_api.network import address as read

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
"""Headers by which a proxy tells whom it speaks for. Only the first is read, and only from a trusted one."""
WARNING = (
    "A proxy on this machine forwards requests and isn't trusted, so all visitors count as one, and the twenty-first"
    " question of a day is refused. Put its address into the setting trusted_proxies."
)

log = logging.getLogger(__name__)


class Clients:
    """Who sent a request: the IPv4 address or the IPv6 /64 that connects, or that a trusted proxy forwards."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = networks(trusted)
        self._warned = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner should know."""
        return (WARNING,) if self._warned else ()

    def of(self, request: Request) -> str:
        """Who to count a request against."""
        host = request.client.host if request.client else ""
        if self._trusted and _is_in(host, self._trusted):
            return client(self._forwarded(request, host))
        if not self._warned and _is_loopback(host) and any(name in request.headers for name in FORWARDED):
            self._warned = True
            log.warning(WARNING)
        return client(host)

    def _forwarded(self, request: Request, host: str) -> str:
        """The rightmost address that no trusted proxy has; what stands left of it anybody may have written."""
        for told in reversed(",".join(request.headers.getlist(FORWARDED[0])).split(",")):
            try:
                read(told)
            except ValueError:
                break
            host = told
            if not _is_in(told, self._trusted):
                break
        return host


def _is_in(host: str, trusted: Iterable[Network]) -> bool:
    try:
        return within(read(host), trusted)
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    return _is_in(host, LOOPBACK)


LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1"))
