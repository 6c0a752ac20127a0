"""Sums of pieces of time for the statistics, and triggers that keep them from being wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIZES = (1, 6, 24, 96, 384)
RARE = "('test', 'unreadable', 'failed', 'duplicate', 'stale')"
WATCHED = (
    "state", "recovered_at", "closed_at", "first_acknowledged_at", "worst_severity", "firings",
    "opened_at", "alarm_id",
)  # fmt: skip
LOCK = 0x5355  # of a class of its own; the same number stands in bot/store/sheets.py


def _hours_sqlite(column: str) -> str:
    hour = f"CAST(strftime('%s', {column}) AS INTEGER) / 3600"
    pairs = (f"(size = {size} AND start = {hour} - {hour} % {size})" for size in SIZES)
    return f"DELETE FROM summed WHERE {' OR '.join(pairs)};"  # noqa: S608 - our names


def _sqlite() -> None:
    for table, column in (("callbacks", "at"), ("incidents", "opened_at")):
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER summed_{table}_{event.lower()} AFTER {event} ON {table}"
                f" BEGIN {_hours_sqlite(f'{row}.{column}')} END"
            )
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in WATCHED)
    both = _hours_sqlite("OLD.opened_at") + " " + _hours_sqlite("NEW.opened_at")
    op.execute(
        f"CREATE TRIGGER summed_incidents_update AFTER UPDATE ON incidents WHEN {changed}"
        f" BEGIN {both} END"
    )
    moved = (
        "OLD.at IS NOT NEW.at OR OLD.alarm_id IS NOT NEW.alarm_id OR OLD.outcome IS NOT NEW.outcome"
    )
    both = _hours_sqlite("OLD.at") + " " + _hours_sqlite("NEW.at")
    op.execute(
        f"CREATE TRIGGER summed_callbacks_update AFTER UPDATE ON callbacks WHEN {moved}"
        f" BEGIN {both} END"
    )


# The lock lets who sums wait for transactions that have changed the hour and not committed.
FUNCTION = f"""
CREATE FUNCTION summed_forget(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    hour integer := floor(extract(epoch FROM at) / 3600);
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK}, hour);
    DELETE FROM summed WHERE (size, start) IN
        ({", ".join(f"({size}, hour - hour % {size})" for size in SIZES)});
END $$
"""  # noqa: S608 - our names
TRIGGER = """
CREATE FUNCTION summed_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM summed_forget(OLD.{column}); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM summed_forget(NEW.{column}); END IF;
    RETURN NULL;
END $$
"""


def _postgres() -> None:
    op.execute(FUNCTION)
    for table, column, watched in (
        ("callbacks", "at", ("at", "alarm_id", "outcome")),
        ("incidents", "opened_at", WATCHED),
    ):
        op.execute(TRIGGER.format(table=table, column=column))
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in watched)
        for event, when in (("INSERT OR DELETE", ""), ("UPDATE", f"WHEN ({changed})")):
            name = f"summed_{table}_{event.split()[0].lower()}"
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when}"
                f" EXECUTE FUNCTION summed_{table}()"
            )
    # Parts of these are read; compressed, the whole would have to be.
    for column in ("taken", "over"):
        op.execute(f'ALTER TABLE sheets ALTER COLUMN "{column}" SET STORAGE EXTERNAL')


def upgrade() -> None:
    """Additive: the last release knows none of it, and its rows fire the triggers like ours.

    Nothing is summed here: the bot does that in its background, hour by hour, and until then
    statistics read the rows.
    """
    op.create_table(
        "summed",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger()),
        sa.Column("critical", sa.Integer(), nullable=False),
        sa.Column("warn", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("size", "start", name="pk_summed"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sheets",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.Column("over", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", "start", name="pk_sheets"),
    )
    op.create_index("ix_callbacks_at_alarm_id", "callbacks", ["at", "alarm_id"])
    where = sa.text(f"outcome IN {RARE}")
    op.create_index(
        "ix_callbacks_rare",
        "callbacks",
        ["outcome", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgres()


def downgrade() -> None:
    """Undo it. Nothing is lost: the rows say it all."""
    tables = ("callbacks", "incidents")
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for event in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER summed_{table}_{event}")
    else:
        for table in tables:
            op.execute(f"DROP FUNCTION summed_{table}() CASCADE")
        op.execute("DROP FUNCTION summed_forget(timestamptz)")
    op.drop_index("ix_callbacks_rare", "callbacks")
    op.drop_index("ix_callbacks_at_alarm_id", "callbacks")
    op.drop_table("sheets")
    op.drop_table("summed")
