"""A provider of one's own, added from outside of the package, wherever a model can be named."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from otree_ego import (
    Conversation,
    EgoError,
    Message,
    Reply,
    Request,
    Thread,
    Usage,
    declare_provider,
    declare_service,
    factorial,
    replicate,
)
from otree_ego.chat_rules.settings import read_settings
from otree_ego.cli import main
from otree_ego.errors import ConfigError, KeyMissing, Overloaded
from otree_ego.providers import Service, check_model, find_key, provider_for, warm
from otree_ego.providers.declarations import MADE, declare_providers, declare_services
from otree_ego.stores import RunStore

pytestmark = pytest.mark.usefixtures("clean_slate")


class Llama:
    """Answers with its own name and the last word of the question."""

    made: list[str] = []

    def __init__(self, model: str) -> None:
        self.model = model
        self.made.append(model)

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        if self.model == "tired":
            raise Overloaded("it is tired", service="llama", model=request.model)
        text = f"{self.model} says {request.messages[-1][1].split()[-1]}"
        yield text
        yield Reply(text, model=f"{self.model}-v1", usage=Usage(3, 4), cost=0.25)


class Acme:
    """A protocol of its own, with the service's address and key."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        key = find_key(self.service.name, request.thread_id)
        text = f"{request.model} at {self.service.address()} with {len(key.reveal())} signs"
        yield Reply(text, model=request.model)


@pytest.fixture(autouse=True)
def _llama(clean_slate: None) -> None:
    Llama.made = []
    declare_provider("llama", Llama)


def replies(llm: Thread) -> list[Message]:
    return [m for m in llm.messages if m.role == "assistant"]


def test_a_thread_is_answered_by_it() -> None:
    llm = Thread("llama/big/one", temperature=1.0)
    assert llm.submit("Say hello") == "big/one says hello"
    assert asyncio.run(llm.aio.submit("Say bye")) == "big/one says bye"
    first = replies(llm)[0]
    assert (first.model, first.model_answered, first.cost) == ("llama/big/one", "big/one-v1", 0.25)
    assert (first.tokens_in, first.tokens_out) == (3, 4) and llm.cost() == 0.5


def test_it_is_a_fallback_model_and_has_one() -> None:
    llm = Thread("llama/tired", retries=0, fallback_model="llama/fresh")
    assert llm.submit("Say hello") == "fresh says hello"
    (reply,) = replies(llm)
    assert reply.attempts == 2 and reply.trouble[0]["error"] == "Overloaded"


def test_a_design_runs_on_it(tmp_path: Path) -> None:
    data = factorial("Say {{ a }}", a=["x", "y"]).run(lambda: Thread("llama/3"), None, times=2, store="s.sqlite3")
    assert sorted(row["result"] for row in data) == ["3 says x"] * 2 + ["3 says y"] * 2
    store = RunStore("s.sqlite3")
    (run,) = store.runs()
    assert (run.status, store.totals(run.uid).cost, [cost.model for cost in store.costs(run.uid)]) == (
        "done", 1.0, ["llama/3"],
    )  # fmt: skip
    store.close()


def test_a_conversation_of_models_is_replicated_with_it() -> None:
    def make() -> Conversation:
        return Conversation(ann=Thread("llama/ann"), bob=Thread("llama/bob"))

    def talk(convo: Conversation) -> str:
        return convo.bob.submit(convo.ann.submit("Say hello"))

    assert [each.result for each in replicate(talk, make, 2, store="s.sqlite3")] == ["bob says hello"] * 2


def test_it_is_made_once_for_each_name_and_anew_when_it_is_declared_anew() -> None:
    assert provider_for("llama/a") is provider_for("llama/a") is not provider_for("llama/b")
    assert Llama.made == ["a", "b"]
    declare_provider("llama", lambda model: Llama(f"new {model}"))
    assert Thread("llama/a").submit("hello") == "new a says hello"


def test_many_threads_at_once_make_it_once() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(model: str) -> Llama:
        inside.set()
        go_on.wait(30)
        return Llama(model)

    declare_provider("slow", slow)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(provider_for("slow/a"))) for _ in range(4)]
    threads[0].start()
    assert inside.wait(30)
    for thread in threads[1:]:
        thread.start()
    assert provider_for("llama/a"), "others do not wait for it"
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1 and Llama.made == ["a", "a"]


def test_any_number_of_names_does_not_fill_the_memory() -> None:
    first = provider_for("llama/kept")
    for number in range(MADE + 1):
        provider_for(f"constant/{number}")
    assert provider_for("llama/kept") is first
    assert provider_for("constant/7").text == "7"  # type: ignore[attr-defined]


def test_where_a_class_is_to_be_found_is_enough_and_it_is_imported_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_models_1.py").write_text("from test_declarations_models import Llama\n")
    (tmp_path / "test_declarations_models.py").write_text(
        "class Llama:\n    def __init__(self, model): self.text = model\n    def stream(self, request): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    declare_providers({"mine": "my_models_1.Llama"})
    assert "my_models_1" not in sys.modules
    assert provider_for("mine/7b").text == "7b"  # type: ignore[attr-defined]
    assert "my_models_1" in sys.modules


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "EGO_PROVIDERS takes a dict"),
        ({"Mine": Llama}, "a name takes lower-case letters"),
        ({"my/llama": Llama}, "a name takes lower-case letters"),
        ({"-llama": Llama}, "does not begin with a sign"),
        ({7: Llama}, "a name takes lower-case letters"),
        ({"openai": Llama}, "otree_ego's own"),
        ({"textsynth": Llama}, "otree_ego's own"),
        ({"local": Llama}, "otree_ego's own"),
        ({"openai": {"factory": Llama, "protocol": True}}, "this protocol is otree_ego's own"),
        ({"uni": Llama}, "a service was declared under this name"),
        ({"mine": 7}, "factory takes a class, a function, or where one is to be found.*not 7"),
        ({"mine": "Llama"}, "factory takes a class"),
        ({"mine": "my models.Llama"}, "factory takes a class"),
        ({"mine": {"factory": Llama, "speaks": "x"}}, r"EGO_PROVIDERS\['mine'\] takes a factory, or a dict"),
        ({"mine": {}}, r"EGO_PROVIDERS\['mine'\] takes a factory, or a dict"),
    ],
)
def test_a_wrong_declaration_is_explained(rows: Any, words: str) -> None:
    declare_service("uni", "https://llm.example.edu/v1")
    with pytest.raises(ConfigError, match=words):
        declare_providers(rows)


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("nowhere_at_all.Llama", r"nowhere_at_all\.Llama cannot be imported \(ModuleNotFoundError"),
        ("json.Llama", r"json\.Llama cannot be imported \(AttributeError"),
        ("json.__name__", r"json\.__name__ is a str, not a class or a function"),
        (lambda model: 1 / 0, "could not be made for 'x': ZeroDivisionError"),
        (lambda model: None, r"gave a NoneType, which has no method stream\(request\)"),
        (lambda: None, "could not be made for 'x': TypeError"),
    ],
)
def test_what_cannot_be_made_is_explained_where_a_model_is_checked(factory: Any, words: str) -> None:
    declare_provider("mine", factory)
    for use in (check_model, provider_for):
        with pytest.raises(ConfigError, match=words):
            use("mine/x")


def test_an_error_of_ours_from_a_factory_stays_as_it_is() -> None:
    def picky(model: str) -> Any:
        raise ConfigError("this model needs a GPU")

    declare_provider("mine", picky)
    with pytest.raises(ConfigError, match=r"^this model needs a GPU$"):
        check_model("mine/x")


def test_wrong_names_of_models_are_explained() -> None:
    with pytest.raises(ConfigError, match="did you mean llama"):
        provider_for("lama/3")
    with pytest.raises(ConfigError, match=r"write llama/ and what it should be, e\.g\. .llama/the-model's-name"):
        provider_for("llama")
    with pytest.raises(ConfigError, match="names no model after the slash"):
        provider_for("llama/")
    with pytest.raises(ConfigError, match=r"EGO_SERVICES or EGO_PROVIDERS in settings\.py"):
        provider_for("nobody/x")


def test_it_may_check_a_model_s_name_before_an_experiment_begins() -> None:
    class Picky(Llama):
        def check(self, model: str) -> None:
            if model != "3":
                raise ConfigError(f"there is no llama {model!r}")

    declare_provider("llama", Picky)
    check_model("llama/3")
    with pytest.raises(ConfigError, match="there is no llama '4'"):
        factorial("{{ a }}", a=[1]).run(lambda: Thread("llama/4"), None, store="s.sqlite3")
    with pytest.raises(ConfigError, match="ego_fallback_model = 'llama/4': there is no llama '4'"):
        read_settings({"ego_model": "llama/3", "ego_fallback_model": "llama/4"})


def test_it_may_load_in_the_background_what_the_first_request_needs() -> None:
    loaded, trouble = threading.Event(), threading.Event()

    class Heavy(Llama):
        def warm(self) -> None:
            if self.model == "broken":
                trouble.set()
                raise EgoError("the first request will say so")
            loaded.set()

    declare_provider("llama", Heavy)
    warm("llama/3")
    assert loaded.wait(30)
    warm("llama/broken")
    assert trouble.wait(30)
    warm("nobody/x")


def test_a_session_config_may_name_it() -> None:
    settings = read_settings({"ego_model": "llama/3", "ego_fallback_model": "llama/4"})
    assert settings.thread().submit("Say hello") == "3 says hello"
    with pytest.raises(ConfigError, match=r"ego_model = 'lama/3'.*did you mean llama"):
        read_settings({"ego_model": "lama/3"})


# --- services with a protocol of their own ----------------------------------------------------------------------------


def test_a_service_says_which_protocol_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_providers({"acme-talk": {"factory": Acme, "protocol": True}})
    rows = {"key_env": "ACME_KEY", "protocol": "acme-talk"}
    declare_services({name: {"base_url": f"https://{name}.example/v2", **rows} for name in ("acme", "acne")})
    with pytest.raises(KeyMissing, match="ACME_KEY"):
        check_model("acme/one")
    monkeypatch.setenv("ACME_KEY", "12345")
    check_model("acme/one")
    assert Thread("acme/one").submit("Hi") == "acme/one at https://acme.example/v2 with 5 signs"
    assert Thread("acne/two").submit("Hi") == "acne/two at https://acne.example/v2 with 5 signs"
    assert provider_for("acme/one") is provider_for("acme/two") is not provider_for("acne/one")


def test_two_services_may_speak_textsynths_protocol(engines: Any) -> None:
    declare_service("lab", engines.base_url, key_env="TEXTSYNTH_API_KEY", protocol="textsynth")
    assert Thread("lab/mistral_7B").submit("Hi") == "You said Hi"
    assert engines.seen[0]["path"] == "/v1/engines/mistral_7B/chat"


def test_a_protocol_and_a_service_may_have_one_name() -> None:
    declare_provider("acme", Acme, protocol=True)
    with pytest.raises(ConfigError, match="'acme' that is not known"):
        provider_for("acme/one")
    declare_service("acme", "https://acme.example", protocol="acme")
    assert isinstance(provider_for("acme/one"), Acme)


def test_a_protocol_that_nobody_speaks_is_refused() -> None:
    for protocol in ("acme-talk", "llama", "constant"):
        with pytest.raises(ConfigError, match=f"no protocol '{protocol}'; it takes openai, textsynth, or one that"):
            declare_service("acme", "https://acme.example", protocol=protocol)
    with pytest.raises(ConfigError, match="a provider was declared under this name"):
        declare_service("llama", "https://acme.example")


# --- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes a settings.py that declares a provider, a protocol, and a service that speaks it."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(model: str) -> None:
        (tmp_path / "settings.py").write_text(
            "ACME = {'factory': 'my_models_2.Acme', 'protocol': True}\n"
            "EGO_PROVIDERS = {'falcon': 'my_models_2.Falcon', 'acme': ACME}\n"
            "EGO_SERVICES = {'acme': {'base_url': 'https://acme.example', 'protocol': 'acme'}}\n"
            f"SESSION_CONFIGS = [dict(name='talk', ego_model={model!r})]\n"
        )
        (tmp_path / "my_models_2.py").write_text(
            "class Falcon:\n    def __init__(self, model): ...\n    def stream(self, request): ...\nAcme = Falcon\n"
        )

    return write


def test_ego_models_shows_it(project: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    project("falcon/7b")
    assert main(["models"]) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["falcon/MODEL", "-", "not", "known", "answered", "by"] in [words[:6] for words in shown]
    assert ["acme/MODEL", "not", "needed", "not", "known", "https://acme.example"] in shown
    assert main(["models", "--list", "falcon"]) == main(["models", "--list", "acme"]) == 1
    said = capsys.readouterr().err
    assert "Falcon is no service that could be asked; name it as falcon/MODEL." in said
    assert "Acme speaks acme, a protocol of one's own" in said


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("falcon/7b", 0, "answered by my_models_2.Falcon"),
        ("acme/one", 0, "speaks acme, a protocol of the project's own: not asked"),
        ("falkon/7b", 1, "did you mean falcon"),
    ],
)
def test_ego_check_knows_it(
    project: Callable[..., None], capsys: pytest.CaptureFixture[str], model: str, code: int, said: str
) -> None:
    project(model)
    assert main(["check"]) == code
    assert said in " ".join(capsys.readouterr().out.split())
