"""Every refusal of a search has its sentence, and the sentence needs no more than it is given."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.rules
from bot.rules.card import Language
from bot.rules.query import alarm_terms, parse
from bot.rules.query_place import place_of
from bot.rules.query_terms import Order, QueryRefused
from bot.slack.words import Words
from tests.support.values import NOON

SEARCHES = [
    "severty:x", "frobnicate:x", "severity:", "metric:" + "a," * 60 + "b", "severity:x", "id:x",
    "value:x", "duration:x", "since:x", "since:1d,2d", "value:9..1", "sort:x", "severity=warn",
    "severity:>=info,warn", '"', "a OR b", "not", "a " * 60, "a" * 3_000, "acked:me", "cursor",
    "alarms state:open",
]  # fmt: skip


def asked(text: str) -> object:
    if text == "cursor":
        return place_of(text, Order.WORST)
    return alarm_terms(parse(text.removeprefix("alarms "), now=NOON, dimensions=()))


def refusal(text: str) -> QueryRefused:
    with pytest.raises(QueryRefused) as caught:
        asked(text)
    return caught.value


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", SEARCHES, ids=[text[:20] for text in SEARCHES])
def test_a_refused_search_is_answered_in_a_sentence(language: Language, text: str) -> None:
    refused = refusal(text)
    told = Words.of(language).say(refused.key, **refused.values)
    assert told
    assert len(told) < 300


def raised(files: str) -> set[str]:
    """The keys of the refusals that such files of the rules raise."""
    return {
        f"query.refused.{key}"
        for file in Path(bot.rules.__path__[0]).glob(files)
        for key in re.findall(r'QueryRefused\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }


def test_every_refusal_that_the_rules_know_is_among_them() -> None:
    assert {refusal(text).key for text in SEARCHES} == raised("query*.py")
    known = {key for key in Words.of(Language.ENGLISH) if key.startswith("query.refused.")}
    assert known == raised("*.py")


@given(st.text())
def test_whatever_is_typed_is_told_safely(text: str) -> None:
    refused = QueryRefused("choice", field=text, text=text, near=text, choices=text)
    told = Words.of(Language.ENGLISH).mark(refused.key, **refused.values)
    assert "<" not in told
