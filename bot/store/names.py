"""What alarms are called, for statistics: read anew when any is called otherwise.

Statistics of a long time name thousands of alarms to find the few that are noisiest, and the
names of 10,000 take longer to read than all the sums. Triggers of the database change a token
with the first change of a name or the first new alarm of a transaction, whoever makes it; while
it is the same, what was read with it is what would be read now.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.stats import Named
from bot.store.dialects import as_one_json
from bot.store.engine import Database, Reading
from bot.store.tables import alarms, naming

ROWS = 1_000  # numbers in one condition
MANY = 1_500  # alarms of which all are read rather than each by its number
MOST = 50_000  # alarms whose names are kept in memory: some 20 MB


@dataclass(frozen=True, slots=True)
class _Read:
    """All names, the oldest alarm first, as they are while the token is the same."""

    token: int
    names: Sequence[Named]


_Row = tuple[int, str, str | None, str | None, str | None]
_kept: WeakKeyDictionary[Database, _Read] = WeakKeyDictionary()


async def of(database: Database, tx: Reading, numbers: Collection[int]) -> list[Named]:
    """What alarms are called, by number: the oldest first. `tx` is one of the database's."""
    token = await tx.connection.scalar(sa.select(naming.c.token))
    kept, wanted = _kept.get(database), set(numbers)
    if kept is None or kept.token != token:
        if len(wanted) <= MANY:
            return await _read(tx, wanted)
        kept = _Read(token or 0, await _read(tx))
        if token is not None and len(kept.names) <= MOST:
            _kept[database] = kept
    return [one for one in kept.names if one[0] in wanted]


async def _read(tx: Reading, wanted: Collection[int] | None = None) -> list[Named]:
    """No more of each than its name hangs on."""
    instance = alarms.c.dimensions["instanceId"].as_string()
    columns = (alarms.c.id, alarms.c.name, alarms.c.rule_id, instance, alarms.c.instance_name)
    query = sa.select(as_one_json(tx, *columns))
    if wanted is not None:
        query = query.where(alarms.c.id.in_(wanted))
    rows: list[_Row] = await tx.connection.scalar(query) or []
    others = await _by_dimensions(tx, [row[0] for row in rows if not (row[3] or row[4])])
    return [
        (number, name, rule or name, one or other or others[number], other)
        for number, name, rule, one, other in sorted(rows, key=itemgetter(0))
    ]


async def _by_dimensions(tx: Reading, numbers: Sequence[int]) -> dict[int, str]:
    query = sa.select(alarms.c.id, alarms.c.name, alarms.c.dimensions)
    found: dict[int, str] = {}
    for chunk in _chunks(numbers):
        rows = await tx.connection.execute(query.where(alarms.c.id.in_(chunk)))
        for number, name, dimensions in rows:
            found[number] = Alarm(number, key="", name=name, dimensions=dimensions).instance
    return found


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), ROWS):
        yield numbers[start : start + ROWS]
