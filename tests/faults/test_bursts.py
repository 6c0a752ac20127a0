"""Too much at once: an alarm that flaps, and a thousand alarms in five seconds."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from bot.local_slack import Message
from bot.rules.delivery import EDIT_BURST, EDIT_GAP
from bot.rules.flapping import Flapping
from bot.rules.record import Reported
from tests.support.town import Town, eventually, town
from tests.support.world import World

CHANGES = 100
MINUTE = 60.0
EDITS_MOST = EDIT_BURST + MINUTE / EDIT_GAP.total_seconds()

ALARMS = 1_000
CHANNELS = 10
SENDING = 5.0  # seconds
SENDER_GIVES_UP = 5.0
SLOWER = 3  # than any machine it is meant for may be the one that tests it
CARDS_MOST = 30  # twenty new ones in the first minute, the storm's, and a few as it goes on
ALL_SHOWN = 240.0  # seconds of patience; twenty-one posts a second apart take half of it
BALANCE = re.compile(r"(\d+) received = (\d+) on their own cards \+ (\d+) in this card \+ 0 muted")
A_SECOND = 0.999  # Slack's `ts` are unique, so at one moment some are a microsecond off


# F4: an alarm that flaps


async def flap(world: World) -> None:
    """A hundred changes in a minute; the last is a recovery."""
    for number in range(CHANGES):
        state = Reported.OK if number % 2 else Reported.ALERT
        await world.hear(state, value=float(number))
        await world.go_on(seconds=MINUTE / CHANGES, step=MINUTE / CHANGES)


@pytest.mark.slow
@pytest.mark.fault("F4")
@pytest.mark.parametrize(
    ("flapping", "calls_most"),
    [(Flapping(4, timedelta(hours=1)), MINUTE), (None, EDITS_MOST + MINUTE + 1)],
    ids=["told-as-flapping", "by-default"],
)
async def test_a_hundred_changes_in_a_minute_are_one_true_card_and_few_calls(
    each_world: World, flapping: Flapping | None, calls_most: float
) -> None:
    each_world.flapping = flapping
    await flap(each_world)
    assert len(each_world.slack.calls()) <= calls_most
    assert len(each_world.slack.calls("chat.update")) <= EDITS_MOST
    posts = [entry.at for entry in each_world.slack.calls("chat.postMessage")]
    assert all(after - before > A_SECOND for before, after in pairwise(posts))
    await each_world.go_on(seconds=5)
    (card,) = each_world.top()
    assert card.text.startswith("Recovered")
    assert "99 %" in card.text
    row = await each_world.card()
    assert row["posted"] == row["wanted"]
    await each_world.go_on(seconds=MINUTE)
    keys = [note.metadata["event_payload"]["key"] for note in each_world.said()]
    assert len(keys) == len(set(keys))
    assert len(each_world.top()) == 1


# F5: a thousand alarms


def channel_of(number: int) -> str:
    return f"burst-{number % CHANNELS}"


def alarm(number: int) -> Sample:
    """An alarm of its own that belongs to one of the channels."""
    name = f"{channel_of(number)}/{number:04d}"
    host = replace(CPU, rule=name, alert=name, instance=f"i-{number:04d}")
    return host.says("ALERT", 91, utc_now())


@pytest.fixture
async def wide_town(database_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """A bot that spreads alarms over ten channels; storms as by default."""
    names = [channel_of(number) for number in range(CHANNELS)]
    lines = [f"  - {{channel: {name}, match: {{alarm: '{name}/*'}}}}" for name in names]
    routes = tmp_path / "routes.yaml"
    routes.write_text("\n".join(["routes:", *lines]))
    async with town(database_url, extra={"TOCSIN_ROUTES": str(routes)}) as made:
        for name in names:
            made.slack.create_channel(name)
        yield made


async def send_all(made: Town) -> list[float]:
    """All of them, at an even pace; how long each answer took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def send(number: int) -> float:
        await asyncio.sleep(begun + number * SENDING / ALARMS - loop.time())
        sent = loop.time()
        await made.send(alarm(number))  # it must be answered 200
        return loop.time() - sent

    return await asyncio.gather(*(send(number) for number in range(ALARMS)))


def storm_of(made: Town, channel: str) -> Message | None:
    found = [one for one in made.cards(channel) if "storm_show" in str(one.attachments)]
    return found[0] if len(found) == 1 else None


def is_all_shown(made: Town, channel: str) -> bool:
    """Whether each of the channel's alarms has its own card or is counted in the storm's."""
    storm = storm_of(made, channel)
    told = storm and BALANCE.search(str(storm.attachments))
    if not told:
        return False
    received, own, in_storm = (int(figure) for figure in told.groups())
    assert received == own + in_storm
    return in_storm + len(made.cards(channel)) - 1 == ALARMS // CHANNELS


@pytest.mark.slow
@pytest.mark.fault("F5")
async def test_a_thousand_alarms_in_ten_channels_are_all_shown_at_a_bearable_pace(
    wide_town: Town,
) -> None:
    took = await send_all(wide_town)
    assert max(took) < SENDER_GIVES_UP * SLOWER
    names = [channel_of(number) for number in range(CHANNELS)]

    async def all_shown() -> bool:
        return all(is_all_shown(wide_town, name) for name in names)

    await eventually(all_shown, patience=ALL_SHOWN, look=1)
    for name in names:
        shown = wide_town.cards(name)
        assert len(shown) < CARDS_MOST
        assert len({one.metadata["event_payload"]["card_id"] for one in shown}) == len(shown)
        times = [float(one.ts) for one in shown]
        assert all(after - before > A_SECOND for before, after in pairwise(times))
