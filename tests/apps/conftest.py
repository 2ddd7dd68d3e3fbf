"""What the apps' tests share: a fake service for each module, as it was when it started before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from otree_ego.testing import FakeService


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    """The service that the module's apps ask."""
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> None:
    usual = getattr(request.module, "USUAL", None)
    if usual is not None and "model" in request.fixturenames:
        fake: FakeService = request.getfixturevalue("model")
        fake.heal()
        fake.release()
        fake.clear()
        fake.reply, fake.delay = usual, 0.0
