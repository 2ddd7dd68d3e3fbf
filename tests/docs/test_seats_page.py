"""docs/seats.md: its settings are there, its forms are read, and its functions work."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import harness
import pytest
from harness import Project, Server
from harness.project import REPO
from harness.seats import until_end

from otree_ego import ScriptedThread
from otree_ego.chat_rules.seat_settings import SEATS, chosen_seats, seat_number
from otree_ego.chat_rules.settings import SETTINGS, check_config
from otree_ego.players.live_view import LiveView
from otree_ego.players.served_page import Served, read_page

TEXT = (REPO / "docs" / "seats.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_every_setting_of_seats_is_described_and_all_that_are_named_are_there() -> None:
    named = set(re.findall(r"`ego_(\w+)`", TEXT)) | set(re.findall(r"ego_(\w+)=", TEXT))
    assert set(SEATS) <= named
    assert named - {"seat"} <= set(SETTINGS)


@pytest.mark.full
def test_no_app_of_the_project_needs_otree_ego(tmp_path: Path) -> None:
    app = Path(harness.__file__).with_name("player_apps") / "talk_live"
    row = {"name": "talk_live", "app_sequence": ["talk_live"], "num_demo_participants": 2}
    seats = {"ego_ai_seats": 2, "ego_seat_model": "constant/7"}
    made = Project(tmp_path / "project", {"talk_live": app}, session_configs=[{**row, **seats}])
    made.write("project.py", SNIPPETS[1])
    with Server(made) as server:
        until_end(server, server.create_session("talk_live", 2))


def test_two_lines_switch_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    exec(SNIPPETS[0], found)
    (config,) = found["SESSION_CONFIGS"]
    check_config(config)
    number = seat_number(config["ego_ai_seats"])
    assert chosen_seats(number, config["num_demo_participants"], "last", "") == [2]


def test_the_forms_of_the_table_are_read() -> None:
    forms = re.findall(r"^\| (`.+`) \| .* \|$", TEXT.split("| `ego_ai_seats` |")[1].split("\n\n")[0], re.MULTILINE)
    values = [eval(each) for row in forms for each in re.findall(r"`([^`]+)`", row)]
    assert [seat_number(each).in_all(6) for each in values] == [3, 3, 3, 4]


def test_the_live_page_is_answered() -> None:
    module = ModuleType("auction")
    exec(SNIPPETS[2], module.__dict__)
    page = read_page(Served("http://localhost/p/x/auction/Bid/2", "<form id=form><p>Bid.<button>Next</button></form>"))
    sent: list[Any] = []

    class Socket:
        async def send(self, value: Any) -> None:
            sent.append(value)

    async def messages() -> Any:
        yield {"bid": 12}
        yield {"winner": 1}

    view = LiveView(page, "abc", ScriptedThread(["12"]), Socket())  # type: ignore[arg-type]
    assert asyncio.run(module.ai_live(view, messages())) == {}
    assert sent == [{"bid": 12}]
    assert "auction" not in sys.modules


def test_all_ways_to_give_up_are_described() -> None:
    for value in SEATS["seat_gives_up"].options:
        assert f'| `"{value}"` |' in TEXT
