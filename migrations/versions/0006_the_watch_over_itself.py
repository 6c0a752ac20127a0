"""The watch over itself: what was last well, what is not, and who is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables that the last release does not know."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "pulses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_pulses"),
    )
    op.create_table(
        "troubles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", at, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("told_at", at),
        sa.Column("notice_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_troubles"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("telling", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", at, nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("due_at", at, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )


def downgrade() -> None:
    """Nobody is told any more."""
    for table in ("alerts", "troubles", "pulses"):
        op.drop_table(table)
