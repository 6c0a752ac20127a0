"""Lists of incidents: what fires now as lines, what a search found as a table; links to cards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.card import IncidentCard
from bot.rules.incident import Incident, Sort, State
from bot.slack import blocks, tables
from bot.slack.look import ACKNOWLEDGED_MARK, HELD_MARK, MUTED_MARK, mark_of
from bot.slack.message import JsonObject, Message
from bot.slack.phrases import instance_of, measured, name_of, severity_word
from bot.slack.tables import Cell
from bot.slack.text import Mrkdwn, bold, cut, cut_mrkdwn, joined, link_within, safe
from bot.slack.words import Words

MORE, SHARE = "answer_more", "answer_share"
NAME = 60  # characters of an alarm's name in a list
LINE = 280
LINES_A_BLOCK = 10
MOST_ASKED = 2_000  # characters that a button carries; a longer question has none


@dataclass(frozen=True, slots=True)
class Row:
    """An incident in a list; `url` leads to its card, if it has one."""

    card: IncidentCard
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A list with its question: `more` continues it, `share` shows it to the channel.

    Both are texts of a command, given back by a button.
    """

    rows: tuple[Row, ...]
    title: Mrkdwn
    more: str | None = None
    share: str | None = None


def lines(page: Page, words: Words, now: datetime) -> Message:
    """One line for each, readable on a phone."""
    told = [line(row, words, now) for row in page.rows]
    body = [blocks.section(page.title, block_id="title")]
    for start in range(0, len(told), LINES_A_BLOCK):
        part = joined("\n", told[start : start + LINES_A_BLOCK])
        body.append(blocks.section(part, block_id=f"lines:{start}"))
    return _message(page, body, words)


def as_table(page: Page, words: Words, now: datetime) -> Message:
    """A row for each, to compare."""
    if not page.rows:
        return lines(page, words, now)
    head = [words.say(f"list.{each}") for each in HEAD]
    rows = [_cells(row, words, now) for row in page.rows]
    body = [
        blocks.section(page.title, block_id="title"),
        tables.table(head, rows, block_id="found"),
    ]
    return _message(page, body, words)


HEAD = ("number", "alarm", "instance", "value", "opened", "state")


def _message(page: Page, body: list[JsonObject], words: Words) -> Message:
    offered: list[blocks.Control] = []
    if page.more and len(page.more) <= MOST_ASKED:
        offered.append(blocks.button(words.say("list.more"), action_id=MORE, value=page.more))
    if page.share and len(page.share) <= MOST_ASKED:
        offered.append(blocks.button(words.say("list.share"), action_id=SHARE, value=page.share))
    if offered:
        body.append(blocks.actions(offered, block_id="list:actions"))
    return Message(text=page.title, blocks=tuple(body))


def line(row: Row, words: Words, now: datetime) -> Mrkdwn:
    """`🔴 #42 *CPU too high* · web-prod-01 · CPU usage 97.5 % · 12 min · 👀 li`."""
    card, incident = row.card, row.card.incident
    number = f"#{incident.id}"
    head = [Mrkdwn(mark_of(incident)), link_within(row.url, number) if row.url else Mrkdwn(number)]
    name = bold(safe(cut(name_of(card, words), NAME), NAME))
    rest = [name, *_facts(card, words, now)]
    return cut_mrkdwn(joined(" ", [*head, joined(" · ", rest)]), LINE)


def _facts(card: IncidentCard, words: Words, now: datetime) -> list[Mrkdwn]:
    incident = card.incident
    instance = instance_of(card)
    told = [safe(instance, NAME)] if instance else []
    if incident.sort is Sort.ALARM:
        told.append(measured(card, words, safe))
    told.append(safe(words.lasting(lasts(incident, now))))
    if incident.acknowledged:
        told.append(Mrkdwn(f"{ACKNOWLEDGED_MARK} {safe(incident.acknowledged.by.name, NAME)}"))
    if incident.mute_id is not None and incident.is_open:
        told.append(Mrkdwn(MUTED_MARK))
    if incident.parent_id is not None and incident.is_open:
        told.append(Mrkdwn(f"{HELD_MARK} #{incident.parent_id}"))
    return told


def _cells(row: Row, words: Words, now: datetime) -> list[Cell]:
    card, incident = row.card, row.card.incident
    severity = severity_word(incident.severity, words)
    return [
        Cell(f"#{incident.id}", url=row.url),
        Cell(f"{mark_of(incident)} {severity} {name_of(card, words)}"),
        Cell(instance_of(card) or ""),
        Cell(card.labels.worst_value or card.labels.last_value or ""),
        Cell(at=incident.opened_at),
        Cell(_state(incident, words, now)),
    ]


def _state(incident: Incident, words: Words, now: datetime) -> str:
    """`firing · 12 min · li`."""
    told = [words.say(f"list.states.{incident.state.value}")]
    if incident.sort is Sort.ALARM:
        told.append(words.lasting(lasts(incident, now)))
    if incident.acknowledged:
        told.append(f"{ACKNOWLEDGED_MARK} {incident.acknowledged.by.name}")
    return " · ".join(told)


def lasts(incident: Incident, now: datetime) -> timedelta:
    """How long it lasted, or lasts so far."""
    end = incident.recovered_at or (incident.closed.at if incident.closed else None)
    if end is None and incident.state is State.CLOSED:
        end = incident.heard_at
    return max((end or now) - incident.opened_at, timedelta())
