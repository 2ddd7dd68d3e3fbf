"""Fixtures of the providers' tests: a clean slate, and services that are declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otree_ego.providers import keys, services as config
from otree_ego.providers.openai import dialect

from .providers import RawServer


@pytest.fixture
def clean_slate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No keys, no declared services, nothing learned, an empty working directory."""
    for row in config.BUILT_IN.values():
        for name in (*row.key_env, row.base_url_env):
            if name:
                monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    declared, kept = dict(config.declared), dict(keys._kept)
    config.declared.clear()
    keys._kept.clear()
    dialect.forget()
    yield
    for held, before in ((config.declared, declared), (keys._kept, kept)):
        held.clear()
        held.update(before)


@pytest.fixture
def uni(service: Any) -> Any:
    """FakeService, declared as the service `uni`."""
    config.declare_service("uni", service.base_url)
    return service


@pytest.fixture
def raw() -> Iterator[RawServer]:
    """A server that sends what it is told to, declared as the service `raw`."""
    server = RawServer()
    config.declare_service("raw", server.base_url)
    yield server
    server.close()
