"""What is stored of Threads, and what oTree stores of ours: places in pickles, and pickles of before."""

from __future__ import annotations

import base64
import copy
import dataclasses
import inspect
import json
import pickle
import pickletools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import otree_ego
from otree_ego import (
    AmbiguousAnswer,
    Conversation,
    Experiment,
    GPTThread,
    Message,
    Persona,
    Policy,
    Prompt,
    Reply,
    Request,
    ScriptedThread,
    Thread,
    Treatment,
    Usage,
    errors,
    extract_number,
    factorial,
    from_file,
    pace,
    parse_json,
    parse_number,
    personas_from_text,
)
from otree_ego.chat_rules.personas import Rule
from otree_ego.experiment import Replications, Results
from otree_ego.experiment.asking import Asked
from otree_ego.experiment.built import read_built
from otree_ego.messages import Form
from otree_ego.questions import Choice, Json, Number, Text, YesNo
from otree_ego.threads.pickles import FORMER_MODULES
from otree_ego.threads.state import class_of, kind_of, load_state

REPO = Path(__file__).resolve().parents[2]
OLD = json.loads(Path(__file__).with_name("old_pickles.json").read_text("utf-8"))
"""Made with protocol 4 by the code before the modules were arranged in folders, in base64."""
BUILT = {
    "threads": [[1, ["ConstantThread", "7"]]], "treatments": ["low", "high"], "rounds": 1,
    "variables": {"reward": {"low": 1, "high": 100}}, "filters": [["extract_number"]],
    "prompts": {"system": "You can earn {{ reward }}.", "user": "Your number?"},
}  # fmt: skip
MESSAGE = Message(
    "assistant", "I offer 3.", seq=2, author="gpt-4o", model="gpt-4o", model_answered="gpt-4o-2024", params={"seed": 7},
    seed=7, tokens_in=11, tokens_out=4, cost=0.001, latency=0.5, first_token=0.2, finish_reason="stop", attempts=1,
    id="0" * 32, time=1760000000.0,
)  # fmt: skip
VALUES: dict[str, Any] = {
    "Message": MESSAGE,
    "Usage": Usage(1, 2, 3),
    "Request": Request("m", (("user", "x"),), form=Form("n", {"type": "object"})),
    "Reply": Reply("x", usage=Usage(1, 2)),
    "Form": Form("n", {"type": "object"}),
    "Policy": Policy(deadline=5.0, fallback_text="5"),
    "Prompt": Prompt("Hi {{ x }}"),
    "Pace": pace("1-3 + 0.04/character"),
    "Persona": Persona("Ada", "Be brief.", speaks="every 2, addressed"),
    "Rule": Rule("every", 2),
    "Treatment": Treatment("high", reward=100),
    "Built": read_built(BUILT),
    "Asked": Asked(5, "5", 1, ""),
    "Number": Number(0, 10),
    "Choice": Choice(("a", "b")),
    "YesNo": YesNo(),
    "Text": Text(1, 20),
    "Json": Json({"type": "object"}),
    "Classes": [GPTThread, Thread, Conversation, ScriptedThread],
    "Functions": [extract_number, parse_json, parse_number, pace, personas_from_text, from_file],
}
ERRORS = {
    name: error
    for name, error in vars(errors).items()
    if isinstance(error, type) and issubclass(error, errors.EgoError)
}
SINCE = {"ContextExceeded", "Unwritable"}
"""Errors that there were not when what is read here was stored."""
OLD_ERRORS = {name: error for name, error in ERRORS.items() if name not in SINCE}
NOT_VALUES = ("Experiment", "Factorial", "Results", "AmbiguousAnswer", *OLD_ERRORS)


def old(name: str) -> bytes:
    return base64.b64decode(OLD["pickles"][name])


def places(data: bytes) -> set[str]:
    """The modules of ours that a pickle names."""
    texts = {argument for _, argument, _ in pickletools.genops(data) if isinstance(argument, str)}
    return {text for text in texts if text.partition(".")[0] == "otree_ego" and " " not in text}


def experiment() -> Experiment:
    return Experiment(dict(name="low", reward=0), dict(name="high", reward=100), seed=1)


# --- new pickles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUES)
def test_a_new_pickle_names_the_package_and_no_module_of_ours(name: str) -> None:
    value = VALUES[name]
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(value, protocol=protocol)
        assert places(data) <= {"otree_ego", "otree_ego " + name} and b"otree_ego." not in data
        assert pickle.loads(data) == load_state(data) == value
    assert copy.deepcopy(value) == value


@pytest.mark.parametrize("name", [*ERRORS, "AmbiguousAnswer"])
def test_a_new_pickle_of_an_error_names_the_package(name: str) -> None:
    error = {**ERRORS, "AmbiguousAnswer": AmbiguousAnswer}[name]("What went wrong.", text="x")
    data = pickle.dumps(error)
    assert places(data) == {"otree_ego"}
    again = pickle.loads(data)
    assert (type(again), str(again), again.text) == (type(error), "What went wrong.", "x")


@pytest.mark.parametrize(
    "make",
    [
        experiment,
        lambda: factorial("How much {{ x }}?", x=["a", "b"]),
        lambda: copy.copy(pickle.loads(old("Results"))),
        lambda: Replications.__new__(Replications),
    ],
)
def test_designs_and_results_name_the_package(make: Callable[[], Any]) -> None:
    assert places(pickle.dumps(make(), protocol=4)) == {"otree_ego"}


def test_the_state_of_a_thread_names_no_module_of_ours() -> None:
    held = {f"held_{name.lower()}": value for name, value in VALUES.items()}
    llm = GPTThread("gpt-4o", design=experiment(), **held)
    convo = Conversation(ann=Thread(), bob=Thread())
    convo.held = list(VALUES.values())
    for data in (llm.pickled(), convo.pickled()):
        assert places(data) == {"otree_ego"}
        assert load_state(data)
    assert "_internals" not in llm.state() and "_internals" not in vars(llm) and "_internals" not in llm.public()


def test_a_subclass_of_the_experimenters_keeps_its_own_place() -> None:
    high = Loud("high", reward=100)
    again = pickle.loads(pickle.dumps(high))
    assert (type(again), again.reward, again.shout()) == (Loud, 100, "HIGH")
    assert Loud.__module__ == __name__


class Loud(Treatment):
    """A Treatment of the experimenter's own."""

    def shout(self) -> str:
        return self.name.upper()


# --- pickles of before ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_before_is_read(name: str) -> None:
    assert load_state(old(name)) == VALUES[name]


@pytest.mark.parametrize("name", [*OLD_ERRORS, "AmbiguousAnswer"])
def test_an_error_of_before_is_read(name: str) -> None:
    again: Any = load_state(old(name))
    assert type(again) is {**ERRORS, "AmbiguousAnswer": AmbiguousAnswer}[name] and isinstance(again.text, str)


def test_designs_and_results_of_before_are_read() -> None:
    again: Any = load_state(old("Experiment"))
    assert again.find("high").reward == 100 and again.assign(6, seed=1) == experiment().assign(6, seed=1)
    design: Any = load_state(old("Factorial"))
    assert type(design) is otree_ego.Factorial
    results: Any = load_state(old("Results"))
    assert type(results) is Results and [row["x"] for row in results] == ["a", "b"]
    assert {*OLD["pickles"]} == {*VALUES, *NOT_VALUES}, "each is looked at by some test"


def test_a_thread_and_a_conversation_of_before_are_read() -> None:
    llm = Thread.revive(OLD["thread"]["kind"], "1" * 32, load_state(base64.b64decode(OLD["thread"]["state"])))
    assert (type(llm), llm.model, llm.temperature) == (GPTThread, "gpt-4o", 1.0)
    assert (llm.persona, llm.treatment, llm.last) == (VALUES["Persona"], VALUES["Treatment"], MESSAGE)
    state = load_state(base64.b64decode(OLD["conversation"]))
    convo = Conversation.revive("2" * 32, state, (Thread(), Thread()))
    assert (convo.names, convo.treatment, convo.persona) == (("ann", "bob"), VALUES["Treatment"], VALUES["Persona"])


def test_what_otree_has_stored_of_ours_is_read_by_pickle_itself() -> None:
    """oTree reads `participant.vars` with plain pickle, in a process that has loaded nothing of ours."""
    found = [OLD["pickles"][name] for name in ("Persona", "Pace", "Treatment", "Policy", "AmbiguousAnswer", "Message")]
    code = (
        "import base64, pickle, sys\n"
        f"for each in {found!r}:\n"
        "    print(type(pickle.loads(base64.b64decode(each))))\n"
        "import otree_ego\n"
        "print(sorted(name for name in sys.modules if 'former' in name))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = ("Persona", "Pace", "Treatment", "Policy", "AmbiguousAnswer", "Message")
    assert done.stdout.splitlines() == [*(f"<class 'otree_ego.{name}'>" for name in names), "[]"]


def test_stored_state_has_one_reader() -> None:
    sources = {file.name: file.read_text("utf-8") for file in (REPO / "otree_ego").rglob("*.py")}
    readers = {name for name, text in sources.items() if "pickle.load" in text or "pickle.Unpickler" in text}
    assert readers - {"plan.py", "notes.py", "engines.py"} == {"pickles.py", "engine_workers.py", "worker_copies.py"}, (
        "two read what their own parent sends"
    )


def test_former_places_are_known_to_the_reader() -> None:
    folder = REPO / "otree_ego" / "former_places"
    aliases = {f"otree_ego.{file.stem}" for file in folder.glob("*.py")} - {"otree_ego.__init__"}
    assert aliases <= FORMER_MODULES


# --- what is named by the package ------------------------------------------------------------------------------------

NAMED = [name for name, home in otree_ego._HOME.items() if home != "binding" and callable(getattr(otree_ego, name))]


@pytest.mark.parametrize("name", NAMED)
def test_what_is_public_is_named_by_the_package(name: str) -> None:
    found = getattr(otree_ego, name)
    assert (found.__module__, found.__qualname__) == ("otree_ego", name)
    assert pickle.loads(pickle.dumps(found)) is found
    assert get_type_hints(found) is not None and inspect.getdoc(found)
    assert inspect.signature(found)


# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Thread", *otree_ego.agents.__all__])
def test_kinds_are_named_as_ever(name: str) -> None:
    assert kind_of(getattr(otree_ego, name)) == name and class_of(name) is getattr(otree_ego, name)


@pytest.mark.parametrize("kind", [Message, Reply, Request, Usage, Form], ids=lambda kind: kind.__name__)
def test_a_value_of_before_gets_the_default_of_a_field_that_was_added(kind: Any) -> None:
    value = VALUES[kind.__name__]
    names = [field.name for field in dataclasses.fields(kind)]
    before = [getattr(value, name) for name in names[:-1]]  # Python's own way: by position
    found = kind.__new__(kind)
    found.__setstate__(before)
    assert [getattr(found, name) for name in names[:-1]] == before
    last = dataclasses.fields(kind)[-1]
    if last.default is dataclasses.MISSING:
        assert last.default_factory is not dataclasses.MISSING and getattr(found, last.name)
    else:
        assert getattr(found, last.name) == last.default
    found.__setstate__({**value.__getstate__(), "of_a_later_version": 1})
    assert found == value
