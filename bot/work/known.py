"""What is known of the alarms that callbacks name: looked up before they are judged and stored.

On SQLite senders wait for the end of the transaction that stores, so all reading is done before
it. In it one look tells whether somebody has changed anything since, which is seldom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.rules.mute import Mute
from bot.rules.notice import OF_CALLBACKS, Notice, NoticeKind
from bot.store import alarms, callbacks, incidents, mutes, newest, notices, samples
from bot.store.engine import Reading, Writing
from bot.store.newest import Seen, Stamp
from bot.work.desk import Letter


@dataclass(frozen=True, slots=True)
class Shared:
    """What not only the apply loop changes, as it was when it was looked at.

    `stamps` are those of the newest incident of each alarm, by alarm. Notices are looked at
    only where some letter becomes one.
    """

    stamps: Mapping[int, Stamp]
    mutes: Sequence[Mute]
    notices: Mapping[NoticeKind, Notice]
    next_notice: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was known before of the alarms and deliveries that letters name.

    `incidents` are the newest of the alarms, `samples` what their callbacks are packed by, both
    by alarm. `deliveries` are those that came before; `next_*` the numbers of what is new.
    Whoever applies is the only one to change any of it, but for `incidents` and `shared`.
    """

    alarms: Mapping[str, Alarm]
    deliveries: frozenset[str]
    next_alarm: int
    next_incident: int
    samples: Mapping[int, bytes | None]
    incidents: Mapping[int, Incident]
    shared: Shared


async def look_up(tx: Reading, letters: Sequence[Letter]) -> Known:
    """Everything that letters are judged by."""
    readings = [letter.reading for letter in letters]
    found = await alarms.with_keys(tx, {one.alarm_key for one in readings})
    numbers = [alarm.id for alarm in found]
    seen = await newest.of(tx, numbers)
    return Known(
        alarms={alarm.key: alarm for alarm in found},
        deliveries=frozenset(await callbacks.known(tx, {one.delivery_key for one in readings})),
        next_alarm=await alarms.next_id(tx),
        next_incident=await incidents.next_id(tx),
        samples=await samples.of(tx, numbers),
        incidents=_incidents(seen),
        shared=await _shared(tx, letters, newest.stamps(seen)),
    )


async def look_again(tx: Writing, letters: Sequence[Letter], known: Known) -> Known:
    """The same, with what has changed. Incidents stay as they are until the transaction ends.

    Mutes do too: whoever makes or ends one stands in line with the apply loop.
    """
    numbers = [alarm.id for alarm in known.alarms.values()]
    shared = await _shared(tx, letters, await newest.lock(tx, numbers))
    if shared == known.shared:
        return known
    return replace(known, incidents=_incidents(await newest.of(tx, numbers)), shared=shared)


def _incidents(seen: Mapping[int, Seen]) -> dict[int, Incident]:
    return {alarm: one.incident for alarm, one in seen.items()}


async def _shared(tx: Reading, letters: Sequence[Letter], stamps: Mapping[int, Stamp]) -> Shared:
    noticed = any(letter.becomes_a_notice for letter in letters)
    last = {kind: await notices.newest(tx, kind) for kind in OF_CALLBACKS if noticed}
    return Shared(
        stamps=stamps,
        mutes=await mutes.living(tx),
        notices={kind: notice for kind, notice in last.items() if notice},
        next_notice=await notices.next_id(tx) if noticed else 0,
    )
