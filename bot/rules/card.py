"""What a card and a note say, as values: everything that rendering needs, nothing it must ask.

`work` fills these from the store and the CloudMonitor tables; `slack` turns them into blocks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.alarm import Alarm
from bot.rules.dependency import ALONE, Family
from bot.rules.grouping import AlarmGroup, Tally
from bot.rules.incident import Incident, Person
from bot.rules.mute import EndReason, Mute
from bot.rules.notice import Notice
from bot.rules.severity import Severity
from bot.rules.storm import Group, Overview, Storm


class Language(StrEnum):
    """Languages of the message catalogues."""

    ENGLISH = "en"
    CHINESE = "zh"


class LinkKind(StrEnum):
    """Where a link leads in the Alibaba Cloud console."""

    HISTORY = "history"
    RULE = "rule"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Link:
    """An https address; complete and percent-encoded."""

    kind: LinkKind
    url: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for people, already in the card's language; values already with their unit."""

    metric: str | None = None
    product: str | None = None
    instance: str | None = None
    region: str | None = None
    first_value: str | None = None
    last_value: str | None = None
    worst_value: str | None = None
    recovery_value: str | None = None
    limit: str | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """Which channel a card stands in for, and Slack's word for why; None once it is mended."""

    channel: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """The card of an incident.

    `late_by` is set when the first post came that much later than the callback, `mute` when
    one keeps the incident quiet, `stand_in` when its own channel cannot be posted to,
    `family` what it holds back or waits for.
    """

    card_id: str
    incident: Incident
    alarm: Alarm
    labels: Labels
    links: tuple[Link, ...] = ()
    late_by: timedelta | None = None
    mute: Mute | None = None
    stand_in: StandIn | None = None
    family: Family = ALONE


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """The card of a notice."""

    card_id: str
    notice: Notice
    late_by: timedelta | None = None
    stand_in: StandIn | None = None


@dataclass(frozen=True, slots=True)
class MuteCard:
    """What the author of a mute is told about it; `worst` is its worst value with its unit."""

    card_id: str
    mute: Mute
    worst: str | None = None


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A group of a storm with its product and region as people name them."""

    group: Group
    product: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class StormCard:
    """A storm as its card shows it: the worst groups, and how many there are besides.

    `products` and `regions` count what still fires, the most first.
    """

    card_id: str
    storm: Storm
    overview: Overview
    groups: tuple[NamedGroup, ...]
    products: tuple[tuple[str, int], ...] = ()
    regions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group as its card shows it: the worst members, and of what rules all of them are.

    `common` are the fields that all have in common, named for people; `late_by` is set when
    the first post came that much later than it was due.
    """

    card_id: str
    group: AlarmGroup
    common: tuple[tuple[str, str], ...]
    tally: Tally
    members: tuple[IncidentCard, ...] = ()
    rules: tuple[NamedGroup, ...] = ()
    late_by: timedelta | None = None


CardFace = IncidentCard | NoticeCard | MuteCard | StormCard | GroupCard


class NoteKind(StrEnum):
    """What a thread is told."""

    SEVERITY_RAISED = "severity_raised"
    FIRED_AGAIN = "fired_again"
    RECOVERED = "recovered"
    NO_DATA = "no_data"
    DATA_BACK = "data_back"
    WENT_ON = "went_on"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    REMARKED = "remarked"
    CLOSED = "closed"
    REOPENED = "reopened"
    JUDGED = "judged"
    MUTE_ENDED = "mute_ended"
    MUTE_ENDING = "mute_ending"
    FLAPPING = "flapping"
    CALM_AGAIN = "calm_again"
    CALM_BUT_OPEN = "calm_but_open"
    PARENT_OVER = "parent_over"
    GROUP_NEWS = "group_news"
    GROUP_OVER = "group_over"


@dataclass(frozen=True, slots=True)
class MuteNote:
    """What a thread is told of a mute: which one, whose, until when, and why it ended."""

    mute_id: int
    by: Person
    until: datetime
    because: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One line in a card's thread, said once: `key` is unique.

    `at` is the sender's time of the change. `times` and `since` belong to FIRED_AGAIN ("3rd
    time since"), `before` and `after` to SEVERITY_RAISED, `lasted` to RECOVERED (and `after`
    is how bad it was), `value` is the value then, in the metric's unit. `by`, `to` and `text`
    belong to what people did: who, to whom, and what they wrote. `mute` belongs to
    MUTE_ENDED and MUTE_ENDING. GROUP_NEWS tells of `times` members, some by `names`, `after`
    being how bad the worst is; `text` is what they have in common, for GROUP_OVER as well, which
    tells how many there were and how long it `lasted`. `broadcast` shows it in the
    channel as well: an edit pings nobody. `stays` says that a first post does not tell it
    already. `hushed` is for those who read threads like a log, and for nobody else: the alarm
    flaps.
    """

    key: str
    kind: NoteKind
    at: datetime
    broadcast: bool = False
    before: Severity | None = None
    after: Severity | None = None
    times: int | None = None
    since: datetime | None = None
    lasted: timedelta | None = None
    value: float | None = None
    by: Person | None = None
    to: Person | None = None
    text: str | None = None
    mute: MuteNote | None = None
    stays: bool = False
    hushed: bool = False
    names: tuple[str, ...] = ()
