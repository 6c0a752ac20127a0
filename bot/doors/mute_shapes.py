"""The shapes of mutes in the JSON API."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from bot.doors.api_paging import Plain
from bot.doors.shapes import PersonShape
from bot.ids import MOST_NUMBER
from bot.rules.mute import LONGEST_REASON, MOST_MATCHERS, Mute
from bot.rules.preview import Preview

MATCHER = "such as instanceId=i-bp1*, severity!=critical or metric=~cpu.*"


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # the last hours of the year 9999, west of Greenwich
        raise ValueError("UTC has no such time") from error


# Whatever offset a caller writes, every time that is kept and answered is UTC.
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class MuteBody(BaseModel):
    """A mute that is asked for. All matchers must hold; the end is a moment or a length."""

    matchers: list[Plain] = Field([], max_length=MOST_MATCHERS, description=MATCHER)
    incident_id: int | None = Field(
        None, ge=1, le=MOST_NUMBER, description="exactly the alarm of this incident"
    )
    reason: Plain = Field("", max_length=LONGEST_REASON)
    ends_at: Moment | None = None
    lasts: str | None = Field(None, max_length=40, description="such as 90m, 4h, 1h30m, 2d")
    starts_at: Moment | None = None
    until_recovered: bool = Field(False, description="a recovery ends it, if that comes first")
    wakes_on_worse: bool = Field(True, description="a severity above what was muted ends it")
    idle_minutes: int | None = Field(None, ge=1, le=10_080, description="ends if quiet so long")


class Matchers(BaseModel):
    """Conditions to try."""

    matchers: list[Plain] = Field(min_length=1, max_length=MOST_MATCHERS, description=MATCHER)


class Longer(BaseModel):
    """Until when; without it by as much as the mute lasted."""

    ends_at: Moment | None = None


class EndingShape(BaseModel):
    """When and why it ended."""

    at: datetime
    because: str
    by: PersonShape | None


class HiddenShape(BaseModel):
    """What it hid, counted at its end; `worst` is in `unit`."""

    callbacks: int
    incidents: int
    instances: int
    worst: float | None
    unit: str | None


class MuteShape(BaseModel):
    """A mute."""

    id: int
    matchers: list[str]
    reason: str
    created_by: PersonShape
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    until_recovered: bool
    wakes_on_worse: bool
    idle_minutes: int | None
    ended: EndingShape | None
    hidden: HiddenShape | None

    @staticmethod
    def of(mute: Mute) -> "MuteShape":
        """A mute as it is now."""
        same = ("id", "reason", "created_at", "starts_at", "ends_at", "until_recovered")
        ended, hidden = mute.ended, mute.hidden
        by = ended.by if ended else None
        return MuteShape(
            **{name: getattr(mute, name) for name in same},
            matchers=[str(one) for one in mute.matchers],
            created_by=PersonShape(id=mute.created_by.id, name=mute.created_by.name),
            wakes_on_worse=mute.wakes_on_worse,
            idle_minutes=int(mute.idle.total_seconds() // 60) if mute.idle else None,
            ended=EndingShape(
                at=ended.at,
                because=ended.because.value,
                by=PersonShape(id=by.id, name=by.name) if by else None,
            )
            if ended
            else None,
            hidden=HiddenShape(**{name: getattr(hidden, name) for name in HiddenShape.model_fields})
            if hidden
            else None,
        )


class PreviewShape(BaseModel):
    """What it matches now, and would have hidden in the last `days`."""

    firing: int
    callbacks: int
    incidents: int
    instances: int
    acknowledged: int
    critical: int
    days: int

    @staticmethod
    def of(preview: Preview) -> "PreviewShape":
        """The counts."""
        return PreviewShape(**{name: getattr(preview, name) for name in PreviewShape.model_fields})
