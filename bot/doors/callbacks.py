"""The door for CloudMonitor: check the token and the size, store, answer. Nothing is parsed.

Plain ASGI, because a framework's way to a route takes longer than storing the callback does.
Any answer but 200 makes the sender try three times, so a body is never a reason for one.
"""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import parse_qsl, unquote_plus

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.doors.guesses import Guesses
from bot.doors.problems import problem
from bot.errors import Busy, StorageUnavailable
from bot.ids import ID_LENGTH
from bot.rules import canary
from bot.rules.record import RawRequest
from bot.tokens import Token, name_of

log = structlog.get_logger()

MOST = 256 * 1024  # bytes of a body; real ones have about 1 KiB
RETRY_AFTER = {"Retry-After": "1"}

# What a header may add to the reading of a body or to finding its sender; others may be
# secrets and are dropped.
KEPT_HEADERS = frozenset(
    {b"content-type", b"content-length", b"content-encoding", b"user-agent", b"date", b"host"}
)
TAKEN = b'{"status":"accepted","callback_id":"%b"}'
STARTED: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(TAKEN % bytes(ID_LENGTH))).encode()),
    ],
}
METHODS = ("POST", "GET", "HEAD")
PREFIX = "/callbacks"

Networks = tuple[IPv4Network | IPv6Network, ...]
Take = Callable[[str, RawRequest], Awaitable[str]]


class TooLarge(Exception):
    """The body has more bytes than any callback."""


class CallbackDoor:
    """`/callbacks/{token}` and `/callbacks?token=`, POST and GET."""

    def __init__(
        self,
        tokens: Sequence[Token],
        take: Take,
        *,
        seen: Callable[[float], None],
        guesses: Guesses,
        sources: Networks = (),
    ) -> None:
        """`seen` is told how many seconds each callback took to be stored.

        `sources` are the networks that may send; none named: any.
        """
        self._tokens = tuple(tokens)
        self._take = take
        self._seen = seen
        self._guesses = guesses
        self._sources = sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200 with the callback's id, once it is stored."""
        try:
            answer = await self._answer(scope, receive)
        except Exception:  # a fault of ours, which must not look like one of the body
            log.exception("callback.failed")
            answer = problem(500, "Something went wrong on our side; the log of the bot says what.")
        if isinstance(answer, Response):
            await answer(scope, receive, send)
        else:
            await send(STARTED)
            await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes | Response:
        query, in_query = without_token(scope["query_string"].decode("utf-8", "replace"))
        secret = token_of(scope["path"]) or in_query or ""
        source = name_of(self._tokens, secret)
        if source is None:
            return self._refused(address_of(scope))
        ours = source == canary.SOURCE  # it comes from this machine, and counts nowhere
        if self._sources and not ours and not is_among(self._sources, address_of(scope)):
            log.warning("callback.source_refused", address=address_of(scope))
            return problem(403, "Callbacks are not taken from this address (TOCSIN_SOURCES).")
        if scope["method"] == "HEAD":  # a prober; the console's test is a GET
            return Response()
        try:
            body = await read_body(scope, receive)
        except TooLarge:
            return problem(413, f"A callback has at most {MOST} bytes.")
        except ClientDisconnect:  # or it dripped, and the server has hung up
            return problem(408, "The body did not arrive.")
        return await self._store(source, RawRequest(scope["method"], query, kept(scope), body))

    def _refused(self, address: str) -> Response:
        wait = self._guesses.count(address)
        if wait:
            seconds = str(math.ceil(wait.total_seconds()))
            return problem(429, "Too many wrong tokens.", headers={"Retry-After": seconds})
        log.warning("callback.token_refused", address=address)
        return problem(401, "The token in the callback URL is not one of ours.")

    async def _store(self, source: str, request: RawRequest) -> bytes | Response:
        began = time.monotonic()
        try:
            callback_id = await self._take(source, request)
        except StorageUnavailable as error:
            log.warning("callback.not_stored", reason=str(error))
            detail = "The database does not answer in time. Send it again; a copy does no harm."
            return problem(503, detail, headers=RETRY_AFTER)
        except Busy:
            return problem(503, "Too many callbacks wait. Send it again.", headers=RETRY_AFTER)
        if source != canary.SOURCE:
            self._seen(time.monotonic() - began)
        return TAKEN % callback_id.encode()


class CallbacksFirst:
    """The application with the callbacks' door before it; everything else goes to `web`."""

    def __init__(self, callbacks: CallbackDoor, web: ASGIApp) -> None:
        self._callbacks = callbacks
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A method that the door does not take, or a longer path, is for `web` to refuse."""
        if scope["type"] == "http" and scope["method"] in METHODS and is_ours(scope["path"]):
            await self._callbacks(scope, receive, send)
        else:
            await self._web(scope, receive, send)


def is_ours(path: str) -> bool:
    """`/callbacks`, `/callbacks/TOKEN`, `/callbacks/TOKEN/`."""
    if not path.startswith(PREFIX):
        return False
    rest = path[len(PREFIX) :]
    return not rest or (rest[0] == "/" and len(rest) > 1 and "/" not in rest[1:].removesuffix("/"))


def token_of(path: str) -> str:
    """The token in the path; empty if there is none."""
    return path[len(PREFIX) + 1 :].removesuffix("/")


def address_of(scope: Scope) -> str:
    """Who sends; where a trusted proxy speaks for somebody, whom it names."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_among(networks: Networks, address: str) -> bool:
    """Whether an address belongs to one of the networks. What is no address does not."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in one for one in networks)


def kept(scope: Scope) -> tuple[tuple[str, str], ...]:
    """The headers worth keeping, in their order. The server gives their names in lower case."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1").replace("\x00", ""))
        for name, value in scope["headers"]
        if name in KEPT_HEADERS
    )


def without_token(query: str) -> tuple[str, str | None]:
    """The query without its `token`, and that token.

    Everything else stays as it came: it may be the message itself.
    """
    if "token" not in query:
        return query.replace("\x00", ""), None
    parts = query.split("&")
    others = [part for part in parts if unquote_plus(part.partition("=")[0]) != "token"]
    given = dict(parse_qsl(query, keep_blank_values=True)).get("token")
    return "&".join(others).replace("\x00", ""), given


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The body, read no further than it may be long. Raises TooLarge and ClientDisconnect."""
    length = next((text for name, text in scope["headers"] if name == b"content-length"), b"")
    if length.isdigit() and int(length) > MOST:
        raise TooLarge
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MOST:
            raise TooLarge
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)
