"""A draft: what a batch of callbacks comes to, before the transaction that stores it.

On SQLite senders wait for the end of that transaction, so whatever needs no answer of the
database is decided before it begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.card import Note
from bot.rules.incident import Incident
from bot.rules.judge import Outcome
from bot.rules.notes import notes_of
from bot.rules.record import Kind
from bot.rules.routing import Destination
from bot.store import callbacks
from bot.store.incidents import Change
from bot.work.desk import Desk, Letter
from bot.work.known import Known


@dataclass(frozen=True, slots=True)
class Draft:
    """Letters as they are judged by what was known, and the rows that become of them.

    `changes` are the incidents before and after all of them; `kinds` of what format the last of
    each was, and `places` where its routes lead, both by the incident's number. `told` is what
    threads hear of each step that no mute hides.
    """

    letters: Sequence[Letter]
    known: Known
    desk: Desk
    outcomes: list[Outcome]
    rows: callbacks.Ready
    changes: list[Change]
    kinds: dict[int, Kind]
    places: dict[int, tuple[Destination, ...]]
    told: list[tuple[int, Note]]


def whole_steps(desk: Desk) -> tuple[list[Change], dict[int, Kind]]:
    """How each incident was before the batch and how it is after it."""
    firsts: dict[int, Incident | None] = {}
    lasts: dict[int, Incident] = {}
    kinds: dict[int, Kind] = {}
    for step in desk.steps:
        firsts.setdefault(step.after.id, step.before)
        lasts[step.after.id] = step.after
        kinds[step.after.id] = step.kind
    return [Change(firsts[number], after) for number, after in lasts.items()], kinds


def told_of(desk: Desk) -> list[tuple[int, Note]]:
    """What threads hear of each step, by the incident's number; of what is muted nothing."""
    return [
        (step.after.id, note)
        for step in desk.steps
        if step.after.mute_id is None
        for note in notes_of(step.before, step.after)
    ]
