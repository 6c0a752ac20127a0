"""Which silence is a gap that people must hear of."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.gap import Gap, gap_between

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
    found = gap_between(before, NOON, silent=quiet)
    assert found == (Gap(before, NOON) if is_gap and before else None)
