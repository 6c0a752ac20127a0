"""Cards that stand in for those of a channel that Slack refuses; cards to look for twins of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: the last release neither makes such cards nor minds them."""
    with op.batch_alter_table("cards") as batch:
        batch.add_column(sa.Column("stands_in_for", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("sweep_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("sweep_from", sa.DateTime(timezone=True), nullable=True))
    shown = sa.text("stands_in_for IS NOT NULL")
    op.create_index(
        "ix_cards_stands_in_for", "cards", ["stands_in_for"],
        sqlite_where=shown, postgresql_where=shown,
    )  # fmt: skip
    due = sa.text("sweep_at IS NOT NULL")
    op.create_index(
        "ix_cards_sweep_at", "cards", ["sweep_at"], sqlite_where=due, postgresql_where=due
    )


def downgrade() -> None:
    """Stand-ins stay as cards of their own."""
    op.drop_index("ix_cards_sweep_at", "cards")
    op.drop_index("ix_cards_stands_in_for", "cards")
    with op.batch_alter_table("cards") as batch:
        batch.drop_column("sweep_from")
        batch.drop_column("sweep_at")
        batch.drop_column("stands_in_for")
