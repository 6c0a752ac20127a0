"""An hour without Slack: nothing is lost, nobody knocks in vain, and then the worst comes first."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.local_slack import Message
from bot.rules.record import Reported
from bot.rules.severity import Severity
from bot.slack.calls import SlackCalls
from bot.work.act import Verb
from bot.work.deliver import Deliverer
from tests.support.process import free_port
from tests.support.town import colour
from tests.support.world import World

pytestmark = pytest.mark.fault("F15")

ALARMS = 200
MINUTES = 60
RECOVERS_AFTER = 40  # alarms: twelve minutes
SEVERITIES = (Severity.WARN, Severity.INFO, Severity.CRITICAL)
ORDER = ("CRITICAL", "WARN", "INFO", "Recovered")
CALLS_MOST = MINUTES + 10  # one a minute once the pauses have grown to that, a few before
STEP = 10.0  # seconds; enough where nothing may be tried more often than that
GREEN = "#2eb886"


def name_of(number: int) -> str:
    return f"a{number:03d}"


def recovers(number: int) -> bool:
    return number % 4 == 0 and number < ALARMS - RECOVERS_AFTER


async def an_hour_of_alarms(world: World) -> None:
    """Two hundred alarms, evenly; each fourth recovers soon."""
    for minute in range(MINUTES):
        for number in range(ALARMS * minute // MINUTES, ALARMS * (minute + 1) // MINUTES):
            await world.hear(alarm=name_of(number), severity=SEVERITIES[number % len(SEVERITIES)])
            if number >= RECOVERS_AFTER and recovers(number - RECOVERS_AFTER):
                old = name_of(number - RECOVERS_AFTER)
                await world.hear(Reported.OK, alarm=old, value=1.0)
        await world.go_on(seconds=60, step=STEP)


@asynccontextmanager
async def slack_away(world: World, how: str) -> AsyncGenerator[None]:
    """Slack drops every request, answers 503, or nobody listens at its address."""
    alive = world.deliverer
    if how == "gone":
        dead = SlackCalls("xoxb-none", base_url=f"http://127.0.0.1:{free_port()}/api/")
        world.deliverer = Deliverer(world.database, dead, owner="one", clock=world.time)
        yield
        await dead.aclose()
        world.deliverer = alive
    else:
        world.slack.fault("*", how, times=None)
        yield
        world.slack.clear_faults()


def place(message: Message) -> tuple[int, str]:
    """Where a card belongs: by what it says, then by its alarm; they are numbered by time."""
    kind = next(word for word in ORDER if message.text.startswith(word))
    return ORDER.index(kind), message.text.rpartition("Alarm ")[2]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gone", "drop-before", "503"])
async def test_after_an_hour_the_worst_comes_first_and_what_is_over_comes_once(
    each_world: World, how: str
) -> None:
    each_world.storm_limit = 20  # as by default: two hundred in an hour are no storm
    with capture_logs() as said:
        async with slack_away(each_world, how):
            await an_hour_of_alarms(each_world)
    assert 0 < Counter(one["event"] for one in said)["card.refused"] <= CALLS_MOST
    assert each_world.top() == []
    await each_world.go_on(seconds=ALARMS + 90)
    shown = each_world.top()
    assert len(shown) == ALARMS
    assert [place(one) for one in shown] == sorted(place(one) for one in shown)
    assert Counter(place(one)[0] for one in shown)[3] == sum(map(recovers, range(ALARMS)))
    assert all("late" in str(one.attachments) for one in shown)
    assert all((colour(one) == GREEN) is one.text.startswith("Recovered") for one in shown)
    assert each_world.said() == []
    assert each_world.slack.calls("chat.update") == []
    gaps = [float(b.ts) - float(a.ts) for a, b in pairwise(shown)]
    assert min(gaps) > 0.999  # Slack makes each `ts` unique by a microsecond


async def test_what_was_done_meanwhile_stands_on_the_card_at_once(each_world: World) -> None:
    async with slack_away(each_world, "503"):
        await each_world.hear()
        await each_world.go_on(seconds=600, step=STEP)
        await each_world.click(Verb.ACKNOWLEDGE, (await each_world.card())["id"])
        await each_world.hear(value=99.0)
    await each_world.go_on(seconds=90)
    (card,) = each_world.top()
    assert "Acknowledged by" in card.text
    assert "99 %" in card.text
    assert each_world.slack.calls("chat.update") == []
