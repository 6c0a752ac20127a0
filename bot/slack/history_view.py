"""The History modal: a picture of an alarm's past, and its last incidents page by page.

It is there at once with a picture of characters; a better one takes its place when it is
drawn. What is shown stands in the view's metadata as ids, so a press on an old view is safe.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.ids import number_or_none
from bot.rules.card import Language
from bot.rules.history import History, Span
from bot.rules.until import zone_of
from bot.slack import blocks, forms
from bot.slack.filled import Seen
from bot.slack.history_lines import headline, incidents, lines, small_print, told
from bot.slack.message import JsonObject
from bot.slack.plot import plot
from bot.slack.words import Words

HISTORY_VIEW = "history_view"  # callback ids stay: old modals may be open during a release
SPAN, SCOPE = "history_span", "history_scope"
OLDER, NEWER = "history_older", "history_newer"
ONE, RULE = "alarm", "rule"  # values of the scope
DEEPEST = 100  # pages back that "Newer" remembers


@dataclass(frozen=True, slots=True)
class Page:
    """Which history a modal shows; `trail`: the `before_id`s of the pages before, 0 the first."""

    card_id: str
    span: Span = Span.WEEK
    whole_rule: bool = False
    before_id: int | None = None
    trail: tuple[int, ...] = ()

    def pressed(self, action_id: str, value: str) -> "Page":
        """What it shows after a press; nonsense changes nothing."""
        match action_id:
            case "history_span":
                span = next((one for one in Span if one == value), self.span)
                return Page(self.card_id, span, self.whole_rule)
            case "history_scope":
                return Page(self.card_id, self.span, value == RULE)
            case "history_older" if (before := number_or_none(value)) is not None:
                trail = (*self.trail, self.before_id or 0)[-DEEPEST:]
                return replace(self, before_id=before, trail=trail)
            case "history_newer":
                before = self.trail[-1] if self.trail else 0
                return replace(self, before_id=before or None, trail=self.trail[:-1])
            case _:
                return self


def page_of(view: Seen) -> Page | None:
    """What a view of ours shows; None for one that is not."""
    card_id = view.text("card")
    if card_id is None:
        return None
    trail = (view.text("trail") or "").split(",")
    return Page(
        card_id,
        span=next((one for one in Span if one == view.text("span")), Span.WEEK),
        whole_rule=view.text("scope") == RULE,
        before_id=view.number("before"),
        trail=tuple(one for one in map(number_or_none, trail) if one is not None),
    )


def history_view(
    history: History,
    *,
    language: Language,
    tz: str,
    card_id: str,
    picture: str | None = None,
    trail: Sequence[int] = (),
) -> JsonObject:
    """The modal. `picture` is the id of a drawn one in Slack; without it stands a plain one."""
    words = Words.of(language)
    body = [
        blocks.section(headline(history, words), block_id="what"),
        blocks.actions(_menus(history, words), block_id="choose"),
        *_picture(history, words, tz, picture),
        blocks.context(small_print(history, words, tz), block_id="counts"),
        *incidents(history, words),
        *_paging(history, words),
    ]
    return forms.modal(
        words.say("history.title"),
        body,
        callback_id=HISTORY_VIEW,
        close=words.say("form.close"),
        ids={
            "card": card_id,
            "span": history.span.value,
            "scope": RULE if history.whole_rule else ONE,
            "before": history.before_id,
            "trail": ",".join(map(str, trail)) or None,
        },
    )


def _menus(history: History, words: Words) -> list[blocks.Control]:
    """An alarm without a rule has no other instances."""
    spans = [(words.say(f"history.spans.{one.value}"), one.value) for one in Span]
    scopes = [(words.say(f"history.scopes.{one}"), one) for one in (ONE, RULE)]
    chosen = RULE if history.whole_rule else ONE
    span = blocks.select(
        words.say("history.span"), spans, action_id=SPAN, chosen=history.span.value
    )
    if history.alarm.rule_id is None:
        return [span]
    scope = blocks.select(words.say("history.scope"), scopes, action_id=SCOPE, chosen=chosen)
    return [span, scope]


def _picture(history: History, words: Words, tz: str, picture: str | None) -> Iterator[JsonObject]:
    drawn = plot(history, words, zone_of(tz))
    if drawn is None:
        yield blocks.context(words.mark("history.no_values"), block_id="picture")
    elif picture is None:
        yield blocks.section(drawn, block_id="picture")
    else:
        # another id: Slack keeps what it knows of a block whose id stays
        yield blocks.picture(picture, alt=told(history, words), block_id=f"picture:{picture}")
        if history.whole_rule:
            yield blocks.context(lines(history, words), block_id="lines")


def _paging(history: History, words: Words) -> Iterator[JsonObject]:
    buttons: list[blocks.Control] = []
    if history.before_id is not None:
        label = words.say("history.newer")
        buttons.append(blocks.button(label, action_id=NEWER, value=str(history.before_id)))
    if history.next_cursor is not None:
        label = words.say("history.older")
        buttons.append(blocks.button(label, action_id=OLDER, value=str(history.next_cursor)))
    if buttons:
        yield blocks.actions(buttons, block_id="page")
