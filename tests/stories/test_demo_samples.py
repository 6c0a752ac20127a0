"""The demo's samples show what their buttons say."""

from bot.clock import utc_now
from bot.demo_samples import samples
from tests.stories.test_commands import shown
from tests.support.town import Town


async def test_an_alarm_that_fires_so_often_has_a_past(small_town: Town) -> None:
    for sample in samples("again", utc_now()):
        last = await small_town.sent_and_applied(sample)
    assert last["outcome"] == "opened"
    await small_town.slack.until(
        lambda: any("5th time in 7 days" in shown(card) for card in small_town.cards())
    )
    incidents = (await small_town.ask("incidents"))["items"]
    assert [one["state"] for one in incidents] == ["firing", *["recovered"] * 4]
    assert incidents[0]["last_value"] == 93.4
