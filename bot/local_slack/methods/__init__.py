"""The Web API's methods, by name. They read and change the workspace and must never see HTTP."""

from bot.local_slack.methods import chat, conversations, files, people, views
from bot.local_slack.methods.context import Call, Desk, Method

METHODS: dict[str, Method] = {
    **people.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **views.METHODS,
    **files.METHODS,
}

__all__ = ["METHODS", "Call", "Desk", "Method"]
