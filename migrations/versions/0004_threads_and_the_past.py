"""How a card's thread is told, where a card stands, what an alarm did before; lasting acts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Additive: the last release goes on writing cards, whose threads are told as before."""
    thread = sa.Column("thread", sa.String(8), server_default="short", nullable=False)
    aloud = sa.Column("aloud", sa.String(8), server_default="critical", nullable=False)
    op.add_column("cards", thread)
    op.add_column("cards", aloud)
    _partial_index("ix_cards_ts", "cards", ["ts"], "ts IS NOT NULL")
    op.create_index("ix_incidents_alarm_id_opened_at", "incidents", ["alarm_id", "opened_at"])
    with op.batch_alter_table("acts") as batch:  # the audit outlives what is pruned
        batch.drop_constraint("fk_acts_incident_id_incidents", type_="foreignkey")
        batch.drop_constraint("fk_acts_mute_id_mutes", type_="foreignkey")
    taken = "acknowledged_by_id IS NOT NULL"
    _partial_index("ix_incidents_acknowledged", "incidents", ["alarm_id", "id"], taken)


def downgrade() -> None:
    """Threads are told in the one way of before. Acts on what was pruned are lost."""
    op.execute("DELETE FROM acts WHERE incident_id NOT IN (SELECT id FROM incidents)")
    op.execute("DELETE FROM acts WHERE mute_id NOT IN (SELECT id FROM mutes)")
    with op.batch_alter_table("acts") as batch:
        batch.create_foreign_key(
            "fk_acts_incident_id_incidents", "incidents", ["incident_id"], ["id"]
        )
        batch.create_foreign_key("fk_acts_mute_id_mutes", "mutes", ["mute_id"], ["id"])
    op.drop_index("ix_incidents_acknowledged", "incidents")
    op.drop_index("ix_incidents_alarm_id_opened_at", "incidents")
    op.drop_index("ix_cards_ts", "cards")
    op.drop_column("cards", "aloud")
    op.drop_column("cards", "thread")
