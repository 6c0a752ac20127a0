"""Settings: what is read from the environment, and what somebody is told to mend."""

from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot import setting_addresses as addresses
from bot import setting_texts as texts
from bot.config import SECRET_VARIABLES
from bot.config_load import load_partly, load_settings
from bot.errors import SettingsRefused
from bot.setting_addresses import MailRoute
from bot.tokens import name_of, read_tokens

SECRET = "k3f9a7c1d5e8b2a4"
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "TOCSIN_CALLBACK_TOKENS": SECRET,
    "TOCSIN_CHANNEL": "#ops",
}


def faults_of(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsRefused) as refused:
        load_settings(environ)
    return {fault.name: fault.remedy for fault in refused.value.faults}


def secrets_of(text: str) -> list[tuple[str, str]]:
    return [(token.name, token.secret.get_secret_value()) for token in read_tokens(text)]


def test_four_settings_are_enough_and_the_rest_has_defaults() -> None:
    settings = load_settings(ENOUGH)
    assert settings.database_url == "sqlite+aiosqlite:///tocsin.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.language, settings.migrate, settings.log) == ("en", "on", "auto")
    assert settings.reopen_window == timedelta(minutes=10)
    assert settings.flapping is None
    assert (settings.routes_file, settings.public_url, settings.api_tokens) == (None, None, ())
    assert not settings.socket_mode


def test_an_empty_environment_names_every_missing_setting_at_once() -> None:
    assert list(faults_of({})) == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TOCSIN_CALLBACK_TOKENS",
        "TOCSIN_CHANNEL",
    ]


def test_an_empty_value_is_as_good_as_none() -> None:
    assert list(faults_of({**ENOUGH, "TOCSIN_CHANNEL": "  "})) == ["TOCSIN_CHANNEL"]
    assert load_settings({**ENOUGH, "PORT": ""}).port == 8080


def test_socket_mode_needs_no_signing_secret() -> None:
    environ = {**ENOUGH, "SLACK_APP_TOKEN": "xapp-1-A1-2-abc"}
    del environ["SLACK_SIGNING_SECRET"]
    assert load_settings(environ).socket_mode


def test_a_wrong_app_token_does_not_also_complain_about_the_signing_secret() -> None:
    environ = {**ENOUGH, "SLACK_APP_TOKEN": "xoxb-wrong-kind"}
    del environ["SLACK_SIGNING_SECRET"]
    assert list(faults_of(environ)) == ["SLACK_APP_TOKEN"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-abc"),
        ("SLACK_APP_TOKEN", "xoxb-1-abc"),
        ("SLACK_API_URL", "https://slack.com/"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("SLACK_API_URL", "slack.com/api/"),
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("DATABASE_URL", "mysql://u:hunter2@db/tocsin"),
        ("DATABASE_URL", "postgresql+asyncpg://u:hunter2@db/tocsin"),
        ("DATABASE_URL", "postgresql://u:hunter2@db:port/tocsin"),
        ("DATABASE_URL", "postgresql://u:hunter2@[::1/tocsin"),
        ("DATABASE_URL", "postgresql://u:hunter2@a:5432,b:port/tocsin"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "tocsin.db"),
        ("TOCSIN_CHANNEL", "two channels"),
        ("TOCSIN_CHANNEL", "#"),
        ("TOCSIN_CALLBACK_TOKENS", "cms="),
        ("TOCSIN_CALLBACK_TOKENS", "has/a/slash/in/the/middle"),
        ("TOCSIN_CALLBACK_TOKENS", ","),
        ("TOCSIN_API_TOKENS", "ops=two words"),
        ("TOCSIN_PUBLIC_URL", "tocsin.example.com"),
        ("TOCSIN_PUBLIC_URL", "http://tocsin.example.com"),
        ("TOCSIN_PUBLIC_URL", "https://tocsin.example.com/?a=b"),
        ("TOCSIN_LANGUAGE", "de"),
        ("TOCSIN_MIGRATE", "maybe"),
        ("TOCSIN_REOPEN_WINDOW", "10"),
        ("TOCSIN_REOPEN_WINDOW", "8d"),
        ("TOCSIN_LOG", "xml"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name_with_a_remedy(name: str, value: str) -> None:
    faults = faults_of({**ENOUGH, name: value})
    assert list(faults) == [name]
    assert faults[name].startswith(("must ", "is empty", "token-1 may ", "cms has ", "ops may "))
    assert "hunter2" not in faults[name]


def test_all_wrong_settings_are_told_in_one_go() -> None:
    faults = faults_of({**ENOUGH, "PORT": "x", "TOCSIN_LANGUAGE": "x", "LOG_LEVEL": "x"})
    assert set(faults) == {"PORT", "TOCSIN_LANGUAGE", "LOG_LEVEL"}


def test_secrets_may_come_from_files_instead(tmp_path) -> None:
    environ = {**ENOUGH}
    for name in ("SLACK_BOT_TOKEN", "TOCSIN_CALLBACK_TOKENS"):
        file = tmp_path / name
        file.write_text(environ.pop(name) + "\n")
        environ[f"{name}_FILE"] = str(file)
    settings = load_settings(environ)
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1-abc"
    assert settings.callback_tokens[0].secret.get_secret_value() == SECRET


def test_a_secret_both_in_a_file_and_in_the_environment_is_refused(tmp_path) -> None:
    (tmp_path / "token").write_text("xoxb-2-def")
    faults = faults_of({**ENOUGH, "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})
    assert faults == {"SLACK_BOT_TOKEN": "SLACK_BOT_TOKEN_FILE is set as well; keep one of the two"}


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_an_unusable_secret_file_is_refused_without_its_path(tmp_path, content) -> None:
    file = tmp_path / "very-secret-path"
    if content is not None:
        file.write_bytes(content)
    environ = {**ENOUGH, "SLACK_BOT_TOKEN_FILE": str(file)}
    del environ["SLACK_BOT_TOKEN"]
    faults = faults_of(environ)
    assert list(faults) == ["SLACK_BOT_TOKEN"]
    assert "very-secret-path" not in faults["SLACK_BOT_TOKEN"]


def test_a_platform_that_gives_a_port_is_answered_on_every_address() -> None:
    assert load_settings({**ENOUGH, "PORT": "5000"}).host == "0.0.0.0"
    assert load_settings({**ENOUGH, "PORT": "5000", "HOST": "::1"}).host == "::1"


def test_a_platform_that_loses_its_disk_gets_no_sqlite() -> None:
    assert list(faults_of({**ENOUGH, "DYNO": "web.1"})) == ["DATABASE_URL"]
    file = {**ENOUGH, "DYNO": "web.1", "DATABASE_URL": "sqlite:///tocsin.db"}
    assert list(faults_of(file)) == ["DATABASE_URL"]
    server = {**ENOUGH, "DYNO": "web.1", "DATABASE_URL": "postgres://u:p@db/x"}
    assert load_settings(server).database_url == "postgresql+psycopg://u:p@db/x"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite:////var/lib/x.db", "sqlite+aiosqlite:////var/lib/x.db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgres://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        (
            "postgres://u:p@h/d?sslmode=require&channel_binding=require",
            "postgresql+psycopg://u:p@h/d?sslmode=require&channel_binding=require",
        ),
        (
            "postgresql://u:p@a:5432,b:5433/d?target_session_attrs=read-write",
            "postgresql+psycopg://u:p@/d?host=a:5432&host=b:5433&target_session_attrs=read-write",
        ),
        ("postgresql://u:p@[::1]:5432/d", "postgresql+psycopg://u:p@[::1]:5432/d"),
        ("postgresql://u:p/p@h:5432/d", "postgresql+psycopg://u:p/p@h:5432/d"),
        ("postgresql://h:5432?sslmode=require", "postgresql+psycopg://h:5432?sslmode=require"),
        ("postgresql:///d?host=/run/pg", "postgresql+psycopg:///d?host=/run/pg"),
        ("postgres://u:p@%2Frun%2Fpg/d", "postgresql+psycopg://u:p@/d?host=%2Frun%2Fpg"),
        (
            "postgres://u@%2frun:5433/d?sslmode=disable",
            "postgresql+psycopg://u@/d?host=%2frun&port=5433&sslmode=disable",
        ),
    ],
)
def test_database_addresses_get_the_driver_and_keep_their_parameters(written, used) -> None:
    assert addresses.database_url(written) == used


def test_several_database_hosts_reach_libpq_as_it_wants_them() -> None:
    url = sa.make_url(addresses.database_url("postgres://u:p@a:5432,b:5433/d?sslmode=require"))
    _, arguments = url.get_dialect()().create_connect_args(url)
    assert (arguments["host"], arguments["port"]) == ("a,b", "5432,5433")
    assert (arguments["dbname"], arguments["sslmode"]) == ("d", "require")


@pytest.mark.parametrize(
    ("written", "used"),
    [("#ops", "ops"), ("ops", "ops"), ("Ops", "ops"), ("C0123ABCD", "C0123ABCD"), ("告警", "告警")],
)
def test_channels_are_names_without_the_mark_or_ids(written: str, used: str) -> None:
    assert texts.channel(written) == used


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://slack.com/api", "https://slack.com/api/"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:9000/api/", "http://127.0.0.1:9000/api/"),
        ("http://localhost:9000/slack/api", "http://localhost:9000/slack/api/"),
    ],
)
def test_the_address_of_slack_ends_in_a_slash(written: str, used: str) -> None:
    assert addresses.slack_api_url(written) == used


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://tocsin.example.com/", "https://tocsin.example.com"),
        ("https://example.com/tocsin", "https://example.com/tocsin"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_the_public_address_has_no_slash_at_its_end(written: str, used: str) -> None:
    assert addresses.public_url(written) == used


@pytest.mark.parametrize(
    ("written", "minutes"), [("90s", 1.5), ("10m", 10), ("1h30m", 90), ("0s", 0), ("7d", 10_080)]
)
def test_durations_are_written_with_their_units(written: str, minutes: float) -> None:
    assert texts.duration(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    ["1000000000000005s", "9" * 5_000 + "s", "٣m", "999999999d999999999h", "1d" * 5, "8d", "m", ""],
)
def test_a_duration_is_read_whole_or_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a time such as 90s, 10m or 1h30m"):
        texts.duration(text)


def test_a_unit_that_is_named_twice_counts_twice() -> None:
    assert texts.duration("1h10m2h") == timedelta(hours=3, minutes=10)


@pytest.mark.parametrize("text", ["٣", "８０", "9" * 5_000, "-1", "+1", "1_0", ""])
def test_a_number_is_of_plain_digits_and_told_in_our_words(text: str) -> None:
    for read, remedy in (
        (texts.port, "must be a number from 0 to 65535"),
        (texts.count, "must be a whole number from 0 to"),
        (texts.age, "must be a number of days such as 90d"),
    ):
        with pytest.raises(ValueError, match=remedy):
            read(text)


def test_tokens_without_a_name_are_named_by_their_place() -> None:
    text = f"cms={SECRET}, {SECRET}2 ,{SECRET}3"
    assert secrets_of(text) == [
        ("cms", SECRET),
        ("token-2", SECRET + "2"),
        ("token-3", SECRET + "3"),
    ]


def test_the_padding_of_a_secret_is_not_taken_for_a_name() -> None:
    assert secrets_of(f"{SECRET}==") == [("token-1", f"{SECRET}==")]
    assert secrets_of(f"cms={SECRET}==") == [("cms", f"{SECRET}==")]


@pytest.mark.parametrize("text", [f"{SECRET},{SECRET}", f"a={SECRET},a={SECRET}2", f" ={SECRET}"])
def test_twins_and_nameless_tokens_are_refused_without_their_secret(text: str) -> None:
    with pytest.raises(ValueError, match="token") as refused:
        read_tokens(text)
    assert SECRET not in str(refused.value)


def test_a_shown_token_is_known_by_its_name_only_if_it_is_the_same() -> None:
    tokens = read_tokens(f"cms={SECRET},old={SECRET}2")
    assert name_of(tokens, SECRET) == "cms"
    assert name_of(tokens, f"{SECRET}2") == "old"
    assert name_of(tokens, SECRET[:-1]) is None
    assert name_of(tokens, "") is None
    assert name_of((), SECRET) is None


def test_no_secret_shows_when_settings_are_printed() -> None:
    environ = {
        **ENOUGH,
        "SLACK_APP_TOKEN": "xapp-xyzzy1",
        "DATABASE_URL": "postgres://u:xyzzy1@db/x",
        "TOCSIN_API_TOKENS": "xyzzy1-xyzzy1-xyzzy1",
    }
    settings = load_settings(environ)
    printed = repr(settings) + str(settings)
    assert not any(secret in printed for secret in (*settings.secrets, "xyzzy1"))
    assert set(settings.secrets) == {
        "xoxb-1-abc",
        "xapp-xyzzy1",
        ENOUGH["SLACK_SIGNING_SECRET"],
        SECRET,
        "xyzzy1-xyzzy1-xyzzy1",
    }


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    settings = load_settings(ENOUGH)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_commands_that_need_little_are_content_with_little() -> None:
    assert load_partly({}).slack_bot_token is None
    with pytest.raises(SettingsRefused):
        load_partly({"PORT": "x"})


@given(st.dictionaries(st.sampled_from(sorted({*ENOUGH, *SECRET_VARIABLES, "PORT"})), st.text()))
def test_no_text_whatever_makes_reading_fail_otherwise(environ: dict[str, str]) -> None:
    with suppress(SettingsRefused):
        load_settings(environ)


def test_sources_may_be_named_by_site_and_by_network() -> None:
    read = load_settings({**ENOUGH, "TOCSIN_SOURCES": "international, 192.0.2.7"}).sources
    assert str(read[0]) == "47.74.206.0/26"
    assert str(read[-1]) == "192.0.2.7/32"


@pytest.mark.parametrize("name", ["TOCSIN_SOURCES", "TOCSIN_TRUSTED_PROXIES"])
def test_what_is_no_network_is_refused_with_an_example(name: str) -> None:
    assert "10.0.0.0/8" in faults_of({**ENOUGH, name: "example.com"})[name]


# The watch over the bot itself


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOCSIN_CANARY", "5"),
        ("TOCSIN_CANARY", "9s"),
        ("TOCSIN_ALERT_WEBHOOK", "http://example.com/hook"),
        ("TOCSIN_ALERT_WEBHOOK", "https://user:password@example.com/hook"),
        ("TOCSIN_ALERT_WEBHOOK", "ftp://example.com"),
        ("TOCSIN_ALERT_WEBHOOK_SECRET", "short"),
        ("TOCSIN_ALERT_WEBHOOK_SECRET", "whsec_no base64 at all"),
        ("TOCSIN_ALERT_WEBHOOK_PRIVATE", "yes"),
        ("TOCSIN_ALERT_MAIL", "ops@example.com"),
        ("TOCSIN_ALERT_MAIL", "smtp://mail.example.com/"),
        ("TOCSIN_ALERT_MAIL", "smtp://mail.example.com/?to=nobody"),
        ("TOCSIN_ALERT_MAIL", "smtp://mail.example.com/?to=a@b.c%0D%0ABcc:x@y.z"),
        ("TOCSIN_ALERT_MAIL", "smtp://mail.example.com:70000/?to=a@b.c"),
        ("TOCSIN_ALERT_MAIL", "http://mail.example.com/?to=a@b.c"),
    ],
)
def test_a_watch_that_cannot_be_kept_is_refused_without_its_value(name: str, value: str) -> None:
    environ = {**ENOUGH, "TOCSIN_PUBLIC_URL": "https://tocsin.example.com", name: value}
    remedy = faults_of(environ)[name]
    assert "user:password@example.com/hook" not in remedy


def test_a_canary_needs_a_public_address() -> None:
    assert "TOCSIN_PUBLIC_URL" in faults_of({**ENOUGH, "TOCSIN_CANARY": "5m"})["TOCSIN_CANARY"]
    given = {**ENOUGH, "TOCSIN_CANARY": "5m", "TOCSIN_PUBLIC_URL": "https://tocsin.example.com"}
    assert load_settings(given).canary == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "smtps://u:p%40w@mail.example.com/?from=bot@example.com&to=a@example.com,b@example.com",
            MailRoute(
                *("mail.example.com", 465, True, "u", "p@w", "bot@example.com"),
                recipients=("a@example.com", "b@example.com"),
            ),
        ),
        (
            "smtp://localhost:2525/?to=a@example.com",
            MailRoute(
                *("localhost", 2525, False, None, None, "a@example.com"),
                recipients=("a@example.com",),
            ),
        ),
    ],
)
def test_mail_is_one_address_with_everything_in_it(written: str, read: MailRoute) -> None:
    assert load_settings({**ENOUGH, "TOCSIN_ALERT_MAIL": written}).alert_mail == read


def test_the_secrets_of_the_watch_are_known_as_secrets() -> None:
    environ = {
        **ENOUGH,
        "TOCSIN_ALERT_WEBHOOK": "https://example.com/hook-xyzzy",
        "TOCSIN_ALERT_WEBHOOK_SECRET": "xyzzy-xyzzy-xyzzy",
        "TOCSIN_ALERT_MAIL": "smtps://u:xyzzy@mail.example.com/?to=a@example.com",
    }
    settings = load_settings(environ)
    assert "xyzzy" not in repr(settings) + str(settings)
    assert {"https://example.com/hook-xyzzy", "xyzzy-xyzzy-xyzzy", "xyzzy"} <= set(settings.secrets)
