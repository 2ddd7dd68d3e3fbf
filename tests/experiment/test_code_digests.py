"""The experimenter's code as a part of a design: what counts as a change of it, and what does not."""

from __future__ import annotations

import functools
import itertools

import pytest

from otree_ego import Prompt
from otree_ego.experiment.code_digests import code_of

NUMBERS = itertools.count()
BASE = '''
from dataclasses import dataclass
from otree_ego import Prompt, extract_number

TEXT = "Prompt A"
ASK = Prompt(TEXT + " {{ x }}")
UNUSED = 1
PLAYED = 0

def helper(n=1):
    return ASK if n else inner()

def inner():
    return "deep"

def unused():
    return 1

class Table:
    rate = 2

    def share(self):
        return self.rate * extract_number("1")

def play(convo):
    """Plays."""
    global PLAYED
    PLAYED += 1
    return [helper(), Table().share(), sorted([1, 2], key=lambda n: -n)]
'''


def changes(tmp_path, old, new, name="play"):
    found = []
    for source in (BASE, BASE.replace(old, new)):
        file = tmp_path / f"own{next(NUMBERS)}.py"
        file.write_text(source, encoding="utf-8")
        known = {"__name__": "own"}
        exec(compile(source, str(file), "exec"), known)
        known["PLAYED"] = len(found)
        found.append(code_of({"play"}, play=known[name]))
    assert BASE.replace(old, new) != BASE or old == new
    return found[1].changes(found[0].parts).get("play", [])


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Prompt A", "Prompt B", ["TEXT", "ASK as it is"]),
        (" {{ x }}", " {{ y }}", ["ASK", "ASK as it is"]),
        ("helper(n=1)", "helper(n=2)", ["helper", "helper(…)"]),
        ('"deep"', '"deeper"', ["inner"]),
        ("rate = 2", "rate = 3", ["Table.rate"]),
        ('"1"', '"2"', ["Table.share"]),
        ("-n", "n", ["play"]),
        ("[1, 2]", "[2, 1]", ["play"]),
        ("helper(), ", "", ["play", "helper", "helper(…)", "ASK", "ASK as it is", "TEXT", "inner"]),
    ],
)
def test_a_change(tmp_path, old, new, named):
    assert sorted(changes(tmp_path, old, new)) == sorted(named)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x", "x"),
        ("UNUSED = 1", "UNUSED = 2"),
        ("def unused():\n    return 1", "def unused():\n    return 2"),
        ('"""Plays."""', '"""Plays a game."""'),
        ("    return ASK", "    # all of it\n\n    return ASK"),
        ("PLAYED = 0", "PLAYED = 0  # so far"),
        ("return [helper(), ", "return [\n        helper(),\n        "),
    ],
)
def test_no_change(tmp_path, old, new):
    assert changes(tmp_path, old, new) == []


def made(text, count=0):
    def play(llm):
        nonlocal count
        count += 1
        return llm.submit(text)

    return play


def test_what_a_function_has_from_outside():
    assert code_of(play=made("A")).parts == code_of(play=made("A", 7)).parts  # a counter is no source
    assert code_of(play=made("A")).parts != code_of(play=made("B")).parts
    assert code_of(play=made(Prompt("A"))).parts != code_of(play=made(Prompt("B"))).parts
    one, other = (functools.partial(made, text) for text in "AB")
    assert code_of(play=one).changes(code_of(play=other).parts) == {"play": ["partial(0)"]}
    first, second = (lambda: "first"), (lambda: "second")
    assert code_of(make=first).parts != code_of(make=second).parts


def test_where_there_is_no_source():
    known = {"__name__": "typed"}
    exec("def play(llm): return llm.submit('A')", known)
    other = {"__name__": "typed"}
    exec("def play(llm): return llm.submit('B')", other)
    assert code_of(play=known["play"]).changes(code_of(play=other["play"]).parts) == {"play": ["play"]}


def test_what_is_not_the_experimenters_is_left_out():
    from otree_ego import extract_number

    assert code_of(parser=extract_number, other=int, third=None).parts == {"parser": {}, "other": {}, "third": {}}


def test_an_attribute_is_used_where_it_is_named_or_may_be():
    def play(llm):
        return llm.submit(f"You are {llm.mood}.")

    def hidden(llm):
        return getattr(llm, "mo" + "od")

    assert (code_of(play=play).names("mood"), code_of(play=play).names("note")) == (True, False)
    assert code_of(play=hidden).names("note")
    assert code_of(play=int).names("note")
