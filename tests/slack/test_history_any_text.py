"""The History modal and statistics, whatever alarms are called and whatever they measure."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local_slack.validate import check_blocks, check_view
from bot.rules.card import Language
from bot.rules.history import Counts, History, Names, Past, Period, Point, Series, Span
from bot.rules.stats import MOST_NAMED, Bucket, Flapping, Noisy, Stats, Took
from bot.slack.chart_png import spec
from bot.slack.check import Surface, check_payload
from bot.slack.history_message import history_message
from bot.slack.history_view import history_view
from bot.slack.message import JsonObject, Message
from bot.slack.stats_message import stats_message
from tests.slack.faces import CARD_ID, NOON
from tests.slack.strategies import alarms, maybe, nasty, persons, severities, thresholds
from tests.slack.test_any_text import OURS, assert_harmless, marked_texts
from tests.support.examples import tried

both = pytest.mark.parametrize("language", list(Language))
zones = st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", "no/such zone", ""])
numbers = st.floats(allow_nan=False, allow_infinity=True)
within = st.floats(-0.1, 1.1).map(lambda share: NOON + timedelta(days=7) * share)
counts = st.integers(0, 10**9)
waits = st.none() | st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds))
series = st.builds(
    Series,
    st.integers(1, 9),
    nasty,
    st.lists(st.builds(Point, within, numbers), min_size=1, max_size=20).map(
        lambda points: tuple(sorted(points, key=lambda point: point.at))
    ),
)
pasts = st.builds(
    Past,
    number=st.integers(1, 10**12),
    instance=nasty,
    opened_at=within,
    ended_at=st.none() | within,
    severity=severities,
    worst=maybe,
    by=st.none() | persons,
    after=waits,
    remarks=st.integers(0, 500),
    remark=maybe,
)
histories = st.builds(
    History,
    alarm=alarms,
    span=st.sampled_from(Span),
    whole_rule=st.booleans(),
    since=st.just(NOON),
    until=st.just(NOON + timedelta(days=7)),
    series=st.lists(series, max_size=5).map(tuple),
    periods=st.lists(st.builds(Period, within, st.none() | within, severities), max_size=9).map(
        tuple
    ),
    threshold=st.none() | thresholds,
    counts=st.builds(Counts, counts, counts, counts),
    past=st.lists(pasts, max_size=8, unique_by=lambda past: past.number).map(tuple),
    before_id=st.none() | st.integers(1, 10**12),
    next_cursor=st.none() | st.integers(1, 10**12),
    names=st.builds(Names, maybe, maybe, maybe, maybe),
)
tooks = st.builds(Took, counts, waits, waits)
noisy = st.lists(st.builds(Noisy, nasty, counts, counts), max_size=MOST_NAMED).map(tuple)
buckets = st.integers(1, 21).flatmap(
    lambda number: st.tuples(
        *(
            st.builds(Bucket, st.just(NOON + timedelta(hours=n)), counts, counts, counts)
            for n in range(number)
        )
    )
)
all_stats = st.builds(
    Stats,
    since=st.just(NOON),
    until=st.just(NOON + timedelta(days=7)),
    callbacks=counts,
    incidents=st.integers(1, 10**9),
    events=counts,
    firing=counts,
    severities=st.lists(st.tuples(severities, counts), max_size=4).map(tuple),
    acknowledged=tooks,
    recovered=tooks,
    never_acknowledged=counts,
    rules=noisy,
    instances=noisy,
    flapping=st.lists(st.builds(Flapping, counts, nasty, nasty, counts), max_size=5).map(tuple),
    step=st.sampled_from([timedelta(minutes=5), timedelta(days=30)]),
    buckets=buckets,
)


def assert_view_is_harmless(view: JsonObject) -> None:
    assert check_payload(view, Surface.MODAL) == ()
    assert check_view(view, "modal") == []
    for text in marked_texts(view["blocks"]):
        rest = OURS.sub("", text)
        assert "<" not in rest
        assert ">" not in rest


def assert_message_is_harmless(message: Message) -> None:
    assert_harmless(message)
    assert check_blocks(list(message.blocks), "message", "") == []


@both
@given(history=histories, tz=zones, picture=st.none() | st.just("F0PICTURE1"))
@tried(120)
def test_any_history_fits_its_modal(
    history: History, tz: str, picture: str | None, language: Language
) -> None:
    assert_view_is_harmless(
        history_view(
            history,
            language=language,
            tz=tz,
            card_id=CARD_ID,
            picture=picture,
            trail=range(10**9, 10**9 + 100),
        )
    )


@both
@given(history=histories, tz=zones, picture=st.booleans())
@tried(120)
def test_any_history_fits_a_message(
    history: History, tz: str, picture: bool, language: Language
) -> None:
    made = history_message(history, language=language, tz=tz, picture=picture)
    assert_message_is_harmless(made)


@both
@given(stats=all_stats, tz=zones, picture=st.booleans())
@tried(120)
def test_any_statistics_fit_a_message(
    stats: Stats, tz: str, picture: bool, language: Language
) -> None:
    assert_message_is_harmless(stats_message(stats, language=language, tz=tz, picture=picture))


@given(history=histories)
@tried(50)
def test_no_word_of_a_sender_stands_in_a_drawn_picture(history: History) -> None:
    named = spec(history, ZoneInfo("UTC"))
    (words,) = [
        [row["line"] for row in layer["data"]["values"]]
        for layer in named["layer"][-1:]  # type: ignore[index, union-attr]
    ]
    assert set(words) <= set("ABCDE")
