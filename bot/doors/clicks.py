"""What a person's click in Slack means: Slack's payload in, a typed act and its answer out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # Slack's payloads: whatever came over the wire

from bot.rules.card import Language
from bot.rules.incident import Incident, Person, State
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.work.act import Click, Done, Effect, Verb

LONGEST_ID = 64
Payload = Mapping[str, Any]


class Nonsense(Exception):
    """A payload that Slack would not send."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click; `team` is the person's workspace, if Slack names it."""

    click: Click
    team: str | None


def clicked(body: Payload, *, via: str) -> Clicked:
    """Parse a `block_actions` payload with one button. Raises Nonsense."""
    try:
        action = body["actions"][0]
        user = body["user"]
        card_id = _text(action["value"])
        person = Person(_text(user["id"]), _name(user))
        verb = Verb(action["action_id"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise Nonsense from error
    return Clicked(Click(verb, card_id, person, via), team_of(body))


def team_of(body: Payload) -> str | None:
    """The person's workspace; null in payloads of organisation-wide installations."""
    team: Payload = body.get("team") or {}
    user: Payload = body.get("user") or {}
    return team.get("id") or user.get("team_id")


def response_url_of(body: Payload) -> str | None:
    """Where a private answer goes."""
    url = body.get("response_url")
    return url if isinstance(url, str) and url else None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_ID:
        raise ValueError
    return value


def _name(user: Payload) -> str:
    """Slack names people differently in each kind of payload."""
    name = user.get("name") or user.get("username") or user["id"]
    return str(name)[:80]


def answer_to(click: Click, done: Done, *, language: Language, now: datetime) -> Mrkdwn:
    """The private word to the person who clicked."""
    words = Words.of(language)
    match done.effect:
        case Effect.DONE:
            return words.mark(_DONE[click.verb])
        case Effect.UNKNOWN_CARD:
            return words.mark("answers.unknown_card")
        case Effect.OVER:
            recovered = done.incident is not None and done.incident.state is State.RECOVERED
            return words.mark("answers.recovered" if recovered else "answers.closed")
        case Effect.NOTHING_NEW:
            return _nothing_new(click, done.incident, words, now)


_DONE = {
    Verb.ACKNOWLEDGE: "answers.acknowledged",
    Verb.UNACKNOWLEDGE: "answers.unacknowledged",
}


def _nothing_new(click: Click, incident: Incident | None, words: Words, now: datetime) -> Mrkdwn:
    taken = incident.acknowledged if incident else None
    if taken is None:
        return words.mark("answers.not_taken")
    if taken.by.id == click.person.id:
        return words.mark("answers.already_yours")
    ago = words.lasting(now - taken.at)
    return words.mark("answers.already_taken", person=taken.by.name, lasted=ago)
