"""A past for tests: callbacks about instances of a rule, over as long as a test likes."""

import random
from collections.abc import Sequence

import sqlalchemy as sa

from bot.rules.record import Kind, Reading, Record, Reported, Threshold
from bot.rules.severity import Severity
from tests.support.world import World

LIMIT = Threshold(">=", 85.0, "Average", 3)


async def hear(
    town: World,
    instance: str = "i-a",
    state: Reported = Reported.ALERT,
    *,
    value: float | None = 91.0,
    severity: Severity | None = Severity.WARN,
    rule: str | None = "rule-1",
    called: str | None = None,
) -> None:
    """One callback about an instance, of a rule that watches many; it happens now."""
    record = Record(
        Kind.THRESHOLD,
        state=state,
        severity=severity,
        rule_id=rule,
        alert_name="cpu high",
        metric="CPUUtilization",
        project="acs_ecs_dashboard",
        value=value,
        unit="%",
        dimensions={"instanceId": instance},
        instance_name=called,
        timestamp=town.time.now,
    )
    key = f"{town.time.now.timestamp()}-{instance}"
    await town.file([Reading(record, f"{rule}-{instance}", key, LIMIT)])
    town.time.pass_by(0.001)


async def card_of(town: World, number: int) -> str:
    """The id of an incident's card."""
    return next(row["id"] for row in await town.cards() if row["incident_id"] == number)


async def some_weeks(town: World, dice: random.Random, callbacks: int = 150) -> None:
    """Three instances of one rule and one of another, over some weeks."""
    for _ in range(callbacks):
        town.time.pass_by(dice.uniform(1, 40 * 86_400 / callbacks))
        rule, instance = dice.choice([("rule-1", "i-a"), ("rule-1", "i-b"), ("rule-2", "i-a")])
        state = dice.choice([Reported.ALERT, Reported.ALERT, Reported.OK])
        value = dice.choice([None, round(dice.uniform(0, 100)), dice.uniform(0, 100)])
        severity = dice.choice([*Severity, None])
        await hear(town, instance, state, value=value, severity=severity, rule=rule)


async def every_row(town: World, table: sa.Table) -> Sequence[sa.RowMapping]:
    """All rows of a table, in the order of their ids."""
    async with town.database.reading() as tx:
        found = await tx.connection.execute(sa.select(table).order_by(table.c.id))
        return found.mappings().all()
