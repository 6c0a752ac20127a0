"""The door for CloudMonitor: check the token and the size, store, answer. Nothing is parsed.

A plain Starlette route, because a FastAPI one takes longer than storing the callback does.
Any answer but 200 makes the sender try three times, so a body is never a reason for one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from urllib.parse import parse_qsl, unquote_plus

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.doors.problems import problem
from bot.errors import Busy, StorageUnavailable
from bot.rules.record import RawRequest
from bot.tokens import Token, name_of

log = structlog.get_logger()

MOST = 256 * 1024  # bytes of a body; real ones have about 1 KiB
BODY_DEADLINE = timedelta(seconds=10)  # a sender that drips holds a connection no longer
STORE_DEADLINE = timedelta(seconds=4)  # the sender gives up after five
RETRY_AFTER = {"Retry-After": "1"}

# What a header may add to the reading of a body or to finding its sender; others may be
# secrets and are dropped.
KEPT_HEADERS = frozenset(
    {"content-type", "content-length", "content-encoding", "user-agent", "date", "host"}
)

Take = Callable[[str, RawRequest], Awaitable[str]]


class TooLarge(Exception):
    """The body has more bytes than any callback."""


class CallbackDoor:
    """`/callbacks/{token}` and `/callbacks?token=`, POST and GET."""

    def __init__(
        self, tokens: Sequence[Token], take: Take, *, seen: Callable[[float], None]
    ) -> None:
        """`seen` is told how many seconds each callback took to be stored."""
        self._tokens = tuple(tokens)
        self._take = take
        self._seen = seen

    async def __call__(self, request: Request) -> Response:
        """Answer 200 with the callback's id, once it is stored."""
        query, in_query = without_token(request.url.query)
        secret = request.path_params.get("token") or in_query or ""
        source = name_of(self._tokens, secret)
        if source is None:
            log.warning("callback.token_refused")
            return problem(401, "The token in the callback URL is not one of ours.")
        if request.method == "HEAD":  # a prober; the console's test is a GET
            return Response()
        try:
            async with asyncio.timeout(BODY_DEADLINE.total_seconds()):
                body = await read_body(request)
        except TooLarge:
            return problem(413, f"A callback has at most {MOST} bytes.")
        except (TimeoutError, ClientDisconnect):
            return problem(408, "The body did not arrive in time.")
        return await self._store(source, RawRequest(request.method, query, kept(request), body))

    async def _store(self, source: str, request: RawRequest) -> Response:
        began = time.monotonic()
        try:
            async with asyncio.timeout(STORE_DEADLINE.total_seconds()):
                callback_id = await self._take(source, request)
        except (StorageUnavailable, TimeoutError) as error:
            log.warning("callback.not_stored", reason=str(error) or "timeout")
            detail = "The database does not answer in time. Send it again; a copy does no harm."
            return problem(503, detail, headers=RETRY_AFTER)
        except Busy:
            return problem(503, "Too many callbacks wait. Send it again.", headers=RETRY_AFTER)
        self._seen(time.monotonic() - began)
        return JSONResponse({"status": "accepted", "callback_id": callback_id})


def kept(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers worth keeping, in their order."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1").replace("\x00", ""))
        for name, value in request.headers.raw
        if name.decode("latin-1").lower() in KEPT_HEADERS
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


async def read_body(request: Request) -> bytes:
    """The body, read no further than it may be long. Raises TooLarge."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST:
        raise TooLarge
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)
