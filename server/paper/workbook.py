"""A form's tables as a workbook or a CSV file: typed cells, and no text that runs as a formula."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from decimal import Decimal
from zoneinfo import ZoneInfo

import xlsxwriter

from server.paper.document import Document, Facts, Money, Table, Value
from server.paper.values import written

#: With these a spreadsheet takes a text for a formula, also behind blanks.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMATS = {
    "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "money": {"num_format": "¥#,##0.00"},
    "zh": {"num_format": 'yyyy"年"m"月"d"日" hh:mm', "align": "left"},
    "en": {"num_format": "d mmm yyyy hh:mm", "align": "left"},
    "zh_day": {"num_format": 'yyyy"年"m"月"d"日"', "align": "left"},
    "en_day": {"num_format": "d mmm yyyy", "align": "left"},
}
_LONGEST_NAME = 31
_WIDTH = 16


def guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula: with an apostrophe before it where it could."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(FORMULA) else text


def as_csv(documents: list[Document], language: str, zone: ZoneInfo) -> bytes:
    """Every table below the other, UTF-8 with a byte order mark, by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text)
    for document in documents:
        for table in document.tables:
            writer.writerow([column.title.to(language) for column in table.columns])
            for row in _rows(table):
                writer.writerow([_plain(value, language, zone) for value in row])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def as_xlsx(documents: list[Document], language: str, zone: ZoneInfo) -> bytes:
    """One sheet for each document: its facts above, its tables below them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": documents[0].made_at.replace(tzinfo=None)})
    formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
    for place, document in enumerate(documents, 1):
        sheet = book.add_worksheet(f"{document.form} {place}"[:_LONGEST_NAME])
        sheet.set_column(0, 15, _WIDTH)
        sheet.write_string(
            0, 0, f"{document.title.to(language)} {document.number}", formats["title"]
        )
        line = 2
        for block in document.blocks:
            if isinstance(block, Facts):
                for label, value in block.rows:
                    sheet.write_string(line, 0, label.to(language), formats["heading"])
                    _write(sheet, line, 1, value, language, zone, formats)
                    line += 1
                line += 1
            elif isinstance(block, Table):
                if block.title is not None:
                    sheet.write_string(line, 0, block.title.to(language), formats["title"])
                    line += 1
                for column, heading in enumerate(block.columns):
                    sheet.write_string(line, column, heading.title.to(language), formats["heading"])
                for row in _rows(block):
                    line += 1
                    for column, value in enumerate(row):
                        _write(sheet, line, column, value, language, zone, formats)
                line += 2
    book.close()
    return file.getvalue()


def _rows(table: Table) -> list[tuple[Value, ...]]:
    return [*table.rows, *([table.total] if table.total else [])]


def _plain(value: Value, language: str, zone: ZoneInfo) -> str:
    text = written(value, language, zone)
    return guarded(text) if isinstance(value, str) else text


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    column: int,
    value: Value,
    language: str,
    zone: ZoneInfo,
    formats: dict[str, xlsxwriter.format.Format],
) -> None:
    if isinstance(value, Money):
        sheet.write_number(line, column, value.fen / 100, formats["money"])
    elif isinstance(value, dt.datetime):
        local = value.astimezone(zone).replace(tzinfo=None)
        sheet.write_datetime(line, column, local, formats[language])
    elif isinstance(value, dt.date):
        sheet.write_datetime(
            line, column, dt.datetime.combine(value, dt.time()), formats[f"{language}_day"]
        )
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        sheet.write_number(line, column, float(value))
    elif value is not None:
        sheet.write_string(line, column, written(value, language, zone))
