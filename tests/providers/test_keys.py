"""Secrets, the order in which keys are looked for, and services that a project declares."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest

from otree_ego.errors import ConfigError, KeyMissing
from otree_ego.providers import check_model, declare_service, services
from otree_ego.providers.declarations import declare_services
from otree_ego.providers.keys import find_key, keep_key
from otree_ego.providers.secret import Secret
from otree_ego.providers.services import find_service

pytestmark = pytest.mark.usefixtures("clean_slate")
KEY = "sk-proj-1234567890abcdef"


@pytest.mark.parametrize("leak", [pickle.dumps, json.dumps, copy.copy, copy.deepcopy])
def test_a_secret_cannot_be_saved(leak: Any) -> None:
    with pytest.raises(TypeError, match="Secret") as caught:
        leak(Secret(KEY))
    assert KEY not in str(caught.value)


def test_a_secret_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(KEY)
    logging.getLogger("test").warning("the key is %s, %r", secret, {"key": secret})
    shown = f"{secret} {secret!r} {[secret]} {secret!s:>40} %s" % secret + caplog.text
    assert KEY[:6] not in shown and KEY[-6:] not in shown
    assert not hasattr(secret, "__dict__")


def test_secrets_with_the_same_value_are_equal() -> None:
    assert Secret(KEY) == Secret(f" {KEY}\n") and hash(Secret(KEY)) == hash(Secret(f"{KEY}\r\n"))
    assert Secret(KEY) != KEY
    assert not Secret(" \n")


def test_the_order_of_places(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [
        lambda: Path("api_key").write_text("from-api-file"),
        lambda: Path("openai_key").write_text("from-openai-file"),
        lambda: monkeypatch.setenv("OPENAI_KEY", "from-openai-key"),
        lambda: monkeypatch.setenv("OPENAI_API_KEY", "from-openai-api-key"),
        lambda: keep_key("t1", "from-code"),
    ]
    found = []
    for put in places:
        put()
        found.append(find_key("openai", "t1").reveal())
    assert found == ["from-api-file", "from-openai-file", "from-openai-key", "from-openai-api-key", "from-code"]
    assert find_key("openai", "t2").reveal() == "from-openai-api-key"
    keep_key("t1", "")
    assert find_key("openai", "t1").reveal() == "from-openai-api-key"


def test_a_kept_key_goes_only_to_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or")
    keep_key("t1", KEY, service="openai")
    assert find_key("openai", "t1").reveal() == KEY
    assert find_key("openrouter", "t1").reveal() == "sk-or"


def test_an_empty_key_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    keep_key("t1", "")
    Path("openai_key").write_text("\n")
    with pytest.raises(KeyMissing):
        find_key("openai", "t1")
    monkeypatch.setenv("OPENAI_KEY", KEY)
    assert find_key("openai", "t1").reveal() == KEY


@pytest.mark.parametrize("written", [KEY + "\n", f" {KEY} \r\n", "\ufeff" + KEY])
def test_white_space_around_a_key_does_not_matter(written: str) -> None:
    Path("openai_key").write_text(written, encoding="utf-8")
    assert find_key("openai").reveal() == KEY


@pytest.mark.parametrize("bad", ["sk-one two-three", "sk-one\nsk-two", "sk-schlüssel", "sk-nul\x00byte"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("openai_key").write_text(bad, encoding="utf-8")
    with pytest.raises(ConfigError, match="the file openai_key") as caught:
        find_key("openai")
    assert not isinstance(caught.value, KeyMissing)
    assert bad not in str(caught.value) and "sk-" not in str(caught.value)
    with pytest.raises(ConfigError, match="given in code"):
        keep_key("t", bad)


def test_a_key_file_that_cannot_be_read_is_named() -> None:
    Path("openai_key").mkdir()
    with pytest.raises(ConfigError, match="key file openai_key cannot be read"):
        find_key("openai")


def test_a_missing_key_names_all_places_and_the_fix() -> None:
    with pytest.raises(KeyMissing) as caught:
        find_key("openai")
    for words in ("in the code", "OPENAI_API_KEY", "OPENAI_KEY", "file openai_key", "file api_key", "To fix it"):
        assert words in str(caught.value)


def test_check_model_wants_the_key_of_a_service_that_wants_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyMissing):
        check_model("gpt-6-luna")
    keep_key("t1", KEY)
    check_model("gpt-6-luna", thread_id="t1")
    check_model("ollama/llama3.2")
    check_model("constant/Hello")


def test_declared_services_work() -> None:
    declare_services(
        {
            "uni": {"base_url": "https://llm.example.edu/v1/", "key_env": "UNI_KEY"},
            "own": {"base_url": "http://10.0.0.1:8000"},
        }
    )
    uni = find_service("uni")
    assert (
        uni is not None
        and uni.base_url == "https://llm.example.edu/v1"
        and uni.key_env == ("UNI_KEY",)
        and uni.key_required
    )
    with pytest.raises(KeyMissing, match="UNI_KEY"):
        check_model("uni/llama")
    check_model("own/llama")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "takes a dict"),
        ({"uni": "https://x"}, r"\['uni'\] takes a dict"),
        ({"uni": {}}, "no base_url"),
        ({"uni": {"base_url": "llm.example.edu"}}, "base_url is not an address"),
        ({"uni": {"base_url": "ftp://llm.example.edu"}}, "base_url is not an address"),
        ({"uni": {"base_url": "http://host:99999999"}}, "base_url is not an address"),
        ({"uni": {"base_url": 7}}, "base_url is not an address"),
        ({"uni": {"base_url": "https://user:pw@host/v1"}}, "base_url must have no user name"),
        ({"uni": {"base_url": "https://host/v1", "key_env": 7}}, "key_env takes a name"),
        ({"uni": {"base_url": "https://host/v1", "key_env": ["A", ""]}}, "key_env takes a name"),
        ({"uni": {"base_url": "https://host/v1", "key_required": "yes"}}, "key_required takes True or False"),
        ({"uni": {"base_url": "https://host/v1", "keyenv": "A"}}, "no field 'keyenv'"),
        ({"Uni Köln": {"base_url": "https://host/v1"}}, "a name takes"),
        ({"openai": {"base_url": "https://host/v1"}}, "otree_ego's own"),
        ({"local": {"base_url": "https://host/v1"}}, "otree_ego's own"),
        ({"uni": {"base_url": "https://host/v1", "name": "x"}}, "fields are named"),
    ],
)
def test_a_wrong_declaration_names_the_field(rows: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        declare_services(rows)
    assert "pw" not in str(caught.value)


def test_a_declaration_may_be_repeated() -> None:
    declare_service("uni", "https://one.example/v1")
    declare_service("uni", "https://two.example/v1/chat/completions")
    service = find_service("uni")
    assert service is not None and service.base_url == "https://two.example/v1"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        (":8080", "http://127.0.0.1:8080/v1"),
        ("gpu.example.edu", "http://gpu.example.edu:11434/v1"),
        ("gpu.example.edu:8080", "http://gpu.example.edu:8080/v1"),
        ("http://gpu.example.edu:8080/", "http://gpu.example.edu:8080/v1"),
        ("https://gpu.example.edu/ollama/v1", "https://gpu.example.edu:443/ollama/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_ollama_host_in_all_its_forms(host: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert services.BUILT_IN["ollama"].address() == address


def test_openai_base_url_is_honoured_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")
    assert services.BUILT_IN["openai"].address() == "http://127.0.0.1:9/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", "nonsense")
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        services.BUILT_IN["openai"].address()
