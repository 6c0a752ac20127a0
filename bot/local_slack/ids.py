"""Identifiers in Slack's shapes, and names for blocks and elements that came without.

They must look like Slack's (`^F[A-Z0-9]{8,}$` and so on), because apps check that.
"""

import secrets
from itertools import count

from bot.local_slack.jsons import Json, as_objects

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """A counter in base 36, so that identifiers are unique and read in order."""

    def __init__(self) -> None:
        self._count = count(1)

    def new(self, prefix: str) -> str:
        """An identifier such as `C0LOCAL00A`."""
        number, digits = next(self._count), ""
        for _ in range(4):
            number, digit = divmod(number, len(ALPHABET))
            digits = ALPHABET[digit] + digits
        return f"{prefix}0LOC{digits}"

    def name_blocks(self, blocks: list[Json], attachments: list[Json]) -> None:
        """Give each block and interactive element the id that Slack gives when there is none."""
        for number, attachment in enumerate(attachments, start=1):
            attachment.setdefault("id", number)
            attachment.setdefault("fallback", "[no preview available]")
            self._name(as_objects(attachment.get("blocks")))
        self._name(blocks)

    def _name(self, blocks: list[Json]) -> None:
        for block in blocks:
            if not block.get("block_id"):
                block["block_id"] = secrets.token_urlsafe(4)[:5]
            for element in elements_of(block):
                if element.get("type") not in PASSIVE and not element.get("action_id"):
                    element["action_id"] = secrets.token_urlsafe(4)[:5]


PASSIVE = frozenset({"image", "mrkdwn", "plain_text"})


def elements_of(block: Json) -> list[Json]:
    """The elements of a block that may be interactive: listed, accessory or input element."""
    singles = as_objects([block.get("accessory"), block.get("element")])
    if block.get("type") in ("rich_text", "context"):
        return singles
    return [*as_objects(block.get("elements")), *as_objects(block.get("actions")), *singles]
