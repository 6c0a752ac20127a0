"""`/api/v1`: read what happened, as JSON. Bearer tokens; paging by cursor; nothing changes."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.doors.shapes import AlarmShape, CallbackShape, IncidentShape, Item, Page
from bot.store.callbacks import CallbackFilter
from bot.store.engine import Database
from bot.store.lookups import FIELDS
from bot.tokens import Token, name_of
from bot.work import ask

Limit = Annotated[int, Query(ge=1, le=200, description="items of one page")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]

DIGITS = 18  # any number of so many fits an id's 64 bits
CALLBACK_FIELDS = ("outcome", "kind", "source", "alarm_id", "incident_id")
DIMENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
PAGING = ("limit", "cursor")

bearer = HTTPBearer(auto_error=False, description="One of TOCSIN_API_TOKENS")


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets in who brings one of the tokens."""

    tokens: Sequence[Token]

    def __call__(
        self, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> None:
        """Raises 401 otherwise."""
        if given and name_of(self.tokens, given.credentials):
            return
        remedy = "Send `Authorization: Bearer …` with one of TOCSIN_API_TOKENS."
        if not self.tokens:
            remedy = "Set TOCSIN_API_TOKENS to open the API."
        raise HTTPException(401, remedy, headers={"WWW-Authenticate": "Bearer"})


def number_of(text: str | None, name: str) -> int | None:
    """An id in a query or path. Raises 400."""
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > DIGITS:
        raise HTTPException(400, f"{name}: {text[:40]!r} is not an id; ids are whole numbers.")
    return int(text)


def uuid_of(text: str, name: str) -> str:
    """A callback's id. Raises 400."""
    try:
        return str(UUID(text))
    except ValueError as error:
        detail = f"{name}: {text[:40]!r} is not a callback's id; those are UUIDs."
        raise HTTPException(400, detail) from error


def _conditions(request: Request) -> dict[str, str]:
    """Every query parameter but the paging: fields by name, anything else a dimension."""
    wanted: dict[str, str] = {}
    for name, text in request.query_params.items():
        if name in PAGING:
            continue
        if near := _meant_by(name):
            raise HTTPException(400, f"Unknown field {name[:40]!r}; did you mean {near!r}?")
        if name not in FIELDS and not DIMENSION.fullmatch(name):
            raise HTTPException(400, f"Unknown field {name[:40]!r}; no dimension is called so.")
        wanted[name] = without_nul(text)
    return wanted


def _meant_by(name: str) -> str | None:
    """The field that a name is a slip of. `instanceId` is no slip: so dimensions are called."""
    if name in FIELDS or not name.islower() or name.endswith("id"):
        return None
    near = difflib.get_close_matches(name, FIELDS, 1, 0.75)
    return near[0] if near else None


def without_nul(text: str) -> str:
    """PostgreSQL takes no NUL in a text, so no row has one."""
    return text.replace("\x00", "")


def _only_known(request: Request, known: Sequence[str]) -> None:
    for name in request.query_params:
        if name not in known and name not in PAGING:
            fields = ", ".join(known)
            raise HTTPException(400, f"Unknown field {name[:40]!r}; there are: {fields}.")


def build_api(database: Database, tokens: Sequence[Token]) -> APIRouter:
    """The routes, bound to one database."""
    api = APIRouter(prefix="/api/v1", dependencies=[Depends(Guard(tokens))])
    for add in (_add_incidents, _add_callbacks, _add_alarms):
        add(api, database)
    return api


def _add_incidents(api: APIRouter, database: Database) -> None:
    @api.get("/incidents", summary="Incidents, newest first")
    async def incidents(  # pyright: ignore[reportUnusedFunction]
        request: Request, limit: Limit = 50, cursor: Cursor = None
    ) -> Page[IncidentShape]:
        """Filter by field (`state`, `severity`, `project`, `rule`, …) or by dimension."""
        before = number_of(cursor, "cursor")
        wanted = _conditions(request)
        told = await ask.incidents(database, wanted, limit=limit + 1, before_id=before)
        return _page([IncidentShape.of(one) for one in told], limit, lambda item: str(item.id))

    @api.get("/incidents/{number}", summary="One incident")
    async def incident(number: str) -> IncidentShape:  # pyright: ignore[reportUnusedFunction]
        """404 if there is none."""
        told = await ask.incident(database, number_of(number, "incident") or 0)
        if told is None:
            raise HTTPException(404, f"There is no incident {number}.")
        return IncidentShape.of(told)


def _add_callbacks(api: APIRouter, database: Database) -> None:
    @api.get("/callbacks", summary="Callbacks, newest first")
    async def callbacks(  # pyright: ignore[reportUnusedFunction]
        request: Request, limit: Limit = 50, cursor: Cursor = None
    ) -> Page[CallbackShape]:
        """Filter by `outcome`, `kind`, `source`, `alarm_id`, `incident_id`."""
        _only_known(request, CALLBACK_FIELDS)
        given = {name: without_nul(text) for name, text in request.query_params.items()}
        wanted = CallbackFilter(
            outcome=given.get("outcome"),
            kind=given.get("kind"),
            source=given.get("source"),
            alarm_id=number_of(given.get("alarm_id"), "alarm_id"),
            incident_id=number_of(given.get("incident_id"), "incident_id"),
        )
        before = uuid_of(cursor, "cursor") if cursor else None
        found = await ask.callback_page(database, wanted, limit=limit + 1, before_id=before)
        return _page([CallbackShape.of(one) for one in found], limit, lambda item: item.id)

    @api.get("/callbacks/{callback_id}", summary="One callback")
    async def callback(callback_id: str) -> CallbackShape:  # pyright: ignore[reportUnusedFunction]
        """What became of it; `outcome` is null while it waits to be applied."""
        found = await ask.callback(database, uuid_of(callback_id, "callback"))
        if found is None:
            raise HTTPException(404, f"There is no callback {callback_id}.")
        return CallbackShape.of(found)


def _add_alarms(api: APIRouter, database: Database) -> None:
    @api.get("/alarms", summary="Alarms, newest first")
    async def alarms(  # pyright: ignore[reportUnusedFunction]
        request: Request, limit: Limit = 50, cursor: Cursor = None
    ) -> Page[AlarmShape]:
        """Every alarm ever heard of."""
        _only_known(request, ())
        before = number_of(cursor, "cursor")
        found = await ask.alarm_page(database, limit=limit + 1, before_id=before)
        return _page([AlarmShape.of(one) for one in found], limit, lambda item: str(item.id))


def _page(items: list[Item], limit: int, key: Callable[[Item], str]) -> Page[Item]:
    """One more item than asked for was fetched: it tells whether there is a next page."""
    more = len(items) > limit
    shown = items[:limit]
    return Page(items=shown, next_cursor=key(shown[-1]) if more else None)
