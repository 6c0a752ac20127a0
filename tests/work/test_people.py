"""Who somebody is: asked of Slack now and then, never waited for."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest

from bot.rules.card import Language
from bot.slack.calls import SlackCalls
from bot.work import people
from bot.work.people import KEPT, People, Profile
from tests.slack.stand_in import Reply, StandIn, no, ok, silent, stand_in
from tests.support.world import Time

INFO = "users.info"
SLACK_IS_DOWN = no("internal_error", status=500)


def user(name: str = "mei", locale: str = "zh-CN", tz: str = "Asia/Shanghai") -> Reply:
    """What Slack tells of somebody."""
    told = {"id": "U1", "name": name, "locale": locale, "tz": tz}
    return ok(user={**told, "profile": {"display_name": ""}})


@dataclass
class Asked:
    """People beside a stand-in for Slack."""

    slack: StandIn
    people: People
    time: Time

    @property
    def times(self) -> int:
        """How often Slack was asked."""
        return len(self.slack.heard)


@pytest.fixture
async def asked() -> AsyncGenerator[Asked]:
    async with stand_in() as slack:
        calls, time = SlackCalls("xoxb-x", base_url=slack.base_url), Time()
        yield Asked(slack, People(calls.people, default=Language.CHINESE, clock=time), time)
        await calls.aclose()


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", Language.CHINESE),
        ("zh-TW", Language.CHINESE),
        ("ZH", Language.CHINESE),
        ("en-GB", Language.ENGLISH),
        ("de-DE", Language.ENGLISH),
        ("", Language.CHINESE),  # not told: the bot's own
    ],
)
async def test_the_language_follows_the_locale(
    asked: Asked, locale: str, language: Language
) -> None:
    asked.slack.on(INFO, user(locale=locale))
    assert (await asked.people.of("U1")).language is language


async def test_a_profile_has_the_name_that_people_chose_and_their_zone(asked: Asked) -> None:
    named = {"id": "U1", "name": "ann.k", "tz": "Europe/Berlin", "locale": "en-US"}
    asked.slack.on(INFO, ok(user={**named, "profile": {"display_name": "Ann"}}))
    expected = Profile("U1", "Ann", Language.ENGLISH, "Europe/Berlin")
    assert await asked.people.of("U1", "ann.k") == expected
    assert asked.slack.heard[0].arguments == {"user": "U1", "include_locale": "1"}


async def test_slack_is_asked_again_after_ten_minutes_and_not_before(asked: Asked) -> None:
    asked.slack.on(INFO, user("mei"), user("mei lin"))
    await asked.people.of("U1")
    asked.time.pass_by(KEPT.total_seconds() - 1)
    assert (await asked.people.of("U1")).name == "mei"
    assert asked.times == 1
    asked.time.pass_by(1)
    assert (await asked.people.of("U1")).name == "mei lin"


@pytest.mark.parametrize("fault", [SLACK_IS_DOWN, no("user_not_found")])
async def test_without_an_answer_it_is_the_default_and_asked_again(
    asked: Asked, fault: Reply
) -> None:
    asked.slack.on(INFO, fault, user())
    assert await asked.people.of("U1", "ann") == Profile("U1", "ann", Language.CHINESE, "UTC")
    assert (await asked.people.of("U1", "ann")).tz == "Asia/Shanghai"


async def test_an_answer_that_tells_nothing_is_no_fault(asked: Asked) -> None:
    asked.slack.on(INFO, ok(user="?"))
    assert await asked.people.of("U1", "ann") == Profile("U1", "ann", Language.CHINESE, "UTC")


async def test_a_slow_slack_is_not_waited_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "PATIENCE", 0.05)
    asked.slack.on(INFO, silent)
    assert (await asked.people.of("U1", "ann")).name == "ann"
    assert people.PATIENCE < 1


async def test_an_outage_does_not_change_the_language_of_who_is_known(asked: Asked) -> None:
    asked.slack.on(INFO, user(locale="en-US"), SLACK_IS_DOWN)
    await asked.people.of("U1")
    asked.time.pass_by(KEPT.total_seconds())
    assert (await asked.people.of("U1")).language is Language.ENGLISH


async def test_a_limited_number_of_people_is_remembered(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_KEPT", 2)
    asked.slack.on(INFO, user())
    for number in range(5):
        await asked.people.of(f"U{number}")
    assert len(asked.people._kept) <= 2
