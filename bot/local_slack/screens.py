"""What each person has on the screen beside the channels: a stack of modals and an App Home.

It must never hold more than three modals for a person, and never lose who a view belongs to.
"""

import secrets

from bot.local_slack import render
from bot.local_slack.errors import SlackError
from bot.local_slack.ids import elements_of
from bot.local_slack.jsons import Json
from bot.local_slack.model import View
from bot.local_slack.workspace import Workspace

DEEPEST_STACK = 3


class Screens:
    """Modals and homes by user."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        return self.stacks.setdefault(user, [])

    def top(self, user: str) -> View | None:
        """The modal in front, if any."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, body: Json) -> View:
        """A first modal; what was open before is gone."""
        self._check_external_id(body)
        self.stacks[user] = [self._view(user, body)]
        return self._told(self.stacks[user][-1])

    def push(self, user: str, body: Json) -> View:
        """One more modal on top of the one that is open."""
        stack = self.stack(user)
        if len(stack) >= DEEPEST_STACK:
            raise SlackError("push_limit_reached")
        self._check_external_id(body)
        view = self._view(user, body)
        if stack:
            view.root_id, view.previous_id = stack[0].root_id, stack[-1].id
        stack.append(view)
        return self._told(view)

    def publish(self, user: str, body: Json, hash_: str) -> View:
        """A person's App Home."""
        old = self.homes.get(user)
        if old is not None and hash_ and hash_ != old.hash:
            raise SlackError("hash_conflict")
        view = self._view(user, body)
        if old is not None:
            view.id = view.root_id = old.id
        self.homes[user] = view
        self._space.bus.tell("home", {"user": user, "view": render.view_json(view)})
        return view

    def update(self, view: View, body: Json, hash_: str = "") -> View:
        """Change an open modal; inputs whose block and action stay keep what was typed."""
        if hash_ and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self._check_external_id(body, beside=view)
        self._named(body)
        view.body, view.hash, view.errors = body, self._hash(), {}
        view.state = _still_there(view)
        return self._told(view)

    def find(self, view_id: str, external_id: str) -> View:
        for view in self._all():
            if (view_id and view.id == view_id) or (
                external_id and view.external_id == external_id
            ):
                return view
        raise SlackError("not_found")

    def close(self, user: str, *, whole_stack: bool = False) -> list[View]:
        """Take the modal in front away, or all of them; returns what was closed."""
        stack = self.stack(user)
        count = len(stack) if whole_stack else min(1, len(stack))
        closed = [stack.pop() for _ in range(count)]
        self.tell(user)
        return closed

    def tell(self, user: str) -> None:
        self._space.bus.tell("views", {"user": user, "views": self.rows(user)})

    def rows(self, user: str) -> list[Json]:
        """The stack for the page."""
        return [{**render.view_json(v), "errors": v.errors} for v in self.stacks.get(user, [])]

    def _view(self, user: str, body: Json) -> View:
        self._named(body)
        number = self._space.ids.new("V")
        return View(number, user, body, self._hash(), number)

    def _named(self, body: Json) -> None:
        self._space.ids.name_blocks(body.get("blocks") or [], [])

    def _hash(self) -> str:
        return f"{self._space.clock.now():.0f}.{secrets.token_hex(4)}"

    def _told(self, view: View) -> View:
        self.tell(view.user)
        return view

    def _all(self) -> list[View]:
        return [view for stack in self.stacks.values() for view in stack]

    def _check_external_id(self, body: Json, beside: View | None = None) -> None:
        wanted = body.get("external_id")
        if wanted and any(v.external_id == wanted for v in self._all() if v is not beside):
            raise SlackError("duplicate_external_id")


def _still_there(view: View) -> Json:
    kept: Json = {}
    for block in view.blocks:
        old: Json = view.state.get(block["block_id"]) or {}
        actions = {element.get("action_id") for element in elements_of(block)}
        same = {action: value for action, value in old.items() if action in actions}
        if same:
            kept[block["block_id"]] = same
    return kept
