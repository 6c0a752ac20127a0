"""A batch of callbacks from the inbox, opened: the letters in them, and the canaries among them.

Apart from `apply_callbacks`, which says when a batch is read, by whom it is applied, and what
becomes of one that fails. Nothing here asks the store or the clock.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.cloudmonitor.read import read
from bot.rules.canary import SOURCE, number_in
from bot.store.inbox import Waiting
from bot.work.desk import Letter
from bot.work.draft import Draft

LETTERS = 2_000  # of a batch: one body may be a list of seven thousand


@dataclass(frozen=True, slots=True)
class Batch:
    """Callbacks, and what the messages in them will become.

    `is_all`: no others waited when they were read. `canaries` are the numbers of our own: that they
    came so far is all there is to know of them.
    """

    waiting: list[Waiting]
    draft: Draft
    is_all: bool = False
    canaries: frozenset[str | None] = frozenset()

    @property
    def since(self) -> datetime:
        """When the first of them was received."""
        return self.waiting[0].taken.received_at


def opened(waiting: list[Waiting]) -> tuple[list[Waiting], list[Letter]]:
    """The first of those that wait, and the letters in them: one batch's worth."""
    letters: list[Letter] = []
    number = 0
    while number < len(waiting) and len(letters) < LETTERS:
        letters += _letters_in(waiting[number])
        number += 1
    return waiting[:number], letters


def canaries_in(waiting: list[Waiting]) -> frozenset[str | None]:
    """The numbers of our own callbacks among these."""
    return frozenset(number_in(one.taken.request.body) for one in waiting if _is_canary(one))


def _letters_in(waiting: Waiting) -> list[Letter]:
    """The messages in one request; nearly always one, and none in a canary."""
    if _is_canary(waiting):
        return []
    readings = enumerate(read(waiting.taken.request))
    return [Letter.of(waiting.taken, reading, place=place) for place, reading in readings]


def _is_canary(waiting: Waiting) -> bool:
    """Whether it came with the canary's token, which is ours alone."""
    return waiting.taken.source == SOURCE
