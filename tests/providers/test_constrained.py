"""Answers of a form from services: JSON Schema where it is taken, a grammar for the embedded model, else only words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from harness.providers import ask
from pydantic import BaseModel, Field

from otree_ego import InvalidAnswer, Thread
from otree_ego.errors import BadRequest, ProviderError, TimedOut
from otree_ego.messages import Form
from otree_ego.providers.openai import dialect
from otree_ego.providers.openai.dialect import refused_form
from otree_ego.questions.kinds import Number
from otree_ego.testing import fitting

FORM = Number(0, 10, integer=True).form
REFUSALS = [
    "This response_format type is unavailable now",
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    "This model does not support response format `json_schema`.",
    "Structured outputs are not enabled for this deployment.",
    "Unsupported parameter: 'response_format' is not supported with this model.",
    "response_format.type: Input should be 'text' or 'json_object'",
]
COMPLAINTS = [
    "Invalid schema for response_format 'number': In context=('properties', 'answer'), 'minimum' is not permitted.",
    "response_format.json_schema: the schema is invalid at /properties/answer",
    "Failed to convert the JSON schema to a grammar: unsupported type",
    "Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.",
]


class Split(BaseModel):
    """An answer with parts."""

    mine: int = Field(ge=0, le=10)
    others: list[int] = Field(min_length=2, max_length=2)
    note: str = Field(max_length=60)


def bodies(service: Any) -> list[Any]:
    return [request.body for request in service.requests]


def formats(service: Any) -> list[bool]:
    """For each request, whether it wanted a form."""
    return ["response_format" in body for body in bodies(service)]


@pytest.mark.usefixtures("clean_slate")
class TestServices:
    """Services that speak OpenAI's protocol."""

    def test_the_schema_is_sent_and_noted(self, uni: Any) -> None:
        uni.reply = '{"answer": 3}'
        reply = ask(form=FORM, params={"temperature": 0.5})[1]
        assert bodies(uni)[0]["response_format"] == {
            "type": "json_schema",
            "json_schema": {
                "name": "number",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 10}},
                    "required": ["answer"],
                    "additionalProperties": False,
                },
            },
        }
        assert reply.params == {"temperature": 0.5, "constrained": "json_schema"}, "the schema itself is not kept"

    def test_what_the_experimenter_wants_comes_first(self, uni: Any) -> None:
        own = {"response_format": {"type": "json_object"}}
        assert ask(form=FORM, extra=own)[1].params is None
        assert bodies(uni)[0]["response_format"] == own["response_format"]
        uni.fail(400, message=REFUSALS[0])
        with pytest.raises(BadRequest):
            ask(form=FORM, extra=own)
        assert ask(form=FORM)[1].params == {"constrained": "json_schema"}, "and teaches nothing"

    @pytest.mark.parametrize("words", REFUSALS)
    def test_a_refusal_is_learned_once(self, uni: Any, words: str) -> None:
        uni.fail(400, message=words)
        assert ask(form=FORM)[1].params is None
        assert formats(uni) == [True, False]
        ask(form=FORM)
        ask(form=Form("other", {"type": "object"}))
        assert formats(uni) == [True, False, False, False], "never sent again to this model"
        ask("uni/other", form=FORM)
        assert formats(uni)[-1], "another model is another matter"

    @pytest.mark.parametrize("words", COMPLAINTS)
    def test_a_complaint_about_a_schema_is_held_against_that_schema(self, uni: Any, words: str) -> None:
        uni.fail(400, message=words)
        for _ in range(2):
            assert ask(form=FORM)[1].params is None
        ask(form=Number(0, 20, integer=True).form)
        assert formats(uni) == [True, False, False, True]

    def test_other_errors_are_no_refusals(self, uni: Any) -> None:
        for words in ("Your prompt is too long.", "Invalid 'temperature': 9 is above the maximum of 2."):
            assert refused_form({"message": words}) == ""
            uni.fail(400, message=words)
            with pytest.raises(BadRequest):
                ask(form=FORM)
        uni.fail(500, message=REFUSALS[0])
        with pytest.raises(ProviderError):
            ask(form=FORM)
        assert formats(uni) == [True, True, True]

    def test_it_is_learned_beside_other_parameters(self, uni: Any) -> None:
        uni.refuse = {"response_format", "temperature", "max_tokens"}
        reply = ask(form=FORM, params={"temperature": 0.1, "max_tokens": 9})[1]
        assert (
            reply.params == {"max_completion_tokens": 9, "not_in_force": {"temperature": 0.1}}
            and len(uni.requests) == 4
        )

    def test_everybody_at_once_learns(self, uni: Any) -> None:
        uni.refuse, uni.reply = {"response_format"}, "4"

        async def many() -> list[Any]:
            return await asyncio.gather(*(Thread("uni/m").aio.ask_number("How many?", low=0) for _ in range(20)))

        assert asyncio.run(many()) == [4] * 20
        before = len(uni.requests)
        assert Thread("uni/m").ask_number("How many?", low=0) == 4
        assert len(uni.requests) == before + 1 and not formats(uni)[-1]

    @pytest.mark.parametrize("refuse", [(), ("response_format",)])
    @pytest.mark.parametrize("reasoning", [False, True])
    def test_a_model_that_answers_well_is_asked_once(self, uni: Any, refuse: Any, reasoning: bool) -> None:
        uni.reply, uni.refuse = fitting, refuse
        llm = Thread("uni/m", temperature=1.0)
        found = [
            llm.ask_number("Number?", low=3, high=9, integer=True, reasoning=reasoning),
            llm.ask_number("Number?", low=0.25, high=0.75, reasoning=reasoning),
            llm.ask_number("Number?", high=-2, reasoning=reasoning),
            llm.ask_choice("Which?", ["one", "two"], reasoning=reasoning),
            llm.ask_yes_no("Really?", reasoning=reasoning),
            llm.ask_text("What?", min_length=20, max_length=25, reasoning=reasoning),
            llm.ask_text("What?", max_length=3, reasoning=reasoning),
            llm.ask_json("Which split?", Split, reasoning=reasoning),
        ]
        assert found[:5] == [3, 0.25, -2, "one", True]
        assert 20 <= len(found[5]) <= 25 and len(found[6]) <= 3 and isinstance(found[7], Split)
        asked = [m.params["question"] for m in llm.messages if m.role == "assistant"]
        assert [one["try"] for one in asked] == [1] * 8
        assert {one["constrained"] for one in asked} == {"" if refuse else "json_schema"}
        assert all(bool(one["reasoning"]) == reasoning for one in asked)
        assert all("constrained" not in m.params for m in llm.messages)

    def test_the_instruction_is_the_same_for_every_model(self, uni: Any) -> None:
        uni.reply = fitting
        for model in ("uni/a", "uni/b"):
            uni.refuse = () if model == "uni/a" else {"response_format"}
            Thread(model).ask_choice("Which?", ["one", "two"])
        assert bodies(uni)[0]["messages"] == bodies(uni)[-1]["messages"]

    @pytest.mark.parametrize(
        ("name", "arguments", "options", "good"),
        [
            ("ask_number", (), dict(low=0, high=10), "7"),
            ("ask_choice", (["left", "right"],), {}, "right"),
            ("ask_yes_no", (), {}, "no"),
            ("ask_json", (Split,), {}, '{"mine": 1, "others": [2, 3], "note": "x"}'),
        ],
    )
    @pytest.mark.parametrize("bad", ["Hmm, well.", "11 or 12", '{"answer": [11]}', "left, no: right, yes", "{}", "1,5"])
    def test_nonsense_is_asked_again(
        self, uni: Any, name: str, arguments: Any, options: dict[str, Any], good: str, bad: str
    ) -> None:
        uni.reply = [bad, good]
        llm = Thread("uni/m")
        getattr(llm, name)("What?", *arguments, **options)
        assert len(uni.requests) == 2
        assert bodies(uni)[1]["messages"][-2:] == [
            {"role": "assistant", "content": bad},
            {"role": "user", "content": llm.messages[2].text},
        ]
        assert llm.messages[1].params["question"]["invalid"] in llm.messages[2].text

    def test_an_empty_reply_is_trouble_and_not_an_answer(self, uni: Any) -> None:
        uni.reply = "5"
        uni.fault("empty")
        llm = Thread("uni/m", backoff=0.0)
        assert llm.ask_number("How many?") == 5
        (reply,) = (m for m in llm.messages if m.role == "assistant")
        assert reply.attempts == 2 and reply.params["question"]["try"] == 1

    def test_an_answer_that_was_cut_is_no_answer(self, uni: Any) -> None:
        uni.reply = ["I think that 10 points", '{"answer": 10}']
        uni.fault("length")
        llm = Thread("uni/m")
        assert llm.ask_number("How many?") == 10
        assert [m.status for m in llm.messages if m.role == "assistant"] == ["partial", "complete"]

    def test_the_deadline_is_for_the_whole_question(self, uni: Any) -> None:
        uni.delay = 0.1
        llm = Thread("uni/m", deadline=2.0, retries=0)
        with pytest.raises((InvalidAnswer, TimedOut)):
            llm.ask_number("How many?", tries=1000)
        assert 2 <= len(uni.requests) <= 20
        assert sum(m.latency or 0.0 for m in llm.messages) < 10

    def test_an_answer_after_the_deadline(self, uni: Any) -> None:
        uni.hold()
        try:
            with pytest.raises(TimedOut):
                Thread("uni/m", deadline=0.2, retries=0).ask_number("How many?")
            late = Thread("uni/m", deadline=0.2, retries=0, fallback_text="2")
            assert late.ask_number("How many?") == 2
        finally:
            uni.release()


# --- the embedded model -----------------------------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.parametrize("reasoning", [False, pytest.param(True, marks=pytest.mark.full)])
def test_the_embedded_model_is_right_every_time(reasoning: bool) -> None:
    for name, arguments, options, constrained in EVERY_KIND:
        llm = Thread("local/smollm2", temperature=1.2)
        value = getattr(llm, name)("You play a game. What do you say?", *arguments, **options, reasoning=reasoning)
        asked = [m.params["question"] for m in llm.messages if m.role == "assistant"]
        assert len(asked) == 1, f"{name} {options}: {[m.text for m in llm.messages]}"
        assert asked[0]["constrained"] in constrained and bool(asked[0]["reasoning"]) == reasoning
        assert value is not None and len(asked[0]["reasoning"]) <= 400


EVERY_KIND: list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[str, ...]]] = [
    ("ask_number", (), dict(low=0, high=100, integer=True), ("grammar",)),
    ("ask_number", (), dict(low=-12_345, high=67_890, integer=True), ("grammar",)),
    ("ask_number", (), dict(low=0.5, high=1.5), ("grammar",)),
    ("ask_number", (), {}, ("grammar",)),
    ("ask_choice", (["Defect", 'Co-"operate"', "Überlegen"],), dict(shuffle=True), ("grammar",)),
    ("ask_yes_no", (), dict(yes="ja", no="nein"), ("grammar",)),
    ("ask_text", (), dict(min_length=5, max_length=60), ("grammar",)),
    ("ask_text", (), {}, ("grammar", "json_schema")),
    ("ask_json", (Split,), {}, ("json_schema",)),
    (
        "ask_json",
        ({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "maxItems": 3},),
        {},
        ("json_schema",),
    ),
]


@pytest.mark.model
def test_the_embedded_model_in_async_code() -> None:
    async def both() -> list[Any]:
        one, two = Thread("local/smollm2"), Thread("local/smollm2")
        return await asyncio.gather(
            one.aio.ask_number("How many?", low=0, high=5, integer=True), two.aio.ask_yes_no("Really?")
        )

    number, answer = asyncio.run(both())
    assert number in range(6) and answer in (True, False)


@pytest.mark.model
def test_an_own_grammar_of_the_experimenters_stays() -> None:
    llm = Thread("local/smollm2")
    assert llm.ask_number("How many?", low=0, high=9, extra={"grammar": 'root ::= "7"'}) == 7
    assert llm.messages[-1].params["question"]["constrained"] == ""


def test_services_that_know_no_forms_are_asked_in_words() -> None:
    llm = Thread("constant/I take 4")
    assert llm.ask_number("How many?") == 4
    assert llm.messages[-1].params["question"]["constrained"] == ""


# --- the reply function for tests -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3},
        {"type": "integer", "exclusiveMinimum": 3},
        {"type": "integer", "maximum": -7},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "integer", "multipleOf": 5, "minimum": 7},
        {"enum": ["x", "y"]},
        {"const": None},
        {"type": "boolean"},
        {"type": ["string", "null"]},
        {"type": "string", "minLength": 20, "maxLength": 22},
        {"type": "string", "maxLength": 2},
        {"type": "array", "items": {"type": "number"}, "minItems": 3},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        Split.model_json_schema(),
        {"$defs": {"A": {"type": "object", "properties": {"b": {"const": 1}}}}, "$ref": "#/$defs/A"},
    ],
)
def test_fitting_fits_a_schema(schema: dict[str, Any]) -> None:
    import jsonschema

    told = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    jsonschema.validate(json.loads(fitting({"messages": [], "response_format": told})), schema)


def test_fitting_without_a_question_just_talks() -> None:
    asked = {"role": "user", "content": "Really?\n\nAnswer only with yes or no."}
    wrong = {"role": "user", "content": "Your answer could not be used: it is empty. Please answer again."}
    hello = {"role": "user", "content": "Hello"}
    assert fitting({"messages": [hello]}) == fitting({"messages": [asked, hello]}) == "Fine."
    assert fitting({"messages": [asked, wrong]}) == "yes"


def test_what_a_schema_is_called_does_not_depend_on_its_order() -> None:
    assert dialect.schema_key({"a": 1, "b": 2}) == dialect.schema_key({"b": 2, "a": 1}) != dialect.schema_key({})
