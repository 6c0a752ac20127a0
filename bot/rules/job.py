"""One piece of work of the delivery loop, as claimed: whom it is for and what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.alarm import Alarm
from bot.rules.card import Language, Note, StandIn
from bot.rules.dependency import ALONE, Family
from bot.rules.grouping import View
from bot.rules.incident import Incident
from bot.rules.mute import Mute
from bot.rules.notice import Notice
from bot.rules.storm import Overview, Storm


@dataclass(frozen=True, slots=True)
class Channel:
    """`name` is what the settings say; `slack_id` is known after the first post."""

    id: int
    name: str
    slack_id: str | None

    @property
    def address(self) -> str:
        """What to post to."""
        return self.slack_id or self.name


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on a channel and one row of it. `at` is when it was claimed."""

    owner: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What a card shows: an incident with its alarm and what mutes it, or something else.

    That is a notice, a mute, a storm with its overview, or a group.
    """

    incident: Incident | None
    alarm: Alarm | None
    notice: Notice | None
    mute: Mute | None = None
    storm: tuple[Storm, Overview] | None = None
    family: Family = ALONE
    group: View | None = None

    @property
    def is_receipt(self) -> bool:
        """Whether it is a word to one person, whom no team waits for."""
        return self.incident is None and self.mute is not None


@dataclass(frozen=True, slots=True)
class CardJob:
    """A card that is behind. `version` is what was wanted when it was claimed.

    `tried_at` is set when a first post of it may have reached Slack without our knowing.
    """

    claim: Claim
    card_id: str
    channel: Channel
    language: Language
    subject: Subject
    version: int
    ts: str | None
    digest: str | None
    attempts: int
    tried_at: datetime | None
    late_by: timedelta | None
    stand_in: StandIn | None = None


@dataclass(frozen=True, slots=True)
class SweepJob:
    """A card that was posted again after an unclear try, which may have arrived late after all.

    `ts` is the message that we know; another with the card's id since `oldest` is its twin.
    """

    claim: Claim
    card_id: str
    channel: Channel
    ts: str
    oldest: datetime


@dataclass(frozen=True, slots=True)
class NoteJob:
    """A note not said yet in the thread of a card that is shown; that of a group has no alarm."""

    claim: Claim
    note_id: int
    note: Note
    card_id: str
    card_ts: str
    channel: Channel
    language: Language
    alarm: Alarm | None
    attempts: int
    tried_at: datetime | None


ShowJob = CardJob | NoteJob
Job = ShowJob | SweepJob
