"""The search index on both databases: everything is found by its words, and nothing else is."""

import sqlalchemy as sa
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.assets import operations as assets
from server.cli import main
from server.db import transaction
from server.search import index
from server.search.models import SearchDocument, SearchToken
from server.search.tokens import folded, tokens
from server.search_commands import SOURCES, fill, is_unfilled
from tests.cast import CHEN_JING, LI_JIANJUN
from tests.factories.assets import appliance
from tests.factories.registers import SERIAL, incident, one_of_each

ASSETS = [index.ASSET]

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
    one_of_each(world)

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


def test_everything_with_a_number_or_a_label_is_found_by_it_and_by_a_clear_part(world, session):
    for kind, (name, _page) in one_of_each(world).items():
        parts = [name, name.lower(), name.rpartition("-")[0], name.rpartition("-")[2]]
        for part in parts:
            found = index.find(session, world.estate_id, part, kinds=[kind])
            assert found, (kind, part)
        assert index.find(session, world.estate_id, name + "9", kinds=[kind]) == [], kind
        assert index.find(session, world.estate_id, f"{name} 冰箱", kinds=[kind]) == [], kind
    assert set(index.NUMBERED) <= {kind for kind, _table, _entries in SOURCES}


def test_an_asset_is_found_by_the_label_it_bears_now_its_serial_number_and_its_unit(world, session):
    asset = appliance(world, label=None, serial=SERIAL)
    provisional = asset.label

    def found(typed):
        return [hit.subject for hit in index.find(session, world.estate_id, typed, kinds=ASSETS)]

    for typed in (provisional, SERIAL, SERIAL[:5].lower(), "1-2-0905", "1栋2单元0905"):
        assert found(typed) == [str(asset.id)], typed
    with transaction() as current:
        held = assets.find(current, asset.id, by=world.by(CHEN_JING), lock=True)
        words = {"facts": {"serial": "N-55"}, "by": world.by(CHEN_JING), "at": world.later()}
        assets.change(current, world.settings, held, label="AC-77", **words)
    assert found(provisional) == found(SERIAL) == []
    assert found("ac-77") == found("n-55") == [str(asset.id)]


def test_an_upgrade_is_asked_for_where_the_index_knows_nothing_of_a_kind(world, session):
    incident(world)
    session.rollback()
    assert not is_unfilled()
    with transaction() as current:
        current.execute(sa.delete(SearchToken).where(SearchToken.kind == index.INCIDENT))
        current.execute(sa.delete(SearchDocument).where(SearchDocument.kind == index.INCIDENT))
    assert is_unfilled()
    assert index.find(session, world.estate_id, "GQ-202503-0001") == []
    session.rollback()
    fill()
    assert not is_unfilled()
    assert [hit.kind for hit in index.find(session, world.estate_id, "GQ-202503-0001")] == [
        index.INCIDENT
    ]
