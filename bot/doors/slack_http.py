"""`POST /slack/events`: everything of Slack in HTTP mode. Looks at the shape, Bolt does the rest.

Bolt 1.30 answers 500 with a traceback to headers and bodies that Slack would never send (a
timestamp that is no number, a body that is no UTF-8, a payload that is no JSON object), so
those are turned away before it sees them.
"""

import json
import re
from urllib.parse import parse_qs

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response

from bot.doors.callbacks import TooLarge, read_body
from bot.doors.problems import problem

TIMESTAMP = re.compile(r"\d{1,12}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
FIELDS_MOST = 200


class SlackDoor:
    """The one address that the Slack app calls."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._handler = AsyncSlackRequestHandler(bolt)

    async def __call__(self, request: Request) -> Response:
        """401 for a bad signature, 400 for nonsense, else what Bolt answers."""
        if not has_signature(request):
            return problem(401, "The request is not signed by Slack.")
        try:
            body = await read_body(request)
        except TooLarge:
            return problem(413, "Slack sends nothing this large.")
        if not is_sensible(body, request.headers.get("content-type", "")):
            return problem(400, "The body is nothing that Slack sends.")
        return await self._handler.handle(replayed(request, body))


def has_signature(request: Request) -> bool:
    """Whether the headers of a signature have their form; Bolt checks what they say."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    return bool(TIMESTAMP.fullmatch(timestamp) and SIGNATURE.fullmatch(signature))


def is_sensible(body: bytes, content_type: str) -> bool:
    """Whether a body is a form or a JSON object, with a JSON object as `payload` if any."""
    try:
        text = body.decode()
        if "json" in content_type or text.lstrip().startswith("{"):
            return isinstance(json.loads(text), dict)
        payloads = parse_qs(text, max_num_fields=FIELDS_MOST).get("payload", [])
        return all(isinstance(json.loads(payload), dict) for payload in payloads)
    except (ValueError, RecursionError):
        return False


def replayed(request: Request, body: bytes) -> Request:
    """The same request with its body still to be read."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)
