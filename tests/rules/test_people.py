"""Who somebody is: a Slack user's id or mention, and nothing else that looks like a name."""

import pytest

from bot.rules.command import person
from bot.rules.people import user_in


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("U012AB3CD", "U012AB3CD"),
        ("W012AB3CDEF", "W012AB3CDEF"),
        (" <@U012AB3CD> ", "U012AB3CD"),
        ("<@U012AB3CD|li wei>", "U012AB3CD"),
        ("<@U012AB3CD|>", "U012AB3CD"),
    ],
)
def test_an_id_and_a_mention_are_the_user(text: str, user: str) -> None:
    assert user_in(text) == user


@pytest.mark.parametrize(
    "text",
    [
        *("", "li", "@li", "WANG", "USER", "u012ab3cd", "U012ab3cd", "C012AB3CD", "B012AB3CD"),
        *("<@C012AB3CD>", "<@U012AB3CD", "U012AB3CD>", "<!channel>", "<!subteam^S012AB3CD>"),
        *("U012AB3CD U012AB3CE", "<@U012AB3CD><@U012AB3CE>", "U012AB3CD\x00", "U" * 99, "0x"),
    ],
)
def test_anything_else_is_nobody(text: str) -> None:
    assert user_in(text) is None


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("<@U012AB3CD|li wei> it is yours", ("U012AB3CD", "it is yours")),
        ("U012AB3CD it is yours", ("U012AB3CD", "it is yours")),
        ("li <@U012AB3CD>", (None, "li <@U012AB3CD>")),
        ("", (None, "")),
    ],
)
def test_a_command_names_the_person_first(rest: str, found: tuple[str | None, str]) -> None:
    assert person(rest) == found
