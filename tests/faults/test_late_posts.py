"""Posts that arrive when nobody expects them any more, and channels that may not be read."""

import pytest

from bot.rules.delivery import OnUnclear
from bot.rules.job import CardJob
from bot.slack.card import render_card
from bot.slack.marks import card_mark
from bot.work.deliver import Deliverer
from bot.work.faces import face_of
from bot.work.send_sweep import HOPELESS, SWEEP_AFTER
from bot.work.timing import SETTLE
from tests.support.world import World


async def posted_again(town: World) -> CardJob:
    """A first try fell into silence; the look found nothing, so the card was posted again."""
    town.slack.fault("chat.postMessage", "drop-before")
    await town.hear()
    job = await town.deliverer.claim()
    assert isinstance(job, CardJob)
    await town.deliverer.work_off(job)
    town.time.pass_by(SETTLE.total_seconds() + 1)
    await town.deliverer.drain()
    assert len(town.top()) == 1
    return job


async def arrive_late(town: World, job: CardJob) -> None:
    """What the first try had sent arrives after all."""
    town.slack.clock.advance(20)
    message = render_card(face_of(job), job.language)
    await town.calls.post("alarms", message, mark=card_mark(job.card_id, job.version))
    assert len(town.top()) == 2


@pytest.mark.fault("F20")
async def test_a_twin_that_a_person_deleted_is_nothing_to_do(town: World) -> None:
    job = await posted_again(town)
    await arrive_late(town, job)
    town.slack.fault("chat.delete", "error(message_not_found)")
    await sweep(town)
    assert (await town.card())["sweep_at"] is None


async def sweep(town: World) -> None:
    town.time.pass_by(SWEEP_AFTER.total_seconds())
    await town.deliverer.drain()


@pytest.mark.fault("F20")
async def test_a_twin_that_arrives_late_is_deleted(town: World) -> None:
    job = await posted_again(town)
    await arrive_late(town, job)
    await sweep(town)
    assert [one.ts for one in town.top()] == [(await town.card())["ts"]]
    assert len(town.slack.calls("chat.delete")) == 1
    await sweep(town)
    assert len(town.slack.calls("chat.delete")) == 1
    assert (await town.card())["sweep_at"] is None


@pytest.mark.fault("F20")
async def test_without_a_twin_nothing_is_deleted(town: World) -> None:
    await posted_again(town)
    await sweep(town)
    assert town.slack.calls("chat.delete") == []
    assert (await town.card())["sweep_at"] is None


@pytest.mark.fault("F20")
async def test_a_clear_post_is_not_swept(town: World) -> None:
    await town.hear()
    await town.deliver()
    assert (await town.card())["sweep_at"] is None


@pytest.mark.fault("F20")
async def test_a_sweep_that_fails_is_made_later(town: World) -> None:
    job = await posted_again(town)
    await arrive_late(town, job)
    town.slack.fault("conversations.history", "500")
    await sweep(town)
    assert len(town.top()) == 2
    await sweep(town)
    assert len(town.top()) == 1


@pytest.mark.fault("F20")
async def test_nobody_sweeps_for_ever(town: World) -> None:
    await posted_again(town)
    town.slack.fault("conversations.history", "500", times=None)
    town.time.pass_by(HOPELESS.total_seconds() + 60)
    await town.deliverer.drain()
    assert (await town.card())["sweep_at"] is None


@pytest.mark.fault("F25")
@pytest.mark.parametrize(("on_unclear", "posts"), [(OnUnclear.REPEAT, 2), (OnUnclear.HOLD, 1)])
async def test_without_the_right_to_look(town: World, on_unclear: OnUnclear, posts: int) -> None:
    deliverer = Deliverer(
        town.database, town.calls, owner="one", clock=town.time, on_unclear=on_unclear
    )
    town.slack.fault("chat.postMessage", "drop-after-post")
    town.slack.fault("conversations.history", "error(missing_scope)", times=None)
    town.slack.fault("conversations.list", "error(missing_scope)", times=None)
    await town.hear()
    for _ in range(5):
        await deliverer.drain()
        town.time.pass_by(SETTLE.total_seconds())
    assert len(town.top()) == posts
    town.slack.clear_faults()
    for _ in range(12):
        await deliverer.drain()
        town.time.pass_by(61)
    card = await town.card()
    assert card["ts"] in [one.ts for one in town.top()]
    assert card["posted"] == card["wanted"]
    assert len(town.top()) == 1
