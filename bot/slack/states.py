"""How an incident stands, in sentences for the small print: who has it, since when, how often.

Times are the reader's own; Slack's clients render them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.rules.card import IncidentCard
from bot.rules.incident import Acknowledgement, Incident, Sort, State
from bot.rules.severity import rank_of
from bot.slack.look import ACKNOWLEDGED_MARK, FLAPPING_MARK
from bot.slack.phrases import severity_word, was_never_seen_firing
from bot.slack.text import Mrkdwn, bold, joined, mention, moment
from bot.slack.words import Words

CLOCK = "{date_short_pretty} {time}"
CLOCK_AND_AGO = "{date_short_pretty} {time} ({ago})"
AGO = "{ago}"


def clock(at: datetime) -> Mrkdwn:
    """Day and time."""
    return moment(at, CLOCK)


def clock_and_ago(at: datetime) -> Mrkdwn:
    """Day and time, and how long ago that is whenever somebody looks."""
    return moment(at, CLOCK_AND_AGO)


def open_state(card: IncidentCard, words: Words) -> Mrkdwn:
    """The small print of a card that still asks for somebody."""
    incident = card.incident
    # Never without a word for the severity: colours and marks are not read out.
    worst = [bold(severity_word(incident.severity, words))] if incident.severity else []
    taken = list(_taken(incident, words)) or [words.mark("state.nobody")]
    return _line([*worst, *_standing(incident, words), *taken, *_counted(card, words)])


def over_state(card: IncidentCard, words: Words) -> Mrkdwn:
    """The small print of what is over."""
    incident = card.incident
    since = "state.ended" if was_never_seen_firing(incident) else "state.started"
    began = words.mark(since, at=clock(incident.opened_at))
    return _line(
        [began, *_fired(incident, words), *_taken(incident, words), *_counted(card, words)]
    )


def _line(parts: Iterable[Mrkdwn]) -> Mrkdwn:
    return joined(" · ", parts)


def _standing(incident: Incident, words: Words) -> Iterator[Mrkdwn]:
    """An event does not stand: it happened."""
    if incident.state is State.NO_DATA:
        yield words.mark("state.no_data", at=clock_and_ago(incident.heard_at))
    elif incident.firings > 1:
        yield words.mark(
            "state.fired_again",
            at=clock(incident.fired_at),
            ordinal=words.ordinal(incident.firings),
            since=clock(incident.opened_at),
        )
    elif incident.sort is Sort.ALARM:
        yield words.mark("state.firing")


def _fired(incident: Incident, words: Words) -> Iterator[Mrkdwn]:
    if incident.firings > 1:
        yield words.mark("state.fired_times", count=incident.firings)


def _taken(incident: Incident, words: Words) -> Iterator[Mrkdwn]:
    if incident.acknowledged:
        yield acknowledged(incident.acknowledged, words)


def acknowledged(by: Acknowledgement, words: Words) -> Mrkdwn:
    """Who has it. The mention pings nobody in an edit, and only an edit brings it.

    The one exception, a card that is posted anew because its message is gone, tells just the
    person who took it.
    """
    told = words.mark(
        "state.acknowledged", person=mention(by.by.id, by.by.name), at=moment(by.at, AGO)
    )
    return joined(" ", [Mrkdwn(ACKNOWLEDGED_MARK), told])


def flapping(incident: Incident, words: Words) -> Iterator[Mrkdwn]:
    """The one mark of an alarm that changes too often to be told of each time."""
    flap = incident.flap
    if flap and flap.since and flap.calm_at:
        line = words.mark(
            "flapping.mark", count=flap.count, since=clock(flap.since), calm=clock(flap.calm_at)
        )
        yield joined(" ", [Mrkdwn(FLAPPING_MARK), line])


def _counted(card: IncidentCard, words: Words) -> Iterator[Mrkdwn]:
    incident = card.incident
    if rank_of(incident.worst_severity) > rank_of(incident.severity):
        yield words.mark("state.was", severity=severity_word(incident.worst_severity, words))
    if incident.callbacks > 1:
        yield words.mark("state.heard", count=incident.callbacks)
    if card.late_by is not None:
        yield words.mark("state.late", lasted=words.lasting(card.late_by))
