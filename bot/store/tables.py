"""The tables, once for both engines. One writer each.

Times are aware UTC outside and inside. Ids of incidents, alarms and notices are small
numbers for people; ids of callbacks and cards are UUIDs, unique across databases.
"""

import sqlalchemy as sa

from bot.store.columns import Serial, UtcTime, UuidText

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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
    sa.Index(None, "rule_id"),  # one rule on all its instances
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("id", Serial, sa.Identity(), primary_key=True),
    sa.Column("matchers", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_by_id", sa.Text, nullable=False),
    sa.Column("created_by_name", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("until_recovered", sa.Boolean, nullable=False),
    sa.Column("wakes_on_worse", sa.Boolean, nullable=False),
    sa.Column("severity", sa.String(16)),
    sa.Column("idle_seconds", sa.Integer),
    sa.Column("card_id", UuidText),
    sa.Column("last_hidden_at", UtcTime),
    sa.Column("reminded_for", UtcTime),
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("ended_because", sa.String(16)),
    sa.Column("ended_by_id", sa.Text),
    sa.Column("ended_by_name", sa.Text),
    sa.Column("hidden", sa.JSON(none_as_null=True)),
    sa.Column("look_again_at", UtcTime),
)
sa.Index(
    "ix_mutes_look_again_at",  # the tick, and the apply loop: mutes that still matter
    mutes.c.look_again_at,
    sqlite_where=mutes.c.look_again_at.is_not(None),
    postgresql_where=mutes.c.look_again_at.is_not(None),
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
    sa.Column("previous_id", sa.BigInteger),
    sa.Column("episode_id", sa.Text),
    sa.Column("event_id", sa.Text),
    sa.Column("event_status", sa.Text),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Index(None, "alarm_id", "id"),  # the apply loop: newest incident of an alarm
)
sa.Index(
    "ix_incidents_open",  # lists of what fires now
    incidents.c.id,
    sqlite_where=incidents.c.state.in_(("firing", "no_data")),
    postgresql_where=incidents.c.state.in_(("firing", "no_data")),
)
sa.Index(
    "ix_incidents_muted",  # what one mute holds
    incidents.c.mute_id,
    sqlite_where=incidents.c.mute_id.is_not(None),
    postgresql_where=incidents.c.mute_id.is_not(None),
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
    sa.Index(None, "alarm_id", "at", "incident_id", "value"),  # the history of one alarm
    sa.Index(None, "incident_id", "id"),  # the callbacks of one incident
)
sa.Index(
    "ix_callbacks_muted",  # what one mute hid
    callbacks.c.mute_id,
    sqlite_where=callbacks.c.mute_id.is_not(None),
    postgresql_where=callbacks.c.mute_id.is_not(None),
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

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", Serial, sa.Identity(), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("slack_id", sa.Text),
    sa.Column("posts_open_at", UtcTime, nullable=False),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", UtcTime, nullable=False),
    sa.Column("parked_reason", sa.Text),
)

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("incident_id", sa.BigInteger, sa.ForeignKey("incidents.id")),
    sa.Column("notice_id", sa.BigInteger, sa.ForeignKey("notices.id")),
    sa.Column("mute_id", sa.BigInteger, sa.ForeignKey("mutes.id")),
    sa.Column("channel_id", Serial, sa.ForeignKey("channels.id"), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("ts", sa.Text),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("posted", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64)),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("behind_since", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("tried_at", UtcTime),
    sa.Column("late_seconds", sa.Integer),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", UtcTime, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("held", sa.String(8)),
    sa.CheckConstraint(
        "(CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN mute_id IS NULL THEN 0 ELSE 1 END) = 1",
        name="one_subject",
    ),
    sa.UniqueConstraint("incident_id", "channel_id"),
    sa.UniqueConstraint("notice_id", "channel_id"),
    sa.UniqueConstraint("mute_id", "channel_id"),
)
# What Slack shows is older than what the database says, and nothing holds the card back.
cards_behind = sa.and_(
    cards.c.wanted > cards.c.posted,
    cards.c.wanted > cards.c.refused,
    # Held cards are not posted. One that may have been must be looked for, then kept true.
    sa.or_(cards.c.held.is_(None), cards.c.ts.is_not(None), cards.c.tried_at.is_not(None)),
)
sa.Index(
    "ix_cards_behind",  # the delivery loop
    cards.c.urgency,
    cards.c.behind_since,
    sqlite_where=cards_behind,
    postgresql_where=cards_behind,
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("id", Serial, sa.Identity(), primary_key=True),
    sa.Column("card_id", UuidText, sa.ForeignKey("cards.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("note", sa.JSON, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("tried_at", UtcTime),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", UtcTime, nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("ts", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.Column("stays", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("card_id", "key"),
)
sa.Index(
    "ix_notes_unsaid",  # the delivery loop
    notes.c.urgency,
    notes.c.since,
    sqlite_where=notes.c.outcome.is_(None),
    postgresql_where=notes.c.outcome.is_(None),
)

gates = sa.Table(
    "gates",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("due", UtcTime, nullable=False),
    sa.Column("reason", sa.Text),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)

remarks = sa.Table(
    "remarks",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("incident_id", sa.BigInteger, sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index(None, "incident_id", "id"),  # what people wrote about one incident
)

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("incident_id", sa.BigInteger, sa.ForeignKey("incidents.id")),
    sa.Column("mute_id", sa.BigInteger, sa.ForeignKey("mutes.id")),
    sa.Column("verb", sa.String(32), nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Index(None, "incident_id", "at"),  # who did what to one incident
)
