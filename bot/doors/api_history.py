"""`GET /api/v1/stats` and `/api/v1/incidents/{id}/history`: what happened, summed and drawn."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from bot.clock import Clock
from bot.doors.api_paging import Cursor, number_of
from bot.doors.history_shapes import HistoryShape, StatsShape
from bot.doors.refusals import plainly
from bot.rules.card import Language
from bot.rules.history import Span
from bot.rules.query import QueryRefused
from bot.rules.stats_range import USUAL, range_of
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import history, stats

ENGLISH = Words.of(Language.ENGLISH)
_MOMENTS = "`7d`, `today`, `2026-11-01`, `2026-11-01T12:30`; days are UTC"

Since = Annotated[str, Query(description=f"where it begins: {_MOMENTS}")]
Until = Annotated[str, Query(description=f"where it ends, now by itself: {_MOMENTS}")]


class Scope(StrEnum):
    """Whose past."""

    ALARM = "alarm"
    RULE = "rule"


def add_histories(api: APIRouter, database: Database, *, clock: Clock) -> None:
    """The routes, bound to one database."""

    @api.get("/stats", summary="Statistics of a time")
    async def statistics(since: Since = USUAL, until: Until = "") -> StatsShape:  # pyright: ignore[reportUnusedFunction]
        """Counts, time to acknowledge and recover, and what makes the noise."""
        try:
            first, last = range_of(f"{since}..{until}", now=clock())
        except QueryRefused as refused:
            raise HTTPException(400, plainly(refused, ENGLISH)) from refused
        return StatsShape.of(await stats.of(database, since=first, until=last))

    @api.get("/incidents/{number}/history", summary="What an incident's alarm did before")
    async def past(  # pyright: ignore[reportUnusedFunction]
        number: str, span: Span = Span.WEEK, scope: Scope = Scope.ALARM, cursor: Cursor = None
    ) -> HistoryShape:
        """Values, firing periods, and a page of incidents. 404 if there is no such incident."""
        found = await history.of_incident(
            database,
            number_of(number, "incident") or 0,
            span=span,
            whole_rule=scope is Scope.RULE,
            before_id=number_of(cursor, "cursor"),
            now=clock(),
        )
        if found is None:
            raise HTTPException(404, f"There is no incident {number}.")
        return HistoryShape.of(found)
