"""What goes wrong, in two kinds: what Slack answers to the app, and what a person cannot do.

Neither kind may ever reach a socket as a traceback: the API turns the first into
`{"ok": false, "error": ...}`, the control API turns the second into a sentence.
"""

from typing import Any

from bot.local_slack.jsons import Json


class SlackError(Exception):
    """An error word of Slack's Web API, with the further keys of the answer's body."""

    def __init__(self, word: str, **more: Any) -> None:  # the body's keys are Slack's
        super().__init__(word)
        self.word = word
        self.more: Json = more

    @property
    def body(self) -> Json:
        return {"ok": False, "error": self.word, **self.more}


def invalid(word: str, complaints: list[str]) -> SlackError:
    """An error with one complaint per fault, each ending in its JSON pointer, as Slack words it."""
    messages = [f"[ERROR] {complaint}" for complaint in complaints]
    return SlackError(word, errors=complaints, response_metadata={"messages": messages})


class NotPossibleError(Exception):
    """A person tried what the screen does not offer: no such button, no such message."""
