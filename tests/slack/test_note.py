"""Notes: one line each, which stands alone in the channel."""

import pytest

from bot.rules.card import Language, Note, NoteKind
from bot.slack.note import render_note
from tests.slack.faces import NOON, NOTES

NAME = "支付集群 CPU 过高"


def said(kind: str, language: Language = Language.ENGLISH, name: str = NAME) -> str:
    note, value = NOTES[kind]
    return render_note(note, name, value, language).text


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (
            "severity_raised",
            f"🔺 Severity raised from WARN to CRITICAL: {NAME} (97.5 %)",
            f"🔺 级别升高，警告 → 紧急：{NAME}（97.5 %）",
        ),
        (
            "fired_again",
            f"🔁 Fired again: {NAME}, 3rd time in 20 min (97.4 %)",
            f"🔁 再次触发：{NAME}，20 分钟内第 3 次（97.4 %）",
        ),
        (
            "recovered",
            f"✅ Recovered after 12 min: {NAME} (41 %)",
            f"✅ 已恢复，历时 12 分钟：{NAME}（41 %）",
        ),
        (
            "no_data",
            f"🟣 No data any more, which is not a recovery: {NAME}",
            f"🟣 已无数据，并非恢复：{NAME}",
        ),
        (
            "data_back",
            f"📈 Data is back and it is still firing: {NAME} (96 %)",
            f"📈 数据已恢复上报，仍在报警：{NAME}（96 %）",
        ),
    ],
)
def test_each_kind_of_note_names_its_alarm(kind: str, english: str, chinese: str) -> None:
    assert said(kind) == english
    assert said(kind, Language.CHINESE) == chinese


def test_a_note_pings_nobody_by_its_alarms_name() -> None:
    assert said("no_data", name="<!channel>") == (
        "🟣 No data any more, which is not a recovery: &lt;!channel&gt;"
    )


def test_a_note_without_its_extras_is_still_a_sentence() -> None:
    for kind in NoteKind:
        note = Note("7/1/x", kind, NOON)
        assert NAME in render_note(note, NAME, None, Language.ENGLISH).text


def test_a_note_is_one_verbatim_block_beside_its_text() -> None:
    note, value = NOTES["recovered"]
    message = render_note(note, NAME, value, Language.ENGLISH)
    (block,) = message.blocks
    assert block["text"] == {"type": "mrkdwn", "text": message.text, "verbatim": True}
    assert message.attachments == ()
