"""The engine says what the golden vectors say; every twin of it is held to the same files."""

import pytest

from checklists.golden import Vector, load_vectors, replay


@pytest.mark.parametrize("vector", list(load_vectors()), ids=lambda v: f"{v.file}: {v.name}")
def test_the_engine_agrees_with_the_golden_vector(vector: Vector) -> None:
    assert replay(vector) == vector.expect
