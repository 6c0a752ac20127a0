"""`/api/v1/incidents/…`: the acts that people do in Slack, for programs; and the audit."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from bot.clock import Clock
from bot.doors.act_shapes import ActShape
from bot.doors.api_paging import Cursor, Limit, Plain, bearer, number_of, uuid_of
from bot.doors.shapes import IncidentShape, Page
from bot.ids import MOST_NUMBER
from bot.rules.incident import Person
from bot.rules.people import USER_REMEDY, user_in
from bot.store.engine import Database
from bot.tokens import Token, name_of
from bot.work import ask
from bot.work.act import LONGEST_TEXT, Click, Effect, Verb, act
from bot.work.audit import page as audit_page

LONGEST_KEY = 200
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        description="The same key twice acts once.",
    ),
]
Poke = Callable[[], None]


class Reason(BaseModel):
    """Why."""

    reason: Plain = Field("", max_length=LONGEST_TEXT)


class Text(BaseModel):
    """A note."""

    text: Plain = Field(min_length=1, max_length=LONGEST_TEXT)


def _user(text: str) -> str:
    found = user_in(text)
    if found is None:
        raise PydanticCustomError("no_user", USER_REMEDY)
    return found


class Assignee(BaseModel):
    """To whom: a Slack user's id, and how to call them."""

    id: Annotated[Plain, Field(min_length=1, max_length=64), AfterValidator(_user)]
    name: Plain = Field("", max_length=80)


class Opinion(BaseModel):
    """What somebody thinks of the alarm."""

    feedback: Literal["false_positive", "not_actionable", "none"]


class Caller:
    """Who calls: the token's name, as the audit keeps it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    def __call__(
        self, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Person:
        """The guard before it has let in nobody without a token."""
        name = name_of(self._tokens, given.credentials if given else "") or "unknown"
        return Person(f"api:{name}", name)


class Acts:
    """Carries out acts and answers with the incident as it is then."""

    def __init__(self, database: Database, *, clock: Clock, poke: Poke) -> None:
        self._database = database
        self._clock = clock
        self._poke = poke

    async def do(
        self,
        verb: Verb,
        number: str,
        by: Person,
        key: str | None,
        *,
        text: str = "",
        to: Person | None = None,
    ) -> IncidentShape:
        """Raises 404 for no incident, 409 for one that it makes no sense for any more."""
        found = number_of(number, "incident") or 0
        unique = f"{by.id}/{found}/{verb.value}/{key}" if key else None
        click = Click(verb, None, by, "api", incident_id=found, to=to, text=text, key=unique)
        done = await act(self._database, click, now=self._clock(), poke=self._poke)
        if done.effect is Effect.UNKNOWN_CARD:
            raise HTTPException(404, f"There is no incident {number}.")
        if done.effect is Effect.OVER and done.incident:
            state = done.incident.state.value
            raise HTTPException(409, f"Incident {number} is {state}: it cannot be {_did(verb)}.")
        told = await ask.incident(self._database, found)
        if told is None:
            raise HTTPException(404, f"There is no incident {number}.")
        return IncidentShape.of(told)


def _did(verb: Verb) -> str:
    return {Verb.TAKE: "taken", Verb.ASSIGN: "assigned", Verb.RESOLVE: "resolved"}.get(
        verb, "acknowledged"
    )


def add_acts(
    api: APIRouter, database: Database, tokens: Sequence[Token], *, clock: Clock, poke: Poke
) -> None:
    """The routes that change incidents, and the audit."""
    acts = Acts(database, clock=clock, poke=poke)
    caller = Caller(tokens)
    for verb in (Verb.ACKNOWLEDGE, Verb.UNACKNOWLEDGE, Verb.TAKE):
        _add_plain(api, acts, caller, verb)
    for verb in (Verb.RESOLVE, Verb.REOPEN):
        _add_reasoned(api, acts, caller, verb)
    _add_spoken(api, acts, caller)
    _add_audit(api, database)


def _add_plain(api: APIRouter, acts: Acts, caller: Caller, verb: Verb) -> None:
    @api.post(f"/incidents/{{number}}/{verb.value}", summary=f"{verb.value.capitalize()} it")
    async def plain(  # pyright: ignore[reportUnusedFunction]
        number: str, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> IncidentShape:
        """Answers with the incident as it is then; doing it twice changes nothing."""
        return await acts.do(verb, number, by, key)


def _add_reasoned(api: APIRouter, acts: Acts, caller: Caller, verb: Verb) -> None:
    @api.post(f"/incidents/{{number}}/{verb.value}", summary=f"{verb.value.capitalize()} it")
    async def reasoned(  # pyright: ignore[reportUnusedFunction]
        number: str,
        by: Annotated[Person, Depends(caller)],
        why: Reason | None = None,
        key: Key = None,
    ) -> IncidentShape:
        """By hand, with a reason. Only what was resolved by hand can be opened again."""
        return await acts.do(verb, number, by, key, text=why.reason if why else "")


def _add_spoken(api: APIRouter, acts: Acts, caller: Caller) -> None:
    @api.post("/incidents/{number}/notes", summary="Add a note", status_code=201)
    async def note(  # pyright: ignore[reportUnusedFunction]
        number: str, written: Text, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> IncidentShape:
        """It stands on the card. Send an `Idempotency-Key` if you may send it twice."""
        return await acts.do(Verb.NOTE, number, by, key, text=written.text)

    @api.post("/incidents/{number}/assign", summary="Assign it")
    async def assign(  # pyright: ignore[reportUnusedFunction]
        number: str, to: Assignee, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> IncidentShape:
        """To a Slack user, whoever had it before."""
        person = Person(to.id, to.name or to.id)
        return await acts.do(Verb.ASSIGN, number, by, key, to=person)

    @api.post("/incidents/{number}/feedback", summary="Give feedback")
    async def feedback(  # pyright: ignore[reportUnusedFunction]
        number: str, opinion: Opinion, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> IncidentShape:
        """`none` takes it back."""
        none = opinion.feedback == "none"
        verb = Verb.NO_FEEDBACK if none else Verb(opinion.feedback)
        return await acts.do(verb, number, by, key)


def _add_audit(api: APIRouter, database: Database) -> None:
    @api.get("/acts", summary="What people did, newest first")
    async def audit(  # pyright: ignore[reportUnusedFunction]
        incident_id: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[ActShape]:
        """All of them, or those on one incident."""
        place = _place(cursor) if cursor else None
        found = await audit_page(database, limit=limit + 1, incident_id=incident_id, before=place)
        shown = [ActShape.of(one) for one in found[:limit]]
        last = shown[-1] if len(found) > limit else None
        following = f"{last.at.isoformat()}~{last.id}" if last else None
        return Page(items=shown, next_cursor=following)


def _place(cursor: str) -> tuple[datetime, str]:
    at, _, number = cursor.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        utc = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise HTTPException(400, "cursor: is not a `next_cursor` of this list.") from error
    if moment.tzinfo is None:
        raise HTTPException(400, "cursor: is not a `next_cursor` of this list.")
    return utc, uuid_of(number, "cursor")
