"""`ego check --production`: each finding from a project with just this wrong, and the good project, which passes.

No key and no password is shown in any of them.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import PostgreSQL
from harness.provider_fixtures import clean_slate as clean_slate
from hypothesis import example, given, settings, strategies as st

from otree_ego import secret_key
from otree_ego.cli import main
from otree_ego.cli.production import check_production, memory_needs, server_machine
from otree_ego.cli.production.guessing import KEY_LENGTH, PUBLIC, bits, key_problem, password_problem
from otree_ego.cli.production.requirements_file import Requirement, numbers_of, parse_line
from otree_ego.cli.production.server_machine import url_problem
from otree_ego.cli.production.web_processes import compose_services, procfile_commands
from otree_ego.cli.shared import machine
from otree_ego.cli.shared.masking import masked
from otree_ego.cli.shared.output import Row
from otree_ego.cli.shared.project import Project, load_project
from otree_ego.version import __version__

FEW = settings(max_examples=40)
SECRET = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15"
PASSWORD = "kite-Violin7-marsh"
KEY = "sk-proj-Zq81LmXw02bYtRs7KpVn"
SETTINGS = """\
from os import environ
SESSION_CONFIGS = [dict(name="talk", app_sequence=["talk"], ego_model="gpt-6-luna")]
LANGUAGE_CODE = "en"
ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
SECRET_KEY = environ.get("OTREE_SECRET_KEY")
"""
GOOD = {
    "settings.py": SETTINGS,
    "Procfile": "web: otree prodserver\n",
    "requirements.txt": "# oTree-may-not-overwrite-this-file\notree==6.0.15\n"
    f"otree-ego=={__version__}\npsycopg2-binary==2.9.10\n",
    ".python-version": "3.12\n",
    ".gitignore": ".env\n*_key\n__temp*\n",
    "talk/__init__.py": "",
}
ENVIRONMENT = {
    "OTREE_PRODUCTION": "1",
    "OTREE_AUTH_LEVEL": "STUDY",
    "OTREE_ADMIN_PASSWORD": PASSWORD,
    "OTREE_SECRET_KEY": SECRET,
    "DATABASE_URL": "postgresql://otree:tulip%40word@127.0.0.1:1/otree",
    "FORWARDED_ALLOW_IPS": "*",
    "OPENAI_API_KEY": KEY,
    "TZ": "Europe/Berlin",
}
GONE = ("DYNO", "WEB_CONCURRENCY", "OTREE_REST_KEY", "OPENAI_BASE_URL")
Findings = dict[str, list[Row]]


@pytest.fixture(autouse=True)
def project(clean_slate: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with which nothing is wrong."""
    folder = tmp_path / "my study"
    folder.mkdir()
    for name, text in GOOD.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    monkeypatch.chdir(folder)
    for name in GONE:
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(server_machine, "check_database", lambda project: [Row("database", "ok", "PostgreSQL, here")])
    monkeypatch.setattr(server_machine, "memory_limit", lambda: 4000.0)
    # a checksum of the weights takes seconds
    monkeypatch.setattr("otree_ego.providers.local.weights.find_weights", lambda: None)
    before = list(sys.path)
    yield folder
    sys.path[:] = before


def findings(models: list[str] | None = None) -> Findings:
    """What the production check finds, by name."""
    read = load_project()
    rows = [
        *server_machine.check_server_database(read),
        *check_production(read, read.models if models is None else models),
    ]
    for secret in (SECRET, PASSWORD, KEY, "tulip@word", "tulip%40word"):
        assert secret not in str(rows)
    found: Findings = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return found


def wrong(models: list[str] | None = None) -> dict[str, str]:
    """What is not as it should be: the state and the texts, by name."""
    return {
        name: " | ".join(f"{row.state}: {row.found} → {row.fix}" for row in rows if row.state in ("failed", "warning"))
        for name, rows in findings(models).items()
        if any(row.state in ("failed", "warning") for row in rows)
    }


def test_the_good_project_passes() -> None:
    assert wrong() == {}
    assert {"debug mode", "AUTH_LEVEL", "admin password", "SECRET_KEY", "key files", "database"} <= set(findings())


def test_with_git_it_passes_as_well(project: Path) -> None:
    git("init", "-q")
    git("add", ".")
    (project / ".env").write_text(f"OPENAI_API_KEY={KEY}\n")  # ignored by git, left out by otree zip
    assert wrong() == {}


def git(*line: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *line], check=True, capture_output=True)


# --- who gets in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "name", "said"),
    [
        ("OTREE_ADMIN_PASSWORD", "", "admin password", "failed: it is empty: everybody can log in"),
        ("OTREE_ADMIN_PASSWORD", "x7Kq2", "admin password", "failed: it has fewer than 8 characters"),
        ("OTREE_ADMIN_PASSWORD", "otree2026", "admin password", "failed: it is one of those that are tried first"),
        ("OTREE_ADMIN_PASSWORD", "P@ssw0rd123", "admin password", "failed: it is one of those that are tried first"),
        ("OTREE_ADMIN_PASSWORD", "my study1!", "admin password", "failed: it is one of those that are tried first"),
        ("OTREE_ADMIN_PASSWORD", "change-me-please", "admin password", "failed: it is still a placeholder"),
        ("OTREE_ADMIN_PASSWORD", "bfkqzrwp", "admin password", "warning: it is short"),
        ("OTREE_SECRET_KEY", "otree_ego", "SECRET_KEY", "failed: it can be guessed: it is one that is known"),
        ("OTREE_SECRET_KEY", "only for tests", "SECRET_KEY", "failed: it can be guessed: it is one that is known"),
        ("OTREE_SECRET_KEY", "{{ secret_key }}", "SECRET_KEY", "failed: it can be guessed: it is still a placeholder"),
        ("OTREE_SECRET_KEY", "6789012345678", "SECRET_KEY", "failed: it can be guessed: it is a number as otree"),
        ("OTREE_SECRET_KEY", "x7Kq2", "SECRET_KEY", "failed: it can be guessed: it has only 5 characters"),
        ("OTREE_SECRET_KEY", "ab" * 40, "SECRET_KEY", "failed: it can be guessed: it is short, follows a pattern"),
        ("OTREE_SECRET_KEY", "", "SECRET_KEY", "failed: it can be guessed: it is empty"),
        ("OTREE_AUTH_LEVEL", "", "AUTH_LEVEL", "failed: not set: everybody can open the admin pages"),
        ("OTREE_AUTH_LEVEL", "study", "AUTH_LEVEL", "failed: 'study' is none of oTree's levels"),
        ("OTREE_AUTH_LEVEL", "DEMO", "AUTH_LEVEL", "warning: DEMO: everybody can start sessions"),
        ("OTREE_PRODUCTION", "", "debug mode", "failed: on: after an error"),
        ("OTREE_PRODUCTION", "0", "debug mode", "failed: on: after an error"),
        ("OTREE_REST_KEY", "rest", "OTREE_REST_KEY", "failed: it can be guessed"),
    ],
)  # fmt: skip
def test_who_gets_in(variable: str, value: str, name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    found = wrong()
    assert list(found) == [name]
    assert found[name].startswith(said)
    assert found[name].partition("→ ")[2]
    if len(value) > 3 and variable != "OTREE_AUTH_LEVEL":
        assert value not in found[name].partition(" → ")[0].replace("otree startproject", "")


@pytest.mark.parametrize(
    ("line", "name", "said"),
    [
        (f"SECRET_KEY = {SECRET!r}", "SECRET_KEY", "warning: it stands in settings.py"),
        (f"SECRET_KEY = environ.get('NOWHERE', {SECRET!r})", "SECRET_KEY", "warning: it stands in settings.py"),
        (f"ADMIN_PASSWORD = {PASSWORD!r}", "admin password", "warning: it stands in settings.py"),
        ("SECRET_KEY = 5", "SECRET_KEY", "failed: it is no text"),
        ("del SECRET_KEY", "SECRET_KEY", "failed: there is none"),
        ("ADMIN_PASSWORD = environ.get('NOWHERE')", "admin password", "failed: there is none: nobody can log in"),
        ("ADMIN_PASSWORD = 12345678901", "admin password", "failed: ADMIN_PASSWORD is no text"),
        ("DEBUG = True", "debug mode", "failed: on"),
        ("AUTH_LEVEL = None", "AUTH_LEVEL", "failed: not set"),
    ],
)
def test_what_settings_say_counts(line: str, name: str, said: str, project: Path) -> None:
    (project / "settings.py").write_text(SETTINGS + line + "\n")
    found = wrong()
    assert found[name].startswith(said)
    assert set(found) <= {name, "keys in files"}  # the key of the environment stands in a file


def test_a_secret_in_code_that_git_has_must_be_fixed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "settings.py").write_text(SETTINGS + "SECRET_KEY = 'Zq81LmXw02bYtRs7KpVnJd5h'\n")
    assert wrong()["SECRET_KEY"].startswith("warning: it stands in settings.py")
    git("init", "-q")
    assert wrong()["SECRET_KEY"].startswith("failed: it stands in settings.py")


def test_a_key_that_is_kept_on_this_machine_is_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OTREE_SECRET_KEY")
    (project / "settings.py").write_text(SETTINGS + "from otree_ego import secret_key\nSECRET_KEY = secret_key()\n")
    assert wrong()["SECRET_KEY"].startswith("warning: random, and kept on this machine only")
    assert secret_key() not in str(findings())


@FEW
@given(st.integers(), st.integers(16, 64))
def test_random_keys_are_good(seed: int, length: int) -> None:
    data = random.Random(seed).randbytes(length)
    assert key_problem(data.hex()) == ""
    assert password_problem(data.hex()) == ("", "")


@FEW
@given(st.text(max_size=80))
def test_any_text_is_judged_and_never_shown(text: str) -> None:
    problem = key_problem(text)
    assert bits(text) >= 0
    if len(text) < KEY_LENGTH or text.strip().lower() in PUBLIC:
        assert problem
    assert len(text) < 8 or text not in problem + "".join(password_problem(text))


@FEW
@given(st.text(min_size=1, max_size=3), st.integers(8, 60))
def test_what_repeats_itself_is_guessed(part: str, times: int) -> None:
    assert key_problem(part * times)


@FEW
@given(st.sampled_from(["password", "geheim", "otree", "experiment", "Secret"]), st.integers(0, 9999))
def test_words_and_years_are_guessed(word: str, number: int) -> None:
    assert password_problem(f"{word}{number}")[0] == "failed"
    assert key_problem(f"my-{word}-key-for-{word}-{number}")


# --- what is packed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["openai_key", "api_key", "groq_key", "my-key", ".env.local", "talk/openai_key", "id_rsa", "key.txt"]
)
def test_key_files_are_found(name: str, project: Path) -> None:
    (project / ".gitignore").write_text("*_key\nkey.txt\nmy-key\n.env.local\nid_rsa\napi_key\n")
    (project / name).write_text("sk-1\n")
    assert wrong()["key files"].startswith(f"failed: {name} would be packed by otree zip →")
    git("init", "-q")
    assert wrong()["key files"].startswith(
        f"warning: {name} would be packed by otree zip; .gitignore keeps it from git →"
    )
    (project / ".gitignore").write_text("")
    said = f"failed: {name} would be packed by git; {name} would be packed by otree zip →"
    assert wrong()["key files"].startswith(said)
    git("add", ".")
    (project / ".gitignore").write_text("*\n")  # what git has, it keeps
    assert wrong()["key files"].startswith(said)


@pytest.mark.parametrize(
    "name", [".env.example", "talk/answer_key.py", "monkey.txt", "__temp_openai_key", "venv/openai_key"]
)
def test_files_that_are_no_keys_or_are_left_out_pass(name: str, project: Path) -> None:
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("nothing\n")
    assert wrong() == {}


def test_an_empty_key_file_is_none(project: Path) -> None:
    (project / "openai_key").touch()
    (project / "talk.key").write_bytes(b"PK: slides")
    assert wrong() == {}


@pytest.mark.parametrize(
    "line", [f"key = '{KEY}'", "key = 'sk-ant-api03-Hq7Lw2Xz9Rb4Tn6Vc1Ym8'", "-----BEGIN RSA PRIVATE KEY-----"]
)
def test_keys_in_code_are_found_and_not_shown(line: str, project: Path) -> None:
    (project / "talk" / "__init__.py").write_text(f"\n{line}\n")
    found = wrong()
    assert found["keys in files"].startswith("failed: there is what looks like a key in talk/__init__.py, line 2")
    assert "Hq7Lw2Xz9Rb4" not in str(findings())


def test_a_key_file_that_git_had_once_is_in_its_history(project: Path) -> None:
    git("init", "-q")
    (project / "talk" / "openai_key").write_text("sk-1")
    git("add", "--force", ".")
    git("commit", "-q", "-m", "all")
    assert "keys in git" not in wrong()
    git("rm", "-q", "--cached", "talk/openai_key")
    git("commit", "-q", "-m", "not the key")
    (project / "talk" / "openai_key").unlink()
    assert wrong()["keys in git"].startswith("warning: git's history has talk/openai_key: whoever gets")


def test_what_only_looks_like_a_key_passes(project: Path) -> None:
    (project / "talk" / "__init__.py").write_text(
        "key = 'sk-xxxxxxxxxxxxxxxxxxxxxxxx'\nid = 'task-list-of-the-first-day'\n"
        "from sk_learn_preprocessing_module_names import hf_some_long_function_name_here as pk_primary_keys_of_tables\n"
    )
    assert wrong() == {}


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("Procfile", lambda text: text.replace(b"\n", b"\r\n"), "failed: line ends of Windows (CRLF)"),
        ("Procfile", lambda text: b"\xef\xbb\xbf" + text, "failed: a byte order mark"),
        ("requirements.txt", lambda text: text.replace(b"\n", b"\r\n"), "warning: line ends of Windows (CRLF)"),
        ("requirements.txt", lambda text: text.decode().encode("utf-16"), "failed: it is in UTF-16"),
        ("requirements.txt", lambda text: b"\xff\xfa" + text, "failed: requirements.txt is not UTF-8"),
        (".python-version", lambda text: text.replace(b"\n", b"\r\n"), "warning: line ends of Windows (CRLF)"),
        (".python-version", lambda text: b"3\0.\x001\0", "failed: .python-version is no text: it holds NUL"),
        (".python-version", lambda text: b"3.8\n", "failed: Python 3.8 is too old"),
        (".python-version", lambda text: b"3.99\n", "warning: Python 3.99 is newer"),
        (".python-version", lambda text: b"latest\n", "warning: it does not name a version"),
        (".python-version", lambda text: b"\n", "warning: it does not name a version"),
    ],
)
def test_files_that_a_platform_cannot_read(
    name: str, change: Callable[[bytes], bytes], said: str, project: Path
) -> None:
    (project / name).write_bytes(change((project / name).read_bytes()))
    found = wrong()
    assert list(found) == [name]
    assert found[name].startswith(said)


@pytest.mark.parametrize("name", ["Procfile", "requirements.txt", ".python-version", "app.json", "compose.yaml"])
def test_what_cannot_be_read_is_said_and_the_rest_is_checked(name: str, project: Path) -> None:
    (project / name).unlink(missing_ok=True)
    (project / name).mkdir()
    found = wrong()
    assert f"failed: {name} cannot be read: it is a folder" in found[name]
    assert set(findings()) >= {"SECRET_KEY", "key files", "memory", "proxy"}


def test_without_the_files(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Procfile", "requirements.txt", ".python-version"):
        (project / name).unlink()
    found = wrong()
    assert found["requirements.txt"].startswith("failed: there is none")
    assert found[".python-version"].startswith("warning: there is none")
    assert findings()["Procfile"][0].state == "info"
    (project / "Procfile.txt").write_text("web: otree prodserver")
    assert wrong()["Procfile"].startswith("failed: it is called Procfile.txt")
    (project / "Procfile.txt").unlink()
    monkeypatch.setenv("DYNO", "run.1")
    assert wrong()["Procfile"].startswith("failed: there is none: the platform starts no server")


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("web: otree prodserver1of2\nworker: otree prodserver2of2\n", ""),
        ("# a comment\n\nweb : otree prodserver\n", ""),
        ("worker: otree prodserver2of2\n", "failed: it has no line that begins with web"),
        ("", "failed: it has no line that begins with web"),
        ("web: otree prodserver\nweb: otree prodserver\n", "failed: it has 2 lines for web"),
        ("web: otree devserver\n", "failed: web starts otree devserver"),
        ("web: uvicorn --workers 4 otree.asgi:app\n", "failed: web starts uvicorn"),
        ("web: otree prodserver\nsecond: otree prodserver 8001\n", "failed: it starts 2 servers (web, second)"),
        ("web: otree prodserver & otree prodserver1of2\n", "failed: it starts 2 servers (web, web)"),
        ("web: otree prodserver\nrelease: otree resetdb --noinput\n", "failed: otree resetdb deletes all data at each"),
        ("web: otree resetdb --noinput && otree prodserver\n", "failed: otree resetdb deletes all data when web"),
        ("web: otree prodserver 8000\n", "warning: web listens on port 8000"),
        ("web: otree prodserver $PORT\n", ""),
        ("otree prodserver\n", "warning: line 1 is not of the form"),
        ("web: ./start\n", "warning: its web line does not start otree prodserver"),
    ],
)
def test_procfiles(text: str, said: str, project: Path) -> None:
    (project / "Procfile").write_text(text)
    assert said in wrong().get("Procfile", "" if not said else "nothing")
    assert set(wrong()) <= {"Procfile"} and (said or not wrong())


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ({"formation": {"web": {"quantity": 1, "size": "standard-1x"}}, "env": {"OTREE_PRODUCTION": "1"}}, ""),
        ({"env": {"OTREE_SECRET_KEY": {"generator": "secret"}, "OPENAI_API_KEY": {"description": "yours"}}}, ""),
        ({"formation": {"web": {"quantity": 2}}}, "failed: formation asks for 2 web processes"),
        (
            {"env": {"OTREE_ADMIN_PASSWORD": {"value": PASSWORD}}},
            "failed: the value of OTREE_ADMIN_PASSWORD stands in it",
        ),
        ({"env": {"OPENAI_API_KEY": "sk-1"}}, "failed: the value of OPENAI_API_KEY stands in it"),
        ({"formation": {"web": {"quantity": "3"}}}, "failed: formation asks for 3 web processes"),
        ({"formation": []}, ""),
        ([1, 2], ""),
    ],
)
def test_app_json(app: object, said: str, project: Path) -> None:
    (project / "app.json").write_text(json.dumps(app))
    assert wrong().get("app.json", "").startswith(said) and (said or not wrong())
    (project / "app.json").write_text("{\n'no json'}")
    assert wrong()["app.json"].startswith("failed: it is no JSON (line 2)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services:\n  web:\n    build: .\n    deploy:\n      replicas: 3\n", "failed: web has replicas: 3"),
        ("services:\n  otree:\n    image: x/otree\n    scale: '2'\n", "failed: otree has scale: 2"),
        ("services:\r\n\tweb:\r\n\t\tcommand: otree prodserver\r\n\t\tscale: 2\r\n", "failed: web has scale: 2"),
        ("services:\n  web:\n    build: .\n    scale: 1\n  cache:\n    image: redis\n    scale: 4\n", ""),
        ("services:\n  web:\n    build: .\n    scale: ${N:-1} # not 2\n", ""),
        ("services:\n  web: {build: ., deploy: {replicas: 2}}\n", "failed: web has replicas: 2"),
        (
            "services:\n  a:\n    command: otree prodserver\n  b:\n    command: otree prodserver\n",
            "failed: a, b each start",
        ),
        ("services:\n  a:\n    command: otree prodserver\n  b:\n    command: otree prodserver2of2\n", ""),
        ("services: [", ""),
        ("no: yaml: at: all\n  - x", ""),
    ],
)
def test_compose_files(text: str, said: str, project: Path) -> None:
    (project / "docker-compose.yml").write_bytes(text.encode())
    assert said in wrong().get("docker-compose.yml", "")
    assert said or not wrong()


def test_web_concurrency_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert wrong() == {} and findings()["WEB_CONCURRENCY"][0].state == "info"


@FEW
@given(st.text(max_size=200))
def test_odd_procfiles_and_compose_files_are_read(text: str) -> None:
    commands, odd = procfile_commands(text)
    written = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    assert len(commands) + len(odd) == len(written)
    assert all(kind and command for kind, command in commands)
    compose_services(text)
    assert compose_services(f"services:\n  a:\n    x: 1\nother:\n  {text.split(chr(10))[0]}")["a"] == ["    x: 1"]


@FEW
@given(st.lists(st.tuples(st.from_regex(r"[a-z0-9_-]{1,9}", fullmatch=True), st.sampled_from(["otree x", "a: b"]))))
def test_procfiles_are_read_as_they_were_written(commands: list[tuple[str, str]]) -> None:
    assert procfile_commands("\n".join(f"{kind}: {command}" for kind, command in commands)) == (commands, [])


# --- packages ---------------------------------------------------------------------------------------------------------


def requirements(*lines: str, keep: bool = True) -> str:
    return "\n".join([*["# oTree-may-not-overwrite-this-file"] * keep, *lines, ""])


OURS = f"otree-ego=={__version__}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (requirements(OURS, "psycopg2-binary==2.9.10"), ""),
        (requirements(OURS, "psycopg2>=2.8.4"), ""),
        (requirements("OTree_Ego [local] == 0.1.0 ; python_version > '3'", "psycopg2-binary"), ""),
        (requirements("otree-ego @ git+https://example.org/otree_ego.git@1f", "psycopg2-binary"), ""),
        (requirements("git+https://example.org/x/otree_ego.git@1f#egg=otree-ego", "psycopg2"), ""),
        (requirements(OURS, "psycopg2-binary", keep=False), "failed: otree zip writes it anew, without otree-ego"),
        (f"# oTree-may-overwrite-this-file\n{OURS}\npsycopg2\n", "failed: otree zip writes it anew, without otree-ego"),
        (requirements("otree==6.0.15", "psycopg2"), "failed: otree-ego is not in it"),
        (requirements(f"# {OURS}", "psycopg2"), "failed: otree-ego is not in it"),
        (requirements("otree-ego-tools==1", "psycopg2"), "failed: otree-ego is not in it"),
        (requirements("otree-ego", "psycopg2"), "warning: otree-ego has no exact version there"),
        (requirements("otree-ego>=0.1", "psycopg2"), "warning: otree-ego has no exact version there"),
        (requirements(OURS), "failed: psycopg2 is not in it"),
        (requirements(f"otree-ego[postgres]=={__version__}"), "warning: otree zip refuses it"),
        (requirements(OURS, "psycopg2", "otree==5.11.5"), "failed: otree==5.11.5 (requirements.txt, line 4) does not"),
        (requirements(OURS, "psycopg2", "otree<6"), "failed: otree<6 (requirements.txt, line 4) does not go"),
        (requirements(OURS, "psycopg2", "otree==6.0.14"), "warning: the server gets otree==6.0.14"),
        (requirements(OURS, "psycopg2", "openai==1.99.0"), "failed: openai==1.99.0 (requirements.txt, line 4) does"),
        (requirements(OURS, "psycopg2", "openai~=2.3"), "failed: openai~=2.3 (requirements.txt, line 4) does"),
        (requirements(OURS, "psycopg2", "openai>=3,<4"), ""),
        (
            requirements(OURS, "psycopg2", "sqlalchemy>=1.4"),
            "failed: sqlalchemy>=1.4 (requirements.txt, line 4): oTree",
        ),
        (requirements(OURS, "psycopg2", "SQLAlchemy==2.0.30"), "failed: sqlalchemy==2.0.30 (requirements.txt, line 4)"),
        (requirements(OURS, "psycopg2", "sqlalchemy==1.3.22"), ""),
        (requirements(OURS, "psycopg2", "numpy==1", "numpy==2"), "failed: numpy stands there 2 times"),
        (requirements("./wheels/otree_ego-0.1.0-py3-none-any.whl", "psycopg2"), "failed: ./wheels/otree_ego-0.1.0"),
        (requirements(r".\wheels\otree_ego-0.1.0-py3-none-any.whl", "psycopg2"), "failed: .\\wheels"),
        (requirements(r"C:\Users\me\otree_ego-0.1.0-py3-none-any.whl", "psycopg2"), "failed: C:\\Users"),
        (requirements("/home/me/otree_ego-0.1.0-py3-none-any.whl", "psycopg2"), "failed: /home/me/otree_ego"),
    ],
)
def test_requirements(text: str, said: str, project: Path) -> None:
    (project / "requirements.txt").write_text(text)
    found = wrong()
    assert found.get("requirements.txt", "").startswith(said)
    assert set(found) <= {"requirements.txt"} and (said or not found)


def test_a_repository_that_brings_the_source_needs_no_line(project: Path) -> None:
    (project / "requirements.txt").write_text(requirements("otree==6.0.15", "psycopg2"))
    (project / "otree_ego").mkdir()
    (project / "otree_ego" / "version.py").touch()
    assert wrong() == {}


def test_what_requirements_refer_to_is_read(project: Path) -> None:
    (project / "wheels").mkdir()
    (project / "wheels" / "otree_ego-0.1.0-py3-none-any.whl").touch()
    (project / "parts").mkdir()
    (project / "requirements.txt").write_text(requirements("-r parts/more.txt", "-r requirements.txt"))
    (project / "parts" / "more.txt").write_text("wheels/otree_ego-0.1.0-py3-none-any.whl\npsycopg2\n-r nowhere.txt\n")
    assert wrong() == {}


def test_another_way_to_install_is_not_read(project: Path) -> None:
    (project / "requirements.txt").unlink()
    (project / "uv.lock").touch()
    assert wrong() == {}


def test_this_repository_names_itself(project: Path) -> None:
    (project / "setup.cfg").write_text("[metadata]\nname = otree-ego\n")
    for line in (".[local]", "-e .", "."):
        (project / "requirements.txt").write_text(requirements(line, "psycopg2"))
        assert wrong() == {}


@FEW
@given(st.text(max_size=120))
@example("/\0")
@example("./\ud800")
def test_any_line_of_requirements_is_read(line: str) -> None:
    found = parse_line(line)
    if found is not None:
        found.allows("6.0.15")
        found.allows_any((6,), (7,))
        assert isinstance(found.pinned, bool)
    numbers_of(line)


@FEW
@given(
    st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,20}[a-z0-9]", fullmatch=True).filter(
        lambda name: not name.endswith("zip")
    ),
    st.lists(st.integers(0, 999), min_size=1, max_size=4),
    st.sampled_from(["==", ">=", "<=", "~=", "<", ">", "!="]),
    st.sampled_from(["", "  # why", " ; python_version > '3.9'", " --hash=sha256:00"]),
)
def test_requirements_are_read_as_pip_reads_them(name: str, version: list[int], operator: str, rest: str) -> None:
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    text = ".".join(map(str, version))
    if operator == "~=" and len(version) == 1:
        text += ".0"
    line = f"{name}{operator}{text}"
    if not line.lower().endswith((".whl", ".zip", ".tar.gz")):
        found = parse_line(line + rest.replace("  # why", ""))
        assert found is not None and found.name == canonicalize_name(name)
        for other in (text, "6.0.15", "0", "999.999"):
            assert found.allows(other) == SpecifierSet(f"{operator}{text}").contains(other)
        assert found.pinned == (operator == "==")


def test_versions_that_a_line_allows() -> None:
    assert Requirement("x", versions=">=3.1,!=3.2").allows_any((3,), (4,))
    assert not Requirement("x", versions="==2.*").allows_any((3,), (4,))
    assert Requirement("x", versions="==3.*").allows_any((3,), (4,))
    assert not Requirement("x", versions=">=4").allows_any((3,), (4,))
    assert Requirement("x").allows_any((3,), (4,))


# --- database, proxy, clock, memory -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "SQLite (DATABASE_URL is not set)"),
        ("sqlite:///db.sqlite3", "SQLite (DATABASE_URL names SQLite)"),
        ("'postgres://me:tulip%40word@host/data'", "holds more than the address: leave out the quotes"),
        ("DATABASE_URL=postgres://me:tulip%40word@host/data", "holds more than the address"),
        (" postgres://me:tulip%40word@host/data", "has white space in it"),
        ("me:tulip%40word@host/data", "is no address"),
        ("mysql://me:tulip%40word@host/data", "is not PostgreSQL's"),
        ("postgres://me:tulip@word@host/data", "has an @ in its password"),
        ("postgres://me:tulip#word@host/data", "has a # in it"),
        ("postgres://me:tulip/word@host/data", "has no usable host or port"),
        ("postgres://me:tulip%40word@host:port/data", "has no usable host or port"),
        ("postgres://me:tulip%40word@host:5432", "names no database"),
        ("postgresql://USER:PASSWORD@HOST:5432/NAME", "still has placeholders"),
        ("postgresql://me:${DB_PASSWORD}@host/data", "still has placeholders"),
    ],
)
def test_databases(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    found = wrong()
    assert list(found) == ["database"]
    assert said in found["database"] and found["database"].startswith("failed: ")
    assert "tulip" not in found["database"]


@FEW
@given(st.text(max_size=60))
def test_any_database_url_is_judged(text: str) -> None:
    url_problem(text)
    assert "hyacinth" not in url_problem(f"postgres://me:hyacinth{text}@host/data")


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u@h:1/d?sslmode=require", "postgresql:///d"])
def test_good_database_urls(url: str) -> None:
    assert url_problem(url) == ""


def test_a_database_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("DATABASE_URL", ENVIRONMENT["DATABASE_URL"])
    (row,) = server_machine.check_server_database(Project(found=True))
    assert row.state == "failed" and "127.0.0.1:1/otree cannot be reached" in row.found
    assert "tulip" not in str(row)


@pytest.mark.parametrize(
    ("trusted", "said"),
    [
        ("", "warning: FORWARDED_ALLOW_IPS is not set"),
        ("10.0.0.0/8", "warning: FORWARDED_ALLOW_IPS takes single addresses"),
        ("proxy.local", "warning: FORWARDED_ALLOW_IPS takes single addresses"),
        ("*,10.0.0.1", "warning: FORWARDED_ALLOW_IPS takes single addresses"),
        ("10.0.0.1, ::1", ""),
        ("*", ""),
    ],
)
def test_proxies(trusted: str, said: str, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    assert wrong().get("proxy", "").startswith(said) and (said or not wrong())
    (project / "compose.yaml").write_text("services:\n  web:\n    environment:\n      FORWARDED_ALLOW_IPS: '*'\n")
    assert ("proxy" in wrong()) == bool(trusted and said)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no list of time zones")
def test_time_zones(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    for zone in ("", "UTC", "Europe/Berlin", "CET-1CEST", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        assert wrong() == {}
    for zone in ("Europe/Berln", "Berlin", "../../etc/passwd-"):
        monkeypatch.setenv("TZ", zone)
        assert "is no time zone" in wrong()["time zone"]
    monkeypatch.setenv("TZ", "UTC")
    (project / "settings.py").write_text(SETTINGS + "TIME_ZONE = 'Europe/Berlin'\n")
    assert wrong()["time zone"].startswith("warning: TIME_ZONE in settings.py is not read")


def test_the_embedded_model_on_a_small_machine(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    (project / "requirements.txt").write_text(requirements(f"otree-ego[local]=={__version__}", "psycopg2"))
    local = ["local/smollm2"]
    assert list(wrong(local)) == ["embedded model"]
    monkeypatch.setattr(server_machine, "memory_limit", lambda: 512.0)
    assert wrong(local)["memory"].startswith("warning: the embedded model takes 271 of 512 MB")
    assert wrong() == {}
    monkeypatch.setattr(server_machine, "memory_limit", lambda: 256.0)
    assert wrong(local)["memory"].startswith("failed: the server needs about 430 MB, and this machine has 256")
    monkeypatch.setattr(server_machine, "memory_limit", lambda: 4000.0)
    (project / "app.json").write_text('{"formation": {"web": {"size": "Basic"}}}')
    assert wrong(local)["memory"].startswith("warning: the embedded model takes 271 of 512 MB on a basic dyno")
    monkeypatch.setattr(server_machine, "memory_limit", lambda: None)
    assert wrong() == {}
    (project / "requirements.txt").write_text(GOOD["requirements.txt"])
    assert wrong(local)["requirements.txt"].startswith("failed: local/… models are used, and the package")


def test_the_memory_of_this_machine_is_known() -> None:
    if sys.platform == "linux":
        assert (memory_needs.memory_limit() or 0) > 100


# --- the verb ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ego(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*line: str) -> tuple[int, str]:
        code = main(["check", "--production", "--no-network", *line])
        out, _ = capsys.readouterr()
        for secret in (SECRET, PASSWORD, KEY, "tulip"):
            assert secret not in out
        return code, out

    return run


def test_the_verb_for_people_and_machines(ego, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = ego()
    assert code == 0 and out.endswith("Everything that is needed is in place.\n")
    monkeypatch.setenv("OTREE_AUTH_LEVEL", "DEMO")
    code, out = ego("--json")
    rows = {row["name"]: row for row in json.loads(out)["findings"]}
    assert code == 0 and rows["AUTH_LEVEL"]["state"] == "warning" and rows["AUTH_LEVEL"]["fix"]
    monkeypatch.setenv("OTREE_AUTH_LEVEL", "")
    assert ego("--json")[0] == ego()[0] == 1


def test_the_good_project_passes_with_a_real_database(ego, pg: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_machine, "check_database", machine.check_database)
    monkeypatch.setenv("DATABASE_URL", pg.database().env["DATABASE_URL"])
    code, out = ego()
    assert code == 0 and f"PostgreSQL, 127.0.0.1:{pg.port}" in out


def test_keys_of_every_config_persona_treatment_and_app(ego, project: Path) -> None:
    (project / "settings.py").write_text(
        SETTINGS
        + """
SESSION_CONFIGS += [
    dict(name="spare", app_sequence=[], ego_model="gpt-6-luna", ego_fallback_model="groq/a"),
    dict(name="treat", app_sequence=[], ego_model="gpt-6-luna", ultimatum_models="gpt-6-luna, mistral/b"),
    dict(name="talks", app_sequence=[], ego_model="gpt-6-luna",
         group_chat_personas="Ada: Be kind. | Ben [model=xai/c; every 2]: Doubt."),
]
"""
    )
    (project / "talk" / "__init__.py").write_text(
        "a = assign(player, model={'together/d': 2, 'gpt-6-luna': 1})\nOpenRouterThread(model='e/f')\nx(model=5)\n"
    )
    code, out = ego("--json")
    rows = {row["name"]: row for row in json.loads(out)["findings"]}
    failed = {name for name, row in rows.items() if row["state"] == "failed"}
    services = {"groq", "mistral", "xai", "together", "openrouter"}
    assert {f"key {name}" for name in services} <= failed and code == 1
    assert rows["config spare"]["found"] == "no key for groq/a"
    assert rows["config treat"]["found"] == "no key for mistral/b"
    assert rows["config talks"]["found"] == "no key for xai/c"
    assert "config talk" not in rows
    assert "talk/__init__.py, line 1" in out and "openrouter/e/f" in rows


def test_recruiting_alone_needs_no_model(project: Path) -> None:
    config = 'dict(name="recruit", app_sequence=["recruit"], ego_completion_code_completed="X", ego_language="de")'
    (project / "settings.py").write_text(SETTINGS + f"SESSION_CONFIGS = [{config}]\n")
    assert load_project().models == [] and wrong() == {}


def test_models_that_end_are_named(ego, project: Path) -> None:
    (project / "settings.py").write_text(SETTINGS.replace("gpt-6-luna", "gpt-4"))
    assert main(["check", "--no-network"]) in (0, 1)
    code, out = ego()
    assert code == 1 and "gpt-4 ends" in out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("SESSION_CONFIGS = [", "it stops with SyntaxError"),
        (f"int({KEY!r})", "it stops with ValueError: invalid literal for int() with base 10: '[hidden]'"),
        ("import os\nraise OSError('no ' + os.environ['OTREE_ADMIN_PASSWORD'])", "it stops with OSError: no [hidden]"),
        ("import os\nos.environ['STUDY_TOKEN']", "set STUDY_TOKEN=… in the environment"),
        ("SESSION_CONFIGS = [5]", "it stops with TypeError"),
        ("SESSION_CONFIGS = [dict(name='a', app_sequence=5)]", "AUTH_LEVEL"),
        ("\0", "it stops with"),
        ("import sys; sys.exit('bye')", "it stops with SystemExit: bye"),
        ("print('{')\nSESSION_CONFIGS = []", "SECRET_KEY"),
    ],
)
def test_broken_settings_do_not_keep_the_rest_from_being_checked(settings: str, said: str, ego, project: Path) -> None:
    (project / "settings.py").write_text(settings)
    code, out = ego("--json")
    rows = [row["name"] for row in json.loads(out)["findings"]]
    assert code == 1 and said in out
    assert {"AUTH_LEVEL", "key files", "Procfile", "requirements.txt", "proxy", "memory"} <= set(rows)


def test_without_a_project(ego, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, out = ego()
    assert code == 1 and "there is no settings.py in this folder" in out
    assert "AUTH_LEVEL" in out


def test_a_check_that_stops_is_said(ego, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> Iterator[Row]:
        raise RuntimeError(f"with {PASSWORD}")
        yield

    monkeypatch.setattr("otree_ego.cli.production.check_packed", stop)
    code, out = ego()
    assert code == 1 and "it could not be checked: RuntimeError: with [hidden]" in " ".join(out.split())
    assert "memory" in out


def test_what_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPUS_TOKEN", "violet-lamp")
    assert masked("a violet-lamp") == "a [hidden]"
    assert masked("gsk_0123456789abcdefghijkl and tulip@word") == "[hidden] and [hidden]"
    assert masked("postgres://me:some@thing@host/x") == "postgres://me:[hidden]@host/x"
    assert masked("nothing here", ["nothing"]) == "[hidden] here"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_files_that_nobody_may_read(project: Path) -> None:
    (project / "Procfile").chmod(0)
    assert wrong()["Procfile"].startswith("failed: Procfile cannot be read: Permission denied")


def test_the_docs_name_every_finding(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text("utf-8")
    for name in ("OTREE_PRODUCTION", "OTREE_AUTH_LEVEL", "OTREE_ADMIN_PASSWORD", "OTREE_SECRET_KEY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.setenv("OTREE_REST_KEY", "x")
    (project / "openai_key").write_text("sk-1")
    (project / "talk" / "__init__.py").write_text(f"key = {KEY!r}")
    (project / "app.json").write_text("{")
    names = {*findings(["local/smollm2"]), "keys in files", "compose.yaml"}
    assert {name for name in names if f"`{name}`" not in page} == set()
