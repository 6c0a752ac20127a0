"""What a search looks in: every alarm's facts as folded texts.

Import it from `bot.store.tables`, which has all of them. Folded by Python when they are
stored, because the engines do not agree on the small letters of most alphabets. Alarms are
counted in thousands and have some twenty facts each, however many callbacks there are, so a
search looks through them all and then finds the incidents by their alarms.
"""

import sqlalchemy as sa

from bot.store.schema import metadata

alarm_facts = sa.Table(
    "alarm_facts",
    metadata,
    sa.Column("alarm_id", sa.BigInteger, sa.ForeignKey("alarms.id"), primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index(None, "name"),  # a search for one fact of all alarms
    sqlite_with_rowid=False,
)
