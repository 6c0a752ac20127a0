"""The bot as a process: listens on a port, stops at a signal, ends when one of its loops dies."""

import asyncio
import errno
import signal
import socket
import time
from collections.abc import Coroutine, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import TypeGuard, cast

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.app import Bot
from bot.config import Settings
from bot.doubts import Doubt
from bot.errors import SettingError
from bot.http_protocol import HttpProtocol

log = structlog.get_logger()

SIGNALS = (signal.SIGINT, signal.SIGTERM)
REQUEST_WITHIN = 10.0  # seconds for a whole request; who drips holds a connection no longer
LOOK_EVERY = 10  # of the server's ticks: a second
KEEP_ALIVE = 75  # seconds of rest; load balancers keep 60, and whoever closes first hurts the other
LAST_WORD_WITHIN = 1.0  # seconds that who is connected has to send a request, at the end
STOP_WITHIN = 15  # seconds for requests at the end, longer than one may take; see `loops`
LISTEN_EVERY = 0.02  # seconds
LAST_ONE = (b"connection", b"close")


class Drips:
    """Connections on which a request has begun to arrive, and has not arrived.

    Uvicorn waits for the rest for ever. Looked at once a second from outside, because a timer
    for each request would cost each callback more than its storing.
    """

    def __init__(self) -> None:
        self._since: dict[tuple[HttpToolsProtocol, object], float] = {}

    def hang_up(self, connections: Iterable[object], *, now: float) -> int:
        """End those that have dripped for too long; how many. `now` in seconds, of any clock."""
        before = self._since
        dripping = [one for one in connections if is_unfinished(one)]
        self._since = {(one, one.cycle): before.get((one, one.cycle), now) for one in dripping}
        late = [one for (one, _), since in self._since.items() if now - since >= REQUEST_WITHIN]
        for one in late:
            one.transport.close()
        return len(late)


def is_unfinished(connection: object) -> TypeGuard[HttpToolsProtocol]:
    """Whether the rest of a request, head or body, is still to come."""
    if not isinstance(connection, HttpToolsProtocol):
        return False  # a websocket; we have none
    last = cast("RequestResponseCycle | None", connection.cycle)
    if last is None:  # not even one whole head
        return True
    if last.response_complete:  # idle, or the head of a further request has begun
        return connection.timeout_keep_alive_task is None
    return last.more_body


class BotServer(uvicorn.Server):
    """Uvicorn in our process; ends with a failure when a loop has died."""

    def __init__(self, bot: Bot, *, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                bot.asgi,
                host=host,
                port=port,
                log_config=None,
                access_log=False,  # it would print the callback token
                server_header=False,
                http=HttpProtocol,
                ws="none",
                forwarded_allow_ips=bot.trusted_proxies,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=STOP_WITHIN,
            )
        )
        self.died = False
        self.last_word_within = LAST_WORD_WITHIN
        self._drips = Drips()
        bot.loops.on_death = self._on_death

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop in order at a signal, and exit with 0.

        Uvicorn's own raises the signal again at the end, which looks like a crash to whoever
        runs us.
        """
        before = {one: signal.signal(one, self.handle_exit) for one in SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; whether to stop."""
        if counter % LOOK_EVERY == 0:
            late = self._drips.hang_up(self.server_state.connections, now=time.monotonic())
            if late:
                log.warning("http.request_did_not_arrive", connections=late)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door behind those who are in: who has connected is answered.

        Uvicorn's own resets connections that wait to be accepted, and hangs up on those on
        which a request is on its way: in a rolling restart each is a lost try of a sender.
        From now on each answer says that it is the last one.
        """
        self.server_state.default_headers = [*self.server_state.default_headers, LAST_ONE]
        late = [one for listening in sockets or () for one in self._let_in(listening)]
        for server in self.servers:
            server.close()  # at once after the last was let in: nothing may come between
        await asyncio.gather(*late)
        until = time.monotonic() + self.last_word_within
        # The library keeps its connections in a set, which no one can wait for.
        while time.monotonic() < until and self.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(LISTEN_EVERY)
        await super().shutdown(sockets)

    def _let_in(self, listening: socket.socket) -> Iterable[Coroutine[None, None, object]]:
        """All who have connected and whom the loop has not seen yet."""
        loop = asyncio.get_running_loop()
        with suppress(BlockingIOError):
            while True:
                accepted, _ = listening.accept()
                accepted.setblocking(False)
                yield loop.connect_accepted_socket(self._protocol, accepted)

    def _protocol(self) -> asyncio.Protocol:
        return HttpProtocol(self.config, self.server_state, self.lifespan.state)

    def _on_death(self) -> None:
        self.died = True
        self.should_exit = True


def no_port(host: str, port: int, error: OSError | UnicodeError) -> SettingError:
    """What to tell whoever chose a port, or a host, that cannot be had."""
    if not isinstance(error, OSError) or _is_of_host(error.errno or 0):
        return SettingError("HOST", "is no address of this machine; such as 127.0.0.1 or 0.0.0.0")
    why = f"cannot listen on {host} port {port} ({error.strerror})"
    return SettingError("PORT", f"{why}; set it to a port that is free")


def _is_of_host(number: int) -> bool:
    """Those of `getaddrinfo` are negative, also where its error comes wrapped."""
    return number < 0 or number == errno.EADDRNOTAVAIL


def serve(settings: Settings, *, doubts: Iterable[Doubt] = ()) -> None:
    """Run until a signal. Exits with 1 when a part of the bot has died."""
    for doubt in doubts:
        log.warning("setting.in_vain", setting=doubt.name, says=doubt.says, remedy=doubt.remedy)
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise no_port(host, port, error) from None
    server = BotServer(Bot(settings), host=host, port=port)
    log.info("starting", host=host, port=port)
    with listening:
        server.run(sockets=[listening])
    if server.died or not server.started:
        raise SystemExit(1)
