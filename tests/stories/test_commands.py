"""The slash command: asking, acting, muting, sharing; private unless it is shared."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.doors.rows import Rows
from bot.local_slack import Message
from bot.rules.mute import Mute
from bot.slack.calls import Identity
from bot.slack.check import Surface, check_payload
from bot.store.cards import Card
from bot.store.lookups import Listed
from bot.work import mute
from bot.work.ask import Told
from tests.slack.faces import ALARM, INCIDENT
from tests.support.town import Town, eventually, town

pytestmark = pytest.mark.one_engine


async def asked(made: Town, text: str, by: str = "ann") -> Message:
    """Type a command; the private answer to it."""
    before = len(made.slack.ephemerals("alarms", by))
    delivery = await made.slack.command(f"/alarms {text}", by=by)
    assert delivery.ok
    found = await made.slack.until(lambda: made.slack.ephemerals("alarms", by)[before:])
    payload = {"text": found[0].text, "blocks": found[0].blocks}
    assert check_payload(payload, Surface.MESSAGE) == ()
    return found[0]


def shown(message: Message) -> str:
    return str([message.text, *message.blocks, *message.attachments])


async def fired(made: Town, *instances: str) -> None:
    """An alarm on each instance, applied and shown."""
    await heard(made, *instances)
    await made.all_true()


async def heard(made: Town, *instances: str) -> None:
    """An alarm on each instance, applied."""
    for name in instances or (CPU.instance,):
        await made.sent_and_applied(replace(CPU, instance=name).says("ALERT", 91.25, utc_now()))


async def mutes_of(made: Town) -> list[Mute]:
    return await mute.page(made.bot.database, ended=False, limit=10)


# Asking


async def test_alone_it_tells_what_fires_with_links_to_the_cards(either_town: Town) -> None:
    assert "Nothing fires now" in shown(await asked(either_town, ""))
    await fired(either_town)
    await either_town.slack.until(either_town.bot.whoami)
    answer = shown(await asked(either_town, ""))
    assert "One alarm fires now" in answer
    assert "#1" in answer
    assert "web-prod-01 (10.23.4.15)" in answer


async def test_the_answer_is_for_one_person_alone(small_town: Town) -> None:
    await fired(small_town)
    await asked(small_town, "", by="li")
    assert small_town.whispers("ann") == []
    assert len(small_town.cards()) == 1


async def test_help_tells_every_verb_with_an_example(small_town: Town) -> None:
    answer = shown(await asked(small_town, "help"))
    for verb in ("search", "ack", "mute", "mutes", "unmute", "stats", "doctor", "history", "share"):
        assert f"/alarms {verb}" in answer
    assert "at most 7 days" in shown(await asked(small_town, "help mute"))
    assert "until two hours from now, not two hours more" in shown(
        await asked(small_town, "help extend")
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("serch foo", "Did you mean /alarms search?"),
        ("acknowlege 1", "Did you mean /alarms acknowledge?"),
        ("zzzzzz", "Try /alarms help"),
        ("ack", "by its number"),
        ("ack forty-two", "by its number"),
        ("ack 99999999999999999999999", "by its number"),
        ("show 4711", "There is no incident #4711"),
        ("ack 4711", "there is no such incident"),
        ("assign 1 somebody", "Mention the person"),
        ("assign 1 @li", "give a Slack id such as U012AB3CD; I cannot read “@li”"),
        ("assign 1 <#C0123ABCD|ops>", "Mention the person"),
        ("assign 1", "Mention the person"),
        ("note 1", "Write the note"),
        ("mute", "Say what to mute"),
        ("mute everything", "Say what to mute"),
        ("mute 4711 for 4h", "There is no incident #4711"),
        ("mute instanceId=x for ever", "I cannot read the time"),
        ("mute severity!=critical for 1h", "Name at least one condition"),
        ("mute instanceId=x for 8d", "7 days at most"),
        ("unmute 4711", "no longer known"),
        ("mutes " + "9" * 30, "Nothing is muted"),
        ("share ack 1", "between you and me"),
        ("search sevrity:critical", "severity"),
        ("stats 0d", "ends where it begins"),
        ("search duration:abc", "duration"),
    ],
)
async def test_what_cannot_be_done_is_said_with_the_remedy(
    small_town: Town, text: str, said: str
) -> None:
    assert said in (await asked(small_town, text)).text


async def test_a_search_finds_by_any_field(each_town: Town) -> None:
    await fired(each_town, "i-one", "i-two")
    assert "One incident fits" in shown(await asked(each_town, "search instanceId:i-tw* since:1d"))
    assert "Nothing fits" in shown(await asked(each_town, "search -instanceId:i-* state:firing"))
    assert "2 incidents fit" in shown(await asked(each_town, "search duration:&lt;10m"))


async def test_pages_neither_skip_nor_repeat_while_alarms_come_in(small_town: Town) -> None:
    await heard(small_town, *(f"i-{number:02d}" for number in range(25)))
    first = await asked(small_town, "list")
    seen = numbers(first)
    await heard(small_town, "i-new-1", "i-new-2")
    before = len(small_town.slack.ephemerals("alarms", "ann"))
    assert (await small_town.slack.click("More", on=first)).ok
    await small_town.slack.until(lambda: numbers(latest(small_town)) != seen)
    seen += numbers(latest(small_town))
    assert len(small_town.slack.ephemerals("alarms", "ann")) == before  # in the same place
    await small_town.slack.click("More", on=latest(small_town))
    await small_town.slack.until(lambda: len(numbers(latest(small_town))) == 5)
    seen += numbers(latest(small_town))
    assert seen == [f"#{number}" for number in range(25, 0, -1)]


def latest(made: Town) -> Message:
    return made.slack.ephemerals("alarms", "ann")[-1]


def numbers(message: Message) -> list[str]:
    """The first column of a table."""
    table = next(block for block in message.blocks if block["type"] == "table")
    cells: list[Any] = [row[0] for row in table["rows"][1:]]
    return [cell.get("text") or cell["elements"][0]["elements"][0]["text"] for cell in cells]


async def test_statistics_name_instances_as_people_know_them(small_town: Town) -> None:
    await fired(small_town)
    assert "web-prod-01 (10.23.4.15, i-bp1a7k2m9qz3x5c8v0n1)" in shown(
        await asked(small_town, "stats")
    )
    (noisy,) = (await small_town.ask("stats"))["noisiest_instances"]
    assert noisy["name"] == "i-bp1a7k2m9qz3x5c8v0n1"
    assert noisy["label"] == "web-prod-01 (10.23.4.15, i-bp1a7k2m9qz3x5c8v0n1)"


async def test_show_tells_all_of_an_incident(small_town: Town) -> None:
    await fired(small_town)
    await asked(small_town, "note 1 the disk is full")
    await asked(small_town, "ack 1")
    answer = shown(await asked(small_town, "show 1"))
    assert "the disk is full" in answer
    assert "added a note" in answer
    assert "acknowledged" in answer


async def test_what_a_search_finds_comes_as_a_file(small_town: Town) -> None:
    await fired(small_town, "i-one", "i-two")
    answer = await asked(small_town, "csv instanceId:i-one")
    assert "with one incident is in your direct messages" in answer.text


async def test_the_doctor_tells_how_the_bot_is(small_town: Town) -> None:
    answer = (await asked(small_town, "doctor")).text
    assert "✅ Database: answers" in answer
    assert "tocsin doctor" in answer


async def test_the_doctor_speaks_the_language_of_who_asks(sqlite_url: str) -> None:
    canary = {"TOCSIN_CANARY": "5m", "TOCSIN_PUBLIC_URL": "http://127.0.0.1:9"}
    async with town(sqlite_url, extra=canary) as made:
        await eventually(
            lambda: says_the_doctor(made, "mei", "❌ 自检回调：自检回调没有到达：no connection")
        )
        answer = (await asked(made, "doctor", by="mei")).text
        assert "✅ 数据库：有响应" in answer
        assert "✅ 回调：0 条等待处理" in answer
        assert await says_the_doctor(
            made, "ann", "❌ Canary: our own callbacks do not arrive: no connection"
        )


async def says_the_doctor(made: Town, who: str, line: str) -> bool:
    return line in (await asked(made, "doctor", by=who)).text.split("\n")


async def test_answers_are_in_the_language_of_who_asks(small_town: Town) -> None:
    assert "现在没有报警" in (await asked(small_town, "", by="mei")).text
    assert "您是想输入 /alarms search" in (await asked(small_town, "serch x", by="mei")).text


def test_a_row_links_to_its_card_as_slack_spells_it() -> None:
    us = Identity("T1", "team", "U1", "B1", "https://team.slack.com/", ())
    card = Card("c", 1, 1, "C0123ABCD", "1764000000.000200", 1, 1, None)
    told = Told(Listed(INCIDENT, ALARM), (card,))
    url = "https://team.slack.com/archives/C0123ABCD/p1764000000000200"
    assert Rows(lambda: us).url_of(told) == url
    assert Rows(lambda: None).url_of(told) is None
    assert Rows(lambda: us).url_of(replace(told, cards=())) is None


# Sharing


async def test_a_shared_answer_is_for_the_channel_and_says_who_asked(small_town: Town) -> None:
    await fired(small_town)
    assert (await small_town.slack.command("/alarms share list", by="li")).ok
    await small_town.slack.until(lambda: len(small_town.cards()) == 2)
    told = shown(small_town.cards()[1])
    assert "<@U0LI000001> asked `/alarms list`" in told or "/alarms list" in told
    assert "<@U0LI000001>" in told
    assert "answer_share" not in told


async def test_the_button_shares_what_it_stands_under(small_town: Town) -> None:
    await fired(small_town)
    await asked(small_town, "search state:firing")
    assert (await small_town.slack.click("Share in the channel")).ok
    await small_town.slack.until(lambda: len(small_town.cards()) == 2)
    assert "One incident fits" in shown(small_town.cards()[1])


# Acting


async def test_incidents_are_acted_on_by_their_numbers(each_town: Town) -> None:
    await fired(each_town, "i-one", "i-two")
    answer = (await asked(each_town, "ack 1 #2 4711")).text
    assert answer.split("\n") == [
        "#1: acknowledged, it is yours",
        "#2: acknowledged, it is yours",
        "#4711: there is no such incident",
    ]
    assert "You already acknowledged this" in (await asked(each_town, "ack 1")).text
    assert "it is yours now" in (await asked(each_town, "take 1", by="li")).text
    assert "no longer acknowledged" in (await asked(each_town, "unack 1")).text
    assert "assigned" in (await asked(each_town, "assign 1 U0LI000001")).text
    assert "assigned" in (await asked(each_town, "assign 1 <@U0BOB00001|bob>")).text
    assert "resolved" in (await asked(each_town, "resolve 2 the host is gone")).text
    found = await each_town.ask("incidents/2")
    assert found["state"] == "closed"
    assert "opened again" in (await asked(each_town, "reopen 2 it is back")).text
    assert (await each_town.ask("incidents/2"))["state"] == "firing"
    assert (await each_town.ask("incidents/1"))["acknowledged_by"]["name"] == "bob"


@pytest.mark.fault("F30")
async def test_a_replayed_command_does_not_act_twice(small_town: Town) -> None:
    await fired(small_town)
    await asked(small_town, "note 1 once")
    sent = [one for one in small_town.slack.journal.entries if one.direction == "out"][-1]
    await small_town.slack.courier.deliver("slash_commands", dict(sent.args))
    answer = shown(await asked(small_town, "show 1"))
    assert answer.count("added a note") == 1


# Muting


async def test_an_incident_is_muted_by_its_number(small_town: Town) -> None:
    await fired(small_town)
    answer = (await asked(small_town, "mute 1 for 4h because log rotation")).text
    assert "One alarm that fires is quiet now" in answer
    (made,) = await eventually(lambda: mutes_of(small_town))
    assert made.reason == "log rotation"
    assert "log rotation" in shown(await asked(small_town, "mutes"))


async def test_conditions_are_muted_extended_and_heard_again(each_town: Town) -> None:
    await fired(each_town, "i-one", "i-two", "other")
    answer = (await asked(each_town, 'mute instanceId=i-* rule!="x y" until 23:59 deploy')).text
    assert "2 alarms that fire are quiet now" in answer
    (made,) = await eventually(lambda: mutes_of(each_town))
    assert made.reason == "deploy"
    assert "lasts longer" in (await asked(each_town, f"extend {made.id} 1m")).text
    before = utc_now()
    answer = (await asked(each_town, f"extend {made.id} 3d")).text
    (later,) = await mutes_of(each_town)
    assert before <= later.ends_at - timedelta(days=3) <= utc_now()  # counted from now
    assert f"lasts until <!date^{int(later.ends_at.timestamp())}^{{date_short_pretty}}" in answer
    assert "has ended" in (await asked(each_town, f"unmute {made.id}")).text
    assert await mutes_of(each_town) == []
    assert "ended by hand" in shown(await asked(each_town, "mutes ended"))


async def test_a_mute_is_edited_from_the_list(small_town: Town) -> None:
    await fired(small_town, "i-one", "i-two")
    await asked(small_town, "mute instanceId=i-one for 1h")
    await asked(small_town, "mutes")
    assert (await small_town.slack.click("Edit…")).ok
    await small_town.slack.until(lambda: small_town.slack.modal("ann"))
    await small_town.slack.submit({"matchers": "instanceId=~(", "reason": "x"})
    view = small_town.slack.modal("ann")
    assert view is not None
    assert "cannot be read" in view.errors["matchers"]
    await small_town.slack.submit({"matchers": "R&D <x>", "reason": "x"})
    view = small_town.slack.modal("ann")
    assert view is not None
    assert "“R&D <x>”" in view.errors["matchers"]  # Slack shows an error as it is, no mrkdwn
    assert (await small_town.slack.submit({"matchers": "instanceId=i-*", "reason": "both"})).ok
    (made,) = await eventually(lambda: mutes_of(small_town))
    assert str(made.matchers[0]) == 'instanceid=~"i\\-.*"'
    assert made.reason == "both"


# Home


async def test_the_home_shows_what_fires_and_what_one_holds_and_stays_fresh(
    either_town: Town,
) -> None:
    await fired(either_town, "i-one", "i-two")
    await either_town.slack.open_home(by="ann")
    page = str((await either_town.slack.until(lambda: either_town.slack.home("ann"))).body)
    assert "2 alarms fire now" in page
    assert "You have taken nothing" in page
    await asked(either_town, "ack 1")
    await either_town.slack.until(
        lambda: "You have taken nothing" not in str(either_town.slack.home("ann").body)
    )
    await asked(either_town, "mute 2 for 1h")
    await either_town.slack.until(lambda: "extend_mute" in str(either_town.slack.home("ann").body))
    assert (await either_town.slack.click_in_home("Unmute")).ok
    await either_town.slack.until(
        lambda: "extend_mute" not in str(either_town.slack.home("ann").body)
    )


async def test_the_home_is_in_its_owners_language(small_town: Town) -> None:
    await small_town.slack.open_home(by="mei")
    view = await small_town.slack.until(lambda: small_town.slack.home("mei"))
    assert "现在没有报警" in str(view.body)
    assert "Asia/Shanghai" in str(view.body)
