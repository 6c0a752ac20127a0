"""The pages of a storm's modal: on and back again, and what of the way a view can carry."""

import json

from bot.slack.filled import Filled, Seen
from bot.slack.storm_view import Turn, turn_of

LONG = "severity~" + "x" * 500  # as the place of a page far back


def remembered(turn: Turn) -> Turn:
    """What is left of it after a view has carried it."""
    ids = json.loads(json.dumps({name: text for name, text in turn.ids().items() if text}))
    return turn_of(Seen("V1", "h", "storm_view", ids, Filled({})))


def test_the_way_back_is_the_way_there() -> None:
    turn = Turn()
    for place in ("one", "two", "three"):
        turn = remembered(turn.on(place))
    seen = [turn.at]
    for _ in range(3):
        turn = remembered(turn.back())
        seen.append(turn.at)
    assert seen == ["three", "two", "one", None]
    assert turn == Turn()


def test_a_way_too_long_for_slack_forgets_its_beginning() -> None:
    turn = Turn()
    for number in range(20):
        turn = remembered(turn.on(f"{LONG}{number:02d}"))
        assert len(json.dumps(turn.ids())) < 2_900
    steps = 0
    while turn.at is not None:
        turn = remembered(turn.back())
        steps += 1
    assert steps == 5  # four pages that were remembered, and then the first


def test_a_press_that_names_no_place_leads_to_the_first_page() -> None:
    assert Turn("one", ("0",)).on("") == Turn()
