"""What a person can do with a modal: fill it in, submit it, close it, search in a select.

The app's answer to a submission (errors, update, push, clear, nothing) is carried out here.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot.local_slack import payloads, spots
from bot.local_slack.acts import ANN, Acts
from bot.local_slack.delivery import INTERACTIVE, Delivery
from bot.local_slack.errors import NotPossibleError, SlackError
from bot.local_slack.inputs import KEYS, is_blank, state_values, value_of
from bot.local_slack.jsons import Json, as_list, as_object, as_objects
from bot.local_slack.methods.views import checked_view
from bot.local_slack.model import User, View

TROUBLE = "We had some trouble connecting. Try again?"


class Forms(Acts):
    """A person's hands on modals."""

    def modal(self, by: str = ANN) -> View | None:
        """The modal in front of a person."""
        return self.screens.top(self.space.user(by).id)

    def fill(self, values: Mapping[str, object], *, by: str = ANN) -> View:
        """Set inputs by label, action id or block id; options by value or label."""
        view = self._need_modal(by)
        for name, choice in values.items():
            spot = _input(view, name)
            held: Json = view.state.setdefault(spot.block["block_id"], {})
            held[spot.element["action_id"]] = value_of(self.space, spot.element, choice)
        return view

    async def submit(
        self, values: Mapping[str, object] | None = None, *, by: str = ANN
    ) -> Delivery:
        """Fill in, then submit the modal in front; a missing required input stops it."""
        user, view = self.space.user(by), self.fill(values or {}, by=by)
        missing = _missing(view)
        if missing:
            view.errors = dict.fromkeys(missing, "Please complete this required field.")
            self.screens.tell(user.id)
            return Delivery(INTERACTIVE, error=f"required: {', '.join(missing)}")
        payload = payloads.view_event(self.space, user, view, "view_submission")
        payload |= {"trigger_id": self.tickets.trigger(user.id, in_modal=True)}
        payload["response_urls"] = []
        delivery = await self.courier.deliver(INTERACTIVE, payload)
        self._notice(user, delivery, TROUBLE)
        return self._carry_out(user, view, delivery)

    def _carry_out(self, user: User, view: View, delivery: Delivery) -> Delivery:
        if not delivery.ok:
            return delivery
        try:
            self._obey(user, view, as_object(delivery.body))
        except SlackError as error:
            failed = Delivery(INTERACTIVE, HTTPStatus.OK, delivery.body, error=error.word)
            self._notice(user, failed, TROUBLE)
            return failed
        return delivery

    def _obey(self, user: User, view: View, answer: Json) -> None:
        match answer.get("response_action"):
            case None:
                self._take_away(user, view)
            case "clear":
                self.screens.close(user.id, whole_stack=True)
            case "update":
                self.screens.update(view, checked_view(answer.get("view"), "modal"))
            case "push":
                self.screens.push(user.id, checked_view(answer.get("view"), "modal"))
            case "errors":
                self._show_errors(user, view, as_object(answer.get("errors")))
            case other:
                raise SlackError("invalid_response_action", given=other)

    def _take_away(self, user: User, view: View) -> None:
        stack = self.screens.stack(user.id)
        if view in stack:
            stack.remove(view)
        self.screens.tell(user.id)

    def _show_errors(self, user: User, view: View, errors: Json) -> None:
        known = {b["block_id"] for b in view.blocks if b.get("type") == "input"}
        if not errors or not set(errors) <= known:
            raise SlackError("invalid_errors", given=sorted(errors))
        view.errors = {block: str(words) for block, words in errors.items()}
        self.screens.tell(user.id)

    async def close_modal(self, *, by: str = ANN, whole_stack: bool = False) -> list[Delivery]:
        """Close the modal in front; apps that asked for it (`notify_on_close`) are told."""
        user = self.space.user(by)
        self._need_modal(by)
        deliveries: list[Delivery] = []
        for view in self.screens.close(user.id, whole_stack=whole_stack):
            if view.body.get("notify_on_close"):
                payload = payloads.view_event(self.space, user, view, "view_closed")
                payload["is_cleared"] = whole_stack
                deliveries.append(await self.courier.deliver(INTERACTIVE, payload))
        return deliveries

    async def suggest(self, what: str, typed: str, *, by: str = ANN) -> list[Json]:
        """The options that the app offers for what is typed into an external select."""
        user, view = self.space.user(by), self._need_modal(by)
        spot = spots.need(spots.in_view(view), what)
        place: Json = {"view": payloads.full_view(view), "value": typed}
        place["container"] = {"type": "view", "view_id": view.id}
        payload = payloads.suggestion(
            self.space, user, place, spot.block["block_id"], spot.element["action_id"]
        )
        answer = as_object((await self.courier.deliver(INTERACTIVE, payload)).body)
        groups = as_objects(answer.get("option_groups"))
        grouped = [option for group in groups for option in as_list(group.get("options"))]
        return as_objects([*as_list(answer.get("options")), *grouped])

    def _need_modal(self, by: str) -> View:
        view = self.modal(by)
        if view is None:
            raise NotPossibleError(f"{by} has no modal open.")
        return view


def _input(view: View, name: str) -> spots.Spot:
    inputs = [s for s in spots.in_view(view) if str(s.element.get("type")) in KEYS]
    for spot in inputs:
        if name == spot.block.get("block_id"):
            return spot
    return spots.need(inputs, name)


def _missing(view: View) -> list[str]:
    values = state_values(view.blocks, view.state)
    return [
        block["block_id"]
        for block in view.blocks
        if block.get("type") == "input"
        and not block.get("optional")
        and all(is_blank(held) for held in as_object(values.get(block["block_id"])).values())
    ]
