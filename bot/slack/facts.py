"""The labelled values of a card: on what it fired, where, since when.

First what somebody needs to act at three in the morning, then what they may want to know. A
value that another field shows already is not repeated.
"""

import re
from collections.abc import Iterator

from bot.rules.card import IncidentCard
from bot.rules.incident import Sort
from bot.slack.phrases import instance_of
from bot.slack.states import clock_and_ago
from bot.slack.text import LABEL_LIMIT, Mrkdwn, clean, code, joined, safe
from bot.slack.words import Words

Fact = tuple[str, Mrkdwn]

DIMENSIONS_SHOWN = 5
_NAME_PARTS = re.compile(r"[\s/,，;；:：=()（）]+")


def facts(card: IncidentCard, words: Words) -> list[Fact]:
    """Up to nine fields in the order of use."""
    told = (
        ("card.instance", _instance(card)),
        (_when(card), clock_and_ago(card.incident.opened_at)),
        ("card.status", _status(card)),
        ("card.dimensions", _dimensions(card, words)),
        ("card.values", _values(card, words)),
        ("card.product", _shown(card.labels.product or card.alarm.project)),
        ("card.region", _shown(_region(card))),
        ("card.account", _shown(card.alarm.account)),
        ("card.group", _shown(card.alarm.group_name)),
    )
    return [(words.say(key), value) for key, value in told if value]


def event_facts(card: IncidentCard) -> list[Fact]:
    """What the event's sender tells of it, under the sender's own names."""
    known = {instance_of(card), card.alarm.account, card.alarm.region_id, card.alarm.region_name}
    known |= set(card.alarm.dimensions.values())
    shown = ((clean(key), clean(value)) for key, value in card.incident.content)
    return [(key, safe(value)) for key, value in shown if key and value and value not in known]


def _when(card: IncidentCard) -> str:
    return "card.happened" if card.incident.sort is Sort.EVENT else "card.started"


def _shown(value: str | None) -> Mrkdwn | None:
    return safe(value) if value and clean(value) else None


def _status(card: IncidentCard) -> Mrkdwn | None:
    """How far an event is; of an alarm the card says it in words."""
    event = card.incident.sort is Sort.EVENT
    return _shown(card.incident.event_status) if event else None


def _region(card: IncidentCard) -> str | None:
    return card.labels.region or card.alarm.region_name or card.alarm.region_id


def _instance(card: IncidentCard) -> Mrkdwn | None:
    """The name, and under it the id, which is what the console's search wants."""
    name = instance_of(card)
    if name is None:
        return None
    number = clean(card.alarm.dimensions.get("instanceId", ""))
    if not number or number in name:
        return safe(name)
    return joined("\n", [safe(name), code(number)])


def _dimensions(card: IncidentCard, words: Words) -> Mrkdwn | None:
    lines = [
        words.mark("label", label=safe(key, LABEL_LIMIT), value=value)
        for key, value in _telling_dimensions(card)
    ]
    hidden = len(lines) - DIMENSIONS_SHOWN
    if hidden > 0:
        lines[DIMENSIONS_SHOWN:] = [words.mark("more", count=hidden)]
    return joined("\n", lines) if lines else None


def _telling_dimensions(card: IncidentCard) -> Iterator[tuple[str, str]]:
    """Those that say something new: not the account, nor what another field shows."""
    alarm = card.alarm
    name, number = instance_of(card) or "", alarm.dimensions.get("instanceId")
    shown = {name, *_NAME_PARTS.split(name), number, alarm.account, alarm.region_id, alarm.group_id}
    for key, value in alarm.dimensions.items():
        # an ARN ends with the instance's id, and holds nothing else that is not shown
        new = clean(value) not in shown and not value.endswith(f"/{number}")
        if new and clean(value) and key not in ("userId", "instanceId"):
            yield key, value


def _values(card: IncidentCard, words: Words) -> Mrkdwn | None:
    """Where it began and how bad it got, as far as that differs from what it is now."""
    labels = card.labels
    told = (("card.first_value", labels.first_value), ("card.worst_value", labels.worst_value))
    parts = [
        words.mark(key, value=value) for key, value in told if value and value != labels.last_value
    ]
    return words.listed(parts) if parts else None
