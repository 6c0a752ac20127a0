"""files.*: the external upload flow. Ask for a URL, send the bytes there, complete once."""

from bot.local_slack import render
from bot.local_slack.errors import SlackError, invalid
from bot.local_slack.jsons import Json, as_objects
from bot.local_slack.methods.content import content_of
from bot.local_slack.methods.context import Call, Method
from bot.local_slack.model import File, Message


async def get_upload_url(call: Call) -> Json:
    length = call.args.number("length", 0)
    if length <= 0:
        raise invalid("invalid_arguments", ["missing required field: length"])
    file = File(call.space.ids.new("F"), call.args.need("filename"), length, call.bot.id)
    call.space.files[file.id] = file
    return {"upload_url": f"{call.desk.base}/upload/{file.id}", "file_id": file.id}


async def complete_upload(call: Call) -> Json:
    wanted = as_objects(call.args.json("files"))
    files = [_uploaded(call, str(each.get("id") or "")) for each in wanted]
    if not files:
        raise invalid("invalid_arguments", ["missing required field: files"])
    for file, each in zip(files, wanted, strict=True):
        file.title, file.complete = str(each.get("title") or file.name), True
    if call.args.text("channel_id"):
        _share(call, files)
    return {"files": [render.file_json(file) for file in files]}


def _uploaded(call: Call, number: str) -> File:
    file = call.space.files.get(number)
    if file is None or file.content is None or file.complete:
        raise SlackError("file_not_found")
    return file


def _share(call: Call, files: list[File]) -> None:
    channel = call.space.channels.get(call.args.text("channel_id"))
    if channel is None:
        raise SlackError("channel_not_found")
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    message = Message(call.space.ts(), channel.id, call.bot.id, call.args.text("initial_comment"))
    message.bot_id, message.files = call.bot.bot_id, [file.id for file in files]
    message.blocks = content_of(call.args).blocks or []
    message.thread_ts = call.args.text("thread_ts") or None
    for file in files:
        file.channels.append(channel.id)
    call.space.post(message)


async def info(call: Call) -> Json:
    file = call.space.files.get(call.args.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": render.file_json(file)}


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
