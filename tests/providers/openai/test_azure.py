"""Azure in both of its forms: the newer one is OpenAI's own, the older has a version in its address."""

from __future__ import annotations

import asyncio
import json

import pytest
from harness.providers import RawServer, collect

from otree_ego.errors import ConfigError
from otree_ego.messages import Request
from otree_ego.providers import declare_service
from otree_ego.providers.services import checked_url, url_under

pytestmark = pytest.mark.usefixtures("clean_slate")
REPLY = {
    "id": "c", "object": "chat.completion", "model": "gpt-6-luna",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello."}}],
}  # fmt: skip


@pytest.mark.parametrize("version", ["2024-10-21", "2025-04-01-preview", ""])
def test_the_address_and_the_header_for_the_key(raw: RawServer, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setenv("AZURE_KEY", "azure-key-123456")
    base = raw.base_url.removesuffix("/v1") + "/openai"
    address = f"{base}/deployments/mine?api-version={version}" if version else f"{base}/v1"
    declare_service("azure", address, key_env="AZURE_KEY")
    raw.says(json.dumps(REPLY).encode(), kind="application/json")
    reply = asyncio.run(collect(Request("azure/gpt-6-luna", (("user", "Hi"),), stream=False)))[1]
    assert reply.text == "Hello."
    line, *headers = raw.heads[-1].decode().lower().split("\r\n")
    if version:
        assert line.startswith(f"post /openai/deployments/mine/chat/completions?api-version={version} ")
        assert "api-key: azure-key-123456" in headers
        assert not any(header.startswith("authorization:") for header in headers)
    else:
        assert line.startswith("post /openai/v1/chat/completions ")
        assert "authorization: bearer azure-key-123456" in headers


@pytest.mark.parametrize("query", ["key=abc", "api-version=1&key=abc", "api-version=", "api-version=a b", "x"])
def test_nothing_else_may_follow(query: str) -> None:
    with pytest.raises(ConfigError, match="api-version"):
        checked_url(f"https://uni.openai.azure.com/openai/v1?{query}", "base_url")


def test_where_its_models_are_listed() -> None:
    address = "https://uni.openai.azure.com/openai/deployments/d"
    assert url_under(f"{address}?api-version=1", "models") == "https://uni.openai.azure.com/openai/models?api-version=1"
    assert url_under(f"{address}?api-version=1", "chat/completions") == f"{address}/chat/completions?api-version=1"
    assert url_under(address, "models") == f"{address}/models"
