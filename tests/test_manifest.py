"""The Slack app's manifest: valid, and asking for exactly what the bot uses."""

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from bot.slack.manifest import SCOPES, SCOPES_OF, Mode, manifest

DATA = Path(__file__).parent / "data"
URL = "https://tocsin.example.com"
# Slack's method page leaves it out: posting to a public channel without being a member
# needs this one beside chat:write (docs.slack.dev/reference/scopes/chat.write.public).
WITHOUT_AN_INVITATION = {"chat:write.public"}
# The bot talks in channels, and to single people about what they did; in no group of people.
NOT_READ = ("mpim:", "channels:manage", "groups:write", "im:read")


def schema(name: str) -> dict[str, object]:
    return json.loads((DATA / "manifest" / name).read_text(encoding="utf-8"))


def check(made: object, name: str) -> None:
    versions = [
        (
            f"https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/schemas/{each}",
            Resource.from_contents(schema(each)),
        )
        for each in ("manifest.schema.1.0.0.json", "manifest.schema.2.0.0.json")
    ]
    loaded = schema(name)
    validator = jsonschema.validators.validator_for(loaded)
    validator(loaded, registry=Registry().with_resources(versions)).validate(made)


def made(mode: Mode) -> dict[str, object]:
    return manifest(mode, URL if mode == "http" else None)


@pytest.mark.parametrize("mode", ["http", "socket"])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.schema.json",
        "manifest.schema.1.0.0.json",
        "manifest.schema.2.0.0.json",
        "schemastore-slack-app-manifest.json",
    ],
)
def test_the_manifest_is_valid_by_every_published_schema(mode: Mode, name: str) -> None:
    check(made(mode), name)


def test_the_schema_check_would_notice_an_unknown_field() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({**made("socket"), "feeatures": {}}, "manifest.schema.json")


def test_http_mode_names_the_address_and_socket_mode_none() -> None:
    over_http = json.dumps(made("http"))
    assert f"{URL}/slack/events" in over_http
    assert '"socket_mode_enabled": false' in over_http
    in_socket_mode = json.dumps(made("socket"))
    assert "https://" not in in_socket_mode
    assert '"socket_mode_enabled": true' in in_socket_mode


def test_http_mode_without_an_address_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="public address"):
        manifest("http", None)


@pytest.mark.parametrize("mode", ["http", "socket"])
def test_the_manifest_offers_the_command_the_shortcut_and_the_home(mode: Mode) -> None:
    features = made(mode)["features"]
    (command,), (shortcut,) = features["slash_commands"], features["shortcuts"]
    assert command["command"] == "/alarms"
    assert command.get("url") == (f"{URL}/slack/events" if mode == "http" else None)
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", "add_note")
    assert features["app_home"]["home_tab_enabled"] is True
    assert made(mode)["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]


def test_each_method_has_the_scopes_that_slack_says_it_needs() -> None:
    pages = json.loads((DATA / "slack-scopes" / "bot-scopes.json").read_text())
    for method, scopes in SCOPES_OF.items():
        needed = {scope for scope in pages[method] if not scope.startswith(NOT_READ)}
        assert set(scopes) - WITHOUT_AN_INVITATION == needed, method


def test_the_manifest_asks_for_the_scopes_of_the_methods_and_no_others() -> None:
    asked = made("socket")["oauth_config"]["scopes"]["bot"]
    assert asked == list(SCOPES)
    assert set(asked) == {
        "channels:history",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    }


def test_every_method_that_the_code_calls_is_in_the_table_and_no_other() -> None:
    pages = json.loads((DATA / "slack-scopes" / "bot-scopes.json").read_text())
    slack = Path(__file__).parent.parent / "bot" / "slack"
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for file in slack.rglob("*.py")
        if file.name != "manifest.py"
    )
    called = {method for method in pages if f'"{method}"' in code}
    assert called == set(SCOPES_OF)
