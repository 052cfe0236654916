"""Which files are taken as documents of an asset: judged by what is in them, never by their names.

Pure: a file in, its type out. Office formats are the open ones without macros; what was made by an
older program is saved as one of these or as PDF first.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from server.errors import Invalid, TooLarge

MIB = 1 << 20
#: how much of either end of a file is looked at, and most of a part inside one
_END_BYTES, _PART_BYTES = 1024, MIB
_OPEN_XML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """What a document is, as browsers (`media_type`) and people (`extension`) say it."""

    extension: str
    media_type: str


PDF = DocumentType(extension="pdf", media_type="application/pdf")
PNG = DocumentType(extension="png", media_type="image/png")
JPEG = DocumentType(extension="jpg", media_type="image/jpeg")
DOCX = DocumentType(extension="docx", media_type=f"{_OPEN_XML}.wordprocessingml.document")
XLSX = DocumentType(extension="xlsx", media_type=f"{_OPEN_XML}.spreadsheetml.sheet")
PPTX = DocumentType(extension="pptx", media_type=f"{_OPEN_XML}.presentationml.presentation")
#: the national format of fixed documents, GB/T 33190
OFD = DocumentType(extension="ofd", media_type="application/ofd")
TYPES = {one.media_type: one for one in (PDF, PNG, JPEG, DOCX, XLSX, PPTX, OFD)}

#: how a file begins, and what stands at the end of a whole one
_ENDS = (
    (b"%PDF-", PDF, b"%%EOF"),
    (b"\x89PNG\r\n\x1a\n", PNG, b"IEND"),
    (b"\xff\xd8\xff", JPEG, b""),
)
_ZIP = b"PK\x03\x04"
#: a part that every file of a format has, and what it says of this one; with macros it says another
_PARTS = (
    *(
        ("[Content_Types].xml", f"{one.media_type}.main+xml".encode(), one)
        for one in (DOCX, XLSX, PPTX)
    ),
    ("OFD.xml", b"http://www.ofdspec.org", OFD),
)
#: the only ways of packing that these formats know
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def judged(file: IO[bytes]) -> DocumentType:
    """What a file is, by its content; it can be sought in. Raises Invalid."""
    file.seek(0)
    beginning = file.read(_END_BYTES)
    if not beginning:
        raise _refused("empty", "文件是空的。", "The file is empty.", "空文件 empty")
    length = file.seek(0, 2)
    file.seek(max(0, length - _END_BYTES))
    end = file.read()
    for head, kind, tail in _ENDS:
        if beginning.startswith(head):
            if tail not in end:
                raise _damaged()
            return kind
    if beginning.startswith(_ZIP):
        return _in_parts(file)
    raise _not_taken()


def too_large(max_bytes: int) -> TooLarge:
    """The refusal of a file of more than `max_bytes`."""
    most = sized(max_bytes)
    return TooLarge(
        "document-too-large",
        f"文件太大,最大 {most}。",
        f"The file is too large; at most {most} are taken.",
        errors={"file": [f"≤ {most}"]},
        extra={"limit_bytes": max_bytes},
    )


def sized(size_bytes: int) -> str:
    """The size of a file, given in bytes, in the unit that people know it by."""
    if size_bytes < MIB:
        return f"{max(1, round(size_bytes / 1024))} KB"
    return f"{size_bytes / MIB:.1f}".removesuffix(".0") + " MB"


def _in_parts(file: IO[bytes]) -> DocumentType:
    try:
        with zipfile.ZipFile(file) as parts:
            there = {one.filename: one for one in parts.infolist()}
            for name, word, kind in _PARTS:
                if name in there and there[name].compress_type in _PACKED:
                    with parts.open(name) as part:
                        if word in part.read(_PART_BYTES):
                            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise _damaged() from error
    except RuntimeError as error:  # locked with a password
        raise _not_taken() from error
    raise _not_taken()


def _not_taken() -> Invalid:
    return _refused(
        "not-taken",
        "按内容看,这不是可收的文件:PDF、PNG、JPEG、OFD 或不带宏的 docx、xlsx、pptx。旧格式请另存为其中一种。",
        "By its content this is none of the files that are taken: PDF, PNG, JPEG, OFD, or docx, "
        "xlsx, pptx without macros. Save older formats as one of these.",
        "不收这种文件 of a kind that is not taken",
    )


def _damaged() -> Invalid:
    return _refused(
        "damaged",
        "文件不完整或已损坏,请重新选择。",
        "The file is incomplete or damaged; please choose it again.",
        "不完整 incomplete",
    )


def _refused(slug: str, zh: str, en: str, beside: str) -> Invalid:
    return Invalid(f"document-{slug}", zh, en, rule="X-004", errors={"file": [beside]})
