"""Groups of alarms: rows of `storms` that have a key."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Additive: the last release knows no groups, and looks at none: it goes by `look_again_at`."""
    for column in (
        sa.Column("key", sa.String(32)),
        sa.Column("common", sa.JSON(none_as_null=True)),
        sa.Column("wait_seconds", sa.Integer()),
        sa.Column("interval_seconds", sa.Integer()),
        sa.Column("looked_at", TIME),
        sa.Column("due_at", TIME),
        sa.Column("admitted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("members", sa.Integer()),
        sa.Column("lasted_seconds", sa.Double()),
    ):
        op.add_column("storms", column)
    news = sa.Column("is_news", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("cards", news)
    _partial_index("ix_storms_due_at", ["due_at"], "due_at IS NOT NULL")
    goes_on = "key IS NOT NULL AND ended_at IS NULL"
    _partial_index("ix_storms_groups_that_go_on", ["channel_id", "key"], goes_on)


def _partial_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "storms", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """What fires in groups gets its own cards; what is over, when it fires again. The groups'
    cards are left as they are in Slack."""
    op.execute(
        "UPDATE cards SET held = NULL, posted = wanted WHERE held = 'group' AND storm_id IS NULL"
        " AND in_storm IN (SELECT id FROM storms WHERE ended_at IS NOT NULL)"
    )
    op.execute(
        "UPDATE cards SET held = NULL WHERE held = 'group' AND storm_id IS NULL"
        " AND in_storm IN (SELECT id FROM storms WHERE ended_at IS NULL)"
    )
    op.execute(
        "UPDATE cards SET in_storm = NULL"
        " WHERE in_storm IN (SELECT id FROM storms WHERE key IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM notes WHERE card_id IN (SELECT cards.id FROM cards"
        " JOIN storms ON storms.id = cards.storm_id WHERE storms.key IS NOT NULL)"
    )
    op.execute("DELETE FROM cards WHERE storm_id IN (SELECT id FROM storms WHERE key IS NOT NULL)")
    op.drop_index("ix_storms_groups_that_go_on", "storms")
    op.drop_index("ix_storms_due_at", "storms")
    op.execute("DELETE FROM storms WHERE key IS NOT NULL")
    op.drop_column("cards", "is_news")
    for name in (
        "lasted_seconds", "members", "admitted", "due_at", "looked_at", "interval_seconds",
        "wait_seconds", "common", "key",
    ):  # fmt: skip
        op.drop_column("storms", name)
