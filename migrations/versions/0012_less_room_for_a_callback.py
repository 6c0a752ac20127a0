"""Less room for a callback: a sample of each alarm to pack it by, and a smaller index."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WIDE, SMALL = "ix_callbacks_incident_id_id", "ix_callbacks_incident_id"


def upgrade() -> None:
    """A second or two for a million callbacks: meanwhile they are taken, but not applied.

    Old rows stay as they are. The last release finds the callbacks of an incident by the new
    index as well: they are some ten, and in order soon. It shows what is packed by a sample
    without its text, and says why.
    """
    op.create_table(
        "samples",
        sa.Column("alarm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_samples_alarm_id_alarms"),
        sa.PrimaryKeyConstraint("alarm_id", name="pk_samples"),
    )
    op.create_index(SMALL, "callbacks", ["incident_id"])
    op.drop_index(WIDE, "callbacks")


def downgrade() -> None:
    """Callbacks stay with what became of them; the text of what is packed by a sample is lost."""
    op.create_index(WIDE, "callbacks", ["incident_id", "id"])
    op.drop_index(SMALL, "callbacks")
    op.drop_table("samples")
