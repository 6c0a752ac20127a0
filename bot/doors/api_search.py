"""`GET /api/v1/incidents` and `/api/v1/alarms`: the search language in an address.

`q` is the whole language; every other parameter that is not about paging is a further term by
its field's name, so `?q=disk&severity=critical` is `disk severity:critical`.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from bot.clock import Clock
from bot.doors.api_paging import Cursor, Limit
from bot.doors.problems import problem
from bot.doors.refusals import plainly
from bot.doors.shapes import AlarmShape, IncidentShape, Page
from bot.rules.card import Language
from bot.rules.query import Query as Question
from bot.rules.query import QueryRefused
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import search

NOT_TERMS = ("q", "format", "limit", "cursor")
MOST_ROWS = 10_000  # of a file: a spreadsheet for people, not an export of everything
ENGLISH = Words.of(Language.ENGLISH)

Item = TypeVar("Item")

Search = Annotated[
    str,
    Query(
        alias="q",
        description="The search language, as in `/alarms search`.",
        openapi_examples={
            "critical": {"value": "severity:critical state:open since:7d -group:test"},
            "instance": {"value": "instanceId:i-bp1* metric:CPU* duration:>10m sort:worst"},
            "text": {"value": '"free text" acked:no opened:2026-11-01..2026-11-05'},
        },
    ),
]


class Format(StrEnum):
    """How incidents are told."""

    JSON = "json"
    CSV = "csv"


Told = Annotated[
    Format, Query(alias="format", description=f"`csv`: the first {MOST_ROWS} in one file.")
]


class Searches:
    """Reads what an address asks for."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def _asked(self, request: Request, text: str) -> Question:
        terms = [pair for pair in request.query_params.multi_items() if pair[0] not in NOT_TERMS]
        return await search.understood(self._database, text, terms, now=self._clock())

    async def incidents(
        self, request: Request, text: str, limit: int, cursor: str | None
    ) -> Page[IncidentShape]:
        """A page of incidents."""
        query = await self._asked(request, text)
        found = await search.search(self._database, query, limit=limit, cursor=cursor)
        return _page([IncidentShape.of(told) for told in found.items], found.next_cursor)

    async def file(self, request: Request, text: str) -> Response:
        """The same as a file; a header says how many there are in all."""
        query = await self._asked(request, text)
        total = await search.count(self._database, query)
        content = await search.to_csv(self._database, query, most=MOST_ROWS)
        headers = {
            "Content-Disposition": 'attachment; filename="incidents.csv"',
            "X-Total-Count": str(total),
        }
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    async def alarms(
        self, request: Request, text: str, limit: int, cursor: str | None
    ) -> Page[AlarmShape]:
        """A page of alarms."""
        query = await self._asked(request, text)
        found = await search.alarms(self._database, query, limit=limit, cursor=cursor)
        return _page([AlarmShape.of(alarm) for alarm in found.items], found.next_cursor)


def _page(items: Sequence[Item], following: str | None) -> Page[Item]:
    return Page(items=list(items), next_cursor=following)


def add_searches(api: APIRouter, database: Database, *, clock: Clock) -> None:
    """The routes."""
    searches = Searches(database, clock=clock)

    @api.get(
        "/incidents",
        summary="Search incidents",
        response_model=Page[IncidentShape],
        responses={200: {"content": {"text/csv": {}}}},
    )
    async def incidents(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        text: Search = "",
        told: Told = Format.JSON,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[IncidentShape] | Response:
        """Newest first, unless `q` says `sort:`. Any field of `q` may be a parameter of its own:
        `state`, `severity`, `project`, `rule`, …, or the name of a dimension.
        """
        if told is Format.CSV:
            return await searches.file(request, text)
        return await searches.incidents(request, text, limit, cursor)

    @api.get("/alarms", summary="Search alarms")
    async def alarms(  # pyright: ignore[reportUnusedFunction]
        request: Request, text: Search = "", limit: Limit = 50, cursor: Cursor = None
    ) -> Page[AlarmShape]:
        """Every alarm ever heard of, newest first, by what it says of itself."""
        return await searches.alarms(request, text, limit, cursor)


async def on_refused_query(_request: Request, error: Exception) -> JSONResponse:
    """A search that cannot be understood: the sentence, and for programs what is in it."""
    if not isinstance(error, QueryRefused):
        raise error
    more = {"code": error.key, **error.values}
    return problem(400, plainly(error, ENGLISH), more=more)
