"""The log: readable, one line an event, and no secret ever in it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.app import Bot
from bot.config_load import load_settings
from bot.logs import REDACTED, Form, redactor, set_up_logs

CANARIES = {
    "bot token": "xoxb-1234-5678-canary",
    "rotated token": "xoxe.xoxb-1-canary",
    "app token": "xapp-1-A012-canary",
    "callback path": "POST /callbacks/canary HTTP/1.1",
    "callback address": "https://tocsin.example.com/callbacks/canary?x=1",
    "token in a query": "/callbacks?token=canary&a=b",
    "bearer": "Authorization: Bearer canary-canary",
    "basic": "authorization: Basic Y2FuYXJ5",
    "headers in a dict": "{'Authorization': 'Bearer canary'}",
    "headers in JSON": '{\\"Authorization\\": \\"canary\\"}',
    "database": "postgresql+psycopg://tocsin:canary@db:5432/tocsin",
    "libpq": "connection failed: host=db password=canary dbname=x",
    "response address": "https://hooks.slack.com/actions/T012/99/canary",
    "incoming webhook": "https://hooks.slack-gov.com/services/T0/B0/canary",
    "a secret without a shape": "signing with 8f742231canary",
}
SECRETS = ("8f742231canary",)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def set_up(form: Form = "json", level: str = "info") -> io.StringIO:
    out = io.StringIO()
    set_up_logs(form=form, level=level, secrets=SECRETS, stream=out)
    return out


def fail(text: str) -> None:
    raise RuntimeError(text)


def line_of(out: io.StringIO) -> dict[str, object]:
    (line,) = out.getvalue().splitlines()
    return json.loads(line)


def test_a_line_says_when_how_bad_what_and_which() -> None:
    out = set_up()
    structlog.get_logger("bot.work").info("callback.taken", callback_id="c1")
    line = line_of(out)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "level": "info",
        "event": "callback.taken",
        "callback_id": "c1",
        "logger": "bot.work",
    }


def test_other_peoples_loggers_speak_the_same_form() -> None:
    out = set_up()
    logging.getLogger("uvicorn.error").warning("port %d is taken", 8080, extra={"port": 8080})
    line = line_of(out)
    assert (line["event"], line["level"], line["port"]) == ("port 8080 is taken", "warning", 8080)


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("text", CANARIES.values(), ids=CANARIES)
def test_no_secret_is_logged_by_whatever_way_it_comes(form: Form, text: str) -> None:
    out = set_up(form)
    ours, theirs = structlog.get_logger("ours"), logging.getLogger("theirs")
    ours.info(text)
    ours.info("event", detail=text, nested={"list": [text, text.encode()], text: 1})
    ours.info("event", detail=ValueError(text))
    theirs.warning("said %s", text)
    theirs.warning("said", extra={"detail": {"inner": text}})
    try:
        fail(text)
    except RuntimeError as error:
        ours.exception("failed")
        theirs.exception("failed too")
        ours.error("failed", exc_info=error)
    assert "canary" not in out.getvalue()
    assert "Y2FuYXJ5" not in out.getvalue()
    assert out.getvalue().count(REDACTED) >= 9  # one for each of the above


@pytest.mark.parametrize(
    "key",
    ["token", "Authorization", "slack_bot_token", "signing_secret", "password", "response_url"],
)
def test_a_value_under_a_secret_name_is_never_logged(key: str) -> None:
    out = set_up()
    structlog.get_logger().info("event", **{key: "anything"}, headers={key: "anything"})
    assert "anything" not in out.getvalue()


def test_what_is_no_secret_stays_readable() -> None:
    event = {
        "event": "card.posted",
        "channel": "C0123ABCD",
        "path": "/api/v1/callbacks",
        "url": "postgresql+psycopg://db:5432/tocsin",
        "count": 3,
        "ok": True,
        "none": None,
        "tokens": "2 known",
    }
    assert redactor(["abc"])(None, "info", dict(event)) == event


def test_a_traceback_shows_no_local_variables() -> None:
    out = set_up("console")

    def fails() -> None:
        local = "a-local-value"
        assert local
        raise ValueError("sorry")

    try:
        fails()
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError: sorry" in out.getvalue()
    assert "locals" not in out.getvalue()
    assert out.getvalue().count("a-local-value") == 0


def test_the_level_silences_what_is_below_it() -> None:
    out = set_up(level="warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("theirs").info("quiet")
    assert out.getvalue() == ""


def test_bolt_keeps_to_the_level_that_is_set_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": "signs nothing",
        "TOCSIN_CHANNEL": "#ops",
        "TOCSIN_CALLBACK_TOKENS": "cms=0123456789abcdef",
        "DATABASE_URL": "sqlite:///none.db",
    }
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")  # Bolt looks there, and says so
    out = set_up()
    bolt = Bot(load_settings(environ)).bolt
    bolt.logger.warning("Unhandled request (%s)", "body")
    assert out.getvalue() == ""


@pytest.mark.parametrize("name", ["sqlalchemy.engine", "slack_bolt", "slack_sdk", "aiosqlite"])
def test_debug_does_not_make_libraries_log_bodies_and_statements(name: str) -> None:
    out = set_up(level="debug")
    logging.getLogger(name).info("INSERT ... %s", "body")
    assert out.getvalue() == ""


def test_the_access_log_that_would_repeat_tokens_is_off() -> None:
    out = set_up()
    logging.getLogger("uvicorn.access").info("GET /callbacks/secret")
    assert out.getvalue() == ""


def test_a_line_of_uvicorn_is_not_there_twice() -> None:
    out = set_up()
    logging.getLogger("uvicorn.error").info("Started", extra={"color_message": "\x1b[36mStarted"})
    assert "36m" not in out.getvalue()
    assert line_of(out)["event"] == "Started"


def test_auto_means_json_where_nobody_watches() -> None:
    out = set_up("auto")
    structlog.get_logger().info("event")
    assert line_of(out)["event"] == "event"
