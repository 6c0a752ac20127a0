"""Pictures of characters, and Slack's own: what one sees in them."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rules.card import Language
from bot.rules.history import History, Period, Point, Series, Span
from bot.slack.chart import history_chart, stats_chart
from bot.slack.plot import bars, columns, drawing, plot
from bot.slack.stats_message import stats_message
from bot.slack.words import Words
from tests.slack.faces import NOON
from tests.support.pasts import EMPTY, LOW, NO_STATS, RULE, SINCE, STATS, WEEK

ENGLISH = Words.of(Language.ENGLISH)
CHINA = ZoneInfo("Asia/Shanghai")


def drawn(history: History, words: Words = ENGLISH) -> list[str]:
    made = drawing(history, words, CHINA)
    assert made is not None
    return made.split("\n")


def told(*values: float, threshold: object = WEEK.threshold) -> History:
    """A history of values at even distances."""
    step = WEEK.span.length / len(values)
    points = tuple(Point(SINCE + step * (n + 0.5), value) for n, value in enumerate(values))
    return replace(WEEK, series=(Series(1, "i", points),), threshold=threshold, periods=())


def test_the_picture_of_a_week() -> None:
    assert drawn(WEEK) == [
        "97.5 %        █             █",
        "≥ 85 % ┄┄┄┄┄┄┄█┄┄┄┄┄┄┄┄┄┄┄┄┄█┄┄┄┄┄┄┄┄",
        "              █             █",
        "       ▆▇▅  ▂▇█▃  ▅▇▆  ▁▇▇▄ █▄▇▇▃  ▆▇",
        "46.3 % ███▇▄████▅▆████▄████▇█████▅███",
        "firing        ━             ━",
        "       04-27 12:02        05-04 12:02",
    ]


def test_where_low_is_bad_a_column_shows_the_lowest() -> None:
    history = replace(LOW, series=(Series(1, "d", (Point(NOON, 30.0), Point(NOON, 4.0))),))
    assert columns(history)[-1] == 4.0
    assert columns(replace(history, threshold=WEEK.threshold))[-1] == 30.0


def test_nothing_heard_leaves_a_gap_and_not_a_zero() -> None:
    assert drawn(told(90.0, 10.0))[4][7:].strip("┄ ").count("█") == 1
    assert columns(told(90.0))[:15] == [None] * 15


def test_the_lines_are_as_wide_for_wide_characters() -> None:
    lines = drawn(WEEK, Words.of(Language.CHINESE))
    assert lines[5].startswith("报警中        ━")  # three characters, six columns


def test_a_limit_above_all_values_stands_in_the_top_line() -> None:
    assert drawn(told(10.0, 20.0))[0].startswith("≥ 85 % ┄")


def test_values_that_never_change_have_a_picture_too() -> None:
    assert drawn(told(5.0, 5.0, threshold=None))[0].count("█") == 2


@pytest.mark.parametrize("extreme", [1.7e308, -1.7e308, 5e-324, 0.0])
def test_the_largest_and_smallest_numbers_do_not_break_it(extreme: float) -> None:
    assert drawn(told(extreme, -extreme, 1.0))


def test_a_sign_of_the_limit_that_is_markup_is_escaped() -> None:
    threshold = replace(LOW.threshold, comparison="<")  # type: ignore[type-var]
    made = plot(replace(LOW, threshold=threshold), ENGLISH, CHINA)
    assert made is not None
    assert "&lt; 10 GiB" in made


def test_a_unit_cannot_end_the_block() -> None:
    names = replace(WEEK.names, highest="9```", limit="8`")
    made = plot(replace(WEEK, names=names), ENGLISH, CHINA)
    assert made is not None
    assert made.count("`") == 6


def test_what_goes_on_fires_to_the_end() -> None:
    goes_on = replace(WEEK, periods=(Period(SINCE - timedelta(days=9), None, None),))
    assert drawn(goes_on)[5].count("━") == 30


def test_no_values_make_no_picture() -> None:
    assert plot(EMPTY, ENGLISH, CHINA) is None
    assert history_chart(EMPTY, ENGLISH, CHINA, block_id="p") is None
    assert stats_chart(NO_STATS, ENGLISH, CHINA, block_id="p") is None


def test_bars_are_as_high_as_their_numbers() -> None:
    assert bars([0, 1, 50, 100]) == "·▁▄█"
    assert bars([]) == ""


def test_slacks_picture_has_the_values_and_the_limit() -> None:
    made = history_chart(WEEK, ENGLISH, CHINA, block_id="p")
    assert made is not None
    values, limit = made["chart"]["series"]  # type: ignore[index, call-overload, misc]
    assert (values["name"], limit["name"]) == ("CPU usage", "Limit")
    assert max(one["value"] for one in values["data"]) == 97.5
    assert {one["value"] for one in limit["data"]} == {85.0}


def test_bars_of_statistics_have_a_line_for_each_severity_there_is() -> None:
    made = stats_chart(STATS, ENGLISH, CHINA, block_id="p")
    assert made is not None
    series = made["chart"]["series"]  # type: ignore[index, call-overload]
    assert [one["name"] for one in series] == ["CRITICAL", "WARN", "INFO"]
    mild = replace(STATS, buckets=tuple(replace(one, critical=0) for one in STATS.buckets))
    series = stats_chart(mild, ENGLISH, CHINA, block_id="p")["chart"]["series"]  # type: ignore[index, call-overload]
    assert [one["name"] for one in series] == ["WARN", "INFO"]


def test_each_piece_of_time_has_its_own_label_when_clocks_are_set_back() -> None:
    zone = ZoneInfo("America/New_York")
    night = NOON.replace(year=2026, month=11, day=1, hour=4, minute=0)
    shown = tuple(replace(STATS.buckets[1], start=night + timedelta(hours=n)) for n in range(6))
    made = stats_chart(
        replace(STATS, buckets=shown, step=timedelta(hours=1)), ENGLISH, zone, block_id="p"
    )
    labels = made["chart"]["axis_config"]["categories"]  # type: ignore[index, call-overload]
    assert len(set(labels)) == 6


def test_statistics_say_what_counts() -> None:
    made = stats_message(STATS, language=Language.ENGLISH, tz="Asia/Shanghai")
    told = str(made.blocks)
    for said in (
        "87 incidents",
        "median 4 min, mean 6 min",
        "20 % (17)",
        "web-prod-01: 9 changes",
        "🔴 CRITICAL 12",
    ):
        assert said in told
    assert "5 firing now" in made.text


def test_without_slacks_picture_statistics_have_bars_of_characters() -> None:
    made = stats_message(STATS, language=Language.ENGLISH, tz="UTC", picture=False)
    assert "data_visualization" not in [one["type"] for one in made.blocks]
    assert "1 d per bar" in str(made.blocks)


def test_a_quiet_time_is_said_to_be_quiet() -> None:
    made = stats_message(NO_STATS, language=Language.ENGLISH, tz="UTC")
    assert "Nothing fired in this time" in str(made.blocks)
    assert "none yet" in str(made.blocks)


def test_the_whole_rule_is_one_picture_of_the_worst() -> None:
    assert max(filter(None, columns(RULE))) == 97.5
    assert Span.WEEK is RULE.span
