"""Local Slack: a stand-in for Slack over real HTTP, for demos and tests.

It imports nothing from the rest of the bot, and nothing of the bot imports it but the CLI's
`demo`: the two meet only on the wire, as with the real Slack.
"""

from bot.local_slack.delivery import Delivery
from bot.local_slack.errors import NotPossibleError
from bot.local_slack.model import Command, Message, Shortcut, View
from bot.local_slack.parts import Sample, Settings
from bot.local_slack.server import LocalSlack

__all__ = [
    "Command",
    "Delivery",
    "LocalSlack",
    "Message",
    "NotPossibleError",
    "Sample",
    "Settings",
    "Shortcut",
    "View",
]
