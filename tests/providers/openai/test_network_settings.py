"""Certificates, proxies and headers from the environment: what cannot be used is a ConfigError that names it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from harness.addresses import MODELS, YES, Addresses, certificate
from harness.providers import ask
from hypothesis import HealthCheck, given, settings, strategies as st

from otree_ego import ConfigError, GPTThread, Thread, factorial
from otree_ego.errors import EgoError, Unreachable
from otree_ego.providers import declare_service
from otree_ego.providers.openai.network_settings import client_options, problems, proxy_for
from otree_ego.providers.openai.provider import sdk
from otree_ego.providers.services import checked_url

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
FAR = "https://llm.example.edu/v1"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, clean_slate: None) -> None:
    for name in (*VARIABLES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


FAULTS = [
    ("SSL_CERT_FILE", "/nowhere/ca.pem", "there is no such file"),
    ("SSL_CERT_FILE", ".", "that is a folder"),
    ("SSL_CERT_FILE", "words.pem", "holds no certificates"),
    ("SSL_CERT_FILE", "empty.pem", "holds no certificates"),
    ("SSL_CERT_FILE", "words.pem/ca.pem", "there is no such file"),
    ("SSL_CERT_FILE", "pipe", "that is no file"),
    ("SSLKEYLOGFILE", "/nowhere/keys.log", "cannot be written"),
    ("SSL_CERT_DIR", "/nowhere", "there is no such folder"),
    ("SSL_CERT_DIR", "bare", "openssl rehash bare"),
    ("ALL_PROXY", "socks5://127.0.0.1:1080", "pip install socksio"),
    ("all_proxy", "socks5h://me:geheim@127.0.0.1:1080", "pip install socksio"),
    ("HTTPS_PROXY", "socks5://127.0.0.1:1080", "pip install socksio"),
    ("HTTPS_PROXY", "socks4://127.0.0.1", "not the address of a proxy"),
    ("https_proxy", "not a proxy", "'not a proxy', which is not the address of a proxy"),
    ("HTTPS_PROXY", "http://", "not the address of a proxy"),
    ("HTTPS_PROXY", "http://:3128", "not the address of a proxy"),
    ("HTTPS_PROXY", "http://me:geheim@proxy.example.edu:99999", "'http://proxy.example.edu:99999', which is not"),
    ("HTTPS_PROXY", "proxy:port", "not the address of a proxy"),
    ("HTTPS_PROXY", "http://[::1", "not the address of a proxy"),
    ("HTTPS_PROXY", '"http://127.0.0.1:1"', "not the address of a proxy"),
    ("ALL_PROXY", "ftp://127.0.0.1:1", "not the address of a proxy"),
    ("OPENAI_CUSTOM_HEADERS", "X-Team: mörike", "OPENAI_CUSTOM_HEADERS"),
]


@pytest.fixture(params=FAULTS, ids=lambda row: f"{row[0]}={row[1][:25]}")
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, clean_slate: None) -> tuple[str, str]:
    """A variable that is wrong, and what is said of it; the service `far` needs it."""
    Path("words.pem").write_text("no certificate")
    Path("empty.pem").write_text("")
    Path("bare").mkdir()
    os.mkfifo("pipe")
    declare_service("far", FAR)
    name, value, said = request.param
    monkeypatch.setenv(name, value)
    return name, said


def test_it_is_named_before_anything_is_sent(fault: tuple[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        ask("far/m")
    assert fault[0] in str(caught.value) and fault[1] in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_it_follows_the_failure_policy(fault: tuple[str, str]) -> None:
    llm = Thread("far/m", retries=3, backoff=0.0, fallback_text="Later.")
    assert llm.submit("Hi") == "Later."
    (trouble,) = llm.messages[-1].trouble  # another try would not help
    assert (trouble["error"], fault[0] in trouble["text"]) == ("ConfigError", True)
    assert Thread("far/m", fallback_model="constant/Me").submit("Hi") == "Me"
    with pytest.raises(ConfigError, match=fault[0]):
        Thread("far/m").submit("Hi")


def test_a_model_on_this_machine_needs_none_of_it(fault: tuple[str, str], service: Any) -> None:
    declare_service("near", service.base_url)
    llm = Thread("far/m", fallback_model="near/m")
    if fault[0] != "OPENAI_CUSTOM_HEADERS":
        assert llm.submit("Hi") == service.DEFAULT_REPLY


def test_a_design_goes_on_with_the_fallback_model_or_stops_with_the_sentence(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    declare_service("far", FAR)
    declare_service("near", service.base_url)
    design = factorial("Say {{ word }}.", word=["a", "b"])
    rows = design.run(lambda: Thread("far/m", fallback_model="near/m"), str)
    assert [row["result"] for row in rows] == [service.DEFAULT_REPLY] * 2
    with pytest.raises(EgoError, match="SSL_CERT_FILE"):
        factorial("Say {{ word }}!", word=["a"]).run(lambda: Thread("far/m"), str)


@pytest.mark.parametrize("name", ["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"])
def test_what_the_sdk_adds_for_openai_counts_there_alone(
    name: str, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abcdef123456")
    monkeypatch.setenv(name, "örg")
    with pytest.raises(ConfigError, match=name):
        GPTThread("gpt-6-luna", base_url=service.base_url).submit("Hi")
    declare_service("near", service.base_url)
    assert Thread("near/m").submit("Hi") == service.DEFAULT_REPLY


def test_a_variable_that_is_not_used_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.edu:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example.edu:3128")
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:7890")
    assert proxy_for(FAR).variable == "https_proxy"  # type: ignore[union-attr]
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    client_options("http://llm.example.edu/v1")  # no TLS, no certificates


@pytest.mark.parametrize(
    ("entry", "without"),
    [
        ("*", True), ("llm.example.edu", True), ("example.edu", True), (".example.edu", True), ("*.example.edu", True),
        ("EXAMPLE.edu", True), ("example.edu:443", True), ("https://llm.example.edu", True), ("a, example.edu ,b", 1),
        ("ample.edu", False), ("example.edu:8443", False), ("http://llm.example.edu", False), ("", False),
        ("http://[,10.0.0.0/99,a b,::,%,@,[", False),
    ],
)  # fmt: skip
def test_no_proxy(entry: str, without: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", entry)
    if without:
        assert proxy_for(FAR) is None
    else:
        with pytest.raises(ConfigError, match="HTTPS_PROXY"):
            proxy_for(FAR)


@pytest.mark.parametrize(
    ("entry", "address", "without"),
    [
        ("10.0.0.0/8", "http://10.1.2.3/v1", True), ("10.1.2.3", "http://10.1.2.3:80/v1", True),
        ("10.0.0.0/16", "http://10.1.2.3/v1", False), ("fd00::/8", "http://[fd00::1]/v1", True),
        ("[fd00::1]:8000", "http://[fd00::1]:8000/v1", True), ("[fd00::1]:8001", "http://[fd00::1]:8000/v1", False),
    ],
)  # fmt: skip
def test_networks_without_a_proxy(entry: str, address: str, without: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy.example.edu:3128")
    monkeypatch.setenv("NO_PROXY", entry)
    assert (proxy_for(address) is None) is without


def test_a_proxy_is_used_and_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with Addresses({"*": YES}) as proxy, Addresses({"*": YES}) as here:
        monkeypatch.setenv("HTTP_PROXY", proxy.url("").replace("//", "//me:geheim@"))
        declare_service("far", "http://llm.example.edu/v1")
        declare_service("near", here.url())
        assert ask("far/m", stream=False)[1].text == ask("near/m", stream=False)[1].text == "Yes."
        (head,) = proxy.heads
        assert head.startswith("POST http://llm.example.edu/v1/chat/completions ")
        assert "Proxy-Authorization: Basic " in head
        assert len(here.heads) == 1


def test_a_proxy_that_refuses_or_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_service("far", FAR)
    with Addresses({"*": (407, "text/plain", "")}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(""))
        with pytest.raises(Unreachable, match=r"which HTTPS_PROXY names, refused .*USER:PASSWORD@HOST"):
            ask("far/m")
    with pytest.raises(Unreachable, match="the proxy that HTTPS_PROXY names, and nothing listens at"):
        ask("far/m")


def test_an_authority_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Addresses({"*": YES}, folder=tmp_path) as server:
        declare_service("far", server.url(scheme="https", host="localhost"))
        with pytest.raises(Unreachable, match="name its PEM file in SSL_CERT_FILE"):
            ask("far/m", stream=False)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate(tmp_path)))
        with pytest.raises(Unreachable, match="REQUESTS_CA_BUNDLE is not read here: name the same file in SSL_CERT"):
            ask("far/m", stream=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
        assert ask("far/m", stream=False)[1].text == "Yes."
        declare_service("number", server.url(scheme="https"))
        with pytest.raises(Unreachable, match=r"mismatch.*the name that the certificate is for"):
            ask("number/m", stream=False)


def test_tls_where_there_is_none_and_none_where_it_is(tmp_path: Path) -> None:
    with Addresses({"*": MODELS}) as plain, Addresses({"*": MODELS}, folder=tmp_path) as secure:
        declare_service("plain", plain.url(scheme="https"))
        with pytest.raises(Unreachable, match=r"does not speak TLS.*write http://127\.0\.0\.1"):
            ask("plain/m")
        declare_service("secure", secure.url())
        with pytest.raises(Unreachable, match="whether its address begins with https://"):
            ask("secure/m")


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.sampled_from(["", "http://", "https://", "socks5://", "http://h:"]), TEXTS)
def test_whatever_the_variables_hold(start: str, scheme: str, rest: str) -> None:
    before = dict(os.environ)
    try:
        os.environ["HTTPS_PROXY"], os.environ["NO_PROXY"] = scheme + start, rest
        list(problems())
        try:
            options = client_options(FAR)
        except ConfigError as error:
            assert "HTTPS_PROXY" in str(error)
        else:
            asyncio.run(sdk().DefaultAsyncHttpxClient(**options).aclose())
    finally:
        os.environ.clear()
        os.environ.update(before)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["http://", "https://", "", "http:/"]), TEXTS, st.sampled_from(["", "/v1", ":8000/v1"]))
def test_whatever_an_address_is(scheme: str, host: str, path: str) -> None:
    """It can be asked, or it is a ConfigError: nothing else, and no request that fails in the middle."""
    try:
        address = checked_url(scheme + host + path, "base_url")
        client_options(address)
    except ConfigError:
        pass


@pytest.mark.parametrize(
    "address",
    ["http://exa mple/v1", "llm.example.edu/v1", "http://a..b/v1", "http://[::1/v1", "http:///v1", "http://h:99999/v1",
     "http://h\n.de/v1", f"http://{'a' * 64}.de/v1", "htp://h/v1", "http://h:0/v1", "http://a_b\\c/v1", 5],
)  # fmt: skip
def test_an_address_that_is_none(address: Any) -> None:
    with pytest.raises(ConfigError, match="base_url is not an address"):
        checked_url(address, "base_url")


@pytest.mark.parametrize("address", ["http://gpu_box:8000/v1", "http://[::1]:8000", "https://llm.uni-köln.de/v1"])
def test_an_address_that_is_one(address: str) -> None:
    assert checked_url(address, "base_url") == address
