"""Finding what a person can press: a button or menu by its action id or by its label."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.local_slack.errors import NotPossibleError
from bot.local_slack.ids import elements_of
from bot.local_slack.jsons import Json, as_object, as_objects
from bot.local_slack.model import Message, View


@dataclass(frozen=True)
class Spot:
    """An interactive element, its block, and the attachment it stands in, if any."""

    block: Json
    element: Json
    attachment: int | None = None

    @property
    def names(self) -> list[str]:
        """What it may be called: its label first, then its action id."""
        texts = (self.element.get("text"), self.element.get("placeholder"), self.block.get("label"))
        labels = [str(as_object(text).get("text", "")) for text in texts if text]
        return [*labels, str(self.element.get("action_id"))]


def in_message(message: Message) -> list[Spot]:
    spots = _in_blocks(message.blocks, None)
    for part in message.attachments:
        spots += _in_blocks(as_objects(part.get("blocks")), int(part["id"]))
    return spots


def in_view(view: View) -> list[Spot]:
    return _in_blocks(view.blocks, None)


def _in_blocks(blocks: list[Json], attachment: int | None) -> list[Spot]:
    return [
        Spot(block, element, attachment)
        for block in blocks
        for element in elements_of(block)
        if element.get("action_id")
    ]


def find(spots: Sequence[Spot], what: str, block: str | None = None) -> Spot | None:
    """The first element that is called so (in the block with that id, when one is given)."""
    for spot in spots:
        if what in spot.names and block in (None, spot.block.get("block_id")):
            return spot
    return None


def need(spots: Sequence[Spot], what: str, block: str | None = None) -> Spot:
    """As `find`, but says what there is when there is no such element."""
    found = find(spots, what, block)
    if found is None:
        there = ", ".join(repr(spot.names[0]) for spot in spots) or "nothing to press"
        raise NotPossibleError(f"There is no {what!r} here; there is: {there}.")
    return found
