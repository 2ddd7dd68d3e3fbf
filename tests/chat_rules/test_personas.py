"""Personas: what one is, and how a session config writes several."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest

from otree_ego import ConfigError, Persona, personas_from_text
from otree_ego.chat_rules.personas import COLOURS, colours_for, with_colours
from otree_ego.experiment.runs.origin import digest


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "1 to 40 characters"),
        ({"name": "A" * 41}, "1 to 40 characters"),
        ({"name": "Ada: Ben"}, "1 to 40 characters"),
        ({"name": "Ada\nBen"}, "1 to 40 characters"),
        ({"name": 7}, "this takes a text"),
        ({"instructions": None}, "this takes a text"),
        ({"colour": "red"}, "'Ada': colour = 'red'"),
        ({"colour": "#12345"}, "a colour such as"),
        ({"colour": "#123456; background: url(x)"}, "a colour such as"),
        ({"speaks": "sometimes"}, "speaks = 'sometimes'; it takes \"always\""),
        ({"speaks": "every 0"}, "at least 1"),
        ({"speaks": "every"}, "it takes"),
        ({"speaks": "after 0.1 s"}, "at least 1"),
        ({"speaks": ""}, "it takes"),
        ({"speaks": "always,"}, "it takes"),
        ({"at_most": -1}, "at_most = -1"),
        ({"at_most": True}, "at_most"),
        ({"at_most": 1.5}, "at_most"),
        ({"temperature": 3}, "temperature = 3"),
        ({"pace": "soon"}, "Persona 'Ada': A pace of 'soon' cannot be"),
    ],
)
def test_a_wrong_value_is_refused_by_name(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Persona(**{"name": "Ada", **values})
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("speaks", "rules"),
    [
        ("always", ["always"]),
        ("Every  3", ["every 3"]),
        ("after 20 s", ["after 20 s"]),
        ("after 2.5 seconds", ["after 2.5 s"]),
        ("every 2, addressed , after 30s", ["every 2", "addressed", "after 30 s"]),
    ],
)
def test_when_it_speaks_is_read(speaks: str, rules: list[str]) -> None:
    assert [str(rule) for rule in Persona("Ada", speaks=speaks).rules] == rules


def test_a_persona_can_be_kept_and_compared() -> None:
    one = Persona("Ada", pace=(1, 2), speaks="moderator")
    assert pickle.loads(pickle.dumps(one)) == one == replace(one)
    assert (one.may_pass, Persona("Ada").may_pass) == (True, False)


def test_personas_in_a_text() -> None:
    ben_too = "Ben [every 2; at_most=5; model=constant/Hi; pace=2-6; temperature=0.2]: No."
    text = f"Ada: You are curious: ask. | {ben_too} \n Cy:"
    ada, ben, cy = personas_from_text(text, speaks="addressed", pace=1)
    assert (ada.name, ada.instructions, ada.speaks, ada.pace.text) == ("Ada", "You are curious: ask.", "addressed", "1")
    assert (ben.speaks, ben.at_most, ben.model, ben.pace.text, ben.temperature) == (
        "every 2",
        5,
        "constant/Hi",
        "2-6",
        0.2,
    )
    assert (cy.name, cy.instructions) == ("Cy", "")
    assert len({one.colour for one in (ada, ben, cy)}) == 3


def test_personas_in_json() -> None:
    text = '[{"name": "Ada", "instructions": "a | b", "pace": [1, 2]}, {"name": "Ben", "speaks": "every 2"}]'
    ada, ben = personas_from_text(text, speaks="addressed")
    assert (ada.instructions, ada.pace.text, ada.speaks, ben.speaks) == ("a | b", "1-2", "addressed", "every 2")
    assert personas_from_text("  ") == personas_from_text("[]") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Ada", "written as"),
        ("Ada [always: You", "written as"),
        (": You", "1 to 40"),
        ("Ada [mood=good]: You", "there is no 'mood'"),
        ("Ada [at_most=few]: You", "at_most = 'few' is no number"),
        ("Ada: You | ada: I", "Two personas have the name"),
        ('[{"name": "Ada"', "no JSON list"),
        ('[{"nam": "Ada"}]', "A persona in JSON"),
        ("[3]", "A persona in JSON"),
        ("[{}]", "A persona in JSON"),
    ],
)
def test_a_text_that_names_no_personas_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        personas_from_text(text)
    assert says in str(caught.value)


def test_models_are_looked_at_where_that_is_asked_for() -> None:
    text = "Ada [model=nowhere/none]: You"
    assert personas_from_text(text)[0].model == "nowhere/none"
    with pytest.raises(ConfigError, match="Persona 'Ada': model = 'nowhere/none'"):
        personas_from_text(text, models=True)


def test_a_room_takes_personas_only() -> None:
    for wrong in ("Ada: You", ["Ada"], [None], None, 3):
        with pytest.raises(ConfigError, match=r"takes a list of Persona"):
            with_colours(wrong)  # type: ignore[arg-type]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["#ffffff", "#eef0f2"])
def test_given_colours_can_be_read(ground: str) -> None:
    assert len(set(COLOURS)) == len(COLOURS)
    for colour in COLOURS:
        assert (luminance(ground) + 0.05) / (luminance(colour) + 0.05) >= 4.5, colour


def test_colours_are_given_as_long_as_there_are_some() -> None:
    room = with_colours([Persona("Ada", colour=COLOURS[0]), Persona("Ben"), Persona("Cy")])
    assert [one.colour for one in room] == list(COLOURS[:3])
    assert colours_for(3, COLOURS[:7]) == [COLOURS[7]] * 3
    assert len(colours_for(20, COLOURS)) == 20


def test_a_design_with_a_persona_of_before_is_the_same() -> None:
    persona = Persona("Ada", "You are curious.")
    before = {name: value for name, value in vars(persona).items() if name not in ("opening", "picture")}
    assert digest({"who": persona}) == digest({"who": {"type": "Persona", **before}})
    assert digest({"who": Persona("Ada", opening="Hi")}) != digest({"who": Persona("Ada")})
