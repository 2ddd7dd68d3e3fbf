"""Personas, whose turn it is in a group chat, and what each of them is sent."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from otree_ego import ConfigError, Message, Persona, personas_from_text
from otree_ego.chat_rules.personas import COLOURS, colours_for, distinct, seats
from otree_ego.chat_rules.turn_taking import heard_by, in_a_row, is_pass, names, next_speaker, view_of, without_name

ADA, BEN = Persona("Ada", "You are Ada."), Persona("Ben", "You are Ben.", speaks="addressed")
PEOPLE = {"k1": "Kim", "l2": "Lou"}


def record(*said: Any) -> list[Message]:
    """Messages from pairs of author and text; a Message is taken as it is. Placed one after the other."""
    places = count(1)
    made = [
        one if isinstance(one, Message) else Message("user" if one[0] in PEOPLE else "assistant", one[1], author=one[0])
        for one in said
    ]
    return [replace(message, seq=next(places)) for message in made]


def turn(said: list[Message], *personas: Persona, most: int = 3) -> tuple[str, str] | None:
    found = next_speaker(said, personas, most)
    return None if found is None else (found[0].name, str(found[1]))


# --- what a persona is ------------------------------------------------------------------------------------------------


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
    assert (one.may_pass, ADA.may_pass) == (True, False)


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
            seats(wrong)  # type: ignore[arg-type]


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
    room = seats([Persona("Ada", colour=COLOURS[0]), Persona("Ben"), Persona("Cy")])
    assert [one.colour for one in room] == list(COLOURS[:3])
    assert colours_for(3, COLOURS[:7]) == [COLOURS[7]] * 3
    assert len(colours_for(20, COLOURS)) == 20


def test_participants_names_are_one_line_and_unlike() -> None:
    wanted = {"a": "Ada", "b": "Kim\nBen: yes", "c": "kim ben yes", "d": " ", "e": "@[|]", "f": "x" * 60}
    shown = distinct(wanted, ["Ada", "Ben"])
    assert list(shown.values()) == ["Ada 2", "Kim Ben yes", "kim ben yes 2", "?", "? 2", "x" * 40]


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_always_means_once_after_what_humans_said() -> None:
    said = record(("k1", "one"), ("l2", "two"))
    assert turn(said, ADA) == ("Ada", "always")
    assert turn(record(("k1", "one"), ("Ada", "yes")), ADA) is None
    assert turn([], ADA) is None


def test_what_came_while_it_wrote_is_news() -> None:
    reply = Message("assistant", "yes", author="Ada", params={"heard": 1})
    said = record(("k1", "one"), ("l2", "two"), reply)
    assert heard_by(said, ADA) == 1
    assert turn(said, ADA) == ("Ada", "always")


def test_hidden_and_system_messages_call_nobody() -> None:
    said = record(Message("system", "Ben!"), Message("user", "Ben!", hidden=True, author="k1"), Message("user", "Ben!"))
    assert turn(said, ADA, BEN) is None


def test_what_failed_is_not_asked_again_but_what_was_broken_off_is() -> None:
    failed = Message("assistant", "", author="Ada", status="failed", error="Overloaded", attempts=3)
    broken = Message("assistant", "", author="Ada", status="failed", error="Interrupted")
    dropped = Message("assistant", "", author="Ada", status="failed", error="Interrupted", attempts=1)
    assert turn(record(("k1", "one"), failed), ADA) is None
    assert turn(record(("k1", "one"), dropped), ADA) is None
    assert turn(record(("k1", "one"), broken), ADA) == ("Ada", "always")


def test_who_has_listened_longest_speaks_first() -> None:
    cy = Persona("Cy")
    said = record(("k1", "one"), ("Ada", "yes"), ("k1", "two"))
    assert turn(said, ADA, cy) == ("Cy", "always")
    assert turn(record(("k1", "one")), ADA, cy) == ("Ada", "always")


def test_an_answer_asks_nobody_when_the_row_is_full() -> None:
    chain = [("k1", "Ben?"), ("Ben", "Ada?"), ("Ada", "Ben?"), ("Ben", "Ada?")]
    ada = replace(ADA, speaks="addressed")
    for length, expected in ((1, "Ben"), (2, "Ada"), (3, "Ben")):
        assert turn(record(*chain[:length]), ada, BEN) == (expected, "addressed")
    full = record(*chain)
    assert in_a_row(full) == 3
    assert turn(full, ada, BEN) is None
    assert turn(record(*chain, ("k1", "I see.")), ada, BEN) is None
    assert turn(record(*chain, ("k1", "Well, Ada?")), ada, BEN) == ("Ada", "addressed")


def test_replies_that_nobody_sees_do_not_count_in_a_row() -> None:
    passed = Message("assistant", "PASS", author="Mo", hidden=True)
    failed = Message("assistant", "", author="Ada", status="failed", error="Overloaded", attempts=1)
    said = record(("k1", "one"), passed, failed, ("Ben", "yes"))
    assert (in_a_row(said), in_a_row(said, tries=True)) == (1, 3)


def test_silence_is_not_read_from_the_record() -> None:
    assert turn(record(("k1", "one")), replace(ADA, speaks="after 5 s")) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada?", True),
        ("@Ada", True),
        ("(Ada)", True),
        ("Adam", False),
        ("Canada", False),
        ("ada_1", False),
        ("", False),
    ],
)
def test_a_name_is_a_word(text: str, found: bool) -> None:
    assert names(text, "Ada") is found


def test_names_with_signs_are_found_as_they_are() -> None:
    assert names("Hi Dr. Who (AI)!", "Dr. Who (AI)")
    assert not names("Hi DrX Who (AI)!", "Dr. Who (AI)")


# --- what it is sent --------------------------------------------------------------------------------------------------


def test_a_view_has_one_system_message_and_names_for_all_others() -> None:
    passed = Message("assistant", "PASS", author="Ada", hidden=True)
    said = record(
        Message("system", "It is about bread."), ("k1", "Hi {{ x }}"), ("Ada", "ada: Hello"), ("Ben", "Ben: Yes"),
        passed, ("assistant", "From the experimenter"), ("l2", "Well?"), Message("user", "A hint", hidden=True),
    )  # fmt: skip
    said[5] = replace(said[5], author="")
    (role, system), *rest = view_of(said, ADA, PEOPLE, (ADA, BEN))
    assert role == "system"
    assert system.split("\n\n")[:2] == ["It is about bread.", "You are Ada."]
    assert "Also in it: Kim, Lou, Ben." in system
    assert rest == [
        ("user", "Kim: Hi {{ x }}"), ("assistant", "Hello"), ("user", "Ben: Yes"),
        ("assistant", "From the experimenter"), ("user", "Lou: Well?"), ("user", "A hint"),
    ]  # fmt: skip


def test_a_view_ends_with_something_to_answer() -> None:
    assert view_of([], ADA, {}, (ADA,))[-1] == ("user", "(Nobody has written yet. Write the first message.)")
    spoken = view_of(record(("k1", "one"), ("Ada", "yes")), ADA, PEOPLE, (ADA,), "de")
    assert spoken[-1][1].startswith("(Seit einer Weile hat niemand geschrieben.")
    reply = Message("assistant", "yes", author="Ada", params={"heard": 1})
    news = record(("k1", "one"), ("l2", "two"), reply)
    assert view_of(news, ADA, PEOPLE, (ADA,))[1:] == (("user", "Kim: one"), ("assistant", "yes"), ("user", "Lou: two"))
    assert view_of(news, BEN, PEOPLE, (ADA, BEN))[-1] == ("user", "Ada: yes")


def test_braces_in_names_and_instructions_are_text() -> None:
    odd = Persona("{me}", "Say {others} and {{ key }}.")
    system = view_of([], odd, {"a": "{0.__class__}"}, (odd,))[0][1]
    assert system.startswith("Say {others} and {{ key }}.\n\nYou are {me} in a group chat. Also in it: {0.__class__}.")


@pytest.mark.parametrize(
    "text", ["PASS", "pass", "Pass.", "**PASS**", "Mo: PASS", "PASS - all is well", "Fine.\n\nPASS"]
)
def test_a_pass_is_understood(text: str) -> None:
    assert is_pass(text, "Mo")


@pytest.mark.parametrize(
    "text", ["I pass it on.", "Pass me the salt", "Passing by", "PASSWORD", "bypass", "Let us go."]
)
def test_what_is_no_pass_is_said(text: str) -> None:
    assert not is_pass(text, "Mo")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada: Hi", "Hi"),
        ("ADA : Hi", "Hi"),
        ("**Ada**: Hi", "Hi"),
        ("Ada:", "Ada:"),
        ("Adam: Hi", "Adam: Hi"),
        ("I, Ada: Hi", "I, Ada: Hi"),
    ],
)
def test_the_authors_name_before_a_text(text: str, shown: str) -> None:
    assert without_name(text, "Ada") == shown
