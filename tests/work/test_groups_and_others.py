"""Groups beside storms, parents, refused channels and crashes: nothing is dropped."""

from datetime import timedelta

import pytest

from bot.rules.dependency import Dependency
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.store import contents, storms
from bot.store.tables import storms as storms_table
from bot.work import ask, search
from bot.work import storm as storm_work
from bot.work.act import Verb
from bot.work.deliver import LEASE
from bot.work.kin import Kin
from tests.support.rows import rows
from tests.support.world import ANN, World
from tests.work.test_groups import (
    INTERVAL,
    ROUTES,
    RULE,
    WAIT,
    after,
    broadcast,
    fire,
    group_cards,
    own_row,
    recover,
    shown,
)

pytestmark = pytest.mark.one_engine

SEVERAL = (Route("all", {}, "alarms", grouping=RULE),)
LIMIT = 3


@pytest.fixture
def stormy(town: World) -> World:
    """A channel that takes three new cards a minute, and groups by rule."""
    town.routes, town.storm_limit = SEVERAL, LIMIT
    return town


def storm_cards(town: World) -> list[str]:
    return [str(vars(m)) for m in town.top() if "storm_show" in str(m.attachments)]


async def overview(town: World) -> tuple[int, int, int]:
    """How many the newest storm counts: in all, on cards of their own, in its card."""
    async with town.database.reading() as tx:
        found = [one for one in await rows(town.database, storms_table) if one["key"] is None]
        count = (await contents.overview(tx, found[-1]["id"])).count
    return count.all, count.own, count.in_storm


async def many_groups(town: World, count: int, *, first: int = 0) -> None:
    """Two members of each rule."""
    for number in range(first, first + count):
        await fire(town, f"{number}a", f"{number}b", rule=f"r{number}")


async def test_a_group_is_one_new_card_for_the_storms_gate(stormy: World) -> None:
    for number in range(LIMIT):
        await fire(stormy, *(f"{number}{one}" for one in range(10)), rule=f"r{number}")
    await after(stormy, WAIT)
    assert len(group_cards(stormy)) == LIMIT
    assert storm_cards(stormy) == []


async def test_groups_above_the_rate_are_in_the_storms_card(stormy: World) -> None:
    await many_groups(stormy, 8)
    await after(stormy, WAIT)
    assert len(group_cards(stormy)) == LIMIT
    (card,) = storm_cards(stormy)
    assert "Storm: 10 alarms fire" in card
    assert await overview(stormy) == (10, 0, 10)


async def test_a_storms_card_follows_members_of_groups_in_it(stormy: World) -> None:
    await many_groups(stormy, 8)
    await after(stormy, WAIT)
    await recover(stormy, "7a", rule="r7")
    await stormy.click(Verb.ACKNOWLEDGE, (await own_row(stormy, 16))["id"])
    await fire(stormy, "7c", rule="r7")
    await shown(stormy)
    (card,) = storm_cards(stormy)
    assert "Storm: 10 alarms fire" in card
    assert "✅ 1 over" in card
    assert "👀 1 acknowledged" in card
    assert await overview(stormy) == (11, 0, 11)


async def test_while_a_storm_goes_on_new_groups_do_not_wait(stormy: World) -> None:
    await many_groups(stormy, 5)
    await after(stormy, WAIT)
    await fire(stormy, "new", rule="late")
    await stormy.deliver(rounds=3)
    assert "Storm: 5 alarms fire" in storm_cards(stormy)[0]


async def test_a_group_that_is_shown_keeps_to_its_interval_in_a_storm_too(stormy: World) -> None:
    await many_groups(stormy, 5)
    await after(stormy, WAIT)
    await fire(stormy, "0c", rule="r0")
    await shown(stormy)
    assert "2 alarms fire" in group_cards(stormy)[0]
    assert broadcast(stormy) == []


async def test_a_group_with_a_critical_member_has_its_card_in_a_storm_too(stormy: World) -> None:
    await many_groups(stormy, 5)
    await after(stormy, WAIT)
    await fire(stormy, "4c", rule="r4", severity=Severity.CRITICAL)
    await shown(stormy)
    assert len([card for card in group_cards(stormy) if "1 critical" in card]) == 1
    assert await overview(stormy) == (5, 3, 2)


async def test_when_the_storm_calms_groups_get_their_cards(stormy: World) -> None:
    await many_groups(stormy, 8)
    await fire(stormy, "x", rule="single")
    await after(stormy, WAIT)
    for _ in range(6):
        await after(stormy, 60)
    assert len(group_cards(stormy)) == 8
    assert len(stormy.top()) == 8 + 1 + 1  # groups, the one that is alone, the storm
    assert "Storm over after" in storm_cards(stormy)[0]
    all_, own, _ = await overview(stormy)
    assert all_ == own


async def test_acknowledging_a_storm_takes_what_is_in_its_groups(stormy: World) -> None:
    await many_groups(stormy, 8)
    await after(stormy, WAIT)
    async with stormy.database.reading() as tx:
        (storm,) = (await storms.going_on(tx, [1])).values()
    taken = await storm_work.acknowledge_all(
        stormy.database, storm.id, by=ANN, via="t", key="k", now=stormy.time.now, poke=list
    )
    assert taken == 10


async def test_a_group_in_a_storm_that_is_over_stays_there(stormy: World) -> None:
    await many_groups(stormy, 5)
    await after(stormy, WAIT)
    await recover(stormy, "4a", "4b", rule="r4")
    for _ in range(5):
        await after(stormy, 60)
    assert len(group_cards(stormy)) == 4
    assert "Storm over after" in storm_cards(stormy)[0]
    assert await overview(stormy) == (4, 2, 2)


@pytest.fixture
def related(town: World) -> World:
    """Alarms of the rule `cpu` are grouped, and wait for `host`."""
    town.routes = ROUTES
    town.kin = Kin((Dependency("d", {"alarm": ("alarm host",)}, {"instance": ("i-b", "i-c")}),))
    return town


async def test_a_member_behind_a_parent_is_counted_and_comes_back(related: World) -> None:
    await related.hear(alarm="host")
    await fire(related, "a", "b", "d")
    await after(related, WAIT)
    (card,) = group_cards(related)
    assert "2 alarms fire" in card
    assert "⏸️ 1 behind a parent alarm" in card
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await shown(related)
    assert "3 alarms fire" in group_cards(related)[0]
    assert broadcast(related) == ["🟠 One more fires: i-b, in Alarm cpu"]
    assert all(note["outcome"] for note in await related.notes())


async def test_in_a_refused_channel_members_stand_in_the_fallback_channel(town: World) -> None:
    town.routes = (Route("all", {}, "db-alarms", grouping=RULE),)
    town.fallback = "alarms"
    await fire(town, "a", "b")
    town.let_pass(WAIT)
    await town.tick()
    town.slack.archive("db-alarms", archived=True)
    await town.deliver(rounds=2)
    await shown(town)
    assert len(town.top("alarms")) == 2
    town.slack.archive("db-alarms", archived=False)
    town.let_pass(120)
    await shown(town)
    assert len(group_cards_in(town, "db-alarms")) == 1


def group_cards_in(town: World, channel: str) -> list[str]:
    return [m.text for m in town.top(channel) if "group_show" in str(m.attachments)]


async def test_an_unclear_post_of_a_groups_card_is_looked_for(town: World) -> None:
    town.routes = ROUTES
    town.slack.fault("chat.postMessage", "drop-after-post")
    await fire(town, "a", "b")
    await after(town, WAIT)
    town.let_pass(LEASE.total_seconds())
    await shown(town)
    assert len(group_cards(town)) == 1


async def test_a_bot_killed_while_it_posts_a_groups_card_does_not_double_it(town: World) -> None:
    town.routes = ROUTES
    await fire(town, "a", "b")
    town.let_pass(WAIT)
    await town.tick()
    assert await town.deliverer.claim() is not None  # and dies here
    town.let_pass(LEASE.total_seconds() + 60)
    await shown(town)
    assert len(group_cards(town)) == 1


async def test_a_group_lasts_over_a_restart_with_other_routes(town: World) -> None:
    town.routes = ROUTES
    await fire(town, "a", "b")
    await after(town, WAIT)
    town.routes = ()
    await fire(town, "c")
    await recover(town, "a", "b")
    await after(town, INTERVAL)
    assert "2 alarms, all over" in group_cards(town)[0]
    assert len(town.top()) == 2  # the newcomer has a card of its own


async def test_old_groups_are_pruned_with_their_members(town: World) -> None:
    from bot.work.prune import Keep, prune_once

    town.routes = ROUTES
    await fire(town, "a", "b")
    await after(town, WAIT)
    await fire(town, "c", rule="disk")
    await recover(town, "a", "b")
    await after(town, INTERVAL)
    town.let_pass(40 * 86_400)
    await fire(town, "d", rule="new")
    await prune_once(town.database, Keep(timedelta(days=30), None), now=town.time.now)
    (left,) = await rows(town.database, storms_table)
    assert left["ended_at"] is None


async def found(town: World, question: str) -> list[int]:
    query = await search.understood(town.database, question, now=town.time.now)
    page = await search.search(town.database, query, limit=50, cursor=None)
    return sorted(one.listed.incident.id for one in page.items)


async def test_search_knows_groups_and_storms_with_their_groups(stormy: World) -> None:
    await many_groups(stormy, 5)
    await after(stormy, WAIT)
    async with stormy.database.reading() as tx:
        (storm,) = (await storms.going_on(tx, [1])).values()
    assert await found(stormy, "group_id:1") == [1, 2]
    assert await found(stormy, "group_id:>0") == list(range(1, 11))
    assert await found(stormy, f"storm:{storm.id}") == [7, 8, 9, 10]
    assert await found(stormy, f"-storm:{storm.id}") == list(range(1, 7))
    assert await found(stormy, f"group_id:{storm.id}") == []
    assert await found(stormy, "storm:1") == []


async def test_an_incident_tells_its_group_and_where_that_stands(town: World) -> None:
    town.routes = ROUTES
    await fire(town, "a", "b")
    await after(town, WAIT)
    told = await ask.incident(town.database, 2)
    assert told is not None
    assert told.group_id == 1
    assert told.cards[0].ts is None
    assert told.cards[0].shown_at == town.top()[0].ts
