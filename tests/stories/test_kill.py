"""kill -9 at any moment: what was answered 200 is kept, and no card is doubled or wrong."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from bot.local_slack import LocalSlack, Message
from tests.support.process import BotProcess, bot_process
from tests.support.town import API_TOKEN, CALLBACK_TOKEN, colour, eventually

pytestmark = pytest.mark.slow

CALLBACKS = 100
ALARMS = 4
KILLS = 3
GAP = "No callbacks were accepted from"
SETTLED_WITHIN = 150.0  # seconds; on PostgreSQL a killed bot's leases run out after 30
GREEN = "#2eb886"
TRIES = 200
PAUSE = 0.05  # seconds before a sender tries again


@pytest.fixture
def dice() -> random.Random:
    """Chance that can be repeated: TOCSIN_TEST_SEED sets it."""
    seed = int(os.environ.get("TOCSIN_TEST_SEED", "0")) or random.SystemRandom().randrange(2**31)
    print(f"TOCSIN_TEST_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    return random.Random(seed)  # noqa: S311 - not for secrets


@pytest.fixture
async def slack() -> AsyncGenerator[LocalSlack]:
    """The Slack that outlives every bot."""
    async with LocalSlack() as made:
        yield made


@pytest.fixture
async def bot(slack: LocalSlack, database_url: str, tmp_path: Path) -> AsyncGenerator[BotProcess]:
    """The bot's process, on each engine in turn."""
    async with bot_process(slack, database_url, tmp_path) as made:
        yield made


def storm() -> list[Sample]:
    """Callbacks of some alarms, each worse than the one before; the last of two is a recovery."""
    began = utc_now() - timedelta(minutes=5)
    made: list[Sample] = []
    for number in range(CALLBACKS):
        alarm, step = number % ALARMS, number // ALARMS
        rule = replace(CPU, rule=f"storm-{alarm}", name=f"storm-{alarm}")
        at = began + timedelta(seconds=number)
        last = step == CALLBACKS // ALARMS - 1
        if last and alarm % 2:
            made.append(rule.says("OK", 41.5, at, now="OK"))
        else:
            made.append(rule.says("ALERT", 70 + step, at))
    return made


async def deliver(bot: BotProcess, sample: Sample, answered: list[str]) -> None:
    """Like a sender that does not give up. Every 200 is a promise, also a repeated one."""
    headers = {"Content-Type": sample.content_type}
    for _ in range(TRIES):
        try:
            async with bot.http.post(bot.callback_url, data=sample.body, headers=headers) as answer:
                if answer.status == 200:
                    answered.append((await answer.json())["callback_id"])
                    return
                assert answer.status == 503, await answer.text()
        except (aiohttp.ClientError, ConnectionError):
            pass
        await asyncio.sleep(PAUSE)
    pytest.fail("the bot never came back")


async def stream(bot: BotProcess, dice: random.Random, answered: list[str]) -> None:
    """A hundred callbacks, mixed up, over some two seconds, many at the same time."""
    samples = storm()
    dice.shuffle(samples)
    async with asyncio.TaskGroup() as senders:
        for sample in samples:
            senders.create_task(deliver(bot, sample, answered))
            await asyncio.sleep(dice.uniform(0, 0.04))


async def kill_now_and_then(bot: BotProcess, dice: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(0, 0.7))  # the moment is the experiment
        await bot.kill()
        await bot.start()


async def settled(bot: BotProcess) -> bool:
    """Whether every callback is applied and every card is true."""
    async with bot.http.get(f"{bot.url}/readyz") as answer:
        checks = (await answer.json())["checks"]
    waits = checks.get("inbox", {}).get("detail") != "0 wait"
    behind = not checks.get("cards", {}).get("detail", "").startswith("0 behind")
    return not waits and not behind


def cards(slack: LocalSlack) -> list[Message]:
    """Of incidents. On a slow machine the kills leave a gap, which has a card of its own."""
    told = [message for message in slack.messages("alarms") if not message.is_reply]
    return [message for message in told if not message.text.startswith(GAP)]


async def check_everything(bot: BotProcess, slack: LocalSlack, answered: list[str]) -> None:
    """The promise, from the outside."""
    for number in answered:
        told = await bot.ask(f"callbacks/{number}")
        assert told["outcome"] not in (None, "failed"), told
    incidents = (await bot.ask("incidents?limit=200"))["items"]
    assert len(incidents) == ALARMS
    ids = [message.metadata["event_payload"]["card_id"] for message in cards(slack)]
    assert Counter(ids).most_common(1)[0][1] == 1
    assert {message.ts for message in cards(slack)} == {one["cards"][0]["ts"] for one in incidents}
    replies = [message for message in slack.messages("alarms") if message.is_reply]
    keys = [message.metadata["event_payload"]["key"] for message in replies]
    assert len(keys) == len(set(keys))
    for alarm in range(ALARMS):
        (card,) = [message for message in cards(slack) if f"storm-{alarm}" in message.text]
        assert (colour(card) == GREEN) is bool(alarm % 2), card.text
        assert ("41.5 %" if alarm % 2 else f"{70 + CALLBACKS // ALARMS - 1} %") in card.text


@pytest.mark.fault("F42")
@pytest.mark.parametrize("fault", [None, "drop-after-post"], ids=["well", "dropping"])
async def test_killed_in_the_middle_of_a_hundred_callbacks(
    bot: BotProcess, slack: LocalSlack, dice: random.Random, fault: str | None
) -> None:
    answered: list[str] = []
    if fault:
        slack.faults.seed(dice.randrange(2**31))
        slack.fault("*", fault, times=None, chance=0.3)
    await bot.start()
    async with asyncio.TaskGroup() as both:
        both.create_task(stream(bot, dice, answered))
        both.create_task(kill_now_and_then(bot, dice))
    assert len(answered) == CALLBACKS
    await eventually(lambda: settled(bot), patience=SETTLED_WITHIN)
    await check_everything(bot, slack, answered)


@pytest.mark.fault("F41")
@pytest.mark.parametrize(
    "fault", ["hang-after-post(5)", "slow(5)"], ids=["posted", "not-posted-yet"]
)
async def test_killed_while_a_post_is_in_the_air(
    slack: LocalSlack, sqlite_url: str, tmp_path: Path, fault: str
) -> None:
    async with bot_process(slack, sqlite_url, tmp_path) as bot:
        slack.fault("chat.postMessage", fault)
        await bot.start()
        answered: list[str] = []
        await deliver(bot, CPU.says("ALERT", 91.25, utc_now()), answered)
        await slack.until(
            lambda: cards(slack) if "post" in fault else slack.calls("chat.postMessage")
        )
        await bot.kill()
        await bot.start()
        await eventually(lambda: settled(bot), patience=SETTLED_WITHIN)
        assert len(cards(slack)) == 1
        assert "91.25 %" in cards(slack)[0].text


@pytest.mark.fault("F43")
async def test_sigterm_in_the_middle_loses_nothing(
    bot: BotProcess, slack: LocalSlack, dice: random.Random
) -> None:
    answered: list[str] = []
    await bot.start()
    async with asyncio.TaskGroup() as both:
        both.create_task(stream(bot, dice, answered))
        await asyncio.sleep(dice.uniform(0.2, 1))
        assert await bot.stop() == 0
        await bot.start()
    assert len(answered) == CALLBACKS
    await eventually(lambda: settled(bot), patience=SETTLED_WITHIN)
    await check_everything(bot, slack, answered)
    said = bot.log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    secrets = (CALLBACK_TOKEN, API_TOKEN, slack.settings.bot_token, slack.settings.signing_secret)
    assert not [secret for secret in secrets if secret in said]


async def test_an_interrupt_at_the_keyboard_is_a_quiet_end(
    slack: LocalSlack, sqlite_url: str, tmp_path: Path
) -> None:
    async with bot_process(slack, sqlite_url, tmp_path) as bot:
        await bot.start()
        assert await bot.interrupt() == 0
        assert "Traceback" not in bot.log.read_text(encoding="utf-8")
