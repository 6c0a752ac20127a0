"""Reads the settings from the environment, all of them or what is set, or says what is wrong.

Apart from `config`, which says what settings there are. All faults are collected, so that
whoever sets the bot up mends them in one go. A fault names the variable and the remedy and
never repeats a value, which may be a secret.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config import MISSING, SECRET_VARIABLES, THIS_MACHINE, PartialSettings, Settings
from bot.environment import given_in
from bot.errors import SettingError, SettingsRefused

EVERY_ADDRESS: Final = "0.0.0.0"  # noqa: S104  a platform that sets PORT calls from outside


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Everything that running the bot needs. Raises SettingsRefused with all faults."""
    return _load(Settings, environ)


def load_partly(environ: Mapping[str, str]) -> PartialSettings:
    """What is set, for commands that need only some of it. Raises SettingsRefused."""
    return _load(PartialSettings, environ)


_Model = TypeVar("_Model", bound=PartialSettings)


def _load(model: type[_Model], environ: Mapping[str, str]) -> _Model:
    names = [field.alias for field in PartialSettings.model_fields.values() if field.alias]
    given, faults = given_in(environ, names=names, secrets=SECRET_VARIABLES)
    given.setdefault("HOST", EVERY_ADDRESS if "PORT" in given else THIS_MACHINE)
    disk = "ephemeral" if environ.get("DYNO") else "lasting"  # Heroku sets DYNO
    try:
        settings = model.model_validate(given, context={"disk": disk})
    except ValidationError as error:
        known = {fault.name for fault in faults}
        found = (_fault(detail) for detail in error.errors(include_input=False))
        faults += tuple(fault for fault in found if fault.name not in known)
        raise SettingsRefused(faults) from None
    if faults:
        raise SettingsRefused(faults)
    return settings


def _fault(detail: ErrorDetails) -> SettingError:
    place = str(detail["loc"][0])  # a default that was refused is named after its field
    field = PartialSettings.model_fields.get(place)
    name = (field.alias if field else None) or place
    if detail["type"] == "missing":
        return SettingError(name, MISSING[name])
    return SettingError(name, str(detail.get("ctx", {}).get("error", detail["msg"])))
