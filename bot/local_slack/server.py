"""The local Slack as a server: one port for the Web API, sockets, response URLs and the page.

For demos and tests, on the own machine only: it knows no passwords, so it must never listen
where strangers can reach it.
"""

from types import TracebackType
from typing import Self

from aiohttp import web

from bot.local_slack.doors import Doors
from bot.local_slack.stand import Stand

LARGEST_BODY = 20 * 1024 * 1024


class LocalSlack(Stand):
    """A stand-in for Slack over real HTTP.

    `async with LocalSlack() as slack:` starts it on a free port; give `slack.api_url` and
    `slack.settings.bot_token` to the app, and `point_at` the app's own URL for HTTP mode.
    """

    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where the page is; no slash at the end."""
        return self.desk.base

    @property
    def api_url(self) -> str:
        """The base of the Web API as SDKs want it; ends in `/api/`."""
        return f"{self.desk.base}/api/"

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; port 0 takes a free one."""
        await self.courier.start()
        app = web.Application(client_max_size=LARGEST_BODY)
        Doors(self).hang_into(app)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=0.2
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        actual: int = self._runner.addresses[0][1]
        # Who listens everywhere is called here. S104 is about listening so; this only compares.
        seen_as = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared
        self.desk.base = f"http://{seen_as}:{actual}"

    async def stop(self) -> None:
        """Stop listening; everything that waits is let go."""
        self.closing.set()
        self.bus.close()
        await self.hub.cut()
        await self.courier.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()
