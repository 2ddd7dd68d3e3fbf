"""`ego startproject`: a whole project that runs and deploys, or none; it asks only where somebody answers."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from harness import Server, warm_python
from harness.chat import Chat
from harness.project import REPO
from hypothesis import given, strategies as st

from otree_ego.cli import main
from otree_ego.cli.shared.games import session_configs
from otree_ego.cli.shared.output import Failure
from otree_ego.cli.startproject import _target
from otree_ego.paths import gallery

SHELL = [sys.executable, "-m", "otree_ego.cli", "startproject"]
FILES = {
    ".dockerignore", ".env", ".gitattributes", ".gitignore", ".python-version", "Dockerfile", "Procfile", "README.md",
    "_static/global/empty.css", "_templates/global/.gitkeep", "app.json", "compose.yaml", "deploy/Caddyfile",
    "deploy/my_study.service", "requirements.txt", "settings.py",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def settings(folder: Path, **env: str) -> dict[str, Any]:
    """What a project's settings.py says, in a process of its own."""
    code = "import json, settings; print(json.dumps({k: v for k, v in vars(settings).items() if k.isupper()}))"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTREE_")}
    done = warm_python.run(
        [sys.executable, "-c", code], cwd=folder, env={**kept, "PYTHONPATH": str(REPO), **env},
        text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_all_that_a_server_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["startproject", "my_study"]) == 0
    folder = tmp_path / "my_study"
    (wheel,) = (folder / "wheels").iterdir()
    app = {f"ego_chat/{name}" for name in files(gallery()["ego_chat"]) - {"session_config.py"} if "cache" not in name}
    assert files(folder) == FILES | app | {f"wheels/{wheel.name}"}
    assert [path.name for path in tmp_path.iterdir()] == ["my_study"]
    assert "cd my_study" in capsys.readouterr().out
    assert (folder / "Procfile").read_bytes() == b"web: otree prodserver\n"
    needed = (folder / "requirements.txt").read_text().splitlines()
    assert needed[0] == "# oTree-may-not-overwrite-this-file"
    assert f"./wheels/{wheel.name}[local]" in needed
    lines = [line for line in needed if line and not line.startswith(("#", "./"))]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", line)] == []
    assert {"otree", "openai", "psycopg2-binary", "sqlalchemy"} <= {line.partition("==")[0] for line in lines}
    texts = [file for file in folder.rglob("*") if file.is_file() and file != wheel]
    assert [file for file in texts if re.search(rb"\r|@[A-Z_]+@", file.read_bytes())] == []
    assert re.fullmatch(r"3\.1[1-4]\n", (folder / ".python-version").read_text())
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE((folder / "deploy").stat().st_mode)
    assert zipfile.ZipFile(wheel).testzip() is None


def test_no_two_projects_have_one_secret(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        assert main(["startproject", name]) == 0
        found.append(settings(tmp_path / name))
        texts = [file.read_bytes() for file in (tmp_path / name).rglob("*") if file.is_file() and file.name != ".env"]
        assert not [text for text in texts if found[-1]["SECRET_KEY"].encode() in text]
    one, two = found
    assert len(one["SECRET_KEY"]) == 64 and one["SECRET_KEY"] != two["SECRET_KEY"]
    assert len(one["ADMIN_PASSWORD"]) >= 16 and one["ADMIN_PASSWORD"] != two["ADMIN_PASSWORD"]
    assert (one["AUTH_LEVEL"], one["DEBUG"]) == (None, True)
    server = {"SECRET_KEY": "s", "ADMIN_PASSWORD": "p", "AUTH_LEVEL": "STUDY", "PRODUCTION": "1"}
    there = settings(tmp_path / "one", **{f"OTREE_{name}": value for name, value in server.items()})
    assert server | {"DEBUG": False} == {name: there.get(name, "1") for name in [*server, "DEBUG"]}


@pytest.mark.parametrize("apps", ["all", "chat, ultimatum", "ultimatum chat ultimatum"])
def test_the_apps_with_the_model_and_the_language(apps: str, tmp_path: Path) -> None:
    line = ["--apps", apps, "--model", "gpt-6-luna", "--language", "DE"]
    assert main(["startproject", "my_study", *line]) == 0
    folder, found = tmp_path / "my_study", settings(tmp_path / "my_study")
    wanted = set(gallery()) if apps == "all" else {"ego_chat", "ultimatum"}
    assert {file.parent.name for file in folder.glob("*/__init__.py")} == wanted
    rows = [row for app in gallery() if app in wanted for row in session_configs(gallery()[app])]
    rows = [{**row, "ego_model": "gpt-6-luna"} if "ego_model" in row else row for row in rows]
    assert sorted(map(str, found["SESSION_CONFIGS"])) == sorted(map(str, rows))
    assert found["LANGUAGE_CODE"] == "de"
    needed = (folder / "requirements.txt").read_text()
    assert "[local]" not in needed and "xllamacpp" not in needed
    assert "# OPENAI_API_KEY=\n" in (folder / ".env").read_text()
    assert "OPENAI_API_KEY" in json.loads((folder / "app.json").read_text())["env"]
    assert "heroku config:set OPENAI_API_KEY=" in (folder / "README.md").read_text()


def test_an_app_brings_those_that_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consent = tmp_path / "gallery" / "consent"
    consent.mkdir(parents=True)
    (consent / "__init__.py").write_text("")
    rows = [dict(name=name, app_sequence=["consent", name], num_demo_participants=1) for name in ("trust", "ultimatum")]
    rows = [{**row, "name": f"consent_{row['name']}"} for row in rows]
    (consent / "session_config.py").write_text(f"SESSION_CONFIGS = {rows!r}\n")
    monkeypatch.setattr("otree_ego.cli.startproject.gallery", lambda: {"consent": consent, **gallery()})
    for name, apps, wanted in (
        ("one", "consent", {"consent_trust", "trust"}),
        ("two", "ultimatum,consent", {"consent_trust", "consent_ultimatum", "trust", "ultimatum"}),
    ):
        assert main(["startproject", name, "--apps", apps]) == 0
        configs = settings(tmp_path / name)["SESSION_CONFIGS"]
        assert {row["name"] for row in configs} == wanted
        there = {file.parent.name for file in (tmp_path / name).glob("*/__init__.py")}
        assert there == {app for row in configs for app in row["app_sequence"]}


@pytest.mark.parametrize("model", ["constant/5", "openrouter/meta-llama/llama-3.3-70b-instruct", "ollama/llama3.2"])
def test_any_model(model: str, tmp_path: Path) -> None:
    assert main(["startproject", "my-study", "--model", model]) == 0
    assert settings(tmp_path / "my-study")["SESSION_CONFIGS"][0]["ego_model"] == model
    has_key = "OPENROUTER_API_KEY" in (tmp_path / "my-study" / "app.json").read_text()
    assert has_key == model.startswith("openrouter")


def test_the_default_model_needs_nothing_that_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.setattr("otree_ego.cli.startproject.find_spec", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["startproject", "my_study"]) == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["there"], "is there already: choose another name"),
        (["file"], "is there already"),
        (["link"], "is there already"),
        (["two words"], "For example: two_words"),
        (["über"], "For example: ber"),
        (["1st"], "begins with a letter"),
        ([""], "cannot be a project's name"),
        (["."], "cannot be a project's name"),
        (["there/.."], "is there already"),
        (["x" * 51], "at most 50"),
        (["otree"], "Python, oTree or Windows uses it"),
        (["CON"], "Python, oTree or Windows uses it"),
        (["missing/study"], "There is no folder"),
        (["file/study"], "There is no folder"),
        (["project/study"], "is an oTree project itself"),
        (["new", "--apps", "chatt"], "There is no app 'chatt' in the gallery. Did you mean chat"),
        (["new", "--apps", "chat,zzz"], "There is no app 'zzz'"),
        (["new", "--apps", ","], "No app is named. There are: chat,"),
        (["new", "--model", "opnai/gpt-6"], "cannot be used:"),
        (["new", "--model", "local/other"], "there is no embedded model 'other'"),
        (["new", "--model", " "], "is not the name of a model"),
        (["new", "--model", "gpt\n6"], "is not the name of a model"),
        (["new", "--language", "fr"], "There are no texts in 'fr': there are en and de."),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    line: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("there", "project"):
        (tmp_path / folder).mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "project" / "settings.py").write_text("")
    before = sorted(tmp_path.rglob("*"))
    assert main(["startproject", *line]) in (1, 2)
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("problem", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_a_disk_that_refuses_leaves_nothing(
    problem: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise problem

    monkeypatch.setattr("otree_ego.projects.layout.write_private", refuse)
    assert main(["startproject", "my_study"]) == 1
    assert capsys.readouterr().err == f"ego: {tmp_path / 'my_study'} cannot be made: {problem.strerror}.\n"
    assert list(tmp_path.iterdir()) == []


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[./a-zA-Z_\-]{1,8}", fullmatch=True)))
def test_a_name_is_refused_or_stands_in_a_folder_that_is_there(text: str) -> None:
    try:
        target = _target(text)
    except Failure as problem:
        assert str(problem).isprintable()
    else:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,49}", target.name)
        assert target.parent.is_dir() and not target.exists() and target.is_absolute()


def test_files_with_windows_line_ends_make_the_same_project(tmp_path: Path) -> None:
    """A checkout on Windows may have them; servers want the others."""
    source = tmp_path / "source"
    for name in ("otree_ego", "apps", "ego_chat", "_static"):
        shutil.copytree(REPO / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "LICENSE"):
        shutil.copy(REPO / name, source)
    for file in (each for each in source.rglob("*") if each.is_file()):
        if b"\0" not in (content := file.read_bytes()):
            file.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    for folder in (REPO, source):
        place = tmp_path / f"of_{folder.name}"
        place.mkdir()
        line = [*SHELL, "my_study", "--apps", "chat,trust"]
        warm_python.run(line, cwd=place, env={**os.environ, "PYTHONPATH": str(folder)}, check=True)
    one, two = (tmp_path / f"of_{folder.name}" / "my_study" for folder in (REPO, source))
    assert files(one) == files(two)
    assert [name for name in files(one) - {".env"} if (one / name).read_bytes() != (two / name).read_bytes()] == []


def test_apps_are_added_to_a_new_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["startproject", "my_study", "--model", "constant/5"]) == 0
    monkeypatch.chdir(tmp_path / "my_study")
    before = (tmp_path / "my_study" / "requirements.txt").read_bytes()
    assert main(["startapp", "trust", "--yes"]) == 0
    assert (tmp_path / "my_study" / "requirements.txt").read_bytes() == before
    names = [row["name"] for row in settings(tmp_path / "my_study")["SESSION_CONFIGS"]]
    assert names == ["chat", "trust"]


@pytest.mark.server
def test_it_runs_at_once(tmp_path: Path) -> None:
    assert main(["startproject", "my_study", "--model", "constant/Here I am."]) == 0
    place: Any = SimpleNamespace(folder=tmp_path / "my_study")
    server = Server(place, production=False)
    server.command = "devserver"
    with server:
        assert "Chat with a language model" in server.get("/demo").text
        person = server.create_session("chat").participant().start()
        with Chat(person.submit(nickname="Ada")) as chat:
            chat.say("Are you there?")
            chat.until(lambda told: told["t"] == "end")
            assert chat.quiet()[-1]["text"] == "Here I am."


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("otree_ego.projects.layout.write_wheel", stop)
    assert main(["startproject", "my_study"]) == 130
    assert list(tmp_path.iterdir()) == []


def on_a_terminal(answers: str, *line: str) -> tuple[int, str]:
    """Runs the verb at a terminal, where somebody types this; its exit code, and all that the terminal showed."""
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [*SHELL, *line], env)
    os.write(terminal, answers.encode())
    shown = b""
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not more:
            break
        shown += more
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answers", "line", "wanted"),
    [
        ("\n\n\n", [], ("local/smollm2", "en", {"chat"})),
        ("trust\nconstant/5\nde\n", [], ("constant/5", "de", {"trust"})),
        ("wrong\nchat\nconstant/5\nxx\nde\n", [], ("constant/5", "de", {"chat"})),
        ("de\n", ["--apps", "trust", "--model", "constant/5"], ("constant/5", "de", {"trust"})),
        ("", ["--yes"], ("local/smollm2", "en", {"chat"})),
    ],
)
def test_it_asks_for_what_no_flag_says(
    answers: str, line: list[str], wanted: tuple[str, str, set[str]], tmp_path: Path
) -> None:
    code, shown = on_a_terminal(answers, "my_study", *line)
    assert code == 0, shown
    found = settings(tmp_path / "my_study")
    configs = found["SESSION_CONFIGS"]
    assert (configs[0]["ego_model"], found["LANGUAGE_CODE"], {row["name"] for row in configs}) == wanted
    assert ("Which language" in shown) == ("--yes" not in line)
    assert ("There is no app 'wrong'" in shown) == ("wrong" in answers)


@pytest.mark.slow
def test_ctrl_d_at_a_question_makes_nothing(tmp_path: Path) -> None:
    assert on_a_terminal("\n\x04", "my_study")[0] == 130
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["startproject", "mine"]) == 0
    own = tmp_path / "theirs"
    own.mkdir()
    for folder in [tmp_path, *tmp_path.parents][:-2]:
        folder.chmod(folder.stat().st_mode | 0o055)
    own.chmod(0o555)
    monkeypatch.chdir(own)
    if user := os.geteuid():
        code = main(["startproject", "my_study"])
    else:
        os.seteuid(65534)
        try:
            code = main(["startproject", "my_study"])
        finally:
            os.seteuid(user)
    assert (code, capsys.readouterr().err) == (1, f"ego: {own / 'my_study'} cannot be made: Permission denied.\n")
    assert list(own.iterdir()) == []
