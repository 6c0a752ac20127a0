"""The tables of delivery: what Slack shows, what it is to show, and how fast.

Import them from `bot.store.tables`, which has all of them.
"""

import sqlalchemy as sa

from bot.store.columns import Serial, UtcTime, UuidText
from bot.store.schema import metadata

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

storms = sa.Table(
    "storms",
    metadata,
    sa.Column("id", Serial, sa.Identity(), primary_key=True),
    sa.Column("channel_id", Serial, sa.ForeignKey("channels.id"), nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("look_again_at", UtcTime),
    # A row with a key is a group of alarms that belong together. The tick looks at storms by
    # `look_again_at` and at groups by `due_at`, so that a release which knows none finds none.
    sa.Column("key", sa.String(32)),
    sa.Column("common", sa.JSON(none_as_null=True)),
    sa.Column("wait_seconds", sa.Integer),
    sa.Column("interval_seconds", sa.Integer),
    sa.Column("looked_at", UtcTime),
    sa.Column("due_at", UtcTime),
    sa.Column("admitted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("members", sa.Integer),
    sa.Column("lasted_seconds", sa.Double),
)
sa.Index(
    "ix_storms_due_at",  # the tick: groups that have changed
    storms.c.due_at,
    sqlite_where=storms.c.due_at.is_not(None),
    postgresql_where=storms.c.due_at.is_not(None),
)
_group_goes_on = sa.and_(storms.c.key.is_not(None), storms.c.ended_at.is_(None))
sa.Index(
    "ix_storms_groups_that_go_on",  # the apply loop: the group of what begins to fire
    storms.c.channel_id,
    storms.c.key,
    sqlite_where=_group_goes_on,
    postgresql_where=_group_goes_on,
)
sa.Index(
    "ix_storms_look_again_at",  # the tick, and the apply loop: storms that go on
    storms.c.look_again_at,
    sqlite_where=storms.c.look_again_at.is_not(None),
    postgresql_where=storms.c.look_again_at.is_not(None),
)

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("incident_id", sa.BigInteger, sa.ForeignKey("incidents.id")),
    sa.Column("notice_id", sa.BigInteger, sa.ForeignKey("notices.id")),
    sa.Column("mute_id", sa.BigInteger, sa.ForeignKey("mutes.id")),
    sa.Column("storm_id", sa.BigInteger, sa.ForeignKey("storms.id"), unique=True),
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
    sa.Column("in_storm", sa.BigInteger),  # the storm or the group whose card counts it
    sa.Column("is_news", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("thread", sa.String(8), nullable=False, server_default="short"),
    sa.Column("aloud", sa.String(8), nullable=False, server_default="critical"),
    sa.Column("held", sa.String(8)),
    sa.Column("stands_in_for", sa.BigInteger),  # the channel, which Slack refuses
    sa.Column("sweep_at", UtcTime),
    sa.Column("sweep_from", UtcTime),
    sa.CheckConstraint(
        "(CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN mute_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN storm_id IS NULL THEN 0 ELSE 1 END) = 1",
        name="one_subject",
    ),
    sa.UniqueConstraint("incident_id", "channel_id"),
    sa.UniqueConstraint("notice_id", "channel_id"),
    sa.UniqueConstraint("mute_id", "channel_id"),
)

# What Slack shows is older than what the database says,
cards_old = sa.and_(cards.c.wanted > cards.c.posted, cards.c.wanted > cards.c.refused)
# and nothing holds the card back.
cards_behind = sa.and_(
    cards_old,
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
sa.Index(
    "ix_cards_ts",  # a note by the message shortcut
    cards.c.ts,
    sqlite_where=cards.c.ts.is_not(None),
    postgresql_where=cards.c.ts.is_not(None),
)
sa.Index(
    "ix_cards_in_storm",  # what a storm card counts
    cards.c.in_storm,
    sqlite_where=cards.c.in_storm.is_not(None),
    postgresql_where=cards.c.in_storm.is_not(None),
)
sa.Index(
    "ix_cards_stands_in_for",  # a channel is parked, or mended
    cards.c.stands_in_for,
    sqlite_where=cards.c.stands_in_for.is_not(None),
    postgresql_where=cards.c.stands_in_for.is_not(None),
)
sa.Index(
    "ix_cards_sweep_at",  # the delivery loop: a late twin may have come
    cards.c.sweep_at,
    sqlite_where=cards.c.sweep_at.is_not(None),
    postgresql_where=cards.c.sweep_at.is_not(None),
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
