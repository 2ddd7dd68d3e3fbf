"""docs/deploying.md and the files that it is about, run as far as this machine allows."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from harness import Admin, Server, needs
from harness.chat import Chat
from harness.database import attempts, free_port
from harness.project import REPO
from harness.server import PRIVATE

from otree_ego.cli import main

PAGE = (REPO / "docs" / "deploying.md").read_text("utf-8")
BLOCK = re.compile(r"^```(bash|text|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEROKU = """\
#!/bin/sh
echo "$*" >> "$HEROKU_LOG"
if [ "$1" = create ]; then git init -q --bare "$HEROKU_REPOSITORY" && git remote add heroku "$HEROKU_REPOSITORY"; fi
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploying")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["startproject", "my_study", "--model", "gpt-6-luna"]) == 0
    return folder / "my_study"


def blocks(text: str, kind: str) -> list[str]:
    return [body for name, body in BLOCK.findall(text) if name == kind]


def test_the_projects_readme_has_the_same_steps(project: Path) -> None:
    readme = (project / "README.md").read_text("utf-8")
    local = "pip install -r requirements.txt\notree devserver\n"
    assert [each for each in blocks(readme, "bash") if each not in (*blocks(PAGE, "bash"), local)] == []
    assert blocks(readme, "text") == blocks(PAGE, "text")
    assert len(blocks(readme, "bash")) == 5


def test_every_file_of_the_table_is_there(project: Path) -> None:
    table = PAGE.partition("| file | what it is for |")[2].partition("\n\n")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row]
    named = {name for first in firsts for name in re.findall(r"`([^`]+)`", first)}
    assert len(named) > 10 and [name for name in named if not (project / name).exists()] == []
    tops = {each.name for each in project.iterdir()} - {"_static", "_templates", "ego_chat", "deploy"}
    assert tops <= named


def test_the_page_names_what_settings_read(project: Path) -> None:
    settings = (project / "settings.py").read_text("utf-8")
    assert [name for name in re.findall(r'environ\S*"(OTREE_\w+)"', settings) if f"`{name}" not in PAGE] == []


def test_the_lines_for_an_older_projects_settings(tmp_path: Path) -> None:
    (lines,) = blocks(PAGE, "python")
    (tmp_path / "settings.py").write_text(lines)
    (tmp_path / ".env").write_text("OTREE_ADMIN_PASSWORD=of the file\n")
    env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)} | {"PYTHONPATH": str(REPO)}
    code = "import settings; print(settings.ADMIN_PASSWORD, len(settings.SECRET_KEY), settings.SECRET_KEY)"
    shown = [
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert shown[0].startswith(b"of the file 64 ") and shown[0] == shown[1]


def test_the_steps_for_heroku(project: Path, tmp_path: Path) -> None:
    (steps,) = [each for each in blocks(PAGE, "bash") if "heroku create" in each]
    folder, tools, repository = tmp_path / "my_study", tmp_path / "tools", tmp_path / "heroku.git"
    shutil.copytree(project, folder)
    (folder / "openai_key").write_text("sk-not-for-git")
    tools.mkdir()
    (tools / "heroku").write_text(HEROKU)
    (tools / "heroku").chmod(0o755)
    own = {"HEROKU_LOG": "log", "HEROKU_REPOSITORY": repository.name, "GIT_CONFIG_GLOBAL": "gitconfig", "HOME": ""}
    env = os.environ | {name: str(tmp_path / file) for name, file in own.items()}
    env |= {"PATH": f"{tools}:{os.environ['PATH']}", "GIT_CONFIG_NOSYSTEM": "1"}
    (tmp_path / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n[core]\nautocrlf = true\n")
    subprocess.run(["bash", "-euo", "pipefail", "-c", steps], cwd=folder, env=env, check=True, capture_output=True)

    def git(*line: str) -> bytes:
        return subprocess.run(["git", "-C", repository, *line], check=True, capture_output=True).stdout

    packed = git("ls-tree", "-r", "--name-only", "main").decode().split()
    assert {"Procfile", "requirements.txt", ".python-version", "settings.py", "ego_chat/__init__.py"} <= {*packed}
    assert any(name.startswith("wheels/") for name in packed)
    assert not {".env", "openai_key"} & {*packed}
    assert git("show", "main:Procfile") == b"web: otree prodserver\n"
    said = (tmp_path / "log").read_text()
    secret = re.search(r"OTREE_SECRET_KEY=([0-9a-f]{64})\n", said)
    assert secret and "ps:scale web=1" in said and "OPENAI_API_KEY" in said


# --- a plain server ---------------------------------------------------------------------------------------------------


def unit(project: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (project / "deploy" / "my_study.service").read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_unit(project: Path, tmp_path: Path) -> None:
    text = (project / "deploy" / "my_study.service").read_text()
    text = text.replace("/srv/my_study/venv/bin/otree", "/bin/true").replace("User=otree", "User=root")
    (tmp_path / "my_study.service").write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "my_study.service"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs.starts("server")
class Unit(Server):
    """The unit's command with the unit's environment, in the project's folder instead of /srv."""

    def __init__(self, folder: Path, tmp_path: Path) -> None:
        self.unit = unit(folder)
        self.home = tmp_path / "srv" / "my_study"
        shutil.copytree(folder, self.home)
        with (self.home / ".env").open("a") as file:
            file.write("OPENAI_API_KEY=sk-fake\n")
        (self.home / "venv").mkdir()
        (self.home / "venv" / "bin").symlink_to(Path(sys.executable).parent)
        place: Any = SimpleNamespace(folder=self.home)
        super().__init__(place, auth_level="STUDY")

    def _here(self, text: str) -> str:
        return text.replace("/srv/my_study", str(self.home)).replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")

    def _command_line(self) -> list[str]:
        (line,) = self.unit["ExecStart"]
        return shlex.split(self._here(line))

    def _environment(self, more: dict[str, str], production: bool) -> dict[str, str]:
        lines = [pair for value in self.unit["Environment"] for pair in shlex.split(self._here(value))]
        (file,) = self.unit["EnvironmentFile"]
        lines += [line for line in Path(self._here(file)).read_text().splitlines() if line and line[0] != "#"]
        pairs = (line.split("=", 1) for line in lines)
        return {**{name: value for name, value in pairs}, "PYTHONPATH": str(REPO), **self.auth_env}


@pytest.fixture(scope="module")
def plain_server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    with Unit(project, tmp_path_factory.mktemp("plain")) as running:
        yield running
        assert running.stop() == 0


def test_links_are_https_behind_a_proxy_on_the_same_machine(plain_server: Unit) -> None:
    session = plain_server.create_session("chat")
    path = f"/SessionStartLinks/{session.code}"
    assert f"http://127.0.0.1:{plain_server.port}/InitializeParticipant/" in plain_server.get(path).text
    plain_server.http.headers.update({"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"})
    try:
        page = plain_server.get(path).text
    finally:
        for name in ("X-Forwarded-Proto", "X-Forwarded-For"):
            del plain_server.http.headers[name]
    assert f"https://127.0.0.1:{plain_server.port}/InitializeParticipant/" in page and "http://127.0.0.1" not in page
    running = " ".join(plain_server.members().values())
    assert "otree prodserver" in running and "otree timeoutsubprocess" in running


@pytest.fixture
def https(plain_server: Unit, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    """The operator's side of the server behind Caddy, which has made its own certificate and told nobody of it."""
    port = free_port()
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    env |= {"SITE": f"localhost:{port}", "UPSTREAM": f"127.0.0.1:{plain_server.port}"}
    adapt = ["caddy", "adapt", "--adapter", "caddyfile", "--config", project / "deploy" / "Caddyfile"]
    config = json.loads(subprocess.run(adapt, env=env, check=True, capture_output=True).stdout)
    config["admin"] = {"disabled": True}
    config["apps"]["http"]["http_port"] = free_port()
    for server in config["apps"]["http"]["servers"].values():
        server["protocols"] = ["h1", "h2"]  # the harness holds the ports of UDP
    config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    (tmp_path / "caddy.json").write_text(json.dumps(config))
    run = ["caddy", "run", "--config", str(tmp_path / "caddy.json")]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(run, env=env, stdout=log, stderr=log) as caddy:
        authority = tmp_path / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        admin = Admin(f"https://localhost:{port}", "STUDY")
        admin.http.verify = str(authority)
        for _ in attempts():
            assert caddy.poll() is None, (tmp_path / "log").read_text()
            with contextlib.suppress(OSError):
                if admin.http.get(f"{admin.url}/login", timeout=30).status_code == 200:
                    break
        yield admin
        caddy.terminate()


@pytest.mark.server
@pytest.mark.skipif(shutil.which("caddy") is None, reason="there is no Caddy here")
def test_a_chat_over_https_behind_caddy(https: Admin) -> None:
    session = https.create_session("chat", ego_model="constant/Here I am.")
    page = https.get(f"/SessionStartLinks/{session.code}").text
    assert f"{https.url}/InitializeParticipant/" in page and "http://" not in re.sub(r"http://www\.w3\.org", "", page)
    person = session.participant()
    person.http.verify = https.http.verify
    with Chat(person.start().submit(nickname="Ada")) as chat:
        chat.say("Are you there?")
        chat.until(lambda told: told["t"] == "end")
        assert chat.quiet()[-1]["text"] == "Here I am."


def test_the_containers_health_check_and_command(plain_server: Unit, project: Path) -> None:
    lines = (project / "Dockerfile").read_text().splitlines()
    (check,) = [line.partition(" CMD ")[2] for line in lines if line.startswith("HEALTHCHECK")]
    (command,) = [line.removeprefix("CMD ") for line in lines if line.startswith("CMD ")]
    assert eval(command) == ["otree", "prodserver", "8000"]
    program, flag, code = eval(check)
    assert (program, flag) == ("python", "-c")
    env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}

    def healthy(port: int) -> bool:
        run = [sys.executable, flag, code.replace("127.0.0.1:8000", f"127.0.0.1:{port}")]
        return subprocess.run(run, env=env, capture_output=True, check=False).returncode == 0

    assert healthy(plain_server.port) and not healthy(1)
    wanted = ["COPY requirements.txt ./", "COPY wheels wheels", "RUN pip install -r requirements.txt", "USER study"]
    assert [line for line in lines if line in wanted] == wanted
    (version,) = [line for line in lines if line.startswith("FROM ")]
    assert version == f"FROM python:{(project / '.python-version').read_text().strip()}-slim"


def test_compose_has_what_its_services_need(project: Path) -> None:
    yaml = pytest.importorskip("yaml")
    text = (project / "compose.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    assert services.keys() == {"web", "db", "caddy"}
    assert services["web"]["init"] is True and services["web"]["stop_grace_period"] == "30s"
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    values = {line.partition("=")[0] for line in (project / services["web"]["env_file"]).read_text().splitlines()}
    assert set(re.findall(r"\$\{(\w+):\?", text)) == {"POSTGRES_PASSWORD"} < values
    mounted = services["caddy"]["volumes"][0].split(":")[0]
    assert "reverse_proxy {$UPSTREAM:web:8000}" in (project / mounted).read_text()


def test_no_key_comes_into_an_image(project: Path) -> None:
    patterns = (project / ".dockerignore").read_text().splitlines()
    assert {"**/.env", "**/*_key", "**/*.key", "**/openai_key"} - {*patterns} == {"**/openai_key"}
    assert not [line for line in patterns if line.startswith("!") and "example" not in line]
