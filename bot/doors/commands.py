"""The slash command: finds who answers a verb. Private by default; `share` shows it to all."""

from collections.abc import Awaitable, Callable

from bot.doors.requests import Answer, Called, Drawn, Instead, Pressed, Public
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.rules.command import Ask, CommandRefused, asked
from bot.rules.permits import Action
from bot.slack.command_text import plain
from bot.slack.help import help_message
from bot.slack.incident_list import MORE, SHARE
from bot.slack.tell import as_message, shared
from bot.slack.text import mention
from bot.slack.words import Words
from bot.work.permits import Permits

Verb = Callable[[Visitor, str], Awaitable[Answer]]
SHAREABLE = (
    Ask.NOW, Ask.LIST, Ask.SEARCH, Ask.SHOW, Ask.HISTORY, Ask.MUTES, Ask.STATS,
)  # fmt: skip


class Commands:
    """`verbs` answer; each is given the visitor and the words after the verb."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        self.verbs: dict[Ask, Verb] = {Ask.HELP: self.help, Ask.SHARE: self.share}

    def listen(self, listeners: Listeners) -> None:
        """The command itself, and the buttons under its answers."""
        listeners.call = self.called
        listeners.presses[MORE] = self.more
        listeners.presses[SHARE] = self.share_pressed

    async def called(self, called: Called) -> Answer:
        """Answer what was typed."""
        return await self._answer(called.visitor, plain(called.text))

    async def _answer(self, visitor: Visitor, text: str) -> Answer:
        what = asked(text)
        return await self.verbs[what.verb](visitor, what.rest)

    async def more(self, pressed: Pressed) -> Answer:
        """The next page takes the place of this one."""
        answer = await self._answer(pressed.visitor, pressed.value)
        said = answer.said if isinstance(answer, Public | Instead) else answer
        return None if said is None else Instead(said)

    async def share_pressed(self, pressed: Pressed) -> Answer:
        """Show the answer to everybody."""
        return await self.share(pressed.visitor, pressed.value)

    async def share(self, visitor: Visitor, rest: str) -> Answer:
        """`share list …`: the answer, for the whole channel, with who asked."""
        await self._permits.demand(
            Action.SHARE, person=visitor.person, channel=visitor.channel_id, via=visitor.via
        )
        what = asked(rest)
        if what.verb not in SHAREABLE:
            raise CommandRefused("not_shareable", verb=what.verb.value)
        answer = await self.verbs[what.verb](visitor, what.rest)
        said = answer.said if isinstance(answer, Public | Instead) else answer
        if said is None:
            return None
        words = Words.of(visitor.language)
        who = mention(visitor.person.id, visitor.person.name)
        by = words.mark("command.shared", person=who, text=f"/alarms {rest}"[:200])
        if isinstance(said, Drawn):
            return Public(Drawn(shared(said.best, by), shared(said.plain, by)))
        return Public(shared(as_message(said), by))

    async def help(self, visitor: Visitor, rest: str) -> Answer:
        """What there is, with an example each; of one verb if it is named."""
        verb = asked(rest).verb if rest else None
        return help_message(verb, Words.of(visitor.language))
