"""What the preview marks against another treatment, in a bounded number of steps."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.builder.text_differences import MOST_STEPS, Differences, differing
from otree_ego.experiment.built.kept_previews import KeptPreviews

WORDS = [f"word{n}" for n in range(400)]
ANY = st.text("ab. \n!", max_size=40) | st.text(max_size=20)


def story(words: int, seed: int = 1) -> list[str]:
    chosen = random.Random(seed)
    return [chosen.choice(WORDS) + ("." if n % 12 == 11 else "") for n in range(words)]


def changed(words: list[str], places: int) -> list[str]:
    made = list(words)
    for place in random.Random(2).sample(range(len(made)), places):
        made[place] = f"other{place}" + "." * made[place].endswith(".")
    return made


def taken(there: str, here: str) -> tuple[int, list[tuple[bool, str]]]:
    differences = Differences()
    found = differences.pieces(there, here)
    return MOST_STEPS - differences.left, found


def test_differences_are_marked_word_by_word() -> None:
    assert differing("", "a b") == [(False, "a b")]
    assert differing("a b", "") == differing("", "") == []
    assert differing("same", "same") == [(True, "same")]
    assert differing("You own 10, you.", "You own 100, you!") == [
        (True, "You own "), (False, "100"), (True, ", you"), (False, "!"),
    ]  # fmt: skip
    long = "word " * 5000
    assert differing(long, long) == [(True, long)]
    assert differing(long, long + "end") == [(True, long), (False, "end")]
    assert differing(long + "end", "start " + long) == [(False, "start "), (True, long)]


@given(ANY, ANY)
def test_pieces_are_the_text_and_stand_in_the_other_one(there: str, here: str) -> None:
    pieces = differing(there, here)
    assert "".join(text for _, text in pieces) == here
    assert all(text for _, text in pieces)
    assert all(a[0] != b[0] for a, b in pairwise(pieces))
    left = iter(there)
    assert all(letter in left for same, text in pieces if same for letter in text), "in the same order"


@pytest.mark.parametrize(("words", "places"), [(900, 30), (900, 90), (900, 300), (3_000, 30), (10_000, 5)])
def test_the_changed_words_of_a_story_are_marked(words: int, places: int) -> None:
    first = story(words)
    second = changed(first, places)
    steps, pieces = taken(" ".join(first), " ".join(second))
    marked = "".join(text for same, text in pieces if not same)
    assert steps < 200_000
    assert all(word.strip(".") in marked for word in second if word.startswith("other"))
    assert len(marked) < 12 * places


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("ba " * 700, "ab " * 700),
        ("ab " * 700, "ba " * 700),
        ("a b. " * 1_000, "b a. " * 1_000),
        ("a" * 500_000, "b" * 500_000),
        (" ".join(story(50_000)), " ".join(story(50_000, 2))),
        ("\n" * 100_000, " " * 100_000),
        ("." * 100_000, "!" * 100_001),
        ("x" + "." * 100_000 + "y", "y" + "." * 90_000 + "x"),
        (". " * 50_000 + "a", "a" + "? " * 50_000),
    ],
)  # fmt: skip
def test_texts_that_have_nothing_in_common_take_few_steps(there: str, here: str) -> None:
    steps, pieces = taken(there, here)
    assert steps < 1.5 * MOST_STEPS
    assert "".join(text for _, text in pieces) == here


def test_all_messages_of_a_request_have_so_many_steps_together() -> None:
    differences = Differences()
    texts = [(" ".join(story(900, n)), " ".join(story(900, n + 1_000))) for n in range(400)]
    for there, here in texts:
        assert "".join(text for _, text in differences.pieces(there, here)) == here
    assert differences.left > -10_000, "one that is begun is ended soon"


def test_what_was_compared_is_not_compared_again() -> None:
    kept = KeptPreviews(100_000)
    there, here = " ".join(story(900)), " ".join(changed(story(900), 30))
    first = Differences(kept)
    pieces = first.pieces(there, here)
    second = Differences(kept)
    assert second.pieces(there, here) == pieces and second.left == MOST_STEPS > first.left
    spent = Differences(KeptPreviews(100_000), steps=0)
    assert spent.pieces(there, here) == [(False, here)]
    assert len(spent.kept) == 0, "the next request compares it"


def test_a_page_marks_every_message(workshop: Any) -> None:
    form = workshop.call("start", name="ultimatum")["form"]
    names = form["treatments"] = ["a", "b"]
    first = story(900)
    texts = [" ".join(first), " ".join(changed(first, 30))]
    cells = [{"kind": "text", "typed": text} for text in texts]
    form.update(rounds="5", variables=[{"name": "v", "cells": cells, "spare": {}}])
    form["prompts"] = {"system": "", "user": "{{ v }} {{ i }} {{ round }} How much? ACCEPT or REJECT?"}
    preview = workshop.call("look", form=form, treatment=names[1], beside=names[0])["preview"]
    assert len(preview["messages"]) == 10
    for message in preview["messages"]:
        marked = "".join(text for same, text in message["pieces"] if not same)
        assert len(marked) < 600
        assert all(word.strip(".") in marked for word in texts[1].split() if word.startswith("other"))
