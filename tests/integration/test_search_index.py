"""The search index on both databases: everything is found by its words, and nothing else is."""

import sqlalchemy as sa
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.cli import main
from server.db import transaction
from server.search import index
from server.search.models import SearchDocument, SearchToken
from server.search.tokens import folded, tokens
from tests.cast import LI_JIANJUN

WORD = st.one_of(
    st.text(alphabet="客厅灯不亮", min_size=1, max_size=4),
    st.text(alphabet="ab12", min_size=1, max_size=4),
)
STORED = st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)


def by_reading_everything(stored, query):
    """The same question, answered without an index."""
    return {
        subject
        for subject, text in stored.items()
        if all(
            any(token.startswith(word) for token in tokens(text))
            if word[0].isascii()
            else word in folded(text)
            for word in query.split()
        )
    }


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=STORED, changed=STORED, query=st.lists(WORD, min_size=1, max_size=3).map(" ".join))
def test_the_index_finds_what_reading_everything_would_and_nothing_else(
    world, session, texts, changed, query
):
    stored = {f"T{number}": text for number, text in enumerate(texts)}
    try:
        index.put_all(session, world.estate_id, index.NOTE, stored)
        again = dict(zip(stored, changed, strict=False))
        for subject, text in again.items():
            index.put(session, world.estate_id, index.NOTE, subject, [text])
        stored |= again
        found = index.find(session, world.estate_id, query, kinds=[index.NOTE])
        assert {hit.subject for hit in found} == by_reading_everything(stored, query)
        assert len(found) == len(set(found))
    finally:
        session.rollback()


def test_the_newest_comes_first_and_no_more_than_asked(world, session):
    with transaction() as current:
        for number in range(9):
            index.put(current, world.estate_id, index.NOTE, f"T{number}", ["客厅灯"])
    found = index.find(session, world.estate_id, "客厅", kinds=[index.NOTE], limit=4)
    assert [hit.subject for hit in found] == ["T8", "T7", "T6", "T5"]


def test_an_index_can_be_filled_again_from_what_is_stored(world, session, settled):
    """`paigong db reindex` on an installation from before the index."""
    order = world.issued()
    other = world.register(LI_JIANJUN)

    def everything():
        session.rollback()
        documents = session.execute(
            sa.select(SearchDocument.id, SearchDocument.kind, SearchDocument.subject)
        )
        names = {row.id: (row.kind, row.subject) for row in documents}
        rows = session.execute(sa.select(SearchToken.document_id, SearchToken.token))
        return {(*names[row.document_id], row.token) for row in rows}

    before = everything()
    with transaction() as current:
        current.execute(sa.delete(SearchToken))
        current.execute(sa.delete(SearchDocument))
    for _ in range(2):
        environment = {"PAIGONG_HOME": str(settled.home)}
        if settled.database_url:
            environment["PAIGONG_DATABASE_URL"] = settled.database_url
        done = CliRunner().invoke(main, ["db", "reindex"], env=environment)
        assert done.exit_code == 0, done.output
        assert everything() == before
    session.rollback()
    assert {hit.subject for hit in index.find(session, world.estate_id, "客厅灯")} >= {
        order.number,
        other.number,
    }
