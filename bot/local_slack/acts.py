"""What a person can do in the channels: press, choose, type a command, say something.

Each act delivers what Slack would deliver and returns what became of it. It must never
change a message on the app's behalf.
"""

from collections.abc import Iterable

from bot.local_slack import answers, payloads, spots
from bot.local_slack.delivery import COMMAND, INTERACTIVE, Delivery
from bot.local_slack.errors import NotPossibleError, SlackError
from bot.local_slack.inputs import KEYS, STATELESS, value_of
from bot.local_slack.jsons import Json
from bot.local_slack.model import Channel, Message, User, View
from bot.local_slack.parts import Parts
from bot.local_slack.spots import Spot
from bot.local_slack.tickets import ResponseTicket

ANN = "ann"  # who acts when nobody is named


class Acts(Parts):
    """A person's hands on messages, the App Home and the message box."""

    async def click(
        self,
        what: str,
        *,
        on: Message | str | None = None,
        channel: str | None = None,
        choice: object = None,
        by: str = ANN,
        block: str | None = None,
    ) -> Delivery:
        """Press a button, or choose in a menu, by label or action id.

        `on` is a message or its ts; without it, the newest message that the person sees with
        such an element (in `channel`, when given). `choice` is an option's value or label.
        """
        user = self.space.user(by)
        message = self._message_with(what, on=on, channel=channel, user=user, block=block)
        spot = spots.need(spots.in_message(message), what, block)
        action = self._action(spot, choice)
        _remember(message.state, spot, action)
        payload = payloads.message_action(self.space, user, message, spot.attachment, action)
        payload["trigger_id"] = self.tickets.trigger(user.id)
        payload["response_url"] = self._response_url(user, message.channel, message)
        return await self._interact(user, payload)

    async def click_in_home(
        self, what: str, *, choice: object = None, by: str = ANN, block: str | None = None
    ) -> Delivery:
        """Press or choose something in the person's App Home."""
        user = self.space.user(by)
        view = self.screens.homes.get(user.id)
        if view is None:
            raise NotPossibleError(f"{user.real_name} has no App Home.")
        return await self._click_in(view, user, what, choice, block)

    async def click_in_modal(
        self, what: str, *, choice: object = None, by: str = ANN, block: str | None = None
    ) -> Delivery:
        """Press or choose something in the modal in front of the person."""
        user = self.space.user(by)
        view = self.screens.top(user.id)
        if view is None:
            raise NotPossibleError(f"{user.real_name} has no modal open.")
        return await self._click_in(view, user, what, choice, block)

    async def command(
        self, text: str, *, channel: str = "alarms", by: str = ANN, thread_ts: str | None = None
    ) -> Delivery:
        """Type a slash command, e.g. `/alarms list`, in a channel."""
        user, place = self.space.user(by), self.space.channel(channel)
        name, _, rest = text.strip().partition(" ")
        known = {command.name for command in self.settings.commands}
        if not name.startswith("/") or (known and name not in known):
            raise NotPossibleError(f"{name} is not a valid command.")
        payload = payloads.command(self.space, user, place, name, rest.strip())
        ticket = self._ticket(user, place.id)
        payload["trigger_id"] = self.tickets.trigger(user.id)
        payload["response_url"] = self.desk.base + self.tickets.response(ticket)
        ticket.thread_ts = thread_ts
        delivery = await self.courier.deliver(COMMAND, payload)
        self._notice(user, delivery, f"{name} failed with the error “{_shown(delivery)}”.")
        return self._answered(delivery, ticket)

    def _answered(self, delivery: Delivery, ticket: ResponseTicket) -> Delivery:
        if not delivery.ok:
            return delivery
        try:
            answers.say_from_ack(self.space, ticket, delivery.body)
        except SlackError as error:
            return Delivery(delivery.kind, delivery.status, delivery.body, error=error.word)
        return delivery

    async def say(
        self, text: str, *, channel: str = "alarms", by: str = ANN, thread_ts: str | None = None
    ) -> Message:
        """Write a message as a person."""
        user, place = self.space.user(by), self.space.channel(channel)
        if user.id not in place.members or place.archived:
            raise NotPossibleError(f"{user.real_name} cannot write in #{place.name}.")
        message = Message(self.space.ts(), place.id, user.id, text, thread_ts=thread_ts)
        self.space.post(message)
        await self._tell_app(message, place)
        return message

    async def _tell_app(self, message: Message, place: Channel) -> None:
        if self.space.bot.id not in place.members:
            return
        inner: Json = {"channel": place.id, "user": message.user, "text": message.text}
        inner |= {"ts": message.ts, "event_ts": message.ts}
        if message.thread_ts:
            inner["thread_ts"] = message.thread_ts
        kind = "im" if place.im_with else "group" if place.is_private else "channel"
        if "message" in self.settings.events:
            await self.send_event({**inner, "type": "message", "channel_type": kind})
        if f"<@{self.space.bot.id}>" in message.text:
            await self._subscribed_event({**inner, "type": "app_mention"})

    async def open_home(self, *, by: str = ANN) -> Delivery | None:
        """Open the app's Home tab; None when the app did not subscribe to that event."""
        user = self.space.user(by)
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.space.direct_message(user).id,
            "tab": "home",
            "event_ts": self.space.ts(),
        }
        view = self.screens.homes.get(user.id)
        if view is not None:
            event["view"] = payloads.full_view(view)
        return await self._subscribed_event(event)

    async def use_shortcut(
        self, callback_id: str, *, on: Message | str, channel: str = "alarms", by: str = ANN
    ) -> Delivery:
        """Use a message shortcut of the app on a message that the person sees."""
        user = self.space.user(by)
        if isinstance(on, str):
            place = self.space.channel(channel)
            found = [one for one in self._seen(place, user) if one.ts == on]
            if not found:
                raise NotPossibleError(f"{user.real_name} sees no such message.")
            on = found[0]
        payload = payloads.message_shortcut(self.space, user, on, callback_id)
        payload["trigger_id"] = self.tickets.trigger(user.id)
        payload["response_url"] = self._response_url(user, on.channel, on)
        return await self._interact(user, payload)

    async def _click_in(
        self, view: View, user: User, what: str, choice: object, block: str | None
    ) -> Delivery:
        spot = spots.need(spots.in_view(view), what, block)
        action = self._action(spot, choice)
        _remember(view.state, spot, action)
        payload = payloads.view_action(self.space, user, view, action)
        in_modal = view.body.get("type") == "modal"
        payload["trigger_id"] = self.tickets.trigger(user.id, in_modal=in_modal)
        return await self._interact(user, payload)

    async def _interact(self, user: User, payload: Json) -> Delivery:
        delivery = await self.courier.deliver(INTERACTIVE, payload)
        self._notice(user, delivery, "That did not work: the app did not answer in time.")
        return delivery

    def _action(self, spot: Spot, choice: object) -> Json:
        element = spot.element
        action: Json = {
            "action_id": element["action_id"],
            "block_id": spot.block["block_id"],
            "type": element["type"],
            "action_ts": self.space.ts(),
        }
        for key in ("text", "value", "style"):
            if element["type"] == "button" and element.get(key) is not None:
                action[key] = element[key]
        return action | value_of(self.space, element, choice)

    def _message_with(
        self,
        what: str,
        *,
        on: Message | str | None,
        channel: str | None,
        user: User,
        block: str | None,
    ) -> Message:
        if isinstance(on, Message):
            return on
        places = [self.space.channel(channel)] if channel else list(self.space.channels.values())
        seen = [m for place in places for m in self._seen(place, user) if on in (None, m.ts)]
        if on is not None and seen:
            return seen[0]
        for message in sorted(seen, key=lambda m: float(m.ts), reverse=True):
            if spots.find(spots.in_message(message), what, block):
                return message
        raise NotPossibleError(f"{user.real_name} sees no message with {what!r}.")

    def _seen(self, place: Channel, user: User) -> Iterable[Message]:
        if user.id not in place.members:
            return ()
        whispers = [m for m in place.ephemerals if m.visible_to == user.id]
        return [m for m in [*place.messages, *whispers] if not m.deleted]

    def _response_url(self, user: User, channel: str, source: Message) -> str:
        ticket = self._ticket(user, channel)
        ticket.ts, ticket.ephemeral_source = source.ts, source.visible_to is not None
        return self.desk.base + self.tickets.response(ticket)

    def _ticket(self, user: User, channel: str) -> ResponseTicket:
        return ResponseTicket(channel, user.id, self.tickets.response_until())


def _remember(state: Json, spot: Spot, action: Json) -> None:
    """Keep what was set, so that `state.values` of the next payload has it."""
    kind = str(spot.element.get("type"))
    if kind in KEYS and kind not in STATELESS:
        key = KEYS[kind][0]
        held: Json = state.setdefault(spot.block["block_id"], {})
        held[spot.element["action_id"]] = {key: action[key]}


def _shown(delivery: Delivery) -> str:
    return "operation_timeout" if delivery.error == "operation_timeout" else "dispatch_failed"
