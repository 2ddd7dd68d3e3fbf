"""A language that the chat has is there in the turn-taking, the wait page and the answers Yes and No, too.

The binding imports oTree, so its tables are read from the source.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from harness.project import REPO

from otree_ego.chat_rules.turn_taking import TEXTS
from otree_ego.chat_rules.words import WORDS

DECISIONS = REPO / "otree_ego" / "binding" / "decisions"


def table(file: Path, name: str) -> dict[str, ast.expr]:
    """A table of languages in a module: the expression for each."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(each, "id", "") for each in node.targets] == [name]:
            assert isinstance(node.value, ast.Dict)
            return {
                ast.literal_eval(key): value
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if key
            }
    raise AssertionError(f"{file.name} has no table {name}")


def texts(call: ast.expr) -> dict[str, str]:
    assert isinstance(call, ast.Call)
    return {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}


def slots(text: str) -> list[str]:
    return sorted(set(re.findall(r"{\w*}", text)))


@pytest.mark.parametrize("language", WORDS)
def test_turn_taking(language: str) -> None:
    ours, english = TEXTS[language], TEXTS["en"]
    assert {key: slots(text) for key, text in ours.items()} == {key: slots(text) for key, text in english.items()}


@pytest.mark.parametrize("language", WORDS)
def test_wait_page(language: str) -> None:
    of_all = {each: texts(call) for each, call in table(DECISIONS / "wait_page.py", "TEXTS").items()}
    ours, english = of_all[language], of_all["en"]
    assert {key: slots(text) for key, text in ours.items()} == {key: slots(text) for key, text in english.items()}
    assert all(ours.values())


@pytest.mark.parametrize("language", WORDS)
def test_yes_and_no(language: str) -> None:
    yes, no = ast.literal_eval(table(DECISIONS / "form_fields.py", "YES_NO")[language])
    assert yes and no and yes != no
