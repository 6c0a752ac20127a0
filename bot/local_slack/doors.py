"""The doors of the local Slack: which path leads where, and what is answered there.

Parses, calls, answers; it must never decide anything about the workspace.
"""

import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from bot.local_slack import answers, control, look
from bot.local_slack.jsons import Json
from bot.local_slack.stand import Stand

PAGE = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http: https:; base-uri 'none'; form-action 'none'"
)


class Doors:
    """The handlers over a stand-in."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def hang_into(self, app: web.Application) -> None:
        """Register every route."""
        app.router.add_route("*", "/api/{method}", self._stand.api.handle)
        app.router.add_post("/hooks/{ticket}", self._response_url)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_get("/socket", self._stand.hub.handle)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        app.router.add_get("/archives/{channel}/{message}", self._permalink)
        app.router.add_get("/control/state", self._state)
        app.router.add_get("/control/messages", self._messages)
        app.router.add_get("/control/requests", self._requests)
        app.router.add_get("/control/stream", self._stream)
        app.router.add_post("/control/{act}", self._control)
        app.router.add_get("/", self._page)
        app.router.add_get("/page/{name}", self._page)

    async def _response_url(self, request: web.Request) -> web.Response:
        began = time.monotonic()
        answer, args, error = await answers.handle_response_url(
            request, self._stand.space, self._stand.tickets
        )
        entry = self._stand.journal.begin(self._stand.clock.now(), "in", "response_url", args)
        entry.status, entry.error = answer.status, error
        entry.seconds = time.monotonic() - began
        self._stand.journal.end(entry)
        return answer

    async def _upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, raw or as the first part of a form; answers `OK - N`."""
        file = self._stand.space.files.get(request.match_info["file"])
        if file is None or file.content is not None:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            parts = (await request.post()).values()
            uploads = [part for part in parts if isinstance(part, web.FileField)]
            file.content = uploads[0].file.read() if uploads else b""
        else:
            file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def _file(self, request: web.Request) -> web.Response:
        file = self._stand.space.files.get(request.match_info["file"])
        if file is None or file.content is None:
            return web.Response(status=404, text="not found")
        # Never the uploader's own type: a page that a file brought would run with our rights.
        image = file.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif"))
        kind = "image/png" if image else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=file.content, content_type=kind, headers=headers)

    async def _authorize(self, request: web.Request) -> web.Response:
        """The consent page, answered "yes" at once: back to the app with a code."""
        back = urlsplit(request.query.get("redirect_uri", ""))
        if back.scheme not in ("http", "https"):
            return web.Response(status=400, text="bad_redirect_uri")
        query = urlencode(
            {
                "code": self._stand.tickets.code(),
                "state": request.query.get("state", ""),
            }
        )
        raise web.HTTPFound(urlunsplit((*back[:3], query, "")))

    async def _permalink(self, request: web.Request) -> web.Response:
        digits = request.match_info["message"].removeprefix("p")
        target = f"{request.match_info['channel']}/{digits[:-6]}.{digits[-6:]}"
        raise web.HTTPFound(f"/#{target}")

    async def _state(self, _request: web.Request) -> web.Response:
        return _json(look.state(self._stand))

    async def _messages(self, request: web.Request) -> web.Response:
        return _json(look.messages(self._stand, request))

    async def _requests(self, request: web.Request) -> web.Response:
        return _json(look.requests(self._stand, request))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        return await look.stream(self._stand, request)

    async def _control(self, request: web.Request) -> web.Response:
        return await control.handle(self._stand, request)

    async def _page(self, request: web.Request) -> web.Response:
        file = PAGE / request.match_info.get("name", "index.html")
        if file.parent != PAGE or file.suffix not in KINDS or not file.is_file():
            return web.Response(status=404, text="not found")
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        body = file.read_bytes()
        return web.Response(
            body=body, content_type=KINDS[file.suffix], charset="utf-8", headers=headers
        )


def _json(body: Json) -> web.Response:
    return web.json_response(body, headers={"Cache-Control": "no-store"})
