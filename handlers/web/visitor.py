"""Who asks, and how: the address of a visitor and whether their browser speaks https, past the operator's own proxy."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

LOOPBACK = ("127.0.0.0/8", "::1")
_HOME = 64  # bits of an IPv6 address that one household or phone has for itself


class Visitors:
    """What a proxy says of a visitor counts only where it comes from one of `proxies` (addresses or networks): whoever
    else sends such a header made it up.
    """

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        self._proxies = tuple(ip_network(one, strict=False) for one in proxies)

    def address(self, request: web.Request) -> str:
        """The visitor's address: of those that the header names the last one that is no proxy of ours."""
        here = _parsed(request.remote or "")
        named = request.headers.getall("X-Forwarded-For", [])
        hops = [one.strip() for line in named for one in line.split(",")]
        while here is not None and hops and self._is_proxy(here):
            before = _parsed(hops.pop())
            if before is None:
                break
            here = before
        return _household(here)

    def https(self, request: web.Request) -> bool:
        """Whether the browser speaks https to us or to our proxy."""
        here = _parsed(request.remote or "")
        if here is None or not self._is_proxy(here):
            return request.secure
        return request.secure or request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip().lower() == "https"

    def _is_proxy(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _household(address: IPv4Address | IPv6Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _HOME), strict=False))
    return str(address or "")
