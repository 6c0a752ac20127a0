"""The roots of what can go wrong on purpose. Ground floor: knows nobody.

An error's docstring is the sentence that a person reads; what varies stands in fields.
"""


class TocsinError(Exception):
    """Something went wrong that a person can mend; the message says how."""


class WrongUsage(TocsinError):
    """A command's arguments cannot be read; the message says how they are written."""


class SettingError(TocsinError):
    """A setting is missing or wrong. Names the variable and the remedy; never its value."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"{name}: {remedy}")
        self.name = name
        self.remedy = remedy


class SettingsRefused(TocsinError):
    """Settings are missing or wrong; `faults` has one entry for each."""

    def __init__(self, faults: tuple[SettingError, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class StorageUnavailable(TocsinError):
    """The database does not answer. Nothing was stored; try again."""


class Deadlocked(StorageUnavailable):
    """Another change and this one waited for each other. Nothing was stored; try again."""


class MigrationRefused(TocsinError):
    """The database refuses a step of the upgrade. It names the remedy."""


class Busy(TocsinError):
    """More callbacks are waiting than can be stored in time. Try again."""
