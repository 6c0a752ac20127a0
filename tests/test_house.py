"""The house keeps its own laws: who may import whom, and what is written twice agrees."""

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot import __version__
from bot.__main__ import cli
from bot.config import SECRET_VARIABLES, PartialSettings
from bot.routes import read_routes
from bot.rules.facts import FIELDS

ROOT = Path(__file__).parent.parent
SETTINGS = {str(field.alias): field for field in PartialSettings.model_fields.values()}
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

LONGEST_FILE = 250  # lines that are not empty
LONGEST_FUNCTION = 40


def sources() -> list[Path]:
    return sorted((ROOT / "bot").rglob("*.py"))


def tracked() -> Iterator[Path]:
    """Files that a clone has, or will have with the next commit; without git, all there are."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        names = listed.stdout.decode().split("\0")
        yield from (ROOT / name for name in names if name and (ROOT / name).is_file())
        return
    for file in ROOT.rglob("*"):
        parts = file.relative_to(ROOT).parts
        if file.is_file() and not any(part.startswith(".") for part in parts):
            yield file


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


# Who may import whom


def test_arrows_between_the_floors_point_only_down() -> None:
    ran = linted(ROOT)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("bot/rules/severity.py", "import sqlalchemy"),
        ("bot/rules/severity.py", "import bot.store.tables"),
        ("bot/store/tables.py", "import bot.slack.words"),
        ("bot/work/__init__.py", "import bot.config"),
        ("bot/work/__init__.py", "import sqlalchemy"),
        ("bot/work/__init__.py", "import slack_sdk"),
        ("bot/slack/text.py", "import slack_bolt"),
        ("bot/local_slack/model.py", "import bot.clock"),
        ("bot/doors/__init__.py", "import bot.local_slack"),
    ],
)
def test_an_arrow_that_points_up_is_noticed(tmp_path: Path, file: str, line: str) -> None:
    folder = copied(tmp_path)
    with (folder / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    assert linted(folder).returncode == 1


# What is written twice


def test_app_json_is_valid_by_its_schema() -> None:
    schema = json.loads((ROOT / "tests/data/heroku/app-json.schema.json").read_text())
    jsonschema.validate(json.loads((ROOT / "app.json").read_text(encoding="utf-8")), schema)


def test_app_json_describes_every_setting_as_the_settings_do() -> None:
    described = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))["env"]
    assert {name: one["description"] for name, one in described.items()} == {
        name: field.description for name, field in SETTINGS.items()
    }


def test_app_json_requires_what_the_bot_requires_and_makes_up_its_secret() -> None:
    env = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))["env"]
    required = {name for name, one in env.items() if one.get("required", True)}
    assert required == {"SLACK_BOT_TOKEN", "TOCSIN_CHANNEL", "TOCSIN_CALLBACK_TOKENS"}
    assert env["TOCSIN_CALLBACK_TOKENS"]["generator"] == "secret"


def test_the_secret_variables_are_settings() -> None:
    assert set(SECRET_VARIABLES) <= set(SETTINGS)


def test_the_process_types_are_commands_of_the_program() -> None:
    known = {command.callback.__name__ for command in cli.registered_commands}
    for line in (ROOT / "Procfile").read_text().splitlines():
        kind, _, command = line.partition(": ")
        assert kind in ("release", "web")
        assert command.removeprefix("python -m bot ") in known


def test_the_readme_has_a_row_for_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", README, flags=re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_the_readme_names_every_field_that_routes_know() -> None:
    section = README.partition("## Routes")[2].partition("\n## ")[0]
    assert all(f"`{field}`" in section for field in FIELDS)


def test_the_changelog_has_an_entry_for_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_catalogues_of_all_languages_have_the_same_keys() -> None:
    keys = {
        language: {
            file.name: set(leaves(tomllib.loads(file.read_text(encoding="utf-8"))))
            for file in (ROOT / "bot/slack/words" / language).glob("*.toml")
        }
        for language in ("en", "zh")
    }
    assert keys["en"] == keys["zh"]
    everywhere = [key for each in keys["en"].values() for key in each]
    assert len(everywhere) == len(set(everywhere)), "a key of two files"


PLURALS = {"one", "two", "few", "other"}


def leaves(table: dict[str, object], path: str = "") -> Iterator[str]:
    """Dotted names of a catalogue's entries; forms of a plural are one entry."""
    for key, value in table.items():
        if isinstance(value, dict) and not set(value) <= PLURALS:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


# What must not be written at all


def hosts_of_registries() -> re.Pattern[str]:
    """Spelt in pieces, so that this file does not hold what it looks for."""
    names = [
        "pypi" + r"\.org",
        "python" + r"hosted\.org",
        "registry" + r"\.npmjs",
        "/opt/" + "pypi",
    ]
    return re.compile("|".join(names))


def test_no_file_names_a_package_registry_or_a_folder_of_a_machine() -> None:
    here = re.compile(r"(?<![\w.])/wo" + "rk/" + "|" + r"(?<![\w.])/ho" + "me/[a-z]")
    for file in tracked():
        text = file.read_text(encoding="utf-8", errors="ignore")
        for forbidden in (hosts_of_registries(), here):
            found = forbidden.search(text)
            assert found is None, f"{file.relative_to(ROOT)}: {found}"


@pytest.mark.parametrize("name", ["", "-dev", "-build"])
def test_every_pinned_requirement_has_its_hashes(name: str) -> None:
    text = (ROOT / f"requirements{name}.txt").read_text()
    pins = [entry for entry in text.replace("\\\n", " ").splitlines() if "==" in entry]
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)


def test_the_locked_requirements_hold_what_the_project_asks_for() -> None:
    def names(entries: list[str]) -> set[str]:
        return {re.match(r"[A-Za-z0-9-]+", entry)[0].lower() for entry in entries}

    def pinned(name: str) -> set[str]:
        return names(re.findall(r"^[a-z0-9-]+(?:\[.*\])?==.*", (ROOT / name).read_text(), re.M))

    groups = PROJECT["dependency-groups"]
    assert names(PROJECT["project"]["dependencies"]) <= pinned("requirements.txt")
    assert names(groups["dev"]) <= pinned("requirements-dev.txt")
    assert names(groups["build"]) <= pinned("requirements-build.txt")


# Sizes


def test_no_file_of_the_bot_is_two_nouns() -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in sources()
        if (count := sum(map(bool, file.read_text(encoding="utf-8").split("\n")))) > LONGEST_FILE
    }
    assert long == {}


def test_functions_stay_short_enough_to_be_read_at_night() -> None:
    long = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_opens_with_a_paragraph_on_what_it_is_for() -> None:
    bare = [
        str(file.relative_to(ROOT))
        for file in sources()
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert bare == []


# The README's examples


def fences(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    """Commands of the README's consoles with the output printed below each."""
    shown: list[tuple[str, str]] = []
    for fence in fences("console"):
        for part in fence.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            shown.append((command, output))
    return shown


@pytest.mark.parametrize(("command", "output"), sessions())
def test_the_consoles_of_the_readme_print_what_they_show(command: str, output: str) -> None:
    words = shlex.split(command, comments=True)
    assert words[0] == "tocsin"
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = output.strip().removesuffix("…").strip()
    assert ran.stdout.strip().startswith(expected)


@pytest.mark.parametrize("text", fences("json"))
def test_the_json_of_the_readme_is_json(text: str) -> None:
    json.loads(text)


@pytest.mark.parametrize("example", [text for text in fences("yaml") if "routes:" in text])
def test_the_routes_of_the_readme_are_routes(tmp_path: Path, example: str) -> None:
    (tmp_path / "routes.yaml").write_text(example, encoding="utf-8")
    assert len(read_routes(tmp_path / "routes.yaml")) == len(yaml.safe_load(example)["routes"])


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= targets
    assert {"demo", "test", "check", "bench", "setup"} <= targets


def test_the_commands_of_the_readme_exist() -> None:
    known = {command.callback.__name__ for command in cli.registered_commands}
    assert set(re.findall(r"`tocsin ([a-z]+)", README)) <= known
