"""The facts of alarms as folded texts, and the indexes that searches need."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONGEST_NAME, LONGEST_TEXT = 100, 1_000
BATCH = 500

FIELDS = {
    "project": ("project",),
    "metric": ("metric", "metric_label"),
    "rule": ("rule_id", "name"),
    "account": ("account",),
    "group": ("group_id", "group_name"),
    "region": ("region_id", "region_name"),
    "instance": ("instance_name",),
    "alarm": ("name",),
}  # as they were in this release


def upgrade() -> None:
    """The table, then its rows for the alarms that are there."""
    facts = op.create_table(
        "alarm_facts",
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_alarm_facts_alarm_id_alarms"),
        sa.PrimaryKeyConstraint("alarm_id", "name", "place", name="pk_alarm_facts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alarm_facts_name", "alarm_facts", ["name"])
    op.create_index("ix_incidents_opened_at_id", "incidents", ["opened_at", "id"])
    taken = sa.text("acknowledged_by_id IS NOT NULL")
    op.create_index(
        "ix_incidents_taken",
        "incidents",
        ["acknowledged_by_id", "acknowledged_by_name"],
        sqlite_where=taken,
        postgresql_where=taken,
    )
    alarms = op.get_bind().execute(sa.text("SELECT * FROM alarms ORDER BY id")).mappings().all()
    rows = [row for alarm in alarms for row in _rows(dict(alarm))]
    for start in range(0, len(rows), BATCH):
        op.bulk_insert(facts, rows[start : start + BATCH])


def _rows(alarm: Mapping[Any, Any]) -> Iterator[dict[str, object]]:
    told = {
        (name, str(text).casefold()[:LONGEST_TEXT])
        for name, text in _facts(alarm)
        if text and len(name) <= LONGEST_NAME
    }
    for place, (name, text) in enumerate(sorted(told)):
        yield {"alarm_id": alarm["id"], "name": name, "place": place, "text": text}


def _facts(alarm: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for field, columns in FIELDS.items():
        yield from ((field, alarm[column]) for column in columns)
    dimensions = _object(alarm["dimensions"])
    yield "instance", dimensions.get("instanceId")
    for prefix, pairs in (("dimension", dimensions), ("label", _object(alarm["labels"]))):
        yield from ((f"{prefix}.{name}".casefold(), text) for name, text in pairs.items())


def _object(column: Any) -> dict[str, Any]:
    """SQLite gives JSON as its text."""
    return json.loads(column) if isinstance(column, str) else column


def downgrade() -> None:
    """Undo it. Nothing is lost: the alarms say it all."""
    op.drop_index("ix_incidents_taken", "incidents")
    op.drop_index("ix_incidents_opened_at_id", "incidents")
    op.drop_table("alarm_facts")
