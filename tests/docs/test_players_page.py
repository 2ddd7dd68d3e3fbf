"""docs/players.md: its options are the verb's, its hooks work, and what it says of a player is so."""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path
from typing import Any

from harness.project import REPO

from otree_ego import ScriptedThread
from otree_ego.cli import play, test as ego_test
from otree_ego.cli.shared.playing import hooks_of
from otree_ego.players.live_view import LiveView
from otree_ego.players.player_limits import Limits
from otree_ego.players.served_page import Served, read_page

TEXT = (REPO / "docs" / "players.md").read_text("utf-8")


def hooks(tmp_path: Path) -> dict[str, Any]:
    """The functions of the page's hook file."""
    file = tmp_path / "hooks.py"
    file.write_text(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0])
    return hooks_of(str(file))


def options_of(verb: Any) -> set[str]:
    """What a verb takes."""
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


def test_every_option_is_there_and_described() -> None:
    known = options_of(play) | options_of(ego_test)
    named = set(re.findall(r"(?<![\w-])--?[a-z]+\b", "\n".join(re.findall(r"`(ego play[^`]*|-[^`]*)`", TEXT))))
    assert named <= known and {"--wait", "--export"} <= named
    (command,) = re.findall(r"^ego test .*", TEXT, re.MULTILINE)
    assert set(re.findall(r"(?<![\w-])--?[a-z]+\b", command)) <= options_of(ego_test)
    assert {"--config", "--labels", "--personas", "--hooks", "--reasons", "--ask", "--mine", "--seed"} <= named


def test_the_hooks_work(tmp_path: Path) -> None:
    found = hooks(tmp_path)
    page = read_page(Served("http://localhost/p/x/auction/Bid/2", "<form id=form><p>Bid.<button>Next</button></form>"))
    sent: list[Any] = []

    class Socket:
        async def send(self, value: Any) -> None:
            sent.append(value)

    async def messages() -> Any:
        yield {"bid": 5}
        yield {"winner": 1}

    view = LiveView(page, "ego1", ScriptedThread(["12"]), Socket())  # type: ignore[arg-type]
    assert asyncio.run(found["ai_live"](view, messages())) == {}
    assert sent == [{"bid": 12}]
    consent = read_page(Served("http://localhost/p/x/auction/Consent/1", "<form id=form></form>"))
    assert found["ai_page"](consent) == {"consent": "True"} and found["ai_page"](page) is None


def test_how_often_it_is_corrected() -> None:
    assert Limits().corrections == 5 and "at most five times a page" in TEXT
