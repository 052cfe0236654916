"""What every test may ask for: settings of its own, and a PostgreSQL cluster for the whole run."""

import pytest

from server.settings import Settings
from tests.postgres_cluster import running_cluster


@pytest.fixture
def settings(tmp_path):
    """Settings in a folder of their own; passwords are cheap to hash."""
    return Settings(home=tmp_path / "home", password_memory_kib=8)


@pytest.fixture(scope="session")
def postgres():
    """A running cluster, started when the first test asks for it."""
    with running_cluster() as cluster:
        yield cluster
