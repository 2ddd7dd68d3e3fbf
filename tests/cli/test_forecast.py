"""`ego check --participants`: what a session costs and needs, and on what that rests."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import old_databases
from harness.provider_fixtures import clean_slate as clean_slate, uni as uni
from hypothesis import given, settings, strategies as st

from otree_ego.chat_rules.settings import read_settings
from otree_ego.cli import main
from otree_ego.cli.forecast import Forecast, Need, forecast
from otree_ego.cli.forecast.assumptions import ASKED_AGAIN, REPLY, Assumed, assumed
from otree_ego.cli.forecast.earlier_sessions import busiest
from otree_ego.cli.forecast.forecast_lines import forecast_lines
from otree_ego.cli.production.memory_needs import server_mb
from otree_ego.messages import Usage
from otree_ego.paths import gallery
from otree_ego.providers.prices import model_cost
from otree_ego.testing import FakeService

FEW = settings(max_examples=40)
CHAT = dict(name="chat", app_sequence=["ego_chat"], ego_model="gpt-6-luna", ego_max_messages=30, ego_max_tokens=256)
SETTINGS = "SESSION_CONFIGS = {configs!r}\nEGO_SERVICES = {services!r}\n"


@pytest.fixture(autouse=True)
def project(clean_slate: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    # a checksum of the weights takes seconds
    monkeypatch.setattr("otree_ego.providers.local.weights.find_weights", lambda: None)
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before


def of(config: dict[str, Any], folder: Path = Path(".")) -> Assumed:
    return assumed(
        config, read_settings({k: v for k, v in config.items() if k.startswith("ego_")}, models=False), folder
    )


def app(folder: Path, name: str, code: str) -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(code)


# --- what is assumed --------------------------------------------------------------------------------------------------


def test_a_chat() -> None:
    found = of(CHAT)
    (demand,) = found.demands.values()
    assert demand.requests == found.messages == 15
    assert demand.tokens_out == 15 * REPLY
    assert demand.peak_requests == 2
    assert demand.most_out == 30 * 256
    assert demand.peak_tokens > 2 * demand.tokens_in / demand.requests > 0  # its end is the longest
    assert "half of ego_max_messages = 30" in found.sentences[0]


@pytest.mark.parametrize(
    ("settings", "messages"),
    [({"ego_max_messages": ""}, 15), ({"ego_max_messages": 3}, 2), ({"ego_min_messages": 20}, 20)],
)
def test_messages_follow_the_limits(settings: dict[str, Any], messages: int) -> None:
    found = of({**CHAT, **settings})
    assert found.messages == messages
    assert (found.demands["gpt-6-luna"].most_in is None) == (settings.get("ego_max_messages") == "")


def test_thoughts_and_long_instructions_cost_more() -> None:
    plain = of(CHAT).demands["gpt-6-luna"]
    told = of({**CHAT, "ego_system_prompt": "x" * 3000}).demands["gpt-6-luna"]
    assert told.tokens_in == plain.tokens_in + 15 * 1000
    assert of({**CHAT, "ego_reasoning_effort": "high"}).demands["gpt-6-luna"].tokens_out > 10 * plain.tokens_out


def test_personas_have_models_of_their_own() -> None:
    config = dict(
        app_sequence=["group_chat"], ego_model="gpt-6-luna", ego_max_messages=20, group_chat_size=3,
        group_chat_personas="Ada: Be kind. | Ben [every 5; model=groq/x]: Doubt. | Cas: Ask.",
    )  # fmt: skip
    shutil.copytree(gallery()["group_chat"], "group_chat")
    found = of(config)
    assert {model: demand.requests for model, demand in found.demands.items()} == {"gpt-6-luna": 20, "groq/x": 2}
    assert found.demands["gpt-6-luna"].peak_requests == 4  # both at once
    assert found.demands["groq/x"].peak_requests == pytest.approx(0.4)
    assert "in a room of 3 with 3 AIs" in found.sentences[0]


def test_treatments_divide_participants() -> None:
    config = dict(app_sequence=["ultimatum"], ultimatum_rounds=2, ego_model="a", ultimatum_models="groq/x, gpt-6-luna")
    found = of(config)
    assert {m: d.requests for m, d in found.demands.items()} == pytest.approx({"groq/x": 1.1, "gpt-6-luna": 1.1})


def test_several_ais_for_each_human() -> None:
    config = dict(app_sequence=["public_goods"], public_goods_rounds=4, public_goods_humans=2, public_goods_ais=3)
    (demand,) = of(config).demands.values()
    assert demand.requests == pytest.approx(4 * 1.5 * ASKED_AGAIN) and demand.peak_requests == 1.5


def test_own_apps_are_read(project: Path) -> None:
    app(project, "talk", "from otree_ego import chat\nclass Talk(Page):\n    live_method = chat\n")
    app(project, "games", "from otree_ego import ai\nNUM_ROUNDS = 7\nx = llm.decide(p, 'f')\ny = llm.ask_number('?')\n")
    app(project, "survey", "from otree.api import *\nNUM_ROUNDS = 3\n")
    app(project, "consent", "from otree_ego import language_of\nNUM_ROUNDS = 3\n")  # asks no model either
    found = of({**CHAT, "app_sequence": ["talk", "games", "survey", "consent"]})
    (demand,) = found.demands.values()
    assert demand.requests == pytest.approx(15 + 7 * 2 * ASKED_AGAIN)
    assert len(found.sentences) == 2
    assert of({**CHAT, "app_sequence": ["survey", "consent"]}).demands == {}


def test_every_app_of_the_gallery_that_names_a_model_asks_it() -> None:
    from otree_ego.cli.shared.games import session_configs

    for name, folder in gallery().items():
        shutil.copytree(folder, name)
    for name, folder in gallery().items():
        for config in session_configs(folder):
            found = forecast(config, 10, network=False)
            assert bool(found.models) == ("ego_model" in config) and not found.problem, name
            assert all(each.requests >= 10 for each in found.models), name


@FEW
@given(
    st.dictionaries(
        st.sampled_from(["x_rounds", "x_personas", "x_talk", "x_size", "x_humans", "x_ais", "x_models", "x_speaks"]),
        st.none() | st.integers() | st.floats() | st.text(max_size=30) | st.booleans() | st.lists(st.integers()),
    )
)
def test_odd_settings_of_apps_are_read(odd: dict[str, Any]) -> None:
    found = of({"ego_model": "gpt-6-luna", "app_sequence": ["x"], **odd}, Path("/nowhere"))
    for demand in found.demands.values():
        assert demand.requests >= 0 and demand.tokens_in >= 0 and demand.peak_tokens >= 0
    assert list(
        forecast_lines(forecast({"name": "x", "ego_model": "gpt-6-luna", "app_sequence": ["x"], **odd}, 3, False))
    )


@FEW
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_twice_as_many_participants_need_twice_as_much(few: int, many: int) -> None:
    one, other = (forecast(CHAT, number, network=False) for number in (few, many))
    assert one.models[0].requests * many == pytest.approx(other.models[0].requests * few)
    assert (one.models[0].cost or 0) * many == pytest.approx((other.models[0].cost or 0) * few)
    assert (one.memory < other.memory) == (few < many)


# --- cost and memory --------------------------------------------------------------------------------------------------


def test_the_cost_is_that_of_the_tokens() -> None:
    found = forecast(CHAT, 120, network=False)
    (model,) = found.models
    price = model_cost("gpt-6-luna", Usage(round(model.tokens_in / model.requests), REPLY))
    assert price and model.cost == pytest.approx(price * 120 * 15)
    assert model.most is not None and model.most > model.cost
    assert found.memory == server_mb(120, False, 15) == pytest.approx(98 + 61 + 120 * (0.1 + 15 * 0.03))
    assert found.cap is None
    assert forecast({**CHAT, "ego_max_cost": 0.5}, 120, False).cap == 60
    assert forecast({**CHAT, "ego_max_cost": 0.5, "ego_max_cost_session": 20.0}, 120, False).cap == 20


def test_the_embedded_model_costs_nothing_but_memory() -> None:
    found = forecast({**CHAT, "ego_model": "local/smollm2"}, 10, network=False)
    assert found.models[0].cost == 0 and found.memory > server_mb(10, False, 15) + 270


def test_unknown_prices_are_said() -> None:
    text = "\n".join(forecast_lines(forecast({**CHAT, "ego_model": "academiccloud/x"}, 10, network=False)))
    assert "The price of academiccloud/x is not known" in text


# --- limits -----------------------------------------------------------------------------------------------------------


def test_the_peak_is_held_against_what_the_service_tells(uni: FakeService) -> None:
    config = {**CHAT, "ego_model": "uni/m"}
    uni.send("data: [DONE]\n\n", headers={
        "x-ratelimit-limit-requests": "100", "x-ratelimit-limit-tokens": "10000000",
        "x-ratelimit-limit-requests-day": "1000",
    })  # fmt: skip
    found = forecast(config, 120, network=True)
    assert found.models[0].needs == [
        Need("requests", 240, 100),
        Need("requests", 1800, 1000, 86_400),
        Need("tokens", pytest.approx(found.models[0].needs[2].needed), 10_000_000),
    ]
    text = " ".join(" ".join(forecast_lines(found)).split())
    assert "requests 240 100 too few" in text and "10.0 M enough" in text
    assert "uni/m allows 100 requests a minute, and 2.4 times as many are needed" in text
    assert "uni/m allows 1,000 requests a day" in text


def test_limits_that_are_not_told_are_unknown(uni: FakeService) -> None:
    config = {**CHAT, "ego_model": "uni/m"}
    assert "unknown  not told" in "\n".join(forecast_lines(forecast(config, 5, network=True)))
    uni.fail(500)
    assert "unknown  no answer" in "\n".join(forecast_lines(forecast(config, 5, network=True)))
    assert "unknown  not asked" in "\n".join(forecast_lines(forecast(config, 5, network=False)))


# --- what was recorded ------------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(project: Path) -> str:
    """A database in which a session of the config `talk` was played by one participant: one reply."""
    file = old_databases.unpack("otree", project / "db.sqlite3")
    forecast(
        {"name": "talk", "app_sequence": [], "ego_model": "x"}, 1, False, str(file)
    )  # brings its tables up to date
    return str(file)


def change(file: str, **values: Any) -> None:
    with sqlite3.connect(file) as connection:
        columns = ", ".join(f"{name} = ?" for name in values)
        connection.execute(f"update otree_ego_message set {columns} where role = 'assistant'", tuple(values.values()))
    connection.close()


def test_what_was_recorded_comes_first(recorded: str) -> None:
    change(recorded, model="gpt-6-luna", attempts=3, tokens_in=1000, tokens_out=50)
    found = forecast({**CHAT, "name": "talk"}, 120, False, recorded)
    (model,) = found.models
    assert found.basis == "recorded"
    assert (model.requests, model.tokens_in, model.tokens_out) == (360, 120_000, 6000)
    assert [need.needed for need in model.needs] == [360, 126_000]
    assert "1 earlier session (fdneh5l3) with 1 participants" in found.sentences[0]
    assert forecast({**CHAT, "name": "other"}, 120, False, recorded).basis == "assumed"


def test_another_model_gets_the_recorded_demand(recorded: str) -> None:
    change(recorded, model="gpt-6-sol", tokens_in=1000, tokens_out=50)
    found = forecast({**CHAT, "name": "talk"}, 10, False, recorded)
    (model,) = found.models
    assert (model.model, model.tokens_in) == ("gpt-6-luna", 10_000)
    assert "Then gpt-6-sol answered" in found.sentences[1]


def test_tokens_that_were_not_told_are_assumed(recorded: str) -> None:
    change(recorded, model="gpt-6-luna", tokens_in=None, tokens_out=None)
    found = forecast({**CHAT, "name": "talk"}, 10, False, recorded)
    assert found.models[0].requests == 10 and found.models[0].tokens_out == 10 * REPLY
    assert "No tokens were recorded of gpt-6-luna" in found.sentences[-1]


@pytest.mark.parametrize("content", [b"", b"no database" * 99])
def test_a_database_that_cannot_be_read_is_said(content: bytes, project: Path) -> None:
    (project / "db.sqlite3").write_bytes(content)
    found = forecast(CHAT, 10, False, str(project / "db.sqlite3"))
    assert found.basis == "assumed" and "earlier sessions cannot be read" in found.sentences[0]
    assert "no database" in forecast(CHAT, 10, False).sentences[0]


@FEW
@given(st.lists(st.tuples(st.floats(0, 1000), st.integers(0, 9)), min_size=1, max_size=40))
def test_the_busiest_minute(events: list[tuple[float, int]]) -> None:
    events = sorted(events)
    times = [time for time, _ in events]
    sums = [sum(w for t, w in events if end - 60 < t <= end) for end in times]
    assert busiest(times, [weight for _, weight in events]) >= max(sums)
    assert busiest(times, [weight for _, weight in events]) <= sum(weight for _, weight in events)


# --- the verb ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ego(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*line: str) -> tuple[int, str, str]:
        code = main(["check", *line])
        return code, *capsys.readouterr()

    return run


LONG = "openrouter/a-very-long-name/of-a-model-that-nobody-knows-30b"


@pytest.mark.parametrize("participants", ["1", "120", "100000"])
@pytest.mark.parametrize("prices", [{}, {LONG.partition("/")[2]: {"input": 123.0, "output": 456.0}}])
def test_it_fits_80_columns(participants: str, prices: dict[str, Any], ego, project: Path) -> None:
    config = {**CHAT, "app_sequence": ["ultimatum"], "ultimatum_rounds": 200, "ultimatum_models": f"{LONG}, gpt-6-luna",
              "display_name": "An experiment with a long name that tells all about it, in two languages"}  # fmt: skip
    services = {"openrouter": {"prices": prices}} if prices else {}
    configs = [CHAT, {**CHAT, "ego_model": LONG}, config]
    (project / "settings.py").write_text(SETTINGS.format(configs=configs, services=services))
    code, out, err = ego("--participants", participants, "--no-network")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "all" in out and "gpt-6-luna" in out and "Memory of the server" in out and "openrou" in out


def test_one_config_as_json_and_beside_the_checks(ego, project: Path) -> None:
    (project / "settings.py").write_text(SETTINGS.format(configs=[CHAT, {**CHAT, "name": "more"}], services={}))
    code, out, _ = ego("--participants", "7", "--no-network", "--config", "more", "--json")
    found = json.loads(out)
    assert code == 0 and found["findings"] == []
    assert [(each["config"], each["participants"]) for each in found["forecasts"]] == [("more", 7)]
    assert found["forecasts"][0]["models"][0]["requests"] == 105
    code, out, _ = ego("--participants", "7", "--no-network", "--config", "more", "--production")
    assert code == 1 and "AUTH_LEVEL" in out and "more: 7 participants" in out


def test_another_model_and_one_question_for_all_configs(ego, project: Path, uni: FakeService) -> None:
    (project / "settings.py").write_text(SETTINGS.format(configs=[CHAT, {**CHAT, "name": "more"}], services={}))
    code, out, _ = ego("--participants", "7", "--model", "uni/m")
    assert code == 0 and out.count("uni/m") >= 4 and "gpt-6-luna" not in out
    assert len(uni.requests) == 1


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("--participants", "7", "--config", "chatt"), 1, "no config 'chatt'. Did you mean 'chat'?"),
        (("--participants", "7", "--config", "zzz"), 1, "There are: chat"),
        (("--config", "chat"), 2, "--config NAME goes with --participants N"),
        (("--participants", "0"), 2, "a whole number from 1 to 100,000"),
        (("--participants", "-3"), 2, "a whole number from 1 to 100,000"),
        (("--participants", "many"), 2, "a whole number from 1 to 100,000"),
        (("--participants", "9" * 5000), 2, "a whole number from 1 to 100,000"),
    ],
)
def test_what_cannot_be_estimated_is_said(line: tuple[str, ...], code: int, said: str, ego, project: Path) -> None:
    (project / "settings.py").write_text(SETTINGS.format(configs=[CHAT], services={}))
    found, _, err = ego(*line)
    assert found == code and said in err


def test_broken_projects(ego, project: Path) -> None:
    assert "There is no settings.py" in ego("--participants", "3")[2]
    (project / "settings.py").write_text("SESSION_CONFIGS = [")
    assert "settings.py cannot be used" in ego("--participants", "3")[2]
    (project / "settings.py").write_text(SETTINGS.format(configs=[{**CHAT, "ego_mood": 1}], services={}))
    code, out, _ = ego("--participants", "3")
    assert code == 1 and "its settings cannot be read" in out


def test_nothing_asks_a_model() -> None:
    found = Forecast("x", "x", 1)
    assert "No model is asked" in "\n".join(forecast_lines(found))


def test_the_docs_have_the_figures_of_the_code() -> None:
    from otree_ego.cli.forecast import assumptions as a
    from otree_ego.cli.production import memory_needs as m

    page = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text("utf-8")
    for said in (
        f"or {a.MESSAGES}; at least `ego_min_messages`; one every {a.SECONDS_A_MESSAGE} seconds",
        f"| {a.WRITTEN} and {a.REPLY} tokens (less if",
        ", ".join(str(a.THINKING[effort]) for effort in ("minimal", "low", "medium", "high")),
        f"{a.QUESTION} tokens of rules and question, {a.HISTORY} more for each earlier round, {a.ANSWER} of answer, "
        f"{a.REASONED} with reasons",
        f"{m.SERVER_MB} MB + {m.WORKER_MB} MB (timeout worker) + {m.EMBEDDED_MB} MB if the embedded model is used + "
        f"{m.PAGE_MB} MB for each participant and {m.MESSAGE_MB} MB for each message",
    ):
        assert said in page
