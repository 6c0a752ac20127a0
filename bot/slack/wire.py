"""One request to Slack: sent once, bounded in time, its outcome an `Answer` or a failure.

It knows how the library and aiohttp report trouble, and nothing of messages. It must never
retry, and never let a body, an address or a token into an exception's text.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import Answer, body_of, refused, scopes_of, unclear
from bot.slack.failures import Call, Remedy, SlackFailure
from bot.slack.message import JsonObject

CALL_TIMEOUT = timedelta(seconds=8)  # the lease of a claim must be longer
CONNECT_TIMEOUT = timedelta(seconds=4)  # shorter, so that "nothing was sent" shows as such
PAGE = 200  # what Slack advises for one page

# Without a connection nothing was sent.
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
# The request left and no answer can be read. ValueError and AttributeError are what the
# library raises for a body in a wrong encoding, and for one that is text or a list.
NO_ANSWER = (aiohttp.ClientError, OSError, ValueError, AttributeError)

T = TypeVar("T")
ApiCall = Callable[..., Awaitable[object]]  # the library leaves its dicts untyped


class Wire:
    """One shared session to one workspace's Web API."""

    def __init__(self, token: str, base_url: str) -> None:
        """Nothing is opened before the first request."""
        # a logger tied to nothing: the library's own prints bodies at level DEBUG
        silent = logging.Logger("slack_sdk", level=logging.CRITICAL)  # noqa: LOG001 - see above
        # retry_handlers=[]: chat.postMessage has no idempotency
        self._client = AsyncWebClient(token, base_url, logger=silent, retry_handlers=[])

    async def aclose(self) -> None:
        """Close the session."""
        session, self._client.session = self._client.session, None
        if session:
            await session.close()

    async def send(self, call: Call, method: str, arguments: JsonObject) -> Answer:
        """A method that takes JSON."""
        return await self._asked(call, method, json=arguments)

    async def read(
        self, method: str, arguments: JsonObject, *, verb: str = "GET", call: Call = Call.READ
    ) -> Answer:
        """A method that takes a query; `verb` is the one that the library uses for it."""
        return await self._asked(call, method, http_verb=verb, params=arguments)

    async def pages(
        self, method: str, arguments: JsonObject, *, most: int
    ) -> AsyncIterator[Answer]:
        """Up to `most` pages of a method that takes a query."""
        cursor: JsonObject = {}
        for _ in range(most):
            page = await self.read(method, {**arguments, "limit": PAGE, **cursor})
            yield page
            if page.cursor is None:
                return
            cursor = {"cursor": page.cursor}

    async def respond(self, response_url: str, body: JsonObject) -> None:
        """Answer an interaction. The address is a secret of its own: no token goes there."""
        session = self._open()
        status = await _in_time(Call.WHISPER, self._status_of(session, response_url, body))
        if status != HTTPStatus.OK:
            raise SlackFailure(f"http_{status}", Remedy.TRY_AGAIN)

    async def bring(self, upload_url: str, content: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for them; no token goes there."""
        session = self._open()
        status = await _in_time(Call.FILE, self._status_of(session, upload_url, data=content))
        if status != HTTPStatus.OK:
            raise SlackFailure(f"http_{status}", Remedy.TRY_AGAIN)

    async def _status_of(
        self,
        session: aiohttp.ClientSession,
        url: str,
        body: JsonObject | None = None,
        *,
        data: bytes | None = None,
    ) -> int:
        proxy = self._client.proxy
        async with session.post(url, json=body, data=data, proxy=proxy) as response:
            return response.status

    async def _asked(self, call: Call, method: str, **arguments: str | JsonObject) -> Answer:
        self._open()
        api_call = cast("ApiCall", self._client.api_call)  # pyright: ignore[reportUnknownMemberType]
        response = await _in_time(call, api_call(method, **arguments))
        answer = Answer(call, body_of(response), scopes_of(response))
        if not answer.is_set("ok"):  # the library takes any bytes for a success
            raise unclear("garbled_answer", call)
        return answer

    def _open(self) -> aiohttp.ClientSession:
        session = self._client.session
        if session is None or session.closed:
            patience = aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_TIMEOUT.total_seconds()
            )
            self._client.session = session = aiohttp.ClientSession(timeout=patience)
        return session


async def _in_time(call: Call, asking: Awaitable[T]) -> T:
    """`from None` throughout: the library's exceptions carry bodies in their text."""
    try:
        async with asyncio.timeout(CALL_TIMEOUT.total_seconds()):
            return await asking
    except SlackApiError as error:
        raise refused(cast("object", error.response), call) from None
    except NEVER_SENT:
        raise SlackFailure("no_connection", Remedy.TRY_AGAIN) from None
    except TimeoutError:
        raise unclear("timeout", call) from None
    except NO_ANSWER as error:
        raise unclear(_word(error), call) from None


def _word(error: BaseException) -> str:
    dropped = isinstance(error, aiohttp.ClientConnectionError | ConnectionError)
    return "connection_lost" if dropped else "garbled_answer"
