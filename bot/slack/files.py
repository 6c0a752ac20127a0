"""Files: the three steps that bring one to Slack, and waiting until it can be shown.

`files.upload` is gone; Slack names an address, takes the bytes there, and is told when they
are all there. A file that is shared nowhere can still stand in a view of ours.
"""

import asyncio
import json

from bot.slack.failures import Call, SlackFailure
from bot.slack.message import JsonObject
from bot.slack.wire import Wire

PROCESSED = (0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between looks; Slack needs about one
TITLE = 100  # characters


class Files:
    """`files.getUploadURLExternal`, `completeUploadExternal`, `info`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def upload(
        self,
        name: str,
        content: bytes,
        *,
        title: str,
        channel_id: str | None,
        thread_ts: str | None,
        comment: str = "",
    ) -> str:
        """Bring a file and share it in a channel (or a thread of it); without, nowhere.

        Gives the file's id. Raises SlackFailure. Slack takes no empty file, so an empty one
        is a fault of ours: ValueError. `comment` is mrkdwn, made safe already.
        """
        if not content:
            raise ValueError("Slack takes no empty file")
        place = await self._wire.read(
            "files.getUploadURLExternal",
            {"filename": name, "length": len(content)},
            verb="POST",
            call=Call.FILE,
        )
        number = place.text("file_id")
        await self._wire.bring(place.text("upload_url"), content)
        whole: JsonObject = {"files": json.dumps([{"id": number, "title": title[:TITLE]}])}
        if channel_id:
            shared = {"channel_id": channel_id, "thread_ts": thread_ts, "initial_comment": comment}
            whole |= {name: value for name, value in shared.items() if value}
        await self._wire.read("files.completeUploadExternal", whole, verb="POST", call=Call.FILE)
        return number

    async def is_ready(self, number: str) -> bool:
        """Wait until Slack has looked at a file: before that it refuses blocks that show it.

        False after some seconds, and where Slack does not let us ask.
        """
        for pause in (*PROCESSED, None):
            try:
                answer = await self._wire.read("files.info", {"file": number})
            except SlackFailure as failure:
                if failure.spoken:
                    return False
            else:
                if answer.one("file").optional("mimetype"):
                    return True
            if pause is not None:
                await asyncio.sleep(pause)
        return False
