"""`/healthz`: this process lives. `/readyz`: it can store and post, and how far it is behind."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.rules.card import Language
from bot.rules.record import Json
from bot.slack.health import detail
from bot.slack.words import Words
from bot.work.watch import Check, Watch


async def healthz(_request: Request) -> Response:
    """Never asks the database: a restart would not mend it."""
    return JSONResponse({"status": "ok"})


class ReadyDoor:
    """`/readyz`, from what the watch sees."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    async def __call__(self, _request: Request) -> Response:
        """200 when every vital check is well, else 503; the same JSON either way."""
        checks = await self._watch.checks()
        ready = all(check.ok for check in checks.values() if check.vital)
        well = all(check.ok for check in checks.values())
        body = {
            "status": "ok" if well else "ready, not well" if ready else "not ready",
            "checks": {name: _told(check) for name, check in checks.items()},
        }
        return JSONResponse(body, 200 if ready else 503)


def _told(check: Check) -> dict[str, Json]:
    """For programs, so always in English."""
    said = detail(check.key, check.values, Words.of(Language.ENGLISH))
    return {"ok": check.ok, "detail": said, "vital": check.vital}
