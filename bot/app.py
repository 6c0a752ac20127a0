"""Wires everything: settings in, a running bot out. Decides nothing that a room below could."""

import asyncio
import gc
import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from fastapi import FastAPI
from slack_bolt.async_app import AsyncApp

from bot import watching, wiring
from bot.clock import Clock, SteadyClock, utc_now
from bot.config import Settings
from bot.doors.api import build_api
from bot.doors.callbacks import CallbackDoor, CallbacksFirst
from bot.doors.guesses import Guesses
from bot.doors.health import ReadyDoor
from bot.doors.interactions import build_bolt
from bot.doors.listeners import Needs, build_listeners
from bot.doors.metrics import Metrics, MetricsDoor
from bot.doors.slack_http import SlackDoor
from bot.doors.socket_mode import SocketDoor
from bot.doors.switchboard import Switchboard
from bot.doors.web import Doors, build_web
from bot.errors import MigrationRefused, StorageUnavailable
from bot.ids import new_id
from bot.loops import Loops
from bot.permissions import read_permissions
from bot.rules.card import Language
from bot.rules.permits import Permissions
from bot.rules.routing import Destination
from bot.slack.calls import SlackCalls
from bot.store.engine import Database
from bot.store.start import bring_up
from bot.work.apply_callbacks import Applier
from bot.work.beat import Beat
from bot.work.filing import Filing
from bot.work.hear import hear
from bot.work.identity import Whoami
from bot.work.keep_time import TimeKeeper
from bot.work.people import People
from bot.work.permits import Permits
from bot.work.prune import Pruner
from bot.work.sum_up import SumUp
from bot.work.take_callbacks import Taker
from bot.work.vigil import Vigil

log = structlog.get_logger()

UNTIL_DATABASE = timedelta(seconds=1)  # between tries to reach it at the start: senders wait four
ENDING = ("take", "apply", "deliver", "tick")  # loops that end by themselves when told to
SWITCH_S = 0.0005  # a thread that has stored waits so long for a busy event loop, not 5 ms
GC_THRESHOLDS = (20_000, 20, 100)  # collect rarely: measured, half the tail latency


class Bot:
    """One replica: its parts, its loops and its web application."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        """`clock`, if given, is never set by the database's."""
        self._settings = settings
        steady = SteadyClock()
        self._keeps_time = clock is None
        clock = clock or steady
        self._clock = clock
        self._token = settings.slack_bot_token.get_secret_value()
        owner = f"{socket.gethostname()}/{os.getpid()}/{new_id()[-12:]}"
        self.database = Database(settings.database_url)
        self.slack = SlackCalls(self._token, base_url=settings.slack_api_url)
        self.metrics = Metrics()
        self.whoami = Whoami(self.slack, clock=clock)
        self.deliverer = wiring.deliverer(
            settings, self.database, self.slack, owner=owner, clock=clock, parked=self._refused
        )
        poke = self.deliverer.poke
        self.time = TimeKeeper(self.database, steady, machine=utc_now, calm=self.deliverer.calm)
        filing = wiring.filing(settings)
        self.ticker = wiring.ticker(settings, self.database, clock=clock, poke=poke, kin=filing.kin)
        self.applier = self._applier(filing, owner)
        self.taker = Taker(self.database, clock=clock, poke=self.applier.poke)
        self.pruner = Pruner(self.database, wiring.keep(settings), owner=owner, clock=clock)
        self.sums = SumUp(self.database, owner=owner, clock=clock)
        self.beat = Beat(self.database, place=filing.default, clock=clock, poke=poke)
        self.watch = watching.watch(settings, self.database, self.whoami, self.beat, clock=clock)
        self.vigil = self._vigil(filing.default, owner)
        self.bolt = self._bolt()
        doors = self._doors()
        self.web = build_web(doors, lifespan=self._lifespan)
        self.asgi = CallbacksFirst(doors.callbacks, self.web)
        self.loops = Loops()

    @property
    def trusted_proxies(self) -> list[str]:
        """Networks that are believed whom they speak for."""
        return [str(network) for network in self._settings.trusted_proxies]

    def _applier(self, filing: Filing, owner: str) -> Applier:
        return Applier(
            self.database,
            filing=filing,
            owner=owner,
            clock=self._clock,
            poke=self._changed,
            seen=self.metrics.applied,
            taken=lambda: self.taker.taken,
            waiting=lambda: self.taker.waiting,
        )

    def _vigil(self, place: Destination, owner: str) -> Vigil:
        return watching.vigil(
            self._settings,
            self.database,
            self.watch,
            place=place,
            owner=owner,
            clock=self._clock,
            poke=self.deliverer.poke,
            seen=self.metrics.alerted,
        )

    def _bolt(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret
        return build_bolt(
            self._switchboard(),
            token=self._token,
            api_url=self._settings.slack_api_url,
            signing_secret=secret.get_secret_value() if secret else None,
            whoami=self.whoami,
        )

    def _switchboard(self) -> Switchboard:
        """Everything that people do in Slack, and who handles it."""
        language = Language(self._settings.language)
        file = self._settings.permissions_file
        rules: Permissions = read_permissions(file) if file else {}
        people = People(self.slack.people, default=language, clock=self._clock)
        needs = Needs(
            database=self.database,
            slack=self.slack,
            people=people,
            permits=Permits(rules, self.slack.people, self.database, clock=self._clock),
            watch=self.watch,
            whoami=self.whoami,
            clock=self._clock,
            poke=self._changed,
            console=self._settings.public_url,
        )
        listeners = build_listeners(needs)
        return Switchboard(listeners, self.slack, people, whoami=self.whoami, language=language)

    def _changed(self) -> None:
        """Callbacks and people change cards, and mutes that may end."""
        self.deliverer.poke()
        self.ticker.poke()

    def _refused(self) -> None:
        """Slack refuses a channel: its cards go to another one at once."""
        self.ticker.poke()

    def _doors(self) -> Doors:
        secret = self._settings.slack_signing_secret
        return Doors(
            callbacks=CallbackDoor(
                (*self._settings.callback_tokens, *watching.canary_tokens(self._settings)),
                self.taker.take,
                seen=self.metrics.taken,
                guesses=Guesses(self._clock),
                sources=self._settings.sources,
            ),
            ready=ReadyDoor(self.watch),
            metrics=MetricsDoor(self.metrics, self.watch),
            api=build_api(
                self.database, self._settings.api_tokens, clock=self._clock, poke=self._changed
            ),
            slack=SlackDoor(self.bolt, secret.get_secret_value()) if secret else None,
        )

    @asynccontextmanager
    async def _lifespan(self, _web: FastAPI) -> AsyncGenerator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Start the loops. Until the database is there callbacks wait, at last for a 503."""
        gc.freeze()  # what is there now stays: looking through it again would be the tail latency
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()
        sys.setswitchinterval(SWITCH_S)
        self.loops.launch("work", self._work())
        self.loops.launch("vigil", self.vigil.run())  # also while there is no database

    async def _work(self) -> None:
        await self._reach_database()
        self.loops.launch("take", self.taker.run())
        self.loops.launch("beat", self.beat.run())
        self.loops.launch("apply", self.applier.run())
        self.loops.launch("hear", hear(self.database, self.applier.poke))
        self.loops.launch("deliver", self.deliverer.run())
        self.loops.launch("tick", self.ticker.run())
        self.loops.launch("prune", self.pruner.run())
        self.loops.launch("sum up", self.sums.run())
        if self._keeps_time:
            self.loops.launch("time", self.time.run())
        app_token = self._settings.slack_app_token
        if app_token:
            self.loops.launch("socket", SocketDoor(self.bolt, app_token.get_secret_value()).run())
        self.loops.launch("whoami", self.whoami.run())

    async def _reach_database(self) -> None:
        while True:
            try:
                await bring_up(
                    self.database,
                    url=self._settings.database_url,
                    migrating=self._settings.migrate == "on",
                    now=self._clock(),
                )
                if self._keeps_time:
                    await self.time.begin()
            except (StorageUnavailable, MigrationRefused) as error:
                log.warning("database.not_reached", reason=str(error))
                await asyncio.sleep(UNTIL_DATABASE.total_seconds())
            else:
                log.info("database.ready")
                return

    async def stop(self) -> None:
        """Claim no more, finish what is in the air, store what waits, leave."""
        self.deliverer.stop()
        self.ticker.stop()
        self.applier.stop()
        self.taker.stop()
        await self.loops.end(by_themselves=ENDING)
        await self.beat.last()
        await self.vigil.let_go()
        await self.slack.aclose()
        await self.database.close()
        log.info("stopped")
