"""One suite for everything that answers: each simple provider, and each row of services through a fake one."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from harness.providers import ask, collect
from harness.textsynth_service import Engines

from otree_ego.errors import (
    BadReply,
    BadRequest,
    EmptyReply,
    KeyMissing,
    KeyRejected,
    ModelUnknown,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
    TimedOut,
    Unreachable,
)
from otree_ego.messages import Reply, Request
from otree_ego.providers import (
    Scripted,
    Service,
    declare_provider,
    declare_service,
    keys,
    provider_for,
    services,
)
from otree_ego.providers.built_in import PROVIDERS
from otree_ego.providers.openai import provider as openai

pytestmark = pytest.mark.usefixtures("clean_slate")
SAYS = "Guten Tag, 你好 🎲 — {{ api_key }}"
SERVICES = [*(name for name, row in services.BUILT_IN.items() if row.protocol == "openai"), "uni"]
CANNOT_BE_ASKED = {"external"}


class Llama:
    """A provider as one outside of the package would write it."""

    def __init__(self, model: str) -> None:
        self.model = model

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        yield SAYS[:5]
        yield SAYS[5:]
        yield Reply(SAYS, model=self.model)


class Acme(Llama):
    """The same for services that speak a protocol of their own."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.base_url)


@dataclass
class Bench:
    """How each provider is brought to answer SAYS: the arguments of `ask`."""

    fake: Any
    engines: Engines
    patch: pytest.MonkeyPatch

    def constant(self) -> dict[str, Any]:
        return dict(model=f"constant/{SAYS}")

    def scripted(self) -> dict[str, Any]:
        return dict(model="scripted/list", provider=Scripted([SAYS] * 3))

    def terminal(self) -> dict[str, Any]:
        self.patch.setattr("sys.stdin", io.StringIO(f"{SAYS}\n" * 3))
        return dict(model="terminal/Ada")

    def local(self) -> dict[str, Any]:
        return dict(model="local/smollm2", extra={"grammar": f'root ::= "{SAYS}"'})

    def textsynth(self) -> dict[str, Any]:
        self.engines.reply = {"text": SAYS}
        return dict(model="textsynth/mistral_7B", base_url=self.engines.base_url)

    def llama(self) -> dict[str, Any]:
        declare_provider("llama", Llama)
        return dict(model="llama/3")

    def acme(self) -> dict[str, Any]:
        declare_provider("acme-talk", Acme, protocol=True)
        declare_service("acme", "https://acme.example/v2", protocol="acme-talk")
        return dict(model="acme/one")

    def uni(self) -> dict[str, Any]:
        declare_service("uni", self.fake.base_url)
        return dict(model="uni/model-1")

    def how(self, name: str) -> dict[str, Any]:
        if name in services.BUILT_IN and services.BUILT_IN[name].protocol == "openai":
            return dict(model=f"{name}/model-1", base_url=self.fake.base_url)
        own: Callable[[], dict[str, Any]] = getattr(self, name)
        return own()


ASKED = sorted({*services.BUILT_IN, *PROVIDERS, "llama", "acme", "uni"} - CANNOT_BE_ASKED)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.model if name == "local" else ()) for name in ASKED])
def answerer(
    request: pytest.FixtureRequest, service: Any, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Asks one of all that the registry knows, and some that were declared; each answers SAYS."""
    service.reply = SAYS
    how = Bench(service, engines, monkeypatch).how(request.param)

    def answer(**more: Any) -> tuple[list[str], Reply]:
        return ask(**{**how, **more})

    return answer


def test_pieces_then_one_reply(answerer: Callable[..., Any]) -> None:
    pieces, reply = answerer()
    assert "".join(pieces) == reply.text == SAYS
    assert reply.model and reply.finish_reason == "stop"


def test_it_answers_again(answerer: Callable[..., Any]) -> None:
    assert answerer()[1].text == answerer()[1].text == SAYS


def test_a_whole_reply(answerer: Callable[..., Any]) -> None:
    assert answerer(stream=False)[1].text == SAYS


@pytest.fixture(params=SERVICES)
def model(request: pytest.FixtureRequest, service: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model at each service, which is really the fake one, with a key that has a newline at its end."""
    return model_at(request.param, service, monkeypatch)


@pytest.fixture(params=["openai", "openrouter", "uni"])
def some_model(request: pytest.FixtureRequest, service: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model at a few services: their rows differ, the code behind them does not."""
    return model_at(request.param, service, monkeypatch)


def model_at(name: str, service: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    key = "sk-test-0123456789abcdef"
    service.key = key
    if name == "uni":
        declare_service("uni", service.base_url, key_env="UNI_KEY")
        monkeypatch.setenv("UNI_KEY", key + "\n")
    else:
        row = services.BUILT_IN[name]
        monkeypatch.setenv(row.key_env[0], key + "\n")
    return f"{name}/some/model"


FAULTS: list[tuple[str, type[ProviderError], str]] = [
    ("drop_before", Unreachable, ""),
    ("drop_mid", Unreachable, "one two "),
    ("stall", TimedOut, "one two "),
    ("malformed", BadReply, "one two "),
    ("empty", EmptyReply, ""),
    ("content_filter", Refused, "one two "),
    ("refusal", Refused, "I cannot help with that."),
]
STATUSES: list[tuple[int, type[ProviderError]]] = [
    (400, BadRequest),
    (401, KeyRejected),
    (403, KeyRejected),
    (404, ModelUnknown),
    (408, TimedOut),
    (409, RateLimited),
    (422, BadRequest),
    (425, RateLimited),
    (429, RateLimited),
    (500, Overloaded),
    (502, Overloaded),
    (503, Overloaded),
    (529, Overloaded),
]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("fault", "kind", "text"), FAULTS)
def test_faults(
    some_model: str, service: Any, fault: str, kind: type[ProviderError], text: str, stream: bool, monkeypatch: Any
) -> None:
    service.reply = "one two three four"
    service.fault(fault)
    monkeypatch.setattr(openai, "STILL", 0.1)
    with pytest.raises(kind) as caught:
        ask(
            some_model,
            base_url=service.base_url,
            stream=stream,
            deadline=0.15 if fault == "stall" and not stream else 60,
        )
    error = caught.value
    assert type(error) is kind and error.service == some_model.split("/")[0] and error.model == "some/model"
    assert error.retryable is kind.retryable
    if stream or fault in ("content_filter", "refusal"):
        assert error.text == text
    service.heal()
    assert ask(some_model, base_url=service.base_url, stream=stream)[1].text == "one two three four"


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_statuses(some_model: str, service: Any, status: int, kind: type[ProviderError]) -> None:
    service.fail(status, retry_after=7)
    with pytest.raises(kind) as caught:
        ask(some_model, base_url=service.base_url)
    error = caught.value
    assert type(error) is kind and error.status == status and error.model == "some/model"
    assert error.service == some_model.split("/")[0]
    assert error.retry_after == (7.0 if error.retryable else None)
    assert len(service.requests) == 1


def test_cut_by_length_with_text_is_a_reply(model: str, service: Any) -> None:
    service.reply = "one two three four"
    service.fault("length")
    pieces, reply = ask(model, base_url=service.base_url)
    assert reply.text == "".join(pieces) == "one two " and reply.finish_reason == "length"


def test_the_wrong_key_never_shows(model: str, service: Any) -> None:
    service.key = "another"
    with pytest.raises(KeyRejected) as caught:
        ask(model, base_url=service.base_url)
    assert "sk-test" not in str(caught.value) and "0123456789" not in str(caught.value)
    assert "[key]" in str(caught.value)
    # nothing that hangs on the error may hold the request, and with it the key
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_the_key_is_in_no_log(some_model: str, service: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(some_model, base_url=service.base_url)
    assert service.requests[0].headers["authorization"] == f"Bearer {service.key}"
    assert "sk-test" not in caplog.text and service.requests[0].body["messages"][0]["content"] == "Hi"


def test_parameters_reach_the_service(model: str, service: Any) -> None:
    ask(
        model,
        base_url=service.base_url,
        params={"temperature": 0.5, "seed": 7, "stop": ["END"], "top_p": None},
        extra={"top_k": 5},
    )
    body = service.requests[0].body
    assert (
        body["model"] == "some/model" and body["temperature"] == 0.5 and body["stop"] == ["END"] and body["top_k"] == 5
    )
    assert body.get("seed", body.get("random_seed")) == 7
    assert "top_p" not in body and "max_tokens" not in body


def test_nobody_waits_for_another(uni: Any) -> None:
    uni.delay = 0.1

    async def all_at_once() -> list[str]:
        asked = [collect(Request("uni/gpt-6-luna", (("user", str(number)),))) for number in range(30)]
        return [reply.text for _, reply in await asyncio.gather(*asked)]

    uni.reply = lambda body: f"to {body['messages'][0]['content']}"
    assert asyncio.run(all_at_once()) == [f"to {number}" for number in range(30)]


def test_a_consumer_that_leaves_hangs_up(uni: Any) -> None:
    uni.hold()

    async def leave() -> None:
        stream: Any = provider_for("uni/gpt-6-luna").stream(Request("uni/gpt-6-luna", (("user", "Hi"),)))
        assert await anext(stream)
        await stream.aclose()
        await asyncio.to_thread(uni.wait_until, lambda fake: fake.hangups == 1)

    asyncio.run(leave())


def test_being_cancelled_is_not_being_late(uni: Any) -> None:
    uni.hold()

    async def cancelled() -> None:
        task = asyncio.create_task(collect(Request("uni/gpt-6-luna", (("user", "Hi"),), deadline=60)))
        await asyncio.to_thread(uni.wait_until, lambda fake: fake.standing == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


def test_a_connection_is_used_again(uni: Any) -> None:
    async def twice() -> None:
        for _ in range(3):
            await collect(Request("uni/gpt-6-luna", (("user", "Hi"),)))
        assert len(uni._members) == 1

    asyncio.run(twice())


def test_without_a_key_nothing_is_sent(service: Any) -> None:
    with pytest.raises(KeyMissing):
        ask("gpt-6-luna")
    assert service.requests == []


def test_a_key_of_ones_own_for_one_thread(service: Any) -> None:
    service.key = "sk-mine"
    keys.keep_key("t1", "sk-mine\n")
    assert ask("gpt-6-luna", base_url=service.base_url, thread_id="t1")[1].text
    with pytest.raises(KeyRejected):
        ask("gpt-6-luna", base_url=service.base_url, thread_id="t2")


def test_openai_base_url(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    assert ask("gpt-6-luna")[1].text == service.DEFAULT_REPLY


def test_organization_is_told_to_openai_only(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    ask("gpt-6-luna", base_url=service.base_url)
    ask("ollama/x", base_url=service.base_url)
    assert ["openai-organization" in request.headers for request in service.requests] == [True, False]


def test_a_lone_surrogate_is_sent_as_a_replacement(uni: Any) -> None:
    ask(text="a\ud83db\x00c")
    assert uni.requests[0].body["messages"][0]["content"] == "a\ufffdbc"


def test_what_json_cannot_hold_is_named(uni: Any) -> None:
    with pytest.raises(BadRequest, match="could not be sent"):
        ask(extra={"thing": object()})
    assert uni.requests == []
