"""What makes another run: a cell is what is asked and nothing else; what is there of it is not asked and paid again."""

from __future__ import annotations

import asyncio
import json

import pytest

from otree_ego import Conversation, GPTThread
from otree_ego.errors import ConfigError
from otree_ego.experiment import factorial, replicate
from otree_ego.experiment.built.work import run_built
from otree_ego.experiment.report import html
from otree_ego.experiment.runs.cell_places import Cell, CellPlaces
from otree_ego.stores import RunStore

TEMPLATE = "Estimate the approval of {{ who }}{{ when }}."


def gpt(**more):
    more.setdefault("backoff", 0.0)
    return GPTThread("gpt-6-luna", **more)


def echo(body):
    return body["messages"][-1]["content"]


def asked(service):
    return len(service.requests)


def runs():
    store = RunStore(create=False)
    try:
        return store.runs()
    finally:
        store.close()


def design(who=("Bush", "Obama"), when=("", " in 2008"), template=TEMPLATE):
    return factorial(template, who=list(who), when=list(when))


# --- the cells of a design ---

GROWN = {
    "a value at the end": (dict(who=("Bush", "Obama", "Trump")), 2, 4),
    "a value in front": (dict(who=("Trump", "Bush", "Obama")), 2, 4),
    "another order": (dict(who=("Obama", "Bush"), when=(" in 2008", "")), 2, 0),
    "fewer values": (dict(who=("Obama",)), 2, 0),
    "more times": ({}, 3, 4),
    "both": (dict(who=("Bush", "Obama", "Trump")), 3, 10),
}


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("grown", GROWN)
def test_a_design_that_grows_asks_only_what_is_new(openai, grown, seed):
    openai.reply = echo
    first = design().run(gpt, None, times=2, seed=seed)
    levels, times, new = GROWN[grown]
    again = design(**levels)
    data = again.run(gpt, None, times=times, seed=seed)
    assert (asked(openai) - 8, data.run, len(data)) == (new, first.run, len(again) * times)
    for row, cell in zip(data, again.cells * times, strict=True):
        assert row["result"] == f"Estimate the approval of {cell['who']}{cell['when']}."
        assert {name: row[name] for name in cell} == cell
    for row, wide in zip(data, data.wide, strict=True):
        assert wide["text"] == row["result"] and wide["thread"] == row["thread"]
    seeds = [body.body.get("seed") for body in openai.requests]
    assert len(set(seeds)) == (len(seeds) if seed else 1)
    assert design().run(gpt, None, times=2, seed=seed) == first  # and the one of before is there as it was
    assert asked(openai) - 8 == new


def test_another_factor_asks_only_the_cells_that_are_new(openai):
    openai.reply = echo
    design().run(gpt, None)
    longer = factorial(TEMPLATE + "{{ form }}", who=["Bush", "Obama"], when=["", " in 2008"], form=["", " A number."])
    data = longer.run(gpt, None)
    assert (asked(openai), len(data)) == (8, 8)
    assert [row["result"] for row in data] == [
        f"Estimate the approval of {r['who']}{r['when']}.{r['form']}" for r in data
    ]
    assert {frozenset(each.levels) for each in _replications(data.run)} == {frozenset(["who", "when", "form"])}


def _replications(run):
    store = RunStore(create=False)
    try:
        return list(store.replications(run))
    finally:
        store.close()


SAME = {
    "deadline": dict(deadline=300.0),
    "no deadline": dict(deadline=None),
    "retries": dict(retries=7),
    "backoff": dict(backoff=0.5),
    "fallback": dict(fallback_model="groq/x"),
    "fallback text": dict(fallback_text="50"),
    "attribute": dict(mood="happy"),
    "class": None,
}


@pytest.mark.parametrize("same", SAME)
def test_what_is_not_in_the_request_asks_nothing_again(openai, same, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "gsk-test")
    openai.reply = "5"
    first = design().run(gpt, int)
    agent = "gpt-6-luna" if SAME[same] is None else lambda: gpt(**SAME[same])
    again = design().run(agent, int)
    assert (asked(openai), again.run, again) == (4, first.run, first)


OTHER = {
    "temperature": dict(temperature=0.5),
    "system prompt": None,
    "extra": dict(extra={"service_tier": "flex"}),
    "used attribute": dict(when=" today"),
}


@pytest.mark.parametrize("other", OTHER)
def test_what_is_in_the_request_is_asked(openai, other):
    openai.reply = "5"
    one = factorial(TEMPLATE, who=["Bush"])
    one.run(lambda: gpt(when=""), int)

    def agent():
        llm = gpt(**{"when": "", **(OTHER[other] or {})})
        if OTHER[other] is None:
            llm.system("Be brief.")
        return llm

    one.run(agent, int)
    assert (asked(openai), len(runs())) == (2, 2)


def test_a_parameter_may_be_given_here_or_there(openai):
    openai.reply = "5"
    design().run(lambda: gpt(temperature=0.5, max_tokens=5), int)
    design().run(gpt, int, temperature=0.5, max_tokens=5)
    assert asked(openai) == 4


def test_a_design_that_was_broken_off_and_has_grown_meanwhile_goes_on(openai):
    openai.reply = echo
    openai.fail(400, times=2)
    assert design().run(gpt, None, concurrency=1).failed == 2
    data = design(who=("Trump", "Bush", "Obama")).run(gpt, None)
    assert (asked(openai), data.failed, len(runs())) == (4 + 2 + 2, 0, 1)
    assert all(row["result"].startswith(f"Estimate the approval of {row['who']}") for row in data)


def test_cells_that_ask_the_same_keep_their_own_answers(openai):
    """Twins differ in a level that only some cells use."""
    openai.reply = lambda body: str(asked(openai))
    template = "{% if arm == 'told' %}{{ fact }} {% endif %}Decide."
    levels = dict(arm=["told", "plain"], fact=["It rains.", "It snows."])
    first = factorial(template, **levels).run(gpt, None, concurrency=1)
    turned = factorial(template, arm=["plain", "told"], fact=["It snows.", "It rains."]).run(gpt, None)
    assert asked(openai) == 4
    by_levels = {(row["arm"], row["fact"]): row["result"] for row in first}
    assert {(row["arm"], row["fact"]): row["result"] for row in turned} == by_levels


def test_places():
    a, b, c = (Cell(name, name) for name in "abc")
    known = CellPlaces()
    assert known.place([a, b], 1) == [0, 1]
    assert known.place([b, c, a], 2) == [1, 2, 0, 3, 4, 5]
    assert known.place([a, b], 3)[4:] == [6, 7]
    assert known.place([Cell("a", "x")], 1) == [0]
    assert CellPlaces.from_settings(known.as_settings()).place([Cell("a", "x"), b], 1) == [0, 1]
    assert CellPlaces.from_settings("nonsense").shares([a]) == 0


# --- fallbacks and invalid answers ---


def fallen(body):
    return "from the fallback" if body["model"] == "gpt-5.4-mini" else "from the model"


def test_a_fallbacks_answer_counts_as_long_as_the_fallback_is_declared(openai):
    openai.reply = fallen
    openai.fail(400, times=1)
    one = factorial("Say {{ a }}", a=[1, 2])
    with_fallback = lambda **more: gpt(fallback_model="gpt-5.4-mini", **more)  # noqa: E731
    first = one.run(with_fallback, None, concurrency=1)
    assert [row["result"] for row in first] == ["from the fallback", "from the model"]
    assert one.run(lambda: with_fallback(deadline=99.0), None) == first
    assert asked(openai) == 3
    again = one.run(gpt, None)
    assert ([row["result"] for row in again], asked(openai)) == (["from the model"] * 2, 4)
    assert again.run == first.run
    assert [row["result"] for row in one.run(with_fallback, None)] == ["from the model"] * 2
    assert asked(openai) == 4


def test_a_fallback_text_counts_as_long_as_it_is_declared(openai):
    openai.reply = "from the model"
    openai.fail(400, times=1)
    one = factorial("Say {{ a }}", a=[1])
    assert one.run(lambda: gpt(fallback_text="none"), None)[0]["result"] == "none"
    assert one.run(lambda: gpt(fallback_text="none"), None)[0]["result"] == "none"
    assert one.run(lambda: gpt(fallback_text="nothing"), None)[0]["result"] == "from the model"


def test_a_conversation_that_goes_on_takes_up_what_its_fallback_has_answered(openai):
    openai.reply = fallen

    def play(llm):
        first = llm.submit("One")
        if fail:
            raise RuntimeError("broken")
        return first, llm.submit("Two")

    fail = True
    openai.fail(400, times=1)
    make = lambda: gpt(fallback_model="gpt-5.4-mini")  # noqa: E731
    with pytest.raises(RuntimeError, match="broken"):
        replicate(play, make, 1)
    assert asked(openai) == 2
    fail = False
    (done,) = replicate(play, make, 1, changed_code="deviation")
    assert (done.result, asked(openai)) == (["from the fallback", "from the model"], 3)


@pytest.mark.parametrize("retries", [1, 2])
def test_retries_ask_again_for_answers_that_were_invalid(openai, retries):
    openai.reply = ["no", "5", *["no"] * (retries - 1), "7"]
    one = factorial("Say {{ a }}", a=[1, 2])
    first = one.run(gpt, int, concurrency=1)
    assert [row["result"] for row in first] == [None, 5]
    again = one.run(gpt, int, retries=retries)
    assert [(row["result"], row["attempts"]) for row in again] == [(7, 1 + retries), (5, 1)]
    # The first answer is taken from the record: only further ones are asked for.
    assert asked(openai) == 2 + retries
    assert one.run(gpt, int, retries=retries) == again
    assert [row["result"] for row in one.run(gpt, int)] == [7, 5]
    assert asked(openai) == 2 + retries


# --- the experimenter's code ---

PLAY = """
from otree_ego import Conversation, GPTThread

WORDS = "{words}"

def question():
    return f"Prompt {{WORDS}}"

def play(llm):  {comment}
    return llm.submit(question())
"""


def module(folder, words, comment=""):
    file = folder / "study_of_mine.py"
    file.write_text(PLAY.format(words=words, comment=comment), encoding="utf-8")
    found = {"__name__": "study_of_mine"}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), found)
    return found["play"]


def test_a_change_of_the_code_is_the_experimenters_to_decide_on(openai, folder, capfd):
    openai.reply = echo
    first = replicate(module(folder, "A"), gpt, 2)
    changed = module(folder, "B", "# other words")
    assert [r.result for r in replicate(changed, gpt, 2)] == ["Prompt A"] * 2  # nothing is played with it
    assert "has changed since it was last played: play (WORDS); nothing is played" in capfd.readouterr().err
    with pytest.raises(ConfigError, match=r'play \(WORDS\).*changed_code="new".*changed_code="deviation"'):
        replicate(changed, gpt, 4)
    assert asked(openai) == 2
    new = replicate(changed, gpt, 4, changed_code="new")
    assert ({r.result for r in new}, new.run != first.run, asked(openai)) == ({"Prompt B"}, True, 6)
    assert replicate(changed, gpt, 4).run == new.run  # each code finds its run again
    assert replicate(module(folder, "A", "# a comment"), gpt, 2).run == first.run
    assert asked(openai) == 6


def test_a_deviation_is_on_record_and_in_the_report(openai, folder, capfd, undrawn):
    openai.reply = echo
    first = replicate(module(folder, "A"), gpt, 2)
    more = replicate(module(folder, "B"), gpt, 4, changed_code="deviation")
    assert [r.result for r in more] == ["Prompt A"] * 2 + ["Prompt B"] * 2
    assert "what is played from now on is a deviation" in capfd.readouterr().err
    store = RunStore(create=False)
    (kept,) = store.get(first.run).settings["deviations"]
    assert (kept["changed"], kept["replications"]) == ({"play": ["WORDS"]}, "3-4")
    page = html.report(store, store.get(first.run))
    store.close()
    assert "The code changed in the middle of the run: play (WORDS)" in page and "replications 3-4" in page
    assert replicate(module(folder, "B"), gpt, 5).run == first.run


def test_a_changed_parser_is_said_and_reads_all_answers(openai, capfd):
    openai.reply = "5"
    design().run(gpt, lambda text: int(text))
    data = design().run(gpt, lambda text: int(text) + 1)
    assert ([row["result"] for row in data], asked(openai)) == ([6] * 4, 4)
    assert "parser (<lambda>); all answers are read by it as it is now" in capfd.readouterr().err


def test_what_play_does_not_use_is_no_part_of_the_design(openai):
    openai.reply = "5"

    def play(llm):
        return llm.submit(f"You are {llm.mood}.")

    for more in (dict(), dict(deadline=99.0), dict(retries=9), dict(note="x")):
        replicate(play, lambda more=more: gpt(mood="calm", **more), 2)
    assert (asked(openai), len(runs())) == (2, 1)
    replicate(play, lambda: gpt(mood="wild"), 2)
    assert (asked(openai), len(runs())) == (4, 2)


# --- attempts ---


def test_an_attempt_ends_before_the_next_one_looks_back(openai):
    """Two seats are asked at once; one fails while the other is still being answered."""
    openai.reply = echo
    attempts = []

    async def quick(convo):
        if len(attempts) > 1:
            return await convo.b.aio.submit("quick")
        while not openai.standing:
            await asyncio.sleep(0.01)
        openai.fail(503)
        # What would ask too early has all the time to do so.
        asyncio.get_running_loop().call_later(0.5, openai.release)
        return await convo.b.aio.submit("quick")

    async def play(convo):
        attempts.append(1)
        if len(attempts) == 1:
            openai.hold()
        return list(await asyncio.gather(convo.a.aio.submit("slow"), quick(convo)))

    make = lambda: Conversation(a=gpt(retries=0), b=gpt(retries=0))  # noqa: E731
    (done,) = replicate(play, make, 1)
    assert (done.result, done.attempt, len(attempts)) == (["slow", "quick"], 2, 2)
    assert sorted(one.body["messages"][-1]["content"] for one in openai.requests) == ["quick", "quick", "slow"]


# --- built files ---

BUILT = {
    "threads": [[1, ["GPTThread", "gpt-6-luna"]]],
    "treatments": ["one"],
    "rounds": 1,
    "variables": {},
    "prompts": {"system": "", "user": "Which number?"},
    "filters": [["extract_number"]],
}


def test_a_built_file_waits_as_long_as_it_likes(openai):
    openai.reply = "5"
    first = run_built(json.dumps(BUILT), 2)
    assert run_built(json.dumps(BUILT), 2, options={"deadline": 99.0, "retries": 5}).run == first.run
    assert run_built(json.dumps(BUILT), 2, options={"temperature": 0.5}).run != first.run
    assert asked(openai) == 4


# --- snapshots ---


def test_another_snapshot_in_the_middle_is_said_and_from_which_row_on(openai, capfd, undrawn):
    openai.reply = "5"
    one = factorial("Say {{ a }}", a=[1, 2])
    openai.answers_as = "luna-2026-10"
    first = one.run(gpt, int)
    assert capfd.readouterr().err == ""
    openai.answers_as = "luna-2026-12"
    one.run(gpt, int, times=3, concurrency=1)
    said = "gpt-6-luna was answered by luna-2026-10, and is answered by luna-2026-12 from replication 3 on."
    assert capfd.readouterr().err.count(said) == 1
    one.run(gpt, int, times=4)  # and once only
    assert said not in capfd.readouterr().err
    store = RunStore(create=False)
    assert said in html.report(store, store.get(first.run))
    store.close()


def test_a_snapshot_that_changes_while_the_run_goes_on_is_said(openai, capfd):
    def answer(body):
        openai.answers_as = "luna-b" if asked(openai) > 2 else "luna-a"
        return "5"

    openai.reply = answer
    factorial("Say {{ a }}", a=[1]).run(gpt, int, times=4, concurrency=1)
    err = capfd.readouterr().err
    assert "gpt-6-luna was answered by luna-a, and is answered by luna-b from replication 3 on." in err
