"""Factorial designs: rows, parsers, attempts, what is refused before the first request, what the record holds."""

import asyncio
import json
import pickle
import random
import sys
import threading

import pytest
from harness.scripts import Script, said

from otree_ego import ConstantThread, GPTThread, Prompt, ScriptedThread, extract_number, parse_number
from otree_ego.errors import ConfigError, KeyMissing, PromptError, RunError, RunStopped, StateError
from otree_ego.experiment import factorial
from otree_ego.stores import RunStore

TIMES = "What is {{ a }} times {{ b }}?"


def multiply(request):
    a, b = (int(word.strip("?")) for word in request.messages[0][1].split() if word.strip("?").isdigit())
    return f"It is {a * b}."


def agent():
    return ScriptedThread(multiply)


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


# --- rows ---


def test_a_row_for_each_answer_with_its_levels_and_result(folder):
    data = factorial(TIMES, a=[2, 3], b=[4, 5]).run(agent, extract_number, times=2)
    assert isinstance(data, list)
    assert [(r["a"], r["b"], r["result"]) for r in data] == [(2, 4, 8), (2, 5, 10), (3, 4, 12), (3, 5, 15)] * 2
    assert list(data[0]) == ["a", "b", "result", "attempts", "error", "thread"]
    assert len({row["thread"] for row in data}) == 8


def test_agent_filter_and_times_stand_in_alter_egos_order(folder):
    design = factorial(TIMES, a=[2], b=[4])
    assert [row["result"] for row in design.run(agent, extract_number, 3)] == [8, 8, 8]
    assert [row["result"] for row in design.run(agent, filter=extract_number, times=2, fresh=True)] == [8, 8]


def test_a_parser_and_a_filter_at_once_are_refused(folder):
    with pytest.raises((ConfigError, TypeError), match="filter"):
        factorial(TIMES, a=[2], b=[4]).run(agent, extract_number, filter=extract_number)


def test_outcome_names_the_column_and_keep_retval_adds_the_raw_answer(folder):
    (row,) = factorial(TIMES, a=[2], b=[4]).run(agent, extract_number, outcome="product", keep_retval=True)
    assert (row["product"], row["retval"]) == (8, "It is 8.")
    assert "result" not in row


def test_a_dict_is_merged_into_the_row(folder):
    def parser(text):
        return {"number": extract_number(text), "words": len(text.split())}

    (row,) = factorial(TIMES, a=[2], b=[4]).run(agent, parser)
    assert (row["number"], row["words"]) == (8, 3)
    assert "result" not in row


def test_json_is_the_usual_parser(folder):
    (row,) = factorial("Say it {{ a }}", a=[1]).run(lambda: ConstantThread('{"x": 1, "y": [2]}'))
    assert (row["x"], row["y"]) == (1, [2])


def test_without_a_parser_the_text_is_the_result(folder):
    (row,) = factorial(TIMES, a=[2], b=[4]).run(agent, None)
    assert row["result"] == "It is 8."


def test_a_design_without_levels_has_one_cell(folder):
    assert [row["result"] for row in factorial("Hello").run("constant/7", int, times=2)] == [7, 7]


def test_levels_may_be_prompts_that_use_the_other_levels(folder):
    design = factorial("{{ frame }} Answer!", frame=[Prompt("You win {{ n }}."), "You lose."], n=[1, 2])
    data = design.run(lambda: ConstantThread("ok"), None)
    assert [r["prompt"] for r in data.wide] == [
        "You win 1. Answer!", "You win 2. Answer!", "You lose. Answer!", "You lose. Answer!",
    ]  # fmt: skip


def test_values_are_put_in_as_they_are_and_never_executed(folder):
    (row,) = factorial("Say {{ a }}", a=["{{ 7 * 7 }}{% if"]).run(lambda: ConstantThread("ok"), None).wide
    assert row["prompt"] == "Say {{ 7 * 7 }}{% if"


def test_the_agents_attributes_and_further_values_can_be_used_in_the_prompt(folder):
    data = factorial("{{ name }} {{ place }} {{ a }}", a=[1]).run(
        lambda: ConstantThread("x", name="Ada"), None, place="here"
    )
    assert data.wide[0]["prompt"] == "Ada here 1"
    same = factorial("{{ name }} {{ place }} {{ a }}", a=[1]).run(
        lambda: ConstantThread("x", name="Ada"), None, variables={"place": "here"}
    )
    assert same == data and same.run == data.run


def test_a_variable_that_has_the_name_of_an_option_is_given_among_the_variables(folder):
    design = factorial("{{ budget }} {{ stop }} {{ a }}", a=[1])
    data = design.run("constant/x", None, variables={"budget": "all", "stop": "here"})
    assert data.wide[0]["prompt"] == "all here 1"


@pytest.mark.parametrize(("variables", "word"), [({"b": 1}, "no variable 'b'"), ({"a": 1}, "'a' is a level already")])
def test_variables_that_would_not_be_used_are_refused(folder, variables, word):
    with pytest.raises(ConfigError, match=word):
        factorial("{{ a }}", a=[1]).run(agent, None, variables=variables)
    with pytest.raises(TypeError, match="'nothing', and the prompt has no variable of this name"):
        factorial("{{ a }}", a=[1]).run(agent, None, nothing=1)


def test_a_level_named_as_a_detail_is_not_lost_in_the_wide_rows(folder):
    design = factorial("{{ time }} {{ model }} {{ prompt }}", time=["1st year"], model=["T"], prompt=["calm"])
    (row,) = design.run(lambda: ConstantThread("ok"), None).wide
    assert (row["time"], row["model"], row["prompt"]) == ("1st year", "T", "calm")
    assert "1st year T calm" in row.values()
    assert "constant/ok" in row.values()


def test_wide_rows_trace_snapshot_parameters_seed_and_exact_prompt(openai):
    openai.reply, openai.answers_as = "5", "gpt-5.4-mini-2026-03-17"

    def careful():
        llm = gpt(temperature=0.5)
        llm.system("Only digits.")
        return llm

    data = factorial("{{ a }}?", a=[1, 2]).run(careful, int, seed=7, max_tokens=9)
    assert [r["seed"] for r in data.wide] == [7, 8]
    first = data.wide[0]
    assert (first["model"], first["model_answered"]) == ("gpt-6-luna", "gpt-5.4-mini-2026-03-17")
    assert first["parameters"]["temperature"] == 0.5 and first["parameters"]["seed"] == 7
    assert (first["system_prompt"], first["prompt"], first["text"]) == ("Only digits.", "1?", "5")
    assert first["tokens_in"] and first["tokens_out"] and first["latency_seconds"] and first["cost_usd"]
    bodies = sorted((r.body for r in openai.requests), key=lambda b: b["seed"])
    assert [b["seed"] for b in bodies] == [7, 8]
    assert all(9 in (b.get("max_tokens"), b.get("max_completion_tokens")) for b in bodies)


def test_the_result_says_where_it_is_recorded(folder):
    data = factorial(TIMES, a=[2], b=[4]).run(agent, extract_number, name="products")
    store = RunStore()
    run = store.get(data.run)
    assert (run.name, run.status, run.planned) == ("products", "done", 1)
    assert data.store == "ego.sqlite3"
    store.close()


def test_nothing_is_kept_without_a_store(folder):
    factorial(TIMES, a=[2], b=[4]).run(agent, extract_number, store=None)
    assert not list(folder.iterdir())


def test_nothing_is_printed_where_there_is_no_terminal(folder, capfd):
    factorial(TIMES, a=[2, 3], b=[4]).run(agent, extract_number)
    factorial(TIMES, a=[2, 3], b=[4]).run(agent, extract_number)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_with_what_is_done_failed_paid_and_left(tmp_path, service):
    service.reply, service.delay = "5", 0.05
    service.fail(400)
    script = Script(
        tmp_path, 'factorial("{{ a }}?", a=list(range(30))).run(gpt, int, name="bar", concurrency=3)', service
    )
    shown = script.run(terminal=True).out
    assert "30/30" in shown and "1 failed" in shown and "$0." in shown
    assert "<00:" in shown  # time left


# --- invalid answers ---


def test_an_invalid_answer_is_asked_again_and_told_what_was_wrong(openai):
    openai.reply = ["maybe", "perhaps 5 or 6", "5"]
    (row,) = factorial("{{ a }}?", a=[1]).run(gpt, parse_number, retries=2)
    assert (row["result"], row["attempts"], row["error"]) == (5, 3, "")
    assert "maybe" in said(openai.requests[1]) and "no number" in said(openai.requests[1])
    assert "more than one number" in said(openai.requests[2])
    store = RunStore()
    texts = [m.text for m in store.messages([row["thread"]])[row["thread"]]]
    assert [texts[n] for n in (1, 3, 5)] == ["maybe", "perhaps 5 or 6", "5"]
    store.close()


def test_an_answer_that_stays_invalid_is_in_the_row_with_its_error(openai):
    openai.reply = "never"
    data = factorial("{{ a }}?", a=[1]).run(gpt, parse_number, retries=1, keep_retval=True)
    (row,) = data
    assert (row["result"], row["attempts"], row["retval"]) == (None, 2, "never")
    assert "no number" in row["error"]
    assert (data.invalid, data.failed) == (1, 0)
    assert len(openai.requests) == 2


def test_an_answer_without_a_retry_is_invalid_at_once(openai):
    openai.reply = "never"
    (row,) = factorial("{{ a }}?", a=[1]).run(gpt, extract_number)
    assert (row["result"], row["attempts"]) == (None, 1)
    assert row["error"]
    assert len(openai.requests) == 1


class Odd(Exception):
    def __str__(self):
        return "odd"


def _raise(error):
    raise error


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("k"), Odd(), AssertionError(), StopIteration(), RecursionError(), MemoryError()]
)
def test_whatever_a_parser_raises_is_in_the_row(folder, error):
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("x"), lambda text: _raise(error))
    assert row["result"] is None
    assert type(error).__name__ in row["error"]


def test_a_parser_that_ends_the_script_ends_it_and_nothing_hangs_later(folder):
    with pytest.raises(RunStopped, match="SystemExit"):
        factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("x"), lambda text: sys.exit(3))
    assert factorial("{{ a }}", a=[2]).run(lambda: ConstantThread("x"), None)[0]["result"] == "x"


def test_a_parser_that_cancels_leaves_no_run_that_looks_done(folder):
    with pytest.raises(RunError, match="cancelled"):
        factorial("{{ a }}", a=[1, 2]).run(lambda: ConstantThread("x"), lambda text: _raise(asyncio.CancelledError()))
    store = RunStore()
    assert [run.status for run in store.runs()] == ["failed"]
    store.close()


@pytest.mark.parametrize(
    "value", [{(1, 2): 3}, {"n": {(1, 2): 3}}, object(), b"\xff", float("nan"), "\ud83d", {"t": "\ud83d"}]
)
def test_whatever_a_parser_returns_is_kept(folder, value):
    design = factorial("{{ a }}", a=[1])
    design.run(lambda: ConstantThread("x"), lambda text: value)
    store = RunStore()
    (run,) = store.runs()
    (replication,) = store.replications(run.uid)
    assert (run.status, replication.status, replication.error) == ("done", "done", "")
    store.close()


def test_an_error_text_that_is_no_unicode_is_kept(folder):
    (row,) = factorial("{{ a }}", a=[1]).run(
        lambda: ConstantThread("x"), lambda text: _raise(ValueError("\ud83d\x00!"))
    )
    assert "ValueError" in row["error"]


def test_a_dict_may_not_overwrite_a_column(folder):
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: ConstantThread('{"a": 2}'))
    assert row["a"] == 1 and "'a'" in row["error"]


def test_a_parser_may_ask_a_model_itself(openai):
    openai.reply = lambda body: "yes" if "Is it" in body["messages"][-1]["content"] else "fine"

    def judged(text):
        return gpt().submit(f"Is it polite? {text}")

    found = []
    worker = threading.Thread(target=lambda: found.extend(factorial("{{ a }}", a=[1, 2]).run(gpt, judged)), daemon=True)
    worker.start()
    worker.join(20)
    assert [row["result"] for row in found] == ["yes", "yes"]


# --- what is refused before anything is asked ---


@pytest.mark.parametrize("values", ["abc", b"abc", None, 5, 1.5, True, {"a": 1}, {"a", "b"}, frozenset("ab")])
def test_a_level_takes_a_list(values):
    with pytest.raises(ConfigError, match="'level'"):
        factorial("{{ level }}", level=values)


def test_a_level_without_values_is_refused():
    with pytest.raises(ConfigError, match="'b' has no values"):
        factorial(TIMES, a=[1], b=[])


@pytest.mark.parametrize("name", ["attempts", "error", "thread", "retval"])
def test_reserved_names_are_refused(name):
    with pytest.raises(ConfigError, match=name):
        factorial("x", **{name: [1]})


def test_a_level_that_cannot_be_kept_is_refused_by_name():
    with pytest.raises(StateError, match="'a'"):
        factorial("{{ a }}", a=[lambda: 1])


def test_a_broken_template_is_refused():
    with pytest.raises(PromptError):
        factorial("{{ a ", a=[1])


def test_an_unknown_variable_is_refused_with_its_name_and_cell(openai):
    prompt = "{% if a == 2 %}{{ nobody }}{% endif %}{{ a }}"
    with pytest.raises(PromptError, match=r"(?s)'a': 2.*nobody"):
        factorial(prompt, a=[1, 2, 3]).run(gpt, None)
    assert not openai.requests


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (dict(times=0), "times"), (dict(times=1.5), "times"), (dict(times=True), "times"),
        (dict(retries=-1), "retries"), (dict(concurrency=0), "concurrency"), (dict(budget=0), "budget"),
        (dict(budget="1"), "budget"), (dict(requests_per_minute=0), "requests_per_minute"),
        (dict(tokens_per_minute="many"), "tokens_per_minute"), (dict(engine="jobli"), "engine"),
        (dict(outcome="a"), "outcome"), (dict(outcome="error"), "outcome"), (dict(parser="int"), "parser"),
        (dict(a=3), "'a'"), (dict(agent=ConstantThread("x")), "agent"), (dict(agent=None), "agent"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused_by_name_and_leaves_no_run(folder, wrong, word):
    with pytest.raises(ConfigError, match=word):
        factorial("{{ a }}", a=[1]).run(**{"agent": agent, "parser": None, **wrong})
    if (folder / "ego.sqlite3").exists():
        store = RunStore()
        assert [run.status for run in store.runs() if run.status == "running"] == []
        store.close()


def test_a_missing_key_is_told_before_the_first_request(folder):
    with pytest.raises(KeyMissing, match="OPENAI_API_KEY"):
        factorial("{{ a }}", a=[1]).run(gpt, None)
    assert not (folder / "ego.sqlite3").exists()


def test_an_unknown_service_is_told_before_the_first_request(folder):
    with pytest.raises(ConfigError, match="opnai"):
        factorial("{{ a }}", a=[1]).run("opnai/gpt-6-luna", None)


# --- agents ---


@pytest.mark.parametrize("made", [None, "gpt-6-luna", GPTThread, 5])
def test_an_agent_that_makes_no_thread_is_refused(folder, made):
    with pytest.raises(ConfigError, match="must make a Thread"):
        factorial("{{ a }}", a=[1]).run(lambda: made, None)


def test_an_agent_that_makes_no_thread_later_is_refused(folder):
    calls = iter(range(100))
    with pytest.raises(ConfigError, match="must make a Thread"):
        factorial("{{ a }}", a=list(range(40))).run(lambda: ConstantThread("x") if next(calls) < 30 else None, None)


def test_an_agent_that_gives_the_same_thread_again_is_refused(openai):
    llm = gpt()
    with pytest.raises(ConfigError, match="new Thread each time"):
        factorial("{{ a }}", a=[1, 2]).run(lambda: llm, None)
    assert not openai.requests


def test_an_agent_that_keeps_the_thread_it_made_first_is_refused(openai):
    made = []

    def keeping():
        made.append(gpt())
        return made[min(12, len(made) - 1)]

    with pytest.raises(ConfigError, match="new Thread each time"):
        factorial("{{ a }}", a=list(range(30))).run(keeping, None, concurrency=1)
    assert len(openai.requests) < 13


def test_an_error_of_the_agent_arrives_as_itself(folder):
    with pytest.raises(ZeroDivisionError):
        factorial("{{ a }}", a=[1]).run(lambda: 1 / 0, None)


def test_an_error_of_the_agent_in_the_middle_arrives_as_itself_and_the_run_goes_on_later(folder):
    calls, broken = [], [True]

    def shaky():
        calls.append(1)
        if broken and len(calls) > 25:
            raise ZeroDivisionError("the agent")
        return ScriptedThread(multiply)

    design = factorial(TIMES, a=list(range(40)), b=[2])
    with pytest.raises(ZeroDivisionError, match="the agent"):
        design.run(shaky, extract_number, concurrency=2)
    broken.clear()
    data = design.run(shaky, extract_number, concurrency=2)
    assert [row["result"] for row in data] == [2 * a for a in range(40)]
    store = RunStore()
    assert [run.status for run in store.runs()] == ["done"]
    store.close()


def test_an_agent_may_talk_to_its_thread_before_it_is_asked(openai):
    openai.reply = "Yes."

    def warmed():
        llm = gpt()
        llm.system("Be brief.")
        llm.user("Hello")
        llm.assistant("Hi")
        return llm

    (row,) = factorial("{{ a }}", a=[1]).run(warmed, None)
    assert [m["content"] for m in openai.requests[0].body["messages"]] == ["Be brief.", "Hello", "Hi", "1"]
    store = RunStore()
    assert [m.text for m in store.messages([row["thread"]])[row["thread"]]] == ["Be brief.", "Hello", "Hi", "1", "Yes."]
    store.close()


def test_the_experimenters_random_numbers_are_left_alone(folder):
    random.seed(5)
    expected = random.random()
    random.seed(5)
    seen = []

    def drawing():
        llm = ConstantThread("x", mood=random.random())
        seen.append(llm.mood)
        return llm

    factorial("{{ a }}", a=[1]).run(drawing, None)
    assert expected == seen[-1]


def test_attributes_that_change_while_it_is_asked_are_kept(folder):
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("x", name="Ada"), None)
    store = RunStore()
    (seat,) = store.seats(row_run(store))
    assert seat.thread.uid == row["thread"]
    assert pickle.loads(seat.thread.state)["name"] == "Ada"
    store.close()


def row_run(store):
    return store.runs()[-1].uid


# --- where it runs ---


def test_it_runs_below_a_running_event_loop(openai):
    openai.reply = "5"

    async def cell():
        return factorial("{{ a }}", a=[1, 2]).run(gpt, int)

    assert [row["result"] for row in asyncio.run(cell())] == [5, 5]
    found = []
    thread = threading.Thread(target=lambda: found.extend(asyncio.run(cell())))
    thread.start()
    thread.join(30)
    assert [row["result"] for row in found] == [5, 5]


def test_calls_overlap(openai):
    openai.reply = "5"
    openai.hold()
    worker = threading.Thread(target=lambda: factorial("{{ a }}", a=list(range(9))).run(gpt, int, concurrency=7))
    worker.start()
    openai.wait_until(lambda s: s.standing == 7)
    assert len(openai.requests) == 7
    openai.release()
    worker.join(30)
    assert len(openai.requests) == 9


def test_both_databases_give_the_same_rows(folder, pg):
    url = pg.database().env["DATABASE_URL"]
    design = factorial(TIMES, a=[2, 3], b=[4, 5])
    kept = [design.run(agent, extract_number, times=3, store=where) for where in ("ego.sqlite3", url)]
    assert [{**r, "thread": ""} for r in kept[0]] == [{**r, "thread": ""} for r in kept[1]]
    assert [r["prompt"] for r in kept[0].wide] == [r["prompt"] for r in kept[1].wide]
    again = design.run(lambda: ScriptedThread(multiply), extract_number, times=3, store=url)
    assert [r["thread"] for r in again] == [r["thread"] for r in kept[1]]


@pytest.mark.parametrize("value", ["\ud83d", {"t": "\ud83d\x00"}, "a\x00b"])
def test_postgres_keeps_odd_results_too(folder, pg, value):
    url = pg.database().env["DATABASE_URL"]
    design = factorial("{{ a }}", a=["\ud83d\x00"])
    data = design.run(lambda: ConstantThread("x"), lambda text: value, store=url)
    assert len(data) == 1 and data[0]["error"] == ""


def test_the_store_is_what_the_environment_names(folder, monkeypatch):
    monkeypatch.setenv("EGO_STORE", str(folder / "other.sqlite3"))
    factorial(TIMES, a=[2], b=[4]).run(agent, extract_number)
    assert (folder / "other.sqlite3").exists() and not (folder / "ego.sqlite3").exists()


def test_rows_are_json(folder):
    data = factorial(TIMES, a=[2], b=[4]).run(agent, extract_number)
    assert json.loads(json.dumps(data)) == data


def test_a_judge_in_the_parser_is_not_taken_for_the_subject(folder, openai):
    openai.reply = lambda body: "judged" if "Judge" in body["messages"][0]["content"] else "subject"

    def judged(text):
        return f"{GPTThread('gpt-6-luna').submit('Judge: ' + text)}<{text}>"

    design = factorial("Say {{ a }}", a=[1])
    first = design.run(lambda: GPTThread("gpt-6-luna"), judged, keep_retval=True)
    again = design.run(lambda: GPTThread("gpt-6-luna"), judged, keep_retval=True)
    assert first[0]["result"] == again[0]["result"] == "judged<subject>"
    assert first[0]["retval"] == again[0]["retval"] == first.wide[0]["text"] == "subject"
