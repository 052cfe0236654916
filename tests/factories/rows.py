"""One row in every table, made from the tables themselves, so that no new table is forgotten."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

MOMENT = dt.datetime(2025, 3, 5, 1, 0, tzinfo=dt.UTC)


#: A row has one of these and its counterpart.
LEFT_EMPTY = {
    (table, column)
    for table in ("photo", "upload")
    for column in ("incident_id", "incident_number", "request_id", "request_number")
} | {
    ("door_code", "place"),
    ("corrective_action", "inspection_id"),
    ("return_visit", "complaint_id"),
}
#: What a check of the table asks for, given the other values.
FITTING = {("complaint", "validity"): "valid"}


def fill(connection: sa.Connection) -> None:
    """Insert one row into each table that has none, parents first, with values for every column
    that may stand beside the others."""
    tables = sa.MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        filled = connection.scalar(sa.select(sa.func.count()).select_from(table))
        if table.name != "alembic_version" and not filled:
            values = {
                column.name: FITTING.get((table.name, column.name), _value(column))
                for column in table.columns
                if (table.name, column.name) not in LEFT_EMPTY
            }
            connection.execute(sa.insert(table).values(values))


def read(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """Every value there is, as text, by table and column; the numbers that Alembic keeps left out."""
    found = {}
    for table in sa.inspect(connection).get_table_names():
        if table != "alembic_version":
            row = connection.exec_driver_sql(f"SELECT * FROM {table}").one()
            found |= {(table, name): str(value) for name, value in row._mapping.items()}
    return found


def lost(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> list[Any]:
    """Where a value is not what it was; what came in addition does not matter."""
    return [place for place, value in before.items() if after.get(place) != value]


#: The first kind that fits decides.
VALUES: tuple[tuple[type[Any], Any], ...] = (
    (sa.Uuid, uuid.UUID(int=7)),
    (sa.JSON, {"kept": [1, "二"]}),
    (sa.Boolean, True),
    (sa.DateTime, MOMENT),
    (sa.Date, MOMENT.date()),
    (sa.Numeric, 1),
    (sa.Integer, 1),
)


def _value(column: sa.Column[Any]) -> Any:
    """Something that fits; the same in every table, so that references hold."""
    for kind, value in VALUES:
        if isinstance(column.type, kind):
            return value
    # On SQLite an id is reflected as CHAR(32).
    longest = getattr(column.type, "length", None) or 40
    return uuid.UUID(int=7).hex if longest == 32 else "七" * min(longest, 10)
