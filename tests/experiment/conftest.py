"""Fixtures of the experiments' tests: a folder of one's own, and a service that answers as OpenAI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.clock import clock
from harness.folders import folder
from harness.scripts import Arrivals

from otree_ego.providers.openai import dialect

__all__ = ["clock", "folder", "openai"]


@pytest.fixture
def openai(folder: Path, service: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """FakeService where OpenAI is expected; it notes when requests arrive."""
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
    dialect.forget()
    service.requests = Arrivals()
    return service
