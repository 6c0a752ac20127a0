"""`tocsin stats` and `tocsin history`: what they print, and how they refuse."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.clock import utc_now
from bot.errors import TocsinError
from bot.rules.record import Reported
from bot.store.engine import Database
from tests.support.past import hear
from tests.support.world import world


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Two incidents of the last hours, one of which goes on."""

    async def fill() -> None:
        database = Database(sqlite_url)
        async with world(database) as town:
            town.time.now = utc_now() - timedelta(hours=5)
            await hear(town, "i-\x1b[31m-red", value=99.5)
            town.time.pass_by(600)
            await hear(town, "i-\x1b[31m-red", Reported.OK, value=40.0)
            town.time.pass_by(7_200)
            await hear(town, "i-\x1b[31m-red", value=97.5)
            await hear(town, "i-2", Reported.OK, called="db/10.0.0.2")
        await database.close()

    asyncio.run(fill())
    return sqlite_url.replace("+aiosqlite", "")


def ran(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"DATABASE_URL": url, "TZ": "Asia/Shanghai"})


def test_statistics_are_printed_for_people(url: str) -> None:
    told = ran(url, "stats", "1d")
    assert told.exit_code == 0, told.exception
    assert "incidents           2 (2 WARN)" in told.output
    assert "never acknowledged  2 (100%)" in told.output
    assert "cpu high" in told.output
    assert "  db (10.0.0.2, i-2)\n" in told.output
    assert "\x1b" not in told.output


def test_statistics_are_printed_for_machines(url: str) -> None:
    made = json.loads(ran(url, "stats", "1d", "--json").output)
    assert (made["incidents"], made["callbacks"], made["firing"]) == (2, 4, 1)
    assert made["severities"] == {"WARN": 2}
    assert sum(one["warn"] for one in made["series"]) == 2


def test_a_history_is_a_picture_and_a_list(url: str) -> None:
    told = ran(url, "history", "1", "--span", "24h")
    assert told.exit_code == 0, told.exception
    assert "≥ 85 %" in told.output
    assert "2 incidents, 3 callbacks" in told.output
    assert "#2" in told.output
    assert "still firing" in told.output
    assert "10 min  worst 99.5 %" in told.output
    assert "\x1b" not in told.output


def test_a_history_is_json_where_asked(url: str) -> None:
    made = json.loads(ran(url, "history", "1", "--rule", "--json", "--before", "2").output)
    assert (made["scope"], made["span"]) == ("rule", "7d")
    assert [one["id"] for one in made["items"]] == [1]
    assert {point["value"] for point in made["series"][0]["points"]} == {99.5, 40.0, 97.5}


def test_a_time_that_cannot_be_read_is_refused_in_one_line(url: str) -> None:
    refused = ran(url, "stats", "next week")
    assert isinstance(refused.exception, TocsinError)
    assert "needs a time" in str(refused.exception)


def test_an_incident_there_is_none_of_is_refused(url: str) -> None:
    refused = ran(url, "history", "99")
    assert str(refused.exception) == "There is no incident 99."


def test_wrong_usage_is_said(url: str, tmp_path: Path) -> None:
    assert ran(url, "history", "1", "--span", "8d").exit_code == 2
    assert ran(url, "history").exit_code == 2
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize("command", ["stats", "history"])
def test_help_has_an_example(command: str) -> None:
    assert f"Example: tocsin {command}" in ran("sqlite://", command, "--help").output
