"""Sheets of pieces of time as rows: which there are, and how one comes to be there.

A sum is made in three steps: `mark` says whose it will be, then the rows are read, and `save`
stores the sum if the mark is still there. A change of a row in between has taken it out.
"""

import secrets
import struct
import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any  # columns of any type

import sqlalchemy as sa

from bot.rules.sheet import SIZES, Piece, Sheet, Spells, aligned, left_over
from bot.rules.stats import Shown
from bot.store.engine import Reading, Writing
from bot.store.tables import sheets, summed

LOCK = 0x5355  # the same number stands in migration 0010
VERSION = 1
VALUE = 8  # bytes of a duration
SHOWN = ("critical", "warn", "other")
Span = tuple[int, int]  # hours from, up to


async def cover(tx: Reading, first: int, last: int) -> tuple[list[tuple[Piece, Sheet]], list[Span]]:
    """The sheets of the largest pieces in some hours, and the hours that none covers."""
    gaps: list[Span] = [(first, last)] if first < last else []
    found: list[tuple[Piece, Sheet]] = []
    for size in reversed(SIZES):
        within = [
            sa.and_(summed.c.start >= whole[0], summed.c.start <= whole[-1])
            for gap in gaps
            if (whole := aligned(*gap, size))
        ]
        if not within:
            continue
        query = (
            sa.select(summed.c.start, sheets.c.sheet)
            .join(sheets, sa.and_(sheets.c.size == summed.c.size, sheets.c.start == summed.c.start))
            .where(summed.c.size == size, summed.c.mark.is_(None), sa.or_(*within))
            .order_by(summed.c.start)
        )
        rows = (await tx.connection.execute(query)).all()
        pieces = [Piece(row.start, size) for row in rows]
        found += [(Piece(row.start, size), unpacked(bytes(row.sheet))) for row in rows]
        gaps = list(left_over(gaps, pieces))
    return sorted(found, key=lambda one: one[0]), gaps


async def made(tx: Reading, pieces: Sequence[Piece]) -> set[Piece]:
    """Which of these pieces of one size have a sum."""
    starts = [piece.start for piece in pieces]
    query = sa.select(summed.c.start).where(
        summed.c.size == pieces[0].size,
        summed.c.start >= min(starts),
        summed.c.start <= max(starts),
        summed.c.mark.is_(None),
    )
    there = set(await tx.connection.scalars(query))
    return {piece for piece in pieces if piece.start in there}


async def wholes(tx: Reading, pieces: Sequence[Piece]) -> list[Sheet]:
    """The sheets of some pieces with all their durations."""
    found: list[Sheet] = []
    for piece in pieces:
        query = sa.select(sheets).where(sheets.c.size == piece.size, sheets.c.start == piece.start)
        row = (await tx.connection.execute(query)).one()
        sheet = unpacked(bytes(row.sheet))
        sheet.taken.values, sheet.over.values = array("q", row.taken), array("q", row.over)
        found.append(sheet)
    return found


async def durations(
    tx: Reading, column: str, ranges: Sequence[tuple[Piece, int, int]]
) -> list[int]:
    """Durations by their places in the lists of some pieces; `column` is `taken` or `over`."""
    asked = [
        sa.select(sa.func.substr(sheets.c[column], first * VALUE + 1, (last - first) * VALUE))
        .where(sheets.c.size == piece.size, sheets.c.start == piece.start)
        for piece, first, last in ranges
        if first < last
    ]  # fmt: skip
    if not asked:
        return []
    found = array("q")
    for part in await tx.connection.scalars(sa.union_all(*asked)):
        found.frombytes(bytes(part))
    return list(found)


async def shown(tx: Reading, first: int, last: int) -> list[tuple[int, Shown]]:
    """Of each summed hour how many incidents opened: critical, warning, others."""
    query = sa.select(summed.c.start, summed.c.critical, summed.c.warn, summed.c.other).where(
        summed.c.size == 1,
        summed.c.start >= first,
        summed.c.start < last,
        summed.c.mark.is_(None),
    )
    rows = await tx.connection.execute(query.order_by(summed.c.start))
    return [(start, (critical, warn, other)) for start, critical, warn, other in rows]


async def all_shown(tx: Reading, spans: Sequence[Span]) -> list[tuple[int, Shown]]:
    """Of each span how many of its hours are summed, and the sum of what `shown` has."""
    asked = {
        f"{end}_{n}": hour
        for n, span in enumerate(spans)
        for end, hour in zip(ENDS, span, strict=True)
    }
    rows = await tx.connection.execute(_all_shown(len(spans)), asked)
    found = [tuple(row) for row in rows]
    return [(count, (critical, warn, other)) for _, count, critical, warn, other in found]


ENDS = ("first", "last")


@lru_cache(64)  # to put it together takes longer than to run it
def _all_shown(count: int) -> sa.CompoundSelect[*tuple[Any, ...]]:
    asked = (
        sa.select(
            sa.literal(number).label("place"),
            sa.func.count(),
            *(sa.func.coalesce(sa.func.sum(summed.c[name]), 0) for name in SHOWN),
        )
        .where(summed.c.size == 1, summed.c.mark.is_(None))
        .where(summed.c.start >= sa.bindparam(f"first_{number}", type_=sa.Integer))
        .where(summed.c.start < sa.bindparam(f"last_{number}", type_=sa.Integer))
        for number in range(count)
    )
    return sa.union_all(*asked).order_by("place")


async def mark(tx: Writing, piece: Piece) -> int | None:
    """Say that a sum will be made; None while somebody changes rows of this time."""
    if not await _still(tx, piece):
        return None
    mine = secrets.randbits(62)
    here = (summed.c.size == piece.size) & (summed.c.start == piece.start)
    await tx.connection.execute(sa.delete(summed).where(here))
    values = {"size": piece.size, "start": piece.start, "critical": 0, "warn": 0, "other": 0}
    await tx.connection.execute(sa.insert(summed).values(mark=mine, **values))
    return mine


async def _still(tx: Writing, piece: Piece) -> bool:
    """SQLite has one writer, and that is we. On PostgreSQL who changes rows holds their hour."""
    if tx.connection.dialect.name == "sqlite":
        return True
    hours = sa.func.generate_series(piece.start, piece.start + piece.size - 1).column_valued()
    got = sa.func.bool_and(sa.func.pg_try_advisory_xact_lock(LOCK, hours))
    return bool(await tx.connection.scalar(sa.select(got)))


async def save(tx: Writing, piece: Piece, sheet: Sheet, *, mark: int) -> bool:
    """Store a sum; False if its rows have changed since it was marked."""
    here = (summed.c.size == piece.size) & (summed.c.start == piece.start)
    critical, warn, other = sheet.shown
    settled = await tx.connection.execute(
        sa.update(summed)
        .where(here, summed.c.mark == mark)
        .values(mark=None, critical=critical, warn=warn, other=other)
    )
    if settled.rowcount != 1:
        return False
    there = (sheets.c.size == piece.size) & (sheets.c.start == piece.start)
    await tx.connection.execute(sa.delete(sheets).where(there))
    columns = {
        "sheet": packed(sheet),
        "taken": (sheet.taken.values or array("q")).tobytes(),
        "over": (sheet.over.values or array("q")).tobytes(),
    }
    row = {"size": piece.size, "start": piece.start, **columns}
    await tx.connection.execute(sa.insert(sheets).values(**row))
    return True


def packed(sheet: Sheet) -> bytes:
    """A version, how long each list is, and the lists; durations other than samples apart."""
    spells = (sheet.taken, sheet.over)
    lists = (
        array("q", [sheet.events, sheet.never, *sheet.shown]),
        array("q", [number for one in spells for number in (one.count, one.total)]),
        array("q", sheet.severities),
        array("q", sheet.noise.keys()),
        array("q", sheet.noise.values()),
        array("q", sheet.flaps.keys()),
        array("q", sheet.flaps.values()),
        *(one.samples for one in spells),
    )
    head = struct.pack(f"<{len(lists)}I", *map(len, lists))
    return bytes([VERSION]) + zlib.compress(head + b"".join(one.tobytes() for one in lists), 1)


LISTS = 9


def unpacked(content: bytes) -> Sheet:
    """The inverse of `packed`. Raises ValueError for the version of another release."""
    if content[0] != VERSION:
        raise ValueError(f"sheet of version {content[0]}, not {VERSION}")
    plain = zlib.decompress(content[1:])
    at = LISTS * 4
    lists: list[array[int]] = []
    for length in struct.unpack_from(f"<{LISTS}I", plain):
        lists.append(array("q", plain[at : at + length * 8]))
        at += length * 8
    (events, never, *of_all), counts, severities, alarms, heard, flapped, changes, *samples = lists
    return Sheet(
        noise=dict(zip(alarms, heard, strict=True)),
        severities=list(severities),
        events=events,
        never=never,
        shown=of_all,
        taken=Spells(counts[0], counts[1], samples[0]),
        over=Spells(counts[2], counts[3], samples[1]),
        flaps=dict(zip(flapped, changes, strict=True)),
    )
