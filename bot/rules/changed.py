"""A changed copy of a large value, quickly."""

from typing import Any, TypeVar

T = TypeVar("T")


def changed(one: T, **values: Any) -> T:
    """The same dataclass with other values: `dataclasses.replace` at a quarter of its time.

    A storm makes thousands of copies of alarms and incidents, which have dozens of fields. For
    frozen dataclasses without slots, whose making does nothing but keep what it is given. Raises
    TypeError for a field that it has not.
    """
    if not values.keys() <= vars(one).keys():
        raise TypeError(
            f"{type(one).__name__} has no {', '.join(values.keys() - vars(one).keys())}"
        )
    made = object.__new__(type(one))
    vars(made).update(vars(one), **values)
    return made
