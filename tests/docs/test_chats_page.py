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


def test_the_bots_of_the_page_play_its_app(tmp_path: Path) -> None:
    found = {(kind, page): source for kind, page, source in APP.findall(PAGE)}
    app = {
        "__init__.py": found["app", "Chat"], "tests.py": found["bots", "Chat"], "Chat.html": CHAT, "Results.html": END,
    }  # fmt: skip
    config = {"name": "moods", "app_sequence": ["moods"], "num_demo_participants": 1, "ego_model": "constant/Hm."}
    project = Project(tmp_path / "project", apps={"moods": app}, session_configs=[config])
    done = otree_test(project, "moods", "2")
    assert done.returncode == 0, done.stdout + done.stderr
