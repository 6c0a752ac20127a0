"""Golden cards: what Slack is sent, kept as JSON and read by eye.

After a change that is meant, write them anew and read the difference before it is committed:

    .venv/bin/python -m tests.slack.goldens
"""

import json
from collections.abc import Iterator
from pathlib import Path

from bot.rules.card import Language
from bot.slack.card import render_card
from bot.slack.message import Message
from bot.slack.note import render_note
from tests.slack.faces import FACES, NOTES, spoken

FOLDER = Path(__file__).parent / "golden"


def messages() -> Iterator[tuple[str, Message]]:
    """Every golden message by the name of its file."""
    for language in Language:
        for name, face in FACES.items():
            yield f"{name}.{language.value}", render_card(spoken(face, language), language)
        for name, (note, value) in NOTES.items():
            yield (
                f"note_{name}.{language.value}",
                render_note(note, "支付集群 CPU 过高", value, language),
            )


def written(message: Message) -> str:
    """As it stands in the file."""
    return json.dumps(message.payload(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, message in messages():
        (FOLDER / f"{name}.json").write_text(written(message), encoding="utf-8")
