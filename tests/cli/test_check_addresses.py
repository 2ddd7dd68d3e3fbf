"""`ego check` of services that cannot be asked: what it prints says what is wrong, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.addresses import JSON, MODELS, NOTHING, PAGE, YES, Addresses, certificate
from harness.provider_fixtures import clean_slate as clean_slate

from otree_ego.cli import main
from otree_ego.cli.shared.model_rows import check_keys, check_models, check_network
from otree_ego.cli.shared.project import Project
from otree_ego.providers import declare_service
from otree_ego.testing import FakeService

pytestmark = pytest.mark.usefixtures("clean_slate")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
KEY = "sk-fake-9876543210zyxwvu"
LOADING = (200, JSON, json.dumps({"error": "The model is loading", "estimated_time": 20}))
Check = Callable[..., dict[str, str]]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("UNI_KEY", KEY)


def rows_of(model: str, network: bool = True) -> dict[str, str]:
    """The rows of `ego check --model` that are about models, each as one line."""
    rows = [*check_network([model]), *check_keys([model]), *check_models([model], network, Project())]
    assert KEY not in str(rows)
    return {row.name: f"{row.state} {row.found}{f' → {row.fix}' if row.fix else ''}" for row in rows}


@pytest.fixture
def check() -> Check:
    def run(address: str, model: str = "m") -> dict[str, str]:
        declare_service("uni", address, key_env="UNI_KEY")
        return rows_of(f"uni/{model}")

    return run


@pytest.fixture
def server() -> Iterator[Addresses]:
    with Addresses() as server:
        yield server


# what is where, the address under /, the model; the state, what is said of it (URL stands for the server's address)
ADDRESSES: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "a web page": ({"*": PAGE}, "/v1", "m", "failed", "it is a web page; perhaps the address (base_url) is not"),
    "a web page, and the service beside it": (
        {"/v1/models": MODELS, "*": PAGE}, "", "m", "failed", "→ there is one at URL/v1: write that as base_url"
    ),
    "without /v1": ({"/v1/models": MODELS}, "", "m", "failed", "→ there is one at URL/v1: write that as base_url"),
    "too long": ({"/v1/models": MODELS}, "/v1/chat", "m", "failed", "→ there is one at URL/v1: write that as base_url"),
    "another path": ({"/api/v1/models": MODELS}, "/v1", "m", "failed", "→ there is one at URL/api/v1: write that"),
    "nothing there": ({}, "/v1", "m", "failed", "uni knows nothing at URL/v1/chat/completions"),
    "with /chat/completions": ({"/v1/models": MODELS}, "/v1/chat/completions", "m", "ok", "answers and has it"),
    "an endpoint it does not know": (
        {"/v1/models": MODELS, "*": (200, JSON, json.dumps({"error": "Unexpected endpoint or method. (GET /models)"}))},
        "", "m", "failed", "→ there is one at URL/v1: write that as base_url",
    ),
    "still loading": ({"*": LOADING}, "/v1", "m", "failed", "try again later. It said: The model is loading"),
    "other JSON": ({"*": (200, JSON, '{"status": "ok"}')}, "/v1", "m", "failed", """no choices: '{"status": "ok"}'"""),
    "other text": ({"*": (200, "text/plain", "Ollama is running")}, "/v1", "m", "failed", "but 'Ollama is running'"),
    "nothing at all": ({"*": (200, "text/plain", "")}, "/v1", "m", "failed", "broke before the reply was whole"),
    "no list": ({"/v1/models": NOTHING, "*": YES}, "/v1", "m", "ok", "answers; it does not list its models"),
    "a list that only the mighty may see": (
        {"/v1/models": (403, JSON, '{"error": {"message": "Missing scopes: api.model.read"}}'), "*": YES},
        "/v1", "m", "ok", "answers; it does not list its models",
    ),
    "not in the list": (
        {"/v1/models": MODELS, "*": YES}, "/v1", "llama", "warning", "does not list 'llama', but answers to the name"
    ),
    "not there": (
        {"/v1/models": MODELS, "*": (404, JSON, '{"error": {"code": "model_not_found", "message": "no such model"}}')},
        "/v1", "llama", "failed", "has no model 'llama' → see to the model's name; it lists llama3",
    ),
    "a redirect": (
        {"*": (307, "text/plain", "", "Location: https://me:word@llm.example.edu/v2/models?a=b")},
        "/v1", "m", "failed", "URL/v1 sends requests on to https://llm.example.edu/v2 (HTTP 307), which is not",
    ),
    "a page for those who fail": (
        {"*": (400, "text/html", "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>")},
        "/v1", "m", "failed", "a web page, '400 The plain HTTP request was sent to HTTPS port' → write https://",
    ),
    "a refused key": ({"*": (401, "text/html", "<html>")}, "/v1", "m", "failed", "refuses the key (HTTP 401)"),
    "a gateway": ({"*": (502, "text/html", "<title>Bad Gateway</title>")}, "/v1", "m", "failed", "answers HTTP 502"),
    "Azure's deployment": (
        {"/openai/models?api-version=2024-10-21": MODELS},
        "/openai/deployments/d?api-version=2024-10-21", "m", "ok", "answers and has it",
    ),
    "Azure's newer one": (
        {"/openai/v1/models?api-version=preview": NOTHING, "/openai/v1/chat/completions?api-version=preview": YES},
        "/openai/v1?api-version=preview", "m", "ok", "answers; it does not list its models",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ADDRESSES)
def test_what_is_at_an_address(name: str, check: Check, server: Addresses) -> None:
    server.rows, path, model, state, said = ADDRESSES[name]
    row = check(server.url(path), model)[f"uni/{model}"]
    assert row.startswith(state) and said.replace("URL", server.url("")) in row


def test_the_key_goes_nowhere_else(check: Check, server: Addresses) -> None:
    with Addresses({"*": MODELS}) as other:
        server.rows = {"*": (307, "text/plain", "", f"Location: {other.url('/v1/models')}")}
        assert other.url() in check(server.url())["uni/m"]
        assert other.heads == []


def test_ports_and_tls(check: Check, server: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.rows = {"*": MODELS}
    with Addresses({"*": MODELS}, folder=tmp_path) as secure:
        assert "does not speak TLS. See to the port, or write" in check(server.url(scheme="https"))["uni/m"]
        assert "whether its address begins with https://" in check(secure.url())["uni/m"]
        address = secure.url(scheme="https", host="localhost")
        assert "name its PEM file in SSL_CERT_FILE" in check(address)["uni/m"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
        assert check(address)["uni/m"].startswith("ok")
    rows = check(secure.url())
    assert "nothing listens at 127.0.0.1" in rows["uni/m"] and "Check that the service runs" in rows["uni/m"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "names /nowhere/ca.pem, and there is no such file"),
        ("SSL_CERT_DIR", "/nowhere", "names /nowhere, and there is no such folder"),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "pip install socksio"),
        ("https_proxy", "not a proxy", "which is not the address of a proxy: it must be http://HOST:PORT"),
    ],
)
def test_a_variable_is_found_and_counts_where_it_is_used(
    name: str, value: str, said: str, check: Check, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    rows = check("https://llm.example.edu/v1")
    assert rows[name].startswith("failed") and said in rows[name]
    assert rows["uni/m"] == f"failed llm.example.edu cannot be reached: see {name} above"
    rows = check(service.base_url, "gpt-6-luna")
    assert rows[name].startswith("warning")


def test_variables_that_only_others_read(check: Check, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    monkeypatch.setenv("NO_PROXY", "localhost, a b, .example.edu, http://[")
    rows = check(service.base_url, "gpt-6-luna")
    assert "Calls to models do not read it (they read SSL_CERT_FILE)" in rows["REQUESTS_CA_BUNDLE"]
    assert "passed over: 'a b', 'http://['" in rows["NO_PROXY"]


def test_a_key_that_goes_over_the_network_in_the_open() -> None:
    declare_service("uni", "http://llm.example.edu/v1", key_env="UNI_KEY")
    said = "warning present, but http://llm.example.edu/v1 is not encrypted"
    assert rows_of("uni/m", network=False)["key uni"].startswith(said)
    for address in ("https://llm.example.edu/v1", "http://127.0.0.1:8000", "http://localhost/v1"):
        declare_service("uni", address, key_env="UNI_KEY")
        assert rows_of("uni/m", network=False)["key uni"] == "ok present"


def test_keys_that_nobody_needs_are_one_row(check: Check, service: FakeService) -> None:
    rows = check(service.base_url, "gpt-6-luna")
    assert [name for name in rows if name.startswith("key ")] == ["key uni"]
    assert rows["other keys"].startswith("info none, and none needed, for openai, openrouter")


@pytest.mark.parametrize("address", ["nonsense", "http://a..b/v1", "http://h:99999"])
def test_an_address_in_the_environment_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    row = rows_of("gpt-6-luna")["gpt-6-luna"]
    assert row.startswith("failed the environment variable OPENAI_BASE_URL is not an address")


def test_all_of_it_is_in_the_verb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    declare_service("uni", "https://llm.example.edu/v1", key_env="UNI_KEY")
    assert main(["check", "--model", "uni/m"]) == 1
    assert "failed: SSL_CERT_FILE, uni/m." in capsys.readouterr().out
