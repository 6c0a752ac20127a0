"""All of a storm or a group, in a modal: worst first, page by page, narrowed by a search."""

from dataclasses import dataclass
from datetime import datetime

from bot.slack import blocks, forms
from bot.slack.incident_list import LINES_A_BLOCK, Row, line
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn, joined
from bot.slack.words import Words

STORM_VIEW = "storm_view"
MORE, FIND = "storm_more", "storm_find"


@dataclass(frozen=True, slots=True)
class Place:
    """The storm or the group with this number."""

    kind: str
    number: int

    @property
    def room(self) -> str:
        """Where the words speak of it."""
        return f"{self.kind}_view"


STORM, GROUP = "storm", "group"


@dataclass(frozen=True, slots=True)
class StormPage:
    """`count` is all that fits the search `text`; `more` is the place of the next page.

    `wrong` is what cannot be understood of the search; nothing was looked for then.
    """

    place: Place
    rows: tuple[Row, ...]
    count: int
    text: str = ""
    more: str | None = None
    wrong: Mrkdwn | None = None


def storm_view(page: StormPage, words: Words, now: datetime) -> JsonObject:
    """A view for `views.open` and `update`."""
    room, told = page.place.room, [line(row, words, now) for row in page.rows]
    body = [
        forms.typed(
            words.say(f"{room}.find"),
            name=FIND,
            initial=page.text,
            placeholder="severity:critical project:acs_ecs",
            optional=True,
            longest=500,
            asks=True,
        ),
        blocks.context(_found(page, words), block_id="count"),
    ]
    for start in range(0, len(told), LINES_A_BLOCK):
        part = joined("\n", told[start : start + LINES_A_BLOCK])
        body.append(blocks.section(part, block_id=f"lines:{start}"))
    if page.more:
        button = blocks.button(words.say("list.more"), action_id=MORE, value=page.more)
        body.append(blocks.actions([button], block_id="more"))
    return forms.modal(
        words.say(f"{room}.title"),
        body,
        callback_id=STORM_VIEW,
        submit=words.say("storm_view.submit"),
        close=words.say("form.close"),
        ids={page.place.kind: page.place.number},
    )


def _found(page: StormPage, words: Words) -> Mrkdwn:
    if page.wrong:
        return Mrkdwn(f"⚠️ {page.wrong}")
    if page.count == 0:
        return words.mark("list.none.search")
    return words.mark("storm_view.count", count=page.count)
