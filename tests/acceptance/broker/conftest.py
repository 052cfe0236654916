"""One broker of each kind for the tests that leave it as they found it."""

import pytest

from tests.broker_process import running_as_asked


@pytest.fixture(scope="module")
def brokers(tmp_path_factory):
    with running_as_asked(tmp_path_factory.mktemp) as of_kind:
        yield of_kind


@pytest.fixture
def broker(request, brokers):
    """The embedded one, or the kind that the test names."""
    return brokers(getattr(request, "param", "nats"))
