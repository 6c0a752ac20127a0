"""The history of an alarm as a message: the answer to a command, private or shared."""

from bot.rules.card import Language
from bot.rules.history import History
from bot.rules.until import zone_of
from bot.slack import blocks
from bot.slack.chart import history_chart
from bot.slack.history_lines import headline, incidents, small_print, told
from bot.slack.message import JsonObject, Message
from bot.slack.plot import plot
from bot.slack.text import clean, joined, safe
from bot.slack.words import Words


def history_message(
    history: History, *, language: Language, tz: str, picture: bool = True
) -> Message:
    """One page. Without `picture` it has one of characters: for when Slack refuses the other."""
    words = Words.of(language)
    name = clean(history.alarm.name) or words.say("card.unnamed")
    return Message(
        text=joined(": ", [safe(name), told(history, words)]),
        blocks=(
            blocks.section(headline(history, words), block_id="what"),
            _picture(history, words, tz, picture=picture),
            blocks.context(small_print(history, words, tz), block_id="counts"),
            *incidents(history, words),
        ),
    )


def _picture(history: History, words: Words, tz: str, *, picture: bool) -> JsonObject:
    zone = zone_of(tz)
    drawn = plot(history, words, zone)
    if drawn is None:
        return blocks.context(words.mark("history.no_values"), block_id="picture")
    chart = history_chart(history, words, zone, block_id="picture") if picture else None
    return chart or blocks.section(drawn, block_id="picture")
