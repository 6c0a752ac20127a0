"""Rich text: sections, lists, quotes and code, and what stands in them."""

from bot.local_slack.blockkit.checks import (
    Check,
    Complaints,
    anything,
    boolean,
    by_type,
    many,
    number,
    shape,
    string,
)
from bot.local_slack.blockkit.objects import URL, typed

STYLE = shape(
    None,
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink"), boolean
    ),
)
ID = string(least=1)
STYLED: dict[str, Check] = {"style": STYLE}

INLINE: dict[str, Check] = {
    "text": typed({"text": string(least=1)}, STYLED),
    "link": typed({"url": URL}, {**STYLED, "text": string(), "unsafe": boolean}),
    "emoji": typed({"name": ID}, {**STYLED, "unicode": string(), "skin_tone": number()}),
    "user": typed({"user_id": ID}, STYLED),
    "channel": typed({"channel_id": ID}, STYLED),
    "usergroup": typed({"usergroup_id": ID}, STYLED),
    "team": typed({"team_id": ID}, STYLED),
    "broadcast": typed({"range": string(of=("here", "channel", "everyone"))}, STYLED),
    "date": typed(
        {"timestamp": number(), "format": ID}, {**STYLED, "url": URL, "fallback": string()}
    ),
    "color": typed({"value": ID}, STYLED),
}
LINE = many(by_type(INLINE))
SECTION = typed({"elements": LINE})
DRAWN: dict[str, Check] = {"border": number(least=0)}


def _nested(value: object, place: str, found: Complaints) -> None:
    by_type(PARTS)(value, place, found)  # lists may hold quotes and code as well as sections


PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": typed(
        {"elements": many(_nested), "style": string(of=("bullet", "ordered"))},
        {**DRAWN, "indent": number(least=0, most=8), "offset": number(least=0)},
    ),
    "rich_text_quote": typed({"elements": LINE}, DRAWN),
    "rich_text_preformatted": typed({"elements": LINE}, {**DRAWN, "language": anything}),
}
RICH_TEXT = typed({"elements": many(by_type(PARTS), least=1)}, {"block_id": string(most=255)})
