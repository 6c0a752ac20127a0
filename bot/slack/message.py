"""A message as Slack takes it: one line of text, blocks, attachments. It knows no alarm.

The text is what a phone's notification shows and the only thing a screen reader reads, so it
is always a whole sentence. A message never knows where it goes: calls add the channel.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from bot.rules.record import Json

JsonObject = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is mrkdwn, escaped, 1 to 3,000 characters; the dicts are Slack's JSON."""

    text: str
    blocks: tuple[JsonObject, ...] = ()
    attachments: tuple[JsonObject, ...] = ()

    @property
    def digest(self) -> str:
        """64 hex digits, equal exactly when Slack would show the same."""
        canonical = json.dumps(
            self.payload(), ensure_ascii=True, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def plainly(self) -> "Message":
        """The same said in text only: for when Slack refuses our blocks."""
        return replace(self, blocks=(), attachments=())

    def payload(self) -> JsonObject:
        """Text, blocks and attachments for `chat.postMessage` and `chat.update`.

        Empty lists are there on purpose: `chat.update` keeps attachments it is not told of.
        """
        return {
            "text": self.text,
            "blocks": list(self.blocks),
            "attachments": list(self.attachments),
        }
