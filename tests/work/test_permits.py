"""Who may: rules, user groups as Slack tells them, and refusals that are written down."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.rules.incident import Person
from bot.rules.permits import Action, Forbidden, Permit
from bot.slack.calls import SlackCalls
from bot.store.engine import Database
from bot.work import audit, permits
from bot.work.permits import KEPT, Permits
from tests.slack.stand_in import StandIn, no, ok, silent, stand_in
from tests.support.world import ANN, LI, Time

MEMBERS = "usergroups.users.list"
BOB = Person("U0BOB00001", "bob")
RULES = {
    Action.MUTE: Permit(frozenset({ANN.id}), frozenset({"S1", "S2"}), frozenset({"C1"})),
    Action.SHARE: Permit(),
}


@dataclass
class Gate:
    """Permits beside a stand-in for Slack."""

    slack: StandIn
    permits: Permits
    database: Database
    time: Time

    async def lets(self, person: Person, action: Action = Action.MUTE, channel: str = "C9") -> bool:
        """Whether somebody may."""
        try:
            await self.permits.demand(action, person=person, channel=channel, via="command")
        except Forbidden:
            return False
        return True


@pytest.fixture
async def gate(database: Database) -> AsyncGenerator[Gate]:
    async with stand_in() as slack:
        slack.on(MEMBERS, ok(users=[LI.id]))
        calls, time = SlackCalls("xoxb-x", base_url=slack.base_url), Time()
        yield Gate(slack, Permits(RULES, calls.people, database, clock=time), database, time)
        await calls.aclose()


@pytest.mark.fault("F33")
@pytest.mark.parametrize(
    ("person", "channel", "may"),
    [(ANN, "C9", True), (LI, "C9", True), (BOB, "C1", True), (BOB, "C9", False)],
)
async def test_named_people_members_and_those_in_the_channel_may(
    gate: Gate, person: Person, channel: str, may: bool
) -> None:
    assert await gate.lets(person, channel=channel) is may


async def test_what_no_rule_speaks_of_everybody_may_without_a_question(gate: Gate) -> None:
    assert await gate.lets(BOB, Action.RESOLVE)
    assert gate.slack.heard == []


async def test_a_rule_that_names_nobody_lets_nobody(gate: Gate) -> None:
    assert not await gate.lets(ANN, Action.SHARE)


async def test_a_long_mute_follows_the_rule_of_mutes(gate: Gate) -> None:
    assert await gate.lets(LI, Action.MUTE_LONG)
    assert not await gate.lets(BOB, Action.MUTE_LONG)


@pytest.mark.fault("F33")
async def test_a_refusal_is_written_down_with_its_door(gate: Gate) -> None:
    assert not await gate.lets(BOB)
    (act,) = await audit.page(gate.database, limit=9)
    assert (act.verb, act.actor, act.via, act.at) == ("refused", BOB, "command", gate.time.now)
    assert act.after == {"action": "mute", "channel": "C9"}


async def test_who_is_in_a_group_is_asked_once_in_a_while(gate: Gate) -> None:
    for _ in range(3):
        assert await gate.lets(LI)
    assert len(gate.slack.heard) == 2  # one for each group
    gate.time.pass_by(KEPT.total_seconds())
    gate.slack.on(MEMBERS, ok(users=[BOB.id]))
    assert not await gate.lets(LI)
    assert await gate.lets(BOB)


@pytest.mark.fault("F33")
async def test_a_group_that_cannot_be_read_lets_in_nobody_and_says_so(gate: Gate) -> None:
    gate.slack.on(MEMBERS, no("missing_scope"))
    with pytest.raises(Forbidden) as refused:
        await gate.permits.demand(Action.MUTE, person=LI, channel=None)
    assert refused.value.unsure
    assert refused.value.permit is RULES[Action.MUTE]


async def test_an_answer_without_members_lets_in_nobody(gate: Gate) -> None:
    gate.slack.on(MEMBERS, ok(users={"0": LI.id}))
    assert not await gate.lets(LI)


async def test_one_group_that_tells_is_enough(gate: Gate) -> None:
    gate.slack.on(MEMBERS, no("no_such_subteam"), ok(users=[LI.id]))
    assert await gate.lets(LI)


async def test_slow_groups_are_waited_for_together(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither group is told before both are asked."""
    monkeypatch.setattr(permits, "PATIENCE", 30.0)
    both = asyncio.Barrier(2)

    async def together(request: web.Request) -> web.StreamResponse:
        await both.wait()
        return await ok(users=[LI.id])(request)

    gate.slack.on(MEMBERS, together)
    assert await gate.lets(LI)


async def test_groups_that_are_not_told_in_time_let_in_nobody(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permits, "PATIENCE", 0.05)
    gate.slack.on(MEMBERS, silent)
    assert not await gate.lets(LI)
