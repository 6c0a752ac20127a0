"""Which incident holds back which."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: the last release holds nothing back, and its incidents hold none back."""
    op.add_column("incidents", sa.Column("parent_id", sa.BigInteger()))
    leads = sa.Column("leads", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("incidents", leads)
    where = sa.text("parent_id IS NOT NULL AND state IN ('firing', 'no_data')")
    op.create_index(
        "ix_incidents_held_back",
        "incidents",
        ["parent_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    """What was held back is shown."""
    op.execute("UPDATE cards SET held = NULL WHERE held = 'behind'")
    op.drop_index("ix_incidents_held_back", "incidents")
    op.drop_column("incidents", "leads")
    op.drop_column("incidents", "parent_id")
