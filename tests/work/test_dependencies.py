"""A parent alarm and its children, in the store and in Slack: who is quiet, and what both say."""

import pytest

from bot.rules.dependency import Dependency
from bot.rules.record import Reported
from bot.rules.severity import Severity
from bot.store import contents, storms
from bot.work.act import Verb
from bot.work.kin import Kin
from tests.support.world import World

pytestmark = pytest.mark.one_engine

HOST_DOWN = Dependency("host", parent={"alarm": ("alarm host",)}, child={"alarm": ("alarm web*",)})


@pytest.fixture
def related(town: World) -> World:
    """While the alarm `host` fires, `web…` waits."""
    town.kin = Kin((HOST_DOWN,))
    return town


def names(town: World) -> list[str]:
    """What has a card."""
    return [str(card.blocks) + str(card.attachments) for card in town.top()]


def shown(town: World) -> list[str]:
    told = (" ".join(str(one["text"]) for one in m.blocks if "text" in one) for m in town.top())
    return sorted(
        word for text in told for word in ("host", "web1", "web2", "disk") if word in text
    )


def said(town: World) -> list[str]:
    return [message.text for message in town.said()]


async def settle(town: World) -> None:
    await town.tick()
    await town.deliver(rounds=8)


async def test_a_child_has_no_card_and_the_parent_names_it(related: World) -> None:
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await related.hear(alarm="disk")
    await settle(related)
    assert shown(related) == ["disk", "host"]
    (host,) = [text for text in names(related) if "Holds back" in text]
    assert "Holds back one alarm: #2 Alarm web1" in host


async def test_the_parents_card_follows_its_children(related: World) -> None:
    await related.hear(alarm="host")
    for number in range(7):
        await related.hear(alarm=f"web{number}")
    await settle(related)
    assert "Holds back 7 alarms: " in " ".join(names(related))
    assert "and 2 more" in " ".join(names(related))
    for number in range(6):
        await related.hear(Reported.OK, alarm=f"web{number}", value=1.0)
    await settle(related)
    assert "Holds back one alarm: #8 Alarm web6" in " ".join(names(related))
    await related.hear(Reported.OK, alarm="web6", value=1.0)
    await settle(related)
    assert "Holds back" not in " ".join(names(related))
    assert len(names(related)) == 1


async def test_when_the_parent_recovers_what_still_fires_gets_its_card(related: World) -> None:
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await related.hear(alarm="web2")
    await related.hear(Reported.OK, alarm="web2", value=1.0)
    await settle(related)
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await settle(related)
    assert shown(related) == ["host", "web1"]
    assert "Holds back" not in " ".join(names(related))
    assert "Held back" not in " ".join(names(related))
    assert [text for text in said(related) if "web" in text] == []


async def test_a_parent_that_is_resolved_by_hand_lets_go_too(related: World) -> None:
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await settle(related)
    (row,) = [one for one in await related.cards() if one["ts"]]
    await related.click(Verb.RESOLVE, row["id"])
    await settle(related)
    assert shown(related) == ["host", "web1"]


async def test_a_child_that_fired_first_keeps_its_card_and_pings_no_more(related: World) -> None:
    await related.hear(alarm="web1")
    await settle(related)
    await related.hear(alarm="host")
    await settle(related)
    (child,) = [text for text in names(related) if "Held back by #2 *Alarm host*" in text]
    assert "Alarm web1" in child
    await related.hear(Reported.OK, alarm="web1", value=1.0)
    await related.hear(alarm="web1")
    await settle(related)
    assert said(related) == []
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await settle(related)
    (note,) = [m for m in related.said() if "web1" in m.text]
    assert note.text == "🔔 What held it back is over, and it still fires: Alarm web1 · i-web1"
    assert note.broadcast
    assert "Held back" not in " ".join(names(related))


async def test_two_parents_both_have_to_end(related: World) -> None:
    both = Dependency("rack", parent={"alarm": ("alarm rack",)}, child={"alarm": ("alarm web*",)})
    related.kin = Kin((HOST_DOWN, both))
    await related.hear(alarm="host")
    await related.hear(alarm="rack")
    await related.hear(alarm="web1")
    await settle(related)
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await settle(related)
    assert "web1" not in shown(related)
    assert "Holds back one alarm: #3 Alarm web1" in " ".join(names(related))
    await related.hear(Reported.OK, alarm="rack", value=1.0)
    await settle(related)
    assert "web1" in shown(related)


async def test_what_is_muted_as_well_stays_quiet_until_both_have_ended(related: World) -> None:
    await related.mute("instanceid=i-web1", hours=1)
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await settle(related)
    assert shown(related) == ["host"]
    related.time.pass_by(3_700)
    await settle(related)
    assert shown(related) == ["host", "web1"]


async def test_a_mute_that_ends_leaves_to_the_parent_what_waits_for_it(related: World) -> None:
    await related.mute("instanceid=i-web1", hours=1)
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    related.time.pass_by(3_700)
    await settle(related)
    assert shown(related) == ["host"]
    assert said(related) == []


async def test_what_becomes_worse_than_what_waits_is_heard(related: World) -> None:
    mild = Dependency(
        "host", parent=HOST_DOWN.parent, child={"alarm": ("alarm web*",), "severity": ("warn",)}
    )
    related.kin = Kin((mild,))
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await settle(related)
    assert shown(related) == ["host"]
    await related.hear(alarm="web1", severity=Severity.CRITICAL)
    await settle(related)
    assert shown(related) == ["host", "web1"]


async def test_where_the_rule_is_gone_what_waited_is_heard(related: World) -> None:
    await related.hear(alarm="host")
    await related.hear(alarm="web1")
    await related.hear(alarm="web2")
    related.kin = Kin()
    await related.hear(alarm="web1")
    await settle(related)
    assert shown(related) == ["host", "web1"]
    await related.hear(Reported.OK, alarm="host", value=1.0)
    await settle(related)
    assert shown(related) == ["host", "web1", "web2"]


async def test_a_storm_counts_what_waits_apart(related: World) -> None:
    related.storm_limit = 2
    await related.hear(alarm="host")
    for number in range(6):
        await related.hear(alarm=f"disk{number}")
    await related.hear(alarm="web1")
    await settle(related)
    async with related.database.reading() as tx:
        storm = next(iter((await storms.going_on(tx, [1])).values()))
        count = (await contents.overview(tx, storm.id)).count
    assert (count.in_storm, count.behind, count.all) == (5, 1, 8)
    assert "1 behind a parent alarm" in " ".join(names(related))


async def test_nothing_waits_unless_it_is_asked_for(town: World) -> None:
    await town.hear(alarm="host")
    await town.hear(alarm="web1")
    await settle(town)
    assert shown(town) == ["host", "web1"]
