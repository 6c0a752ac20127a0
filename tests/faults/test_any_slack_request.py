"""Five thousand requests that Slack would never send: 200, 400 or 401, and never a fault."""

from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories.test_slack_door import BODIES, SECRET, TIMESTAMPS, as_header, press
from tests.support.examples import tried
from tests.support.open_town import OpenTown, open_town
from tests.support.signed import signed

HALF = tried(2_500)
TYPES = st.sampled_from(
    ["application/x-www-form-urlencoded", "application/json", "text/plain", "", "multipart/x"]
)

pytestmark = [
    pytest.mark.fault("F29"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def door(shared_sqlite_url: str) -> Generator[OpenTown]:
    """One bot for all of them."""
    with open_town(shared_sqlite_url) as made:
        yield made


@HALF
@given(BODIES, TYPES)
def test_any_signed_body(door: OpenTown, body: bytes, type_: str) -> None:
    answer = press(door, body, signed(SECRET, body, **{"Content-Type": type_}))
    assert answer.status in (200, 400)


@HALF
@given(BODIES, TIMESTAMPS, st.text(max_size=70), TYPES)
def test_any_headers(
    door: OpenTown, body: bytes, timestamp: str, signature: str, type_: str
) -> None:
    headers = {
        "X-Slack-Request-Timestamp": as_header(timestamp),
        "X-Slack-Signature": as_header(signature),
        "Content-Type": type_,
    }
    assert press(door, body, headers).status == 401
