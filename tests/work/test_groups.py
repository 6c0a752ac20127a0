"""Groups: one card for alarms that belong together, when it is shown, edited, and ends."""

from datetime import timedelta
from typing import Any

import pytest

from bot.local_slack import Message
from bot.rules.grouping import Grouping
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.store.tables import storms as storms_table
from bot.work import mute
from bot.work.act import Verb
from tests.support.rows import rows
from tests.support.world import ANN, LI, World

pytestmark = pytest.mark.one_engine

WAIT, INTERVAL = 30, 300
RULE = Grouping(("rule",), timedelta(seconds=WAIT), timedelta(seconds=INTERVAL))
ROUTES = (Route("grouped", {"alarm": ("alarm cpu", "alarm disk")}, "alarms", grouping=RULE),)


@pytest.fixture
def grouped(town: World) -> World:
    """Alarms of the rules `cpu` and `disk` are grouped by rule; others are not."""
    town.routes = ROUTES
    return town


async def fire(town: World, *instances: str, rule: str = "cpu", **said: Any) -> None:
    for instance in instances:
        await town.hear(alarm=instance, rule=rule, **said)


async def recover(town: World, *instances: str, rule: str = "cpu") -> None:
    for instance in instances:
        await town.hear(Reported.OK, alarm=instance, rule=rule, value=1.0)


async def after(town: World, seconds: float) -> None:
    """Time passes; what is due then is done and shown."""
    town.let_pass(seconds)
    await shown(town)


async def shown(town: World) -> None:
    for _ in range(3):
        await town.tick()
        await town.deliver(rounds=2, seconds=1.5)


def group_cards(town: World) -> list[str]:
    return [text(m) for m in town.top() if "group_show" in str(m.attachments)]


def own_cards(town: World) -> list[str]:
    return [m.text for m in town.top() if "group_show" not in str(m.attachments)]


def text(message: Message) -> str:
    return f"{message.text} {message.blocks} {message.attachments}"


def broadcast(town: World) -> list[str]:
    return [m.text for m in town.said() if m.broadcast]


async def test_what_fires_together_is_shown_together_after_the_wait(grouped: World) -> None:
    await fire(grouped, "a", "b", "c")
    await after(grouped, WAIT / 2)
    assert grouped.top() == []
    await after(grouped, WAIT / 2)
    (card,) = group_cards(grouped)
    assert own_cards(grouped) == []
    assert "3 alarms fire" in card
    assert "Alarm cpu" in card
    assert all(f"*i-{one}*" in card for one in "abc")


async def test_without_a_grouping_nothing_changes(town: World) -> None:
    await fire(town, "a", "b")
    await shown(town)
    assert len(own_cards(town)) == 2
    assert await rows(town.database, storms_table) == []


async def test_what_is_not_equal_is_another_group(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await fire(grouped, "c", "d", rule="disk")
    await fire(grouped, "e", rule="load")
    await after(grouped, WAIT)
    assert len(group_cards(grouped)) == 2
    assert len(own_cards(grouped)) == 1


async def test_one_alarm_alone_has_its_own_card_after_the_wait(grouped: World) -> None:
    await fire(grouped, "a")
    await after(grouped, WAIT)
    (card,) = own_cards(grouped)
    assert "WARN" in card
    assert "late" not in text(grouped.top()[0])
    await grouped.click(Verb.ACKNOWLEDGE, (await own_row(grouped, 1))["id"])
    await shown(grouped)
    assert "acknowledged by" in text(grouped.top()[0])


async def test_the_groups_card_comes_with_the_second_member(grouped: World) -> None:
    await fire(grouped, "a")
    await after(grouped, WAIT)
    grouped.let_pass(3_600)
    await fire(grouped, "b")
    await after(grouped, WAIT)
    (card,) = group_cards(grouped)
    assert "2 alarms fire" in card
    assert len(own_cards(grouped)) == 1  # the first keeps its own
    await recover(grouped, "a")
    await shown(grouped)
    assert "Recovered" in own_cards(grouped)[0]


async def own_row(town: World, incident: int) -> Any:
    (row,) = [card for card in await town.cards() if card["incident_id"] == incident]
    return row


async def test_further_members_are_shown_and_ping_once_an_interval(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await fire(grouped, "c", "d")
    await after(grouped, WAIT)
    assert "2 alarms fire" in group_cards(grouped)[0]
    assert broadcast(grouped) == []
    await after(grouped, INTERVAL)
    assert "4 alarms fire" in group_cards(grouped)[0]
    assert broadcast(grouped) == ["🟠 2 more fire: i-c, i-d, in Alarm cpu"]
    await after(grouped, INTERVAL)
    assert len(grouped.said()) == 1


async def test_a_recovery_is_shown_once_an_interval_and_pings_nobody(grouped: World) -> None:
    await fire(grouped, "a", "b", "c")
    await after(grouped, WAIT)
    await recover(grouped, "a")
    await after(grouped, WAIT)
    assert "3 alarms fire" in group_cards(grouped)[0]
    await after(grouped, INTERVAL)
    assert "2 alarms fire" in group_cards(grouped)[0]
    assert "✅ 1 over" in group_cards(grouped)[0]
    assert grouped.said() == []


async def test_a_critical_member_does_not_wait(grouped: World) -> None:
    await fire(grouped, "a")
    await fire(grouped, "b", severity=Severity.CRITICAL)
    await grouped.deliver(rounds=3)
    (card,) = group_cards(grouped)
    assert "🔴 1 critical · 🟠 1 warning" in card
    assert card.index("i-b") < card.index("i-a")


async def test_a_critical_alarm_alone_has_its_own_card_at_once(grouped: World) -> None:
    await fire(grouped, "a", severity=Severity.CRITICAL)
    await grouped.deliver(rounds=2)
    assert len(own_cards(grouped)) == 1


async def test_a_further_critical_member_edits_the_card_and_pings_at_once(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await fire(grouped, "c", severity=Severity.CRITICAL)
    await grouped.deliver(rounds=4)
    assert "🔴 1 critical · 🟠 2 warning" in group_cards(grouped)[0]
    assert broadcast(grouped) == ["🔴 CRITICAL: i-c, in Alarm cpu"]


async def test_a_member_that_becomes_critical_pings_at_once(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await fire(grouped, "a", severity=Severity.CRITICAL)
    await grouped.deliver(rounds=4)
    assert "🔴 1 critical · 🟠 1 warning" in group_cards(grouped)[0]
    assert broadcast(grouped) == ["🔴 CRITICAL: i-a, in Alarm cpu"]
    await fire(grouped, "a", severity=Severity.CRITICAL, value=99.0)
    await shown(grouped)
    assert len(grouped.said()) == 1


async def test_what_people_do_shows_at_once(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await grouped.click(Verb.ACKNOWLEDGE, (await own_row(grouped, 2))["id"], LI)
    await grouped.deliver(rounds=3)
    assert "👀 1 acknowledged" in group_cards(grouped)[0]
    assert "👀 li" in group_cards(grouped)[0]
    await grouped.mute("instanceid=i-a")
    await grouped.deliver(rounds=3)
    assert "One alarm fires" in group_cards(grouped)[0]
    assert "🔕 1 muted" in group_cards(grouped)[0]


async def test_when_every_member_is_over_the_card_closes(grouped: World) -> None:
    await fire(grouped, "a", "b", "c")
    await after(grouped, WAIT)
    grouped.let_pass(600)
    await recover(grouped, "a", "b", "c")
    await shown(grouped)
    (card,) = group_cards(grouped)
    assert "3 alarms, all over after 10 min" in card
    assert "group_acknowledge" not in card
    (group,) = await rows(grouped.database, storms_table)
    assert group["ended_at"] is not None
    assert group["due_at"] is None


async def test_the_end_of_a_group_that_was_critical_is_told_aloud(grouped: World) -> None:
    await fire(grouped, "a")
    await fire(grouped, "b", severity=Severity.CRITICAL)
    await fire(grouped, "c", "d", rule="disk")
    await after(grouped, WAIT)
    await recover(grouped, "a", "b")
    await recover(grouped, "c", "d", rule="disk")
    await after(grouped, INTERVAL)
    assert broadcast(grouped) == ["✅ Over after 39 s: all 2 alarms in Alarm cpu"]
    assert [m.text for m in grouped.said() if not m.broadcast] == [
        "✅ Over after 39 s: all 2 alarms in Alarm disk"
    ]


async def test_a_later_firing_opens_a_new_group(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await recover(grouped, "a", "b")
    await after(grouped, INTERVAL)
    await fire(grouped, "a", "b", "c")  # two of them reopen their incidents
    await after(grouped, WAIT)
    old, new = group_cards(grouped)
    assert "2 alarms, all over" in old
    assert "3 alarms fire" in new
    assert own_cards(grouped) == []


async def test_what_fires_again_before_anybody_was_told_of_the_end_pings(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await recover(grouped, "a", "b")
    await fire(grouped, "a")
    await after(grouped, INTERVAL)
    (card,) = group_cards(grouped)
    assert "One alarm fires" in card
    assert broadcast(grouped) == ["🟠 One more fires: i-a, in Alarm cpu"]


async def test_what_came_and_went_while_it_waited_is_shown_once_closed(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await recover(grouped, "a", "b")
    await fire(grouped, "c", rule="disk")
    await recover(grouped, "c", rule="disk")
    await after(grouped, WAIT)
    (card,) = group_cards(grouped)
    assert "2 alarms, all over" in card
    (own,) = own_cards(grouped)
    assert "Recovered" in own


async def test_closing_the_last_one_by_hand_ends_the_group(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    for number in (1, 2):
        await grouped.click(Verb.RESOLVE, (await own_row(grouped, number))["id"])
    await after(grouped, INTERVAL)
    assert "2 alarms, all over" in group_cards(grouped)[0]


async def test_what_is_opened_again_by_hand_after_its_group_has_its_own_card(
    grouped: World,
) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    for number in (1, 2):
        await grouped.click(Verb.RESOLVE, (await own_row(grouped, number))["id"])
    await after(grouped, INTERVAL)
    await grouped.click(Verb.REOPEN, (await own_row(grouped, 1))["id"])
    await shown(grouped)
    assert len(own_cards(grouped)) == 1


async def test_a_recovery_of_something_never_heard_of_belongs_to_no_group(grouped: World) -> None:
    await recover(grouped, "a")
    await grouped.deliver(rounds=2)
    assert len(own_cards(grouped)) == 1
    assert await rows(grouped.database, storms_table) == []


async def test_a_muted_member_is_counted_and_shown_when_its_mute_ends(grouped: World) -> None:
    made = await grouped.mute("instanceid=i-c")
    await fire(grouped, "a", "b", "c")
    await after(grouped, WAIT)
    (card,) = group_cards(grouped)
    assert "2 alarms fire" in card
    assert "🔕 1 muted" in card
    await mute.end(grouped.database, made.id, by=ANN, via="tests", now=grouped.time.now, poke=list)
    await shown(grouped)
    assert "3 alarms fire" in group_cards(grouped)[0]
    assert broadcast(grouped) == ["🟠 One more fires: i-c, in Alarm cpu"]
    assert own_cards(grouped) == []
    assert all(note["outcome"] for note in await grouped.notes())


async def test_a_group_of_which_all_is_muted_is_shown_when_it_is_heard(grouped: World) -> None:
    await grouped.mute("project=acs_ecs", hours=0.5)
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    assert grouped.top() == []
    await after(grouped, 1_800)
    assert len(group_cards(grouped)) == 1


async def test_a_muted_group_stays_open_and_says_so(grouped: World) -> None:
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    await grouped.mute("project=acs_ecs", hours=0.5)
    await after(grouped, INTERVAL)
    assert "*All that fires is kept quiet* · 🔕 2 muted" in group_cards(grouped)[0]


async def test_a_flapping_member_pings_nobody(grouped: World) -> None:
    from bot.rules.flapping import Flapping

    grouped.flapping = Flapping(changes=3, within=timedelta(hours=1))
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    for _ in range(3):
        await recover(grouped, "a")
        await fire(grouped, "a")
    await after(grouped, INTERVAL)
    assert broadcast(grouped) == []


async def test_two_channels_have_a_group_each(grouped: World) -> None:
    grouped.routes = (Route("all", {}, "db-alarms", stop=False), *ROUTES)
    await fire(grouped, "a", "b")
    await after(grouped, WAIT)
    assert len(grouped.top("db-alarms")) == 2
    assert len(group_cards(grouped)) == 1


async def test_a_group_found_late_is_shown_once_and_pings_for_all(grouped: World) -> None:
    """The tick was away: what it missed is done at its start, once."""
    await fire(grouped, "a", "b")
    grouped.let_pass(3_600)
    await fire(grouped, "c")
    await shown(grouped)
    assert len(group_cards(grouped)) == 1
    assert "3 alarms fire" in group_cards(grouped)[0]
    assert grouped.said() == []


async def test_two_replicas_look_at_a_group_once(grouped: World) -> None:
    await fire(grouped, "a", "b")
    grouped.let_pass(WAIT)
    await grouped.tick()
    await grouped.tick()
    other = grouped.another_replica("two")
    await grouped.deliverer.drain()
    await other.drain()
    assert len(group_cards(grouped)) == 1
