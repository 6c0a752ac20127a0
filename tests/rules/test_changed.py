"""A changed copy is what `dataclasses.replace` makes."""

from dataclasses import dataclass, replace

import pytest

from bot.rules.changed import changed


@dataclass(frozen=True)
class Card:
    name: str
    count: int = 0
    tags: tuple[str, ...] = ()


def test_a_changed_copy_is_the_one_that_the_library_makes() -> None:
    one = Card("cpu", 3, ("a",))
    assert changed(one, count=4, tags=()) == replace(one, count=4, tags=())
    assert changed(one) == one
    assert one == Card("cpu", 3, ("a",))


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="Card has no counts"):
        changed(Card("cpu"), counts=1)
