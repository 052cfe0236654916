"""What every test may ask for: settings of its own, and a PostgreSQL cluster for the whole run."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from server.settings import Settings
from tests.postgres_cluster import quick_place, running_cluster

# A machine that is busy for a moment falsifies no property.
hypothesis_settings.register_profile(
    "house", hypothesis_settings.get_profile("default"), deadline=None
)
hypothesis_settings.load_profile("house")

TESTS = Path(__file__).parent
#: The longest files come first, so that the processes of a run end together.
FIRST = ("acceptance/handheld_app", "acceptance", "integration")


def pytest_collection_modifyitems(items):
    """Long files before short ones; within one the order is that of its lines."""
    items.sort(key=lambda item: _place(item.path))


def _place(path):
    file = path.relative_to(TESTS).as_posix()
    return next(
        (place for place, folder in enumerate(FIRST) if file.startswith(folder)), len(FIRST)
    )


@pytest.fixture(scope="session")
def quick_folder():
    """A folder in memory, where there is room: databases wait there for no disk."""
    # Not below pytest's own, which keeps the last three runs.
    folder = Path(tempfile.mkdtemp(prefix="paigong-", dir=quick_place()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(tmp_path):
    """Settings in a folder of their own; passwords are cheap to hash."""
    return Settings(home=tmp_path / "home", password_memory_kib=8)


@pytest.fixture(scope="session")
def postgres():
    """A running cluster, started when the first test asks for it."""
    with running_cluster() as cluster:
        yield cluster
