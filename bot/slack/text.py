"""Text for Slack: what comes from outside is made harmless here, once, and cut to fit.

`Mrkdwn` marks text that is already safe to send as mrkdwn; everything else is a plain `str`
and passes through `safe` on its way there. Nothing outside this file escapes anything, so
nothing is escaped twice, and an alarm named `<!channel>` never wakes a channel.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

MARK = "…"
NOTHING = "–"
# A card may hold 8,000 characters in all, and a nasty one has long text in every field.
VALUE_LIMIT = 128  # one value: as long as a name may be at the sender
LABEL_LIMIT = 40  # one outside name of a value
URL_LIMIT = 500  # longer links are left out; ours have about 300

# What Slack turns into an emoji: a name with a letter in it, or one of these three. Times are not.
SHORTCODE = r":(?:[\w+'-]*[^\W\d_][\w+'-]*|100|1234|[+-]1):"

_KEPT_AS_BLANK = {"Cc", "Zl", "Zp", "Zs"}
_DROPPED = {"Cf", "Cs"}  # zero-width and direction marks hide text; surrogates are no text
_FORMATTING = re.compile(
    r"[*~`]"
    r"|^>"  # a quotation
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore within a word formats nothing
    rf"|{SHORTCODE}"  # `tcp:100:80` would show an emoji in its middle
)
_ATOM = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|`[^`]*`|.", re.DOTALL)
_CHANNEL = re.compile(r"[CG][A-Z0-9]{7,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_SAFE_URL = re.compile(r"https?://[!-;=?-{}~]+")  # printable ASCII without < > |


class Mrkdwn(str):
    """Text in Slack's mrkdwn: outside values in it are escaped already."""

    __slots__ = ()


def clean(text: str) -> str:
    """One line without anything invisible: controls, zero-width and direction marks, tags."""
    # Nearly all text is printable, and then it holds none of them: cards are made of much text.
    seen = text if text.isprintable() else "".join(map(_visible, text))
    return " ".join(seen.split())


def storable(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _KEPT_AS_BLANK:
        return " "
    return "" if category in _DROPPED else character


def escape(text: str) -> Mrkdwn:
    """The three characters that Slack asks for, and no others."""
    return Mrkdwn(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def safe(text: str, limit: int = VALUE_LIMIT) -> Mrkdwn:
    """Outside text as mrkdwn: shown as it is, in a code span where it would format."""
    if isinstance(text, Mrkdwn):
        return text
    plain = clean(text)
    if _FORMATTING.search(plain):
        return code(plain, limit)
    return cut_mrkdwn(escape(plain), limit) if plain else Mrkdwn(NOTHING)


def code(text: str, limit: int = VALUE_LIMIT) -> Mrkdwn:
    """Outside text in a code span. A backtick cannot be escaped, so it becomes `ˋ`."""
    plain = clean(text).replace("`", "ˋ") or NOTHING
    return Mrkdwn(f"`{cut_mrkdwn(escape(plain), limit - 2)}`")


def bold(text: str) -> Mrkdwn:
    """In bold."""
    return Mrkdwn(f"*{safe(text)}*")


def link(url: str, label: str) -> Mrkdwn:
    """A link; just its label where the address cannot stand in one."""
    return _linked(url, label) if url.startswith("https:") else safe(label)


def link_within(url: str, label: str) -> Mrkdwn:
    """A link to a place in Slack itself. A stand-in for Slack may do without TLS."""
    return _linked(url, label)


def _linked(url: str, label: str) -> Mrkdwn:
    address = escape(url)
    if len(address) > URL_LIMIT or not _SAFE_URL.fullmatch(url):
        return safe(label)
    return Mrkdwn(f"<{address}|{safe(label)}>")


def moment(at: datetime, tokens: str) -> Mrkdwn:
    """A time in the reader's own zone; `tokens` such as `{date_short_pretty} {time}`.

    Where it cannot be shown so (mail, old clients) it stands in UTC and says so.
    """
    utc = at.astimezone(UTC)
    return Mrkdwn(f"<!date^{int(utc.timestamp())}^{tokens}|{utc:%Y-%m-%d %H:%M} UTC>")


def mention(person_id: str, name: str) -> Mrkdwn:
    """A person; their name alone where the id is not one of Slack's."""
    if _PERSON.fullmatch(person_id):
        return Mrkdwn(f"<@{person_id}>")
    return safe(name)


def channel_of(name: str) -> Mrkdwn:
    """A channel by the name or the id that the settings give it."""
    if _CHANNEL.fullmatch(name):
        return Mrkdwn(f"<#{name}>")
    return safe(f"#{name}")


def joined(separator: str, parts: Iterable[str]) -> Mrkdwn:
    """Parts one after another; the separator is ours."""
    return Mrkdwn(separator.join(safe(part) for part in parts))


def units(text: str) -> int:
    """Length in UTF-16 code units, the stricter way to count an emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` units, with a mark where something is missing."""
    return text if units(text) <= limit else _shortened(_clusters(text), limit)


def cut_mrkdwn(text: Mrkdwn, limit: int) -> Mrkdwn:
    """The same for mrkdwn; entities, links and code spans stay whole or go."""
    if units(text) <= limit:
        return text
    atoms = (atom.group() for atom in _ATOM.finditer(text))
    return Mrkdwn(_shortened(_clusters(atoms), limit))


def _shortened(pieces: Iterable[str], limit: int) -> str:
    kept: list[str] = []
    room = limit - units(MARK)
    for piece in pieces:
        room -= units(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + MARK


def _clusters(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined where a reader sees one character: accents, skin tones, flags."""
    held = ""
    for piece in pieces:
        if held and not (_extends(piece) or _is_half_flag(held, piece)):
            yield held
            held = ""
        held += piece
    if held:
        yield held


def _extends(piece: str) -> bool:
    return (
        unicodedata.category(piece[0]).startswith("M") or "\U0001f3fb" <= piece[0] <= "\U0001f3ff"
    )


def _is_half_flag(held: str, piece: str) -> bool:
    return len(held) == 1 and all("\U0001f1e6" <= half <= "\U0001f1ff" for half in (held, piece[0]))
