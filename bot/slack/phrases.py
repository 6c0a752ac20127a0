"""What is said of an alarm and its values: names, measurements, limits, durations.

Every phrase comes from the catalogue and is made safe there. Where it stands on a card is
decided elsewhere; nothing here knows of blocks.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.rules.card import IncidentCard
from bot.rules.incident import Incident, Sort, State
from bot.rules.severity import Severity
from bot.slack.text import Mrkdwn, clean, code, escape, safe
from bot.slack.words import Words

Emphasis = Callable[[str], Mrkdwn]  # how values stand out: `bold` on a card, `safe` in a text

_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}


def severity_word(severity: Severity | None, words: Words) -> str:
    """The severity's name; the oldest callbacks name none."""
    return words.say(f"severity.{severity.value if severity else 'unknown'}")


def name_of(card: IncidentCard, words: Words) -> str:
    """The alarm's name: outside text, one line, never empty."""
    return clean(card.alarm.name) or words.say("card.unnamed")


def instance_of(card: IncidentCard) -> str | None:
    """What people call the thing that the alarm watches; outside text, one line."""
    alarm = card.alarm
    named = (card.labels.instance, alarm.instance_name, alarm.dimensions.get("instanceId"))
    return next((clean(name) for name in named if name and clean(name)), None)


def metric_of(card: IncidentCard, words: Words) -> str:
    """The metric's name for people; outside text."""
    named = (card.labels.metric, card.alarm.metric_label, card.alarm.metric)
    return next((name for name in named if name and clean(name)), words.say("value.nameless"))


def limit_of(card: IncidentCard, words: Words) -> Mrkdwn | None:
    """What counts as a breach: `≥ 85 %`."""
    threshold = card.incident.threshold
    if threshold is None:
        return None
    sign = escape(_SIGNS.get(threshold.comparison, threshold.comparison))
    limit = card.labels.limit or f"{threshold.limit:g}"
    return words.mark("value.limit", comparison=sign, limit=limit)


def measured(card: IncidentCard, words: Words, emphasis: Emphasis) -> Mrkdwn:
    """`CPU usage 97.5 %`; when data is missing, the value is called the last one."""
    value, metric = card.labels.last_value, metric_of(card, words)
    if value is None:
        return safe(metric)
    key = "value.last" if card.incident.state is State.NO_DATA else "value.now"
    return words.mark(key, metric=metric, value=emphasis(value))


def breached(card: IncidentCard, words: Words) -> Mrkdwn | None:
    """`threshold ≥ 85 %, 3 times in a row`, or the rule's condition as the sender wrote it."""
    threshold, limit = card.incident.threshold, limit_of(card, words)
    if threshold is None or limit is None:
        return _condition(card, words)
    shown = words.mark("value.threshold", limit=limit)
    if threshold.times is None or threshold.times <= 1:
        return shown
    return words.listed([shown, words.mark("value.times", count=threshold.times)])


def _condition(card: IncidentCard, words: Words) -> Mrkdwn | None:
    written = [clean(each.expression) for each in card.incident.expressions]
    first = next(filter(None, written), None)
    return words.mark("value.condition", condition=code(first)) if first else None


def ended(incident: Incident, words: Words) -> Mrkdwn:
    """`Recovered after 12 min`, and the other ways in which it is over."""
    if incident.state is State.CLOSED:
        return words.mark("ended.closed")
    if incident.sort is Sort.EVENT or incident.recovered_at is None:
        return words.mark("ended.over")
    if was_never_seen_firing(incident):
        return words.mark("ended.unheard")
    return words.mark("ended.recovered", lasted=words.lasting(lasted(incident)))


def course(card: IncidentCard, words: Words, emphasis: Emphasis) -> Mrkdwn | None:
    """`fired at 97.4 %, worst 99.1 %, recovered at 41 %`: a recovery hides no firing value."""
    labels = card.labels
    worst = labels.worst_value if labels.worst_value != labels.first_value else None
    told = (
        ("ended.fired_at", labels.first_value),
        ("ended.worst", worst),
        ("ended.now", labels.recovery_value),
    )
    parts = [words.mark(key, value=emphasis(value)) for key, value in told if value]
    return words.listed(parts) if parts else None


def was_never_seen_firing(incident: Incident) -> bool:
    """A recovery of something never heard of."""
    return incident.recovered_at is not None and incident.recovered_at <= incident.opened_at


def lasted(incident: Incident) -> timedelta:
    """How long the last firing took, by the sender's clock."""
    end = incident.recovered_at or incident.heard_at
    return max(end - incident.fired_at, timedelta(0))
