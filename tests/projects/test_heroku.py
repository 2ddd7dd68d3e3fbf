"""From `ego startproject` to people in a browser, as Heroku runs it: packed, unpacked anew at each start, bare."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import PostgreSQL, Watch
from harness.chat import Chat
from harness.chat_window import Window
from harness.dyno import Dyno
from harness.project import REPO
from harness.pythons import RUNNING, interpreter
from harness.server import PRIVATE
from playwright.sync_api import Page, expect

from otree_ego.cli import main
from otree_ego.testing import FakeService, fitting

KEY = "sk-proj-0123456789abcdef"
RESTARTS = r"WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource"


@pytest.fixture(scope="module")
def heroku_postgres() -> Iterator[PostgreSQL]:
    with PostgreSQL(ssl=True) as cluster:
        yield cluster


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    bare = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name) and name != "PYTHONPATH"}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=bare | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `otree zip` makes of a new project whose owner has put a key where the README says."""
    folder = tmp_path_factory.mktemp("mine")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["startproject", "my_study", "--apps", "chat,ultimatum", "--model", "gpt-6-luna"]) == 0
    with (folder / "my_study" / ".env").open("a") as file:
        file.write(f"OPENAI_API_KEY={KEY}\n")
    values = (folder / "my_study" / ".env").read_text().splitlines()
    secrets = [line.partition("=")[2] for line in values if "#" not in line]
    run(Path(sys.executable).with_name("otree"), "zip", cwd=folder / "my_study")
    made = folder / "my_study" / "my_study.otreezip"
    with tarfile.open(made) as tar:
        texts = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}  # type: ignore[union-attr]
    assert not [name for name, text in texts.items() for secret in secrets if secret.encode() in text]
    assert ".env" not in texts and len(secrets) >= 4
    assert not [name for name, text in texts.items() if b"\r\n" in text and not name.endswith(".whl")]
    return made


CLEAN = [
    pytest.param(version, id=f"clean {version}", marks=[pytest.mark.full, pytest.mark.index])
    for version in sorted({RUNNING, "3.12"})  # `otree zip` tells servers to run 3.12
]


@pytest.fixture(scope="module", params=["packages of here", *CLEAN])
def environment(
    request: pytest.FixtureRequest, archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path | None]:
    """A Python, and where otree_ego is if that environment lacks it: never in this checkout."""
    there = tmp_path_factory.mktemp("build")
    with tarfile.open(archive) as tar:
        tar.extractall(there, filter="data")
    if request.param != "packages of here":
        assert (there / ".python-version").read_text() == "3.12"
        run(interpreter(request.param), "-m", "venv", there / "venv", cwd=there)
        python = there / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--no-compile", "-r", "requirements.txt", cwd=there)
        run(python, "-m", "pip", "check", cwd=there)
        return python, None
    (wheel,) = (there / "wheels").iterdir()
    site = there / "site"
    pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target")
    run(sys.executable, *pip, site, wheel, cwd=there)
    return Path(sys.executable), site


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture
def dyno(
    archive: Path,
    environment: tuple[Path, Path | None],
    heroku_postgres: PostgreSQL,
    service: FakeService,
    tmp_path: Path,
) -> Iterator[Dyno]:
    python, search = environment
    config = {"OTREE_SECRET_KEY": "x" * 64, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": service.base_url}
    with Dyno(archive, tmp_path / "app", python, heroku_postgres, config, search) as running:
        yield running


def restart(dyno: Dyno) -> None:
    (dyno.project.folder / "written_by_the_server").write_text("")
    assert dyno.stop() == 0
    dyno.start()
    assert not (dyno.project.folder / "written_by_the_server").exists()


def test_people_chat_and_play(dyno: Dyno, service: FakeService, browser_page: Page, watch: Watch) -> None:
    page = browser_page
    watch.allow(RESTARTS)
    service.reply = "I am well."
    session = dyno.create_session("chat")
    page.goto(session.participant().url)
    page.get_by_label("What shall the model call you?").fill("Ada")
    page.get_by_role("button", name="Next").click()
    chat = Window(page, session, page.url)
    chat.ask("How are you?", "I am well.")
    restart(dyno)  # the page is open, and comes back by itself
    chat.ask("And now?", "I am well.")
    page.reload()
    chat.shows("How are you?", "I am well.", "And now?", "I am well.")
    chat.next.click()
    expect(page.get_by_text("Replies of the model: 2")).to_be_visible()

    service.reply = fitting
    game = dyno.create_session("ultimatum", 1, ultimatum_role="responder")
    page.goto(game.participant().url)
    page.get_by_role("button", name="Next").click()
    for field, value in (("check1", "some"), ("check2", "nobody"), ("check3", "seen")):
        page.locator(f"input[name={field}][value={value}]").check()
    if dyno.search is None:
        restart(dyno)
    page.get_by_role("button", name="Next").click()
    page.locator("input[name=accepted]").first.check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()

    asked = {request.headers.get("authorization") for request in service.requests}
    assert asked == {f"Bearer {KEY}"}
    rows = dyno.custom_export("ego_chat", session=session.code)
    assert [row["text"] for row in rows if row["role"] == "user"][-1] == "And now?"
    assert dyno.app_export("ultimatum", game.code)[0]["player.payoff"] != ""
    assert KEY.encode() not in dyno.stored() and KEY not in dyno.log
    assert dyno.database.query("SELECT count(*) AS n FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE NOT ssl "
                               "AND client_addr IS NOT NULL") == [{"n": 0}]  # fmt: skip
    assert dyno.stop() == 0
    assert not dyno.complaints() and "Traceback" not in dyno.log


@pytest.mark.full  # the same in another folder; tests/projects/test_requirements.py looks at its files
def test_this_repository_deploys_too(heroku_postgres: PostgreSQL, tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns(
        ".*_cache", ".git", ".venv", "__pycache__", "build", "dist", "*.egg-info", "tests"
    )
    shutil.copytree(REPO, tmp_path / "repository", ignore=left_out)
    run(Path(sys.executable).with_name("otree"), "zip", cwd=tmp_path / "repository")
    config = {"OTREE_SECRET_KEY": "x" * 64}
    archive = tmp_path / "repository" / "repository.otreezip"
    with Dyno(archive, tmp_path / "app", Path(sys.executable), heroku_postgres, config) as dyno:
        person = dyno.create_session("chat", ego_model="constant/Here I am.").participant().start()
        with Chat(person.submit(nickname="Ada")) as chat:
            chat.say("Are you there?")
            chat.until(lambda told: told["t"] == "end")
            assert chat.quiet()[-1]["text"] == "Here I am."
        code = "import otree.settings, otree_ego; print(otree_ego.__file__)"
        assert str(tmp_path / "app") in run(sys.executable, "-c", code, cwd=tmp_path / "app")
        assert dyno.stop() == 0
