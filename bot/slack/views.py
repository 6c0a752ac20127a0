"""Modals and homes: the calls that open and change them. A trigger lives for three seconds.

A view that is gone, or changed meanwhile, is nobody's fault: the person closed it, or was
faster. That is told apart here; everything else is raised as a `SlackFailure`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.slack.answers import Answer
from bot.slack.failures import Call, SlackFailure
from bot.slack.message import JsonObject
from bot.slack.wire import Wire

_EXPIRED = {
    "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired",
    "trigger_exchanged",
}  # fmt: skip
_GONE = {"not_found", "view_not_found", "no_view", "invalid_view_id"}
_CHANGED = {"hash_conflict"}


class ViewLost(StrEnum):
    """Why a view does not show what it was to show."""

    TOO_LATE = "too_late"  # the trigger had expired, or was used before
    CLOSED = "closed"  # the person closed it
    CHANGED = "changed"  # something newer is shown already
    TOO_DEEP = "too_deep"  # three views are open on top of each other


@dataclass(frozen=True, slots=True)
class Shown:
    """A view on somebody's screen; `hash` names this very state of it."""

    id: str
    hash: str


class Views:
    """`views.open`, `push`, `update`, `publish`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def open(self, trigger_id: str, view: JsonObject) -> Shown | ViewLost:
        """A first modal."""
        return await self._show("views.open", {"trigger_id": trigger_id, "view": view})

    async def push(self, trigger_id: str, view: JsonObject) -> Shown | ViewLost:
        """A modal on top of the one that is open."""
        return await self._show("views.push", {"trigger_id": trigger_id, "view": view})

    async def update(
        self, view_id: str, view: JsonObject, *, hash: str | None = None
    ) -> Shown | ViewLost:
        """Another state of an open modal; with `hash` only if it is still in that one."""
        body: JsonObject = {"view_id": view_id, "view": view}
        return await self._show("views.update", body | ({"hash": hash} if hash else {}))

    async def publish(
        self, user_id: str, view: JsonObject, *, hash: str | None = None
    ) -> Shown | ViewLost:
        """A person's App Home."""
        body: JsonObject = {"user_id": user_id, "view": view}
        return await self._show("views.publish", body | ({"hash": hash} if hash else {}))

    async def _show(self, method: str, body: JsonObject) -> Shown | ViewLost:
        try:
            answer = await self._wire.send(Call.VIEW, method, body)
        except SlackFailure as failure:
            lost = _lost(failure.word)
            if lost is None:
                raise
            return lost
        return _shown(answer)


def _lost(word: str) -> ViewLost | None:
    if word in _EXPIRED:
        return ViewLost.TOO_LATE
    if word in _GONE:
        return ViewLost.CLOSED
    if word in _CHANGED:
        return ViewLost.CHANGED
    return ViewLost.TOO_DEEP if word == "push_limit_reached" else None


def _shown(answer: Answer) -> Shown:
    view = answer.one("view")
    return Shown(view.text("id"), view.optional("hash"))
