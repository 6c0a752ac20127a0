"""What happens at one moment, or while nobody was there: nothing is lost, nothing comes twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.rules.incident import Incident, Person, State
from bot.rules.judge import Outcome
from bot.rules.record import Reported
from bot.store import incidents
from bot.store.acts import Act
from bot.work import audit
from bot.work.act import Click, Done, Effect, Verb, act_on
from tests.support.world import ANN, World

INTERLEAVINGS = 200
TURNS_MOST = 30  # of the event loop; a transaction takes about as many
BLOCKED = 0.2  # seconds; long enough to see that somebody waits for a lock
HOURS_DOWN = 3
Found = TypeVar("Found")


async def after_turns(turns: int, do: Callable[[], Awaitable[Found]]) -> Found:
    """Start a little later: `turns` of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await do()


async def incident_of(world: World, card_id: str) -> Incident:
    async with world.database.writing() as tx:
        found = await incidents.of_card(tx, card_id)
    assert found is not None
    return found


def taken_by(incident: Incident) -> Person | None:
    return incident.acknowledged.by if incident.acknowledged else None


async def acts_of(world: World) -> list[Act]:
    return await audit.page(world.database, limit=INTERLEAVINGS * 2)


# F31: an acknowledgement while the recovery arrives


@pytest.mark.slow
@pytest.mark.fault("F31")
async def test_an_ack_and_a_recovery_at_the_same_moment_both_count(each_world: World) -> None:
    dice = random.Random(31)  # noqa: S311 - orders to repeat, no secrets
    effects: list[Effect] = []
    for number in range(INTERLEAVINGS):
        name = f"a{number}"
        await each_world.hear(alarm=name)
        card_id = (await each_world.cards())[-1]["id"]
        turns = dice.randrange(TURNS_MOST), dice.randrange(TURNS_MOST)
        done, _ = await asyncio.gather(
            after_turns(turns[0], lambda card=card_id: each_world.click(Verb.ACKNOWLEDGE, card)),
            after_turns(
                turns[1], lambda name=name: each_world.hear(Reported.OK, alarm=name, value=40.0)
            ),
        )
        effects.append(done.effect)
        after = await incident_of(each_world, card_id)
        assert after.state is State.RECOVERED
        assert after.recovery_value == 40.0
        assert taken_by(after) == (ANN if done.effect is Effect.DONE else None)
    assert set(effects) <= {Effect.DONE, Effect.OVER}
    assert len(await acts_of(each_world)) == effects.count(Effect.DONE)


@pytest.mark.fault("F31")
async def test_a_recovery_that_comes_while_an_ack_is_being_stored_waits_for_it(
    each_world: World,
) -> None:
    await each_world.hear()
    await each_world.deliver()
    card_id = (await each_world.card())["id"]
    click = Click(Verb.ACKNOWLEDGE, card_id, ANN, "tests")
    async with each_world.database.writing() as tx:
        done: Done = await act_on(tx, click, each_world.time.now)
        recovering = asyncio.create_task(each_world.hear(Reported.OK, value=40.0))
        await asyncio.wait({recovering}, timeout=BLOCKED)
    await recovering
    assert done.effect is Effect.DONE
    after = await incident_of(each_world, card_id)
    assert (after.state, taken_by(after)) == (State.RECOVERED, ANN)
    await each_world.deliver(rounds=3)
    assert "Recovered after" in each_world.top()[0].text
    assert ANN.id in str(each_world.top()[0].attachments)


@pytest.mark.fault("F31")
async def test_a_callback_that_comes_while_its_incident_is_being_closed_opens_another(
    each_world: World,
) -> None:
    await each_world.hear()
    await each_world.deliver()
    click = Click(Verb.RESOLVE, (await each_world.card())["id"], ANN, "tests")
    async with each_world.database.writing() as tx:
        await act_on(tx, click, each_world.time.now)
        firing = asyncio.create_task(each_world.hear())
        await asyncio.wait({firing}, timeout=BLOCKED)
    assert await firing is Outcome.OPENED


# F32: a mute that ends while nobody looks


@pytest.mark.fault("F32")
async def test_a_mute_that_ended_while_all_were_down_lets_everything_go_once(
    each_world: World,
) -> None:
    await each_world.hear(alarm="shown")
    await each_world.deliver(rounds=2)
    made = await each_world.mute("project=acs_ecs")
    for name in ("one", "two", "three"):
        await each_world.hear(alarm=name)
    await each_world.hear(Reported.OK, alarm="three", value=1.0)
    each_world.let_pass(HOURS_DOWN * 3_600)
    await asyncio.gather(each_world.tick(), each_world.tick(), each_world.tick())
    await each_world.go_on(seconds=10)
    assert sorted(one.text.rpartition("Alarm ")[2] for one in each_world.top()) == [
        "one",
        "shown",
        "two",
    ]
    told = [note.text for note in each_world.said()]
    assert len(told) == len(set(told))
    assert all("ended and it still fires" in text for text in told)
    assert [act.verb for act in await acts_of(each_world)] == ["mute"]
    assert (await each_world.mute_row(made.id)).look_again_at is None
    assert (await each_world.mute_row(made.id)).ends_at < each_world.time.now - timedelta(hours=1)
