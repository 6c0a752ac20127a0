"""The page that describes the API: whole, of the bot alone, and harmless."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.app import Bot
from bot.config_load import load_settings
from bot.doors.api_page import HEADERS, page

VOID = {"meta"}


class Read(HTMLParser):
    """What stands in a page; fails where a tag is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.texts: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if "id" in said:
            self.ids.add(said["id"])
        if "href" in said:
            self.links.add(said["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(html: str) -> Read:
    found = Read()
    found.feed(html)
    assert found.open == []
    return found


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    environ = {
        "DATABASE_URL": "sqlite:///none.db",  # nothing opens it
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s" * 32,
        "TOCSIN_CALLBACK_TOKENS": "c" * 20,
        "TOCSIN_CHANNEL": "#ops",
    }
    return Bot(load_settings(environ)).web.openapi()


def test_the_page_tells_every_route_and_every_field(described: dict[str, Any]) -> None:
    told = "\n".join(read(page(described)).texts)
    for path, verbs in described["paths"].items():
        assert path in told
        for operation in verbs.values():
            assert operation["summary"] in told
    for shape in described["components"]["schemas"].values():
        for field in shape.get("properties", {}):
            assert re.search(rf"^{re.escape(field)}( \*)?$", told, re.MULTILINE), field


def test_every_link_of_the_page_leads_somewhere(described: dict[str, Any]) -> None:
    found = read(page(described))
    inside = {link.removeprefix("#") for link in found.links if link.startswith("#")}
    assert inside <= found.ids
    assert found.links - {f"#{one}" for one in inside} == {"openapi.json"}


def test_the_page_loads_nothing_and_runs_nothing(described: dict[str, Any]) -> None:
    html = page(described)
    assert not re.search(r"https?://|//cdn|\bsrc=|\bon\w+=|@import|url\(", html)
    assert {"script", "link", "img", "iframe"}.isdisjoint(read(html).tags)
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]


def test_what_a_description_says_is_text(described: dict[str, Any]) -> None:
    nasty = '<script>alert(1)</script>&"'
    schema = {"type": "object", "properties": {nasty: {"type": nasty, "description": nasty}}}
    operation = {"summary": nasty, "description": nasty, "responses": {"200": {}}}
    made = {
        "info": {"title": nasty, "version": "1"},
        "paths": {f"/{nasty}": {"get": operation}},
        "components": {"schemas": {nasty: schema}},
    }
    assert "script" not in read(page(made)).tags


def test_errors_are_described_as_they_are_answered(described: dict[str, Any]) -> None:
    for verbs in described["paths"].values():
        for operation in verbs.values():
            answers = operation["responses"]
            assert "422" not in answers
            for status in ("401", "503", "default"):
                assert list(answers[status]["content"]) == ["application/problem+json"]
