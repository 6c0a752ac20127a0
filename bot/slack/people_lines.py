"""What people did and thought, and what the past of this alarm tells: the last lines of a card."""

from collections.abc import Iterator

from bot.rules.card import IncidentCard
from bot.rules.incident import Closing, Incident, Memory
from bot.slack.states import CLOCK_AND_AGO
from bot.slack.text import Mrkdwn, mention, moment, safe
from bot.slack.words import Words

SHOWN = 200  # characters of what somebody wrote; the thread and `/alarms show` have all of it
RECALLED = 60


def people_lines(card: IncidentCard, words: Words) -> Iterator[Mrkdwn]:
    """Memory first: it is what helps whoever is woken."""
    incident = card.incident
    if incident.memory and not _is_over(incident):
        yield from _memory(incident.memory, words)
    if incident.closed:
        yield _closed(incident.closed, words)
    if incident.remark:
        remark = incident.remark
        yield words.mark(
            "said.remarks" if incident.remarks > 1 else "said.remark",
            person=mention(remark.by.id, remark.by.name),
            at=moment(remark.at, CLOCK_AND_AGO),
            text=safe(remark.text, SHOWN),
            count=incident.remarks,
        )
    if incident.feedback:
        opinion = words.say(f"note.feedback_{incident.feedback.value}")
        yield words.mark("said.feedback", opinion=opinion)


def _is_over(incident: Incident) -> bool:
    return not incident.can_be_acknowledged


def _memory(memory: Memory, words: Words) -> Iterator[Mrkdwn]:
    """`3rd time in 7 days; last time @li acknowledged after 4 min: “log rotation”`."""
    if memory.times <= 1 and memory.last_by is None:
        return
    line = words.mark("said.memory", ordinal=words.ordinal(memory.times), days=memory.days)
    if memory.last_by and memory.last_after is not None:
        line = words.mark(
            "said.memory_last",
            times=line,
            person=mention(memory.last_by.id, memory.last_by.name),
            lasted=words.lasting(memory.last_after),
        )
    if memory.last_remark:
        line = words.mark("said.memory_remark", line=line, text=safe(memory.last_remark, RECALLED))
    yield line


def _closed(closing: Closing, words: Words) -> Mrkdwn:
    key = "said.closed_because" if closing.reason else "said.closed"
    return words.mark(
        key,
        person=mention(closing.by.id, closing.by.name),
        at=moment(closing.at, CLOCK_AND_AGO),
        reason=safe(closing.reason, SHOWN) if closing.reason else "",
    )
