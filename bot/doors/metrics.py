"""`/metrics`: Prometheus text. Labels are closed sets: never an alarm, a channel, a person."""

import platform
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from bot import __version__
from bot.errors import StorageUnavailable
from bot.rules.judge import Outcome
from bot.work.watch import Watch

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # seconds; the sender waits 5


class Metrics:
    """The counters of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        info = Gauge(
            "tocsin_build_info", "This release.", ("version", "python"), registry=self.registry
        )
        info.labels(__version__, platform.python_version()).set(1)
        self._callbacks = Counter(
            "tocsin_callbacks",
            "Callbacks applied, by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        self._take_seconds = Histogram(
            "tocsin_callback_take_seconds",
            "From a callback's arrival to its commit.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.inbox = Gauge("tocsin_inbox", "Callbacks not applied yet.", registry=self.registry)
        self.waiting = Gauge(
            "tocsin_inbox_seconds",
            "How long the oldest of them has waited.",
            registry=self.registry,
        )
        self._of_the_watch()
        self.behind = Gauge("tocsin_cards_behind", "Cards not true yet.", registry=self.registry)
        self.oldest = Gauge(
            "tocsin_cards_behind_seconds",
            "Since when the card furthest behind is behind.",
            registry=self.registry,
        )
        for outcome in Outcome:
            self._callbacks.labels(outcome.value)

    def _of_the_watch(self) -> None:
        """What the bot knows of its own health."""
        self.well = Gauge(
            "tocsin_check",
            "Whether a check is well (1) or not (0).",
            ("check",),
            registry=self.registry,
        )
        self.canary = Gauge(
            "tocsin_canary_seconds",
            "Since the last callback of our own arrived; -1: none did yet.",
            registry=self.registry,
        )
        self.canary.set(-1)
        self._alerts = Counter(
            "tocsin_alerts",
            "Messages to the webhook and by mail, by whether they were taken.",
            ("way", "outcome"),
            registry=self.registry,
        )

    def taken(self, seconds: float) -> None:
        """One callback was stored, so long after its arrival."""
        self._take_seconds.observe(seconds)

    def applied(self, outcome: Outcome) -> None:
        """One callback was applied."""
        self._callbacks.labels(outcome.value).inc()

    def alerted(self, way: str, taken: bool) -> None:
        """One message about a trouble went out, or could not."""
        self._alerts.labels(way, "sent" if taken else "failed").inc()


class MetricsDoor:
    """`/metrics`; the backlog is asked for at each scrape."""

    def __init__(self, metrics: Metrics, watch: Watch) -> None:
        self._metrics = metrics
        self._watch = watch

    async def __call__(self, _request: Request) -> Response:
        """The text, also while the database is away."""
        for name, check in (await self._watch.checks()).items():
            self._metrics.well.labels(name).set(check.ok)
        with suppress(StorageUnavailable):
            await self._ask()
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _ask(self) -> None:
        backlog = await self._watch.backlog()
        self._metrics.inbox.set(backlog.callbacks)
        self._metrics.waiting.set(backlog.callbacks_seconds)
        self._metrics.behind.set(backlog.cards)
        self._metrics.oldest.set(backlog.oldest_seconds)
        since = await self._watch.canary_seconds()
        self._metrics.canary.set(-1 if since is None else since)
