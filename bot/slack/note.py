"""A note: one line in a card's thread, for what a team needs to hear. An edit pings nobody.

Broadcast notes stand alone in the channel, so each names its alarm.
"""

from datetime import timedelta

from bot.rules.card import Language, Note, NoteKind
from bot.rules.incident import Person
from bot.rules.severity import Severity
from bot.slack import blocks
from bot.slack.look import severity_mark
from bot.slack.message import Message
from bot.slack.mute_card import extend_button, note_of_mute
from bot.slack.phrases import severity_word
from bot.slack.text import Mrkdwn, clean, cut, joined, mention, safe
from bot.slack.words import Words

NAME = 60  # characters of a name where several are told
TEXT = 500  # characters of what a person wrote; the incident keeps all

_MARKS = {
    NoteKind.SEVERITY_RAISED: "🔺",
    NoteKind.FIRED_AGAIN: "🔁",
    NoteKind.RECOVERED: "✅",
    NoteKind.NO_DATA: "🟣",
    NoteKind.DATA_BACK: "📈",
    NoteKind.WENT_ON: "▪️",
    NoteKind.ACKNOWLEDGED: "👀",
    NoteKind.UNACKNOWLEDGED: "↩️",
    NoteKind.REMARKED: "📝",
    NoteKind.CLOSED: "☑️",
    NoteKind.REOPENED: "🔁",
    NoteKind.JUDGED: "🏷️",
    NoteKind.MUTE_ENDED: "🔔",
    NoteKind.MUTE_ENDING: "⏳",
    NoteKind.PARENT_OVER: "🔔",
    NoteKind.GROUP_OVER: "✅",
    NoteKind.FLAPPING: "〰️",
    NoteKind.CALM_AGAIN: "➖",
    NoteKind.CALM_BUT_OPEN: "➖",
}


def render_note(note: Note, alarm_name: str, value: str | None, language: Language) -> Message:
    """`🔁 Fired again: 支付集群 CPU 过高, 3rd time in 20 min (97.5 %)`.

    `value` is the note's value as people write it, with its unit.
    """
    words = Words.of(language)
    is_group = note.kind in (NoteKind.GROUP_NEWS, NoteKind.GROUP_OVER)
    name = clean(alarm_name) or words.say("group.unnamed" if is_group else "card.unnamed")
    line = _of_group(note, name, words) if is_group else _line(note, name, words)
    if value:
        line = words.mark("summary.brackets", what=line, more=value)
    mark = _MARKS.get(note.kind) or severity_mark(note.after)
    line = joined(" ", [Mrkdwn(mark), line])
    said = [blocks.section(line, block_id=note.key)]
    if note.mute:
        button = extend_button(note.mute.mute_id, words)
        said.append(blocks.actions([button], block_id=f"{note.key}:actions"))
    return Message(text=line, blocks=tuple(said))


def _line(note: Note, name: str, words: Words) -> Mrkdwn:
    match note.kind:
        case NoteKind.SEVERITY_RAISED:
            before, after = (severity_word(each, words) for each in (note.before, note.after))
            return words.mark("note.severity_raised", before=before, after=after, name=name)
        case NoteKind.FIRED_AGAIN | NoteKind.FLAPPING:
            return _again_and_again(note, name, words)
        case NoteKind.RECOVERED if note.lasted is not None:
            return words.mark("note.recovered_after", name=name, lasted=words.lasting(note.lasted))
        case NoteKind.MUTE_ENDED | NoteKind.MUTE_ENDING if note.mute:
            return note_of_mute(note.mute, name, words)
        case kind if note.by:
            return _done(note, note.by, words)
        case kind:
            return words.mark(f"note.{kind.value}", name=name)


def _of_group(note: Note, name: str, words: Words) -> Mrkdwn:
    """`2 more fire: web-1, web-2, in 支付集群 CPU 过高 · Hangzhou`, the worst first."""
    count = note.times or len(note.names)
    if note.kind is NoteKind.GROUP_OVER:
        lasted = words.lasting(note.lasted or timedelta())
        return words.mark("note.group_over", count=count, lasted=lasted, name=name)
    told = [safe(cut(clean(each), NAME), NAME) for each in note.names]
    if count > len(told):
        told.append(words.mark("more", count=count - len(told)))
    listed = words.listed(told)
    if note.after is Severity.CRITICAL:
        severity = severity_word(note.after, words)
        return words.mark("note.group_critical", severity=severity, name=name, list=listed)
    return words.mark("note.group_news", count=count, name=name, list=listed)


def _done(note: Note, by: Person, words: Words) -> Mrkdwn:
    """What a person did. A mention here would ping who did it: the plain name does."""
    if note.kind is NoteKind.ACKNOWLEDGED and note.to and note.to.id != by.id:
        return words.mark("note.assigned_by", person=by.name, to=mention(note.to.id, note.to.name))
    line = words.mark(f"note.{note.kind.value}_by", person=by.name)
    if not note.text:
        return line
    told = note.text
    if note.kind is NoteKind.JUDGED:
        told = words.say(f"note.feedback_{note.text}")
    return words.mark("note.told", line=line, text=safe(told, TEXT))


def _again_and_again(note: Note, name: str, words: Words) -> Mrkdwn:
    key = f"note.{note.kind.value}"
    if note.times is None or note.since is None:
        return words.mark(key, name=name)
    lasted = words.lasting(note.at - note.since)
    ordinal = words.ordinal(note.times)
    return words.mark(f"{key}_in", name=name, ordinal=ordinal, times=note.times, lasted=lasted)
