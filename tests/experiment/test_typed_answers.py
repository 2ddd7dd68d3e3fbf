"""Typed questions in designs: what is asked, what the rows say of it, and the bias towards a position."""

import json
import re

import pytest
from harness.scripts import said
from pydantic import BaseModel

import otree_ego
from otree_ego import (
    ConfigError,
    GPTThread,
    ScriptedThread,
    choice,
    extract_number,
    factorial,
    json_answer,
    number,
    questions,
    yes_no,
)  # fmt: skip
from otree_ego.experiment.exporting import rows_of
from otree_ego.experiment.report.html import report
from otree_ego.experiment.report.positions import position_table
from otree_ego.experiment.report.usage import usage
from otree_ego.questions import Choice, Number
from otree_ego.stores import RunStore

OPTIONS = ["Left", "Right", "Up"]
OFFER = {"type": "object", "properties": {"offer": {"type": "integer"}}, "required": ["offer"]}


def gpt():
    return GPTThread("gpt-6-luna", backoff=0.01)


def in_text(text):
    return re.findall(r"^- (.+)$", text, re.M)


def first_option(request):
    return in_text(request.messages[-1][1])[0]


def right(request):
    return "Right, please."


def exported(data):
    store = RunStore()
    try:
        return list(rows_of(store, store.get(data.run)))
    finally:
        store.close()


def test_the_names_are_public():
    for name in ("choice", "number", "yes_no", "json_answer"):
        assert getattr(otree_ego, name) is getattr(questions, name)


# --- what is asked and read ---


def test_a_choice_is_asked_in_an_order_of_its_own_and_rows_say_which(folder):
    design = factorial("Where in {{ town }}?", town=["Mainz", "Bern"])
    data = design.run(lambda: ScriptedThread(right), ask=choice(OPTIONS, shuffle=True), times=15)
    assert {row["result"] for row in data} == {"Right"}
    for row, wide in zip(data, data.wide, strict=True):
        assert row["shown_order"] == in_text(wide["prompt"]) and sorted(row["shown_order"]) == OPTIONS
        assert row["shown_order"][row["position"] - 1] == "Right"
    assert len({tuple(row["shown_order"]) for row in data}) > 2
    assert [(r["shown_order"], r["position"], r["result"]) for r in exported(data)] == [
        (r["shown_order"], r["position"], r["result"]) for r in data
    ]
    assert list(data[0]) == ["town", "result", "attempts", "error", "thread", "shown_order", "position"]


def test_the_order_follows_from_the_seed_and_is_kept(openai):
    openai.reply = "Left"
    design = factorial("Where in {{ town }}?", town=["Mainz", "Bern", "Wien"])
    data = design.run(gpt, ask=choice(OPTIONS, shuffle=True), seed=7)
    again = design.run(gpt, ask=choice(OPTIONS, shuffle=True), seed=7)
    assert (again, again.run, len(openai.requests)) == (data, data.run, 3), "nothing is asked again"
    anew = design.run(gpt, ask=choice(OPTIONS, shuffle=True), seed=7, fresh=True)
    assert [row["shown_order"] for row in anew] == [row["shown_order"] for row in data]
    assert sorted(r.body["seed"] for r in openai.requests[:3]) == [7, 8, 9]


def test_without_shuffle_options_stand_as_they_were_given(openai):
    openai.reply = '{"answer": "Up"}'
    (row,) = factorial("Where in {{ town }}?", town=["Mainz"]).run(gpt, ask=choice(OPTIONS))
    assert (row["result"], row["shown_order"], row["position"]) == ("Up", OPTIONS, 3)
    assert in_text(said(openai.requests[0])) == OPTIONS
    form = openai.requests[0].body["response_format"]["json_schema"]["schema"]
    assert form["properties"]["answer"]["enum"] == OPTIONS, "a service that can is kept to the form"


@pytest.mark.parametrize(
    ("ask", "answer", "values"),
    [
        (number(0, 10), "I give 4.", {"result": 4}),
        (number(decimal=","), "€5.000", {"result": 5000}),
        (Number(0, 10), "4", {"result": 4}),
        (yes_no(), "No.", {"result": False, "shown_order": ["yes", "no"], "position": 2}),
        (yes_no("ja", "nein"), "Ja!", {"result": True, "shown_order": ["ja", "nein"], "position": 1}),
        (Choice(("one", "two"), (1, 2)), "two", {"result": 2, "position": 2}),
        (json_answer(OFFER), '{"offer": 5}', {"offer": 5}),
        (choice(["A", "B"], reasoning=True), '{"reasoning": "It is near.", "answer": "B"}', {"result": "B"}),
    ],
)
def test_each_kind_of_question(folder, ask, answer, values):
    data = factorial("What about {{ a }}?", a=[1, 2]).run(f"constant/{answer}", ask=ask)
    for row in (*data, *exported(data)):
        assert {name: row[name] for name in values} == values and row["error"] == ""
    assert factorial("What about {{ a }}?", a=[1, 2]).run(f"constant/{answer}", ask=ask) == data
    assert ("position" in data[0]) == ("options" in data.wide[0]["parameters"]["question"])


def test_a_shuffled_yes_or_no_says_where_the_answer_stood(folder):
    data = factorial("Do you take {{ a }}?", a=list(range(12))).run("constant/Yes.", ask=yes_no(shuffle=True), seed=1)
    assert {(*row["shown_order"], row["position"], row["result"]) for row in data} == {
        ("yes", "no", 1, True), ("no", "yes", 2, True),
    }  # fmt: skip


class Offer(BaseModel):
    offer: int
    why: str


def test_a_pydantic_answer_is_columns_and_json_in_the_store(folder):
    answer = json.dumps({"offer": 5, "why": "fair"})
    data = factorial("Of {{ a }}?", a=[10]).run(f"constant/{answer}", ask=json_answer(Offer))
    assert (data[0]["offer"], data[0]["why"]) == (5, "fair")
    assert (exported(data)[0]["offer"], exported(data)[0]["why"]) == (5, "fair")


def test_invalid_answers_are_asked_again_and_stay_in_the_data(openai):
    openai.reply = ["5.000", "5 million", "5"]
    (row,) = factorial("What of {{ a }}?", a=[1]).run(gpt, ask=number(), retries=2)
    assert (row["result"], row["attempts"], row["error"]) == (5, 3, "")
    assert "it can be 5 or 5000" in said(openai.requests[1])
    openai.reply = "I would never accept this"
    data = factorial("And {{ a }}?", a=[1]).run(gpt, ask=choice(["accept", "reject"], shuffle=True), retries=1)
    assert (data[0]["result"], data[0]["attempts"], data[0]["position"], data.invalid) == (None, 2, None, 1)
    assert "either way" in data[0]["error"] and sorted(data[0]["shown_order"]) == ["accept", "reject"]
    assert len({tuple(in_text(said(r))) for r in openai.requests if in_text(said(r))}) == 1
    before = len(openai.requests)
    again = factorial("And {{ a }}?", a=[1]).run(gpt, ask=choice(["accept", "reject"], shuffle=True), retries=1)
    assert again == data and len(openai.requests) == before


def test_an_answer_that_would_overwrite_a_column_is_invalid(folder):
    (row,) = factorial("What of {{ a }}?", a=[1]).run('constant/{"a": 5}', ask=json_answer({"type": "object"}))
    assert row["a"] == 1 and "would overwrite a column" in row["error"]


def test_levels_named_like_the_columns_of_a_choice_are_kept_apart(folder):
    design = factorial("{{ position }} {{ shown_order }}?", position=["p"], shown_order=["s"])
    for row in (data := design.run("constant/Up", ask=choice(OPTIONS)))[0], exported(data)[0]:
        assert (row["position"], row["shown_order"]) == ("p", "s")
        assert (row["answer_position"], row["answer_shown_order"]) == (3, OPTIONS)


@pytest.mark.parametrize("ask", ["A;B", ["A", "B"], extract_number, 5])
def test_what_is_no_question_is_refused(folder, ask):
    with pytest.raises(ConfigError, match="ask must be choice"):
        factorial("{{ a }}", a=[1]).run("constant/x", ask=ask)


def test_a_parser_beside_a_question_is_refused(folder):
    with pytest.raises(ConfigError, match="ask says how an answer is read"):
        factorial("{{ a }}", a=[1]).run("constant/x", extract_number, ask=number())
    with pytest.raises(ConfigError, match="one text"):
        choice("AB")


def test_another_form_is_another_design_and_a_prompt_without_one_is_what_it_was(openai):
    openai.reply = "5"
    design = factorial("{{ a }}?", a=[1])
    runs = [
        design.run(gpt, extract_number).run,
        design.run(gpt, ask=number()).run,
        design.run(gpt, ask=number(0, 9)).run,
    ]
    assert len({*runs}) == 3 and len(openai.requests) == 3
    assert said(openai.requests[0]) == "1?"


# --- position bias ---


def test_the_report_shows_the_position_bias_of_each_model(folder, undrawn):
    def agent(model):
        return ScriptedThread(first_option) if model == "first" else ScriptedThread(right)

    design = factorial("Where in {{ a }}?", a=list(range(10)), model=["first", "right"])
    data = design.run(agent, ask=choice(OPTIONS, shuffle=True), times=3, seed=1)
    first = [row for row in data if row["model"] == "first"]
    assert {row["position"] for row in first} == {1} and len({row["result"] for row in first}) == 3
    store = RunStore()
    table = position_table(usage(store, store.get(data.run)).positions)
    assert sum(row[2] for row in table.rows) == 60
    data = factorial("Where in {{ a }}?", a=list(range(9)), model=["constant/Left", "constant/Up"]).run(
        "constant/x", ask=choice(OPTIONS, shuffle=True), seed=2
    )
    run = store.get(data.run)
    found = {(row[0], row[1]): row[2] for row in position_table(usage(store, run).positions).rows}
    for model in ("constant/Left", "constant/Up"):
        places = [row["position"] for row in data if row["model"] == model]
        assert [found[model, place] for place in (1, 2, 3)] == [places.count(place) for place in (1, 2, 3)]
    assert "Position bias" in report(store, run)
    plain = factorial("Where {{ a }}?", a=[1]).run("constant/Up", ask=choice(OPTIONS))
    assert position_table(usage(store, store.get(plain.run)).positions) is None
    assert "Position bias" not in report(store, store.get(plain.run))
    store.close()


def test_five_models_are_one_run_with_one_budget(openai):
    openai.reply = "Left"
    models = ["gpt-6-luna", "gpt-5.4-mini", "constant/Left", "constant/Right", "constant/Up"]
    design = factorial("Where in {{ a }}?", a=[1, 2], model=models)
    data = design.run(gpt, ask=choice(OPTIONS, shuffle=True), budget=1.0)
    assert [row["result"] for row in data] == ["Left", "Left", "Left", "Right", "Up"] * 2
    assert len(openai.requests) == 4 and {row["reply_model"] for row in data.wide} == {*models}
    with pytest.raises(ConfigError, match="needs the prices of all models"):
        factorial("Where in {{ a }}?", a=[1, 2], model=["gpt-6-luna", "gpt-nobody-knows-it"]).run(
            gpt, ask=choice(OPTIONS), budget=1.0
        )
    assert len(openai.requests) == 4
