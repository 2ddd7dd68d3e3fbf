"""Names that look alike are told apart, or refused with a sentence."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError, Persona, nickname_error
from otree_ego.chat_rules.lookalikes import LOOKALIKES, SMALL_CAPITALS
from otree_ego.chat_rules.members import Members, distinct
from otree_ego.chat_rules.nicknames import LONGEST_NAME, TEXTS, looks, plain_name
from otree_ego.chat_rules.personas import with_colours

LIKE_ADA = [
    "Аda", "A\u200bda", "Ａｄａ", "Ada\u0301", "A\u0334da", "\u202eAda\u202c", " Ada ", "Ada\u00a0", "ADA", "ᴀᴅᴀ",
    "Ada.", "A d a", "Ada\u3164", "Ada\u2800", "A\u00adda", "Ada\ufe0f", "Аԁа", "Ad\u034fa", "Ada\u200d", "ⒶⒹⒶ",
    "🅐🅓🅐", "𝐀𝐝𝐚", "Ada\U000e0041", "Ada\x00", "\ufeffAda", "𝓐𝓭𝓪", "Ada:", "@Ada",
]  # fmt: skip


@pytest.mark.parametrize("name", LIKE_ADA)
def test_a_name_that_looks_like_an_ais_is_refused_or_made_another(name: str) -> None:
    assert nickname_error(name, ["Ben", "Ada"]) == TEXTS["en"]["taken"]
    assert nickname_error(name, ["Ada"], "de-AT") == TEXTS["de"]["taken"]
    assert nickname_error("Ada", [name]) == TEXTS["en"]["taken"]
    assert distinct({"k1": name}, ["Ada"])["k1"].endswith(" 2")
    with pytest.raises(ConfigError, match=r"Two personas|can be seen"):
        with_colours([Persona("Ada"), Persona(name.replace(":", ".").replace("@", ".").replace("\x00", "."))])


@pytest.mark.parametrize(
    "name",
    ["Moderator", "Mоderator", "MODERATOR 2", "System", "sуstem", "Participant 3", "KI", "Versuchsleitung", "You"],
)
def test_nobody_is_called_as_the_experimenter_or_as_a_number(name: str) -> None:
    assert nickname_error(name) == TEXTS["en"]["reserved"]


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u3164", "\u2800", "@:|", "\u0301", None])
def test_a_name_that_nobody_sees_is_none(name: str | None) -> None:
    assert nickname_error(name, language="de") == TEXTS["de"]["no_name"]


@pytest.mark.parametrize(
    "name",
    [
        "Kim",
        "Zoë",
        "José",
        "Nguyễn",
        "Łukasz",
        "Анна",
        "Ελένη",
        "مریم",
        "さくら",
        "민준",
        "O'Neil",
        "Jean-Luc",
        "Al",
        "7of9",
    ],
)
def test_names_of_people_are_names(name: str) -> None:
    assert nickname_error(name, ["Ada", "Ben", "Participant 2"]) is None
    assert plain_name(name) == unicodedata.normalize("NFC", name)


def test_nobody_takes_the_name_that_another_one_gets() -> None:
    members = Members.of([Persona("Ada")], ["a", "b"], {"a": "Participant 2"}, "Participant", True)
    assert dict(members.names) == {"a": "Participant 2 2", "b": "Participant 2"}


@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_two_in_a_room_look_alike(names: list[str]) -> None:
    shown = [*distinct({str(place): name for place, name in enumerate(names)}, ["Ada"]).values(), "Ada"]
    for place, name in enumerate(shown):
        assert 0 < len(name) <= LONGEST_NAME and plain_name(name) == name
        assert all(looks(name).isdisjoint(looks(other)) for other in shown[:place])


def test_the_table_is_of_single_characters_that_are_no_ascii() -> None:
    for letter, others in {**LOOKALIKES, **SMALL_CAPITALS}.items():
        assert len(letter) == 1 and letter.isascii() and not any(other.isascii() for other in others)
    assert sys.intern("А") in LOOKALIKES["A"]
