"""The tables of the bot's watch over itself.

Import them from `bot.store.tables`, which has all of them.
"""

import sqlalchemy as sa

from bot.store.columns import UtcTime, UuidText
from bot.store.schema import metadata

pulses = sa.Table(  # the last time of each thing that must happen again and again
    "pulses",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("detail", sa.Text),
)

troubles = sa.Table(  # checks that are not well at present
    "troubles",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("told_at", UtcTime),
    sa.Column("notice_id", sa.BigInteger),
)

alerts = sa.Table(  # messages about troubles that are still to be sent
    "alerts",
    metadata,
    sa.Column("id", UuidText, primary_key=True),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("trouble", sa.Text, nullable=False),
    sa.Column("telling", sa.String(16), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
)
