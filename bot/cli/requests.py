"""Requests kept in `.http` files: what Tocsin understands of one, and sending one."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import Request, urlopen

import typer

from bot.cloudmonitor.http_file import read_http_file
from bot.cloudmonitor.read import read
from bot.config import THIS_MACHINE
from bot.config_load import load_partly
from bot.errors import TocsinError
from bot.rules.record import RawRequest
from bot.rules.record_json import to_json

PATIENCE = 15.0  # seconds; three times what CloudMonitor waits
_PLAIN = re.compile(r"[!-~]+")  # what an address may hold as it is; all else is escaped
_BY_URLLIB = ("content-length", "host", "connection", "accept-encoding", "transfer-encoding")


class Undelivered(TocsinError):
    """The bot did not accept the request."""


def understood(file: Path) -> str:
    """The normalised record as JSON; a list of them if the request holds several messages."""
    records = [to_json(reading.record) for reading in read(_kept_in(file))]
    return json.dumps(records[0] if len(records) == 1 else records, indent=2, ensure_ascii=False)


def callback_url(environ: Mapping[str, str]) -> str:
    """The address of the running bot's callback door, from its own settings."""
    settings = load_partly(environ)
    if not settings.callback_tokens:
        raise typer.BadParameter("give --url, or set TOCSIN_CALLBACK_TOKENS as the bot has it")
    base = settings.public_url or f"http://{THIS_MACHINE}:{settings.port}"
    return f"{base}/callbacks/{settings.callback_tokens[0].secret.get_secret_value()}"


def answer_to(file: Path, url: str) -> str:
    """Send the file's request; what the bot answered. Raises Undelivered."""
    request = _request(_kept_in(file), url)
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  http(s) only, see below
            return answer.read().decode(errors="replace")
    except HTTPError as error:
        raise Undelivered(f"The bot answered {_status(error.code)}: {_body_of(error)}") from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise Undelivered(f"Nothing answers there ({reason}); is the bot running?") from None
    except HTTPException as error:
        what = type(error).__name__
        raise Undelivered(f"What answers there is no HTTP ({what}); is it the bot?") from None


def _kept_in(file: Path) -> RawRequest:
    return read_http_file(file.read_bytes())


def _request(kept: RawRequest, url: str) -> Request:
    parts = _address(url)
    query = "&".join(text for text in (parts.query, kept.query) if text)
    made = Request(  # noqa: S310  checked above
        parts._replace(query=query).geturl(),
        data=kept.body or (b"" if kept.method == "POST" else None),
        method=kept.method,
    )
    for name, value in kept.headers:
        if name.lower() not in _BY_URLLIB:
            made.add_header(name, value)
    return made


def _address(url: str) -> SplitResult:
    """What is none, `urlopen` would stumble over in ways of its own."""
    wrong = typer.BadParameter("must be an http or https address", param_hint="--url")
    try:
        parts = urlsplit(url)
        named = (parts.hostname or "").encode("idna") if parts.port != 0 else b""
    except ValueError:  # also UnicodeError
        raise wrong from None
    plain = parts.netloc + parts.path + parts.query
    if parts.scheme not in ("http", "https") or not named or not _PLAIN.fullmatch(plain):
        raise wrong
    return parts


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:  # a proxy's own
        return str(code)


def _body_of(error: HTTPError) -> str:
    return " ".join(error.read(2_000).decode(errors="replace").split())
