"""A form as PDF: A4, Chinese or English, the font embedded, so that it looks alike everywhere."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    LongTable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from server.paper.document import (
    Block,
    Document,
    Facts,
    Picture,
    Pictures,
    Prose,
    QrCode,
    Signed,
    Table,
    Words,
)
from server.paper.values import written

FONT = "NotoSansSC"
FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
MARGIN = 14 * mm
WIDTH = A4[0] - 2 * MARGIN
_ROW_OF_PICTURES = 4
_PICTURE_HEIGHT = 34 * mm
_QR_SIDE = 24 * mm
#: With more columns than this a page lies on its side, and its table is set smaller.
_MANY_COLUMNS = 9
_SIZE, _SMALL_SIZE = 9.0, 7.0
_PADDING = 3
UNSIGNED = Words("(未签)", "(not signed)")
MADE = Words("打印", "printed")


def as_pdf(documents: Sequence[Document], language: str, zone: ZoneInfo) -> bytes:
    """All documents in one file, each beginning on a new page.

    The same documents give the same bytes. `language` is `zh` or `en`.
    """
    _font()
    file = io.BytesIO()
    first = documents[0]
    template = BaseDocTemplate(
        file,
        pagesize=A4,
        title=f"{first.title.to(language)} {first.number}",
        author=first.estate,
        lang="zh-CN" if language == "zh" else "en",
        invariant=1,
    )
    template.addPageTemplates(
        [_page(str(place), document, language, zone) for place, document in enumerate(documents)]
    )
    story: list[Flowable] = []
    for place, document in enumerate(documents):
        if place:
            story += [NextPageTemplate(str(place)), PageBreak()]
        story += _story(document, language, zone)
    template.build(story)
    return file.getvalue()


def _page(name: str, document: Document, language: str, zone: ZoneInfo) -> PageTemplate:
    wide, high = size = _size_of(document)
    frame = Frame(
        MARGIN, MARGIN + 6 * mm, wide - 2 * MARGIN, high - 2 * MARGIN - 6 * mm, 0, 0, 0, 0
    )
    return PageTemplate(
        id=name, frames=[frame], pagesize=size, onPage=_footer(document, language, zone)
    )


def _size_of(document: Document) -> tuple[float, float]:
    many = any(len(table.columns) > _MANY_COLUMNS for table in document.tables)
    return landscape(A4) if many else A4


@cache
def _font() -> frozenset[int]:
    """Register the font once a process; the characters that it has."""
    font = TTFont(FONT, FONT_FILE)
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=FONT, italic=FONT, boldItalic=FONT)
    return frozenset(font.face.charToGlyph)


def printable(text: str) -> str:
    """The text with a box for whatever the font cannot draw: seen, where it would vanish."""
    known = _font()
    return "".join(sign if ord(sign) in known or sign == "\n" else "□" for sign in text)


def _style(name: str, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, wordWrap="CJK", **more)


BODY = _style("body", fontSize=9, leading=12.5)
SMALL = _style("small", fontSize=7.5, leading=10, textColor=colors.HexColor("#444444"))
TITLE = _style("title", fontSize=16, leading=21)
HEADING = _style("heading", fontSize=10.5, leading=15, spaceBefore=4, spaceAfter=2)
LABEL = _style("label", fontSize=8, leading=11, textColor=colors.HexColor("#444444"))
LINE = colors.HexColor("#8a8a8a")
SHADE = colors.HexColor("#f0f1f3")
_GRID: list[Any] = [
    ("GRID", (0, 0), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("FONT", (0, 0), (-1, -1), FONT, 9),
    ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]


def _footer(
    document: Document, language: str, zone: ZoneInfo
) -> Callable[[Canvas, BaseDocTemplate], None]:
    words = [document.form, document.number]
    if document.copy is not None:
        words.append(document.copy.to(language))
    words.append(f"{MADE.to(language)} {written(document.made_at, language, zone)}")
    text = printable(" · ".join(words))

    def draw(canvas: Canvas, _template: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.drawString(MARGIN, MARGIN - 2 * mm, text)
        canvas.drawRightString(
            _size_of(document)[0] - MARGIN, MARGIN - 2 * mm, str(canvas.getPageNumber())
        )

    return draw


def _story(document: Document, language: str, zone: ZoneInfo) -> list[Flowable]:
    codes = [block for block in document.blocks if isinstance(block, QrCode)]
    title: list[Flowable] = [
        _text(document.estate, SMALL),
        _text(document.title.to(language), TITLE),
        _text(f"{document.form} · {document.number}", BODY),
    ]
    if document.copy is not None:
        title.append(_text(document.copy.to(language), HEADING))
    aside: list[Flowable] = [_qr(code, language) for code in codes[:1]]
    width = _size_of(document)[0] - 2 * MARGIN
    head = Grid([[title, aside]], colWidths=[width - 40 * mm, 40 * mm])
    head.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "RIGHT")])
    story: list[Flowable] = [head, Spacer(0, 2 * mm)]
    for block in document.blocks:
        if not isinstance(block, QrCode):
            story += [*_drawn(block, language, zone, width), Spacer(0, 2.5 * mm)]
    return story


def _drawn(block: Block, language: str, zone: ZoneInfo, width: float) -> list[Flowable]:
    if isinstance(block, (QrCode, Signed)):
        return [KeepTogether(_signed(block, language, zone))] if isinstance(block, Signed) else []
    heading = [_text(block.title.to(language), HEADING)] if block.title else []
    match block:
        case Facts():
            return [*heading, _facts(block, language, zone)]
        case Table():
            return [*heading, _table(block, language, zone, width)]
        case Prose():
            return [*heading, *(_text(line, BODY) for line in block.text.splitlines() or [""])]
        case Pictures():
            return [KeepTogether([*heading, _pictures(block)])]


def _facts(block: Facts, language: str, zone: ZoneInfo) -> Grid:
    """Two facts to a row; a long one has a row to itself."""
    rows: list[list[Any]] = []
    spans: list[tuple[Any, ...]] = []
    waiting: list[Any] | None = None
    for label, value in block.rows:
        text = written(value, language, zone)
        cells = [_text(label.to(language), LABEL), _text(text, BODY)]
        wide = len(text) > 24 or "\n" in text  # noqa: PLR2004  # half a row of Chinese
        if wide or waiting is None:
            if waiting is not None:
                rows.append([*waiting, "", ""])
                waiting = None
            if wide:
                spans.append(("SPAN", (1, len(rows)), (3, len(rows))))
                rows.append([*cells, "", ""])
            else:
                waiting = cells
        else:
            rows.append([*waiting, *cells])
            waiting = None
    if waiting is not None:
        rows.append([*waiting, "", ""])
    share = 26 * mm
    grid = Grid(rows, colWidths=[share, WIDTH / 2 - share] * 2)
    shaded = [("BACKGROUND", (column, 0), (column, -1), SHADE) for column in (0, 2)]
    grid.setStyle([*_GRID, *shaded, *((*span,) for span in spans)])
    return grid


def _table(block: Table, language: str, zone: ZoneInfo, width: float) -> Grid:
    whole = sum(column.share for column in block.columns)
    widths = [width * column.share / whole for column in block.columns]
    size = _SIZE if len(block.columns) <= _MANY_COLUMNS else _SMALL_SIZE
    rows = [
        [column.title.to(language) for column in block.columns],
        *(
            [written(value, language, zone) for value in row]
            for row in (*block.rows, *([block.total] if block.total else []))
        ),
    ]
    # Plain text that is broken here: a paragraph in each cell of a register would take minutes.
    grid = LongTable(
        [
            [
                wrapped(text, room - 2 * _PADDING, size)
                for text, room in zip(row, widths, strict=True)
            ]
            for row in rows
        ],
        colWidths=widths,
        repeatRows=1,
    )
    style: list[Any] = [
        *_GRID,
        ("FONT", (0, 0), (-1, -1), FONT, size, size * 1.3),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
    ]
    style += [
        ("ALIGN", (place, 1), (place, -1), "RIGHT")
        for place, column in enumerate(block.columns)
        if column.right
    ]
    if block.total:
        style.append(("LINEABOVE", (0, -1), (-1, -1), 1, colors.black))
    grid.setStyle(style)
    return grid


def wrapped(text: str, room: float, size: float) -> str:
    """The text broken into lines of at most `room` points, words kept whole where they fit."""
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line, used, last_blank = "", 0.0, -1
        for sign in paragraph:
            wide = _width(sign) * size
            if used + wide > room and line:
                if sign != " " and last_blank > 0 and sign.isascii() and line[-1].isascii():
                    lines.append(line[:last_blank])
                    line = line[last_blank + 1 :]
                else:
                    lines.append(line)
                    line = ""
                used, last_blank = sum(_width(one) for one in line) * size, -1
            if sign == " ":
                last_blank = len(line)
            line += sign
            used += wide
        lines.append(line)
    return "\n".join(lines)


@cache
def _width(sign: str) -> float:
    """How wide a character is, for a font of one point."""
    _font()
    return float(pdfmetrics.stringWidth(sign, FONT, 1))


def _pictures(block: Pictures) -> Grid:
    side = WIDTH / _ROW_OF_PICTURES
    cells: list[Any] = [
        [_image(one, side - 3 * mm), _text(one.caption, SMALL)] for one in block.pictures
    ]
    cells += [""] * (-len(cells) % _ROW_OF_PICTURES)
    rows = [cells[at : at + _ROW_OF_PICTURES] for at in range(0, len(cells), _ROW_OF_PICTURES)]
    grid = Grid(rows, colWidths=[side] * _ROW_OF_PICTURES)
    grid.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return grid


def _image(picture: Picture, width: float, height: float = _PICTURE_HEIGHT) -> Flowable:
    content = picture.read()
    if content is None:
        return _text("—", BODY)
    image = Image(io.BytesIO(content))
    scale = min(width / image.imageWidth, height / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    image.hAlign = "LEFT"
    return image


def _signed(block: Signed, language: str, zone: ZoneInfo) -> list[Flowable]:
    words = [written(one, language, zone) for one in (block.name, block.relation, block.at)]
    missing = block.missing.to(language) if block.missing else ""
    below = " · ".join(word for word in (*words, missing) if word)
    mark: Flowable = (
        _image(block.picture, 60 * mm, 18 * mm)
        if block.picture
        else _text(UNSIGNED.to(language) if block.missing else "", BODY)
    )
    grid = Grid(
        [[_text(block.title.to(language), LABEL), [mark, _text(below, SMALL)]]],
        colWidths=[26 * mm, WIDTH - 26 * mm],
        rowHeights=None if block.picture or block.missing else [14 * mm],
    )
    grid.setStyle([*_GRID, ("BACKGROUND", (0, 0), (0, -1), SHADE)])
    return [grid]


def _qr(code: QrCode, language: str) -> Flowable:
    file = io.BytesIO()
    segno.make(code.url, error="m").save(file, kind="png", scale=6, border=1)
    image = Image(io.BytesIO(file.getvalue()), _QR_SIDE, _QR_SIDE)
    cell = Grid(
        [[image], [_text(code.caption.to(language), SMALL)]], colWidths=[38 * mm], hAlign="RIGHT"
    )
    cell.setStyle([("ALIGN", (0, 0), (-1, -1), "RIGHT")])
    return cell


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)
