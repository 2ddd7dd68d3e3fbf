"""Whose turn it is in a group chat, and what each persona is sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from otree_ego import Message, Persona
from otree_ego.chat_rules.members import Members
from otree_ego.chat_rules.turn_taking import (
    in_a_row,
    is_pass,
    known_up_to,
    mentions,
    messages_for,
    next_after_silence,
    next_speaker,
    without_name,
)
from otree_ego.errors import ConfigError

ADA, BEN = Persona("Ada", "You are Ada."), Persona("Ben", "You are Ben.", speaks="addressed")
PEOPLE = {"k1": "Kim", "l2": "Lou"}
BOTH = Members((ADA, BEN), PEOPLE)


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


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_always_means_once_after_what_humans_said() -> None:
    said = record(("k1", "one"), ("l2", "two"))
    assert turn(said, ADA) == ("Ada", "always")
    assert turn(record(("k1", "one"), ("Ada", "yes")), ADA) is None
    assert turn([], ADA) is None


def test_what_came_while_it_wrote_is_news() -> None:
    reply = Message("assistant", "yes", author="Ada", params={"heard": 1})
    said = record(("k1", "one"), ("l2", "two"), reply)
    assert known_up_to(said, ADA) == 1
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


def test_who_has_not_spoken_for_longest_speaks_first() -> None:
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


def test_a_silence_is_broken_by_the_least_patient_who_may_still_speak() -> None:
    ada, ben = replace(ADA, speaks="after 5 s", at_most=1), replace(BEN, speaks="addressed, after 9 s")
    said = record(("k1", "one"))
    assert turn(said, ada, ben) is None
    assert next_after_silence(said, (ben, ada), 3) == (ada, 5)
    assert next_after_silence(record(("k1", "one"), ("Ada", "yes")), (ben, ada), 3) == (ben, 9)
    assert next_after_silence(record(("k1", "one"), ("Ada", "yes")), (ben, ada), 1) is None
    assert next_after_silence(said, (BEN,), 3) is None


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
    assert mentions(text, "Ada") is found


def test_names_with_signs_are_found_as_they_are() -> None:
    assert mentions("Hi Dr. Who (AI)!", "Dr. Who (AI)")
    assert not mentions("Hi DrX Who (AI)!", "Dr. Who (AI)")


# --- what it is sent --------------------------------------------------------------------------------------------------


def test_a_persona_is_sent_one_system_message_and_names_for_all_others() -> None:
    passed = Message("assistant", "PASS", author="Ada", hidden=True)
    said = record(
        Message("system", "It is about bread."), ("k1", "Hi {{ x }}"), ("Ada", "ada: Hello"), ("Ben", "Ben: Yes"),
        passed, ("assistant", "From the experimenter"), ("l2", "Well?"), Message("user", "A hint", hidden=True),
    )  # fmt: skip
    said[5] = replace(said[5], author="")
    (role, system), *rest = messages_for(ADA, said, BOTH)
    assert role == "system"
    assert system.split("\n\n")[:2] == ["It is about bread.", "You are Ada."]
    assert "Also in it: Kim, Lou, Ben." in system
    assert rest == [
        ("user", "Kim: Hi {{ x }}"), ("assistant", "Hello"), ("user", "Ben: Yes"),
        ("assistant", "From the experimenter"), ("user", "Lou: Well?"), ("user", "A hint"),
    ]  # fmt: skip


def test_what_it_is_sent_ends_with_something_to_answer() -> None:
    assert messages_for(ADA, [], Members((ADA,)))[-1] == ("user", "(Nobody has written yet. Write the first message.)")
    spoken = messages_for(ADA, record(("k1", "one"), ("Ada", "yes")), Members((ADA,), PEOPLE), "de")
    assert spoken[-1][1].startswith("(Seit einer Weile hat niemand geschrieben.")
    reply = Message("assistant", "yes", author="Ada", params={"heard": 1})
    news = record(("k1", "one"), ("l2", "two"), reply)
    assert messages_for(ADA, news, Members((ADA,), PEOPLE))[1:] == (
        ("user", "Kim: one"),
        ("assistant", "yes"),
        ("user", "Lou: two"),
    )
    assert messages_for(BEN, news, BOTH)[-1] == ("user", "Ada: yes")


def test_braces_in_names_and_instructions_are_text() -> None:
    odd = Persona("{me}", "Say {others} and {{ key }}.")
    system = messages_for(odd, [], Members((odd,), {"a": "{0.__class__}"}))[0][1]
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


# --- functions, openings and silences --------------------------------------------------------------------------------


def opening(author: str, text: str = "Hello, Ben.") -> Message:
    return Message("assistant", text, author=author, params={"speaks": "opening", "opening": "text"})


def test_a_function_is_asked_after_each_message_of_others_that_it_does_not_know() -> None:
    heard: list[list[str]] = []

    def wants(said: Any) -> bool:
        heard.append([m.text for m in said])
        return len(said) == 2

    mo = Persona("Mo", speaks=wants)
    said = record(("k1", "one"), Message("system", "…"), ("Ada", "two"), ("l2", "three"))
    assert turn(said, mo) == ("Mo", "function")
    assert heard == [["one"], ["one", "two"]]
    heard.clear()
    assert turn(record(("k1", "one"), ("Mo", "two"), ("l2", "three")), mo) is None
    assert heard == [["one", "two", "three"]]
    assert turn([], mo) is None


def test_a_function_does_not_talk_without_end() -> None:
    mo = Persona("Mo", speaks=lambda said: True)
    jo = Persona("Jo", speaks=lambda said: True)
    assert turn(record(("k1", "one"), ("Mo", "a"), ("Jo", "b")), mo, jo) == ("Mo", "function")
    assert turn(record(("k1", "one"), ("Mo", "a"), ("Jo", "b"), ("Mo", "c")), mo, jo) is None
    assert turn(record(("k1", "one"), ("Mo", "a")), mo) is None


def test_openings_ask_nobody() -> None:
    said = record(opening("Ada"), opening("Ben"), opening("Cy"))
    assert in_a_row(said) == in_a_row(said, tries=True) == 0
    assert turn(said, ADA, BEN, Persona("Mo", speaks=lambda said: True)) is None
    assert turn(record(opening("Ada"), ("k1", "Ben?")), BEN) == ("Ben", "addressed")


def test_nobody_breaks_the_silence_after_itself() -> None:
    ada = replace(ADA, speaks="after 5 s")
    passed = Message("assistant", "PASS", author="Ada", hidden=True)
    for last in (("Ada", "yes"), passed, replace(passed, text="", hidden=False, status="failed"), opening("Ada")):
        assert next_after_silence(record(("k1", "one"), last), [ada], 3) is None
    for said in ([], record(("k1", "one")), record(("Ada", "one"), ("Ben", "two"))):
        assert next_after_silence(said, [ada], 3) == (ada, 5)


def test_what_an_ai_was_asked_in_a_silence_stands_where_it_said_it() -> None:
    broke = Message("assistant", "Well?", author="Ada", params={"speaks": "after 5 s", "heard": 2})
    said = record(("k1", "one"), ("Ada", "yes"), broke, ("k1", "two"))
    silence = "(Nobody has written for a while. Write your next message.)"
    assert messages_for(ADA, said, BOTH)[1:] == (
        ("user", "Kim: one"), ("assistant", "yes"), ("user", silence), ("assistant", "Well?"), ("user", "Kim: two"),
    )  # fmt: skip


@pytest.mark.parametrize("speaks", [5, None, "never", b"always"])
def test_what_is_no_rule_is_refused(speaks: Any) -> None:
    with pytest.raises(ConfigError, match="Persona 'Mo': speaks = "):
        Persona("Mo", speaks=speaks)


def test_a_function_that_would_have_to_be_waited_for_is_refused() -> None:
    async def wants(said: Any) -> bool:
        return True

    with pytest.raises(ConfigError, match="a function of the record that is not async"):
        Persona("Mo", speaks=wants)
