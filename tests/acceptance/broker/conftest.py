"""One broker for the tests that leave it as they found it."""

import pytest

from tests.broker_process import running_broker


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running
