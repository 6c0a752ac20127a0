"""Storms: what one live card stands for, what has its own, and how both balance in the end."""

from datetime import timedelta
from typing import Any

import pytest

from bot.rules.record import Reported
from bot.rules.severity import Severity
from bot.store import contents, storms
from bot.store.tables import storms as storms_table
from bot.work import mute
from bot.work.act import Verb
from tests.support.rows import row
from tests.support.world import ANN, World, matcher_of

pytestmark = pytest.mark.one_engine

MINUTE = 60


@pytest.fixture
def stormy(town: World) -> World:
    """A channel that takes five new cards a minute."""
    town.storm_limit = 5
    return town


async def burst(town: World, count: int, *, first: int = 0, **said: Any) -> None:
    for number in range(first, first + count):
        await town.hear(alarm=f"a{number}", **said)


async def calm(town: World, *, minutes: int = 3) -> None:
    for _ in range(minutes):
        town.time.pass_by(MINUTE)
        await town.tick()
        await town.deliver(rounds=12)


def storm_cards(town: World) -> list[str]:
    return [str(vars(m)) for m in town.top() if "storm_show" in str(m.attachments)]


def own_cards(town: World) -> list[str]:
    return [m.text for m in town.top() if "storm_show" not in str(m.attachments)]


async def test_up_to_the_limit_each_incident_has_its_own_card(stormy: World) -> None:
    await burst(stormy, 5)
    await stormy.deliver(rounds=12)
    assert len(own_cards(stormy)) == 5
    assert storm_cards(stormy) == []


async def test_above_the_limit_one_card_stands_for_the_rest(stormy: World) -> None:
    await burst(stormy, 30)
    await stormy.deliver(rounds=40)
    assert len(own_cards(stormy)) == 5
    (card,) = storm_cards(stormy)
    assert "Storm: 30 alarms fire" in card
    assert "30 received = 5 on their own cards + 25 in this card + 0 muted" in card


async def test_a_storm_counts_the_minute_that_was_too_much(stormy: World) -> None:
    await burst(stormy, 3, first=100)
    stormy.time.pass_by(MINUTE + 1)
    await burst(stormy, 10)
    await stormy.deliver(rounds=40)
    assert "10 received = 5 on their own cards + 5 in this card" in storm_cards(stormy)[0]


async def test_acknowledging_all_of_a_storm_takes_what_led_to_it_too(stormy: World) -> None:
    await burst(stormy, 8)
    async with stormy.database.writing() as tx:
        (storm,) = (await storms.going_on(tx, [1])).values()
        assert len(await contents.untaken_in(tx, storm.id, after=0, until=100, most=100)) == 8


async def test_the_worst_have_their_own_cards_in_a_storm_too(stormy: World) -> None:
    await burst(stormy, 10)
    await burst(stormy, 2, first=10, severity=Severity.CRITICAL)
    await stormy.deliver(rounds=40)
    assert len([text for text in own_cards(stormy) if "CRITICAL" in text]) == 2
    assert "12 received = 7 on their own cards + 5 in this card" in storm_cards(stormy)[0]


async def test_the_storm_card_comes_before_everything_else_that_waits(stormy: World) -> None:
    await burst(stormy, 30)
    await stormy.deliver()
    assert len(storm_cards(stormy)) == 1


async def test_the_storm_card_follows_what_becomes_of_its_incidents(stormy: World) -> None:
    await burst(stormy, 10)
    await stormy.deliver(rounds=20)
    await stormy.hear(Reported.OK, alarm="a9", value=1.0)
    held = [card for card in await stormy.cards() if card["held"] == "storm"]
    await stormy.click(Verb.ACKNOWLEDGE, held[0]["id"])
    await stormy.deliver(rounds=3)
    (card,) = storm_cards(stormy)
    assert "Storm: 9 alarms fire" in card
    assert "✅ 1 over" in card
    assert "👀 1 acknowledged" in card


async def test_a_storm_in_one_channel_leaves_the_others_alone(stormy: World) -> None:
    from bot.rules.routing import Route

    stormy.routes = (Route("disks", {"alarm": ("alarm disk*",)}, "db-alarms"),)
    await burst(stormy, 10)
    await stormy.hear(alarm="disk1")
    await stormy.deliver(rounds=20)
    assert len(stormy.top("db-alarms")) == 1
    assert "storm_show" not in str(stormy.top("db-alarms")[0].attachments)


async def test_when_it_calms_what_still_fires_gets_its_own_card_and_says_how_late(
    stormy: World,
) -> None:
    await burst(stormy, 9)
    await stormy.hear(Reported.OK, alarm="a8", value=1.0)
    await stormy.deliver(rounds=12)
    await calm(stormy)
    assert len(own_cards(stormy)) == 8  # 5 at once, 3 that still fire; a8 came and went
    late = [str(m.attachments) for m in stormy.top() if "shown" in str(m.attachments)]
    assert len(late) >= 3


async def test_a_storm_ends_with_a_line_that_balances(stormy: World) -> None:
    await burst(stormy, 9)
    await stormy.hear(Reported.OK, alarm="a8", value=1.0)
    await calm(stormy, minutes=4)
    (card,) = storm_cards(stormy)
    assert "Storm over after" in card
    assert "9 received = 8 on their own cards + 1 in this card + 0 muted" in card


async def test_what_still_fires_comes_back_no_faster_than_the_channel_takes(stormy: World) -> None:
    await burst(stormy, 5 + 12)
    await stormy.deliver(rounds=20)
    await calm(stormy, minutes=2)
    assert len(own_cards(stormy)) <= 5 + 10
    await calm(stormy, minutes=4)
    assert len(own_cards(stormy)) == 5 + 12


async def test_the_worst_come_back_first(stormy: World) -> None:
    await burst(stormy, 5)
    await burst(stormy, 5, first=5, severity=Severity.INFO)
    await burst(stormy, 5, first=10, severity=Severity.WARN)
    await stormy.deliver(rounds=20)
    stormy.time.pass_by(MINUTE)
    await stormy.tick()
    await stormy.deliver(rounds=12)
    assert not [text for text in own_cards(stormy) if text.startswith("INFO")]


async def test_new_incidents_after_the_storm_have_their_own_cards(stormy: World) -> None:
    await burst(stormy, 9)
    await calm(stormy, minutes=5)
    before = len(own_cards(stormy))
    await stormy.hear(alarm="later")
    await stormy.deliver(rounds=3)
    assert len(own_cards(stormy)) == before + 1


async def test_what_fires_again_after_its_storm_has_a_card_of_its_own(stormy: World) -> None:
    await burst(stormy, 9)
    await calm(stormy, minutes=1)
    await stormy.hear(Reported.OK, alarm="a8", value=1.0)
    await calm(stormy, minutes=4)
    stormy.time.pass_by(1)
    await stormy.hear(alarm="a8")
    await stormy.deliver(rounds=3)
    assert [text for text in own_cards(stormy) if "Alarm a8" in text]


async def test_a_mute_that_ends_on_many_at_once_is_a_storm_and_no_flood(stormy: World) -> None:
    await stormy.mute("project=acs_ecs")
    await burst(stormy, 20)
    stormy.time.pass_by(3_600)
    await stormy.tick()
    await stormy.deliver(rounds=30)
    assert len(own_cards(stormy)) == 5
    assert "15 in this card" in storm_cards(stormy)[0]


async def test_editing_a_mute_that_lets_many_go_is_a_storm_too(stormy: World) -> None:
    made = await stormy.mute("project=acs_ecs")
    await burst(stormy, 30)
    ends = stormy.time.now + timedelta(hours=1)
    narrower = mute.NewMute((matcher_of("instanceid=i-a1"),), "one", ends)
    await mute.edit(
        stormy.database, made.id, narrower, by=ANN, via="tests", now=stormy.time.now, poke=list
    )
    await stormy.tick()
    await stormy.deliver(rounds=20)
    assert len(own_cards(stormy)) == 5
    assert "24 in this card" in storm_cards(stormy)[0]


async def test_muted_incidents_in_a_storm_are_counted_as_muted(stormy: World) -> None:
    await burst(stormy, 7)
    await stormy.mute("instanceid=~i-m.*")
    for number in range(3):
        await stormy.hear(alarm=f"m{number}")
    await burst(stormy, 1, first=7)
    await stormy.deliver(rounds=20)
    card = storm_cards(stormy)[-1]
    assert "11 received = 5 on their own cards + 3 in this card + 3 muted" in card


async def test_without_a_limit_there_are_no_storms(town: World) -> None:
    await burst(town, 30)
    await town.deliver(rounds=40)
    assert len(town.top()) == 30


async def test_the_overview_of_a_storm_groups_by_rule_product_and_region(stormy: World) -> None:
    await burst(stormy, 8)
    async with stormy.database.reading() as tx:
        (storm,) = (await storms.going_on(tx, [1])).values()
        overview = await contents.overview(tx, storm.id)
    assert len(overview.groups) == 8  # each alarm here has a name of its own
    assert overview.firing() == overview.count.all == 8
    assert (await row(stormy.database, storms_table, storm.id))["ended_at"] is None
