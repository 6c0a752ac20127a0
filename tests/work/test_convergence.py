"""The one property that all laws serve: whatever happens, in the end Slack says what the rows say.

Any order of callbacks, clicks, sends, faults, crashes and passing time is played; then the
faults end and time goes on. Every incident must have exactly one card in its channel, unless a
group's or a storm's card stands for it, and every card must be the rendering of the rows as they
are now.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.local_slack import Message as Posted
from bot.rules.dependency import Dependency
from bot.rules.flapping import Flapping
from bot.rules.grouping import Grouping
from bot.rules.job import CardJob, Claim
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.slack.card import render_card
from bot.slack.failures import SlackFailure
from bot.slack.marks import card_mark
from bot.slack.message import Message
from bot.store import claims, moments
from bot.store.engine import Database
from bot.store.tables import incidents, mutes
from bot.work import mute
from bot.work.act import Verb
from bot.work.deliver import LEASE
from bot.work.faces import face_of
from bot.work.kin import Kin
from tests.support.copies import copies
from tests.support.examples import tried
from tests.support.world import ANN, LI, World, world

Step = tuple[Any, ...]  # its kind, then what that kind needs

ALARMS = ("cpu", "disk", "load", "memory", "swap")
CHANNELS = ("alarms", "db-alarms")
ROUTES = (Route("disks", {"rule": ("rule-disk", "rule-swap")}, "db-alarms"),)
TOGETHER = Grouping(("project",), timedelta(seconds=5), timedelta(seconds=60))
GROUPED = (
    *(replace(one, grouping=replace(TOGETHER, by=("rule",))) for one in ROUTES),
    Route("all", {}, "alarms", grouping=TOGETHER),
)
POST_FAULTS = (
    "drop-after-post",
    "drop-before",
    "500",
    "500-after-post",
    "429(3)",
    "badjson",
    "html200",
    "error(fatal_error)",
    "error(invalid_blocks)",
    "error(channel_not_found)",
    "error(token_revoked)",
    "error(word_of_the_future)",
)
EDIT_FAULTS = (*POST_FAULTS, "error(message_not_found)")

alarms = st.sampled_from(ALARMS)
steps = st.one_of(
    st.tuples(
        st.just("hear"),
        alarms,
        st.sampled_from([Reported.ALERT, Reported.OK, Reported.INSUFFICIENT_DATA]),
        st.sampled_from([*Severity, None]),
        st.integers(0, 100),
    ),
    st.tuples(st.just("click"), st.sampled_from(list(Verb)), st.integers(0, 5)),
    st.tuples(
        st.just("mute"),
        st.sampled_from(["instanceid=i-cpu", "project=acs_ecs", "severity=WARN"]),
        st.sampled_from([0.1, 1, 5]),
        st.booleans(),
    ),
    st.tuples(st.just("unmute"), st.integers(0, 3)),
    st.tuples(st.just("extend"), st.integers(0, 3)),
    st.tuples(st.just("tick")),
    st.tuples(st.just("watch flapping")),
    st.tuples(st.just("depend"), alarms, alarms),
    st.tuples(st.just("send"), st.integers(1, 4)),
    st.tuples(st.just("fault_post"), st.sampled_from(POST_FAULTS)),
    st.tuples(st.just("fault_edit"), st.sampled_from(EDIT_FAULTS)),
    st.tuples(st.just("fault_look"), st.sampled_from(["500", "429(2)", "drop-before"])),
    st.tuples(st.just("delete"), st.integers(0, 5)),
    st.tuples(st.just("archive"), st.booleans()),
    st.tuples(st.just("crash")),
    st.tuples(st.just("crash_after_post")),
    st.tuples(st.just("time"), st.sampled_from([0.5, 2, 14, 40, 700])),
)


async def play(town: World, step: Step) -> None:  # noqa: PLR0912 - one branch a kind of step
    """One step of a history."""
    match step:
        case ("hear", alarm, state, severity, value):
            await town.hear(state, alarm=alarm, severity=severity, value=float(value))
        case ("click", verb, number):
            rows = await town.cards()
            if rows:
                person = ANN if number % 2 else LI
                await town.click(verb, rows[number % len(rows)]["id"], person)
        case ("mute", condition, hours, until_recovered):
            await town.mute(condition, hours=hours, until_recovered=until_recovered)
        case ("unmute", number):
            await mute.end(town.database, number, by=LI, via="t", now=town.time.now, poke=list)
        case ("extend", number):
            await mute.extend(town.database, number, by=LI, via="t", now=town.time.now, poke=list)
        case ("tick",):
            await town.tick()
        case ("depend", parent, child):
            sides = ({"alarm": (f"alarm {one}",)} for one in (parent, child))
            town.kin = Kin((*town.kin.rules, Dependency("some", *sides)))
        case ("watch flapping",):
            town.flapping = Flapping(changes=3, within=timedelta(minutes=10))
        case ("send", jobs):
            for _ in range(jobs):
                job = await town.deliverer.claim()
                if job:
                    await town.deliverer.work_off(job)
        case ("fault_post", spelling):
            town.slack.fault("chat.postMessage", spelling)
        case ("fault_edit", spelling):
            town.slack.fault("chat.update", spelling)
        case ("fault_look", spelling):
            town.slack.fault("conversations.history", spelling)
            town.slack.fault("conversations.list", spelling)
        case ("archive", archived):
            town.slack.archive("db-alarms", archived=archived)
        case ("delete", number):
            shown = [(name, message) for name in CHANNELS for message in town.top(name)]
            if shown:
                name, message = shown[number % len(shown)]
                town.deleted.add(message.ts)
                town.slack.delete_message(name, message.ts)
        case ("crash",):
            await town.deliverer.claim()
        case ("crash_after_post",):
            await crash_after_post(town)
        case ("time", seconds):
            town.time.pass_by(seconds)
            town.slack.clock.advance(seconds)


async def crash_after_post(town: World) -> None:
    """Claim, post, and die before anything is recorded."""
    job = await town.deliverer.claim()
    if isinstance(job, CardJob) and job.ts is None and job.tried_at is None:
        town.slack.clear_faults()
        message = render_card(face_of(job), job.language)
        with suppress(SlackFailure):  # the channel is archived, perhaps
            mark = card_mark(job.card_id, job.version)
            await town.calls.post(job.channel.address, message, mark=mark)


async def calm_down(town: World) -> None:
    """Faults end; time goes on until nothing is behind."""
    town.slack.clear_faults()
    town.slack.archive("db-alarms", archived=False)
    for _ in range(60):
        await town.tick()
        await town.deliverer.drain()
        town.time.pass_by(LEASE.total_seconds())
        town.slack.clock.advance(LEASE.total_seconds())
        rows = await town.cards()
        quiet = {row["id"] for row in rows if is_quiet(row)}
        async with town.database.reading() as tx:
            if (await moments.of_tick(tx, fallback="")).groups:
                continue
        said = all(note["outcome"] or note["card_id"] in quiet for note in await town.notes())
        if said and all(row["posted"] >= row["wanted"] or is_quiet(row) for row in rows):
            return
    pytest.fail("some cards never became true")


def is_quiet(row: sa.RowMapping) -> bool:
    """A card that is kept from being posted, and that was never tried."""
    return row["held"] is not None and row["ts"] is None and row["tried_at"] is None


def direct_messages(town: World) -> list[Posted]:
    """What the authors of mutes were told."""
    channels = town.slack.space.channels.values()
    return [m for one in channels if one.im_with for m in town.slack.messages(one.id)]


async def expected(town: World, card_id: str) -> Message:
    """What a card must show, rendered from the rows as they are now."""
    claim = Claim("reader", town.time.now, town.time.now)
    async with town.database.reading() as tx:
        job = await claims.as_it_is(tx, card_id, claim)
    return render_card(face_of(job), job.language)


def mark(message: Posted, name: str) -> str:
    """What our metadata on a message says; empty if it is not there."""
    payload = (message.metadata or {}).get("event_payload")
    return str(payload.get(name, "")) if isinstance(payload, dict) else ""


async def assert_slack_shows_the_rows(town: World) -> None:
    public = [message for name in CHANNELS for message in town.top(name)]
    messages = [m for m in (*public, *direct_messages(town)) if mark(m, "card_id")]
    # Nobody tells the bot of a deletion: it learns of it at the next change.
    rows = [
        row for row in await town.cards() if row["ts"] not in town.deleted and not is_quiet(row)
    ]
    shown = [mark(message, "card_id") for message in messages]
    assert sorted(shown) == sorted(row["id"] for row in rows)
    for row in rows:
        (message,) = [m for m in messages if mark(m, "card_id") == row["id"]]
        assert message.ts == row["ts"]
        wanted = await expected(town, row["id"])
        assert message.text == wanted.text
        # Where Slack refused our blocks, the plain text alone is what it shows.
        assert message.blocks in ([], list(wanted.blocks))
        assert [one["blocks"] for one in message.attachments] in (
            [],
            [one["blocks"] for one in wanted.attachments],
        )
    for name in CHANNELS:
        keys = [key for m in town.slack.messages(name) if (key := mark(m, "key"))]
        assert len(keys) == len(set(keys))


async def assert_nothing_that_fires_is_unseen(town: World) -> None:
    """What is open has a card, or is counted by a card that stands in the channel, or is quiet."""
    rows = await town.cards()
    shown = {row["storm_id"] for row in rows if row["storm_id"] and row["held"] is None}
    above = {row["storm_id"]: row["in_storm"] for row in rows if row["storm_id"]}
    async with town.database.reading() as tx:
        is_open = incidents.c.state.in_(("firing", "no_data"))
        found = set(await tx.connection.scalars(sa.select(incidents.c.id).where(is_open)))
    for row in rows:
        if row["incident_id"] in found and row["held"] in ("storm", "group"):
            assert shown & {row["in_storm"], above.get(row["in_storm"])}


async def assert_no_mute_holds_what_it_has_let_go(town: World) -> None:
    """What fires is quiet only while a mute lasts, and so is its card."""
    is_open = incidents.c.state.in_(("firing", "no_data"))
    lasting = sa.select(mutes.c.id).where(mutes.c.ended_at.is_(None))
    stranded = sa.and_(incidents.c.mute_id.is_not(None), incidents.c.mute_id.not_in(lasting))
    async with town.database.reading() as tx:
        left = await tx.connection.scalars(sa.select(incidents.c.id).where(is_open, stranded))
        assert list(left) == []
        heard = sa.select(incidents.c.id).where(is_open, incidents.c.mute_id.is_(None))
        free = set(await tx.connection.scalars(heard))
    assert not [
        row for row in await town.cards() if row["held"] == "muted" and row["incident_id"] in free
    ]


@asynccontextmanager
async def fresh(make: Callable[[], str]) -> AsyncGenerator[World]:
    database = Database(make())
    try:
        async with world(database) as made:
            yield made
    finally:
        await database.close()


async def run(
    history: list[Step], routes: tuple[Route, ...], storm_limit: int, make: Callable[[], str]
) -> None:
    async with fresh(make) as town:
        town.routes, town.fallback, town.storm_limit = routes, "alarms", storm_limit
        for step in history:
            await play(town, step)
        await calm_down(town)
        await assert_slack_shows_the_rows(town)
        await assert_nothing_that_fires_is_unseen(town)
        await assert_no_mute_holds_what_it_has_let_go(town)


@tried(100)
@given(
    history=st.lists(steps, min_size=4, max_size=30),
    routes=st.sampled_from([ROUTES, GROUPED]),
    storm_limit=st.sampled_from([0, 2]),
)
async def test_slack_ends_up_showing_the_rows(
    sqlite_template: Path,
    history: list[Step],
    routes: tuple[Route, ...],
    storm_limit: int,
) -> None:
    with copies(sqlite_template) as make:
        await run(history, routes, storm_limit, make)
