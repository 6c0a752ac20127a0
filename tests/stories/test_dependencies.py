"""A host goes down and what runs there complains: one card, and the rest says whom it waits for."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, DISK
from tests.stories.test_commands import asked, shown
from tests.support.town import Town, town

ROUTES = f"""
dependencies:
  - parent: {{alarm: "{DISK.alert.lower()}"}}
    child: {{alarm: "{CPU.alert.lower()}"}}
    equal: [account]
"""


@pytest.fixture
async def related_town(database_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """The alarm of the disk explains that of the CPU of the same account."""
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES, encoding="utf-8")
    async with town(database_url, extra={"TOCSIN_ROUTES": str(file)}) as made:
        yield made


async def test_a_child_waits_and_is_shown_when_its_parent_is_over(related_town: Town) -> None:
    await related_town.sent_and_applied(DISK.says("ALERT", 95, utc_now()))
    await related_town.sent_and_applied(CPU.says("ALERT", 91, utc_now()))
    await related_town.slack.until(lambda: "Holds back one alarm" in shown(related_town.cards()[0]))
    assert len(related_town.cards()) == 1
    (child,) = (await related_town.ask("incidents?q=parent:1"))["items"]
    assert (child["id"], child["parent_id"], child["muted"]) == (2, 1, False)
    assert "⏸️ #1" in shown(await asked(related_town, ""))
    assert "Held back by #1" in shown(await asked(related_town, "show 2"))

    await related_town.sent_and_applied(DISK.says("OK", 40, utc_now()))
    await related_town.slack.until(lambda: len(related_town.cards()) == 2)
    await related_town.all_true()
    first, second = related_town.cards()
    assert "Holds back" not in shown(first)
    assert CPU.alert in shown(second)
    assert "Held back" not in shown(second)
