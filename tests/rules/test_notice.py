"""Notices: a broken sender that calls every second makes one card a minute, with the count."""

import pytest

from bot.rules.notice import Notice, NoticeKind
from tests.support.values import NOON, second

UNREADABLE = NoticeKind.UNREADABLE
NOTICE = Notice(1, UNREADABLE, opened_at=NOON, last_at=NOON, callback_id="a", reason="no JSON")


@pytest.mark.parametrize(
    ("kind", "seconds", "joins"),
    [
        (UNREADABLE, 0, True),
        (UNREADABLE, 59.999, True),
        (UNREADABLE, 60, False),
        (NoticeKind.FAILED, 1, False),
        (UNREADABLE, -5, True),  # two replicas whose clocks differ
    ],
)
def test_like_callbacks_join_within_a_minute(kind: NoticeKind, seconds: float, joins: bool) -> None:
    assert NOTICE.takes(kind, second(seconds)) is joins


def test_a_steady_stream_does_not_stretch_the_minute() -> None:
    joined = NOTICE.joined("b", second(50), None)
    assert not joined.takes(UNREADABLE, second(61))


def test_one_that_joins_is_counted_and_shown() -> None:
    joined = NOTICE.joined("b", second(3), "no fields")
    assert (joined.count, joined.callback_id, joined.reason) == (2, "b", "no fields")


def test_one_that_joins_leaves_the_beginning() -> None:
    joined = NOTICE.joined("b", second(3), None)
    assert (joined.id, joined.opened_at, joined.last_at) == (1, NOON, second(3))
