"""All of a storm or a group, in a modal: worst first, page by page, narrowed by a search."""

from dataclasses import dataclass
from datetime import datetime

from bot.slack import blocks, forms
from bot.slack.filled import Seen
from bot.slack.incident_list import LINES_A_BLOCK, Row, line
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn, joined
from bot.slack.words import Words

STORM_VIEW = "storm_view"
MORE, BACK, FIND = "storm_more", "storm_back", "storm_find"
FIRST = "0"  # the place of the first page, where a place must be written
TRAIL = 2_800  # characters of places in the view's metadata, of which Slack takes 3,000


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
class Turn:
    """Which page is shown: its place in the list, None for the first, and of those before it.

    A place tells what was shown, so those of a hundred pages are more than a view carries: of the
    oldest some are forgotten, and the way back from there leads to the first page.
    """

    at: str | None = None
    before: tuple[str, ...] = ()

    def on(self, place: str | None) -> "Turn":
        """To the next page; nonsense leads to the first."""
        return Turn(place, (*self.before, self.at or FIRST)) if place else Turn()

    def back(self) -> "Turn":
        """To the page before."""
        at = self.before[-1] if self.before else FIRST
        return Turn(None if at == FIRST else at, self.before[:-1])

    def ids(self) -> dict[str, str | None]:
        """What the view carries of it."""
        kept, room = list[str](), TRAIL - len(self.at or "")
        for place in reversed(self.before):
            room -= len(place) + 1
            if room < 0:
                break
            kept.insert(0, place)
        return {"at": self.at, "before": ",".join(kept) or None}


def turn_of(view: Seen) -> Turn:
    """The page that an open modal shows."""
    before = view.text("before")
    return Turn(view.text("at"), tuple(before.split(",")) if before else ())


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
    turn: Turn = Turn()


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
    if paging := _paging(page, words):
        body.append(blocks.actions(paging, block_id="more"))
    return forms.modal(
        words.say(f"{room}.title"),
        body,
        callback_id=STORM_VIEW,
        submit=words.say("storm_view.submit"),
        close=words.say("form.close"),
        ids={page.place.kind: page.place.number, **page.turn.ids()},
    )


def _paging(page: StormPage, words: Words) -> list[blocks.Control]:
    told = ("storm_view.back", BACK, page.turn.at and FIRST), ("list.more", MORE, page.more)
    return [blocks.button(words.say(key), action_id=one, value=to) for key, one, to in told if to]


def _found(page: StormPage, words: Words) -> Mrkdwn:
    if page.wrong:
        return Mrkdwn(f"⚠️ {page.wrong}")
    if page.count == 0:
        return words.mark("list.none.search")
    return words.mark("storm_view.count", count=page.count)
