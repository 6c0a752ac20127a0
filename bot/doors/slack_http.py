"""`POST /slack/events`: everything of Slack in HTTP mode. Looks who it is, Bolt does the rest.

Bolt 1.30 reads a request before it checks the signature, and answers 500 to what Slack would
never send (a timestamp that is no number, a body that is no UTF-8, a team that is a list), and
404 to what nobody listens to. So strangers are turned away before it sees them, and what it
stumbles over is the caller's fault: 400, and one line in the log.
"""

import json
import re
from urllib.parse import parse_qs

import structlog
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.doors.callbacks import TooLarge, read_body
from bot.doors.problems import problem

log = structlog.get_logger()

TIMESTAMP = re.compile(r"\d{1,12}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
UNSIGNED = "The request is not signed by Slack, or not in these five minutes."
NONSENSE = "The body is nothing that Slack sends."
FIELDS_MOST = 200
WRONG, UNHEARD = 400, 404  # what Bolt answers
STUMBLES = (AttributeError, LookupError, TypeError, ValueError)  # over a shape nobody expected


class SlackDoor:
    """The one address that the Slack app calls."""

    def __init__(self, bolt: AsyncApp, signing_secret: str) -> None:
        self._handler = AsyncSlackRequestHandler(bolt)
        self._verifier = SignatureVerifier(signing_secret)

    async def __call__(self, request: Request) -> Response:
        """401 for a bad signature, 400 for nonsense, else what Bolt answers."""
        if not has_signature(request):
            return problem(401, UNSIGNED)
        body = await text_of(request)
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            log.warning("slack.signature_refused")
            return problem(401, UNSIGNED)
        if not is_sensible(body, request.headers.get("content-type", "")):
            return nonsense("body")
        return await self._handed_on(replayed(request, body.encode()))

    async def _handed_on(self, request: Request) -> Response:
        try:
            answer = await self._handler.handle(request)
        except STUMBLES as error:
            return nonsense(type(error).__name__)
        if answer.status_code == UNHEARD:
            return nonsense("nobody listens to it")
        # Of a fault, and of what Bolt stumbled over, there is a line already: see `on_error`.
        return problem(400, NONSENSE) if answer.status_code >= WRONG else answer


def nonsense(error: str) -> Response:
    """What Slack never sends; `error` says what is wrong with it, and repeats nothing of it."""
    log.warning("slack.nonsense", error=error)
    return problem(400, NONSENSE)


def has_signature(request: Request) -> bool:
    """Whether the headers of a signature have their form: the verifier takes no others."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    return bool(TIMESTAMP.fullmatch(timestamp) and SIGNATURE.fullmatch(signature))


async def text_of(request: Request) -> str:
    """The body. Raises HTTPException for one that is too large, not whole or no text."""
    try:
        return (await read_body(request.scope, request.receive)).decode()
    except TooLarge:
        raise HTTPException(413, "Slack sends nothing this large.") from None
    except ClientDisconnect:  # or it dripped, and the server has hung up
        raise HTTPException(408, "The body did not arrive.") from None
    except UnicodeDecodeError:
        log.warning("slack.nonsense", error="no UTF-8")
        raise HTTPException(400, NONSENSE) from None


def is_sensible(text: str, content_type: str) -> bool:
    """Whether a body is a form or a JSON object, with a JSON object as `payload` if any."""
    try:
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
