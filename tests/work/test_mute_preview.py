"""The preview of a mute: its counts are those of somebody who reads every row."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.facts import facts_of
from bot.rules.matcher import Matcher, all_hold
from bot.rules.preview import Preview
from bot.rules.record import Reported
from bot.rules.severity import Severity
from bot.store import alarms
from bot.store.engine import Database
from bot.store.tables import callbacks, incidents
from bot.work import mute
from tests.support.world import World, matcher_of

CONDITIONS = (
    "instanceid=i-a", "instanceid=~i-[ab]", "instanceid!=i-b", "metric=cpuutilization",
    "severity=CRITICAL", "severity!=CRITICAL", "severity=~(warn|info)", "rule=~rule-.*",
    "project=acs_ecs", "instance!~i-(a|c)", "region=nowhere", "alarm=~.* b",
    "dimension.instanceid=i-A", "instance=I-A", "kind=threshold",
    "dimension.dimension.instanceid=i-a",
)  # fmt: skip


async def read_every_row(
    database: Database, matchers: Sequence[Matcher], *, now: datetime
) -> Preview:
    async with database.reading() as tx:
        watched = {one.id: one for one in await alarms.everything(tx)}
        stored = (await tx.connection.execute(sa.select(incidents))).mappings().all()
        heard = (await tx.connection.execute(sa.select(callbacks))).mappings().all()
    fitting = {
        row["id"]: row
        for row in stored
        if all_hold(matchers, _facts(watched[row["alarm_id"]], row["severity"]))
    }
    since = now - timedelta(days=30)
    hidden = [row for row in heard if row["incident_id"] in fitting and row["at"] >= since]
    past = [fitting[number] for number in {row["incident_id"] for row in hidden}]
    return Preview(
        firing=sum(row["state"] in ("firing", "no_data") for row in fitting.values()),
        callbacks=len(hidden),
        incidents=len(past),
        instances=len({watched[row["alarm_id"]].instance for row in past}),
        acknowledged=sum(row["first_acknowledged_at"] is not None for row in past),
        critical=sum(row["worst_severity"] == "CRITICAL" for row in past),
    )


def _facts(alarm: Alarm, severity: str | None) -> dict[str, tuple[str, ...]]:
    return dict(facts_of(alarm, severity=Severity(severity) if severity else None))


async def a_month_of_alarms(town: World, dice: random.Random) -> None:
    """Callbacks about four instances over forty days; some incidents are acknowledged."""
    from bot.work.act import Verb

    for _ in range(120):
        town.time.pass_by(dice.uniform(60, 40 * 86_400 / 60))
        state = dice.choice([Reported.ALERT, Reported.ALERT, Reported.OK])
        severity = dice.choice([*Severity, None])
        await town.hear(state, alarm=dice.choice("abcd"), severity=severity, value=dice.random())
        if dice.random() < 0.2:
            await town.click(Verb.ACKNOWLEDGE, dice.choice(await town.cards())["id"])


async def test_the_preview_counts_what_reading_every_row_counts(town: World) -> None:
    dice = random.Random(20261123)  # noqa: S311 - dice, not secrets
    await a_month_of_alarms(town, dice)
    seen: set[Preview] = set()
    for _ in range(40):
        wanted = [matcher_of(one) for one in dice.sample(CONDITIONS, dice.randint(1, 3))]
        made = await mute.preview(town.database, wanted, now=town.time.now)
        assert made == await read_every_row(town.database, wanted, now=town.time.now), wanted
        seen.add(made)
    assert len(seen) > 8  # the dice asked for different things
