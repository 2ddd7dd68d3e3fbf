"""A language that the chat has is there in the turn-taking, the wait page and the answers Yes and No, too."""

from __future__ import annotations

import re

import pytest

from otree_ego.chat_rules import nicknames, shared_chats
from otree_ego.chat_rules.turn_taking import TEXTS
from otree_ego.chat_rules.words import WORDS
from otree_ego.languages.waiting_texts import ANSWERS, SERVER, WAITING


def slots(text: str) -> list[str]:
    return sorted(set(re.findall(r"{\w*}", text)))


@pytest.mark.parametrize("language", WORDS)
def test_turn_taking(language: str) -> None:
    ours, english = TEXTS[language], TEXTS["en"]
    assert {key: slots(text) for key, text in ours.items()} == {key: slots(text) for key, text in english.items()}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("table", [WAITING, SERVER, ANSWERS, nicknames.TEXTS, shared_chats.TEXTS])
def test_pages(table: dict[str, dict[str, str]], language: str) -> None:
    ours, english = table[language], table["en"]
    assert {key: slots(text) for key, text in ours.items()} == {key: slots(text) for key, text in english.items()}
    assert all(ours.values()) and len(set(ours.values())) == len(ours)
