"""Sums of pieces of time, which statistics are made of; never more than a copy of the rows.

Import them from `bot.store.tables`, which has all of them. `summed` says of which pieces the
sum is true. Triggers of the database take out every piece that a row of `callbacks` or
`incidents` changes, whoever writes it: this release, the last one in a rolling restart, or a
person with a shell. What is not there is read from the rows, and summed again by and by.

On PostgreSQL two writers of several hours that share a larger piece may in theory each wait for a
row that the other has taken out. No order of the rows within one statement prevents it, since each
row that a transaction changes fires a trigger of its own. PostgreSQL ends one of the two after a
second. That is a StorageUnavailable: the batch or the tick tries again, a person is told to. Who
sums takes no part in it: it waits for one row, and only while nobody else holds an hour of it.
"""

import sqlalchemy as sa

from bot.store.schema import metadata

summed = sa.Table(
    "summed",
    metadata,
    sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),  # hours
    sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),  # hours since 1970
    sa.Column("mark", sa.BigInteger),  # whoever is making the sum now; NULL: it is made
    sa.Column("critical", sa.Integer, nullable=False),
    sa.Column("warn", sa.Integer, nullable=False),
    sa.Column("other", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

sheets = sa.Table(
    "sheets",
    metadata,
    sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sheet", sa.LargeBinary, nullable=False),
    sa.Column("taken", sa.LargeBinary, nullable=False),  # microseconds, in order, 8 bytes each
    sa.Column("over", sa.LargeBinary, nullable=False),
)

naming = sa.Table(
    "naming",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # 1
    sa.Column("token", sa.BigInteger, nullable=False),  # another one when alarms are renamed
    sa.Column("by", sa.BigInteger),  # PostgreSQL: the transaction that changed it
)
