"""The bot as a process: listens on a port, stops at a signal, ends when one of its loops dies."""

import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

import structlog
import uvicorn

from bot.app import STOP_WITHIN, Bot
from bot.config import Settings
from bot.errors import SettingError

log = structlog.get_logger()

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
                timeout_graceful_shutdown=int(STOP_WITHIN.total_seconds()),
            )
        )
        self.died = False
        bot.on_death = self._on_death

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

    def _on_death(self) -> None:
        self.died = True
        self.should_exit = True


def no_port(host: str, port: int, error: OSError) -> SettingError:
    """What to tell whoever chose a port that cannot be had."""
    why = f"cannot listen on {host} port {port} ({error.strerror})"
    return SettingError("PORT", f"{why}; set it to a port that is free")


def serve(settings: Settings) -> None:
    """Run until a signal. Exits with 1 when a part of the bot has died."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise no_port(host, port, error) from None
    server = BotServer(Bot(settings), host=host, port=port)
    log.info("starting", host=host, port=port)
    with listening:
        server.run(sockets=[listening])
    if server.died or not server.started:
        raise SystemExit(1)
