"""`column IN (…)` for values by the hundred, in statements that are made once.

On PostgreSQL they are one array: as values of their own they took 5 us each, and a statement had
another text for each number of them.
"""

from typing import Any, cast  # a column of whatever type

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Among(FunctionElement[Any]):
    """Whether a column's value is one of those that are bound; see `among`.

    Without a type: of a boolean the toolkit makes `… = 1` on SQLite, which then uses no index.
    """

    name = "among"
    inherit_cache = True


def among(column: sa.ColumnElement[Any], name: str) -> Among:
    """Whether a column's value is in the list that is bound as `name`."""
    return Among(column, sa.bindparam(name, type_=postgresql.ARRAY(column.type)))


@compiles(Among, "postgresql")
def _as_array(made: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, bound = made.clauses
    return compiler.process(column == sa.any_(bound), **options)


@compiles(Among)
def _one_by_one(made: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, bound = made.clauses
    name = cast("sa.BindParameter[Any]", bound).key
    listed = sa.bindparam(name, type_=column.type, expanding=True)
    return compiler.process(column.in_(listed), **options)
