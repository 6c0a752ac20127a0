"""The log: one line an event, JSON or for a terminal, and nothing secret in it.

structlog and the standard library's loggers (uvicorn, Bolt, SQLAlchemy) end in the same
chain, so that one redaction, the last step before a line is written out, sees everything:
texts, values, exceptions. Tracebacks show no local variables.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Form = Literal["json", "console", "auto"]

REDACTED: Final = "[redacted]"
SHORTEST_SECRET: Final = 6  # shorter ones would blot out ordinary words

_SECRET_KEYS = re.compile(
    r"(?i)^(authorization|cookie|password|passwd|secret|token|.*_secret|.*_token|.*_password"
    r"|response_url|x-slack-signature)$"
)
_SECRET_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9-]+"), REDACTED),
    (
        re.compile(
            r"(?i)(\bauthorization\b[\\'\"]*\s*[:=,]\s*[\\'\"]*)(?:(?:bearer|basic|token)\s+)?[^\s'\",;\\]+"
        ),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{6,}"), rf"\1{REDACTED}"),
    (re.compile(r"(/callbacks/)[^/?#\s'\"]+"), rf"\1{REDACTED}"),
    (
        re.compile(r"(?i)([?&;](?:[a-z_]*token|secret|password|sig|signature)=)[^&\s'\"#]+"),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s@'\"]+@"), rf"\1:{REDACTED}@"),
    (re.compile(r"(?i)(\bpassword=)[^\s&'\"]+"), rf"\1{REDACTED}"),
    (
        re.compile(r"(?i)(https?://hooks\.slack[a-z.-]*/)[^\s'\">]+"),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"(?i)(/(?:actions|commands|services)/)T[^\s'\">]+"), rf"\1{REDACTED}"),
)

# Below these levels they log bodies, or statements with their values.
_TALKATIVE = {
    "slack_bolt": logging.ERROR,  # its warnings repeat the request that nobody listens to
    "slack_sdk": logging.WARNING,
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    # A traceback for each connection that is cut, which whoever used it tells in a line.
    "sqlalchemy.pool": logging.CRITICAL,
    "alembic": logging.WARNING,
}


def set_up_logs(
    *, form: Form, level: str, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send every logger's lines to `stream` (standard error), in one form, redacted.

    `secrets` are values that have no shape by which they could be recognised.
    """
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(form, out, redactor(secrets)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    _quieten()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def redactor(secrets: Iterable[str] = ()) -> Processor:
    """The processor that blots out what must not be read, in values however deep."""
    known = sorted(
        (text for text in secrets if len(text) >= SHORTEST_SECRET), key=len, reverse=True
    )

    def clean(text: str) -> str:
        for secret in known:
            text = text.replace(secret, REDACTED)
        for pattern, instead in _SECRET_TEXTS:
            text = pattern.sub(instead, text)
        return text

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _without_secrets(key, value, clean) for key, value in event.items()}

    return redact


def _without_secrets(key: object, value: object, clean: Callable[[str], str]) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(key, str) and _SECRET_KEYS.match(key):
        return REDACTED
    match value:
        case str():
            return clean(value)
        case Mapping():
            inner = cast("Mapping[object, object]", value)
            return {clean(str(k)): _without_secrets(k, v, clean) for k, v in inner.items()}
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray):
            return [_without_secrets(None, one, clean) for one in cast("Iterable[object]", value)]
        case _:
            return clean(repr(value))


def _formatter(form: Form, out: TextIO, redact: Processor) -> logging.Formatter:
    in_terminal = form == "console" or (form == "auto" and out.isatty())
    last = _for_terminals(out) if in_terminal else structlog.processors.JSONRenderer(default=repr)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_common(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_colours,
            redact,
            _in_reading_order,
            last,
        ],
    )


def _without_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Uvicorn's lines bring themselves once more, with a terminal's codes in them."""
    event.pop("color_message", None)
    return event


def _in_reading_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {key: event[key] for key in ("timestamp", "level", "event") if key in event}
    return {**first, **event}


def _for_terminals(out: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _quieten() -> None:
    for name, level in _TALKATIVE.items():
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
    # A line a request would repeat the token in the address; metrics count requests.
    logging.getLogger("uvicorn.access").disabled = True
