"""A channel that Slack refuses: its cards are seen elsewhere, and come back when it is mended."""

import pytest

from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.slack.failures import REMEDIES, Remedy
from tests.support.world import World

pytestmark = pytest.mark.one_engine

DB = (Route("db", {"rule": ("rule-db", "rule-db2", "rule-db3")}, "db-alarms"),)
REFUSALS = sorted(word for word, remedy in REMEDIES.items() if remedy is Remedy.STOP_CHANNEL)


async def settle(town: World, rounds: int = 3, seconds: float = 2.0) -> None:
    for _ in range(rounds):
        await town.deliver()
        await town.tick()
        await town.deliver(seconds=seconds)


@pytest.fixture
def dead(town: World) -> World:
    """A town whose route leads into an archived channel."""
    town.routes, town.fallback = DB, "alarms"
    town.slack.archive("db-alarms")
    return town


@pytest.mark.fault("F22")
@pytest.mark.parametrize("word", REFUSALS)
async def test_a_refused_card_is_shown_in_the_fallback_channel_with_the_reason(
    small_world: World, word: str
) -> None:
    town = small_world
    town.routes, town.fallback = DB, "alarms"
    town.slack.fault("chat.postMessage", f"error({word})", times=1)
    await town.hear(alarm="db", severity=Severity.CRITICAL)
    await settle(town, 1)
    (card,) = town.top("alarms")
    assert "#db-alarms cannot be posted to" in str(card.attachments)
    assert len(town.top("db-alarms")) == 0


@pytest.mark.fault("F22")
async def test_it_comes_back_once_after_the_repair(dead: World) -> None:
    await dead.hear(alarm="db")
    await dead.hear(alarm="cpu")
    await settle(dead)
    assert len(dead.top("alarms")) == 2
    dead.slack.archive("db-alarms", archived=False)
    await settle(dead, seconds=61)
    (own,) = dead.top("db-alarms")
    assert "late" in str(own.attachments)
    (stand_in,) = [one for one in dead.top("alarms") if "Alarm db" in one.text]
    assert "now it is shown there too" in str(stand_in.attachments)


@pytest.mark.fault("F22")
async def test_a_stand_in_is_as_true_as_any_card(dead: World) -> None:
    await dead.hear(alarm="db")
    await settle(dead)
    await dead.hear(Reported.OK, alarm="db", value=41.5)
    await settle(dead, seconds=61)
    (stand_in,) = dead.top("alarms")
    assert "41.5 %" in str(stand_in.blocks)
    assert "in place of #db-alarms" in str(stand_in.attachments)


@pytest.mark.fault("F22")
async def test_what_came_and_went_unseen_is_shown_once_closed(dead: World) -> None:
    await dead.hear(alarm="db")
    await dead.hear(Reported.OK, alarm="db", value=41.5)
    await settle(dead, seconds=61)
    (stand_in,) = dead.top("alarms")
    assert "41.5 %" in str(stand_in.blocks)


@pytest.mark.fault("F22")
async def test_a_card_that_was_shown_before_is_the_same_after_the_repair(dead: World) -> None:
    dead.slack.archive("db-alarms", archived=False)
    await dead.hear(alarm="db")
    await settle(dead)
    dead.let_pass(600)
    dead.slack.archive("db-alarms")
    await dead.hear(alarm="db", value=99.0)  # no thread is told of it: the edit is the first
    await settle(dead)
    dead.slack.archive("db-alarms", archived=False)
    await settle(dead, seconds=61)
    (card,) = dead.top("db-alarms")
    assert "99 %" in card.text


@pytest.mark.fault("F22")
async def test_a_channel_that_dies_under_a_shown_card(dead: World) -> None:
    dead.slack.archive("db-alarms", archived=False)
    await dead.hear(alarm="db")
    await settle(dead)
    assert len(dead.top("db-alarms")) == 1
    dead.slack.archive("db-alarms")
    await dead.hear(alarm="db", severity=Severity.CRITICAL, value=99.0)
    await settle(dead, 4)
    (stand_in,) = dead.top("alarms")
    assert "99 %" in str(stand_in.blocks)


@pytest.mark.fault("F22")
async def test_a_storm_of_stand_ins_passes_the_fallback_channels_gate(dead: World) -> None:
    dead.storm_limit = 2
    dead.routes = (Route("all", {}, "db-alarms"),)
    for number in range(6):
        await dead.hear(alarm=f"n{number}", severity=Severity.INFO)
    await settle(dead, 6)
    texts = [one.text for one in dead.top("alarms")]
    assert len(texts) == 3  # two of their own and the storm's
    assert any("storm" in text.lower() for text in texts)


@pytest.mark.fault("F22")
async def test_without_another_channel_the_card_waits_for_its_own(town: World) -> None:
    town.fallback = "alarms"
    town.slack.archive("alarms")
    await town.hear()
    await settle(town)
    assert [row["stands_in_for"] for row in await town.cards()] == [None]
    town.slack.archive("alarms", archived=False)
    await settle(town, seconds=61)
    assert len(town.top()) == 1


@pytest.mark.fault("F22")
async def test_what_a_mute_holds_has_no_stand_in_before_it_ends(dead: World) -> None:
    await dead.hear(alarm="db2")
    await settle(dead)
    await dead.mute("instanceid=i-db", hours=0.1)
    await dead.hear(alarm="db")
    await settle(dead)
    assert ["Alarm db2" in one.text for one in dead.top("alarms")] == [True]
    dead.time.pass_by(400)
    await settle(dead)
    assert len(dead.top("alarms")) == 2
