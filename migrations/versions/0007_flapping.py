"""Which alarms flap, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: the last release counts no changes, and what it writes flaps no more."""
    op.add_column("incidents", sa.Column("flap", sa.JSON()))
    op.add_column("incidents", sa.Column("calm_at", sa.DateTime(timezone=True)))
    where = sa.text("calm_at IS NOT NULL")
    op.create_index(
        "ix_incidents_calm_at", "incidents", ["calm_at"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    """What flapped pings again."""
    op.drop_index("ix_incidents_calm_at", "incidents")
    op.drop_column("incidents", "calm_at")
    op.drop_column("incidents", "flap")
