"""The vigil: who watches the watcher.

Every few seconds one replica (a lease) looks at the checks of `/readyz`, remembers which are not
well and since when, and has people told outside Slack; what only Slack's people can see, that
their callbacks do not arrive, is told in their channel as well. While the database is away nothing
can be shared: then each replica tells it for itself.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.rules.notice import Notice, NoticeKind
from bot.rules.routing import Destination
from bot.rules.trouble import Step, Telling, Trouble, look_at
from bot.slack.health import detail
from bot.slack.words import Words
from bot.store import leases, notices, troubles
from bot.store.engine import Database, Writing
from bot.store.notices import NoticeChange
from bot.work.alerting import Alerting
from bot.work.canaries import Canaries
from bot.work.mute import Poke
from bot.work.post_notices import number_for_notice, post_notice
from bot.work.watch import DATABASE, Check, Watch

log = structlog.get_logger()

EVERY = timedelta(seconds=10)
LEASE = "vigil"
# Longer than a round may take: one canary, and one message on each way.
LEASE_FOR = timedelta(seconds=60)


class Vigil:
    """One replica's. `canaries` is None where none are sent."""

    def __init__(
        self,
        database: Database,
        *,
        watch: Watch,
        alerting: Alerting,
        canaries: Canaries | None,
        place: Destination,
        owner: str,
        clock: Clock,
        poke: Poke,
    ) -> None:
        """`place` hears of the canary; `poke` wakes the delivery loop."""
        self._database = database
        self._watch = watch
        self._alerting = alerting
        self._canaries = canaries
        self._place = place
        self._words = Words.of(alerting.language)
        self._owner = owner
        self._clock = clock
        self._poke = poke
        self._away: Trouble | None = None  # the database, which cannot be asked to remember it

    async def run(self) -> None:
        """Until it is cancelled, which it may be at any moment."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY.total_seconds())

    async def let_go(self) -> None:
        """At the end: another replica need not wait for the lease to run out."""
        try:
            async with self._database.writing() as tx:
                await leases.release(tx, LEASE, self._owner)
        except StorageUnavailable:
            log.info("vigil.lease_left_to_run_out")

    async def round(self) -> None:
        """Look once, and tell what is due."""
        try:
            if await self._is_my_turn():
                if self._canaries:
                    await self._canaries.look(self._clock())
                await self._look()
                await self._alerting.send_due(self._clock())
        except StorageUnavailable as error:
            await self._without_database(str(error))
        else:
            await self._without_database(None)

    async def _is_my_turn(self) -> bool:
        async with self._database.writing() as tx:
            return await self._hold(tx)

    async def _hold(self, tx: Writing) -> bool:
        now = self._clock()
        return await leases.hold(tx, LEASE, self._owner, now=now, until=now + LEASE_FOR)

    async def _without_database(self, wrong: str | None) -> None:
        now = self._clock()
        step = look_at(self._away, DATABASE, wrong, now)
        if step.telling is None or await self._alerting.send_at_once(step, now):
            self._away = step.after

    async def _look(self) -> None:
        checks = await self._watch.checks()
        if DATABASE not in checks or len(checks) == 1:
            raise StorageUnavailable(self._said(checks[DATABASE]))
        now = self._clock()
        wrong = {name: self._said(check) for name, check in checks.items() if not check.ok}
        async with self._database.reading() as tx:
            steps = steps_of(await troubles.present(tx), wrong, now)
        if steps:
            await self._take(wrong, now)

    def _said(self, check: Check) -> str:
        return detail(check.key, check.values, self._words)

    async def _take(self, wrong: Mapping[str, str], now: datetime) -> None:
        """Looked at once more while we hold the lease: a replica that was frozen may be late."""
        async with self._database.writing() as tx:
            if not await self._hold(tx):
                return
            steps = steps_of(await troubles.present(tx), wrong, now)
            for step in steps:
                await self._take_step(tx, step, now)
        for step in steps:
            if step.telling and step.trouble:
                said = log.info if step.telling is Telling.OVER else log.error
                said(
                    f"trouble.{step.telling.value}", name=step.trouble.name, why=step.trouble.detail
                )
        self._poke()

    async def _take_step(self, tx: Writing, step: Step, now: datetime) -> None:
        if step.telling:
            step = await self._told_in_slack(tx, step, now)
            await self._alerting.queue(tx, step, now=now)
        await troubles.save(tx, step)

    async def _told_in_slack(self, tx: Writing, step: Step, now: datetime) -> Step:
        """A card when callbacks do not arrive, which says at the end that they do again."""
        match step.telling, step.before, step.after:
            case Telling.BEGAN, _, Trouble(name="canary") as trouble:
                number = await number_for_notice(tx)
                told = Notice(
                    number, NoticeKind.CANARY, trouble.since, now, None, reason=trouble.detail
                )
                await post_notice(tx, told, place=self._place, now=now)
                return replace(step, after=replace(trouble, notice_id=number))
            case Telling.OVER, Trouble(name="canary", notice_id=int(number)), _:
                await self._take_back(tx, number, now)
            case _:
                pass
        return step

    async def _take_back(self, tx: Writing, number: int, now: datetime) -> None:
        said = await notices.find(tx, number)
        if said:
            back = replace(said, kind=NoticeKind.CANARY_BACK, last_at=now, reason=None)
            await notices.save(tx, [NoticeChange(said, back)], now=now)


def steps_of(before: Mapping[str, Trouble], wrong: Mapping[str, str], now: datetime) -> list[Step]:
    """What a look changes: `wrong` is what is not well, by check. All else is well."""
    names = [*before, *(name for name in wrong if name not in before)]
    steps = [look_at(before.get(name), name, wrong.get(name), now) for name in names]
    return [step for step in steps if step.before != step.after]
