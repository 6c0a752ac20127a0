"""The one place where a mute takes hold of incidents, or lets them go."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.rules.alarm import Alarm
from bot.rules.delivery import Urgency
from bot.rules.facts import facts_of
from bot.rules.hearing import worse_value
from bot.rules.incident import Incident
from bot.rules.mute import Ending, EndReason, Hidden, Mute, mute_for
from bot.store import incidents, mutes, quiet
from bot.store.engine import Writing
from bot.store.incidents import Change
from bot.work.desk import Desk


def quietened(incident: Incident, alarm: Alarm, living: Iterable[Mute], now: datetime) -> Incident:
    """The incident as the mutes of this moment want it."""
    mute = mute_for(living, facts_of(alarm, severity=incident.severity), now)
    return incident.muted_by(mute.id if mute else None)


async def quieten(
    tx: Writing, found: Sequence[tuple[Incident, Alarm]], living: Sequence[Mute], *, now: datetime
) -> list[Incident]:
    """Ask the mutes about open incidents, store what changes; those that are heard again."""
    changes = [
        Change(before, quietened(before, alarm, living, now), Urgency.CLICK)
        for before, alarm in found
    ]
    changed = [change for change in changes if change.before != change.after]
    await incidents.save(tx, changed, now=now)
    return [change.after for change in changed if not change.after.is_held]


async def hidden_by(tx: Writing, mute: Mute) -> Hidden:
    """What a mute hid. The worst value only where all of it is of one metric."""
    rows = await quiet.hidden_by(tx, mute.id)
    measures = {(row.alarm.project, row.alarm.metric, row.alarm.unit) for row in rows}
    worst: float | None = None
    for row in rows if len(measures) == 1 else ():
        worst = worse_value(worst, row.worst, row.incident.threshold)
    return Hidden(
        callbacks=sum(row.callbacks for row in rows),
        incidents=len(rows),
        instances=len({row.alarm.instance for row in rows}),
        worst=worst,
        unit=next(iter(measures))[2] if len(measures) == 1 else None,
    )


async def settle_mutes(tx: Writing, desk: Desk, changed: Sequence[Incident]) -> None:
    """What a batch of callbacks did to mutes: they hid something, were outgrown, or are done."""
    await mutes.note_hidden(tx, desk.hidden)
    over = {one.mute_id for one in changed if not one.is_open and one.mute_id}
    waiting = {one.id for one in desk.mutes if one.until_recovered}
    for number in sorted(over & waiting):
        if await mutes.count_held(tx, number) == 0:
            desk.ended.setdefault(number, Ending(desk.now, EndReason.RECOVERY))
    for number, ending in sorted(desk.ended.items()):
        await mutes.end(tx, number, ending)
