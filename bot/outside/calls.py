"""One POST to the outside: no redirect is followed, no proxy of the environment is used, and where
that is asked for no address inside a network is called, whatever a name resolves to.

The address that was checked is the one that is called: a name that resolves to something else
a moment later changes nothing.
"""

import socket
from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.outside.message import SEND_WITHIN

WELL = range(200, 300)
PRIVATE = "the address is private"
NAT64 = IPv6Network("64:ff9b::/96")  # the last four bytes are an address of the old kind


class PrivateAddress(OSError):
    """A name resolves to an address inside a network."""


def is_public(address: str) -> bool:
    """Whether an address is one of the Internet, and not of somebody's inside."""
    known = ip_address(address.partition("%")[0])
    if isinstance(known, IPv6Address):
        if known in NAT64:
            return is_public(".".join(map(str, known.packed[-4:])))
        inner = known.ipv4_mapped or known.sixtofour
        if inner or known.teredo:
            return inner is not None and is_public(str(inner))
    return known.is_global and not known.is_multicast


class PublicOnly(AbstractResolver):
    """Resolves names; raises PrivateAddress when one of the answers is no public address."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As the system does, but for what is private."""
        found = await self._names.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise PrivateAddress(PRIVATE)
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._names.close()


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, public_only: bool
) -> str | None:
    """Why it was not taken, in a few words; None when it was (2xx)."""
    if public_only and _is_private(url):
        return PRIVATE
    resolver = PublicOnly() if public_only else ThreadedResolver()
    patience = aiohttp.ClientTimeout(total=SEND_WITHIN)
    connector = aiohttp.TCPConnector(resolver=resolver, force_close=True)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=patience) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return None if answer.status in WELL else f"answered {answer.status}"
    except TimeoutError:
        return f"no answer within {SEND_WITHIN:.0f} s"
    except aiohttp.ClientConnectorError as error:
        return PRIVATE if isinstance(error.os_error, PrivateAddress) else "no connection"
    except (aiohttp.ClientError, OSError, ValueError):
        return "the connection broke"


def _is_private(url: str) -> bool:
    """An address that is written out is not resolved."""
    host = urlsplit(url).hostname or ""
    try:
        return not is_public(host)
    except ValueError:  # a name
        return False
