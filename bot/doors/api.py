"""`/api/v1`: what happened and what to do about it, as JSON. Bearer tokens; paging by cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials

from bot.clock import Clock
from bot.doors.api_acts import Poke, add_acts
from bot.doors.api_history import add_histories
from bot.doors.api_mutes import add_mutes
from bot.doors.api_paging import Cursor, Limit, bearer, number_of, uuid_of, without_nul
from bot.doors.api_search import add_searches
from bot.doors.api_troubles import add_troubles
from bot.doors.problems import RESPONSES
from bot.doors.shapes import CallbackShape, IncidentShape, Item, Page
from bot.store.callbacks import CallbackFilter
from bot.store.engine import Database
from bot.tokens import Token, name_of
from bot.work import ask

CALLBACK_FIELDS = ("outcome", "kind", "source", "alarm_id", "incident_id")
PAGING = ("limit", "cursor")


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


def _only_known(request: Request, known: Sequence[str]) -> None:
    for name in request.query_params:
        if name not in known and name not in PAGING:
            fields = ", ".join(known)
            raise HTTPException(400, f"Unknown field {name[:40]!r}; there are: {fields}.")


def build_api(
    database: Database, tokens: Sequence[Token], *, clock: Clock, poke: Poke
) -> APIRouter:
    """The routes, bound to one database. `poke` follows every change."""
    guards = [Depends(Guard(tokens))]
    api = APIRouter(prefix="/api/v1", dependencies=guards, responses={**RESPONSES})
    add_searches(api, database, clock=clock)
    add_histories(api, database, clock=clock)
    for add in (_add_incident, _add_callbacks, add_troubles):
        add(api, database)
    add_acts(api, database, tokens, clock=clock, poke=poke)
    add_mutes(api, database, tokens, clock=clock, poke=poke)
    return api


def _add_incident(api: APIRouter, database: Database) -> None:
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


def _page(items: list[Item], limit: int, key: Callable[[Item], str]) -> Page[Item]:
    """One more item than asked for was fetched: it tells whether there is a next page."""
    more = len(items) > limit
    shown = items[:limit]
    return Page(items=shown, next_cursor=key(shown[-1]) if more else None)
