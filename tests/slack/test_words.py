"""The catalogues, and how numbers and times are spoken."""

import re
import string
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rules.card import Language, LinkKind, NoteKind
from bot.rules.notice import NoticeKind
from bot.rules.severity import Severity
from bot.slack.words import Template, Words

EN, ZH = Words.of(Language.ENGLISH), Words.of(Language.CHINESE)
ROOM = Path(__file__).parents[2] / "bot" / "slack"


def forms(template: Template) -> list[str]:
    return list(template.values()) if isinstance(template, Mapping) else [template]


def placeholders(template: Template) -> set[str]:
    parsed = (string.Formatter().parse(form) for form in forms(template))
    return {name for parts in parsed for _, name, _, _ in parts if name}


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(EN) == sorted(ZH)


@pytest.mark.parametrize("key", sorted(EN))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    optional = {"count"} if isinstance(EN.template(key), Mapping) else set[str]()
    assert placeholders(EN.template(key)) | optional == placeholders(ZH.template(key)) | optional


@pytest.mark.parametrize("key", sorted(EN))
@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_no_phrase_holds_markup_or_blank_ends(words: Words, key: str) -> None:
    for form in forms(words.template(key)):
        assert not re.search(r"[<>&*~`]|:\w+:", form)
        assert form == form.strip() or key == "comma"
        assert form


# Rooms that speak of what is typed (names of fields, commands), and of Slack.
TYPED = {
    "alert",
    "trouble",
    "home",
    "doctor",
    "checks",
    "remedies",
    "mute",
    "answers",
    "form",
    "matchers",
    "until",
    "query",
    "command",
    "help",
    "stats",
}


def test_chinese_phrases_are_chinese_and_english_ones_are_not() -> None:
    english = {
        key for key in EN if re.search(r"[\u3000-\u9fff，：]", "".join(forms(EN.template(key))))
    }
    assert not english
    chinese = {key: re.sub(r"{\w+}", "", " ".join(forms(ZH.template(key)))) for key in ZH}
    spoken = {key for key, said in chinese.items() if re.search(r"[a-z]{3,}", said)}
    assert {key.split(".")[0] for key in spoken} <= TYPED


def test_every_phrase_that_the_code_asks_for_is_there() -> None:
    code = "\n".join(path.read_text() for path in ROOM.glob("*.py"))
    asked = set(re.findall(r'"((?:[a-z]+\.)[a-z_]+)"', code))
    sections = {key.split(".")[0] for key in EN}
    assert {key for key in asked if key.split(".")[0] in sections} <= set(EN)


def test_every_member_of_a_closed_set_has_its_word() -> None:
    wanted = {f"severity.{each.value}" for each in Severity}
    wanted |= {f"link.{each.value}" for each in LinkKind}
    wanted |= {f"notice.{each.value}" for each in NoticeKind}
    wanted |= {f"note.{each.value}" for each in NoteKind}
    assert wanted <= set(EN)


def test_values_from_outside_are_made_safe_in_mrkdwn_only() -> None:
    assert EN.mark("note.fired_again", name="<!here>") == "Fired again: &lt;!here&gt;"
    assert EN.say("note.fired_again", name="<!here>") == "Fired again: <!here>"


def test_braces_in_a_value_are_not_placeholders() -> None:
    assert EN.say("note.fired_again", name="{count} {0}") == "Fired again: {count} {0}"


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [(1, "heard once", "共收到 1 次"), (14, "heard 14 times", "共收到 14 次")],
)
def test_counts_choose_the_plural_of_the_language(count: int, english: str, chinese: str) -> None:
    assert EN.say("state.heard", count=count) == english
    assert ZH.say("state.heard", count=count) == chinese


@pytest.mark.parametrize(
    ("number", "english"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th")),
        *((13, "13th"), (21, "21st"), (102, "102nd"), (111, "111th"), (1003, "1003rd")),
    ],
)
def test_ordinals_end_as_the_language_wants(number: int, english: str) -> None:
    assert EN.ordinal(number) == english
    assert ZH.ordinal(number) == f"第 {number} 次"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (-5, "0 s", "0 秒"),
        (45.9, "45 s", "45 秒"),
        (60, "1 min", "1 分钟"),
        (12 * 60 + 59, "12 min", "12 分钟"),
        (3_600, "1 h", "1 小时"),
        (95 * 60, "1 h 35 min", "1 小时 35 分钟"),
        (86_400, "1 d", "1 天"),
        (3 * 86_400 + 4 * 3_600 + 1, "3 d 4 h", "3 天 4 小时"),
    ],
)
def test_durations_name_their_two_largest_units(seconds: float, english: str, chinese: str) -> None:
    assert EN.lasting(timedelta(seconds=seconds)) == english
    assert ZH.lasting(timedelta(seconds=seconds)) == chinese


def test_an_unknown_key_is_a_fault_and_not_an_empty_card() -> None:
    with pytest.raises(KeyError):
        EN.say("card.nonsense")
