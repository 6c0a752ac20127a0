"""What Slack answered, read without trust: an answer is a JSON object, or it is a failure.

A stand-in, a proxy's error page or half a body must never become a KeyError in the loop.
Nothing of a body may get into an exception's text: bodies hold alarm names, and tokens.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.failures import REMEDIES, Call, Remedy, SlackFailure, remedy_of
from bot.slack.message import JsonObject

RETRY_AFTER = 30.0  # seconds; for a 429 that does not say, or says nonsense
RETRY_AFTER_MOST = 3_600.0  # seconds; nobody should be able to silence the bot for a day
DETAIL_MOST = 10  # messages about a refused payload that are worth keeping
DETAIL_LENGTH = 300  # characters each


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object from Slack, and for which call it came."""

    call: Call
    body: JsonObject
    scopes: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A member that must be there as text; without it the outcome is unclear."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise unclear("garbled_answer", self.call)
        return value

    def optional(self, name: str) -> str:
        """A member that may be missing: then empty."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A whole number, or None."""
        value = self.body.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def is_set(self, name: str) -> bool:
        """A flag; false where missing."""
        return self.body.get(name) is True

    def one(self, name: str) -> "Answer":
        """An object within; empty where missing."""
        value = self.body.get(name)
        return Answer(self.call, value if isinstance(value, dict) else {})

    def many(self, name: str) -> list["Answer"]:
        """The objects of a list within."""
        value = self.body.get(name)
        objects = value if isinstance(value, list) else []
        return [Answer(self.call, item) for item in objects if isinstance(item, dict)]

    @property
    def cursor(self) -> str | None:
        """Where the next page begins; None on the last one."""
        return self.one("response_metadata").optional("next_cursor") or None


def unclear(word: str, call: Call) -> SlackFailure:
    """Slack may have done it: only a post must be looked for before it is said again."""
    return SlackFailure(word, Remedy.RECONCILE if call is Call.POST else Remedy.TRY_AGAIN)


def refused(response: object, call: Call) -> SlackFailure:
    """The failure in a response that is not `ok`.

    The library hands over its own response, or aiohttp's when the body was not JSON.
    """
    status = _status(response)
    body = body_of(response)
    word = Answer(call, body).optional("error")
    if status == HTTPStatus.TOO_MANY_REQUESTS or REMEDIES.get(word) is Remedy.WAIT:
        return SlackFailure("ratelimited", Remedy.WAIT, retry_after=_retry_after(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not word:
        return unclear(word or f"http_{status}", call)
    answer = Answer(call, body)
    return SlackFailure(
        word[:DETAIL_LENGTH],
        remedy_of(word, call),
        needed=answer.optional("needed") or None,
        detail=_detail(answer),
        spoken=True,
    )


def body_of(response: object) -> JsonObject:
    """The JSON object of a response; empty where it has none."""
    data = cast("object", response.data) if isinstance(response, AsyncSlackResponse) else None
    return cast("JsonObject", data) if isinstance(data, dict) else {}


def scopes_of(response: object) -> tuple[str, ...]:
    """What the token may do, by the answer's own header."""
    named = _headers_of(response).get("x-oauth-scopes", "")
    return tuple(scope for scope in re.split(r"[,\s]+", named) if scope)


def _headers_of(response: object) -> Mapping[str, str]:
    """Both libraries compare the names of headers without regard to case."""
    return cast("Mapping[str, str]", getattr(response, "headers", {}))


def _status(response: object) -> int:
    name = "status_code" if isinstance(response, AsyncSlackResponse) else "status"
    status: object = getattr(response, name, 0)
    return status if isinstance(status, int) else 0


def _retry_after(response: object) -> float:
    try:
        seconds = float(_headers_of(response).get("Retry-After", ""))
    except ValueError:
        return RETRY_AFTER
    return (
        min(seconds, RETRY_AFTER_MOST) if math.isfinite(seconds) and seconds >= 0 else RETRY_AFTER
    )


def _detail(answer: Answer) -> tuple[str, ...]:
    """Slack's pointers into a refused payload: `… [json-pointer:/blocks/0/text]`."""
    metadata = answer.one("response_metadata").body.get("messages")
    told = [*_strings(answer.body.get("errors")), *_strings(metadata)]
    return tuple(dict.fromkeys(line[:DETAIL_LENGTH] for line in told))[:DETAIL_MOST]


def _strings(value: object) -> list[str]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]
