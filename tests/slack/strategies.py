"""Text as nasty as a sender, or a person who names an alarm, could make it."""

from dataclasses import fields, replace
from datetime import timedelta
from itertools import count

from hypothesis import strategies as st

from bot.rules.alarm import Alarm
from bot.rules.card import (
    CardFace,
    GroupCard,
    IncidentCard,
    Labels,
    Link,
    LinkKind,
    MuteCard,
    NamedGroup,
    Note,
    NoteKind,
    NoticeCard,
    StormCard,
)
from bot.rules.dependency import Family, Relative
from bot.rules.flapping import Flap
from bot.rules.grouping import AlarmGroup, Tally
from bot.rules.incident import (
    Acknowledgement,
    Closing,
    Feedback,
    Incident,
    Memory,
    Person,
    Remark,
    Sort,
    State,
)
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import Ending, EndReason, Hidden, Mute
from bot.rules.notice import Notice, NoticeKind
from bot.rules.record import Expression, Threshold
from bot.rules.severity import Severity
from bot.rules.storm import Count, Group, Overview, Storm
from tests.slack.faces import CARD_ID, NOON, after

PIECES = [
    *("<!channel>", "<!here|x>", "<@U024BE7LH>", "<#C024BE7LR>", "<https://evil.example|x>"),
    *("@here", "@channel", "#general", "http://evil.example", "&lt;!channel&gt;", "&", "<", ">"),
    *("*", "_", "~", "`", "```", "> ", "a_b", ":fire:", ":100:", "10:30:45", "|", "^", "{ago}"),
    *("\n", "\r\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200b", "\u2028", "\ufeff", "\ud800"),
    *(
        "e\u0301",
        "👩‍👩‍👧",
        "🇨🇳",
        "👍🏽",
        "支付集群",
        "磁盘 使用率",
        "web-prod-01",
        "%",
        "{name}",
        "%s",
    ),
    *("x" * 300, "中" * 200, "😀" * 160, "&" * 400, "`" * 300),
]
nasty = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=12).map("".join)
maybe = st.none() | nasty
severities = st.none() | st.sampled_from(Severity)
moments = st.integers(0, 100_000).map(after)
urls = nasty.map("https://".__add__) | nasty
links = st.lists(st.builds(Link, st.sampled_from(LinkKind), urls), max_size=3).map(tuple)
persons = st.builds(Person, st.just("U024BE7LH") | nasty, nasty)
labels = st.builds(Labels, **{each.name: maybe for each in fields(Labels)})
alarms = st.builds(
    Alarm,
    id=st.just(1),
    key=st.just("k"),
    name=nasty,
    account=maybe,
    project=maybe,
    metric=maybe,
    metric_label=maybe,
    dimensions=st.dictionaries(nasty | st.just("instanceId"), nasty, max_size=8),
    instance_name=maybe,
    region_id=maybe,
    region_name=maybe,
    group_name=maybe,
)
thresholds = st.builds(
    Threshold,
    st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
    st.floats(allow_nan=False),
    st.none(),
    st.none() | st.integers(0, 99),
)
remarks = st.builds(Remark, persons, moments, nasty)
late = st.none() | st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))
incidents = st.builds(
    Incident,
    id=st.just(7),
    alarm_id=st.just(1),
    sort=st.sampled_from(Sort),
    state=st.sampled_from(State),
    severity=severities,
    worst_severity=severities,
    opened_at=moments,
    fired_at=moments,
    heard_at=moments,
    received_at=moments,
    recovered_at=st.none() | moments,
    callbacks=st.integers(1, 10_000),
    firings=st.integers(1, 10_000),
    threshold=st.none() | thresholds,
    expressions=st.lists(st.builds(Expression, nasty), max_size=3).map(tuple),
    acknowledged=st.none() | st.builds(Acknowledgement, persons, moments),
    closed=st.none() | st.builds(Closing, persons, moments, nasty),
    feedback=st.none() | st.sampled_from(Feedback),
    remarks=st.integers(0, 1_000),
    remark=st.none() | st.builds(Remark, persons, moments, nasty),
    memory=st.none() | st.builds(Memory, st.integers(1, 999), st.just(7), persons, late, maybe),
    flap=st.none() | st.builds(Flap, st.just(()), moments, st.integers(2, 10**6), moments),
    event_status=maybe,
    content=st.lists(st.tuples(nasty, nasty), max_size=10).map(tuple),
)
matchers = st.builds(Matcher, nasty, st.sampled_from(Operator), nasty)
mutes = st.builds(
    Mute,
    id=st.integers(1, 10**9),
    matchers=st.lists(matchers, max_size=30).map(tuple),
    reason=nasty,
    created_by=persons,
    created_at=moments,
    starts_at=moments,
    ends_at=moments,
    until_recovered=st.booleans(),
    ended=st.none() | st.builds(Ending, moments, st.sampled_from(EndReason), st.none() | persons),
    hidden=st.none() | st.builds(Hidden, *[st.integers(0, 10**6)] * 3),
)
relatives = st.builds(Relative, st.integers(1, 10**12), nasty)
incident_cards = st.builds(
    IncidentCard,
    st.just(CARD_ID),
    incidents,
    alarms,
    labels,
    links,
    late,
    st.none() | mutes,
    family=st.builds(
        Family,
        st.none() | relatives,
        st.lists(relatives, max_size=5).map(tuple),
        st.integers(1, 10**6),
    ),
)
counts = st.integers(0, 10**6)
groups = st.builds(
    Group, nasty, maybe, maybe, st.integers(1, 10**9), counts, counts, counts, counts, counts
)
storm_cards = st.builds(
    StormCard,
    st.just(CARD_ID),
    st.builds(Storm, st.just(4), st.just(1), moments, st.none() | moments),
    st.builds(
        Overview,
        st.lists(groups, max_size=20).map(tuple),
        st.builds(Count, counts, counts, counts),
    ),
    st.lists(st.builds(NamedGroup, groups, maybe, maybe), max_size=10).map(tuple),
    st.lists(st.tuples(nasty, counts), max_size=5).map(tuple),
    st.lists(st.tuples(nasty, counts), max_size=5).map(tuple),
)
tallies = st.builds(Tally, *[counts] * 9)
group_cards = st.builds(
    GroupCard,
    st.just(CARD_ID),
    st.builds(
        AlarmGroup,
        *(st.just(one) for one in (4, 1, "k", (), timedelta(30), timedelta(300), NOON, None)),
        ended_at=st.none() | moments,
        members=counts,
        lasted=late.map(lambda one: one or timedelta()),
    ),
    st.lists(st.tuples(st.sampled_from(["rule", "severity", "x"]), nasty), max_size=9).map(tuple),
    tallies,
    st.lists(incident_cards, max_size=10).map(tuple),
    st.lists(
        st.builds(NamedGroup, groups, maybe, maybe),
        max_size=10,
        unique_by=lambda one: one.group.alarm_id,
    ).map(tuple),
    late,
)
notices = st.builds(
    Notice,
    st.just(1),
    st.sampled_from(NoticeKind),
    moments,
    moments,
    nasty,
    st.integers(1, 10_000),
    maybe,
    maybe,
)
faces: st.SearchStrategy[CardFace] = (
    incident_cards
    | st.builds(NoticeCard, st.just(CARD_ID), notices, late)
    | st.builds(MuteCard, st.just(CARD_ID), mutes, maybe)
    | storm_cards
    | group_cards
)
notes = st.builds(
    Note,
    key=st.just("7/2/x"),
    kind=st.sampled_from(NoteKind),
    at=moments,
    before=severities,
    after=severities,
    times=st.none() | st.integers(1, 1000),
    since=st.none() | st.just(NOON),
    lasted=late,
    text=maybe,
    names=st.lists(nasty, max_size=5).map(tuple),
)


def named_everywhere(card: IncidentCard, text: str) -> IncidentCard:
    """The card with this text in every outside field at once, each a little different."""
    numbers = count()

    def named() -> str:
        return f"{next(numbers)}{text}"

    alarm = replace(
        card.alarm,
        name=text,
        account=named(),
        project=named(),
        group_name=named(),
        dimensions={named(): named() for _ in range(8)} | {"instanceId": named()},
    )
    incident = replace(
        card.incident,
        event_status=named(),
        expressions=(Expression(text),),
        content=tuple((named(), named()) for _ in range(10)),
        acknowledged=Acknowledgement(Person(text, text), NOON),
        remark=Remark(Person(text, text), NOON, text),
        memory=Memory(3, 7, Person(text, text), timedelta(minutes=4), text),
    )
    return replace(
        card,
        alarm=alarm,
        incident=incident,
        labels=Labels(**{each.name: named() for each in fields(Labels)}),
        links=tuple(Link(kind, "https://a.example/" + "&" * 96) for kind in LinkKind),
    )
