"""Modals, lists, the home, answers: within Slack's limits and harmless for any text whatever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.card import IncidentCard, Language
from bot.rules.command import Ask
from bot.rules.incident import Feedback
from bot.rules.mute import Mute
from bot.rules.mute_form import Length, MuteForm, Scope, choices
from bot.rules.people import Deed
from bot.rules.preview import Preview
from bot.slack import act_forms, mute_view
from bot.slack.check import Surface, check_payload
from bot.slack.help import help_message
from bot.slack.home_view import Welcome, home_view
from bot.slack.incident_list import Page, Row, as_table, lines
from bot.slack.message import JsonObject, Message
from bot.slack.mute_answers import mute_ended, mute_extended, mute_made, mutes_message
from bot.slack.show import show_message
from bot.slack.storm_view import GROUP, STORM, Place, StormPage, Turn, storm_view
from bot.slack.tell import private, public, shared
from bot.slack.text import safe
from bot.slack.words import Words
from tests.slack.faces import NOON, after
from tests.slack.strategies import (
    alarms,
    counts,
    incident_cards,
    mutes,
    nasty,
    persons,
    remarks,
)
from tests.slack.test_any_text import OURS, marked_texts
from tests.support.examples import tried

LANGUAGES = st.sampled_from(Language)
FAR = Turn("a" * 2_000, ("b" * 300,) * 99)  # a page as far back as one gets
rows = st.lists(
    st.builds(Row, incident_cards, st.none() | st.just("https://x.slack.com/archives/C1/p1")),
    max_size=6,
).map(lambda found: tuple((found * 4)[:20]))
often = tried(60)


def assert_taken(payload: JsonObject, surface: Surface) -> None:
    """Slack would take it, and nobody is woken by what stands in it."""
    assert check_payload(payload, surface) == ()
    for text in marked_texts([payload.get("blocks"), payload.get("attachments")]):
        rest = OURS.sub("", text)
        assert "<" not in rest
        assert ">" not in rest


def assert_message(message: Message) -> None:
    assert_taken(private(message), Surface.MESSAGE)
    assert_taken(public(shared(message, safe("asked"))), Surface.MESSAGE)


@often
@given(alarms, nasty, st.data(), LANGUAGES)
def test_the_mute_form(alarm, reason, data, language) -> None:  # type: ignore[no-untyped-def]
    words = Words.of(language)
    ticked = data.draw(st.sets(st.integers(0, max(len(choices(alarm)) - 1, 0))))
    form = MuteForm(
        alarm,
        frozenset(ticked),
        data.draw(st.sampled_from(Scope)),
        data.draw(st.sampled_from(Length)),
        reason=reason,
    )
    preview = Preview(*data.draw(st.tuples(*[counts] * 6)))
    said = mute_view.preview_text(preview, words)
    ids: dict[str, str | int | None] = {"card": "x" * 36, "alarm": 10**18, "channel": "C" * 20}
    view = mute_view.mute_view(form, words, said=said, now=NOON, ids=ids)
    assert_taken(view, Surface.MODAL)


@often
@given(mutes, nasty, LANGUAGES)
def test_what_is_said_of_a_mute(mute: Mute, text: str, language: Language) -> None:
    words = Words.of(language)
    view = mute_view.edit_view(mute, words, said=safe(text), channel_id="C1")
    assert_taken(view, Surface.MODAL)
    for said in (mute_made(mute, 3, words), mute_extended(mute, words), mute_ended(mute, words)):
        assert_message(Message(text=said))


@often
@given(st.lists(mutes, max_size=10, unique_by=lambda one: one.id), LANGUAGES, st.booleans())
def test_a_list_of_mutes(page: list[Mute], language: Language, ended: bool) -> None:
    held = {one.id: one.id % 3 for one in page}
    assert_message(mutes_message(page, held, Words.of(language), more="mutes 1", ended=ended))


@often
@given(rows, LANGUAGES, st.booleans())
def test_a_list_of_incidents(found: tuple[Row, ...], language: Language, more: bool) -> None:
    words, question = Words.of(language), "search " + "x" * 400
    page = Page(found, safe("title"), question if more else None, question)
    assert_message(lines(page, words, after(99)))
    assert_message(as_table(Page(found[:10], safe("title")), words, after(99)))


@often
@given(incident_cards, st.lists(remarks, max_size=9), st.lists(persons, max_size=20), LANGUAGES)
def test_one_incident_in_full(  # type: ignore[no-untyped-def]
    card: IncidentCard, written, people, language: Language
) -> None:
    done = [Deed("note", person, NOON) for person in people]
    url = "https://x.slack.com/archives/C1/p1"
    message = show_message(card, written, done, url, language, group_id=10**12)
    assert_taken(private(message), Surface.MESSAGE)


@often
@given(rows, st.lists(mutes, max_size=10, unique_by=lambda one: one.id), nasty, LANGUAGES)
def test_the_home(found: tuple[Row, ...], soon: list[Mute], zone: str, language: Language) -> None:
    welcome = Welcome(
        found[:10], 10**6, found[:10], 10**6, tuple(soon), zone, "https://x.example/readyz"
    )
    assert_taken(home_view(welcome, Words.of(language), NOON), Surface.HOME)


@often
@given(st.sampled_from([STORM, GROUP]), rows, nasty, LANGUAGES)
def test_a_storms_modal(kind: str, found: tuple[Row, ...], text: str, language: Language) -> None:
    wrong = safe(text) or None
    page = StormPage(Place(kind, 4), found, 10**6, text[:500], "severity~1~2", wrong, FAR)
    assert_taken(storm_view(page, Words.of(language), after(99)), Surface.MODAL)


@often
@given(nasty, LANGUAGES, st.none() | st.sampled_from(Feedback))
def test_the_small_modals(name: str, language: Language, given: Feedback | None) -> None:
    words, what = Words.of(language), safe(name)
    ids: dict[str, str | int | None] = {"card": "x" * 36, "channel": None}
    for kind in (act_forms.NOTE, act_forms.RESOLVE, act_forms.REOPEN):
        assert_taken(act_forms.text_form(kind, what, words, ids=ids), Surface.MODAL)
    assert_taken(act_forms.assign_form(what, words, ids=ids), Surface.MODAL)
    assert_taken(act_forms.feedback_form(what, given, words, ids=ids), Surface.MODAL)


@pytest.mark.parametrize("language", Language)
def test_the_help(language: Language) -> None:
    words = Words.of(language)
    assert_message(help_message(None, words))
    for verb in Ask:
        assert_message(help_message(verb, words))
