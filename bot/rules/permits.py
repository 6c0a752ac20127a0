"""Permissions: who may do what. What no rule speaks of, everybody may.

Pure. A rule lets through whoever is named, is in a user group that is named, or acts in a
channel that is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.mute import NewMute

LONG = timedelta(hours=24)  # a mute beyond this may need somebody else's say


class Action(StrEnum):
    """What can be permitted; the names stand in the permissions file."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    NOTE = "note"
    RESOLVE = "resolve"
    FEEDBACK = "feedback"
    MUTE = "mute"
    MUTE_LONG = "mute_long"
    UNMUTE = "unmute"
    SHARE = "share"


FALLS_BACK = {Action.MUTE_LONG: Action.MUTE}  # where the one has no rule, the other's counts


@dataclass(frozen=True, slots=True)
class Permit:
    """Ids of people, user groups and channels."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


Permissions = Mapping[Action, Permit]


def permit_for(permissions: Permissions, action: Action) -> Permit | None:
    """The rule that decides; None where everybody may."""
    return permissions.get(action) or permissions.get(FALLS_BACK.get(action, action))


def of_mute(new: NewMute, now: datetime) -> Action:
    """Which permission a mute takes."""
    return of_end(new.ends_at, new.starts_at or now)


def of_end(ends_at: datetime, since: datetime) -> Action:
    """Which permission it takes that something is quiet from one moment to another.

    An extension counts from now: else a short mute, extended, were a way round the rule.
    """
    return Action.MUTE_LONG if ends_at - since > LONG else Action.MUTE


class Forbidden(Exception):
    """Somebody may not do this; `permit` says who may. `unsure`: the groups cannot be read."""

    def __init__(self, action: Action, permit: Permit, *, unsure: bool = False) -> None:
        super().__init__(action.value)
        self.action = action
        self.permit = permit
        self.unsure = unsure
