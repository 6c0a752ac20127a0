"""What is set: the texts of our variables in the environment, or in files it points to.

A secret may come as NAME_FILE, the path of a file, which is how containers hand secrets in.
The path itself is never repeated: people put the secret there by mistake.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import SettingError


def given_in(
    environ: Mapping[str, str], *, names: Iterable[str], secrets: Iterable[str]
) -> tuple[dict[str, str], tuple[SettingError, ...]]:
    """Texts by variable, and what is wrong with the files. Empty is as good as not set."""
    given = {name: text for name in names if (text := environ.get(name, "").strip())}
    faults: list[SettingError] = []
    for name in secrets:
        if path := environ.get(f"{name}_FILE", "").strip():
            try:
                given[name] = _secret_in(path, set_already=name in given)
            except ValueError as error:
                faults.append(SettingError(name, f"{name}_FILE {error}"))
    return given, tuple(faults)


def _secret_in(path: str, *, set_already: bool) -> str:
    if set_already:
        raise ValueError("is set as well; keep one of the two")
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"must be the path of a readable file ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("must be the path of a text file (UTF-8)") from None
    if not secret:
        raise ValueError("names an empty file; put the secret into it")
    return secret
