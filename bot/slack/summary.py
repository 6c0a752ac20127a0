"""A whole card in one line: what a phone shows on its lock screen and a screen reader reads.

It must stand without the blocks: when Slack refuses them, this line is the card.
"""

from bot.rules.card import IncidentCard
from bot.rules.incident import Incident, Sort, State
from bot.slack.phrases import (
    course,
    ended,
    instance_of,
    limit_of,
    measured,
    metric_of,
    name_of,
    severity_word,
)
from bot.slack.text import Mrkdwn, safe
from bot.slack.words import Words


def summary(card: IncidentCard, words: Words) -> Mrkdwn:
    """`CRITICAL: CPU usage 97.5 % (≥ 85 %) on web-prod-01, 支付集群 CPU 过高`."""
    incident = card.incident
    if is_over(incident):
        return _over(card, words)
    headline = words.mark(
        "summary.headline", severity=_kind(incident, words), what=_what(card, words)
    )
    news = _news(incident, words)
    return words.mark("summary.news", news=news, headline=headline) if news else headline


def is_over(incident: Incident) -> bool:
    """Recovered, or closed by hand. An event is news and never over until it says so."""
    closed = incident.state is State.CLOSED and incident.sort is Sort.ALARM
    return incident.state is State.RECOVERED or closed


def on_instance(what: Mrkdwn, card: IncidentCard, words: Words) -> Mrkdwn:
    """`… on web-prod-01`, where the instance is known."""
    instance = instance_of(card)
    return words.mark("summary.on", what=what, instance=instance) if instance else what


def _kind(incident: Incident, words: Words) -> str:
    severity = severity_word(incident.severity, words)
    return (
        words.say("summary.event", severity=severity) if incident.sort is Sort.EVENT else severity
    )


def _what(card: IncidentCard, words: Words) -> Mrkdwn:
    name = safe(name_of(card, words))
    if card.incident.sort is Sort.EVENT:
        status = card.incident.event_status
        return words.listed([on_instance(name, card, words), *([status] if status else [])])
    if card.labels.last_value is None:
        return on_instance(name, card, words)
    value, limit = measured(card, words, safe), limit_of(card, words)
    shown = words.mark("summary.brackets", what=value, more=limit) if limit else value
    return words.listed([on_instance(shown, card, words), name])


def _news(incident: Incident, words: Words) -> Mrkdwn | None:
    if incident.acknowledged:
        return words.mark("summary.acknowledged", person=incident.acknowledged.by.name)
    if incident.state is State.NO_DATA:
        return words.mark("summary.no_data")
    if incident.flaps:
        return words.mark("summary.flapping")
    if incident.firings > 1:
        return words.mark("summary.fired_again", ordinal=words.ordinal(incident.firings))
    return None


def _over(card: IncidentCard, words: Words) -> Mrkdwn:
    name, values = safe(name_of(card, words)), course(card, words, safe)
    metric = safe(metric_of(card, words))
    what = (
        words.listed([on_instance(metric, card, words), name])
        if values
        else on_instance(name, card, words)
    )
    line = words.mark("summary.headline", severity=ended(card.incident, words), what=what)
    return words.mark("summary.brackets", what=line, more=values) if values else line
