"""Copies of a migrated SQLite file: each example of a property begins with one."""

import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def copies(template: Path) -> Generator[Callable[[], str]]:
    """What makes a copy in the place of the last one, and tells its address."""
    with tempfile.TemporaryDirectory() as folder:

        def make() -> str:
            path = Path(folder) / "tocsin.db"
            shutil.copy(template, path)
            return f"sqlite+aiosqlite:///{path}"

        yield make
