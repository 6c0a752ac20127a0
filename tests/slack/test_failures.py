"""The one failure table."""

import json
from pathlib import Path

import pytest

from bot.rules.card import Language
from bot.slack import failures
from bot.slack.failures import REMEDIES, Call, Remedy, SlackFailure, remedy_of, remedy_text

ERRORS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "slack-errors" / "errors.json").read_text()
)
STOPPING = [word for word, remedy in REMEDIES.items() if remedy.value.startswith("stop")]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_every_documented_error_of_a_send_has_an_entry(method: str) -> None:
    assert set(ERRORS[method]) <= set(REMEDIES)


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("ratelimited", Remedy.WAIT),
        ("service_unavailable", Remedy.TRY_AGAIN),
        ("fatal_error", Remedy.RECONCILE),
        ("message_not_found", Remedy.POST_ANEW),
        ("invalid_blocks", Remedy.SEND_PLAINLY),
        ("cannot_reply_to_message", Remedy.UNTHREAD),
        ("restricted_action_thread_locked", Remedy.UNTHREAD),
        ("is_archived", Remedy.STOP_CHANNEL),
        ("is_inactive", Remedy.STOP_CHANNEL),
        ("channel_not_found", Remedy.STOP_CHANNEL),
        ("token_revoked", Remedy.STOP_ALL),
        ("missing_scope", Remedy.STOP_ALL),
        ("a_word_of_next_year", Remedy.TRY_AGAIN),
    ],
)
def test_error_word_of_a_post_has_its_remedy(word: str, remedy: Remedy) -> None:
    assert remedy_of(word, Call.POST) is remedy


@pytest.mark.parametrize("call", [Call.EDIT, Call.READ, Call.WHISPER])
def test_only_a_post_has_to_look_before_it_says_it_again(call: Call) -> None:
    assert remedy_of("internal_error", call) is Remedy.TRY_AGAIN


@pytest.mark.parametrize("word", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_who_cannot_look_for_a_card_posts_it_again(word: str) -> None:
    assert remedy_of(word, Call.READ) is Remedy.POST_ANEW


def test_a_dead_token_stops_reading_as_well() -> None:
    assert remedy_of("token_revoked", Call.READ) is Remedy.STOP_ALL


def test_no_error_word_stands_in_the_table_twice() -> None:
    words = [word for words in failures._WORDS.values() for word in words.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("word", STOPPING)
def test_what_stops_anything_says_how_to_mend_it(word: str, language: Language) -> None:
    assert remedy_text(word, language) != remedy_text("unheard_of", language)[:-1]
    assert word not in remedy_text(word, language)


@pytest.mark.parametrize("language", list(Language))
def test_a_slack_out_of_reach_says_which_setting_leads_there(language: Language) -> None:
    assert "SLACK_API_URL" in remedy_text("no_connection", language)


def test_a_missing_scope_is_called_by_its_name() -> None:
    told = remedy_text("missing_scope", Language.ENGLISH, needed="channels:history")
    assert "channels:history" in told


def test_an_unknown_word_is_shown_as_slack_said_it() -> None:
    assert remedy_text("odd_word", Language.ENGLISH) == "Slack answered odd_word"


def test_a_failure_names_its_word_and_remedy_in_its_text() -> None:
    failure = SlackFailure("ratelimited", Remedy.WAIT, retry_after=3.0)
    assert str(failure) == "Slack: ratelimited; wait"
    assert (failure.word, failure.remedy, failure.retry_after) == ("ratelimited", Remedy.WAIT, 3.0)
    assert (failure.needed, failure.detail) == (None, ())
