"""What a card says of its parent and its children: who is quiet because of whom."""

from collections.abc import Iterator

from bot.rules.dependency import Family, Relative
from bot.slack.look import HELD_MARK
from bot.slack.text import Mrkdwn, bold, clean, cut, joined, safe
from bot.slack.words import Words

NAME = 60  # characters of a relative's name


def family_lines(family: Family, words: Words) -> Iterator[Mrkdwn]:
    """`⏸️ Holds back 7 alarms: #12 Nginx 5xx, #13 Redis …, and 5 more`."""
    if family.parent:
        parent = family.parent
        line = words.mark("dependency.held_back", number=parent.id, name=bold(_name(parent, words)))
        yield joined(" ", [Mrkdwn(HELD_MARK), line])
    if family.children:
        told = [joined(" ", [Mrkdwn(f"#{c.id}"), _name(c, words)]) for c in family.children]
        if family.count > len(told):
            told.append(words.mark("more", count=family.count - len(told)))
        line = words.mark("dependency.holds", count=family.count, list=words.listed(told))
        yield joined(" ", [Mrkdwn(HELD_MARK), line])


def _name(one: Relative, words: Words) -> Mrkdwn:
    return safe(cut(clean(one.name) or words.say("card.unnamed"), NAME), NAME)
