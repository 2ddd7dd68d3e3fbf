"""`ego data`: a run's rows, from a built file or a module's export(thread), in three formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from harness import recorded
from harness.scenes import LOOP, Place
from pyarrow import parquet

from otree_ego.cli import main
from otree_ego.stores import Run, RunStore

COLUMNS = [
    "answer", "group", "id_in_group", "replication", "round", "session", "tainted", "thread", "thread_type",
    "treatment",
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    for name in ("EGO_STORE", "EGO_DEBUG", "BUILT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path)


class Typed:
    """Types `ego …` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def run(self, *line: str) -> str:
        assert main(["run", *line]) == 0
        return self.capsys.readouterr().out.split()[-2]

    def data(self, *line: str, code: int = 0) -> tuple[str, str]:
        assert main(["data", *line]) == code
        out, err = self.capsys.readouterr()
        return out, err

    def rows(self, *line: str) -> list[dict[str, str]]:
        out, err = self.data(*line)
        rows = list(csv.DictReader(io.StringIO(out, newline="")))
        assert err == f"Wrote {len(rows)} lines.\n"
        return rows


@pytest.fixture
def ego(capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def test_a_built_run_has_a_row_for_each_choice(here: Place, ego: Typed) -> None:
    here.built()
    uid = ego.run("game", "-n", "2", "--seed", "3")
    out, err = ego.data("built", uid)
    assert out.splitlines()[0] == ",".join(COLUMNS)
    assert err == "Wrote 8 lines.\n"
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["id_in_group"], row["round"], row["answer"], row["thread_type"]) for row in rows[:4]] == [
        ("1", "1", "4", "ConstantThread"), ("1", "2", "4", "ConstantThread"),
        ("2", "1", "ACCEPT", "ConstantThread"), ("2", "2", "ACCEPT", "ConstantThread"),
    ]  # fmt: skip
    assert {row["session"] for row in rows} == {uid}
    assert {row["tainted"] for row in rows} == {"False"}
    assert len({row["group"] for row in rows}) == 2 and len({row["thread"] for row in rows}) == 4
    assert {row["treatment"] for row in rows} <= {"give", "take"}
    for line in ([uid], [uid[:6]], ["game", uid], ["game.json", uid], ["nothing-of-this-name", uid]):
        assert ego.data(*line)[0] == out


def test_a_tainted_replication_is_exported_as_far_as_it_went(here: Place, ego: Typed) -> None:
    here.built(filters=[["extract_number"], ["exclusive_response", "YES;NO"]], treatments=["give"],
               variables={"verb": {"give": "gives"}})  # fmt: skip
    uid = ego.run("game")
    rows = ego.rows(uid)
    assert [(row["id_in_group"], row["answer"], row["tainted"]) for row in rows] == [
        ("1", "4", "True"),
        ("2", "", "True"),
    ]
    wide = ego.rows(uid, "--wide")
    assert "Seat 2, round 1" in wide[0]["error"] and wide[1]["text"] == "ACCEPT"


def test_wide_rows_have_all_that_is_known(here: Place, ego: Typed) -> None:
    here.built(rounds=1)
    uid = ego.run("game")
    rows = ego.rows(uid, "--wide")
    assert set(COLUMNS) < set(rows[0]) and list(rows[0]) == sorted(rows[0])
    assert rows[0]["text"] == "I offer 4." and rows[0]["prompt"] == "Round 1 of 1. Your offer?"
    assert rows[0]["model"] == "constant/I offer 4." and rows[0]["cost_usd"] == "0.0"
    assert rows[0]["system_prompt"].startswith("Player 1: one ")


def test_a_factorial_run_keeps_its_order(here: Place, ego: Typed) -> None:
    store = RunStore("ego.sqlite3")
    recorded.factorial(store)
    store.close()
    out, err = ego.data("fac7")
    names = out.splitlines()[0].split(",")
    assert names[-4:] == ["attempts", "error", "thread", "session"]
    assert names != sorted(names)
    assert err == "Wrote 12 lines.\n"


DIFFICULT = ["Zeile\nzwei", 'she said "no"; a,b', "日本 🎲 café", "\r\n", "=1+1", "\ud83d half", "nul\0l", ""]

TEXTS = f"""
from otree_ego import ConstantThread

TEXTS = {DIFFICULT!r}

def run(times):
    for text in TEXTS:
        thread = ConstantThread("x")
        thread.text = text
        thread.submit("?")

def export(thread):
    return [dict(text=thread.text, nested={{"a": [1, thread.text]}}, half=0.5, none=None), {{}}]
"""


def test_difficult_texts_come_out_as_they_went_in(here: Place, ego: Typed) -> None:
    here.write("texts.py", TEXTS)
    uid = ego.run("texts")
    rows = ego.rows("texts", uid)
    assert len(rows) == 2 * len(DIFFICULT)
    expected = [text.replace("\ud83d", "\ufffd").replace("\0", "") for text in DIFFICULT]
    assert [row["text"] for row in rows[::2]] == expected
    assert json.loads(rows[2]["nested"]) == {"a": [1, DIFFICULT[1]]}
    assert rows[1]["text"] == rows[1]["nested"] == "" and rows[1]["session"] == uid
    lines = ego.data("texts", uid, "--format", "jsonl")[0].split("\n")[:-1]
    assert [json.loads(line)["text"] for line in lines[::2]][:3] == DIFFICULT[:3]
    assert json.loads(lines[0])["nested"] == {"a": [1, DIFFICULT[0]]}


FORMULAS = ["=1+1", "+49 30 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "\uff1d1+1", "- no, thanks"]
NO_FORMULAS = ["ACCEPT", "-5", "+5", "-0.5e3", "1-1", "a=b", "", "me@home.org"]


def test_what_excel_would_take_for_a_formula_stays_a_text(here: Place, ego: Typed) -> None:
    here.write("formulas.py", f"""
        from otree_ego import ConstantThread

        def run(times):
            for number, text in enumerate({FORMULAS + NO_FORMULAS!r}):
                thread = ConstantThread("x")
                thread.number, thread.text = -number, text
                thread.submit("?")

        def export(thread):
            return {{"text": thread.text, "number": thread.number, "half": thread.number / 2, "=head": None}}
        """)  # fmt: skip
    uid = ego.run("formulas")
    assert [row["text"] for row in ego.rows("formulas", uid)] == FORMULAS + NO_FORMULAS
    out, _ = ego.data("formulas", uid, "--excel")
    assert "\r\n" not in out
    assert out.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(out[1:], newline="")))
    assert [row["text"] for row in rows] == [f"'{text}" for text in FORMULAS] + NO_FORMULAS
    assert [row["number"] for row in rows] == [str(-n) for n in range(len(rows))]
    assert (rows[1]["half"], "'=head" in rows[0]) == ("-0.5", True)
    assert ego.data("formulas", uid)[0][0] != "\ufeff"
    assert "--excel is for CSV" in ego.data(uid, "--excel", "--format", "jsonl", code=2)[1]


def test_parquet_is_read_by_others(here: Place, ego: Typed) -> None:
    here.write("texts2.py", TEXTS)
    here.write(
        "kinds.py",
        """
        import datetime, decimal
        from otree_ego import ConstantThread
        VALUES = [1, 2.5, 2**70, "x", None, True, decimal.Decimal("0.1"), datetime.date(2026, 1, 1)]

        def run(times):
            for value in VALUES:
                thread = ConstantThread("x")
                thread.value = value
                thread.submit("?")

        def export(thread):
            value = thread.value
            numbers = value if type(value) in (int, float) and value < 9 else None
            return dict(mixed=value, numbers=numbers, big=value if value == 2**70 else 1,
                        day=value if isinstance(value, datetime.date) else None, flag=value is True, none=None)
        """,
    )
    texts = ego.run("texts2")
    kinds = ego.run("kinds")

    def table(*line: str) -> Any:
        ended = here.start("data", *line, "--format", "parquet")
        out, err = ended.process.communicate(timeout=60)
        assert ended.process.returncode == 0, err
        return parquet.read_table(io.BytesIO(out)), err.decode()

    found, err = table("texts2", texts)
    assert err == f"Wrote {2 * len(DIFFICULT)} lines.\n"
    assert found.column("text").to_pylist()[:5:2] == DIFFICULT[:3]
    found, _ = table("kinds", kinds)
    assert found.column("mixed").to_pylist() == [
        "1", "2.5", str(2**70), "x", None, "True", "0.1", "2026-01-01",
    ]  # fmt: skip
    assert found.column("numbers").to_pylist() == [1.0, 2.5] + [None] * 6
    assert found.column("big").to_pylist()[2] == str(2**70)
    assert found.column("flag").to_pylist()[4:6] == [False, True]
    assert found.column("none").to_pylist() == [None] * 8


def test_an_empty_run_has_a_head_and_no_lines(here: Place, ego: Typed) -> None:
    store = RunStore("ego.sqlite3")
    run = store.begin(Run("empty", "built", "d1", planned=3))
    other = store.begin(Run("nothing", "factorial", "d2", planned=3))
    store.close()
    assert ego.data(run.uid) == (",".join(COLUMNS) + "\n", "Wrote 0 lines.\n")
    assert ego.data(run.uid, "--format", "jsonl") == ("", "Wrote 0 lines.\n")
    assert ego.data(other.uid)[1] == "Wrote 0 lines.\n"


def test_what_is_not_there_is_told(here: Place, ego: Typed) -> None:
    here.write(
        "exportless.py", "from otree_ego import ConstantThread\ndef run(times):\n    ConstantThread('x').submit('?')\n"
    )
    here.write("wrong.py", here.folder.joinpath("exportless.py").read_text() + "def export(thread):\n    return 7\n")
    uid = ego.run("exportless")
    assert ego.data("exportless", uid)[1] == "Wrote 0 lines.\n"
    assert "gives a dict, or a list of dicts; it gave 7" in ego.data("wrong", uid, code=1)[1]
    assert "There is no scenario 'exportles'" in ego.data("exportles", uid, code=1)[1]
    assert "There is no run 'abc'" in ego.data("exportless", "abc", code=1)[1]
    assert "takes a scenario's name and a run's id, not 3 words" in ego.data("a", "b", "c", code=2)[1]
    (here.folder / "exportless.py").unlink()
    _, err = ego.data(uid)
    assert "is not there any more: these are the choices" in err


def test_export_that_raises_is_told(here: Place, ego: Typed) -> None:
    asked = 'GPTThread("gpt-6-sol", temperature=1.0, backoff=0.01)'
    here.write("raising.py", LOOP.replace(asked, "ConstantThread('2')")
               .replace("thread.i,", "thread.nothing,"))  # fmt: skip
    uid = ego.run("raising")
    assert "has no attribute 'nothing'" in ego.data("raising", uid, code=1)[1]
    wide = ego.rows("raising", uid, "--wide")
    assert [row["answer"] for row in wide] == ["2", "3"]


def test_export_sees_the_thread_as_it_was_played(here: Place, ego: Typed) -> None:
    here.write(
        "seen.py",
        """
        from otree_ego import ConstantThread, Conversation

        def run(times):
            for n in range(times):
                trio = Conversation(a=ConstantThread("1"), b=ConstantThread("2"), c=ConstantThread("3"))
                trio.all.stake = 5
                trio.secret = ["only", "the", "conversation"]
                for thread in trio:
                    thread.submit("Go.")
                trio.b.metadata["note"] = "kept"
                trio.all.save()

        def export(thread):
            assert len(thread.others) == 2 and thread.convo.b.metadata["note"] == "kept"
            assert thread.convo.secret == ["only", "the", "conversation"] and thread.convo.stake == 5
            assert "conversation" not in thread.metadata
            return dict(history=thread.history, cost=thread.cost(), others=[other.model for other in thread.others])
        """,
    )
    uid = ego.run("seen", "-n", "2")
    rows = ego.rows("seen", uid)
    assert len(rows) == 6
    assert json.loads(rows[0]["history"]) == [
        {"role": "user", "content": "Go."}, {"role": "assistant", "content": "1"}
    ]  # fmt: skip
    assert json.loads(rows[1]["others"]) == ["constant/1", "constant/3"]
    assert rows[0]["cost"] == "0.0"
    assert list(rows[0]) == ["cost", "history", "others", "session", "thread"]


def test_ten_thousand_rows(here: Place, ego: Typed) -> None:
    here.write(
        "many.py",
        """
        from otree_ego import ConstantThread, Experiment, replicate

        async def play(thread):
            thread.choices += [await thread.aio.submit("?") for _ in range(2)]

        def make():
            return ConstantThread("x", data=list(range(20)))

        def run(times):
            replicate(play, make, times, experiment=Experiment("a", "b"))

        def export(thread):
            return [dict(n=n, treatment=thread.treatment.name) for n in range(10)]
        """,
    )
    uid = ego.run("many", "-n", "1000")
    rows = ego.rows("many", uid)
    assert len(rows) == 10_000
    assert sum(row["treatment"] == "a" for row in rows) == 5000
    assert len(ego.rows(uid, "--wide")) == 2000
