"""Remarks: what people wrote about incidents. Rows are added, never changed."""

import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.incident import Person, Remark
from bot.store.engine import Reading, Writing
from bot.store.tables import remarks


async def add(tx: Writing, incident_id: int, remark: Remark) -> None:
    """Keep a remark, in the transaction that puts it on the incident."""
    await tx.connection.execute(
        sa.insert(remarks).values(
            id=new_id(),
            incident_id=incident_id,
            at=remark.at,
            by_id=remark.by.id,
            by_name=remark.by.name,
            text=remark.text,
        )
    )


async def of_incident(tx: Reading, incident_id: int) -> list[Remark]:
    """All remarks on one incident, oldest first."""
    query = sa.select(remarks).where(remarks.c.incident_id == incident_id).order_by(remarks.c.id)
    return [
        Remark(Person(row["by_id"], row["by_name"]), row["at"], row["text"])
        for row in (await tx.connection.execute(query)).mappings()
    ]
