"""Memory: what a new incident recalls of its alarm, once and for ever."""

from datetime import timedelta

from bot.rules.incident import Incident, Memory
from bot.rules.record import Kind, Reading, Record, Reported
from bot.store import incidents
from bot.work.act import Click, Verb, act
from tests.support.world import ANN, LI, World

DAY = 86_400.0


async def fire_and_end(town: World, alarm: str = "cpu", *, lasts: float = 60) -> None:
    """One whole incident, and an hour of peace."""
    await town.hear(alarm=alarm)
    town.time.pass_by(lasts)
    await town.hear(Reported.OK, alarm=alarm)
    town.time.pass_by(3_600)


async def incident(town: World, number: int) -> Incident:
    async with town.database.reading() as tx:
        return (await incidents.with_ids(tx, [number]))[number]


async def memory(town: World, number: int) -> Memory | None:
    return (await incident(town, number)).memory


async def take(town: World, number: int, text: str | None = None) -> None:
    """@li takes an incident now, and may write about it."""
    cards = {row["incident_id"]: row["id"] for row in await town.cards()}
    await town.click(Verb.ACKNOWLEDGE, cards[number], LI)
    if text is not None:
        click = Click(Verb.NOTE, cards[number], ANN, "tests", text=text)
        await act(town.database, click, now=town.time.now, poke=lambda: None)


async def test_the_first_incident_is_the_first(town: World) -> None:
    await fire_and_end(town)
    assert await memory(town, 1) == Memory(times=1, days=7)


async def test_the_third_this_week_knows_who_took_the_last_and_what_they_wrote(town: World) -> None:
    await fire_and_end(town)
    await town.hear()
    town.time.pass_by(240)
    await take(town, 2, "log rotation")
    await town.hear(Reported.OK)
    town.time.pass_by(3_600)
    await town.hear()
    recalled = await memory(town, 3)
    assert recalled is not None
    assert recalled.last_after is not None
    assert (recalled.times, recalled.last_by, recalled.last_remark) == (3, LI, "log rotation")
    assert round(recalled.last_after / timedelta(minutes=1)) == 4


async def test_incidents_of_last_week_no_longer_count_but_who_took_one_does(town: World) -> None:
    await town.hear()
    await take(town, 1)
    await town.hear(Reported.OK)
    town.time.pass_by(8 * DAY)
    await fire_and_end(town)
    recalled = await memory(town, 2)
    assert recalled is not None
    assert (recalled.times, recalled.last_by) == (1, LI)


async def test_another_alarm_is_not_recalled(town: World) -> None:
    await fire_and_end(town, "disk")
    await fire_and_end(town, "cpu")
    assert await memory(town, 2) == Memory(times=1, days=7)


async def test_a_memory_does_not_change_when_the_past_does(town: World) -> None:
    await fire_and_end(town)
    await town.hear()
    before = await memory(town, 2)
    await take(town, 2, "it was the backup")
    await town.hear(value=99.0)
    assert await memory(town, 2) == before
    assert (await incident(town, 2)).callbacks == 2


async def test_two_incidents_of_one_batch_count_each_other(town: World) -> None:
    def told(state: Reported, minutes: int) -> Reading:
        at = town.time.now + timedelta(minutes=minutes - 60)
        record = Record(Kind.THRESHOLD, state=state, rule_id="r", timestamp=at)
        return Reading(record, "one", f"d{minutes}")

    await town.file([told(Reported.ALERT, 0), told(Reported.OK, 1), told(Reported.ALERT, 30)])
    recalled = [await memory(town, number) for number in (1, 2)]
    assert [one.times if one else None for one in recalled] == [1, 2]


async def test_the_card_tells_the_memory(town: World) -> None:
    await fire_and_end(town)
    await town.hear()
    await take(town, 2, "log rotation")
    await town.hear(Reported.OK)
    town.time.pass_by(3_600)
    await town.hear()
    await town.deliver(rounds=8)
    (card,) = [told for one in town.top() if "3rd time" in (told := str(one.attachments))]
    assert f"<@{LI.id}>" in card
    assert "log rotation" in card
