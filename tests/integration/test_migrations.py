"""From nothing to every revision and back, with rows in every table, on both databases."""

import dataclasses
import itertools
import uuid

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server import append_only, migrate
from server.app import create_core, metadata
from server.db import db
from tests.factories import rows

_numbers = itertools.count(1)
REVISIONS = [step.revision for step in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request, settings):
    """An empty database."""
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres")
        name = f"empty_{next(_numbers)}"
        cluster.create(name)
        settings = dataclasses.replace(settings, database_url=cluster.url(name))
    app = create_core(settings)
    with app.app_context():
        yield db.engine
        db.session.remove()
        db.engine.dispose()


def tables(engine):
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_revisions_make_exactly_what_the_models_mean(engine):
    assert migrate.check(engine) == [
        f"the database is at revision none, the code at {REVISIONS[-1]}"
    ]
    migrate.upgrade(engine)
    assert migrate.check(engine) == []
    assert tables(engine) == set(metadata().tables)
    migrate.upgrade(engine)
    assert migrate.check(engine) == [], "a second time changes nothing"


def test_rows_in_every_table_live_through_every_revision_up_and_down(engine):
    migrate.upgrade(engine, REVISIONS[0])
    with engine.begin() as connection:
        rows.fill(connection)
        before = rows.read(connection)
    for revision in [*REVISIONS[1:], *REVISIONS[-2::-1], REVISIONS[-1]]:
        (migrate.upgrade if revision != REVISIONS[0] else migrate.downgrade)(engine, revision)
        with engine.begin() as connection:
            rows.fill(connection)  # what this revision added has to go and come with rows, too
            assert rows.lost(before, rows.read(connection)) == []
    assert migrate.check(engine) == []
    migrate.downgrade(engine, "base")
    assert tables(engine) == set()


def test_photos_of_incidents_go_with_the_revision_that_has_a_place_for_them(engine):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
        connection.execute(
            sa.text(
                "UPDATE photo SET incident_id = (SELECT id FROM incident), incident_number = 'GQ',"
                " order_id = NULL, order_number = NULL"
            )
        )
    with engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="shows_one"):
        connection.execute(sa.text("UPDATE photo SET incident_id = NULL"))
    migrate.downgrade(engine, "0004")
    with engine.connect() as connection:
        left = {
            table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in ("photo", "photo_window", "upload", "incident", "work_order")
        }
    assert left == {"photo": 0, "photo_window": 0, "upload": 1, "incident": 1, "work_order": 1}
    migrate.upgrade(engine)
    assert migrate.check(engine) == []


def test_photos_of_requests_and_who_registered_alone_go_with_the_revision_that_knows_them(engine):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
        connection.execute(
            sa.text(
                "UPDATE photo SET request_id = (SELECT id FROM service_request),"
                " request_number = 'DJ', order_id = NULL, order_number = NULL, device_id = NULL"
            )
        )
        connection.execute(sa.text("UPDATE service_request SET registered_by = NULL"))
    with engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="shows_one"):
        connection.execute(sa.text("UPDATE photo SET incident_id = (SELECT id FROM incident)"))
    migrate.downgrade(engine, "0007")
    with engine.connect() as connection:
        left = {
            table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in ("photo", "photo_window", "upload", "service_request", "work_order")
        }
    assert left == {
        "photo": 0,
        "photo_window": 0,
        "upload": 1,
        "service_request": 1,
        "work_order": 1,
    }
    migrate.upgrade(engine)
    assert migrate.check(engine) == []


def test_the_books_of_the_warehouse_open_with_what_is_there_and_what_is_out(engine):
    migrate.upgrade(engine, "0011")
    with engine.begin() as connection:
        rows.fill(connection)
        connection.execute(sa.text("UPDATE stock_item SET stock_qty = 700"))
        connection.execute(
            sa.text(
                "UPDATE stock_line SET issued_qty = 300, used_qty = 100, returned_qty = 0, lost_qty = 0"
            )
        )
    migrate.upgrade(engine)
    with engine.connect() as connection:
        moved = connection.execute(
            sa.text("SELECT reason, qty, balance_qty FROM stock_movement")
        ).all()
        held = connection.execute(sa.text("SELECT reason, qty FROM custody_entry")).all()
    assert [tuple(row) for row in moved] == [("opening", 700, 700)]
    assert [tuple(row) for row in held] == [("issued", 200)]
    assert migrate.check(engine) == []


def test_of_two_plans_of_one_kind_the_newest_goes_on_and_the_log_names_the_other(engine, caplog):
    migrate.upgrade(engine, "0015")
    with engine.begin() as connection:
        rows.fill(connection)
        plan = sa.Table("preventive_plan", sa.MetaData(), autoload_with=connection)
        (first,) = connection.execute(sa.select(plan)).mappings()
        for kind, last in ((first["kind"], 8), ("other", 9)):
            newer = uuid.UUID(int=last)
            fresh = newer if isinstance(first["id"], uuid.UUID) else newer.hex
            connection.execute(sa.insert(plan).values({**first, "id": fresh, "kind": kind}))
    with caplog.at_level("WARNING"):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        at_work = connection.execute(sa.text("SELECT active FROM preventive_plan ORDER BY id"))
        assert [bool(row.active) for row in at_work] == [False, True, True]
    (said,) = [row.getMessage() for row in caplog.records if "preventive" in row.getMessage()]
    assert str(uuid.UUID(int=7)) in said
    assert migrate.check(engine) == []


def test_no_table_of_facts_lets_a_row_be_changed_or_removed(engine):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
    for table in append_only.TABLES:
        column = sa.inspect(engine).get_columns(table)[0]["name"]
        for act in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError) as refused:
                connection.exec_driver_sql(act)
            assert f"{table} is append-only" in str(refused.value.orig)


def test_check_names_what_differs(engine):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE building ADD COLUMN colour VARCHAR(9)"))
        connection.execute(sa.text("DROP INDEX ix_alert_subject"))
        append_only.release(connection, "history")
    found = migrate.check(engine)
    assert len(found) == 3
    assert "colour" in found[0] + found[1]
    assert "ix_alert_subject" in found[0] + found[1]
    assert found[2] == "history is not append-only"


def broken_step(monkeypatch, tmp_path, body):
    """A further revision that does `body`, in a copy of our scripts."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (copy / name).write_text((migrate.SCRIPTS / name).read_text())
    for path in (migrate.SCRIPTS / "versions").glob("*.py"):
        (copy / "versions" / path.name).write_text(path.read_text())
    (copy / "versions" / "next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'next'\ndown_revision = '{REVISIONS[-1]}'\n\n\n"
        f"def upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    )
    monkeypatch.setattr(migrate, "SCRIPTS", copy)


def test_a_revision_that_fails_half_way_leaves_nothing_behind(engine, monkeypatch, tmp_path):
    migrate.upgrade(engine)
    broken_step(
        monkeypatch,
        tmp_path,
        "    op.add_column('building', sa.Column('colour', sa.String(9)))\n"
        "    raise RuntimeError('half way')",
    )
    with pytest.raises(RuntimeError, match="half way"):
        migrate.upgrade(engine)
    columns = {column["name"] for column in sa.inspect(engine).get_columns("building")}
    assert "colour" not in columns
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]


def test_a_table_that_is_copied_keeps_the_rows_that_point_at_it(engine, monkeypatch, tmp_path):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
        before = rows.read(connection)
    broken_step(
        monkeypatch,
        tmp_path,
        "    with op.batch_alter_table('estate') as table:\n"
        "        table.alter_column('name', type_=sa.String(61))",
    )
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert rows.lost(before, rows.read(connection)) == []
        if engine.dialect.name == "sqlite":
            enforced = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
            assert enforced == 1, "foreign keys are enforced again"


def test_a_revision_that_breaks_a_reference_is_refused(engine, monkeypatch, tmp_path):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
    broken_step(monkeypatch, tmp_path, "    op.execute('DELETE FROM estate')")
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM estate")) == 1


def test_copying_a_table_of_facts_without_protecting_it_again_is_noticed(engine):
    migrate.upgrade(engine)
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL alters in place: its triggers stay
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("step_result", recreate="always") as table:
            table.alter_column("text", existing_type=sa.Text(), type_=sa.Text())
    assert "step_result is not append-only" in migrate.check(engine)


def test_a_new_revision_is_spelled_without_our_models(engine, monkeypatch, tmp_path):
    broken_step(monkeypatch, tmp_path, "    pass")
    (tmp_path / "migrations" / "versions" / "next.py").unlink()
    for path in (tmp_path / "migrations" / "versions").glob("*.py"):
        path.unlink()
    migrate.make_revision(engine, "everything", "0001")
    text = (tmp_path / "migrations" / "versions" / "0001_everything.py").read_text()
    assert "import server" not in text
    assert "server." not in text.replace("server_default", "")
    assert "sa.DateTime(timezone=True)" in text
