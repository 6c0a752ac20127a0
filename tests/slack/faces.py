"""Card faces that the tests of this room share: one alarm at many moments of its life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.rules.alarm import Alarm
from bot.rules.card import (
    CardFace,
    GroupCard,
    IncidentCard,
    Labels,
    Language,
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

CARD_ID = "0196a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
NOON = datetime(2026, 5, 4, 4, 2, tzinfo=UTC)
ANN = Person("U024BE7LH", "ann")

ALARM = Alarm(
    id=1,
    key="k",
    name="支付集群 CPU 过高",
    account="1234567890123456",
    rule_id="alarmRule_5c6f",
    project="acs_ecs",
    metric="cpu_total",
    metric_label="CPU使用率",
    unit="%",
    dimensions={"userId": "1234567890123456", "instanceId": "i-bp1a2b3c4d5e6f7g8h9i"},
    instance_name="web-prod-01/10.0.12.7",
    region_id="cn-hangzhou",
    region_name="华东1（杭州）",
    group_name="支付",
)
INCIDENT = Incident(
    id=7,
    alarm_id=1,
    sort=Sort.ALARM,
    state=State.FIRING,
    severity=Severity.CRITICAL,
    worst_severity=Severity.CRITICAL,
    opened_at=NOON,
    fired_at=NOON,
    heard_at=NOON,
    received_at=NOON,
    first_value=97.5,
    last_value=97.5,
    worst_value=97.5,
    threshold=Threshold(">=", 85, statistic="Average", times=3),
)
LABELS = Labels(
    metric="CPU usage",
    product="ECS",
    instance="web-prod-01",
    region="China (Hangzhou)",
    first_value="97.5 %",
    last_value="97.5 %",
    worst_value="97.5 %",
    limit="85 %",
)
LINKS = (
    Link(
        LinkKind.HISTORY, "https://cloudmonitor.console.example/alarms/history?rule=alarmRule_5c6f"
    ),
    Link(LinkKind.RULE, "https://cloudmonitor.console.example/alarms/rule/alarmRule_5c6f"),
    Link(
        LinkKind.INSTANCE,
        "https://ecs.console.example/server/i-bp1a2b3c4d5e6f7g8h9i?region=cn-hangzhou&tab=1",
    ),
)
FIRING = IncidentCard(CARD_ID, INCIDENT, ALARM, LABELS, LINKS)


def spoken(face: CardFace, language: Language) -> CardFace:
    """The face with labels in the card's language, as the bot would make them."""
    if not isinstance(face, IncidentCard) or language is Language.ENGLISH:
        return face
    chinese = {"CPU usage": "CPU 使用率", "Disk usage": "磁盘使用率"}
    metric, region = face.labels.metric, face.labels.region
    return labelled(
        face,
        metric=chinese.get(metric or "", metric),
        region="华东1（杭州）" if region else None,
    )


def after(minutes: float) -> datetime:
    """So many minutes after the incident opened."""
    return NOON + timedelta(minutes=minutes)


def changed(card: IncidentCard = FIRING, **changes: object) -> IncidentCard:
    """The card with another incident."""
    return replace(card, incident=replace(card.incident, **changes))  # type: ignore[arg-type]


def labelled(card: IncidentCard, **labels: str | None) -> IncidentCard:
    """The card with other labels."""
    return replace(card, labels=replace(card.labels, **labels))


ACKNOWLEDGED = changed(acknowledged=Acknowledgement(ANN, after(3)), callbacks=2, heard_at=after(2))
ESCALATED = labelled(
    changed(
        severity=Severity.CRITICAL,
        callbacks=3,
        first_value=88.0,
        last_value=97.4,
        worst_value=99.1,
        heard_at=after(12),
    ),
    first_value="88 %",
    last_value="97.4 %",
    worst_value="99.1 %",
)
EASED = changed(ESCALATED, severity=Severity.WARN, callbacks=4)
NO_DATA = changed(ESCALATED, state=State.NO_DATA, heard_at=after(20), callbacks=4)
RECOVERED = labelled(
    changed(
        ESCALATED,
        state=State.RECOVERED,
        recovered_at=after(12),
        recovery_value=41.0,
        callbacks=4,
        acknowledged=Acknowledgement(ANN, after(3)),
    ),
    first_value="97.4 %",
    recovery_value="41 %",
)
FIRED_AGAIN = changed(
    ESCALATED,
    firings=3,
    fired_at=after(20),
    heard_at=after(20),
    callbacks=7,
    severity=Severity.WARN,
)
UNHEARD = labelled(
    changed(
        state=State.RECOVERED,
        recovered_at=NOON,
        first_value=None,
        last_value=None,
        worst_value=None,
        recovery_value=41.0,
    ),
    first_value=None,
    last_value=None,
    worst_value=None,
    recovery_value="41 %",
)
LATE = replace(FIRING, late_by=timedelta(minutes=4, seconds=10))
DISK = IncidentCard(
    CARD_ID,
    replace(
        INCIDENT,
        severity=None,
        worst_severity=None,
        threshold=None,
        expressions=(Expression("@disk[60].$Average > 90 && @load[60].$Average > 4"),),
    ),
    replace(
        ALARM,
        name="磁盘 *紧张*",
        dimensions={**ALARM.dimensions, "device": "/dev/vda1", "mountpoint": "/data"},
    ),
    Labels(metric="Disk usage", last_value="93 %", instance="web-prod-01", product="ECS"),
)
EVENT = IncidentCard(
    CARD_ID,
    replace(
        INCIDENT,
        sort=Sort.EVENT,
        state=State.CLOSED,
        threshold=None,
        first_value=None,
        last_value=None,
        worst_value=None,
        event_id="a1b2",
        event_status="Executing",
        content=(
            ("ecsInstanceName", "web-prod-01"),
            ("eventId", "e-bp1hygp5b04o56l0****"),
            ("reason", "SystemMaintenance.Reboot <scheduled>"),
            ("executeFinishTime", "2026-05-04T04:30:00Z"),
        ),
    ),
    replace(
        ALARM,
        name="Instance:SystemMaintenance.Reboot:Executing",
        metric=None,
        metric_label=None,
        dimensions={
            "resourceId": "acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp1a2b3c4d5e6f7g8h9i",
            "instanceId": "i-bp1a2b3c4d5e6f7g8h9i",
        },
        group_name=None,
    ),
    Labels(product="ECS", instance="web-prod-01", region="China (Hangzhou)"),
    LINKS[2:],
)


FLAPPING = changed(
    FIRED_AGAIN, flap=Flap((NOON,), since=NOON, count=6, calm_at=after(78)), callbacks=9
)
FLAPPING_OVER = changed(
    RECOVERED, flap=Flap((NOON,), since=NOON, count=7, calm_at=after(80)), callbacks=10
)
RELATIVES = tuple(Relative(number, f"Nginx 5xx *{number}*") for number in range(12, 17))
PARENT = replace(FIRING, family=Family(children=RELATIVES, count=23))
CHILD = replace(ESCALATED, family=Family(parent=Relative(12, "Host down: web-prod-01")))
LI = Person("U0LI000001", "li")
MUTE = Mute(
    id=17,
    matchers=(Matcher("instanceid", Operator.EQUAL, "i-bp1a2b3c4d5e6f7g8h9i"),),
    reason="log rotation",
    created_by=ANN,
    created_at=after(5),
    starts_at=after(5),
    ends_at=after(65),
)
MUTED = replace(FIRING, mute=MUTE)
REMEMBERED = changed(
    memory=Memory(3, 7, last_by=LI, last_after=timedelta(minutes=4), last_remark="log rotation"),
    remarks=2,
    remark=Remark(LI, after(6), "the disk is full of *old* logs"),
)
CLOSED_BY_HAND = changed(
    ACKNOWLEDGED,
    state=State.CLOSED,
    closed=Closing(ANN, after(9), "the host is gone"),
    feedback=Feedback.NOT_ACTIONABLE,
)
MUTE_OVER = MuteCard(
    CARD_ID,
    replace(
        MUTE,
        ended=Ending(after(65), EndReason.TIME),
        hidden=Hidden(callbacks=14, incidents=3, instances=3, worst=99.1, unit="%"),
    ),
    worst="99.1 %",
)
GROUPS = (
    Group("支付集群 CPU 过高", "acs_ecs", "cn-hangzhou", 1, critical=3, warn=12, over=4),
    Group("磁盘 *紧张*", "acs_rds", "cn-shanghai", 2, warn=7, acknowledged=2),
)
STORM = StormCard(
    CARD_ID,
    Storm(4, 1, NOON, look_again_at=after(1)),
    Overview(GROUPS, Count(own=20, in_storm=8, muted=2)),
    (NamedGroup(GROUPS[0], "ECS", "China (Hangzhou)"), NamedGroup(GROUPS[1], "RDS", None)),
    products=(("ECS", 15), ("RDS", 7)),
    regions=(("China (Hangzhou)", 15),),
)
STORM_OVER = replace(STORM, storm=STORM.storm.over(after(30)), groups=())


def member(name: str, minutes: float, **changes: object) -> IncidentCard:
    """An incident of the same rule on another instance."""
    return labelled(changed(fired_at=after(minutes), **changes), instance=name)


MEMBERS = (
    member("web-prod-*01*", 2),
    member("web-prod-02", 0, severity=Severity.WARN, acknowledged=Acknowledgement(ANN, after(3))),
    member("web-prod-03", 1, severity=Severity.WARN, state=State.NO_DATA),
)
TALLY = Tally(critical=1, warn=23, over=4, acknowledged=1, muted=2, behind=3, heard=28, open=29)
TOGETHER = GroupCard(
    CARD_ID,
    AlarmGroup(
        4, 1, "k", (), timedelta(seconds=30), timedelta(minutes=5), NOON, None, is_shown=True
    ),
    (("rule", "支付集群 CPU 过高"), ("region", "China (Hangzhou)")),
    TALLY,
    MEMBERS,
    (NamedGroup(GROUPS[0], "ECS", "China (Hangzhou)"),),
)
TOGETHER_TAKEN = replace(
    TOGETHER,
    common=(("severity", "warn"),),
    tally=Tally(warn=1, acknowledged=1, heard=2, over=1, open=1),
    members=MEMBERS[1:2],
    late_by=timedelta(minutes=3),
)
TOGETHER_QUIET = replace(
    TOGETHER, tally=Tally(over=1, muted=2, heard=1, open=2), members=(), rules=()
)
TOGETHER_OVER = replace(
    TOGETHER,
    group=replace(TOGETHER.group, ended_at=after(12), members=28, lasted=timedelta(minutes=12)),
    tally=Tally(),
    members=(),
    rules=(),
)


def notice(kind: NoticeKind, **changes: object) -> NoticeCard:
    """A notice's card."""
    made = Notice(
        1, kind, NOON, after(0.5), "0196a1b2-0000-7000-8000-000000000001", source="team-a"
    )
    return NoticeCard(CARD_ID, replace(made, **changes))  # type: ignore[arg-type]


TEST = notice(NoticeKind.TEST)
UNREADABLE = notice(
    NoticeKind.UNREADABLE, count=7, reason="The body is JSON but holds none of the known fields"
)
FAILED = notice(NoticeKind.FAILED, reason="ValueError while it was applied")
GAP = notice(NoticeKind.GAP, callback_id=None, source=None)
CANARY = notice(NoticeKind.CANARY, callback_id=None, source=None, reason="no connection")
CANARY_BACK = notice(NoticeKind.CANARY_BACK, callback_id=None, source=None)

FACES: dict[str, CardFace] = {
    "firing": FIRING,
    "acknowledged": ACKNOWLEDGED,
    "escalated": ESCALATED,
    "eased": EASED,
    "no_data": NO_DATA,
    "recovered": RECOVERED,
    "recovered_unheard": UNHEARD,
    "fired_again": FIRED_AGAIN,
    "late": LATE,
    "expression": DISK,
    "event": EVENT,
    "muted": MUTED,
    "flapping": FLAPPING,
    "parent": PARENT,
    "child": CHILD,
    "flapping_over": FLAPPING_OVER,
    "remembered": REMEMBERED,
    "closed_by_hand": CLOSED_BY_HAND,
    "mute_over": MUTE_OVER,
    "storm": STORM,
    "storm_over": STORM_OVER,
    "group": TOGETHER,
    "group_taken": TOGETHER_TAKEN,
    "group_quiet": TOGETHER_QUIET,
    "group_over": TOGETHER_OVER,
    "test": TEST,
    "unreadable": UNREADABLE,
    "failed": FAILED,
    "gap": GAP,
    "canary": CANARY,
    "canary_back": CANARY_BACK,
}

NOTES: dict[str, tuple[Note, str | None]] = {
    "severity_raised": (
        Note(
            "7/2/severity_raised",
            NoteKind.SEVERITY_RAISED,
            after(5),
            before=Severity.WARN,
            after=Severity.CRITICAL,
        ),
        "97.5 %",
    ),
    "fired_again": (
        Note("7/7/fired_again", NoteKind.FIRED_AGAIN, after(20), times=3, since=NOON),
        "97.4 %",
    ),
    "recovered": (
        Note("7/8/recovered", NoteKind.RECOVERED, after(12), lasted=timedelta(minutes=12)),
        "41 %",
    ),
    "no_data": (Note("7/9/no_data", NoteKind.NO_DATA, after(12)), None),
    "flapping": (
        Note("7/4/flapping", NoteKind.FLAPPING, after(18), times=4, since=NOON, broadcast=True),
        None,
    ),
    "group_news": (
        Note(
            "group/4/1",
            NoteKind.GROUP_NEWS,
            after(5),
            times=7,
            after=Severity.WARN,
            text="支付集群 CPU 过高 · China (Hangzhou)",
            names=("web-prod-04", "web-prod-*05*"),
        ),
        None,
    ),
    "group_critical": (
        Note(
            "group/4/2",
            NoteKind.GROUP_NEWS,
            after(6),
            times=1,
            after=Severity.CRITICAL,
            text="支付集群 CPU 过高",
            names=("web-prod-06",),
        ),
        None,
    ),
    "group_over": (
        Note(
            "group/4/over",
            NoteKind.GROUP_OVER,
            after(12),
            times=28,
            after=Severity.CRITICAL,
            lasted=timedelta(minutes=12),
            text="支付集群 CPU 过高",
        ),
        None,
    ),
    "parent_over": (Note("8/parent/7/1", NoteKind.PARENT_OVER, after(30)), None),
    "calm_again": (Note("7/9/calm_again", NoteKind.CALM_AGAIN, after(80)), None),
    "calm_but_open": (Note("7/9/calm_but_open", NoteKind.CALM_BUT_OPEN, after(80)), None),
    "data_back": (Note("7/10/data_back", NoteKind.DATA_BACK, after(14)), "96 %"),
}
