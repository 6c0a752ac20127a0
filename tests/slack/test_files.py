"""Files: three steps to Slack, and what becomes of them when one goes wrong."""

from collections.abc import AsyncIterator

import pytest

from bot.local_slack import LocalSlack
from bot.slack import files
from bot.slack.calls import SlackCalls
from bot.slack.failures import Remedy, SlackFailure
from tests.slack.stand_in import StandIn, no, ok, raw, stand_in

CSV = "severity,name\nCRITICAL,支付集群\n".encode()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as made:
        yield made


@pytest.fixture
async def calls(slack: LocalSlack) -> AsyncIterator[SlackCalls]:
    made = SlackCalls(slack.settings.bot_token, base_url=slack.api_url)
    yield made
    await made.aclose()


async def test_a_shared_file_stands_in_the_channel_with_every_byte(
    slack: LocalSlack, calls: SlackCalls
) -> None:
    number = await calls.files.upload(
        "alarms.csv", CSV, title="Alarms", channel_id="C0ALARMS01", thread_ts=None, comment="Here"
    )
    (message,) = slack.messages("alarms")
    assert (message.files, message.text) == ([number], "Here")
    file = slack.space.files[number]
    assert (file.content, file.title, file.name) == (CSV, "Alarms", "alarms.csv")


async def test_a_file_for_a_thread_is_a_reply(slack: LocalSlack, calls: SlackCalls) -> None:
    card = await calls.files.upload(
        "a.csv", CSV, title="a", channel_id="C0ALARMS01", thread_ts=None
    )
    ts = slack.messages("alarms")[0].ts
    await calls.files.upload("b.csv", CSV, title="b", channel_id="C0ALARMS01", thread_ts=ts)
    assert slack.messages("alarms")[1].is_reply
    assert card


async def test_a_picture_that_is_shared_nowhere_can_be_shown(
    slack: LocalSlack, calls: SlackCalls
) -> None:
    number = await calls.files.upload(
        "cpu.png", b"\x89PNG", title="CPU", channel_id=None, thread_ts=None
    )
    assert await calls.files.is_ready(number)
    assert slack.messages("alarms") == []


async def test_a_file_of_nobody_is_not_ready(calls: SlackCalls) -> None:
    assert not await calls.files.is_ready("F0NOBODY01")


async def test_a_channel_without_the_bot_is_said_by_slacks_word(calls: SlackCalls) -> None:
    with pytest.raises(SlackFailure) as caught:
        await calls.files.upload("a.csv", CSV, title="a", channel_id="C0NOWHERE1", thread_ts=None)
    assert (caught.value.word, caught.value.remedy) == ("channel_not_found", Remedy.STOP_CHANNEL)


async def test_an_empty_file_is_our_fault(calls: SlackCalls) -> None:
    with pytest.raises(ValueError, match="empty"):
        await calls.files.upload("a.csv", b"", title="a", channel_id=None, thread_ts=None)


# Slack in trouble


@pytest.fixture
async def trouble() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
async def troubled(trouble: StandIn) -> AsyncIterator[SlackCalls]:
    made = SlackCalls("xoxb-secret-of-the-test", base_url=trouble.base_url)
    yield made
    await made.aclose()


def an_address(trouble: StandIn) -> None:
    """Slack names an address for the bytes: on this stand-in, as any other method."""
    url = f"{trouble.base_url}bytes"
    trouble.on("files.getUploadURLExternal", ok(upload_url=url, file_id="F0CSV00001"))


async def upload(calls: SlackCalls) -> str:
    return await calls.files.upload("a.csv", CSV, title="a", channel_id=None, thread_ts=None)


async def test_the_bytes_go_without_the_token(trouble: StandIn, troubled: SlackCalls) -> None:
    an_address(trouble)
    trouble.on("bytes", raw(b"OK - 30", "text/plain"))
    trouble.on("files.completeUploadExternal", ok())
    assert await upload(troubled) == "F0CSV00001"
    assert [(one.method, bool(one.authorization)) for one in trouble.heard] == [
        ("files.getUploadURLExternal", True),
        ("bytes", False),
        ("files.completeUploadExternal", True),
    ]


async def test_bytes_that_slack_does_not_take_are_never_completed(
    trouble: StandIn, troubled: SlackCalls
) -> None:
    an_address(trouble)
    trouble.on("bytes", raw(b"no", "text/plain", status=500))
    with pytest.raises(SlackFailure, match="http_500"):
        await upload(troubled)
    assert [one.method for one in trouble.heard] == ["files.getUploadURLExternal", "bytes"]


async def test_a_workspace_that_forbids_files_says_so(
    trouble: StandIn, troubled: SlackCalls
) -> None:
    trouble.on("files.getUploadURLExternal", no("file_uploads_disabled"))
    with pytest.raises(SlackFailure, match="file_uploads_disabled"):
        await upload(troubled)


async def test_a_picture_is_waited_for_until_slack_has_looked_at_it(
    trouble: StandIn, troubled: SlackCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PROCESSED", (0.0, 0.0, 0.0))
    later = ok(file={"mimetype": "image/png"})
    failed = raw(b"oops", "text/plain", status=502)
    trouble.on("files.info", ok(file={"mimetype": ""}), ok(file={}), failed, later)
    assert await troubled.files.is_ready("F0PICTURE1")
    assert len(trouble.heard) == 4


async def test_a_picture_that_slack_never_looks_at_is_not_waited_for_for_ever(
    trouble: StandIn, troubled: SlackCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PROCESSED", (0.0, 0.0))
    trouble.on("files.info", ok(file={"mimetype": ""}))
    assert not await troubled.files.is_ready("F0PICTURE1")
    assert len(trouble.heard) == 3


async def test_without_the_right_to_ask_a_picture_is_not_ready(
    trouble: StandIn, troubled: SlackCalls
) -> None:
    trouble.on("files.info", no("missing_scope"))
    assert not await troubled.files.is_ready("F0PICTURE1")
