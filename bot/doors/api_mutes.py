"""`/api/v1/mutes`: make, change, extend, end and preview mutes, for programs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from bot.clock import Clock
from bot.doors.api_acts import Caller, Key, Poke
from bot.doors.api_paging import Cursor, Limit, number_of
from bot.doors.mute_shapes import Longer, Matchers, MuteBody, MuteShape, PreviewShape
from bot.doors.refusals import plainly
from bot.doors.shapes import Page
from bot.rules.card import Language
from bot.rules.incident import Person
from bot.rules.matcher import Matcher
from bot.rules.matcher_text import MatchersRefused, parse_matchers
from bot.rules.mute import Mute, MuteRefused, NewMute
from bot.rules.mute_form import MuteForm
from bot.rules.until import duration
from bot.slack.words import Words
from bot.store.engine import Database
from bot.tokens import Token
from bot.work import ask, mute

ENGLISH = Words.of(Language.ENGLISH)


def matchers_of(texts: Sequence[str]) -> tuple[Matcher, ...]:
    """Conditions of a request. Raises 400."""
    found: list[Matcher] = []
    for text in texts:
        try:
            found += parse_matchers(text)
        except MatchersRefused as refused:
            raise HTTPException(400, f"matchers: {plainly(refused, ENGLISH)}") from refused
    return tuple(found)


class Mutes:
    """Makes and changes mutes."""

    def __init__(self, database: Database, *, clock: Clock, poke: Poke) -> None:
        self._database = database
        self._clock = clock
        self._poke = poke

    async def asked(self, body: MuteBody, now: datetime) -> NewMute:
        """The mute that a request asks for. Raises 400, 404."""
        matchers = matchers_of(body.matchers)
        if body.incident_id is not None:
            told = await ask.incident(self._database, body.incident_id)
            if told is None:
                raise HTTPException(404, f"incident_id: there is no {body.incident_id}.")
            matchers = (*MuteForm.of(told.listed.alarm).matchers, *matchers)
        idle = timedelta(minutes=body.idle_minutes) if body.idle_minutes else None
        return NewMute(
            matchers,
            body.reason,
            _end(body, now),
            starts_at=body.starts_at,
            until_recovered=body.until_recovered,
            wakes_on_worse=body.wakes_on_worse,
            idle=idle,
        )

    async def make(self, body: MuteBody, by: Person, key: str | None) -> MuteShape:
        """A new one."""
        now = self._clock()
        new = await self.asked(body, now)
        try:
            made = await mute.create(
                self._database,
                new,
                by=by,
                via="api",
                key=f"{by.id}/mute/{key}" if key else None,
                now=now,
                poke=self._poke,
            )
        except MuteRefused as refused:
            raise HTTPException(400, _said(refused)) from refused
        return MuteShape.of(made)

    async def change(self, number: str, body: MuteBody, by: Person, key: str | None) -> MuteShape:
        """What it is from now on."""
        now = self._clock()
        new = await self.asked(body, now)
        unique = f"{by.id}/edit/{number}/{key}" if key else None
        try:
            changed = await mute.edit(
                self._database,
                _id(number),
                new,
                by=by,
                via="api",
                key=unique,
                now=now,
                poke=self._poke,
            )
        except MuteRefused as refused:
            raise HTTPException(400, _said(refused)) from refused
        return _known(changed, number)

    async def extend(
        self, number: str, body: Longer | None, by: Person, key: str | None
    ) -> MuteShape:
        """A later end."""
        now = self._clock()
        until = body.ends_at if body else None
        if until is not None and until <= now:
            raise HTTPException(400, "ends_at: must lie ahead.")
        unique = f"{by.id}/extend/{number}/{key}" if key else None
        try:
            changed = await mute.extend(
                self._database,
                _id(number),
                until=until,
                by=by,
                via="api",
                key=unique,
                now=now,
                poke=self._poke,
            )
        except MuteRefused as refused:
            raise HTTPException(400, _said(refused)) from refused
        return _known(changed, number)

    async def end(self, number: str, by: Person) -> MuteShape:
        """Over, now."""
        ended = await mute.end(
            self._database, _id(number), by=by, via="api", now=self._clock(), poke=self._poke
        )
        return _known(ended, number)


def _id(number: str) -> int:
    return number_of(number, "mute") or 0


def _known(found: Mute | None, number: str) -> MuteShape:
    if found is None:
        raise HTTPException(404, f"There is no mute {number}.")
    return MuteShape.of(found)


def _said(refused: MuteRefused) -> str:
    field = "matchers" if refused.key in ("everything", "too_many") else "ends_at"
    return f"{field}: {plainly(refused, ENGLISH)}"


def _end(body: MuteBody, now: datetime) -> datetime:
    if body.ends_at is not None:
        return body.ends_at
    if body.lasts is None:
        raise HTTPException(400, "ends_at: say when it ends, or how long it `lasts`.")
    length = duration(body.lasts)
    if length is None:
        raise HTTPException(400, f"lasts: {body.lasts[:40]!r} is no length; write 90m, 4h or 2d.")
    try:
        return (body.starts_at or now) + length
    except OverflowError as error:
        raise HTTPException(400, "starts_at: lies too far ahead.") from error


def add_mutes(
    api: APIRouter, database: Database, tokens: Sequence[Token], *, clock: Clock, poke: Poke
) -> None:
    """The routes of mutes."""
    mutes, caller = Mutes(database, clock=clock, poke=poke), Caller(tokens)
    _add_asking(api, database, clock)
    _add_making(api, mutes, caller)
    _add_changing(api, mutes, caller)


def _add_asking(api: APIRouter, database: Database, clock: Clock) -> None:
    @api.get("/mutes", summary="Mutes, newest first")
    async def page(  # pyright: ignore[reportUnusedFunction]
        ended: Annotated[bool, Query(description="those that are over")] = False,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[MuteShape]:
        """Those that are not over, or those that are."""
        before = number_of(cursor, "cursor")
        found = await mute.page(database, ended=ended, limit=limit + 1, before_id=before)
        shown = [MuteShape.of(one) for one in found[:limit]]
        following = str(shown[-1].id) if len(found) > limit else None
        return Page(items=shown, next_cursor=following)

    @api.get("/mutes/{number}", summary="One mute")
    async def one(number: str) -> MuteShape:  # pyright: ignore[reportUnusedFunction]
        """404 if there is none."""
        return _known(await mute.find(database, _id(number)), number)

    @api.post("/mutes/preview", summary="What a mute would hide")
    async def preview(body: Matchers) -> PreviewShape:  # pyright: ignore[reportUnusedFunction]
        """What it matches now, and what it would have hidden in the last 30 days."""
        found = matchers_of(body.matchers)
        return PreviewShape.of(await mute.preview(database, found, now=clock()))


def _add_making(api: APIRouter, mutes: Mutes, caller: Caller) -> None:
    @api.post("/mutes", summary="Mute", status_code=201)
    async def make(  # pyright: ignore[reportUnusedFunction]
        body: MuteBody, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> MuteShape:
        """At most 7 days. What it hides is recorded in full."""
        return await mutes.make(body, by, key)


def _add_changing(api: APIRouter, mutes: Mutes, caller: Caller) -> None:
    @api.put("/mutes/{number}", summary="Change a mute")
    async def change(  # pyright: ignore[reportUnusedFunction]
        number: str, body: MuteBody, by: Annotated[Person, Depends(caller)], key: Key = None
    ) -> MuteShape:
        """All of it; who made it stays. What it no longer matches is heard again."""
        return await mutes.change(number, body, by, key)

    @api.post("/mutes/{number}/extend", summary="Extend a mute")
    async def extend(  # pyright: ignore[reportUnusedFunction]
        number: str,
        by: Annotated[Person, Depends(caller)],
        body: Longer | None = None,
        key: Key = None,
    ) -> MuteShape:
        """Also after it has ended."""
        return await mutes.extend(number, body, by, key)

    @api.delete("/mutes/{number}", summary="Unmute")
    async def end(  # pyright: ignore[reportUnusedFunction]
        number: str, by: Annotated[Person, Depends(caller)]
    ) -> MuteShape:
        """What still fires comes back to its channel."""
        return await mutes.end(number, by)
