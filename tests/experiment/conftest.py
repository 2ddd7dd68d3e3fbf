"""Fixtures of the experiments' tests: a folder of one's own, and a service that answers as OpenAI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.clock import clock
from harness.scripts import Arrivals

from otree_ego.providers.openai import dialect

__all__ = ["clock", "folder", "openai"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty: the store is made there."""
    monkeypatch.chdir(tmp_path)
    for name in ("EGO_STORE", "OPENAI_API_KEY", "OPENAI_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def openai(folder: Path, service: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """FakeService where OpenAI is expected; it notes when requests arrive."""
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
    dialect.forget()
    service.requests = Arrivals()
    return service
