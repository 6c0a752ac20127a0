"""Variables that are set in vain: named with what was meant, never with what they hold."""

import json
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.doubts import SETTINGS, doubts_of

VALUE = "hunter2-hunter2"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TOCSIN_CANARI", "TOCSIN_CANARY"),
        ("TOCSIN_CHANEL", "TOCSIN_CHANNEL"),
        ("TOCSIN_CALLBACK_TOKEN", "TOCSIN_CALLBACK_TOKENS"),
        ("TOCSIN_CALLBACK_TOKEN_FILE", "TOCSIN_CALLBACK_TOKENS_FILE"),
        ("TOCSIN_ALERT_WEBHOOK_SECRET_FIEL", "TOCSIN_ALERT_WEBHOOK_SECRET_FILE"),
        ("TOCSIN_ROUTE", "TOCSIN_ROUTES"),
        ("TOCSIN_KEEPMOST", "TOCSIN_KEEP_MOST"),
        ("tocsin_storm", "TOCSIN_STORM"),
        ("TOCSIN_PORT", "PORT"),
        ("TOCSIN_DATABASE_URL", "DATABASE_URL"),
        ("TOCSIN_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
    ],
)
def test_a_mistyped_variable_is_named_with_what_was_meant(written: str, meant: str) -> None:
    (doubt,) = doubts_of({written: VALUE})
    assert doubt.name == written
    assert f"did you mean {meant}?" in str(doubt.remedy)
    assert VALUE not in f"{doubt}"


def test_a_file_of_what_is_no_secret_is_named_with_the_remedy() -> None:
    (doubt,) = doubts_of({"TOCSIN_CHANNEL_FILE": VALUE})
    assert (doubt.name, doubt.remedy) == ("TOCSIN_CHANNEL_FILE", "set TOCSIN_CHANNEL itself")


def test_what_is_like_no_setting_is_named_and_nobody_has_to_mend_it() -> None:
    (doubt,) = doubts_of({"TOCSIN_OF_ANOTHER_PROGRAM": VALUE})
    assert (doubt.name, doubt.remedy) == ("TOCSIN_OF_ANOTHER_PROGRAM", None)


def test_settings_and_files_of_secrets_and_empty_texts_raise_no_doubt() -> None:
    assert doubts_of(dict.fromkeys(SETTINGS, VALUE)) == ()
    assert doubts_of({"TOCSIN_CALLBACK_TOKENS_FILE": "/run/secrets/tokens"}) == ()
    assert doubts_of({"TOCSIN_CANARI": " ", "TOCSIN": "x", "OTHER_CANARI": "x", "TZ": ""}) == ()


def test_what_kubernetes_says_of_a_service_of_our_name_raises_no_doubt() -> None:
    of_a_service = {
        "TOCSIN_SERVICE_HOST": "10.0.0.7",
        "TOCSIN_SERVICE_PORT": "8080",
        "TOCSIN_SERVICE_PORT_HTTP": "8080",
        "TOCSIN_PORT": "tcp://10.0.0.7:8080",
        "TOCSIN_PORT_8080_TCP": "tcp://10.0.0.7:8080",
        "TOCSIN_PORT_8080_TCP_ADDR": "10.0.0.7",
        "TOCSIN_POSTGRES_SERVICE_HOST": "10.0.0.8",
    }
    assert doubts_of(of_a_service) == ()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "UTC"])
def test_a_known_zone_raises_no_doubt(zone: str) -> None:
    assert doubts_of({"TZ": zone}) == ()


@pytest.mark.parametrize("zone", ["Europe/Berlim", "CST-8", "/etc/passwd", "../x", "Mars"])
def test_an_unknown_zone_is_named_with_an_example(zone: str) -> None:
    (doubt,) = doubts_of({"TZ": zone})
    assert doubt.name == "TZ"
    assert "times of day are UTC" in doubt.says
    assert "Asia/Shanghai" in str(doubt.remedy)


def test_doctor_tells_what_is_set_in_vain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"TOCSIN_CANARI": VALUE, "TOCSIN_OF_ANOTHER": VALUE, "TZ": "Europe/Berlim"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["tocsin", "doctor", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().out
    checks = {check["check"]: check for check in json.loads(said)["checks"]}
    assert ended.value.code == 1
    assert {name: checks[name]["ok"] for name in environ} == {
        "TOCSIN_CANARI": False,
        "TOCSIN_OF_ANOTHER": True,
        "TZ": False,
    }
    assert "did you mean TOCSIN_CANARY?" in checks["TOCSIN_CANARI"]["remedy"]
    assert VALUE not in said
