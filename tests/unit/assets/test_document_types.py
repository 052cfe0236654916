"""What is taken as a document of an asset: by its content, whole, without programs in it (X-004)."""

import io

import pytest

from server.assets import document_types
from server.errors import Invalid
from tests.factories import handed_over, pictures


def judged(content):
    return document_types.judged(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (handed_over.pdf(), "pdf"),
        (pictures.signature(1), "png"),
        (pictures.photo(1, size=(60, 40)), "jpg"),
        (handed_over.docx(), "docx"),
        (handed_over.xlsx(), "xlsx"),
        (handed_over.pptx(), "pptx"),
        (handed_over.ofd(), "ofd"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_what_its_content_says(content, extension):
    kind = judged(content)
    assert kind.extension == extension
    assert document_types.TYPES[kind.media_type] is kind


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "document-empty"),
        (b"MZ\x90\x00 This program cannot be run in DOS mode.", "document-not-taken"),
        (b"<html><script>alert(1)</script></html>", "document-not-taken"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an office file of the last century",
            "document-not-taken",
        ),
        (handed_over.zipped("setup.exe", "MZ"), "document-not-taken"),
        (handed_over.with_macros(), "document-not-taken"),
        (handed_over.pdf()[:20], "document-damaged"),
        (pictures.signature(1)[:-40], "document-damaged"),
        (handed_over.xlsx()[:-30], "document-damaged"),
        (
            handed_over.xlsx().replace(b"[Content_Types].xml", b"[Content_Types].xm\xff", 1),
            "document-damaged",
        ),
    ],
    ids=["empty", "program", "page", "old", "archive", "macros", "pdf", "png", "torn", "names"],
)
def test_anything_else_is_refused_in_words(content, slug):
    with pytest.raises(Invalid) as refused:
        judged(content)
    assert refused.value.slug == slug
    assert refused.value.errors.keys() == {"file"}


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(1, "1 KB"), (1536, "2 KB"), (1 << 20, "1 MB"), (1_300_000, "1.2 MB"), (32 << 20, "32 MB")],
)
def test_a_size_is_told_as_people_know_it(size_bytes, words):
    assert document_types.sized(size_bytes) == words
