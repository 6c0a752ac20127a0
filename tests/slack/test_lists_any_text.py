"""The App Home and lists of incidents and mutes, whatever is in them, are within Slack's limits."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.command_asks import NOW_PAGE, PAGE
from bot.doors.command_mutes import PAGE as MUTES
from bot.local_slack.validate import check_blocks, check_view
from bot.rules.card import IncidentCard, Language
from bot.rules.incident import Person
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import MOST_MATCHERS, Mute
from bot.slack import incident_list, mute_answers
from bot.slack.check import Surface, check_payload
from bot.slack.home_view import Welcome, home_view
from bot.slack.incident_list import Page, Row
from bot.slack.message import JsonObject, Message
from bot.slack.text import escape
from bot.slack.words import Words
from bot.work.home import SHOWN
from tests.slack.faces import FIRING, NOON
from tests.slack.strategies import PIECES, incident_cards, mutes, named_everywhere, nasty
from tests.slack.test_any_text import OURS, assert_harmless, marked_texts
from tests.support.examples import tried

both = pytest.mark.parametrize("language", list(Language))
every = pytest.mark.parametrize("text", [*PIECES, "", " ", "<!channel> " * 500, "\u202e" * 500])
PAGES = ((incident_list.lines, NOW_PAGE), (incident_list.as_table, PAGE))
LINK = "https://example.slack.com/archives/C0ALARMS01/p1763869200000100"
Item = TypeVar("Item")


def full(few: Sequence[Item], most: int) -> tuple[Item, ...]:
    """As many as there may be of a few: more would be too much to make up."""
    return tuple(islice(cycle(few), most))


def apart(found: Sequence[Mute]) -> tuple[Mute, ...]:
    """Each with a number of its own, as they are stored."""
    return tuple(replace(one, id=number) for number, one in enumerate(found, 1))


rows = st.builds(Row, incident_cards, st.none() | st.just(LINK) | nasty.map("https://".__add__))
some_mutes = st.lists(mutes, max_size=2).map(lambda few: full(few, SHOWN))
some_rows = st.lists(rows, max_size=2).map(lambda few: full(few, SHOWN))
welcomes = st.builds(
    Welcome,
    firing=some_rows,
    firing_count=st.integers(0, 10**9),
    mine=some_rows,
    mine_count=st.integers(0, 10**9),
    mutes=some_mutes.map(apart),
    tz=nasty,
    console=st.none() | st.just("https://tocsin.example.com"),
)


def row_of(text: str) -> Row:
    """A row of an incident that has this text everywhere."""
    card = named_everywhere(FIRING, text)
    assert isinstance(card, IncidentCard)
    return Row(card, LINK)


def mute_of(text: str) -> Mute:
    """A mute with as many conditions as there may be, each with this text."""
    conditions = tuple(Matcher(f"{n}{text}", Operator.EQUAL, text) for n in range(MOST_MATCHERS))
    return Mute(1, conditions, text, Person(text, text), NOON, NOON, NOON)


def assert_home_is_harmless(view: JsonObject) -> None:
    assert check_payload(view, Surface.HOME) == ()
    assert check_view(view, "home") == []
    for text in marked_texts(view["blocks"]):
        rest = OURS.sub("", text)
        assert "<" not in rest
        assert ">" not in rest


def assert_list_is_harmless(message: Message) -> None:
    plain = replace(message, text=escape("list"))  # the title may be of several lines
    assert_harmless(plain)
    assert check_blocks(list(message.blocks), "message", "") == []


@both
@given(welcome=welcomes)
@tried(60)
def test_any_home_fits_and_pings_nobody(welcome: Welcome, language: Language) -> None:
    assert_home_is_harmless(home_view(welcome, Words.of(language), NOON))


@both
@every
def test_a_home_full_of_the_same_nasty_text_stays_harmless(text: str, language: Language) -> None:
    listed = (row_of(text),) * SHOWN
    full = Welcome(listed, 10**9, listed, 10**9, (), text, None)
    assert_home_is_harmless(home_view(full, Words.of(language), NOON))


@both
@given(few=st.lists(rows, max_size=2))
@tried(60)
def test_any_list_of_incidents_fits(few: list[Row], language: Language) -> None:
    for made, most in PAGES:
        page = Page(full(few, most), escape("title"), more="list", share="list")
        assert_list_is_harmless(made(page, Words.of(language), NOON))


@both
@every
def test_a_long_list_of_the_same_nasty_text_stays_harmless(text: str, language: Language) -> None:
    for made, most in PAGES:
        page = Page((row_of(text),) * most, escape("title"), more="list", share="list")
        assert_list_is_harmless(made(page, Words.of(language), NOON))


@both
@given(few=st.lists(mutes, max_size=2), more=st.none() | st.just("mutes 7"))
@tried(60)
def test_any_list_of_mutes_fits(few: list[Mute], more: str | None, language: Language) -> None:
    found = apart(full(few, MUTES))
    held = {one.id: one.id for one in found}
    for ended in (True, False):
        assert_list_is_harmless(
            mute_answers.mutes_message(found, held, Words.of(language), more=more, ended=ended)
        )


@both
@every
def test_mutes_of_many_long_conditions_stay_within_a_message(text: str, language: Language) -> None:
    listed = apart([mute_of(text)] * MUTES)
    made = mute_answers.mutes_message(listed, {}, Words.of(language), more="mutes 7", ended=False)
    assert_list_is_harmless(made)
