"""Other scenarios of the folder are opened and made by their names, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

NAMES: list[Any] = [
    "../x.json", "a/b.json", "/etc/passwd", "..\\x.json", ".hidden.json", "x\n.json", "x\0.json", "~.json", "%2e.json",
    "a" * 200 + ".json", ["x.json"], {"name": "x.json"},
]  # fmt: skip


def begun(workshop: Any, name: str = "trust") -> dict[str, Any]:
    form: dict[str, Any] = workshop.call("start", name=name)["form"]
    return form


def test_a_scenario_gets_another_name_and_both_are_there(workshop: Any) -> None:
    form = begun(workshop)
    workshop.call("save", form=form, version="")
    made = workshop.call("make", form=form, name=" second game ")
    assert made["name"] == "second game.json"
    assert workshop.call("files")["names"] == ["game.json", "second game.json"]
    opened = workshop.call("open", file="second game.json")
    assert (opened["name"], opened["form"], opened["version"]) == ("second game.json", form, made["version"])
    form["rounds"] = "9"
    workshop.call("save", form=form, version=made["version"], file="second game.json")
    rounds = [
        json.loads((workshop.file.parent / name).read_text("utf-8"))["rounds"]
        for name in workshop.call("files")["names"]
    ]
    assert rounds == [1, 9]
    assert workshop.call("version", file="second game.json")["version"] != workshop.call("version")["version"]


def test_nothing_that_is_there_is_written_over(workshop: Any) -> None:
    (workshop.file.parent / "other.json").write_text("[1]")
    form = begun(workshop)
    assert "is there already" in workshop.call("make", form=form, name="other")["error"]
    assert "changed" in workshop.call("save", form=form, version="", file="other.json")
    assert (workshop.file.parent / "other.json").read_text() == "[1]"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", ["open", "save", "look", "version", "make", "files"])
def test_a_path_is_no_name(workshop: Any, call: str, name: Any) -> None:
    form = begun(workshop)
    given = {"name": name} if call == "make" else {"file": name}
    made = workshop.call(call, form=form, version="", **given)
    assert "is no name for a scenario" in made["error"]
    assert list(workshop.file.parent.iterdir()) == []


def test_a_link_to_another_place_is_not_followed(workshop: Any, tmp_path_factory: Any) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.json"
    secret.write_text('{"secret": 1}')
    (workshop.file.parent / "link.json").symlink_to(secret)
    assert "is a link" in workshop.call("open", file="link.json")["error"]
    assert "is a link" in workshop.call("save", form=begun(workshop), version="", file="link.json")["error"]


def test_a_path_from_the_page_is_not_used(workshop: Any, tmp_path_factory: Any) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x.json"
    workshop.call("save", form=begun(workshop), version="", path=str(elsewhere))
    assert workshop.file.exists() and not elsewhere.exists()
