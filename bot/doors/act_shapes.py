"""The shape of an act: the audit, for programs."""

from datetime import datetime

from pydantic import BaseModel, Field

from bot.doors.shapes import PersonShape
from bot.store.acts import Act


class ActShape(BaseModel):
    """Something that a person did, or was refused; `before` and `after` hold what changed."""

    id: str
    at: datetime
    verb: str
    actor: PersonShape
    via: str = Field(description="`slack`, `command`, `api` or `cli`")
    incident_id: int | None
    mute_id: int | None
    before: dict[str, object]
    after: dict[str, object]

    @staticmethod
    def of(act: Act) -> "ActShape":
        """An act as the audit keeps it."""
        same = {name: getattr(act, name) for name in ("id", "at", "verb", "via")}
        return ActShape(
            **same,
            actor=PersonShape.of(act.actor),
            incident_id=act.incident_id,
            mute_id=act.mute_id,
            before=dict(act.before),
            after=dict(act.after),
        )
