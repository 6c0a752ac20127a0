"""The permissions file, and who passes by it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.errors import SettingsRefused
from bot.permissions import read_permissions
from bot.rules.mute import Mute
from bot.rules.permits import Action, Permit, permit_for
from bot.work import mute
from tests.stories.test_modals import fired, opened
from tests.support.town import Town, buttons, eventually, town

EXAMPLE = Path(__file__).parent.parent / "examples" / "permissions.yaml"


def written(folder: Path, text: str) -> Path:
    path = folder / "permissions.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_can_be_read() -> None:
    assert read_permissions(EXAMPLE) == {
        Action.MUTE_LONG: Permit(groups=frozenset({"S0ONCALL01"})),
        Action.RESOLVE: Permit(
            frozenset({"U0ANN00001"}), frozenset({"S0ONCALL01"}), frozenset({"G0WARROOM1"})
        ),
    }


def test_an_empty_file_lets_everybody(tmp_path: Path) -> None:
    assert read_permissions(written(tmp_path, "")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a mapping"),
        ("mute: everybody", "mute: must be a mapping"),
        ("mutes: {}", "mutes: is no action; there are: acknowledge"),
        ("mute: {people: [U1]}", "mute.people: is unknown; use users, groups, channels"),
        ("mute: {users: ann}", "mute.users: must be a list"),
        ("mute: {users: [ann]}", "mute.users: 'ann' is no id"),
        ("mute: {groups: [U0ANN00001]}", "mute.groups: 'U0ANN00001' is no id"),
        ("a: [", "is no YAML"),
        ("mute: 2026-99-99", "is no YAML"),
        ("mute: {}\nmute: {users: [U1]}", "mute: stands there twice, again in line 2"),
        ("mute: {users: [U1], users: [U2]}", "users: stands there twice"),
    ],
)
def test_a_fault_names_its_place_and_the_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsRefused, match="TOCSIN_PERMISSIONS") as refused:
        read_permissions(written(tmp_path, text))
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="cannot be read"):
        read_permissions(tmp_path / "none.yaml")


def test_long_mutes_follow_the_rule_of_mutes_unless_they_have_their_own() -> None:
    mute, long = Permit(users=frozenset({"U1"})), Permit(users=frozenset({"U2"}))
    assert permit_for({Action.MUTE: mute}, Action.MUTE_LONG) is mute
    assert permit_for({Action.MUTE: mute, Action.MUTE_LONG: long}, Action.MUTE_LONG) is long
    assert permit_for({}, Action.MUTE) is None


RULES = """
acknowledge: {users: [U0ANN00001]}
mute: {groups: [S0ONCALL01]}
resolve: {channels: [G0WARROOM1]}
"""


@pytest.fixture
async def strict_town(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """Ann may acknowledge, the on-call people (ann, li) may mute, nobody may resolve here."""
    path = written(tmp_path, RULES)
    async with town(sqlite_url, extra={"TOCSIN_PERMISSIONS": str(path)}) as made:
        yield made


async def acts_of(made: Town) -> list[str]:
    """What the audit holds, as `verb actor`."""
    async with made.bot.database.reading() as tx:
        found = await tx.connection.exec_driver_sql("SELECT verb, actor_name FROM acts ORDER BY at")
        return [f"{verb} {name}" for verb, name in found]


async def test_a_refusal_is_private_names_who_may_and_is_kept(strict_town: Town) -> None:
    await fired(strict_town)
    assert (await strict_town.slack.click("Acknowledge", by="bob")).ok
    await strict_town.slack.until(lambda: strict_town.whispers("bob"))
    said = "You may not acknowledge alarms here. Who may: <@U0ANN00001>"
    assert strict_town.whispers("bob") == [said]
    assert await acts_of(strict_town) == ["refused bob"]
    assert (await strict_town.incident())["acknowledged_by"] is None


async def test_who_is_named_may(strict_town: Town) -> None:
    await fired(strict_town)
    await strict_town.slack.click("Acknowledge", by="ann")
    await strict_town.slack.until(lambda: "Unacknowledge" in buttons(strict_town.cards()[0]))
    assert await acts_of(strict_town) == ["acknowledge ann"]


async def test_members_of_a_group_may_and_others_are_told_its_name(strict_town: Town) -> None:
    await fired(strict_town)
    await opened(strict_town, "Mute…", by="li")
    await strict_town.slack.click("Mute…", by="bob")
    await strict_town.slack.until(lambda: strict_town.whispers("bob"))
    assert "<!subteam^S0ONCALL01>" in strict_town.whispers("bob")[0]
    assert strict_town.slack.modal("bob") is None


async def test_a_group_that_slack_does_not_tell_lets_nobody_in(strict_town: Town) -> None:
    await fired(strict_town)
    strict_town.slack.fault("usergroups.users.list", "500", times=None)
    await strict_town.slack.click("Mute…", by="li")
    await strict_town.slack.until(lambda: strict_town.whispers("li"))
    assert "could not find out" in strict_town.whispers("li")[0]


async def test_an_action_may_be_bound_to_a_channel(strict_town: Town) -> None:
    await fired(strict_town)
    await strict_town.slack.click("more", choice="Resolve…", by="ann")
    await strict_town.slack.until(lambda: strict_town.whispers("ann"))
    assert "<#G0WARROOM1>" in strict_town.whispers("ann")[0]


# Extending and editing: a short mute is no way round the rule of long ones


LONG_ONES = "mute_long: {users: [U0ANN00001]}"


@pytest.fixture
async def short_town(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """Everybody may mute for a day, ann alone for longer. Mute 1 lasts 20 hours."""
    path = written(tmp_path, LONG_ONES)
    async with town(sqlite_url, extra={"TOCSIN_PERMISSIONS": str(path)}) as made:
        await fired(made)
        await made.slack.command("/alarms mute 1 for 20h", by="bob")
        await eventually(lambda: mutes_of(made))
        yield made


async def mutes_of(made: Town) -> list[Mute]:
    return await mute.page(made.bot.database, ended=False, limit=10)


@pytest.mark.parametrize(
    "text", ["extend 1 7d", "extend 1", "extend 1 until 2099-01-01", "mute 1 for 25h"]
)
async def test_a_command_makes_no_short_mute_long_for_who_may_not(
    short_town: Town, text: str
) -> None:
    before = await mutes_of(short_town)
    await short_town.slack.command(f"/alarms {text}", by="bob")
    told = await short_town.slack.until(
        lambda: [said for said in short_town.whispers("bob") if "<@U0ANN00001>" in said]
    )
    assert "for more than 24 hours" in told[0]
    assert await mutes_of(short_town) == before
    (refused,) = (await short_town.ask("acts?limit=1"))["items"]
    assert (refused["verb"], refused["via"]) == ("refused", "command")
    await short_town.slack.command(f"/alarms {text}", by="ann")
    await eventually(lambda: changed(short_town, before))


async def test_the_button_makes_no_short_mute_long_for_who_may_not(short_town: Town) -> None:
    before = await mutes_of(short_town)
    await short_town.slack.command("/alarms mutes", by="bob")
    await short_town.slack.until(lambda: short_town.slack.ephemerals("alarms", "bob")[1:])
    await short_town.slack.click("extend_mute", by="bob")
    await short_town.slack.until(
        lambda: [said for said in short_town.whispers("bob") if "<@U0ANN00001>" in said]
    )
    assert await mutes_of(short_town) == before


async def test_who_may_mute_for_a_day_may_extend_to_a_day(short_town: Town) -> None:
    before = await mutes_of(short_town)
    await short_town.slack.command("/alarms extend 1 23h", by="bob")
    assert await eventually(lambda: changed(short_town, before))


async def changed(made: Town, before: list[Mute]) -> bool:
    return await mutes_of(made) != before


async def test_a_mute_is_edited_in_the_channel_where_muting_is_allowed(
    sqlite_url: str, tmp_path: Path
) -> None:
    """What Slack sends of a modal tells no channel: the modal remembers where it was opened."""
    path = written(tmp_path, "mute: {channels: [C0ALARMS01]}")
    async with town(sqlite_url, extra={"TOCSIN_PERMISSIONS": str(path)}) as made:
        await fired(made)
        await made.slack.command("/alarms mute 1 for 2h", by="bob")
        await eventually(lambda: mutes_of(made))
        await made.slack.command("/alarms mutes", by="bob")
        await made.slack.until(lambda: made.slack.ephemerals("alarms", "bob")[1:])
        await opened(made, "edit_mute", by="bob")
        await made.slack.submit({"reason": "patching"}, by="bob")

        async def told() -> bool:
            return (await mutes_of(made))[0].reason == "patching"

        assert await eventually(told)
