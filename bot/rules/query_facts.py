"""What a search may ask of an alarm: its facts, each under the one name it is stored by.

Pure. The vocabulary is that of `rules.facts`; here a dimension has one name only,
`dimension.NAME`, because a search's `NAME:` is turned into that when it is read.
"""

from bot.rules.alarm import Alarm
from bot.rules.facts import FIELDS, facts_of
from bot.rules.query_terms import folded

DIMENSION = "dimension."
LABEL = "label."

OF_ALARM = tuple(name for name in FIELDS if name not in ("severity", "kind"))
"""Facts that are the alarm's own: a severity is an incident's, a kind is a message's."""

LONGEST_NAME = 100  # characters; nobody searches for a longer one, and an index must hold it
LONGEST_TEXT = 1_000  # characters; a text is searched up to here

AlarmFact = tuple[str, str]


def searchable(alarm: Alarm) -> tuple[AlarmFact, ...]:
    """Names and folded texts, in a settled order and each once."""
    found = {
        (folded(name), folded(text)[:LONGEST_TEXT])
        for name, texts in facts_of(alarm, severity=None).items()
        if name in OF_ALARM or name.startswith((DIMENSION, LABEL))
        for text in texts
    }
    return tuple(sorted(fact for fact in found if len(fact[0]) <= LONGEST_NAME))
