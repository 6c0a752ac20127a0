"""A column for a callback's headers, record and body in packed form."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: old rows stay as they are. The last release shows new ones without their text."""
    op.add_column("callbacks", sa.Column("packed", sa.LargeBinary()))


def downgrade() -> None:
    """Callbacks stay with what became of them; the text of packed ones is lost."""
    op.drop_column("callbacks", "packed")
