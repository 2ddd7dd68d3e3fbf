"""A page's form as one typed question: how it is asked, how answers are read, and what is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness.served_pages import fragment, served

from otree_ego import ScriptedThread
from otree_ego.errors import ParseError
from otree_ego.players.form_question import FormQuestion, held, payload, question_of
from otree_ego.players.served_page import Page

ANSWER = {
    "q1": 3, "q2": 30, "q3": 0.5, "q4": "Ada", "q5": None, "q6": "Ja", "q7": "no", "q8": "red", "q9": "Right",
    "q10": "Chile",
}  # fmt: skip


def asked(page: Page) -> FormQuestion:
    """The question of a page."""
    found = question_of(page.form, tuple(page.keys.items()), page.name)
    assert found is not None
    return found


def sent(page: Page, answer: Any) -> list[tuple[str, str]]:
    """What is sent for an answer."""
    values = asked(page).read(json.dumps(answer))
    return payload(page.form, values, values.get("button", ""))


def test_all_fields_are_asked_for_and_sent() -> None:
    assert sent(served("fields"), ANSWER) == [
        ("points", "3"), ("age", "30"), ("share", "0.5"), ("name", "Ada"), ("story", ""), ("agree", "True"),
        ("colour", "red"), ("side", "2"), ("country", "Chile"),
    ]  # fmt: skip
    assert sent(
        served("handwritten"),
        dict(q1="Agree", q2="Neither", q3="Yellow: Banana", q4=10, q5="2026-03-01", q6="a@b", q7="ABC"),
    )[:3] == [("trick", "none"), ("likert_fair", "3"), ("likert_kind", "2")]
    assert sent(served("buttons"), {"button": "I am not"}) == [("plea", "not")]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"q1": 21}, "0 to 20"),
        ({"q2": 30.5}, "whole"),
        ({"q3": "1,5"}, "0 to 1"),
        ({"q4": ""}, "text"),
        ({"q6": "Vielleicht"}, "Ja"),
        ({"q10": "--------"}, "Austria"),
        ({"q8": None}, "no 'q8'"),
    ],
)
def test_what_the_server_would_not_refuse_is_refused_here(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ParseError, match=wrong):
        asked(served("fields")).read(json.dumps({**ANSWER, **change}))


@pytest.mark.parametrize(
    ("source", "answer", "good"),
    [
        ("<input name=a type=range max=50 step=5>", 7, False),
        ("<input name=a type=range max=50 step=5>", 10, True),
        ("<input name=a type=date min=2026-01-01>", "2025-12-31", False),
        ("<input name=a type=date max=2026-01-01>", "2025-12-31", True),
        ("<input name=a pattern='[A-Z]+' maxlength=2>", "abc", False),
        ("<input name=a pattern='[A-Z]+' maxlength=2>", "AB", True),
        ("<input name=a pattern='[' required>", "AB", True),
        ("<textarea name=a maxlength=3 required></textarea>", "four", False),
        ("<input type=checkbox name=a value=1><input type=checkbox name=a value=2>", ["1", "2"], True),
        ("<input type=checkbox name=a value=1><input type=checkbox name=a value=2>", ["3"], False),
        ("<select name=a multiple><option>x<option>y</select>", [], True),
        ("<input name=a type=number step=0.01 min=0>", 1.25, True),
        ("<input name=a type=number step=0.1>", 1.25, False),
        ("<input name=a type=number step=any>", 1.25, True),
    ],
)
def test_constraints_of_hand_written_controls_are_kept(source: str, answer: Any, good: bool) -> None:
    question = asked(fragment(source + "<button>Next</button>"))
    if good:
        assert question.read(json.dumps({"q1": answer})) == {"a": answer}
    else:
        with pytest.raises(ParseError):
            question.read(json.dumps({"q1": answer}))


def test_boxes_that_are_ticked() -> None:
    page = fragment("<label><input type=checkbox name=a value=yes> I agree</label><button>Next</button>")
    assert sent(page, {"q1": True}) == [("a", "yes")] and sent(page, {"q1": "no"}) == []
    several = fragment(
        "<label><input type=checkbox name=a value=1>One</label><label><input type=checkbox name=a>Two</label>"
    )
    assert sent(several, {"q1": ["Two", "One"]}) == [("a", "on"), ("a", "1")]


def test_one_value_is_answer_enough_for_one_field() -> None:
    page = fragment("<label>Offer <input type=number name=offer min=0 max=9></label><button>Next</button>")
    llm = ScriptedThread(["I would say 12.", "7"])
    assert llm.ask(asked(page), page.text) == {"offer": 7}
    assert "0 to 9" in llm.history[2]["content"]


def test_a_page_without_anything_to_decide_asks_nothing() -> None:
    page = served("instructions")
    assert question_of(page.form, tuple(page.keys.items()), page.name) is None
    assert payload(page.form, {}) == []


def test_the_form_keeps_a_service_and_the_embedded_model_to_it() -> None:
    form = asked(served("fields")).form
    assert form.schema["required"] == [*ANSWER] and form.strict
    assert form.schema["properties"]["q1"] == {
        "type": "integer", "minimum": 0, "maximum": 20, "description": "How many points do you give?",
    }  # fmt: skip
    assert form.grammar.startswith('root ::= "{\\"q1\\": " f0 ", \\"q2\\": " f1')
    assert "reasoning ::=" in FormQuestion(parts=asked(served("fields")).parts, reasoning=True).form.grammar


def test_reasons_come_before_the_answer() -> None:
    question = FormQuestion(parts=asked(served("strict")).parts, reasoning=True)
    text = '{"reasoning": "It is known.", "answer": {"q1": "42", "q2": 30}}'
    assert question.read_with_reasoning(text) == ({"answer": "42", "age": 30}, "It is known.")


def box(kind: str, name: str, value: str, more: str = "") -> str:
    return f"<label><input type={kind} name={name} value='{value}' {more}> {value.upper()}</label>"


@pytest.mark.parametrize(
    ("source", "pairs"),
    [
        (box("checkbox", "a", "d, e", "checked") + box("checkbox", "a", "f"), [("a", "d, e")]),
        ("<select name=a multiple><option selected>D, E<option>F<option selected>a,b</select>",
         [("a", "D, E"), ("a", "a,b")]),
        ("<select name=a multiple><option value=2 selected>1<option value=1>2</select>", [("a", "2")]),
        ("<select name=a multiple><option value=1 selected>A<option value=2>A</select>", [("a", "1")]),
        ("<select name=a multiple><option value='' selected>None<option value=1>A</select>", [("a", "")]),
        ("<select name=a><option value=2 selected>1<option value=1>2</select>", [("a", "2")]),
        ("<select name=a><option value=1>D, E<option value=2>F</select>", [("a", "1")]),
        ("<select name=a><option value=''>--<option value=2>F</select>", []),
        ("<select name=a><option value='' disabled selected>Choose<option value=2>F</select>", []),
        ("<select name=a><option value='' disabled>Choose<option value=2>F</select>", [("a", "2")]),
        ("<select name=a><option value='' hidden>Choose<option value=3 hidden>E<option value=2>F</select>", []),
        ("<select name=a size=3><option value=1>E<option value=2>F</select>", []),
        ("<select name=a><option value=1 selected>A<option value=2 selected>A</select>", [("a", "2")]),
        (box("radio", "a", "x, y", "checked") + box("radio", "a", "z"), [("a", "x, y")]),
        (box("radio", "a", "1", "checked") + box("radio", "a", "2", "checked"), [("a", "2")]),
    ],
)  # fmt: skip
def test_what_a_form_holds_is_sent_as_it_is(source: str, pairs: list[tuple[str, str]]) -> None:
    form = fragment(source + "<button>Next</button>").form
    assert payload(form, held(form)) == pairs


@pytest.mark.parametrize(
    ("source", "values", "pairs"),
    [
        ("<input type=hidden name=c value=0>" + box("checkbox", "c", "1"), {"c": False}, [("c", "0")]),
        ("<input type=hidden name=c value=0>" + box("checkbox", "c", "1"), {"c": True}, [("c", "0"), ("c", "1")]),
        (box("checkbox", "c", "1") + "<input type=hidden name=c value=0>", {"c": True}, [("c", "1"), ("c", "0")]),
        ("<input type=hidden name=c value=>" + box("radio", "c", "1"), {"c": "1"}, [("c", ""), ("c", "1")]),
        ("<input type=hidden name=c><select name=c multiple><option>x<option>y</select>", {"c": ["x"]},
         [("c", ""), ("c", "x")]),
        ("<input type=hidden name=c value=0><input name=d>", {"c": 5, "d": 1}, [("c", "5"), ("d", "1")]),
        ("<input type=hidden name=c value=0><input name=d>", {"d": 1}, [("c", "0"), ("d", "1")]),
        ("<input type=hidden name=c value=0><input name=c hidden>", {"c": 5}, [("c", "5"), ("c", "5")]),
    ],
)  # fmt: skip
def test_hidden_inputs_are_sent_as_a_browser_does(source: str, values: dict[str, Any], pairs: list[Any]) -> None:
    assert payload(fragment(source + "<button>Next</button>").form, values) == pairs


def test_a_script_may_name_one_of_several_or_an_option_of_a_group() -> None:
    page = fragment(
        "<select name=a multiple><option value=1>tea<option value=2>milk</select><select name=b><optgroup label=Mon>"
        "<option value=m>9h<optgroup label=Tue><option value=t>9h<option value=u>10h</select><button>Next</button>"
    )
    assert payload(page.form, {"a": "tea", "b": "10h"}) == [("a", "1"), ("b", "u")]
    assert payload(page.form, {"a": [2], "b": "Tue: 9h"}) == [("a", "2"), ("b", "t")]
    assert sent(page, {"q1": [], "q2": "Mon: 9h"}) == [("b", "m")]


def test_that_a_choice_may_stay_empty_stands_before_its_options() -> None:
    page = fragment("<select name=a><option>x<option>y</select><input name=b><button>Next</button>")
    assert asked(page).description.split("\n") == [
        "a JSON object with these fields:",
        '"q1": null, which leaves the field empty, or one of these options, word for word:', "- x", "- y",
        '"q2": a text. It may be null: then the field stays empty.',
    ]  # fmt: skip
    assert asked(page).read('{"q1": null, "q2": null}') == {"a": None, "b": None}
    must = fragment("<select name=a required><option>x<option>y</select><button>Next</button>")
    assert "null" not in asked(must).description
