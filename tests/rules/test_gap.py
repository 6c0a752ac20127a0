"""Which silence is a gap that people must hear of."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.gap import Gap, longest_gap, may_be_gap

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "silent", "is_gap"),
    [
        (None, None, False),  # the first start ever
        (3, None, False),  # a restart within the sender's tries
        (20, None, False),
        (21, None, True),
        (420, None, True),
        (420, 420, True),  # frozen, or the database was away
        (420, 5, False),  # the wall clock jumped ahead
        (5, 420, False),  # another replica was there
        (-3600, None, False),  # the wall clock was set back
    ],
)
def test_a_gap_is_longer_than_the_sender_tries(
    last: int | None, silent: int | None, is_gap: bool
) -> None:
    before = None if last is None else NOON - timedelta(seconds=last)
    quiet = None if silent is None else timedelta(seconds=silent)
    assert may_be_gap(before, NOON, silent=quiet) is is_gap


@pytest.mark.parametrize(
    ("last", "accepted", "gap"),
    [
        (420, [], (420, 0)),
        (420, [400, 1], (400, 1)),  # taken just before the first beat: the gap is none the less
        (45, [30, 15], None),  # killed again and again, and in between it took what came
        (30, [500, -5], (30, 0)),
    ],
)
def test_what_was_accepted_proves_as_much_as_a_beat(
    last: int, accepted: list[int], gap: tuple[int, int] | None
) -> None:
    def ago(seconds: int) -> datetime:
        return NOON - timedelta(seconds=seconds)

    found = longest_gap(ago(last), [ago(one) for one in accepted], NOON)
    assert found == (Gap(ago(gap[0]), ago(gap[1])) if gap else None)
