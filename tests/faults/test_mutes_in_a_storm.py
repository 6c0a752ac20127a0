"""Mutes that begin and end in the middle of a storm, by hand, by severity and by time, while the
bot is killed and people close and reopen: when the last has ended, nothing is quiet any more."""

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from bot.local_slack import LocalSlack
from tests.stories.test_kill import deliver, dice, settled
from tests.support.process import BotProcess, bot_process
from tests.support.town import API_TOKEN, eventually

__all__ = ["dice"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

CALLBACKS, ALARMS = 1_500, 150
PLAYED = 10.0  # seconds
KILLS = 3
ACTORS = 4
OVER_WITHIN = 150.0  # the shortest mute lasts a minute


@pytest.fixture
async def bot(database_url: str, tmp_path: Path) -> AsyncGenerator[BotProcess]:
    """The bot's process, on each engine in turn."""
    async with LocalSlack() as slack, bot_process(slack, database_url, tmp_path) as made:
        yield made


def storm(dice: random.Random) -> list[Sample]:
    """Alarms that begin, get worse, end and begin again."""
    began = utc_now() - timedelta(minutes=5)
    made: list[Sample] = []
    for number in range(CALLBACKS):
        name = f"storm-{number % ALARMS:03}"
        rule, at = replace(CPU, rule=name, name=name), began + timedelta(seconds=number / 10)
        if dice.random() < 0.2:
            made.append(rule.says("OK", 41.5, at, now="OK"))
        else:
            worse = dice.choice(["INFO", "WARN", "CRITICAL"])
            made.append(rule.says("ALERT", 70 + number / 100, at, now=worse))
    return made


async def ask(bot: BotProcess, method: str, path: str, body: Any = None) -> Any:
    """The API's answer; None where there is none, or it is a refusal."""
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    url = f"{bot.url}/api/v1/{path}"
    try:
        async with bot.http.request(method, url, json=body, headers=headers) as answer:
            assert answer.status < 500 or answer.status == 503, await answer.text()
            return await answer.json() if answer.status < 400 else None
    except (aiohttp.ClientError, ConnectionError):
        return None


def anything(dice: random.Random) -> tuple[str, str, Any]:
    """Something that a person does."""
    mute, incident = dice.randrange(1, 60), dice.randrange(1, ALARMS)
    some = {"matchers": [f"rule=~storm-{dice.randrange(ALARMS // 10):02}."], "lasts": "1m"}
    return dice.choice(
        [
            ("POST", "mutes", some),
            ("POST", "mutes", {**some, "until_recovered": True}),
            ("POST", "mutes", {"incident_id": incident, "lasts": "1m"}),
            ("DELETE", f"mutes/{mute}", None),
            ("POST", f"incidents/{incident}/resolve", {"reason": "x"}),
            ("POST", f"incidents/{incident}/reopen", {"reason": "x"}),
            ("POST", f"incidents/{incident}/acknowledge", None),
        ]
    )


async def act(bot: BotProcess, dice: random.Random, done: asyncio.Event) -> None:
    while not done.is_set():
        if await ask(bot, *anything(dice)) is None:
            await asyncio.sleep(0.01)


async def play(bot: BotProcess, dice: random.Random) -> None:
    """The storm, the people, and the kills, all at once."""
    answered: list[str] = []
    done = asyncio.Event()
    samples = storm(dice)
    async with asyncio.TaskGroup() as all_:
        actors = [all_.create_task(act(bot, dice, done)) for _ in range(ACTORS)]
        senders = [all_.create_task(send(bot, samples[place::20], answered)) for place in range(20)]
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0, PLAYED / KILLS))  # the moment is the experiment
            await bot.kill()
            await bot.start()
        await asyncio.wait(senders)
        done.set()
        await asyncio.wait(actors)
    assert len(answered) == CALLBACKS


async def send(bot: BotProcess, samples: list[Sample], answered: list[str]) -> None:
    for sample in samples:
        await deliver(bot, sample, answered)


async def quiet_ones(bot: BotProcess) -> list[dict[str, Any]]:
    """What fires and is muted."""
    found = (await bot.ask("incidents?limit=200&muted=yes&state=open"))["items"]
    return [one for one in found if one["muted"]]


@pytest.mark.fault("F32")
async def test_when_the_last_mute_has_ended_nothing_is_quiet(
    bot: BotProcess, dice: random.Random
) -> None:
    await bot.start()
    await play(bot, dice)
    await ask(bot, "POST", "mutes", {"matchers": ["rule=~storm-.*"], "lasts": "1m"})
    await eventually(lambda: settled(bot), patience=OVER_WITHIN)
    closed = [one["id"] for one in await quiet_ones(bot)][::2]
    assert closed
    for number in closed:
        assert await ask(bot, "POST", f"incidents/{number}/resolve", {"reason": "x"})
    for one in (await bot.ask("mutes?limit=200"))["items"][::2]:
        await ask(bot, "DELETE", f"mutes/{one['id']}")

    async def are_over() -> bool:
        return not (await bot.ask("mutes?limit=1"))["items"]

    await eventually(are_over, patience=OVER_WITHIN)
    for number in closed:
        assert await ask(bot, "POST", f"incidents/{number}/reopen", {"reason": "x"})
    await eventually(lambda: settled(bot), patience=OVER_WITHIN)
    assert await quiet_ones(bot) == []
    assert "Traceback" not in bot.said()
