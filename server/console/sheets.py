"""A table of rows as a file: CSV that Excel reads, or a workbook with typed cells.

Written to disk chunk by chunk, so that a hundred thousand rows take no more memory than a page,
and whoever reads slowly does not keep the database waiting.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

from server.console.formats import MONTHS, money
from server.console.wording import language
from server.http import settings
from server.paper.workbook import guarded

TEXT, MOMENT, MONEY, NUMBER = "text", "moment", "money", "number"
_MOMENT_FORMAT = {"zh": 'yyyy"年"m"月"d"日" hh:mm', "en": "d mmm yyyy hh:mm"}
_WIDTHS = {TEXT: 18, MOMENT: 20, MONEY: 12, NUMBER: 10}
_CELL_LIMIT = 32_767


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its heading, what kind of value it holds, and where that comes from.

    A MOMENT is an aware datetime, MONEY an integer of fen.
    """

    title: str
    value: Callable[[Any], Any]
    kind: str = TEXT


def exact(value: dt.datetime) -> str:
    """A moment in the estate's zone with its year, as the language writes it."""
    local = value.astimezone(settings().zone)
    if language() == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M}"


def as_csv(columns: Sequence[Column], chunks: Iterable[Sequence[Any]]) -> IO[bytes]:
    """UTF-8 with a byte order mark, by which Excel knows it; the file stands at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    file.write(codecs.BOM_UTF8)
    text = codecs.getwriter("utf-8")(file)
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    for rows in chunks:
        writer.writerows([_written(column, row) for column in columns] for row in rows)
    file.seek(0)
    return file


def as_xlsx(columns: Sequence[Column], chunks: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A workbook of one sheet: heading, filter, dates and money as such, text never a formula."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": _MOMENT_FORMAT[language()],
        },
    )
    heading = book.add_format({"bold": True, "bottom": 1})
    formats = {
        MOMENT: book.add_format({"num_format": _MOMENT_FORMAT[language()], "align": "left"}),
        MONEY: book.add_format({"num_format": "¥#,##0.00"}),
    }
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind])
        sheet.write_string(0, place, column.title, heading)
    zone, line = settings().zone, 0
    for rows in chunks:
        for row in rows:
            line += 1
            for place, column in enumerate(columns):
                value = column.value(row)
                if value is None:
                    continue
                if column.kind == MOMENT:
                    local = value.astimezone(zone).replace(tzinfo=None)
                    sheet.write_datetime(line, place, local, formats[MOMENT])
                elif column.kind == MONEY:
                    sheet.write_number(line, place, value / 100, formats[MONEY])
                elif column.kind == NUMBER:
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, str(value)[:_CELL_LIMIT])
    sheet.autofilter(0, 0, line, len(columns) - 1)
    book.close()
    file.seek(0)
    return file


def _written(column: Column, row: Any) -> str:
    value = column.value(row)
    if value is None:
        return ""
    if column.kind == MOMENT:
        return exact(value)
    if column.kind == MONEY:
        return money(value)
    return str(value) if column.kind == NUMBER else guarded(str(value))
