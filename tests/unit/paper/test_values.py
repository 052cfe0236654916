"""How values stand on paper, what a spreadsheet may not run, and what the font must have."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdf
import pytest
from fontTools.ttLib import TTFont

from server.errors import NotFound
from server.paper.document import (
    Column,
    Document,
    Facts,
    Measured,
    Money,
    Prose,
    Signed,
    Table,
    Words,
)
from server.paper.pdf import FONT_FILE, as_pdf, printable
from server.paper.periods import day_bounds, month_bounds, month_of_key
from server.paper.values import written
from server.paper.workbook import as_csv, as_xlsx

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR = dt.datetime(2024, 12, 31, 16, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Money(123450), "¥1,234.50", "¥1,234.50"),
        (Money(-5), "-¥0.05", "-¥0.05"),
        (NEW_YEAR, "2025年1月1日 00:00", "1 Jan 2025 00:00"),
        (dt.date(2025, 3, 5), "2025年3月5日", "5 Mar 2025"),
        (Measured(Decimal("0.52"), "MPa"), "0.52 MPa", "0.52 MPa"),
        (Decimal("2.50"), "2.5", "2.5"),
        (Decimal(100), "100", "100"),
        (True, "是", "yes"),
        (Words("灯具", "Lamp"), "灯具", "Lamp"),
        (None, "", ""),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(value, zh, en):
    assert written(value, "zh", SHANGHAI) == zh
    assert written(value, "en", SHANGHAI) == en


def form(copy=None, rows=3):
    return Document(
        form="F-02",
        title=Words("服务工作单", "Service Work Order"),
        number="FW-202503-0001",
        estate="鲁能星城",
        copy=copy,
        blocks=(
            Facts(
                rows=(
                    (Words("客户", "Customer"), "王丽华 <A&B>"),
                    (Words("费用", "Fee"), Money(3000)),
                )
            ),
            Table(
                columns=(
                    Column(title=Words("项目", "Item")),
                    Column(title=Words("金额", "Amount"), right=True),
                    Column(title=Words("时间", "Time")),
                ),
                rows=tuple((f"=L-LAMP{n}", Money(1500), NEW_YEAR) for n in range(rows)),
                total=(Words("合计", "Total"), Money(1500 * rows), None),
            ),
            Prose(text="第一行\n第二行"),
            Signed(title=Words("客户签名", "Signature")),
        ),
        made_at=NEW_YEAR,
    )


def text_of(content):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return pages, "".join(pages)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("服务工作单", "合计", "客户签名")),
        ("en", ("Service Work Order", "Total", "Signature")),
    ],
)
def test_a_pdf_says_all_of_it_in_its_language_with_the_font_inside(language, words):
    content = as_pdf([form()], language, SHANGHAI)
    _pages, text = text_of(content)
    for word in (*words, "王丽华 <A&B>", "FW-202503-0001", "¥30.00", "第二行"):
        assert word in text
    fonts = [
        entry.get_object()
        for page in pypdf.PdfReader(io.BytesIO(content)).pages
        for entry in page["/Resources"]["/Font"].values()
    ]
    embedded = [one for one in fonts if "NotoSansSC" in one["/BaseFont"]]
    assert embedded
    assert all("/FontFile2" in one["/FontDescriptor"].get_object() for one in embedded)
    assert as_pdf([form()], language, SHANGHAI) == content, "the same form gives the same bytes"


def test_copies_begin_on_pages_of_their_own_and_bear_their_label():
    copies = [form(Words("第一联", "Copy 1")), form(Words("第二联", "Copy 2"))]
    pages, _text = text_of(as_pdf(copies, "zh", SHANGHAI))
    assert len(pages) == 2
    assert ["第一联" in page for page in pages] == [True, False]
    assert ["第二联" in page for page in pages] == [False, True]


def test_a_long_table_goes_on_with_its_headings_repeated():
    pages, _text = text_of(as_pdf([form(rows=200)], "zh", SHANGHAI))
    assert len(pages) > 3
    assert all("项目" in page for page in pages[:-1])


def test_what_the_font_lacks_is_seen_and_does_not_vanish():
    assert printable("喆𬭎") == "喆□"
    known = TTFont(FONT_FILE).getBestCmap()
    names = "王丽华李建军周敏吴国强徐静黄志远林芳郭涛喆堃玥珺祎骁翀龑赟劼燊犇℃Ω≥≤¥"
    assert not [sign for sign in names if ord(sign) not in known]


def test_a_workbook_holds_money_and_moments_as_such_and_no_formula():
    book = zipfile.ZipFile(io.BytesIO(as_xlsx([form()], "zh", SHANGHAI)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert re.search(r"<v>15(?:\.0)?</v>", sheet)
    assert "=L-LAMP0" in book.read("xl/sharedStrings.xml").decode()
    text = as_csv([form()], "en", SHANGHAI).decode("utf-8-sig")
    assert text.splitlines()[:2] == ["Item,Amount,Time", "'=L-LAMP0,¥15.00,1 Jan 2025 00:00"]


def test_a_period_is_asked_for_by_month_or_day():
    assert month_bounds("2024-12", SHANGHAI) == (
        dt.datetime(2024, 11, 30, 16, tzinfo=dt.UTC),
        NEW_YEAR,
    )
    assert day_bounds("2025-01-01", SHANGHAI)[0] == NEW_YEAR
    for wrong in ("2025-13", "2025-00", "0000-01", "2025-1", "nonsense", "²025-01"):
        with pytest.raises(NotFound):
            month_of_key(wrong)
