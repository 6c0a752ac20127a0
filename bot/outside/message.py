"""What is told outside Slack, ready to be sent, and what a way out looks like.

A way never raises for what goes wrong out there: it answers with a few words that say why, and
whoever asked tries again. The words hold nothing of what was answered, which may be anything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SEND_WITHIN = 10.0  # seconds for one message
Json = str | dict[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same for every try; `payload` is for programs, the rest for people."""

    id: str
    payload: dict[str, Json]
    subject: str
    text: str


class Way(Protocol):
    """One way to tell somebody."""

    async def send(self, message: Message, *, now: datetime) -> str | None:
        """Why it could not be sent; None when it was."""
        ...
