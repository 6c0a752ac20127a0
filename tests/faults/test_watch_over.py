"""The bot watches itself: canaries through the public address, and people told outside Slack."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import utc_now
from bot.config_load import load_settings
from bot.demo_samples import CPU
from bot.local_slack import Message
from bot.store import canaries
from bot.store.engine import Database
from tests.support.outage import away
from tests.support.outside_world import Post, Receiver, WayIn, post_office, receiver, way_in
from tests.support.town import Town, environment, eventually, running_bot, town

pytestmark = pytest.mark.one_engine

SECRET = "a-signing-secret-for-tests"


@dataclass(slots=True)
class Ahead:
    """The real time, and what a test lets pass on top."""

    by: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.by

    def pass_by(self, **span: float) -> None:
        self.by += timedelta(**span)


@dataclass(slots=True)
class Watched:
    """A town whose bot watches itself, and what stands around it."""

    town: Town
    time: Ahead
    gate: WayIn
    hook: Receiver
    post: Post

    @property
    def told(self) -> list[str]:
        """Types and names of what the webhook was told."""
        bodies = [json.loads(one.body) for one in self.hook.told]
        return [f"{body['type']} {body['data']['trouble']}" for body in bodies]

    async def round(self, **span: float) -> None:
        """Time passes, and the bot looks at itself."""
        self.time.pass_by(**span)
        await self.town.bot.vigil.round()

    async def canary(self) -> dict[str, Any]:
        return (await self.town.ready())["checks"]["canary"]

    async def arrived(self) -> bool:
        """Whether the last canary that was sent has arrived."""
        async with self.town.bot.database.reading() as tx:
            flight = await canaries.flight(tx)
        return flight.sent is not None and flight.arrived == flight.sent

    async def missed(self) -> bool:
        """Whether it is known that the last one did not arrive."""
        async with self.town.bot.database.reading() as tx:
            return (await canaries.flight(tx)).failed_because is not None

    def told_in_channel(self, words: str) -> list[Message]:
        return [one for one in self.town.slack.messages("alarms") if words in one.text]


async def rounds_are_ours() -> None:
    """From now on no bot looks at itself but when the test says so: a round of its own, every ten
    seconds, would take the lease or send a canary in the midst of what the test lets happen.
    """
    own = [task for task in asyncio.all_tasks() if task.get_name() == "vigil"]
    assert own
    for task in own:
        task.cancel()
    await asyncio.wait(own)


@asynccontextmanager
async def watched(url: str, **extra: str) -> AsyncGenerator[Watched]:
    async with receiver() as hook, way_in() as gate, post_office() as post:
        given = {
            "TOCSIN_PUBLIC_URL": gate.url,
            "TOCSIN_CANARY": "5m",
            "TOCSIN_ALERT_WEBHOOK": hook.url,
            "TOCSIN_ALERT_WEBHOOK_SECRET": SECRET,
            "TOCSIN_ALERT_WEBHOOK_PRIVATE": "on",
            "TOCSIN_ALERT_MAIL": f"smtp://127.0.0.1:{post.port}/?to=ops@example.com",
            "TOCSIN_SOURCES": "203.0.113.0/24,127.0.0.1",
        }
        gate.status = 502  # until the bot is there
        time = Ahead()
        async with town(url, extra=given | extra, clock=time) as made:
            gate.to = made.url
            place = Watched(made, time, gate, hook, post)
            await eventually(place.missed)
            await rounds_are_ours()
            gate.status = None
            await place.round(seconds=31)  # the one at the start found no way in
            await eventually(place.arrived)
            await place.round()
            yield place


@pytest.fixture
async def place(database_url: str) -> AsyncGenerator[Watched]:
    async with watched(database_url) as made:
        yield made


async def test_a_canary_arrives_and_leaves_nothing(place: Watched) -> None:
    await place.round(minutes=5)
    await eventually(place.arrived)
    assert (await place.canary())["ok"]
    assert (await place.town.ready())["status"] == "ok"
    for path in ("callbacks", "incidents", "alarms", "troubles"):
        assert (await place.town.ask(path))["items"] == []
    async with place.town.http.get(f"{place.town.url}/metrics") as answer:
        text = await answer.text()
    assert 'tocsin_check{check="canary"} 1.0' in text
    assert "tocsin_callback_take_seconds_count 0.0" in text
    assert "tocsin_inbox 0.0" in text
    async with place.town.bot.database.reading() as tx:
        for table in ("inbox", "callbacks", "deliveries", "cards", "notices"):
            assert not await tx.connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608
    assert place.town.slack.messages("alarms") == []


async def test_a_canary_that_does_not_arrive_is_told_and_its_return_too(place: Watched) -> None:
    place.gate.status = 502
    await place.round(minutes=5)
    told = await place.town.ready()
    assert told["code"] == 200  # no other replica would do better
    assert told["status"] == "ready, not well"
    assert "answered 502" in told["checks"]["canary"]["detail"]
    assert place.told == []  # a hiccup, so far
    await place.round(seconds=61)
    assert place.told == ["trouble.began canary"]
    assert "Callbacks may not reach the bot" in place.post.mails[0]
    shown = await place.town.slack.until(
        lambda: place.told_in_channel("Callbacks may not reach Tocsin")
    )
    assert "answered 502" in str(shown[0].blocks)
    (trouble,) = (await place.town.ask("troubles"))["items"]
    assert (trouble["name"], trouble["told_at"] is not None) == ("canary", True)
    place.gate.status = None
    await place.round(seconds=31)
    await eventually(place.arrived)
    await place.round()
    assert place.told == ["trouble.began canary", "trouble.over canary"]
    back = await place.town.slack.until(lambda: place.told_in_channel("Callbacks reach Tocsin"))
    assert [one.ts for one in back] == [one.ts for one in shown]
    assert (await place.town.ask("troubles"))["items"] == []
    assert len(place.post.mails) == 2


async def test_a_canary_that_is_accepted_and_never_applied_is_lost(sqlite_url: str) -> None:
    async with watched(sqlite_url) as place:
        place.gate.status = 200  # a stranger's page
        await place.round(minutes=5)
        assert (await place.canary())["ok"]
        await place.round(seconds=31)
        assert "not applied" in (await place.canary())["detail"]


async def test_nobody_else_can_send_a_canary(sqlite_url: str) -> None:
    async with watched(sqlite_url) as place:
        await place.round(minutes=5)
        body = b'{"canary": "0"}'
        async with place.town.http.post(place.town.callback_url, data=body) as answer:
            told = await place.town.outcome((await answer.json())["callback_id"])
        assert told["outcome"] == "unreadable"


@pytest.mark.fault("F21")
async def test_a_revoked_token_is_told_outside_slack_once_an_hour(place: Watched) -> None:
    place.town.slack.revoke()
    await place.town.bot.whoami.ask()
    await place.round()
    await place.round(seconds=61)
    for _ in range(3):
        await place.round(seconds=30)
    assert place.told == ["trouble.began slack"]
    assert "token_revoked" in place.hook.told[0].body.decode()
    assert place.hook.told[0].headers["webhook-signature"].startswith("v1,")
    await place.round(minutes=60)
    assert place.told == ["trouble.began slack", "trouble.goes_on slack"]
    place.town.slack.restore_token()
    await place.town.bot.whoami.ask()
    await place.round(minutes=2)
    assert place.told[-1] == "trouble.over slack"


async def test_what_is_told_is_in_the_language_of_the_bot(sqlite_url: str) -> None:
    async with watched(sqlite_url, TOCSIN_LANGUAGE="zh") as place:
        place.town.slack.revoke()
        await place.town.bot.whoami.ask()
        await place.round()
        await place.round(seconds=61)
        said = json.loads(place.hook.told[0].body)
        assert "Slack 拒绝了我们：token_revoked" in said["text"]
        assert said["data"]["detail"] in said["text"]
        told = (await place.town.ready())["checks"]["slack"]
        assert told["detail"].startswith("Slack refuses us: token_revoked;")


async def test_a_card_that_stays_behind_is_told(place: Watched) -> None:
    place.town.slack.fault("chat.postMessage", "500", times=None)
    await place.town.sent_and_applied(CPU.says("ALERT", 91.25, utc_now()))
    await place.round(minutes=3)
    await place.round(seconds=61)
    assert "trouble.began cards" in place.told


async def test_what_the_webhook_does_not_take_is_sent_again_under_its_name(place: Watched) -> None:
    place.hook.status = 500
    place.gate.status = 502
    await place.round(minutes=5)
    await place.round(seconds=61)
    place.hook.status = 204
    await place.round(seconds=2)
    await place.round(seconds=2)
    assert set(place.told) == {"trouble.began canary"}
    assert len(place.told) > 1
    assert len({one.headers["webhook-id"] for one in place.hook.told}) == 1
    assert len(place.post.mails) == 1


async def test_a_replica_that_leaves_hands_the_watch_over_at_once(postgres_url: str) -> None:
    async with watched(postgres_url) as place:
        database = Database(postgres_url)
        async with database.reading() as tx:
            held = sa.text("SELECT until FROM leases WHERE name = 'vigil'")
            assert await tx.connection.scalar(held) > place.time()
        await place.town.bot.vigil.let_go()
        async with database.reading() as tx:
            assert await tx.connection.scalar(held) < place.time()
        await database.close()


@pytest.mark.slow
async def test_a_server_that_is_away_is_told_all_the_same(postgres_url: str) -> None:
    async with watched(postgres_url) as place:
        async with away(postgres_url):
            await place.round()
            await place.round(seconds=61)
            assert place.told == ["trouble.began database"]
        await place.round()
        await place.round()
        assert place.told == ["trouble.began database", "trouble.over database"]


async def test_two_replicas_tell_it_once(postgres_url: str) -> None:
    extra = {"TOCSIN_MIGRATE": "off"}
    async with watched(postgres_url, **extra) as place:
        settings = load_settings(
            environment(place.town.slack, postgres_url, socket_mode=False)
            | extra
            | {
                "TOCSIN_PUBLIC_URL": place.gate.url,
                "TOCSIN_CANARY": "5m",
                "TOCSIN_ALERT_WEBHOOK": place.hook.url,
                "TOCSIN_ALERT_WEBHOOK_PRIVATE": "on",
            }
        )
        async with running_bot(settings, clock=place.time) as (other, _):
            await rounds_are_ours()
            place.gate.status = 502
            for seconds in (300, 61, 1, 1):
                await place.round(seconds=seconds)
                await other.vigil.round()
            assert place.told == ["trouble.began canary"]
            await place.town.slack.until(lambda: place.told_in_channel("may not reach Tocsin"))
            assert len(place.told_in_channel("may not reach Tocsin")) == 1


async def test_no_secret_of_the_watch_is_ever_logged(
    sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with watched(sqlite_url) as place:
        place.gate.status = 502
        await place.round(minutes=5)
        place.hook.status = 500
        await place.round(seconds=61)
        token = place.gate.passed[-1].removeprefix("/callbacks/")
        told = json.dumps(await place.town.ready()) + str(await place.town.ask("troubles"))
    said = capfd.readouterr()
    for secret in (SECRET, token):
        assert secret not in said.out + said.err + told
