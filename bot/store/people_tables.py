"""The tables of what people do: mutes, remarks, and the audit of every act.

Import them from `bot.store.tables`, which has all of them.
"""

import sqlalchemy as sa

from bot.store.columns import Serial, UtcTime, UuidText
from bot.store.schema import metadata

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
    # Numbers, not references: the audit outlives what is pruned.
    sa.Column("incident_id", sa.BigInteger),
    sa.Column("mute_id", sa.BigInteger),
    sa.Column("verb", sa.String(32), nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Index(None, "incident_id", "at"),  # who did what to one incident
)
