"""The audit on a shell: a table, JSON as the API tells it, or a CSV file of all there is."""

import csv
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.cli.acting import zone
from bot.cli.searching import Unwritable
from bot.cli.table import as_table
from bot.doors.act_shapes import ActShape
from bot.store.acts import Act
from bot.store.engine import Database
from bot.work import audit
from bot.work.spreadsheet import MARK, harmless

A_PAGE = 500
HEAD = ("AT", "WHO", "VERB", "INCIDENT", "MUTE", "VIA", "BEFORE", "AFTER")
COLUMNS = ("at", "who", "name", "verb", "incident", "mute", "via", "before", "after")


async def acts(
    database: Database, *, limit: int | None, incident: int | None
) -> AsyncGenerator[Act]:
    """Acts, the newest first; all of them without a limit."""
    before: tuple[datetime, str] | None = None
    left = limit
    while left is None or left > 0:
        size = A_PAGE if left is None else min(A_PAGE, left)
        page = await audit.page(database, limit=size, incident_id=incident, before=before)
        for one in page:
            yield one
        if len(page) < size:
            return
        before = (page[-1].at, page[-1].id)
        left = None if left is None else left - size


async def found(database: Database, *, limit: int, incident: int | None) -> list[Act]:
    """The newest acts."""
    return [one async for one in acts(database, limit=limit, incident=incident)]


def as_text(shown: Sequence[Act]) -> str:
    """A line an act."""
    if not shown:
        return "Nobody has done anything yet."
    return as_table(HEAD, [_row(one) for one in shown])


def _row(one: Act) -> tuple[str, ...]:
    return (
        f"{one.at.astimezone(zone()):%Y-%m-%d %H:%M:%S}",
        one.actor.name,
        one.verb,
        f"#{one.incident_id}" if one.incident_id else "",
        f"#{one.mute_id}" if one.mute_id else "",
        one.via,
        _changed(one.before),
        _changed(one.after),
    )


def _changed(told: object) -> str:
    text = json.dumps(told, ensure_ascii=False) if told else ""
    return text.strip("{}")


def as_json(shown: Sequence[Act]) -> str:
    """For machines."""
    items = [ActShape.of(one).model_dump(mode="json") for one in shown]
    return json.dumps({"items": items}, indent=2, ensure_ascii=False)


async def to_csv(database: Database, file: Path, *, limit: int | None, incident: int | None) -> int:
    """Write a file, an act a row; how many. Raises Unwritable."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            return await _write(database, out, limit=limit, incident=incident)
    except OSError as error:
        raise Unwritable(f"{file} cannot be written ({error.strerror}).") from None


async def _write(
    database: Database, out: TextIO, *, limit: int | None, incident: int | None
) -> int:
    out.write(MARK)
    rows, count = csv.writer(out), 0
    rows.writerow(COLUMNS)
    async for one in acts(database, limit=limit, incident=incident):
        rows.writerow([harmless(cell) for cell in _cells(one)])
        count += 1
    return count


def _cells(one: Act) -> tuple[str | int | None, ...]:
    return (
        f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        one.actor.id,
        one.actor.name,
        one.verb,
        one.incident_id,
        one.mute_id,
        one.via,
        json.dumps(dict(one.before), ensure_ascii=False),
        json.dumps(dict(one.after), ensure_ascii=False),
    )
