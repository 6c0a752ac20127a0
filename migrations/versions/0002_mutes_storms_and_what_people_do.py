"""Mutes, storms, what people write and do, and the values of callbacks as a column."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UUID = sa.Uuid(as_uuid=False)
JSON = sa.JSON(none_as_null=True)

BEHIND_0001 = "wanted > posted AND wanted > refused"
BEHIND_0002 = (
    "wanted > posted AND wanted > refused"
    " AND (held IS NULL OR ts IS NOT NULL OR tried_at IS NOT NULL)"
)
ONE_OF_TWO = "(incident_id IS NULL) <> (notice_id IS NULL)"
ONE_OF_FOUR = (
    "(CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN mute_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN storm_id IS NULL THEN 0 ELSE 1 END) = 1"
)
NEW_ON_INCIDENTS = (
    ("first_acknowledged_at", TIME),
    ("closed_by_id", sa.Text()),
    ("closed_by_name", sa.Text()),
    ("closed_at", TIME),
    ("closed_reason", sa.Text()),
    ("feedback", sa.String(16)),
    ("remark", JSON),
    ("memory", JSON),
    ("mute_id", sa.BigInteger()),
)


def upgrade() -> None:
    """New tables first, then columns and indexes on those that are there."""
    _make_mutes()
    _make_storms()
    _make_remarks()
    _change_acts()
    _change_cards()
    for name, kind in NEW_ON_INCIDENTS:
        op.add_column("incidents", sa.Column(name, kind))
    op.add_column(
        "incidents", sa.Column("remarks", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "notes", sa.Column("stays", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _partial_index("ix_incidents_muted", "incidents", ["mute_id"], "mute_id IS NOT NULL")
    op.create_index("ix_alarms_rule_id", "alarms", ["rule_id"])
    op.create_index("ix_notices_kind_id", "notices", ["kind", "id"])
    _change_callbacks()


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _make_mutes() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("matchers", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("until_recovered", sa.Boolean(), nullable=False),
        sa.Column("wakes_on_worse", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(16)),
        sa.Column("idle_seconds", sa.Integer()),
        sa.Column("card_id", UUID),
        sa.Column("last_hidden_at", TIME),
        sa.Column("reminded_for", TIME),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("ended_because", sa.String(16)),
        sa.Column("ended_by_id", sa.Text()),
        sa.Column("ended_by_name", sa.Text()),
        sa.Column("hidden", JSON),
        sa.Column("look_again_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
    )
    _partial_index(
        "ix_mutes_look_again_at", "mutes", ["look_again_at"], "look_again_at IS NOT NULL"
    )


def _make_storms() -> None:
    op.create_table(
        "storms",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", SERIAL, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("look_again_at", TIME),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name="fk_storms_channel_id_channels"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_storms"),
    )
    _partial_index(
        "ix_storms_look_again_at", "storms", ["look_again_at"], "look_again_at IS NOT NULL"
    )


def _make_remarks() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", UUID, nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_remarks_incident_id_incidents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_index("ix_remarks_incident_id_id", "remarks", ["incident_id", "id"])


def _change_acts() -> None:
    with op.batch_alter_table("acts") as batch:
        batch.add_column(sa.Column("mute_id", sa.BigInteger()))
        batch.alter_column("incident_id", existing_type=sa.BigInteger(), nullable=True)
        batch.create_foreign_key("fk_acts_mute_id_mutes", "mutes", ["mute_id"], ["id"])


def _change_cards() -> None:
    op.drop_index("ix_cards_behind", "cards")
    with op.batch_alter_table("cards") as batch:
        batch.drop_constraint(op.f("ck_cards_one_subject"), type_="check")
        batch.add_column(sa.Column("mute_id", sa.BigInteger()))
        batch.add_column(sa.Column("storm_id", sa.BigInteger()))
        batch.add_column(sa.Column("in_storm", sa.BigInteger()))
        batch.add_column(sa.Column("held", sa.String(8)))
        batch.create_unique_constraint("uq_cards_mute_id_channel_id", ["mute_id", "channel_id"])
        batch.create_unique_constraint("uq_cards_storm_id", ["storm_id"])
        batch.create_foreign_key("fk_cards_mute_id_mutes", "mutes", ["mute_id"], ["id"])
        batch.create_foreign_key("fk_cards_storm_id_storms", "storms", ["storm_id"], ["id"])
        batch.create_check_constraint(op.f("ck_cards_one_subject"), ONE_OF_FOUR)
    _partial_index("ix_cards_behind", "cards", ["urgency", "behind_since"], BEHIND_0002)
    _partial_index("ix_cards_in_storm", "cards", ["in_storm"], "in_storm IS NOT NULL")


def _change_callbacks() -> None:
    op.add_column("callbacks", sa.Column("mute_id", sa.BigInteger()))
    op.add_column("callbacks", sa.Column("value", sa.Double()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE callbacks SET value = (record ->> 'value')::float8")
    else:
        op.execute("UPDATE callbacks SET value = json_extract(record, '$.value')")
    op.drop_index("ix_callbacks_alarm_id_at", "callbacks")
    op.create_index(
        "ix_callbacks_alarm_id_at_incident_id_value",
        "callbacks",
        ["alarm_id", "at", "incident_id", "value"],
    )
    _partial_index("ix_callbacks_muted", "callbacks", ["mute_id"], "mute_id IS NOT NULL")


def downgrade() -> None:
    """Undo it. Mutes, remarks and what was done to mutes are lost."""
    op.drop_index("ix_callbacks_muted", "callbacks")
    op.drop_index("ix_callbacks_alarm_id_at_incident_id_value", "callbacks")
    op.create_index("ix_callbacks_alarm_id_at", "callbacks", ["alarm_id", "at"])
    op.drop_column("callbacks", "value")
    op.drop_column("callbacks", "mute_id")
    op.drop_index("ix_notices_kind_id", "notices")
    op.drop_index("ix_alarms_rule_id", "alarms")
    op.drop_index("ix_incidents_muted", "incidents")
    for name in ("remarks", *(name for name, _ in NEW_ON_INCIDENTS)):
        op.drop_column("incidents", name)
    op.drop_column("notes", "stays")
    _change_cards_back()
    op.execute("DELETE FROM acts WHERE incident_id IS NULL")
    with op.batch_alter_table("acts") as batch:
        batch.drop_constraint("fk_acts_mute_id_mutes", type_="foreignkey")
        batch.alter_column("incident_id", existing_type=sa.BigInteger(), nullable=False)
        batch.drop_column("mute_id")
    op.drop_table("remarks")
    op.drop_table("storms")
    op.drop_table("mutes")


def _change_cards_back() -> None:
    op.execute(
        "DELETE FROM notes WHERE card_id IN"
        " (SELECT id FROM cards WHERE mute_id IS NOT NULL OR storm_id IS NOT NULL)"
    )
    op.execute("DELETE FROM cards WHERE mute_id IS NOT NULL OR storm_id IS NOT NULL")
    op.drop_index("ix_cards_in_storm", "cards")
    op.drop_index("ix_cards_behind", "cards")
    with op.batch_alter_table("cards") as batch:
        batch.drop_constraint(op.f("ck_cards_one_subject"), type_="check")
        batch.drop_constraint("fk_cards_mute_id_mutes", type_="foreignkey")
        batch.drop_constraint("fk_cards_storm_id_storms", type_="foreignkey")
        batch.drop_constraint("uq_cards_mute_id_channel_id", type_="unique")
        batch.drop_constraint("uq_cards_storm_id", type_="unique")
        batch.drop_column("held")
        batch.drop_column("in_storm")
        batch.drop_column("storm_id")
        batch.drop_column("mute_id")
        batch.create_check_constraint(op.f("ck_cards_one_subject"), ONE_OF_TWO)
    _partial_index("ix_cards_behind", "cards", ["urgency", "behind_since"], BEHIND_0001)
