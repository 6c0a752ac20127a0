"""`tocsin demo` in a real browser: what a newcomer sees in the first minute."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_BROWSER = "No Chromium here, so the demo's page was not tested: apt-get install chromium"
ELSEWHERE = "Pacific/Kiritimati"  # the browser's zone, which is nobody's in the workspace
STARTS_WITHIN = 90.0  # seconds
PATIENCE = 60_000  # milliseconds for something to appear on the page


@pytest.fixture
async def demo() -> AsyncGenerator[str]:
    """The demo as a newcomer starts it; the address that it prints."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo"),
        cwd=ROOT,
        env=environ | {"PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while not (found := re.search(rb"http://\S+", await process.stdout.readline())):
                assert process.returncode is None
        yield found[0].decode()
    finally:
        process.terminate()
        await process.communicate()


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """A Chromium of this machine."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail(NO_BROWSER)
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield made
        await made.close()


@pytest.fixture
async def page(browser: Browser, demo: str) -> AsyncGenerator[Page]:
    """The page, opened. It may complain of nothing as long as it is looked at."""
    made = await browser.new_page(timezone_id=ELSEWHERE)
    made.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on(
        "console",
        lambda line: complaints.append(line.text) if line.type == "error" else None,
    )
    await made.goto(demo)
    yield made
    assert complaints == []


def card(page: Page, instance: str) -> Locator:
    """A card in the channel, replies left out."""
    cards = page.locator("#stream article.message").filter(has_text=instance)
    return cards.filter(has_not=page.locator(".replied"))


async def test_an_alarm_is_taken_and_recovers_before_your_eyes(page: Page) -> None:
    first = card(page, "web-prod-01").first
    await expect(first).to_contain_text("CPU", timeout=PATIENCE)

    await first.get_by_role("button", name="Acknowledge", exact=True).click()
    await expect(first.get_by_role("button", name="Unacknowledge")).to_be_visible(timeout=PATIENCE)
    await expect(first).to_contain_text("acknowledged by")

    await page.get_by_role("button", name="web-prod-01 recovers").click()
    await expect(first).to_contain_text("Recovered", timeout=PATIENCE)
    await expect(first.get_by_role("button", name="Unacknowledge")).to_have_count(0)


async def test_every_sample_button_brings_something_new(page: Page) -> None:
    await expect(card(page, "web-prod-01").first).to_be_visible(timeout=PATIENCE)
    for label, shown in {
        "Disk nearly full (Chinese)": "磁盘空间不足",
        "No data from Kafka": "Log pipeline",
        "The console's test": "Test received",
        "Something unreadable": "Unreadable callback",
    }.items():
        await page.get_by_role("button", name=label).click()
        await expect(card(page, shown).first).to_be_visible(timeout=PATIENCE)


async def test_another_person_sees_who_has_it(page: Page) -> None:
    first = card(page, "web-prod-01").first
    await page.get_by_test_id("act-as-li").click()
    await first.get_by_role("button", name="Acknowledge", exact=True).click()
    await expect(first).to_contain_text("acknowledged by @li", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("person", "zone"), [("ann", "Europe/Berlin"), ("li", "Asia/Shanghai")], ids=["ann", "li"]
)
async def test_cards_charts_and_what_is_picked_are_in_the_persons_zone(
    page: Page, person: str, zone: str
) -> None:
    await page.get_by_test_id(f"act-as-{person}").click()
    first = card(page, "web-prod-01").first
    await expect(first).to_contain_text(at(zone, await unix_of(first)), timeout=PATIENCE)
    await first.get_by_role("button", name="History", exact=True).click()
    history = page.get_by_role("dialog")
    await expect(history).to_contain_text(f"times in {zone}", timeout=PATIENCE)
    await expect(history).to_contain_text(at(zone, await unix_of(history)))
    await history.get_by_role("button", name="Close", exact=True).last.click()

    await first.get_by_role("button", name="Mute…").click()
    await page.get_by_role("dialog").get_by_label("How long").select_option("custom")
    picker = page.locator("input[type=datetime-local]")
    picked = (datetime.now(ZoneInfo(zone)) + timedelta(hours=26)).replace(second=0, microsecond=0)
    await picker.fill(f"{picked:%Y-%m-%dT%H:%M}")
    await page.get_by_role("dialog").get_by_role("button", name="Mute", exact=True).click()
    await expect(first).to_contain_text("Muted by", timeout=PATIENCE)
    ends = first.locator(f"time[data-unix='{int(picked.timestamp())}']")
    await expect(ends).to_contain_text(f"{picked:%H:%M}")


async def unix_of(place: Locator) -> int:
    """The first time that a card or a modal tells, in seconds."""
    return int(await place.locator("time[data-unix]").first.get_attribute("data-unix") or 0)


def at(zone: str, unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, ZoneInfo(zone)):%H:%M}"
