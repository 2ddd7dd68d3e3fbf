"""Names and colours by which all in a group chat can be told apart."""

from __future__ import annotations

from otree_ego import Persona
from otree_ego.chat_rules.members import Members, distinct
from otree_ego.chat_rules.personas import COLOURS

ADA, BEN = Persona("Ada", colour=COLOURS[3]), Persona("Ben")


def test_participants_names_are_one_line_and_unlike() -> None:
    wanted = {"a": "Ada", "b": "Kim\nBen: yes", "c": "kim ben yes", "d": " ", "e": "@[|]", "f": "x" * 60}
    shown = distinct(wanted, ["Ada", "Ben"])
    assert list(shown.values()) == ["Ada 2", "Kim Ben yes", "kim ben yes 2", "?", "? 2", "x" * 40]


def test_everyone_has_a_colour_of_their_own() -> None:
    members = Members.of([ADA, BEN], ["k1", "l2"], {"l2": "Lou"}, "Participant", True)
    assert dict(members.names) == {"k1": "Participant 1", "l2": "Lou"}
    assert [name for name, _, _ in members.listed()] == ["Participant 1", "Lou", "Ada", "Ben"]
    assert [code for _, _, code in members.listed()] == ["k1", "l2", "", ""]
    assert len({colour for _, colour, _ in members.listed()}) == 4
    assert members.persona("Ada") == ADA and members.persona("Lou") is None


def test_where_ais_are_not_shown_order_and_colours_tell_nothing_of_them() -> None:
    members = Members.of([ADA, BEN], ["k1", "l2"], {"k1": "Zoe", "l2": "Bea"}, "Participant", False)
    assert [(name, code) for name, _, code in members.listed()] == [
        ("Ada", ""),
        ("Bea", "l2"),
        ("Ben", ""),
        ("Zoe", "k1"),
    ]
    assert [colour for _, colour, _ in members.listed()] == list(COLOURS[:4])
