"""Callbacks are judged before they are stored: what happens in between counts all the same."""

from functools import partial

import sqlalchemy as sa

from bot.rules.judge import Outcome
from bot.rules.record import Kind, Reading, Record, Reported
from bot.store.engine import Database
from bot.store.incidents import with_ids
from bot.store.tables import notices
from bot.work.act import Verb
from tests.support.world import ANN, World, world


async def fires(town: World) -> str:
    """An incident with a card; the card's number."""
    await town.hear()
    await town.deliver()
    return str((await town.card())["id"])


async def test_a_click_keeps_the_incident(database: Database) -> None:
    async with world(database) as town:
        card = await fires(town)
        taken = partial(town.click, Verb.ACKNOWLEDGE, card)
        assert await town.hear(value=99.0, meanwhile=taken) is Outcome.UPDATED
        async with database.reading() as tx:
            (told,) = (await with_ids(tx, [1])).values()
    assert told.acknowledged is not None
    assert (told.acknowledged.by, told.last_value, told.callbacks) == (ANN, 99.0, 2)


async def test_after_a_closing_another_one_is_opened(database: Database) -> None:
    """Judged by what was known, it would be one more callback of an incident that fires."""
    async with world(database) as town:
        card = await fires(town)
        closed = partial(town.click, Verb.RESOLVE, card)
        assert await town.hear(meanwhile=closed) is Outcome.OPENED


async def test_a_mute_hides_what_comes_after_it(database: Database) -> None:
    async with world(database) as town:
        await town.hear(meanwhile=partial(town.mute, "instanceid=i-cpu"))
        await town.deliver(rounds=2)
        assert (await town.card())["held"] == "muted"
    assert not [message for message in town.top() if "i-cpu" in message.text]


async def test_the_end_of_a_mute_lets_be_heard_what_comes_after_it(database: Database) -> None:
    async with world(database) as town:
        await town.mute("instanceid=i-cpu", hours=1)

        async def it_ends() -> None:
            town.time.pass_by(3_601)
            await town.tick()

        await town.hear(meanwhile=it_ends)
        assert [card["held"] for card in await town.cards() if card["incident_id"]] == [None]


async def test_a_notice_joins_one_that_came_between(database: Database) -> None:
    async with world(database) as town:
        unread = Reading(Record(Kind.UNKNOWN), alarm_key="", delivery_key="", reason="what is it?")

        another = partial(town.file, [unread])
        assert await town.file([unread], meanwhile=another) == [Outcome.UNREADABLE]
        async with database.reading() as tx:
            (row,) = (await tx.connection.execute(sa.select(notices))).mappings()
        assert row["count"] == 2


async def test_another_alarm_changes_nothing(database: Database) -> None:
    async with world(database) as town:
        card = await fires(town)
        away = partial(town.click, Verb.ACKNOWLEDGE, card)
        assert await town.hear(Reported.ALERT, alarm="other", meanwhile=away) is Outcome.OPENED
