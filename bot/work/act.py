"""What people do to an incident: load, change, save, write down, commit.

The answer names what happened, so that the door can say a private word. Nothing is sent
from here: the card follows the row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.delivery import Urgency
from bot.rules.incident import Feedback, Incident, Person, Remark
from bot.rules.notes import act_notes
from bot.store import acts, alarms, cards, incidents, mutes, notes, remarks
from bot.store.acts import Act
from bot.store.engine import Database, Writing
from bot.store.incidents import Change
from bot.work.quieten import quietened

LONGEST_TEXT = 2_900  # of a remark or a reason: with its frame it still fits one block


class Verb(StrEnum):
    """What a person can do."""

    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    TAKE = "take"
    ASSIGN = "assign"
    NOTE = "note"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    FALSE_POSITIVE = "false_positive"
    NOT_ACTIONABLE = "not_actionable"
    NO_FEEDBACK = "no_feedback"


class Effect(StrEnum):
    """What came of it."""

    DONE = "done"
    NOTHING_NEW = "nothing_new"  # a second click, or somebody was faster
    OVER = "over"  # the incident has ended
    UNKNOWN_CARD = "unknown_card"  # a card of another database, or pruned


@dataclass(frozen=True, slots=True)
class Done:
    """The effect, and the incident as it is now."""

    effect: Effect
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Click:
    """A person's act on one incident, as the door understood it.

    The incident is named by a card of it or by its own number. `to` is the person that
    ASSIGN names, `text` what NOTE says and why RESOLVE and REOPEN. `via` is the door. `key`
    makes the request unique: Slack, or somebody else, may send it twice.
    """

    verb: Verb
    card_id: str | None
    person: Person
    via: str
    incident_id: int | None = None
    to: Person | None = None
    text: str = ""
    key: str | None = None


def changed(incident: Incident, click: Click, now: datetime) -> Incident:
    """The incident after a click; equal when there is nothing to change."""
    match click.verb:
        case Verb.ACKNOWLEDGE:
            after = incident.acknowledged_by(click.person, now)
        case Verb.UNACKNOWLEDGE:
            after = incident.unacknowledged()
        case Verb.TAKE:
            after = incident.assigned_to(click.person, now)
        case Verb.ASSIGN:
            after = incident.assigned_to(click.to or click.person, now)
        case Verb.NOTE:
            after = incident.remarked(Remark(click.person, now, click.text[:LONGEST_TEXT]))
        case Verb.RESOLVE:
            after = incident.closed_by(click.person, now, click.text[:LONGEST_TEXT])
        case Verb.REOPEN:
            after = incident.reopened()
        case Verb.FALSE_POSITIVE | Verb.NOT_ACTIONABLE:
            after = incident.judged(Feedback(click.verb.value))
        case Verb.NO_FEEDBACK:
            after = incident.judged(None)
    return after


async def act(database: Database, click: Click, *, now: datetime, poke: Callable[[], None]) -> Done:
    """Carry out one click. Raises StorageUnavailable; then nothing was changed."""
    done = await database.write(lambda tx: act_on(tx, click, now))
    if done.effect is Effect.DONE:
        poke()
    return done


async def act_on(tx: Writing, click: Click, now: datetime) -> Done:
    """The same in a transaction of the caller, who pokes the delivery afterwards."""
    if click.verb is Verb.REOPEN:
        await mutes.wait_for_apply(tx)  # before the incident's lock: so does who mutes
    before = await _subject(tx, click)
    if before is None:
        return Done(Effect.UNKNOWN_CARD)
    if await acts.is_known(tx, click.key):
        return Done(Effect.NOTHING_NEW, before)
    after = changed(before, click, now)
    if after == before:
        over = not before.can_be_acknowledged
        return Done(Effect.OVER if over else Effect.NOTHING_NEW, before)
    if after.is_open and not before.is_open:
        after = await _asked_of_mutes(tx, after, now)
    await incidents.save(tx, [Change(before, after, Urgency.CLICK)], now=now)
    if click.verb is Verb.NOTE and after.remark:
        await remarks.add(tx, after.id, after.remark)
    if not after.is_held:
        told = act_notes(before, after, click.person, now)
        shown = await cards.of_incidents(tx, [after.id])
        await notes.add(tx, [(card.id, note) for card in shown for note in told], now=now)
    await _write_down(tx, click, before, after, now)
    return Done(Effect.DONE, after)


async def _asked_of_mutes(tx: Writing, opened: Incident, now: datetime) -> Incident:
    """A mute that ended while it was closed let go of what was open then, and not of it: it would
    be held for good. One that was made meanwhile did not see it."""
    (alarm,) = (await alarms.with_ids(tx, [opened.alarm_id])).values()
    return quietened(opened, alarm, await mutes.living(tx), now)


async def _subject(tx: Writing, click: Click) -> Incident | None:
    if click.card_id is not None:
        return await incidents.of_card(tx, click.card_id)
    return await incidents.locked(tx, click.incident_id or 0)


async def _write_down(
    tx: Writing, click: Click, before: Incident, after: Incident, now: datetime
) -> None:
    was, became = acts.of_change(before, after)
    if click.text and click.verb in (Verb.RESOLVE, Verb.REOPEN):
        became = {**became, "reason": click.text[:LONGEST_TEXT]}
    await acts.add(
        tx,
        Act(
            at=now,
            verb=click.verb.value,
            actor=click.person,
            via=click.via,
            before=was,
            after=became,
            incident_id=after.id,
        ),
        key=click.key,
    )
