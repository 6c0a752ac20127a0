"""The tables, once for both engines. One writer each.

Times are aware UTC outside and inside. Ids of incidents, alarms and notices are small
numbers for people; ids of callbacks and cards are UUIDs, unique across databases.
"""

import sqlalchemy as sa

from bot.store.columns import OPEN, Serial, UtcTime, UuidText
from bot.store.delivery_tables import (
    cards,
    cards_behind,
    cards_old,
    channels,
    gates,
    leases,
    notes,
    storms,
)
from bot.store.people_tables import acts, mutes, remarks
from bot.store.schema import metadata
from bot.store.search_tables import alarm_facts
from bot.store.sum_tables import naming, sheets, summed
from bot.store.watch_tables import alerts, pulses, troubles

__all__ = [
    "acts", "alarm_facts", "alarms", "alerts", "callbacks", "cards", "cards_behind", "cards_old",
    "channels", "deliveries", "gates", "inbox", "incidents", "leases", "metadata", "mutes",
    "naming", "notes", "notices", "pulses", "remarks", "samples", "sheets", "storms", "summed",
    "troubles",
]  # fmt: skip

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("seq", Serial, sa.Identity(), primary_key=True),
    sa.Column("id", UuidText, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(32), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("account", sa.Text),
    sa.Column("rule_id", sa.Text),
    sa.Column("project", sa.Text),
    sa.Column("metric", sa.Text),
    sa.Column("metric_label", sa.Text),
    sa.Column("unit", sa.Text),
    sa.Column("dimensions", sa.JSON, nullable=False),
    sa.Column("instance_name", sa.Text),
    sa.Column("region_id", sa.Text),
    sa.Column("region_name", sa.Text),
    sa.Column("group_id", sa.Text),
    sa.Column("group_name", sa.Text),
    sa.Column("labels", sa.JSON, nullable=False),
    sa.Column("heard_until", UtcTime),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),  # another one each time
    sa.Index(None, "rule_id"),  # one rule on all its instances
)

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("alarm_id", sa.BigInteger, sa.ForeignKey("alarms.id"), nullable=False),
    sa.Column("sort", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("severity", sa.String(16)),
    sa.Column("worst_severity", sa.String(16)),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("fired_at", UtcTime, nullable=False),
    sa.Column("heard_at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("callbacks", sa.Integer, nullable=False),
    sa.Column("firings", sa.Integer, nullable=False),
    sa.Column("first_value", sa.Double),
    sa.Column("last_value", sa.Double),
    sa.Column("worst_value", sa.Double),
    sa.Column("recovery_value", sa.Double),
    sa.Column("recovered_at", UtcTime),
    sa.Column("threshold", sa.JSON(none_as_null=True)),
    sa.Column("expressions", sa.JSON, nullable=False),
    sa.Column("acknowledged_by_id", sa.Text),
    sa.Column("acknowledged_by_name", sa.Text),
    sa.Column("acknowledged_at", UtcTime),
    sa.Column("first_acknowledged_at", UtcTime),
    sa.Column("closed_by_id", sa.Text),
    sa.Column("closed_by_name", sa.Text),
    sa.Column("closed_at", UtcTime),
    sa.Column("closed_reason", sa.Text),
    sa.Column("feedback", sa.String(16)),
    sa.Column("remarks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("remark", sa.JSON(none_as_null=True)),
    sa.Column("memory", sa.JSON(none_as_null=True)),
    sa.Column("mute_id", sa.BigInteger),
    sa.Column("flap", sa.JSON(none_as_null=True)),
    sa.Column("calm_at", UtcTime),
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("leads", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("previous_id", sa.BigInteger),
    sa.Column("episode_id", sa.Text),
    sa.Column("event_id", sa.Text),
    sa.Column("event_status", sa.Text),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),  # another one each time
    sa.Index(None, "alarm_id", "id"),  # the apply loop: newest incident of an alarm
    sa.Index(None, "opened_at", "id"),  # a search: which incidents a time begins with
    sa.Index(None, "alarm_id", "opened_at"),  # what an alarm did in a time: history, statistics
)
sa.Index(
    "ix_incidents_open",  # lists of what fires now
    incidents.c.id,
    sqlite_where=incidents.c.state.in_(OPEN),
    postgresql_where=incidents.c.state.in_(OPEN),
)
sa.Index(
    "ix_incidents_taken",  # a search: who has ever acknowledged anything, and what
    incidents.c.acknowledged_by_id,
    incidents.c.acknowledged_by_name,
    sqlite_where=incidents.c.acknowledged_by_id.is_not(None),
    postgresql_where=incidents.c.acknowledged_by_id.is_not(None),
)
sa.Index(
    "ix_incidents_muted",  # what one mute holds
    incidents.c.mute_id,
    sqlite_where=incidents.c.mute_id.is_not(None),
    postgresql_where=incidents.c.mute_id.is_not(None),
)
sa.Index(
    "ix_incidents_calm_at",  # the tick: what stops flapping
    incidents.c.calm_at,
    sqlite_where=incidents.c.calm_at.is_not(None),
    postgresql_where=incidents.c.calm_at.is_not(None),
)
_waits = sa.and_(incidents.c.parent_id.is_not(None), incidents.c.state.in_(OPEN))
sa.Index(
    "ix_incidents_held_back",  # a parent's card, and the tick: what fires and waits
    incidents.c.parent_id,
    sqlite_where=_waits,
    postgresql_where=_waits,
)
sa.Index(
    "ix_incidents_acknowledged",  # the apply loop: who took the alarm the last time
    incidents.c.alarm_id,
    incidents.c.id,
    sqlite_where=incidents.c.acknowledged_by_id.is_not(None),
    postgresql_where=incidents.c.acknowledged_by_id.is_not(None),
)

callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("record", sa.JSON, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("alarm_id", sa.BigInteger, sa.ForeignKey("alarms.id")),
    sa.Column("incident_id", sa.BigInteger, sa.ForeignKey("incidents.id")),
    sa.Column("mute_id", sa.BigInteger),
    sa.Column("value", sa.Double),
    sa.Column("packed", sa.LargeBinary),  # headers, body and record, which are empty then
    sa.Index(None, "alarm_id", "at", "incident_id", "value"),  # the history of one alarm
    sa.Index(None, "incident_id"),  # the callbacks of one incident
    sa.Index(None, "at", "alarm_id"),  # statistics: the hours that are not summed yet
)
RARE = ("test", "unreadable", "failed", "duplicate", "stale")
sa.Index(
    "ix_callbacks_rare",  # a list of what went wrong
    callbacks.c.outcome,
    callbacks.c.id,
    sqlite_where=callbacks.c.outcome.in_(RARE),
    postgresql_where=callbacks.c.outcome.in_(RARE),
)
sa.Index(
    "ix_callbacks_muted",  # what one mute hid
    callbacks.c.mute_id,
    sqlite_where=callbacks.c.mute_id.is_not(None),
    postgresql_where=callbacks.c.mute_id.is_not(None),
)

samples = sa.Table(
    "samples",
    metadata,
    sa.Column(
        "alarm_id", sa.BigInteger, sa.ForeignKey("alarms.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("packed", sa.LargeBinary, nullable=False),  # by which callbacks of it are packed
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("callback_id", UuidText, nullable=False),
    sqlite_with_rowid=False,  # the key is all there is
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False),
    sa.Column("callback_id", UuidText, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Index(None, "kind", "id"),  # the apply loop: the newest of a kind
)
