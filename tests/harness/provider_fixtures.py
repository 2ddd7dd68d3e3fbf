"""Fixtures of the providers' tests: a clean slate, and services that are declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otree_ego.providers import declarations, declare_service, keys, prices, services
from otree_ego.providers.openai import dialect

from .providers import RawServer
from .textsynth_service import KEY, Engines


@pytest.fixture
def clean_slate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No keys, nothing declared, nothing learned, an empty working directory."""
    for row in services.BUILT_IN.values():
        for name in (*row.key_env, row.base_url_env):
            if name:
                monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    tables: list[dict[str, Any]] = [
        services.declared, declarations.declared_providers, declarations.declared_protocols, keys._kept,
        prices._told,
    ]  # fmt: skip
    before = [dict(table) for table in tables]
    for table in tables:
        table.clear()
    dialect.forget()
    yield
    for table, rows in zip(tables, before, strict=True):
        table.clear()
        table.update(rows)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    """TextSynth on this machine, with the key that it takes in the environment."""
    monkeypatch.setenv("TEXTSYNTH_API_KEY", KEY)
    with Engines() as server:
        yield server


@pytest.fixture
def uni(service: Any) -> Any:
    """FakeService, declared as the service `uni`."""
    declare_service("uni", service.base_url)
    return service


@pytest.fixture
def raw() -> Iterator[RawServer]:
    """A server that sends what it is told to, declared as the service `raw`."""
    server = RawServer()
    declare_service("raw", server.base_url)
    yield server
    server.close()
