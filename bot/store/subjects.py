"""What a card is about, read for the delivery loop: an incident, a notice, a storm, a group …"""

import sqlalchemy as sa

from bot.rules.job import Subject
from bot.store import (
    alarms,
    contents,
    family,
    groups,
    incidents,
    members,
    mutes,
    notices,
    storms,
)
from bot.store.engine import Reading


async def subject_of(tx: Reading, row: sa.RowMapping) -> Subject:
    """The subject of a card, by its row. Raises LookupError for one that is not there."""
    if row["notice_id"] is not None:
        return Subject(None, None, await notices.with_id(tx, row["notice_id"]))
    if row["storm_id"] is not None:
        group = await groups.find(tx, row["storm_id"])
        if group is not None:
            return Subject(None, None, None, group=await members.view(tx, group))
        storm = await storms.with_id(tx, row["storm_id"])
        return Subject(None, None, None, storm=(storm, await contents.overview(tx, storm.id)))
    if row["mute_id"] is not None:
        return Subject(None, None, None, await mutes.find(tx, row["mute_id"]))
    incident = (await incidents.with_ids(tx, [row["incident_id"]]))[row["incident_id"]]
    alarm = (await alarms.with_ids(tx, [incident.alarm_id]))[incident.alarm_id]
    mute = await mutes.find(tx, incident.mute_id) if incident.mute_id else None
    kin = await family.of_incident(tx, incident)
    return Subject(incident, alarm, None, mute, family=kin)
