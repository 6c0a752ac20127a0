"""A sample of each alarm: a callback by which the others of it are packed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive, and at once: old rows stay as they are.

    The last release shows what is packed by a sample without its text, and says why.
    """
    op.create_table(
        "samples",
        sa.Column("alarm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_samples_alarm_id_alarms"),
        sa.PrimaryKeyConstraint("alarm_id", name="pk_samples"),
    )


def downgrade() -> None:
    """Callbacks stay with what became of them; the text of what is packed by a sample is lost."""
    op.drop_table("samples")
