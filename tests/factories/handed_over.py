"""Files as they are handed over with an asset: small, and what their endings say."""

import io
import zipfile

_MAIN = "application/vnd.openxmlformats-officedocument"
_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def pdf(text: str = "接线图") -> bytes:
    """A PDF of one remark; different texts are different files."""
    return b"%PDF-1.7\n% " + text.encode() + b"\ntrailer\n<< >>\nstartxref\n0\n%%EOF\n"


def docx() -> bytes:
    """A text."""
    return _office(f"{_MAIN}.wordprocessingml.document.main+xml")


def xlsx() -> bytes:
    """A workbook."""
    return _office(f"{_MAIN}.spreadsheetml.sheet.main+xml")


def pptx() -> bytes:
    """Slides."""
    return _office(f"{_MAIN}.presentationml.presentation.main+xml")


def with_macros() -> bytes:
    """A workbook that runs programs."""
    return _office(_MACROS)


def ofd() -> bytes:
    """A fixed document by the national standard."""
    return zipped("OFD.xml", '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>')


def zipped(name: str, text: str) -> bytes:
    """An archive with one file in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, text)
    return out.getvalue()


def _office(main: str) -> bytes:
    return zipped("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
