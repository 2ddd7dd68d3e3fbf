"""Scenario modules from within: finding, loading, playing and reviving them, without a command line."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from otree_ego.errors import ConfigError, RunError
from otree_ego.experiment.modules.export_function import exported_rows
from otree_ego.experiment.modules.module_run import play_module
from otree_ego.experiment.modules.scenario import find_scenario, load_scenario, run_arguments
from otree_ego.experiment.runs.options import default_options
from otree_ego.stores import RunStore


def module(name: str, text: str) -> Any:
    """A scenario of this folder, loaded."""
    file = Path(f"{name}.py")
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_scenario(file)


@pytest.fixture
def store(folder: Path) -> Any:
    opened = RunStore("ego.sqlite3")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("game", "scenarios/game.py"), ("scenarios.game", "scenarios/game.py"), ("sub.deep", "scenarios/sub/deep.py"),
        ("beside", "beside.py"), ("beside.py", "beside.py"), ("data", "data.json"), ("./data.json", "data.json"),
    ],
)  # fmt: skip
def test_a_name_stands_for_a_file(name: str, file: str, folder: Path) -> None:
    for path in ("scenarios/game.py", "scenarios/sub/deep.py", "beside.py", "game.py", "data.json"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("")
    assert find_scenario(name, folder).resolve() == (folder / file).resolve()


def test_a_name_of_nothing_is_refused(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    for name in ("scenarios", "", "no/where", "/no/where.py", "../x", "notes.txt"):
        with pytest.raises(ConfigError, match="There is no scenario"):
            find_scenario(name, folder)


def test_arguments_are_those_of_run(folder: Path) -> None:
    loaded = module("args_a", "def run(times, pot, *rest, rounds=3): pass")
    assert run_arguments(loaded, 5, {"pot": 1}) == {"times": 5, "pot": 1}
    with pytest.raises(ConfigError, match="wants pot: give -p pot VALUE"):
        run_arguments(loaded, 5, {})
    with pytest.raises(ConfigError, match="takes no 'stake'"):
        run_arguments(loaded, 5, {"stake": 1})
    assert run_arguments(module("args_b", "def run(rounds=1): pass"), 5, {}) == {}
    assert run_arguments(module("args_c", "def run(**more): pass"), 5, {"x": 1}) == {"times": 5, "x": 1}
    with pytest.raises(ConfigError, match="it is no scenario"):
        run_arguments(module("args_d", "run = 7"), 5, {})


LONE = """
from otree_ego import ConstantThread

def run(times):
    for n in range(times):
        thread = ConstantThread("x", number=n)
        thread.system("Be brief.")
        thread.submit("?")
        thread.save("sub", outdir="out", full_save=True)

def export(thread):
    return dict(number=thread.number, said=len(thread.history))
"""


def test_lone_threads_are_replications(store: RunStore) -> None:
    loaded = module("lone", LONE)
    (uid,) = play_module(loaded, 3, {}, store, default_options())
    assert [(each.place, each.status) for each in store.replications(uid)] == [(n, "done") for n in range(3)]
    rows = list(exported_rows(loaded, store, store.get(uid)))
    assert [(row["number"], row["said"]) for row in rows] == [(0, 3), (1, 3), (2, 3)]
    assert not Path("out").exists()


def test_what_is_said_after_saving_is_recorded_too(store: RunStore) -> None:
    loaded = module(
        "after",
        """
        from otree_ego import ConstantThread, Conversation
        def run(times):
            pair = Conversation(ConstantThread("1"), ConstantThread("2"))
            for thread in pair:
                thread.submit("First?")
            pair.all.save()
            pair.threads[0].submit("Second?")
            pair.all.mood = "fine"
        def export(thread):
            return dict(said=len(thread.history), mood=thread.mood)
        """,
    )
    (uid,) = play_module(loaded, 1, {}, store, default_options())
    assert [(row["said"], row["mood"]) for row in exported_rows(loaded, store, store.get(uid))] == [
        (4, "fine"),
        (2, "fine"),
    ]
    (replication,) = store.replications(uid)
    assert replication.answers == 3


def test_memorised_words_alone_are_recorded(store: RunStore) -> None:
    loaded = module(
        "words",
        """
        from otree_ego import ExternalThread
        def run(times):
            thread = ExternalThread()
            thread.system("Be kind.")
            thread.user("Hello")
            thread.assistant("Good day")
        """,
    )
    (uid,) = play_module(loaded, 1, {}, store, default_options())
    (seat,) = store.seats(uid)
    said = store.messages([seat.thread.uid])[seat.thread.uid]
    assert [(m.seq, m.role) for m in said] == [(1, "system"), (2, "user"), (3, "assistant")]


def test_an_error_in_the_middle_is_the_scenarios_own(store: RunStore) -> None:
    loaded = module("halfway", LONE.replace("        thread.save", "        assert n < 2, 'oh'\n        thread.save"))
    with pytest.raises(AssertionError, match="oh"):
        play_module(loaded, 5, {}, store, default_options())
    (run,) = store.runs()
    assert (run.status, run.note, run.holder, run.planned) == ("failed", "AssertionError: oh", "", 5)
    assert [each.place for each in store.replications(run.uid)] == [0, 1]
    Path("halfway.py").write_text(textwrap.dedent(LONE))
    mended = load_scenario(Path("halfway.py"))
    with pytest.raises(ConfigError, match='changed_code="deviation"'):
        play_module(mended, 5, {}, store, default_options(), run)
    options = {**default_options(), "changed_code": "deviation"}
    assert play_module(mended, 5, {}, store, options, run) == [run.uid]
    after = store.get(run.uid)
    assert (after.status, after.planned) == ("done", 5)
    assert len(list(store.replications(run.uid))) == 5


def test_a_loop_that_another_process_plays_is_refused(store: RunStore) -> None:
    loaded = module("taken", LONE)
    (uid,) = play_module(loaded, 1, {}, store, default_options())
    store.update(uid, planned=3, status="running", holder="elsewhere:1:abc", beat=time.time())
    with pytest.raises(RunError, match="is under way in another process"):
        play_module(loaded, 3, {}, store, default_options(), store.get(uid))


def test_the_ids_of_all_runs_of_one_module_are_returned(store: RunStore) -> None:
    loaded = module(
        "several",
        """
        from otree_ego import ConstantThread, factorial
        def run(times):
            for text in ("A {{ x }}?", "B {{ x }}?"):
                factorial(text, x=[1, 2]).run(lambda: ConstantThread("7"), None, times=times, progress=False)
        """,
    )
    made = play_module(loaded, 2, {}, store, default_options())
    assert len(made) == 2
    assert [(store.get(uid).kind, store.get(uid).name, store.get(uid).status) for uid in made] == [
        ("factorial", "several", "done")
    ] * 2
