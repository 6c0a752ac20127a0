"""Arguments off the wire: query, form, multipart or JSON body, alone or mixed, as Slack takes them.

It must never raise on what a client sends: bad bodies become Slack's error words.
"""

import json
from dataclasses import dataclass

from aiohttp import web

from bot.local_slack.errors import SlackError, invalid
from bot.local_slack.jsons import Json, as_object, decoded, is_object

TRUE_WORDS = frozenset({"true", "1", "True"})


@dataclass(frozen=True)
class Args:
    """A method's arguments; form fields are strings, JSON bodies keep their types."""

    values: Json

    def text(self, name: str) -> str:
        """A string; empty when it is absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def need(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        return str(value) in TRUE_WORDS

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            return int(float(value))
        except ValueError:
            raise SlackError(f"invalid_{name}") from None

    def json(self, name: str) -> object:
        """A JSON argument: as it is in a JSON body, parsed in a form; None when absent."""
        return decoded(self.values.get(name))

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None


async def read_args(request: web.Request) -> Args:
    """All arguments of a request; the body wins over the query."""
    values: Json = dict(request.query)
    kind = request.content_type
    if request.method == "POST" and request.can_read_body:
        if kind == "application/json":
            values |= _json_object(await request.read())
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            form = await request.post()  # files are not arguments
            values |= {name: part for name, part in form.items() if isinstance(part, str)}
        else:
            raise SlackError("invalid_post_type")
    return Args(values)


def _json_object(body: bytes) -> Json:
    try:
        parsed: object = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not is_object(parsed):
        raise SlackError("json_not_object")
    return as_object(parsed)


def token_of(request: web.Request, args: Args) -> str:
    """The token from the Authorization header, else from the `token` argument."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else args.text("token")
