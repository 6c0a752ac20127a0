"""What is judged before the transaction that stores it is stored as if it had been judged in it.

Routes, notes and rows of a batch are decided from what was looked up; people click and mutes begin
and end until the transaction begins. Each history is lived twice: once these things happen while a
batch is judged already, once before. After every batch the rows must be the same.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.dependency import Dependency
from bot.rules.flapping import Flapping
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.store.tables import alarms, callbacks, cards, incidents, mutes, notes, storms
from bot.work.act import Verb
from bot.work.kin import Kin
from tests.support.copies import copies
from tests.support.examples import tried
from tests.support.world import World
from tests.work.test_convergence import GROUPED, ROUTES, Step, fresh, play

Heard = tuple[str, Reported, Severity | None, int]
Round = tuple[list[Heard], list[Step], float]  # a batch, what comes between, seconds afterwards
Rows = dict[str, list[Any]]

CRITICAL = (Route("critical", {"severity": ("critical",)}, "db-alarms", stop=False),)
FLAPPING = Flapping(changes=3, within=timedelta(minutes=10))
LED = Kin((Dependency("some", {"alarm": ("alarm cpu",)}, {"alarm": ("alarm disk",)}),))
CONDITIONS = ("instanceid=i-cpu", "instanceid=i-disk", "project=acs_ecs", "severity=WARN")

heard = st.tuples(
    st.sampled_from(["cpu", "disk", "load"]),
    st.sampled_from([Reported.ALERT, Reported.OK, Reported.INSUFFICIENT_DATA]),
    st.sampled_from([*Severity, None]),
    st.integers(0, 100),
)
between = st.one_of(
    st.tuples(st.just("click"), st.sampled_from(list(Verb)), st.integers(0, 5)),
    st.tuples(
        st.just("mute"), st.sampled_from(CONDITIONS), st.sampled_from([0.1, 1]), st.booleans()
    ),
    st.tuples(st.just("unmute"), st.integers(0, 3)),
    st.tuples(st.just("extend"), st.integers(0, 3)),
    st.tuples(st.just("tick")),
    st.tuples(st.just("send"), st.integers(1, 4)),
)
rounds = st.lists(
    st.tuples(
        st.lists(heard, min_size=1, max_size=6),
        st.lists(between, max_size=4),
        st.sampled_from([0.5, 14, 400]),
    ),
    min_size=2,
    max_size=6,
)


async def all_of(town: World, table: sa.Table, *unlike: str) -> list[dict[str, Any]]:
    """The rows of a table without the columns that differ between any two databases."""
    async with town.database.reading() as tx:
        found = (await tx.connection.execute(sa.select(table))).mappings().all()
    return [{name: one for name, one in row.items() if name not in unlike} for row in found]


async def rows(town: World) -> Rows:
    """Everything that batches and people write. How often a row was written is left out."""
    whose = {
        row["id"]: (row["incident_id"], row["storm_id"], row["mute_id"], row["channel_id"])
        for row in await all_of(town, cards)
    }
    said = [(whose[one.pop("card_id")], one) for one in await all_of(town, notes, "id", "ts")]
    found: Rows = {
        "alarms": await all_of(town, alarms),
        "incidents": await all_of(town, incidents, "version"),
        "mutes": await all_of(town, mutes, "card_id"),
        "storms": await all_of(town, storms),
        "cards": await all_of(town, cards, "id", "ts", "digest", "lease_owner"),
        "notes": said,
        "callbacks": await all_of(town, callbacks, "id"),
    }
    return {name: sorted(some, key=repr) for name, some in found.items()}


async def lived(town: World, history: Sequence[Round], *, judged_before: bool) -> list[Rows]:
    """The rows after each batch."""
    seen: list[Rows] = []
    for batch, steps, seconds in history:

        async def between_them(steps: list[Step] = steps) -> None:
            for step in steps:
                await play(town, step)

        readings = [
            town.reading(state, alarm=alarm, severity=severity, value=float(value))
            for alarm, state, severity, value in batch
        ]
        if not judged_before:
            await between_them()
        await town.file(readings, meanwhile=between_them if judged_before else None)
        seen.append(await rows(town))
        town.let_pass(seconds)
    return seen


@tried(50)
@given(
    history=rounds,
    routes=st.sampled_from([ROUTES, GROUPED, CRITICAL]),
    storm_limit=st.sampled_from([0, 2]),
    flapping=st.sampled_from([None, FLAPPING]),
    kin=st.sampled_from([Kin(), LED]),
)
async def test_what_people_do_while_a_batch_is_judged_counts_as_done_before(
    sqlite_template: Path,
    history: list[Round],
    routes: tuple[Route, ...],
    storm_limit: int,
    flapping: Flapping | None,
    kin: Kin,
) -> None:
    with copies(sqlite_template) as make:
        both: list[list[Rows]] = []
        for judged_before in (True, False):
            async with fresh(make) as town:
                town.routes, town.storm_limit, town.flapping = routes, storm_limit, flapping
                town.kin = kin
                both.append(await lived(town, history, judged_before=judged_before))
        assert both[0] == both[1]
