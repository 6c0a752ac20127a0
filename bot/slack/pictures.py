"""Drawn pictures for views: made, brought to Slack, and ready to be shown. Never insisted on.

A view stands without its picture, so whatever goes wrong here ends in None: no library, a
workspace that forbids files, a Slack that is slow.
"""

from bot.rules.history import History
from bot.slack.chart_png import Painter
from bot.slack.failures import SlackFailure
from bot.slack.files import Files

NAME = "history.png"


class Pictures:
    """Pictures of histories in one workspace."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._painter = Painter()

    async def of(self, history: History, *, tz: str) -> str | None:
        """The id of a file that a view can show; takes a second or two."""
        drawn = await self._painter.draw(history, tz=tz)
        if drawn is None:
            return None
        try:
            number = await self._files.upload(
                NAME, drawn, title=history.alarm.name or NAME, channel_id=None, thread_ts=None
            )
        except SlackFailure:
            return None
        return number if await self._files.is_ready(number) else None
