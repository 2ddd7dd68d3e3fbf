"""docs/chats.md: its table names all arguments, and its apps run as they stand there, with their bots."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from harness.bots import otree_test
from harness.project import Project

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "chats.md").read_text("utf-8")
APP = re.compile(r"^<!-- otree (app|bots): (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHAT = "{{ block content }}{{ include 'otree_ego/chat.html' }}{{ next_button }}{{ endblock }}"
END = "{{ block content }}<p>The end.</p>{{ endblock }}"


APP_OF = {(kind, page): source for kind, page, source in APP.findall(PAGE)}
DEAL = """
from otree.api import Bot, Submission, expect
from otree_ego import ai
from otree_ego.testing.live import live

from . import Talk


class PlayerBot(Bot):
    def play_round(self):
        yield Submission(Talk, check_html=False)
        expect(self.player.offer, 4.5)
        with ai(self.player) as llm:
            expect([m.text for m in llm.messages], ["4.50?", "I take it.", "You have a deal."])


def call_live_method(method, **kwargs):
    if kwargs["page_class"] is Talk:
        sent = live(method(1, {"ego": {"do": "say", "text": "4.50?", "id": "1"}}))
        (refused,) = live(method(1, {"ego": {"do": "say", "text": "More?", "id": "2"}}))
        expect((sent, refused[1]["ego"]["why"]), ([], "closed"))
"""


def arguments(file: str, name: str) -> set[str]:
    tree = ast.parse((ROOT / "otree_ego" / "binding" / "chats" / file).read_text("utf-8"))
    (function,) = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.name == name]
    return {each.arg for each in [*function.args.args, *function.args.kwonlyargs]}


def test_the_table_has_all_arguments() -> None:
    rows = re.findall(r"^\| (`.*?`) \| (both|`\w+`) \| ", PAGE, re.MULTILINE)
    told: dict[str, set[str]] = {"chat": set(), "group_chat": set()}
    for names, where in rows:
        for chat in told:
            if where in ("both", f"`{chat}`"):
                told[chat].update(re.findall(r"`(\w+)`", names))
    assert told == {"chat": arguments("page.py", "chat"), "group_chat": arguments("group_page.py", "group_chat")}


def test_the_python_of_the_page_is_python() -> None:
    for code in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        compile(code, "docs/chats.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_reply_of_a_form_ends_the_chat(tmp_path: Path) -> None:
    app = {"__init__.py": APP_OF["app", "Talk"], "tests.py": DEAL, "Talk.html": CHAT, "Results.html": END}
    config = {"name": "deals", "app_sequence": ["deals"], "num_demo_participants": 1}
    said = '{"text": "I take it.", "offer": 4.5, "agreed": true}'
    project = Project(
        tmp_path / "project", apps={"deals": app}, session_configs=[{**config, "ego_model": f"constant/{said}"}]
    )
    done = otree_test(project, "deals", "1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bots_of_the_page_play_its_app(tmp_path: Path) -> None:
    app = {"__init__.py": APP_OF["app", "Chat"], "tests.py": APP_OF["bots", "Chat"]}
    app |= {"Chat.html": CHAT, "Results.html": END}
    config = {"name": "moods", "app_sequence": ["moods"], "num_demo_participants": 1, "ego_model": "constant/Hm."}
    project = Project(tmp_path / "project", apps={"moods": app}, session_configs=[config])
    done = otree_test(project, "moods", "2")
    assert done.returncode == 0, done.stdout + done.stderr
