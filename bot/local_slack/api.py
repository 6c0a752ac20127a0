"""`/api/<method>`: the Web API's door. Admits, paces, runs the method and answers as Slack does.

The fault plan strikes here. Whatever happens, the answer must never be a traceback, and a
method that ran is never run again.
"""

import asyncio
import time
from dataclasses import dataclass

from aiohttp import web

from bot.local_slack.errors import SlackError
from bot.local_slack.faults import AFTER_THE_METHOD, Fault, FaultPlan, Kind
from bot.local_slack.journal import Entry, Journal
from bot.local_slack.jsons import Json
from bot.local_slack.methods import METHODS, Call, Desk
from bot.local_slack.tokens import Tokens
from bot.local_slack.wire import Args, read_args, token_of

HTML = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Server Error</body></html>"
OK, TOO_MANY, SERVER_ERROR, UNAVAILABLE = 200, 429, 500, 503


@dataclass
class Api:
    """The Web API over a desk; `closing` ends what a fault keeps waiting."""

    desk: Desk
    tokens: Tokens
    faults: FaultPlan
    journal: Journal
    closing: asyncio.Event

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, began = request.match_info["method"], time.monotonic()
        try:
            args = await read_args(request)
            refused = None
        except SlackError as error:
            args, refused = Args({}), error
        entry = self.journal.begin(self.desk.space.clock.now(), "in", method, args.values)
        fault = self.faults.next_for(method, args.text("channel"))
        entry.fault = str(fault) if fault else None
        try:
            answer = await self._answer(request, method, args, refused, fault, entry)
        finally:
            entry.seconds = time.monotonic() - began
            self.journal.end(entry)
        return answer

    async def _answer(
        self,
        request: web.Request,
        method: str,
        args: Args,
        refused: SlackError | None,
        fault: Fault | None,
        entry: Entry,
    ) -> web.StreamResponse:
        if fault is not None and fault.kind not in AFTER_THE_METHOD:
            struck = await self._strike(request, fault, entry)
            if struck is not None:
                return struck
        answer = await self._run(method, token_of(request, args), args, refused, entry)
        if fault is not None and fault.kind in AFTER_THE_METHOD:
            return await self._strike(request, fault, entry, answer) or answer
        return answer

    async def _run(
        self, method: str, token: str, args: Args, refused: SlackError | None, entry: Entry
    ) -> web.Response:
        try:
            if refused is not None:
                raise refused
            return _answered(entry, OK, {"ok": True, **await self._call(method, token, args)})
        except SlackError as error:
            entry.error = error.word
            return _refusal(entry, error)

    async def _call(self, method: str, token: str, args: Args) -> Json:
        run = METHODS.get(method)
        if run is None:
            raise SlackError("unknown_method", req_method=method)
        admitted = self.tokens.admit(method, token)
        wait = self.desk.limits.wait_for_call(method, self.desk.space.clock.now())
        if wait:
            raise SlackError("ratelimited", retry_after=wait)
        return await run(Call(self.desk, args, admitted))

    async def _strike(
        self, request: web.Request, fault: Fault, entry: Entry, answer: web.Response | None = None
    ) -> web.Response | None:
        """Do the harm; None = nothing more than time was lost, go on.

        `answer` is what the method has answered, if it has done its work.
        """
        if fault.kind in (Kind.SLOW, Kind.HANG_AFTER):
            await self._wait(fault.seconds)
            return None
        if fault.kind in (Kind.DROP_BEFORE, Kind.DROP_AFTER):
            return _hang_up(request, entry)
        if fault.kind is Kind.TEXT and answer is not None:
            return _page(entry, OK, answer.text or "", "json called text", kind="text/plain")
        return _bad_answer(fault, entry)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return


def _bad_answer(fault: Fault, entry: Entry) -> web.Response:
    if fault.kind is Kind.ERROR:
        entry.error = fault.word
        return _refusal(entry, SlackError(fault.word))
    if fault.kind is Kind.TOO_MANY:
        entry.error = "ratelimited"
        return _refusal(entry, SlackError("ratelimited", retry_after=int(fault.seconds)))
    if fault.kind is Kind.HTML:
        return _page(entry, OK, HTML, "html instead of json")
    if fault.kind is Kind.BAD_JSON:
        return _page(entry, OK, '{"ok": tru', "broken json", kind="application/json")
    if fault.kind is Kind.EMPTY:
        return _page(entry, OK, "", "nothing instead of json", kind="application/json")
    status = UNAVAILABLE if fault.kind is Kind.UNAVAILABLE else SERVER_ERROR
    return _page(entry, status, HTML, "server error")


def _answered(entry: Entry, status: int, body: Json) -> web.Response:
    entry.status = status
    return web.json_response(body, status=status)


def _refusal(entry: Entry, error: SlackError) -> web.Response:
    wait = error.more.get("retry_after")
    if error.word != "ratelimited":
        return _answered(entry, OK, error.body)
    answer = _answered(entry, TOO_MANY, {"ok": False, "error": "ratelimited"})
    answer.headers["Retry-After"] = str(wait or 1)
    return answer


def _page(
    entry: Entry, status: int, body: str, error: str, kind: str = "text/html"
) -> web.Response:
    entry.status, entry.error = status, error
    return web.Response(text=body, status=status, content_type=kind)


def _hang_up(request: web.Request, entry: Entry) -> web.Response:
    entry.status, entry.error = 0, "connection dropped"
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # never sent: the connection is gone
