"""One command installs the package beside oTree, and nothing contradicts; in the full set on every Python there is."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from harness import Project, warm_python
from harness.bots import otree_test
from harness.pythons import interpreter

import otree_ego

REPO = Path(__file__).resolve().parents[2]
RUNNING = "{}.{}".format(*sys.version_info)
VERSIONS = sorted({RUNNING, "3.10", "3.11", "3.12", "3.13", "3.14"})
OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")

pytestmark = pytest.mark.index


def run(*command: str | Path, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    done = warm_python.run([*map(str, command)], cwd=cwd, env=env, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


# A game that this repository does not have: all that somebody who adds one writes.
COIN = {
    "__init__.py": """\
from otree.api import *

from otree_ego import ai, custom_export, session_setting


class C(BaseConstants):
    NAME_IN_URL = "coin"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    said = models.StringField()


class Toss(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player) as llm:
            player.said = llm.submit(session_setting(player, "coin_question", "Heads or tails?"))


page_sequence = [Toss]
""",
    "Toss.html": "{{ block content }}{{ next_button }}{{ endblock }}",
    "session_config.py": """\
SESSION_CONFIGS = [
    dict(
        name="coin",
        display_name="Toss a coin",
        app_sequence=["coin"],
        num_demo_participants=1,
        coin_question="Heads or tails?",
        ego_model="constant/Heads",
    ),
]
""",
    "tests.py": """\
from otree.api import Bot, Submission

from . import Toss


class PlayerBot(Bot):
    def play_round(self):
        yield Submission(Toss)
        assert self.player.said == "Heads"
""",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, because building leaves files in the source's folder; a game that is new was dropped into its apps/."""
    copy = tmp_path_factory.mktemp("checkout") / "otree_ego"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info", "ego_demo", "db.sqlite3*")
    shutil.copytree(REPO, copy, ignore=left_out)
    (copy / "apps" / "coin").mkdir()
    for name, text in COIN.items():
        (copy / "apps" / "coin" / name).write_text(text, encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", ".", cwd=checkout)
    return next((checkout / "dist").glob("otree_ego-*.whl"))


@pytest.mark.full
def test_the_wheel_has_all_that_the_checkout_runs_on(checkout: Path, wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    homes = {"otree_ego": "otree_ego", "ego_chat": "otree_ego/_gallery/ego_chat", "apps": "otree_ego/_gallery"}
    for source, home in {**homes, "_static": "otree_ego/_static"}.items():
        files = [file.relative_to(checkout / source) for file in (checkout / source).rglob("*") if file.is_file()]
        wanted = {f"{home}/{file.as_posix()}" for file in files if "__pycache__" not in file.parts}
        assert wanted <= names, f"The wheel lacks {sorted(wanted - names)}"
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"otree_ego", f"otree_ego-{otree_ego.__version__}.dist-info"}


def test_a_game_dropped_into_apps_is_shipped_offered_and_shown(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert {f"otree_ego/_gallery/coin/{name}" for name in COIN} <= shipped
    pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target")
    run(sys.executable, *pip, "installed", wheel, cwd=tmp_path)
    project = Project(tmp_path / "project")
    code = "import sys; from otree_ego.cli import main; sys.exit(main(sys.argv[1:]))"
    for place in (checkout, tmp_path / "installed"):
        name = f"coin_{place.name}"
        ego = (sys.executable, "-c", f"import sys; sys.path.insert(0, {str(place)!r}); {code}")
        assert "coin" in run(*ego, "startapp", "--help", cwd=project.folder)
        assert f'{name}_question="Heads or tails?"' in run(
            *ego, "startapp", "coin", "--as", name, "--yes", cwd=project.folder
        )
        demo = f"import sys; sys.path.insert(0, {str(place)!r}); from otree_ego.cli.demo import *"
        run(sys.executable, "-c", f"{demo}; make_project(Path({f'demo_{place.name}'!r}).absolute())", cwd=tmp_path)
        settings = runpy.run_path(str(tmp_path / f"demo_{place.name}" / "settings.py"))
        assert "Toss a coin" in [config["display_name"] for config in settings["SESSION_CONFIGS"]]
        done = otree_test(project, name)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.full
@pytest.mark.server
@pytest.mark.parametrize(
    "version", [pytest.param(each, marks=() if each == RUNNING else pytest.mark.full) for each in VERSIONS]
)
def test_it_installs_beside_otree(version: str, wheel: Path, tmp_path: Path) -> None:
    run(interpreter(version), "-m", "venv", "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--no-compile", f"{wheel}[local]", cwd=tmp_path)
    run(scripts / "python", "-m", "pip", "check", cwd=tmp_path)

    assert run(scripts / "ego", "--version", cwd=tmp_path).startswith(f"otree_ego {otree_ego.__version__}, oTree 6.")
    project = Project(tmp_path / "project").folder
    run(scripts / "ego", "startapp", "chat", "--yes", cwd=project)
    run(scripts / "ego", "check", "--no-network", cwd=project)
    code = "from otree_ego.paths import *; assert static_dir().joinpath('otree_ego/chat.js').is_file(); "
    code += "assert templates_dir().joinpath('otree_ego/chat.html').is_file(); print(*gallery())"
    assert "ego_chat" in run(scripts / "python", "-W", "error", "-c", code, cwd=tmp_path)
    code = "from otree_ego import Prompt; print(Prompt('{{ a }}').render(a=1))"
    assert run(scripts / "python", "-W", "error", "-c", code, cwd=tmp_path) == "1\n"
    run(scripts / "python", "-m", "pip", "install", "--quiet", "requests", cwd=tmp_path)  # oTree's bots want it
    run(scripts / "otree", "test", "chat", cwd=project)
    run(scripts / "ego", "startproject", "my_study", "--apps", "coin", "--model", "constant/Heads", cwd=tmp_path)
    run(scripts / "otree", "test", "coin", cwd=tmp_path / "my_study")
    same_as_pips(next((tmp_path / "my_study" / "wheels").iterdir()), wheel)


def same_as_pips(ours: Path, wheel: Path) -> None:
    """A wheel that a new project carries has the files and the requirements of one that pip builds."""
    one, two = zipfile.ZipFile(ours), zipfile.ZipFile(wheel)

    def code(archive: zipfile.ZipFile) -> dict[str, bytes]:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("otree_ego/")}

    def needs(archive: zipfile.ZipFile) -> set[str]:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        fields = archive.read(name).decode().replace("'", '"').splitlines()
        return {re.sub(r"\s|[()]", "", line) for line in fields if re.match(r"(Requires|Provides|Name)", line)}

    assert code(one) == code(two)
    orders = [{"".join(sorted(line)) for line in needs(archive)} for archive in (one, two)]  # "<7,>=6" is ">=6,<7"
    assert orders[0] == orders[1]


def test_a_project_made_from_a_checkout_carries_the_wheel_that_pip_would_build(
    checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    code = f"import sys; sys.path.insert(0, {str(checkout)!r}); from otree_ego.cli import main; main(sys.argv[1:])"
    run(sys.executable, "-c", code, "startproject", "my_study", "--apps", "coin", cwd=tmp_path)
    same_as_pips(next((tmp_path / "my_study" / "wheels").iterdir()), wheel)


@pytest.mark.full
def test_it_installs_from_a_checkout_for_development(checkout: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--system-site-packages", "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    install = ("install", "--quiet", "--no-deps", "--editable", checkout)
    run(scripts / "python", "-m", "pip", *install, cwd=tmp_path)
    code = "from otree_ego.paths import *; print(gallery()['ego_chat'], static_dir(), templates_dir(), sep='\\n')"
    chat, static, templates = run(scripts / "python", "-c", code, cwd=tmp_path).splitlines()
    assert (chat, static) == (str(checkout / "ego_chat"), str(checkout / "_static"))
    assert templates == str(checkout / "otree_ego" / "binding" / "templates")
    assert run(scripts / "ego", "--version", cwd=tmp_path).startswith("otree_ego")
    code = "from otree_ego.projects.own_wheel import *; print(own_wheel().name, from_index(), sep='')"
    assert run(scripts / "python", "-c", code, cwd=tmp_path).endswith("-py3-none-any.whl\n")
