"""The people and channels that every local workspace starts with.

Ids are constants so that tests and demos may name them; they must never change.
"""

from bot.local_slack.model import Channel, Group, User
from bot.local_slack.workspace import Workspace

PEOPLE = (
    User("U0ANN00001", "ann", "Ann Keller", "ann@example.com", "b5446e", "Europe/Berlin"),
    User("U0LI000001", "li", "Li Wei", "li@example.com", "2b7a78", "Asia/Shanghai"),
    User("U0BOB00001", "bob", "Bob Okafor", "bob@example.com", "8d6a1f", "America/New_York"),
    User("U0MEI00001", "mei", "林美", "mei@example.com", "6b4fa0", "Asia/Shanghai", "zh-CN"),
)
CHANNELS = (
    ("C0ALARMS01", "alarms", "Alarms from CloudMonitor", False, True),
    ("C0DBALARM1", "db-alarms", "Databases only", False, True),
    ("C0GENERAL1", "general", "Everyone is here", False, False),
    ("G0WARROOM1", "war-room", "Private, for incidents", True, False),
)


def furnish(space: Workspace) -> None:
    """Add the people, their channels and the on-call group."""
    for person in PEOPLE:
        space.users[person.id] = User(**vars(person))
    for number, name, topic, private, with_bot in CHANNELS:
        channel = Channel(number, name, is_private=private, topic=topic)
        channel.members = {person.id for person in PEOPLE}
        if with_bot:
            channel.members.add(space.bot.id)
        space.add_channel(channel)
    space.groups["S0ONCALL01"] = Group(
        "S0ONCALL01", "oncall", "On call", ["U0ANN00001", "U0LI000001"]
    )
