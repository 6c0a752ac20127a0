"""Drawn pictures: in a process of their own, and never waited for too long."""

import asyncio
import struct
import sys
from datetime import timedelta

import pytest

from bot.slack import chart_png
from bot.slack.chart_png import SCALE, WIDTH, Painter
from tests.support.pasts import EMPTY, RULE, WEEK


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside other tests a picture may take longer than beside a bot."""
    monkeypatch.setattr(chart_png, "PATIENCE", timedelta(minutes=1))


async def test_a_history_becomes_a_png_of_the_right_size() -> None:
    made = await Painter().draw(RULE, tz="Asia/Shanghai")
    assert made is not None
    assert made.startswith(b"\x89PNG\r\n")
    (width,) = struct.unpack(">I", made[16:20])
    assert WIDTH * SCALE < width < WIDTH * SCALE * 1.2


async def test_drawing_stops_nobody_else() -> None:
    """The library holds the interpreter's lock: it must never be loaded here."""
    assert await Painter().draw(WEEK, tz="UTC")
    assert chart_png.LIBRARY not in sys.modules


async def test_without_values_or_without_the_library_there_is_no_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await Painter().draw(EMPTY, tz="UTC") is None
    monkeypatch.setattr(chart_png, "LIBRARY", "not_installed_anywhere")
    assert await Painter().draw(WEEK, tz="UTC") is None


async def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_png, "PATIENCE", timedelta(milliseconds=1))
    assert await Painter().draw(WEEK, tz="UTC") is None


async def test_the_program_does_not_load_the_library_by_itself() -> None:
    child = await asyncio.create_subprocess_exec(
        chart_png.sys.executable,
        "-c",
        "import sys, bot.app; sys.exit('vl_convert' in sys.modules)",
    )
    assert await child.wait() == 0
