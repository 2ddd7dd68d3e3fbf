"""What the page gets: the file, problems, previews; and the file that is kept."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from otree_ego import ConfigError
from otree_ego.builder.scenario_file import Changed, ScenarioFile

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HUNGRY = "{{ ('a'*99999)|list|join('x'*99999) }}"
STRANGE = [b"[]", b"null", b'{"form": 3}', b'{"form": {"threads": [{}]}}', b'{"answers": {"1": 3}}']


def begun(workshop: Any, name: str = "ultimatum") -> dict[str, Any]:
    form: dict[str, Any] = workshop.call("start", name=name)["form"]
    return form


def test_a_scenario_from_start_to_file(workshop: Any) -> None:
    opened = workshop.call("open")
    assert (opened["name"], opened["version"], opened["form"]) == ("game.json", "", None)
    assert "ultimatum" in opened["gallery"]
    form = begun(workshop)
    saved = workshop.call("save", form=form, version="")
    assert workshop.call("open")["form"] == form
    assert workshop.call("open")["version"] == saved["version"]
    form["rounds"] = "3"
    workshop.call("save", form=form, version=saved["version"])
    assert json.loads(workshop.file.read_text("utf-8"))["rounds"] == 3
    assert [each.name for each in workshop.file.parent.iterdir()] == ["game.json"], "nothing lies beside it"


def test_problems_and_the_preview_of_a_treatment(workshop: Any) -> None:
    form = begun(workshop)
    found = workshop.call("look", form=form, treatment="take", beside="give", answers={"1": ["33"]})
    assert found["problems"] == []
    second = found["preview"]["messages"][-1]
    assert "If you accept, you have 67 points" in second["text"]
    assert "".join(part for _, part in second["pieces"]) == second["text"]
    assert any(not same for same, _ in second["pieces"])
    form["prompts"]["user"] += "{{ nobody }}"
    found = workshop.call("look", form=form)
    assert [each["place"] for each in found["problems"]] == ["prompts.user"]
    assert found["preview"] is None


def test_a_cell_that_is_no_number_is_said(workshop: Any) -> None:
    form = begun(workshop)
    form["variables"][0]["cells"][0] = {"kind": "number", "typed": "1,000"}
    places = [(each["place"], each["level"]) for each in workshop.call("look", form=form)["problems"]]
    assert places.count(('variables.pot["give"]', "warning")) == 1, "that it is a text is said once"


def test_templates_that_take_too_much_are_a_problem_and_the_server_lives(workshop: Any) -> None:
    form = begun(workshop)
    for template in (ENDLESS, HUNGRY):
        form["prompts"]["system"] = template
        found = workshop.call("look", form=form)
        assert [each["kind"] for each in found["problems"] if each["level"] == "error"] == ["limit"]
    assert workshop.call("open")["name"] == "game.json"


def test_long_previews_are_shown_in_part_and_do_not_fill_the_memory(workshop: Any) -> None:
    form = begun(workshop)
    names = [f"t{n}" for n in range(60)]
    cells = [{"kind": "text", "typed": f"{name:_>10000}"} for name in names]
    form.update(treatments=names, rounds="5", variables=[{"name": "v", "cells": cells, "spare": {}}])
    form["prompts"] = {"system": "", "user": "{{ v }}" * 90}
    calls = workshop.server.calls
    tracemalloc.start()
    try:
        for n in range(4):
            form["prompts"]["user"] += str(n)
            found = calls.answer("look", {"form": form, "treatment": "t7", "beside": "t8"})
            assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
    finally:
        tracemalloc.stop()
    assert found["preview"]["stopped"] == "The first 1 messages are shown."
    assert len(json.dumps(found)) < 3_000_000
    form["prompts"]["user"] = "{{ v }}"
    shown = calls.answer("look", {"form": form, "treatment": "t7"})["preview"]
    assert (len(shown["messages"]), shown["stopped"]) == (10, "")


def test_what_is_kept_for_the_next_key_does_not_fill_the_memory(workshop: Any) -> None:
    form = begun(workshop)
    calls = workshop.server.calls
    calls._previews.most = 50_000
    for n in range(30):
        form["prompts"]["system"] += f" {n}"
        calls.answer("look", {"form": form})
        assert 0 < calls._previews.characters <= 50_000
    form["prompts"]["system"] = "x" * 60_000
    assert calls.answer("look", {"form": form})["preview"]["messages"][0]["text"] == "x" * 60_000


def test_a_file_that_was_changed_outside_is_not_overwritten(workshop: Any) -> None:
    form = begun(workshop)
    version = workshop.call("save", form=form, version="")["version"]
    workshop.file.write_text(workshop.file.read_text("utf-8").replace('"rounds": 1', '"rounds": 7'), "utf-8")
    assert workshop.call("look", form=form)["version"] != version
    form["rounds"] = "2"
    changed = workshop.call("save", form=form, version=version)["changed"]
    assert '"rounds": 7' in workshop.file.read_text("utf-8")
    assert '-  "rounds": 7,' in changed["diff"] and '+  "rounds": 2,' in changed["diff"]
    assert "version" in workshop.call("save", form=form, version=changed["version"])
    assert '"rounds": 2' in workshop.file.read_text("utf-8")
    workshop.file.unlink()
    changed = workshop.call("save", form=form, version="other")["changed"]
    assert changed["gone"] and not workshop.file.exists()


def test_the_same_text_is_no_conflict(workshop: Any) -> None:
    form = begun(workshop)
    first = workshop.call("save", form=form, version="")
    assert workshop.call("save", form=form, version="") == first


def test_a_newer_scenario_is_shown_and_not_changed(workshop: Any) -> None:
    form = begun(workshop)
    data = {**json.loads(workshop.call("text", form=form)["text"]), "otree_ego": {"version": 2, "seats": "new"}}
    workshop.file.write_text(json.dumps(data))
    opened = workshop.call("open")
    assert "newer otree_ego" in opened["form"]["newer"]
    found = workshop.call("look", form=opened["form"])
    assert [each["kind"] for each in found["problems"] if each["level"] == "error"] == ["newer version"]
    assert "newer otree_ego" in workshop.call("save", form=opened["form"], version=opened["version"])["error"]
    assert json.loads(workshop.file.read_text()) == data
    assert "newer otree_ego" in workshop.call("read", text=json.dumps(data))["error"]


def test_what_cannot_be_saved_yet_is_a_problem_at_its_place(workshop: Any) -> None:
    form = begun(workshop)
    form["threads"][0]["number"] = ""
    found = workshop.call("look", form=form)
    assert [each["path"] for each in found["problems"]] == [["threads", 0, 0]]
    assert workshop.call("save", form=form, version="")["unsaved"] == found["problems"]
    assert not workshop.file.exists()


def test_what_can_be_chosen_is_known(workshop: Any) -> None:
    opened = workshop.call("open")
    assert {"groq", "anthropic", "vllm"} <= set(opened["services"]) and "openai" not in opened["services"]
    assert opened["models"]["openai"][0] == "gpt-6-luna" and opened["models"]["local"] == ["smollm2"]
    assert {"temperature", "max_tokens"} <= set(opened["parameters"]) and "json" in opened["answers"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b"{}"])
def test_a_file_that_is_no_scenario_is_left_alone(workshop: Any, content: bytes) -> None:
    workshop.file.write_bytes(content)
    opened = workshop.call("open")
    assert "game.json" in opened["error"] and not opened.get("form")
    assert "version" not in workshop.call("save", form=begun(workshop), version="")
    assert workshop.file.read_bytes() == content


def test_what_is_pasted_is_read(workshop: Any) -> None:
    text = json.dumps({**json.loads(workshop.call("text", form=begun(workshop))["text"]), "author": "</script>"})
    assert workshop.call("read", text=text)["form"]["more"] == {"author": '"</script>"'}
    assert "is not JSON" in workshop.call("read", text="<script>")["error"]
    assert "characters" in workshop.call("read", text="[" + " " * 6_000_000)["error"]
    assert "start from" in workshop.call("start", name="../x")["error"]


@pytest.mark.parametrize("name", ["open", "look", "save", "read", "start", "text", "make", "files", "version"])
@pytest.mark.parametrize("body", STRANGE)
def test_a_strange_call_gets_a_sentence(workshop: Any, name: str, body: bytes) -> None:
    assert workshop.ask(path=f"/api/{name}", body=body)[0] == 200


def test_a_full_disk_leaves_the_file_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = ScenarioFile(tmp_path / "a.json")
    version = file.write("one", "")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
        file.write("two", version)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.json", "one")]


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("one")
    (tmp_path / "real.json").chmod(0o640)
    (tmp_path / "link.json").symlink_to("real.json")
    file = ScenarioFile(tmp_path / "link.json")
    file.write("two", file.version())
    assert (tmp_path / "link.json").is_symlink() and (tmp_path / "real.json").read_text() == "two"
    assert (tmp_path / "real.json").stat().st_mode & 0o777 == 0o640
    with pytest.raises(Changed):
        file.write("three", "another")
