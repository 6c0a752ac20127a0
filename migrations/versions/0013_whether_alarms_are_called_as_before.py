"""A token that is another one whenever an alarm is called otherwise, or a new one comes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMING = ("name", "rule_id", "dimensions", "instance_name")


ANEW = "BEGIN DELETE FROM naming; INSERT INTO naming (id, token) VALUES (1, random()); END"


def _sqlite() -> None:
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in NAMING)
    for event, when in (("INSERT", ""), ("DELETE", ""), ("UPDATE", f"WHEN {changed}")):
        # No REPLACE: how the outer statement treats conflicts would hold here as well.
        op.execute(f"CREATE TRIGGER naming_{event.lower()} AFTER {event} ON alarms {when} {ANEW}")


# A transaction writes it once: a thousand new alarms would be a thousand versions of one row.
FUNCTION = """
CREATE FUNCTION naming_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO naming (id, token, by)
    VALUES (1, floor(random() * 2 ^ 62)::bigint, txid_current())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token, by = excluded.by
    WHERE naming.by IS DISTINCT FROM excluded.by;
    RETURN NULL;
END $$
"""


def _postgres() -> None:
    op.execute(FUNCTION)
    changed = " OR ".join(f"OLD.{name}::text IS DISTINCT FROM NEW.{name}::text" for name in NAMING)
    for event, when in (("INSERT OR DELETE", ""), ("UPDATE", f"WHEN ({changed})")):
        op.execute(
            f"CREATE TRIGGER naming_{event.split()[0].lower()} AFTER {event} ON alarms"
            f" FOR EACH ROW {when} EXECUTE FUNCTION naming_changed()"
        )


def upgrade() -> None:
    """Additive, and at once. What the last release changes is noticed like what we do."""
    op.create_table(
        "naming",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_naming"),
    )
    op.execute("INSERT INTO naming (id, token) VALUES (1, 0)")
    _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgres()


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER naming_{event}")
    else:
        op.execute("DROP FUNCTION naming_changed() CASCADE")
    op.drop_table("naming")
