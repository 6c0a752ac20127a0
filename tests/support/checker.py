"""The promise, judged from outside when all is over: I1 to I8 of the fault model, and I9.

One checker for all faults. It looks at what senders were told, at the local Slack, at the
JSON API and at the logs, never at the bot's inside.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack import LocalSlack, Message
from tests.support.process import BotProcess
from tests.support.sender import Sender, last_of_each
from tests.support.town import API_TOKEN, CALLBACK_TOKEN, colour, eventually

GREEN = "#2eb886"
GAP_TOLD = "No callbacks were accepted from"
GAP = 1.0  # seconds between posts of a channel
JITTER = 0.5  # what the way to Slack may add or take, on a busy machine
PROMPT, SLOWEST = 1.0, 4.0  # seconds: 99 of 100 answers, and all of them
SETTLES_WITHIN = 150.0  # seconds; on PostgreSQL a killed bot's leases run out after 30
SAID_SO = ("ratelimited",)  # words of Slack that are no fault of ours


@dataclass(slots=True)
class Scene:
    """Everything that took part. `bots`: the first that lives is asked."""

    slack: LocalSlack
    bots: Sequence[BotProcess]
    senders: Sequence[Sender] = ()
    channel: str = "alarms"
    clicks: int = 0  # acts that people did and that were taken
    others: int | None = 0  # messages that are no incident's card, as a storm's is; None: any
    prompt: bool = False  # I7 is judged only where the database was not away
    secrets: tuple[str, ...] = field(default=(CALLBACK_TOKEN, API_TOKEN))

    @property
    def bot(self) -> BotProcess:
        """One that lives."""
        return next(one for one in self.bots if one.alive)

    def cards(self) -> list[Message]:
        """What stands in the channel, replies left out. On a slow machine a start may take so long
        that it is a gap, which has a message of its own.
        """
        told = [one for one in self.slack.messages(self.channel) if not one.is_reply]
        return [one for one in told if not one.text.startswith(GAP_TOLD)]

    async def settled(self) -> None:
        """Wait until every callback is applied and every card is true."""
        await eventually(self._is_settled, patience=SETTLES_WITHIN)

    async def _is_settled(self) -> bool:
        async with self.bot.http.get(f"{self.bot.url}/readyz") as answer:
            checks = (await answer.json())["checks"]
        waits = checks.get("inbox", {}).get("detail") != "0 wait"
        return not waits and checks.get("cards", {}).get("detail", "").startswith("0 behind")


async def check(scene: Scene) -> None:
    """Wait until all is settled, and judge."""
    await scene.settled()
    incidents = await _incidents(scene)
    await _i1_what_was_answered_is_kept(scene)
    _i2_each_incident_has_one_card(scene, incidents)
    _i3_cards_show_the_last_state(scene, incidents)
    _i4_posts_keep_their_distance(scene)
    await _i5_each_act_is_written_down_once(scene)
    _i6_no_secret_is_in_a_log(scene)
    _i7_answers_are_prompt(scene)
    _i8_nothing_unexpected_happened(scene)
    await _i9_only_a_mute_that_lasts_keeps_quiet(scene)


async def _incidents(scene: Scene) -> list[dict[str, Any]]:
    """All of them; their cards without those that were never to be shown."""
    found: list[dict[str, Any]] = []
    path: str | None = "incidents?limit=200"
    while path:
        page = await scene.bot.ask(path)
        found += page["items"]
        path = page["next_cursor"] and f"incidents?limit=200&cursor={page['next_cursor']}"
    for one in found:
        one["cards"] = [card for card in one["cards"] if card["ts"]]
    return found


async def _i1_what_was_answered_is_kept(scene: Scene) -> None:
    for told in (one for sender in scene.senders for one in sender.answered):
        kept = await scene.bot.ask(f"callbacks/{told.callback_id}")
        assert kept["outcome"] not in (None, "failed"), kept


def _i2_each_incident_has_one_card(scene: Scene, incidents: Sequence[dict[str, Any]]) -> None:
    ids = Counter(one.metadata["event_payload"]["card_id"] for one in scene.cards() if one.metadata)
    assert not [card for card, times in ids.items() if times > 1], ids
    shown = [card["ts"] for one in incidents for card in one["cards"]]
    assert Counter(shown) <= Counter(one.ts for one in scene.cards())
    if scene.others is not None:
        assert len(scene.cards()) == len(shown) + scene.others
    replies = [one for one in scene.slack.messages(scene.channel) if one.is_reply]
    keys = Counter(one.metadata["event_payload"]["key"] for one in replies if one.metadata)
    assert not [key for key, times in keys.items() if times > 1], keys


def _i3_cards_show_the_last_state(scene: Scene, incidents: Sequence[dict[str, Any]]) -> None:
    for one in incidents:
        assert all(card["posted"] == card["wanted"] for card in one["cards"]), one
    taken = [told.said for sender in scene.senders for told in sender.answered]
    unsure = {said.rule for sender in scene.senders for said in sender.given_up}
    quiet = {said.rule for said in taken} - {said.rule for said in taken if not said.over}
    for rule, said in last_of_each(taken).items():
        if rule in unsure | quiet:  # whether the last was stored nobody knows; or it never fired
            continue
        (card,) = [one for one in scene.cards() if rule in one.text]
        assert f"{said.value:g} %" in card.text, (said, card.text)
        assert (colour(card) == GREEN) is said.over, (said, card.text)


def _i4_posts_keep_their_distance(scene: Scene) -> None:
    """Only messages that stand there count: what was refused has not been posted."""
    times: dict[str, list[float]] = defaultdict(list)
    for call in scene.slack.calls("chat.postMessage"):
        times[scene.slack.space.channel(str(call.args["channel"])).id].append(call.at)
    for channel, at in times.items():
        gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
        assert min(gaps, default=GAP) >= GAP - JITTER, (channel, min(gaps))


async def _i5_each_act_is_written_down_once(scene: Scene) -> None:
    acts: list[dict[str, Any]] = (await scene.bot.ask("acts?limit=200"))["items"]
    done = [one for one in acts if one["via"] == "slack"]
    assert len(done) == scene.clicks, acts
    assert all(one["actor"]["id"] for one in done)


def _i6_no_secret_is_in_a_log(scene: Scene) -> None:
    settings = scene.slack.settings
    secrets = (*scene.secrets, settings.bot_token, settings.signing_secret)
    for bot in scene.bots:
        said = bot.said()
        assert not [secret for secret in secrets if secret in said]


def _i7_answers_are_prompt(scene: Scene) -> None:
    took = sorted(told.seconds for sender in scene.senders for told in sender.answered)
    if took and scene.prompt:
        assert took[int(len(took) * 0.99)] < PROMPT, took[-5:]
        assert took[-1] < SLOWEST


def _i8_nothing_unexpected_happened(scene: Scene) -> None:
    for bot in scene.bots:
        said = bot.said()
        where = said.find("Traceback")
        assert where < 0, said[max(where - 1_000, 0) : where + 3_000]
    for message in scene.slack.messages(scene.channel):
        assert message.metadata, message.text
    wrong = [call for call in scene.slack.calls() if call.error and not call.fault]
    assert not [call for call in wrong if call.error not in SAID_SO], wrong


async def _i9_only_a_mute_that_lasts_keeps_quiet(scene: Scene) -> None:
    """The tick lets go a moment after a mute has ended."""

    async def none_is_stranded() -> bool:
        living = {one["id"] for one in (await scene.bot.ask("mutes?limit=200"))["items"]}
        held = {one["mute_id"] for one in await _incidents(scene) if one["muted"]}
        return held <= living

    await eventually(none_is_stranded)
