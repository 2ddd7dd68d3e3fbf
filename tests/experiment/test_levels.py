"""Levels of a design: who uses them, which of them are parameters, how data show them, which cells there are."""

import io
import json
import pickle
import random

import pytest
from harness.scripts import said

from otree_ego import (
    ConfigError,
    ConstantThread,
    GPTThread,
    Prompt,
    PromptError,
    ScriptedThread,
    Thread,
    extract_number,
    factorial,
)  # fmt: skip
from otree_ego.experiment.exporting import columns_of, rows_of, write
from otree_ego.stores import RunStore


def echo(request):
    return request.messages[-1][1]


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


def bodies(service):
    return [request.body for request in service.requests]


def exported(data):
    store = RunStore()
    try:
        return list(rows_of(store, store.get(data.run), wide=True))
    finally:
        store.close()


# --- a level that nothing uses ---


@pytest.mark.parametrize(
    ("prompt", "levels", "unused"),
    [
        ("Hi", {"a": [1, 2]}, "a"),
        ("Hi {{ a }}", {"a": [1], "b": [2]}, "b"),
        ("{{ a }}", {"a": ["x"], "b": [Prompt("{{ c }}")], "c": [1]}, "b"),
        ("Hi {{ a.b }}", {"a": [{"b": 1}], "session": [1]}, "session"),
    ],
)
def test_a_level_that_nothing_uses_is_refused_before_the_first_call(openai, prompt, levels, unused):
    with pytest.raises(ConfigError, match=f"Nothing uses the level '{unused}'"):
        factorial(prompt, **levels).run(gpt, None)
    assert not openai.requests


def test_a_level_that_only_another_level_uses_is_used(folder):
    design = factorial("{{ frame }}!", frame=[Prompt("Win {{ n }}"), "Lose"], n=[1, 2])
    assert [row["frame"] for row in design.run("constant/x", None)] == ["Win 1", "Win 2", "Lose", "Lose"]


# --- levels of the agent ---


def test_the_agent_may_take_levels_as_arguments(openai):
    openai.reply = "5"
    design = factorial("{{ a }}?", a=[1, 2], tone=["warm", "cold"], heat=[0.0, 1.0])
    data = design.run(lambda heat, tone: gpt(temperature=heat, system_prompt=f"Be {tone}."), int, concurrency=1)
    asked = [(b["temperature"], b["messages"][0]["content"], b["messages"][-1]["content"]) for b in bodies(openai)]
    assert asked == [(row["heat"], f"Be {row['tone']}.", f"{row['a']}?") for row in data]
    assert [row["system_prompt"] for row in data.wide] == [f"Be {row['tone']}." for row in data]


def named(tone="none", *, a):
    return ConstantThread(f"{tone} {a}")


@pytest.mark.parametrize(
    "agent",
    [
        named,
        lambda a, **cell: ConstantThread(f"{cell['tone']} {a}"),
        lambda **levels: ConstantThread(f"{levels['tone']} {levels['a']}"),
        lambda cell: ConstantThread(f"{cell['tone']} {cell['a']}"),
    ],
)
def test_defaults_of_an_agent_are_levels_and_cell_is_all_of_them(folder, agent):
    data = factorial("{{ a }}?", a=[1], tone=["warm", "cold"]).run(agent, None)
    assert [row["result"] for row in data] == ["warm 1", "cold 1"]


def test_an_argument_of_the_agent_that_is_no_level_is_refused_by_name(folder):
    with pytest.raises(ConfigError, match="argument 'tone', but there is no level of this name: the levels are a"):
        factorial("{{ a }}?", a=[1]).run(lambda tone: ConstantThread(tone), None)


def test_levels_in_the_system_prompt(folder):
    def agent():
        return ConstantThread("x", system_prompt=Prompt("You are {{ role }}, {{ how }}."), how="calm")

    design = factorial("{{ a }}?", a=[1, 2], role=["a judge", Prompt("seller {{ a }}")])
    data = design.run(agent, None)
    assert [row["system_prompt"] for row in data.wide] == [
        "You are a judge, calm.", "You are seller 1, calm.", "You are a judge, calm.", "You are seller 2, calm.",
    ]  # fmt: skip
    assert [row["role"] for row in data] == ["a judge", "seller 1", "a judge", "seller 2"]
    with pytest.raises(PromptError, match="'role'"):
        ConstantThread("x", system_prompt=Prompt("You are {{ role }}."))


def test_a_system_prompt_that_uses_a_level_in_some_cells_only(folder):
    prompt = Prompt("{% if a == 2 %}You are {{ role }}.{% else %}Hello.{% endif %}")
    data = factorial("{{ a }}?", a=[1, 2], role=["x", "y"]).run(lambda: ConstantThread("x", system_prompt=prompt), None)
    assert [row["system_prompt"] for row in data.wide] == ["Hello.", "Hello.", "You are x.", "You are y."]


def test_an_agent_with_levels_is_another_design_in_each_level_and_goes_on(openai):
    openai.reply = "5"

    def run(tones, times=1):
        return factorial("{{ a }}?", a=[1], tone=tones).run(
            lambda tone: gpt(system_prompt=f"Be {tone}."), int, times=times
        )

    run(["warm"])
    assert len(openai.requests) == 1
    run(["warm"])
    assert len(openai.requests) == 1, "nothing is asked again"
    run(["warm"], 2)
    assert len(openai.requests) == 2
    run(["cold"])
    assert len(openai.requests) == 3 and openai.requests[2].body["messages"][0]["content"] == "Be cold."


# --- levels that are parameters ---


def test_model_and_temperature_as_levels_select_them(openai):
    openai.reply = "5"
    design = factorial("{{ a }}?", a=[1, 2], model=["gpt-6-luna", "gpt-5.4-mini"], temperature=[0.2, 0.9, None])
    data = design.run(gpt, int, concurrency=1)
    asked = [(b["messages"][-1]["content"], b["model"], b.get("temperature")) for b in bodies(openai)]
    assert asked == [(f"{row['a']}?", row["model"], row["temperature"]) for row in data]
    assert all(row["reply_model"] == row["model"] for row in data.wide)
    assert all(row["reply_model"] == row["model"] for row in exported(data))


def test_five_models_are_one_run(folder):
    models = [f"constant/{n}" for n in range(5)]
    data = factorial("{{ a }}?", a=[1], model=models).run("constant/none", int, times=2)
    assert [row["result"] for row in data] == [0, 1, 2, 3, 4] * 2
    store = RunStore()
    assert len(store.runs()) == 1
    store.close()


def test_other_parameters_as_levels(openai):
    openai.reply = "5"
    levels = dict(max_tokens=[7, 9], reasoning_effort=["low"], system_prompt=["Be calm.", ""])
    data = factorial("{{ a }}?", a=[1], **levels).run(gpt, int, concurrency=1)
    assert [b["messages"][0]["content"] for b in bodies(openai)] == ["Be calm.", "1?"] * 2
    assert [b.get("max_completion_tokens", b.get("max_tokens")) for b in bodies(openai)] == [7, 7, 9, 9]
    assert {b["reasoning_effort"] for b in bodies(openai)} == {"low"} and len(data) == 4


@pytest.mark.parametrize(
    ("levels", "arguments", "word"),
    [
        (dict(model=["nosuch/x"]), {}, "nosuch"),
        (dict(model=["constant/x", ""]), {}, "'model' has models' names"),
        (dict(model=[None]), {}, "'model' has models' names"),
        (dict(temperature=["hot"]), {}, "'temperature' sets the model's"),
        (dict(reasoning_effort=["enormous"]), {}, "reasoning_effort"),
        (dict(temperature=[0.5]), dict(temperature=1), "'temperature' is a level already"),
    ],
)
def test_a_level_that_cannot_set_its_parameter_is_refused_before_the_first_call(openai, levels, arguments, word):
    with pytest.raises(ConfigError, match=word):
        factorial("{{ a }}?", a=[1], **levels).run(gpt, None, **arguments)
    assert not openai.requests


def test_a_parameters_name_in_the_prompt_is_a_text_where_it_can_only_be_one(openai):
    openai.reply = "5"
    design = factorial("{{ model }} at {{ temperature }} degrees", model=["T"], temperature=[30, -5])
    data = design.run(gpt, int)
    assert {body["model"] for body in bodies(openai)} == {"gpt-6-luna"}
    assert not any("temperature" in body for body in bodies(openai)) and data.wide[0]["reply_model"] == "gpt-6-luna"
    factorial("You are {{ model }}.", model=["gpt-5.4-mini"]).run(gpt, int)
    assert openai.requests[-1].body["model"] == "gpt-5.4-mini" and "You are gpt-5.4-mini." in said(openai.requests[-1])
    with pytest.raises(ConfigError, match="could be the model's as well"):
        factorial("At {{ temperature }} degrees", temperature=[0, 1]).run(gpt, int)


def test_another_services_model_is_asked_at_its_own_address(openai):
    openai.reply = "5"
    agent = lambda: GPTThread("gpt-6-luna", base_url="http://127.0.0.1:9/v1", extra={"x": 1}, retries=0)  # noqa: E731
    data = factorial("{{ a }}?", a=[1], model=["constant/7"]).run(agent, int)
    assert (data[0]["result"], data.failed) == (7, 0)


# --- budgets ---


def test_a_budget_with_a_model_without_a_price_is_refused_before_anything_is_asked(openai):
    openai.reply = "5"
    design = factorial("{{ a }}?", a=[1], model=["gpt-6-luna", "gpt-nobody-knows-it"])
    with pytest.raises(ConfigError, match="needs the prices of all models: the price of 'gpt-nobody-knows-it'"):
        design.run(gpt, int, budget=1)
    assert not openai.requests
    assert len(factorial("{{ a }}?", a=[1], model=["gpt-6-luna"]).run(gpt, int, budget=1)) == 1


# --- how data show levels ---


def test_a_level_that_is_a_prompt_is_rendered_in_the_data(folder):
    design = factorial("{{ frame }} Answer!", frame=[Prompt("You win {{ n }} {{ unit }}."), "You lose."], n=[1, 2])
    data = design.run("constant/5", extract_number, unit="EUR")
    frames = ["You win 1 EUR.", "You win 2 EUR.", "You lose.", "You lose."]
    assert [row["frame"] for row in data] == frames and all(type(row["frame"]) is str for row in data)
    found = exported(data)
    assert [row["frame"] for row in found] == frames
    out = io.StringIO()
    write(found, columns_of(found, True), "csv", out)
    assert "Prompt(" not in out.getvalue() and "Prompt(" not in json.dumps(data)
    assert design.run("constant/5", extract_number, unit="EUR") == data, "nothing is asked again"
    store = RunStore()
    assert store.get(data.run).settings["levels"]["frame"] == frames[:3]
    store.close()


def test_a_prompt_of_what_the_agent_draws_is_shown_as_its_template(folder):
    def agent():
        return ScriptedThread(echo, name=random.choice("abcdefgh"))

    data = factorial("{{ who }}", who=[Prompt("I am {{ name }}.")]).run(agent, None, times=3)
    assert {row["who"] for row in data} == {"I am {{ name }}."}
    assert all(row["result"].startswith("I am ") and "{" not in row["result"] for row in data)


def test_a_levels_text_keeps_its_prompt_in_another_process():
    from otree_ego.experiment.design_cells import LevelText, plain, raw

    text = pickle.loads(pickle.dumps(LevelText("You win 1.", Prompt("You win {{ n }}."))))
    assert text == "You win 1." and raw({"a": text}) == {"a": Prompt("You win {{ n }}.")}
    assert type(plain({"a": text})["a"]) is str


def test_levels_named_like_our_columns_are_kept_apart(folder):
    levels = dict(session=["s1"], replication=["r1"], reply_model=["m"], model=["T"], status=["s"], run_session=["x"])
    prompt = " ".join(f"{{{{ {name} }}}}" for name in levels)
    data = factorial(prompt, **levels).run("constant/5", int)
    for row in (*data.wide, *exported(data)):
        assert {name: row[name] for name in levels} == {name: values[0] for name, values in levels.items()}
        assert row["reply_reply_model"] == "constant/5" and row["reply_replication"] == 1
    assert exported(data)[0]["run_run_session"] == data.run


# --- which cells there are ---


def test_cells_are_given_and_combined_with_the_other_levels(folder):
    yoked = [{"a": 1, "b": 10}, {"a": 2, "b": 20}]
    design = factorial("{{ a }} {{ b }} {{ c }}", cells=yoked, c=["x", "y"])
    assert [tuple(cell[name] for name in "abc") for cell in design.cells] == [
        (1, 10, "x"), (1, 10, "y"), (2, 20, "x"), (2, 20, "y"),
    ]  # fmt: skip
    assert (len(design), design.levels["a"], design.levels["b"]) == (4, [1, 2], [10, 20])
    data = design.run("constant/5", int)
    assert [row["b"] for row in data] == [10, 10, 20, 20]
    assert factorial("{{ a }} {{ b }}", a=[1, 2], b=[1, 2], cells=[{"b": 2, "a": 1}]).cells == [{"a": 1, "b": 2}]


@pytest.mark.parametrize(
    "exclude",
    [
        lambda a, b: a == b,
        lambda b, **rest: rest["a"] == b,
        lambda cell: cell["a"] == cell["b"],
        [{"a": 1, "b": 1}, {"a": 2, "b": 2}],
        ({"a": 1, "b": 1}, {"b": 2, "a": 2}),
    ],
)
def test_cells_are_excluded(exclude):
    assert factorial("{{ a }} {{ b }}", a=[1, 2], b=[1, 2, 3], exclude=exclude).cells == [
        {"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 2, "b": 1}, {"a": 2, "b": 3},
    ]  # fmt: skip
    assert factorial("{{ a }}", a=[1, 2], exclude=[{"a": 2}]).cells == [{"a": 1}]


def test_a_level_may_be_named_cells_or_exclude(folder):
    design = factorial("{{ cells }} {{ exclude }}", cells=["a", "b"], exclude=[1])
    assert design.cells == [{"cells": "a", "exclude": 1}, {"cells": "b", "exclude": 1}]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (dict(cells=[{"a": 1}, {"b": 1}]), "All cells have the same levels"),
        (dict(cells=[{"a": 1}, {"a": 1}]), "stands twice"),
        (dict(a=[1], cells=[{"a": 2}]), "none of the level's values"),
        (dict(cells=[{"error": 2}]), "cannot be named 'error'"),
        (dict(a=[1, 2], exclude=lambda a: True), "All cells are excluded"),
        (dict(a=[1, 2], exclude=[{"b": 1}]), "'b', which is no level"),
        (dict(a=[1, 2], exclude=[{"a": 3}]), "no cell of the design"),
    ],
)
def test_cells_that_do_not_fit_are_refused(arguments, word):
    with pytest.raises(ConfigError, match=word):
        factorial("{{ a }}", **arguments)


def test_a_design_of_some_cells_is_another_design_than_one_of_all(openai):
    openai.reply = "5"
    levels = dict(a=[1, 2], b=[1, 2])
    part = factorial("{{ a }} {{ b }}", **levels, exclude=[{"a": 1, "b": 1}]).run(gpt, int)
    again = factorial("{{ a }} {{ b }}", **levels, exclude=[{"a": 1, "b": 1}]).run(gpt, int)
    assert again == part and again.run == part.run and len(openai.requests) == 3
    assert [(row["a"], row["b"]) for row in part] == [(1, 2), (2, 1), (2, 2)]
    assert len(factorial("{{ a }} {{ b }}", **levels).run(gpt, int)) == 4


def test_a_thread_outside_of_a_design_knows_no_levels(folder):
    factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("x", system_prompt=Prompt("{{ a }}")), None)
    with pytest.raises(PromptError, match="'a'"):
        Thread("constant/x").submit(Prompt("{{ a }}"))
