"""The small modals of a card: a note, why it is over or not, to whom it goes, what one thinks."""

from bot.rules.incident import Feedback
from bot.slack import blocks, forms
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn
from bot.slack.words import Words

NOTE, RESOLVE, REOPEN, ASSIGN, FEEDBACK = "note", "resolve", "reopen", "assign", "feedback"
TEXT, PERSON, OPINION = "text", "person", "opinion"
NOBODYS = "none"
LONGEST = 2_900  # characters: with its frame it still fits one block


def text_form(
    kind: str, what: Mrkdwn, words: Words, *, ids: dict[str, str | int | None]
) -> JsonObject:
    """A note, or a reason: `kind` is NOTE, RESOLVE or REOPEN."""
    hint = {NOTE: "act_form.note_hint", RESOLVE: "act_form.resolve_hint"}.get(kind)
    body = [
        blocks.section(what, block_id="what"),
        forms.typed(
            words.say(f"act_form.{kind}"),
            name=TEXT,
            placeholder=words.say(hint) if hint else None,
            multiline=True,
            optional=kind != NOTE,
            longest=LONGEST,
        ),
    ]
    return _form(kind, body, words, ids)


def assign_form(what: Mrkdwn, words: Words, *, ids: dict[str, str | int | None]) -> JsonObject:
    """To whom it goes."""
    body = [
        blocks.section(what, block_id="what"),
        forms.person_picker(words.say("act_form.assign"), name=PERSON),
    ]
    return _form(ASSIGN, body, words, ids)


def feedback_form(
    what: Mrkdwn, given: Feedback | None, words: Words, *, ids: dict[str, str | int | None]
) -> JsonObject:
    """What a person thinks of the alarm."""
    options = [(words.say(f"act_form.feedback_{one.value}"), one.value) for one in Feedback]
    options.append((words.say("act_form.feedback_none"), NOBODYS))
    body = [
        blocks.section(what, block_id="what"),
        forms.radio(
            words.say("act_form.feedback"),
            options,
            name=OPINION,
            initial=given.value if given else NOBODYS,
            asks=False,
        ),
    ]
    return _form(FEEDBACK, body, words, ids)


def _form(
    kind: str, body: list[JsonObject], words: Words, ids: dict[str, str | int | None]
) -> JsonObject:
    return forms.modal(
        words.say(f"act_form.{kind}_title"),
        body,
        callback_id=f"{kind}_form",
        submit=words.say(f"act_form.{kind}_submit"),
        close=words.say("form.cancel"),
        ids=ids,
    )
