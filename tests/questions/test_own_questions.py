"""A typed question of one's own, written outside the package, and form fields of a framework of one's own."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from otree_ego import ConfigError, ConstantThread, InvalidAnswer, Request, ScriptedThread, Thread, replicate
from otree_ego.providers.simple import Scripted
from otree_ego.questions import Choice, Question, fail, fields, register_form_fields
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService
from otree_ego.threads.base import internals


@dataclass(frozen=True)
class Stars(Question):
    """A rating: "3 stars"."""

    most: int = 5

    @property
    def expected(self) -> str:
        return f"a rating from 1 to {self.most} stars, e.g. 3 stars"

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [f"{n} stars" for n in range(1, self.most + 1)]}

    @property
    def grammar(self) -> str:
        return f'root ::= [1-{self.most}] " stars"'

    @property
    def grammar_rule(self) -> str:
        return f'"\\"" [1-{self.most}] " stars\\""'

    def parse(self, text: str) -> int:
        found = re.fullmatch(r"(\d) stars?\.?", text)
        if found is None or not 1 <= int(found[1]) <= self.most:
            fail(text, self.expected, "it is no such rating")
        return int(found[1])

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "most": self.most}


def asked(llm: Thread) -> list[dict[str, Any]]:
    return [message.params["question"] for message in llm.messages if message.role == "assistant"]


@pytest.mark.parametrize("way", ["plain", "async"])
def test_it_is_asked_read_asked_again_and_recorded(way: str) -> None:
    llm = ScriptedThread(["Many.", "9 stars", "4 stars"])
    if way == "plain":
        value = llm.ask(Stars(), "How was it?", hidden=False)
    else:
        value = asyncio.run(llm.aio.ask(Stars(), "How was it?", hidden=False))
    assert value == 4
    assert llm.messages[0].text == "How was it?\n\nAnswer only with a rating from 1 to 5 stars, e.g. 3 stars."
    assert [(one["kind"], one["most"], one["try"], one.get("value")) for one in asked(llm)] == [
        ("stars", 5, 1, None), ("stars", 5, 2, None), ("stars", 5, 3, 4),
    ]  # fmt: skip
    assert asked(llm)[0]["invalid"] == "'Many.' is not a rating from 1 to 5 stars, e.g. 3 stars: it is no such rating."


def test_an_answer_that_never_fits_is_an_error() -> None:
    with pytest.raises(InvalidAnswer, match="no answer that is a rating from 1 to 3 stars") as caught:
        ConstantThread("Great!").ask(Stars(3), "How was it?", tries=2)
    assert caught.value.answers == ("Great!", "Great!")


def test_reasoning_is_kept_apart() -> None:
    llm = ConstantThread('{"reasoning": "It was fine.", "answer": "4 stars"}')
    assert llm.ask(Stars(), "How was it?", reasoning=True) == 4
    assert asked(llm)[0]["reasoning"] == "It was fine."


def test_the_embedded_model_is_given_its_grammar() -> None:
    plain, reasoned = Stars().form, Stars(reasoning=True).form
    assert (plain.name, plain.grammar) == ("stars", 'root ::= [1-5] " stars"')
    assert 'answer ::= "\\"" [1-5] " stars\\""' in reasoned.grammar
    seen: list[Request] = []
    script = Scripted(lambda request: seen.append(request) or "2 stars")
    llm = Thread("local/smollm2")
    internals(llm).find_provider = lambda model: script
    assert llm.ask(Stars(), "How was it?") == 2
    assert seen[0].form == plain


@pytest.mark.usefixtures("clean_slate")
def test_a_service_is_held_to_its_schema(uni: FakeService) -> None:
    uni.reply = '{"answer": "5 stars"}'
    llm = Thread("uni/gpt-stars")
    assert llm.ask(Stars(), "How was it?") == 5
    sent = uni.requests[0].body["response_format"]["json_schema"]
    assert (sent["name"], sent["schema"]["properties"]["answer"]) == ("stars", Stars().schema)
    assert asked(llm)[0]["constrained"] == "json_schema" and asked(llm)[0]["value"] == 5


def test_it_is_read_back_from_the_record_of_a_run(tmp_path: Path) -> None:
    path = str(tmp_path / "runs.db")
    (done,) = replicate(rate, lambda: ScriptedThread(["Hm.", "4 stars"]), 1, store=path, progress=False)
    assert done.result == 4
    store = RunStore(path, create=False)
    try:
        (seat,) = store.seats(done.run, last=True)
        record = store.messages([seat.thread.uid])[seat.thread.uid]
    finally:
        store.close()
    questions = [message.params["question"] for message in record if message.role == "assistant"]
    assert [(one["kind"], one.get("value")) for one in questions] == [("stars", None), ("stars", 4)]


def rate(thread: Thread) -> Any:
    return thread.ask(Stars(), "How was it?")


# --- form fields ------------------------------------------------------------------------------------------------------


@dataclass
class Form:
    """A form of some framework that the package knows nothing of."""

    colours = ("red", "blue")


def test_another_framework_registers_its_form_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "_readers", [])

    @register_form_fields
    def reader(form: Form, field: str, label_needed: bool) -> tuple[Question, str]:
        if field != "colour":
            raise ConfigError(f"There is no field {field!r}.")
        return Choice(form.colours), "Which colour?" if label_needed else ""

    llm = ConstantThread("Blue")
    assert llm.decide(Form(), "colour") == "blue"
    assert llm.messages[0].text.startswith("Which colour?\n\nAnswer only with one of these options")
    assert asyncio.run(llm.aio.decide(Form(), "colour", "And now?")) == "blue"
    with pytest.raises(ConfigError, match="no field 'size'"):
        llm.decide(Form(), "size")


def test_without_a_framework_there_is_nothing_to_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "_readers", [])
    with pytest.raises(ConfigError, match="takes a player or a group of a running oTree, not Form"):
        ConstantThread("5").decide(Form(), "offer")
