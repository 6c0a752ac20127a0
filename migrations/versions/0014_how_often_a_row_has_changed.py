"""A number on alarms and incidents that is another one after each change.

What was read before a transaction is known in it to be still so by one small column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("alarms", "incidents")

FUNCTION = """
CREATE FUNCTION row_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Additive, and at once: neither engine touches a row for it.

    This release counts by itself. The triggers do it for the last one, which may run beside
    it for a while, and for whoever changes a row by hand.
    """
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(FUNCTION)
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        when = "WHEN (NEW.version = OLD.version)"
        if on_sqlite:
            count = f"UPDATE {table} SET version = version + 1 WHERE id = NEW.id"  # noqa: S608
            op.execute(
                f"CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} {when} BEGIN {count}; END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_changed BEFORE UPDATE ON {table}"
                f" FOR EACH ROW {when} EXECUTE FUNCTION row_changed()"
            )


def downgrade() -> None:
    """Undo it."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_changed" + ("" if on_sqlite else f" ON {table}"))
        op.drop_column(table, "version")
    if not on_sqlite:
        op.execute("DROP FUNCTION row_changed()")
