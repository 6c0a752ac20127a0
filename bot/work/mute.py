"""Mutes: made, changed, ended and asked for by people. What follows in time is the tick's.

Every act is one transaction with its audit row; the cards follow the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.alarm import Alarm
from bot.rules.facts import facts_of
from bot.rules.incident import Incident, Person
from bot.rules.mute import Ending, EndReason, Mute, MuteRefused, NewMute
from bot.rules.severity import Severity, worse_of
from bot.store import acts, mutes, quiet
from bot.store.acts import Act
from bot.store.engine import Database, Reading, Writing
from bot.work.mute_preview import preview
from bot.work.quieten import quieten

__all__ = [
    "MuteRefused", "NewMute", "apply", "create", "edit", "end", "extend", "find", "holding",
    "let_go", "page", "preview",
]  # fmt: skip

Poke = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks, through which door, and what makes the asking unique."""

    by: Person
    via: str
    key: str | None
    now: datetime


async def create(
    database: Database,
    new: NewMute,
    *,
    by: Person,
    via: str,
    key: str | None = None,
    now: datetime,
    poke: Poke,
) -> Mute:
    """Make a mute and quieten what it matches. Raises MuteRefused."""
    wanted = new.checked(now)
    async with database.writing() as tx:
        await mutes.wait_for_apply(tx)
        if key and (known := await acts.mute_of(tx, key)):
            return await _there(tx, known)
        mute = await mutes.add(tx, _mute_of(wanted, by, now))
        mute = await apply(tx, mute, now)
        await _write_down(tx, "mute", None, mute, _Request(by, via, key, now))
    poke()
    return mute


def _mute_of(new: NewMute, by: Person, now: datetime) -> Mute:
    return Mute(
        id=0,  # given by the store
        matchers=new.matchers,
        reason=new.reason,
        created_by=by,
        created_at=now,
        starts_at=new.starts_at or now,
        ends_at=new.ends_at,
        until_recovered=new.until_recovered,
        wakes_on_worse=new.wakes_on_worse,
        idle=new.idle,
        card_id=new.card_id,
    ).watched()


async def _there(tx: Reading, mute_id: int) -> Mute:
    found = await mutes.find(tx, mute_id)
    if found is None:
        raise LookupError(f"no mute {mute_id}")
    return found


async def apply(tx: Writing, mute: Mute, now: datetime) -> Mute:
    """Take hold of what fires now and matches; the worst of it is what was muted.

    What it held and no longer matches is left to the tick, which knows how many new cards a
    channel takes: until then the mute is not `applied`.
    """
    if not mute.is_active(now):
        return mute
    matching, outgrown = await _sorted(tx, mute)
    worst: Severity | None = None
    for incident, _ in matching:
        worst = worse_of(worst, incident.severity)
    mute = replace(mute, severity=worst, applied=not outgrown).watched(now)
    await mutes.save(tx, mute)
    await quieten(tx, matching, await mutes.living(tx), now=now)
    return mute


async def let_go(tx: Writing, mute: Mute, now: datetime) -> list[Incident]:
    """What it held and no longer matches is heard again, unless another mute has it."""
    _, outgrown = await _sorted(tx, mute)
    return await quieten(tx, outgrown, await mutes.living(tx), now=now)


_Open = list[tuple[Incident, Alarm]]


async def _sorted(tx: Writing, mute: Mute) -> tuple[_Open, _Open]:
    """Open incidents that a mute matches, and those that it holds without matching them."""
    matching, outgrown = _Open(), _Open()
    for incident, alarm in await quiet.open_incidents(tx):
        if mute.matches(facts_of(alarm, severity=incident.severity)):
            matching.append((incident, alarm))
        elif incident.mute_id == mute.id:
            outgrown.append((incident, alarm))
    return matching, outgrown


async def extend(
    database: Database,
    mute_id: int,
    *,
    until: datetime | None = None,
    by: Person,
    via: str,
    key: str | None = None,
    now: datetime,
    poke: Poke,
) -> Mute | None:
    """Let it last longer, by its own length if no end is named; also after it has ended."""

    def longer(mute: Mute) -> Mute:
        return mute.extended(until, now)

    return await _change(
        database, mute_id, longer, "extend_mute", _Request(by, via, key, now), poke
    )


async def edit(
    database: Database,
    mute_id: int,
    new: NewMute,
    *,
    by: Person,
    via: str,
    key: str | None = None,
    now: datetime,
    poke: Poke,
) -> Mute | None:
    """Make it what a new one would be; who made it first stays. Raises MuteRefused."""
    wanted = new.checked(now)

    def other(mute: Mute) -> Mute:
        changed = replace(
            mute,
            matchers=wanted.matchers,
            reason=wanted.reason,
            starts_at=mute.starts_at if mute.starts_at <= now else wanted.starts_at or now,
            until_recovered=wanted.until_recovered,
            wakes_on_worse=wanted.wakes_on_worse,
            idle=wanted.idle,
        )
        return changed.lasting_until(wanted.ends_at, now)

    return await _change(database, mute_id, other, "edit_mute", _Request(by, via, key, now), poke)


async def end(
    database: Database,
    mute_id: int,
    *,
    by: Person,
    via: str,
    key: str | None = None,
    now: datetime,
    poke: Poke,
) -> Mute | None:
    """End it now. The tick brings back what still fires, and tells who muted it."""

    def over(mute: Mute) -> Mute:
        return mute.over(Ending(now, EndReason.BY_HAND, by))

    return await _change(database, mute_id, over, "unmute", _Request(by, via, key, now), poke)


async def _change(
    database: Database,
    mute_id: int,
    change: Callable[[Mute], Mute],
    verb: str,
    request: _Request,
    poke: Poke,
) -> Mute | None:
    """Change one mute; what it held and no longer matches is heard again by the tick."""
    async with database.writing() as tx:
        await mutes.wait_for_apply(tx)
        before = await mutes.locked(tx, mute_id)
        if before is None or await acts.is_known(tx, request.key):
            return before
        after = change(before)
        if after == before:
            return before
        await mutes.save(tx, after)
        after = await apply(tx, after, request.now)
        await _write_down(tx, verb, before, after, request)
    poke()
    return after


async def _write_down(
    tx: Writing, verb: str, before: Mute | None, after: Mute, request: _Request
) -> None:
    act = Act(
        at=request.now,
        verb=verb,
        actor=request.by,
        via=request.via,
        before=acts.of_mute(before),
        after=acts.of_mute(after),
        mute_id=after.id,
    )
    await acts.add(tx, act, key=request.key)


async def find(database: Database, mute_id: int) -> Mute | None:
    """One mute."""
    async with database.reading() as tx:
        return await mutes.find(tx, mute_id)


async def page(
    database: Database, *, ended: bool, limit: int, before_id: int | None = None
) -> list[Mute]:
    """Mutes that are over, or those that are not; newest first."""
    async with database.reading() as tx:
        return await mutes.page(tx, ended=ended, limit=limit, before_id=before_id)


async def holding(database: Database, mute_id: int) -> int:
    """How many open incidents it keeps quiet now."""
    async with database.reading() as tx:
        return await mutes.count_held(tx, mute_id)
