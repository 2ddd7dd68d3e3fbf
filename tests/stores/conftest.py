"""One PostgreSQL database for the tests of stores, empty for each."""

from __future__ import annotations

from typing import Any

import pytest
from harness.folders import folder

from otree_ego.stores import opening, versions

__all__ = ["folder", "pg_url"]


@pytest.fixture(scope="session")
def _lasting(pg: Any) -> Any:
    return pg.database()


@pytest.fixture
def pg_url(_lasting: Any) -> str:
    """Its address; making a database anew for each test takes longer than the tests."""
    _lasting.query("drop schema public cascade; create schema public")
    return str(_lasting.env["DATABASE_URL"])


@pytest.fixture(autouse=True)
def _all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """New stores come out of all steps here: this is the place to see it (see `harness.new_stores`)."""
    monkeypatch.setattr(opening, "bring_up_to_date", versions.bring_up_to_date)
