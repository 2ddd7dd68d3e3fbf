"""A file of alter_ego's users becomes one of ours, looks as before otherwise, and runs."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import Project, warm_python
from harness.old_scripts import APP, MICRO, MICRO_AFTER, SCENARIO
from harness.project import REPO
from harness.server import PRIVATE

from otree_ego.migrating.plan import migrate


def moved(text: str) -> str:
    data, _, _ = migrate(text.encode(), "f.py")
    return data.decode()


def notes(text: str) -> list[str]:
    return [str(note) for note in migrate(text.encode(), "f.py")[1]]


@pytest.mark.slow
def test_a_microexperiment_changes_its_imports_only_and_runs(tmp_path: Path, python: Callable[[str], str]) -> None:
    after = moved(MICRO)
    assert after == MICRO_AFTER and notes(MICRO) == []
    (tmp_path / "micro.py").write_text(after)
    cells = [("apples", "May"), ("apples", "June"), ("plums", "May"), ("plums", "June")]
    assert ast.literal_eval(python("import micro")) == [(*cell, 7) for _ in range(2) for cell in cells]


@pytest.mark.slow
def test_a_scenario_keeps_its_dotted_uses_and_runs(tmp_path: Path, python: Callable[[str], str]) -> None:
    after = moved(SCENARIO)
    assert "alter_ego" not in after and notes(SCENARIO) == []
    changed = [line for line in after.splitlines() if line not in SCENARIO.splitlines()]
    assert changed == [
        "import otree_ego.agents",
        "import otree_ego.experiment",
        "import otree_ego",
        "from otree_ego import Prompt",
        'e = otree_ego.experiment.Experiment("low", "high")',
        '        a = otree_ego.agents.ConstantThread(response="3", name="Ann")',
        '        b = otree_ego.agents.ConstantThread(response="I give 4.", name="Ben")',
        "        convo = otree_ego.Conversation(a, b)",
        "        convo.all.system(Prompt(TEXTS.SYSTEM))",
        "                said = thread.submit(Prompt(TEXTS.ASK), max_tokens=20)",
        "                thread.choices.append(otree_ego.extract_number(said))",
    ]
    (tmp_path / "scenario.py").write_text(after)
    lines = python("import scenario; scenario.run(1)").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("You are Ann. The stakes are ")
    assert "Round 2: how much do you give? [3, 3]" in lines[0] and lines[1].endswith("[4, 4]")


def test_an_otree_app_runs_with_bots(tmp_path: Path) -> None:
    after = moved(APP)
    assert (
        "from otree_ego.agents import *\n" in after and "from otree_ego import link, Prompt, custom_export\n" in after
    )
    assert "llm.submit(Prompt(C.HELLO), player=player)" in after
    assert 'llm.system(from_file("talk/system.txt"), player=player)' in after
    files = {
        "__init__.py": after,
        "system.txt": "You talk to {{ player.id_in_group }}.\n",
        "Ask.html": "{{ block content }}{{ next_button }}{{ endblock }}",
        "tests.py": "from otree.api import *\nfrom . import *\nclass PlayerBot(Bot):\n    def play_round(self):\n"
        "        yield Ask\n        expect(self.player.said, 'Fine!')\n",
    }
    project = Project(tmp_path / "project", apps={"talk": files})
    env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    done = warm_python.run(
        [str(Path(sys.executable).with_name("otree")), "test", "talk", "1"], cwd=project.folder,
        env={**env, "PYTHONPATH": str(REPO)}, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TOLD ['You talk to 1.', 'Hello, " in done.stdout


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from alter_ego.structure import Thread\n", "from otree_ego import Thread\n"),
        ("from alter_ego.agents import APIThread\n", "from otree_ego import Thread as APIThread\n"),
        (
            "from alter_ego.agents import GPTThread as G, Thread\nG('x')\n",
            "from otree_ego.agents import GPTThread as G\nfrom otree_ego import Thread\nG('x')\n",
        ),
        ("from alter_ego.agents.GPTThread import GPTThread\n", "from otree_ego.agents import GPTThread\n"),
        ("from alter_ego.utils import *\n", "from otree_ego import exclusive_response, extract_number, from_file, "
         "homogenize, to_html\n"),
        ("from alter_ego.agents import *\nConversation(CLIThread())\n",
         "from otree_ego.agents import *\nfrom otree_ego import Conversation\nConversation(CLIThread())\n"),
        ("import alter_ego.agents as a\na.GPTThread('x')\n", "import otree_ego.agents as a\na.GPTThread('x')\n"),
        ("import alter_ego.utils as u\nu.to_html('x')\n", "import otree_ego as u\nu.to_html('x')\n"),
        ("import alter_ego\nalter_ego.utils.to_html(alter_ego.agents.CLIThread)\n",
         "import otree_ego\nimport otree_ego.agents\notree_ego.to_html(otree_ego.agents.CLIThread)\n"),
        ("import alter_ego as ae\nae.structure.Conversation\n", "import otree_ego as ae\nae.Conversation\n"),
        ("from alter_ego import agents, structure\nagents.CLIThread(structure.Thread)\n",
         "from otree_ego import agents\nimport otree_ego as structure\nagents.CLIThread(structure.Thread)\n"),
        ("from alter_ego.exports import otree\notree.link\n", "import otree_ego as otree\notree.link\n"),
        ("import os, alter_ego.agents, sys\n", "import os, otree_ego.agents, sys\n".replace(", ", "\nimport ")),
        ("import os; import alter_ego.utils; os.x\n", "import os; import otree_ego; os.x\n"),
        ("def f():\n\tfrom alter_ego.utils import from_file\n\treturn from_file\n",
         "def f():\n\tfrom otree_ego import from_file\n\treturn from_file\n"),
        ("try:\n    import alter_ego.agents\nexcept ImportError:\n    pass\n",
         "try:\n    import otree_ego.agents\nexcept ImportError:\n    pass\n"),
        ("from alter_ego.utils import (\n    from_file,  # files\n    to_html,\n)\n",
         "from otree_ego import (\n    from_file,  # files\n    to_html,\n)\n"),
    ],
)  # fmt: skip
def test_imports(before: str, after: str) -> None:
    assert moved(before) == after
    assert moved(after) == after


HEAD = "from alter_ego.structure import Thread\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('t.submit("Hi {{x}}")', 't.submit(Prompt("Hi {{x}}"))'),
        ('t.user("{% if x %}y{% endif %}")', 't.user(Prompt("{% if x %}y{% endif %}"))'),
        ('t.submit("plain", x=1)', 't.submit(Prompt("plain"), x=1)'),
        ('t.submit("plain", max_tokens=5)', 't.submit("plain", max_tokens=5)'),
        ('t.submit("a{{"\n         "x}}")', 't.submit(Prompt("a{{"\n         "x}}"))'),
        ('t.submit(message="{{x}}", x=1)', 't.submit(Prompt("{{x}}"), x=1)'),
        ('t.submit("é{{x}}", x="é")', 't.submit(Prompt("é{{x}}"), x="é")'),
        ('M = "{{x}}"\nt.submit(M)', 'M = "{{x}}"\nt.submit(Prompt(M))'),
        (
            'm = "{{x}}"\nm = m.strip()\nm += "!"\nt.submit(m)',
            'm = "{{x}}"\nm = m.strip()\nm += "!"\nt.submit(Prompt(m))',
        ),
        ('M = {"a": "{{x}}"}\nt.submit(M["a"])', 'M = {"a": "{{x}}"}\nt.submit(Prompt(M["a"]))'),
        ('for m in ["{{x}}", "b"]:\n    t.submit(m)', 'for m in ["{{x}}", "b"]:\n    t.submit(Prompt(m))'),
        ('t.submit("{{x}}" if a else "b")', 't.submit(Prompt("{{x}}" if a else "b"))'),
        ('t.submit(from_file("a"), x=1)', 't.submit(from_file("a"), x=1)'),
        ('t.submit(from_file("a").strip())', 't.submit(Prompt(from_file("a").template.strip()))'),
        ('m = from_file("a") + "!"\nt.submit(m)', 'm = from_file("a").template + "!"\nt.submit(Prompt(m))'),
        ('t.submit(homogenize(from_file("a")))', 't.submit(Prompt(homogenize(from_file("a").template)))'),
        ('t.submit("{{x}}", extra_params={"a": 1})', 't.submit(Prompt("{{x}}"), extra={"a": 1})'),
        ('m = t.prepare("{{x}}", x=1)', 'm = Prompt("{{x}}").render(**t.public() | dict(x=1))'),
        ('m = c.a.prepare("{{x}}")', 'm = Prompt("{{x}}").render(**c.a.public())'),
        ('h = ExternalThread()\nh.submit("Hi")', 'h = ExternalThread()\nh.user("Hi")'),
        ('h = ExternalThread()\nh.submit("Hi", response="a")', 'h = ExternalThread()\nh.submit("Hi", response="a")'),
        ('t.submit("{{x}}", name=t.submit("{{y}}"))', 't.submit(Prompt("{{x}}"), name=t.submit(Prompt("{{y}}")))'),
    ],
)
def test_texts(before: str, after: str) -> None:
    imported = "from otree_ego import Thread, Prompt\n" if "Prompt(" in after else "from otree_ego import Thread\n"
    assert moved(f"{HEAD}{before}\n") == f"{imported}{after}\n"
    assert moved(f"{imported}{after}\n") == f"{imported}{after}\n"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(t, data):\n    t.submit(data)", "f.py:3: this text is sent word for word"),
        ("def f(t, data):\n    t.submit(data, x=1)", "what a participant wrote must stay a plain text"),
        ('t.submit(f"{a} {{{{x}}}}")', "other values are put into this template"),
        ('t.submit("{{x}}" + data)', "other values are put into this template"),
        ('t.submit("{{x}} %s" % data)', "other values are put into this template"),
        ('t.submit("{}{{{{x}}}}".format(data))', "other values are put into this template"),
        ('t.submit("{{seed}}", seed=1)', "seed: a setting of submit()"),
        ("t.prepare(data)", ".prepare(template) is Prompt(template).render"),
        ('t.prepare("{{x}}")', ".prepare() became .render()"),
        ("t.history_hooks.add(print)", "no hooks on the history"),
        ("p = t.html_history", "no html_history"),
        ("class Mine(APIThread):\n    def send(self, role, message): pass", "its send() is not called"),
        ("class Mine(Thread):\n    pass", "class Mine is a kind of Thread of its own"),
        ("convo.all.submit('x')", "convo.all has no submit()"),
        ('t = GPTThread("m", api_key="abc")', "a key stands in the source"),
        ('k = "sk-abcdefghijklmnop"', "looks like a key in the source"),
        ("pickle.load(f)", "loading a pickle can run code"),
        ("GPTThread('m', extra_for_client=[])", "no client to set up"),
        ("TextSynthThread()", "takes the engine's name"),
        ("f = importlib.import_module('alter_ego.agents')", "a text names alter_ego"),
        ("class P:\n    def live_method(player, data):\n        t.submit('x')", "all participants wait"),
    ],
)
def test_what_a_person_must_look_at(code: str, words: str) -> None:
    found = notes(f"{HEAD}{code}\n")
    assert len(found) == 1 and words in found[0], found


@pytest.mark.parametrize(
    "code",
    [
        "t.submit(data)", "t.submit(data, x=1)", 't.submit(f"{a} {{{{x}}}}")', 't.submit("{{x}}" + data, x=1)',
        'm = "{{x}}"\nm = data + m\nt.submit(m)', 'm = "{{x}}"\nm = data\nt.submit(m)',
        't.submit("{{x}} %s" % data)', 't.submit("{{x}}".replace("x", data))', 't.prepare(f"{a}{{{{x}}}}")',
    ],
)  # fmt: skip
def test_a_text_that_may_hold_what_a_participant_wrote_never_becomes_a_template(code: str) -> None:
    assert moved(f"{HEAD}{code}\n") == f"from otree_ego import Thread\n{code}\n"
    assert notes(f"{HEAD}{code}\n")


@pytest.mark.parametrize("name", ["alter_ego.cli", "alter_ego.exports.web"])
def test_what_we_do_not_have_is_left_and_named(name: str) -> None:
    for line in (f"import {name}\n", f"from {name} import x\n"):
        assert moved(line) == line
        assert name in notes(line)[0] and "nothing like it" in notes(line)[0]
    assert "alter_ego.utils.other" in notes("from alter_ego.utils import other\n")[0]
    assert "alter_ego.agents.client" in notes("import alter_ego.agents\nalter_ego.agents.client.x = 1\n")[0]


def test_methods_of_other_things_are_no_speech() -> None:
    text = 'import os\nfrom alter_ego.structure import Thread\nos.system("echo {{x}}")\npool.submit(len, "{{x}}")\n'
    after = moved(text)
    assert after == text.replace("alter_ego.structure", "otree_ego") and notes(text) == []
    assert notes(f"{HEAD}def work(): pass\npool.submit(work)\npool.submit(lambda: 1)\n") == []


def test_prompt_is_imported_where_it_fits() -> None:
    future = '"""Doc."""\nfrom __future__ import annotations\nimport os\n\ndef f(t):\n    t.submit("{{x}}")\n'
    assert moved(future).startswith(
        '"""Doc."""\nfrom __future__ import annotations\nfrom otree_ego import Prompt\nimport os\n'
    )
    bare = '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n@wraps\ndef f(t):\n    t.submit("{{x}}")\n'
    assert moved(bare).splitlines()[:4] == [*bare.splitlines()[:2], "from otree_ego import Prompt", "@wraps"]
    taken = f'{HEAD}class Prompt: pass\nt.submit("{{{{x}}}}")\n'
    assert moved(taken).splitlines()[0] == "from otree_ego import Thread, Prompt as EgoPrompt"
    assert 't.submit(EgoPrompt("{{x}}"))' in moved(taken)


def test_the_key_of_the_openai_module_goes_into_the_environment() -> None:
    text = 'import openai\nfrom alter_ego.agents import GPTThread\nopenai.api_key = open("k").read()\n'
    assert moved(text) == (
        "import os\nfrom otree_ego.agents import GPTThread\n"
        'os.environ["OPENAI_API_KEY"] = open("k").read()\n'
    )  # fmt: skip
    assert "best set OPENAI_API_KEY outside" in notes(text)[0]
    assert moved("import os\n" + text).count("import os\n") == 1
    unused = "import openai\nfrom alter_ego.agents import GPTThread\n"
    assert moved(unused) == "from otree_ego.agents import GPTThread\n"


def test_the_openai_module_stays_where_it_is_used() -> None:
    text = (
        "import openai\nfrom alter_ego.agents import GPTThread\nopenai.api_key = key\nopenai.api_base = url\n"
        "openai.models.list()\n"
    )
    assert moved(text) == text.replace("alter_ego", "otree_ego")
    assert any("openai.api_base is not read" in note for note in notes(text))
    assert any("openai.api_key is not read" in note for note in notes(text))


def test_formatting_line_ends_and_marks_stay() -> None:
    text = "\ufeff# ä\r\nfrom alter_ego.structure import Thread\r\n\r\nif 1:\r\n\tt.submit( 'ä {{x}}' )  # 日本\r\n"
    data = text.encode()
    after = migrate(data)[0]
    assert after.decode() == (
        "\ufeff# ä\r\nfrom otree_ego import Thread, Prompt\r\n\r\nif 1:\r\n\tt.submit( Prompt('ä {{x}}') )  # 日本\r\n"
    )
    latin = "# coding: latin-1\nfrom alter_ego.agents import *\nt.submit('ä {{x}}')\n".encode("latin-1")
    assert migrate(latin)[0].decode("latin-1") == (
        "# coding: latin-1\nfrom otree_ego.agents import *\nfrom otree_ego import Prompt\nt.submit(Prompt('ä {{x}}'))\n"
    )


def test_inside_of_f_strings_nothing_is_broken() -> None:
    text = (
        "import alter_ego.utils\nfrom alter_ego.structure import Thread\nx = f'{alter_ego.utils.to_html(a)}'\n"
        'y = f"""é\n{b}\n   {alter_ego.utils.to_html(c)}\n{t.submit("{{x}}")}"""\n'
    )
    after = moved(text)
    ast.parse(after)
    wanted = ast.unparse(ast.parse(after))
    assert "x = f'{otree_ego.to_html(a)}'" in after
    told = " ".join(notes(text))
    assert "{otree_ego.to_html(c)}" in wanted or "inside of this f-string, write otree_ego.to_html." in told
    assert "Prompt" in after or "a call inside of an f-string was not looked at" in told


LINKED = """\
from otree.api import *
from alter_ego.exports.otree import link


class Player(BasePlayer):
    pass
"""


@pytest.mark.parametrize(
    ("more", "imported", "notes"),
    [
        ("", True, 0),
        ("def custom_export(players):\n    yield []\n", False, 1),
        ("from otree_ego import custom_export\n", True, 0),
    ],
)
def test_an_app_gets_the_export_of_its_messages(more: str, imported: bool, notes: int) -> None:
    after, said, _ = migrate((LINKED + more).encode())
    names: dict[str, Any] = {}
    lines = [line for line in after.decode().splitlines() if line.startswith("from otree_ego")]
    exec("\n".join(lines), names)
    assert ("custom_export" in names) is imported
    assert "Egocustom_export" not in names
    assert len([note for note in said if "custom_export_messages" in str(note)]) == notes
    assert "custom_export" not in migrate(LINKED.replace("BasePlayer", "object").encode())[0].decode()
