"""`ego show`: a transcript that one likes to read, of texts that nobody may trust."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from harness import recorded
from harness.verbs import ego, fill, on_terminal

from otree_ego import GPTThread, extract_number, factorial
from otree_ego.cli import main, show
from otree_ego.cli.shared.transcript import Writer
from otree_ego.messages import Message
from otree_ego.stores import Run, RunStore
from otree_ego.testing import FakeService


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("EGO_STORE", "EGO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    fill(tmp_path / "ego.sqlite3")
    return tmp_path


@pytest.fixture
def shown(here: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*line: str) -> str:
        assert main(["show", *line]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


def parts(text: str) -> list[str]:
    """The header, and each replication without its rules."""
    return [part.strip("─ \n") for part in text.split("\n── ")]


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_header_says_what_was_run(shown: Any) -> None:
    head = squeezed(parts(shown("fac7"))[0])
    assert head[0] == "approval fac70000"
    assert "status done" in head
    assert "replications 11/12, 1 tainted, 1 failed" in head
    assert "cost $0.0055+?" in head
    assert "models campus/llama-3.3-70b, gpt-6-sol" in head
    assert "prompt Estimate the approval of {{politician}} in the {{time}}. Only a number from 0 to" in head
    assert "level politician George W. Bush, Barack Obama" in head
    assert "agent class = GPTThread, model = gpt-6-sol, temperature = 1.0" in head
    assert "seed 100" in head


def test_a_replication_reads_as_a_conversation(shown: Any) -> None:
    assert shown("fac7", "0").endswith(
        """\
── place 0, politician: George W. Bush, time: 1st year ─────────────────────────────────────────────
  system     │ You answer questions about politics with a single number.

  user       Estimate the approval of George W. Bush in the 1st year. Only a number from 0 to 100.
  gpt-6-sol  61

  result  61
"""
    )


def test_what_went_wrong_is_marked(shown: Any) -> None:
    _, *found = parts(shown("fac7", "--all"))
    assert len(found) == 12
    at = [squeezed(part) for part in found]
    assert "! RateLimited: Too many requests." in at[recorded.DOWN]
    failed = at[recorded.FAILED]
    assert failed[0].startswith("place 5, politician: George W. Bush, time: 8th year, failed ")
    assert f"gpt-6-sol ! no reply (3 requests): Overloaded: {recorded.DOWN_TEXT}" in failed
    assert failed[-1] == f"failed Overloaded: {recorded.DOWN_TEXT}"
    again = at[recorded.AGAIN]
    assert again.index("attempt 1") < again.index("attempt 2")
    assert sum("no reply (3 requests)" in line for line in again[: again.index("attempt 2")]) == 1
    assert again[-1] == "result 57"
    tainted = at[recorded.TAINTED]
    assert tainted[0].startswith("place 7, politician: Barack Obama, time: 8th year, tainted ")
    assert "gpt-6-sol I would rather not say." in tainted
    assert tainted[-1] == "tainted ParseError: There is no number in the answer."
    twice = at[recorded.ASKED_TWICE]
    asked = twice.index("! asked again: the answer was not valid")
    assert twice[asked - 1] == "gpt-6-sol About a third."
    assert twice[asked + 1].startswith("user Your answer could not be used: it has no number.")


def test_seats_take_turns_under_their_names(shown: Any) -> None:
    head, *found = parts(shown("b111"))
    assert "stopped: the budget of 0.01 US dollars is reached" in head
    lines = squeezed(found[recorded.BROKEN_OFF])
    assert lines[0].startswith("place 3, loss, tainted ")
    assert lines[1:7] == [
        "seat 1, system │ You divide 10 coins. In this game you can only loss.",
        "seat 2, system │ You divide 10 coins. In this game you can only loss.",
        "to seat 1 Round 1 of 5: how many coins do you keep?",
        "seat 1 I keep 6 of them.",
        "to seat 2 Round 1 of 5: how many coins do you keep?",
        "seat 2 I keep 8 of them.",
    ]
    assert lines[-4:-1] == ["seat 2 Whatever you like!", "choices seat 1: 6, 7, 8", "seat 2: 8, 9, None"]
    assert lines[-1] == "tainted ParseError: Seat 2, round 3: There is no number in the answer."
    assert squeezed(found[0])[-1] == "seat 2: 5, 6, 7, 8, 9"


def test_ten_replications_are_enough_unless_more_are_wanted(shown: Any) -> None:
    usual = shown("fac7")
    assert usual.count("\n── place") == 10
    more = "2 more replications: --all shows all, --limit N more, ego show fac70000 PLACE one of them."
    assert squeezed(usual)[-1] == more
    assert shown("fac7", "--limit", "11").endswith(
        "1 more replication: --all shows all, --limit N more, ego show fac70000 PLACE one of them.\n"
    )
    whole = shown("fac7", "--all")
    assert whole.count("\n── place") == 12
    assert " more replication" not in whole
    assert shown("fac7", "--place", "11") == shown("fac7", "11")
    assert parts(shown("fac7", "11"))[1:] == parts(whole)[12:]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["fac7", "12"], "The run fac70000 (approval) has no replication at place 12, or has not begun it: its places"),
        (["fac7", "99999999999999999999"], "has no replication at place 99999999999999999999"),
    ],
)
def test_a_place_that_is_not_there_is_told(
    line: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", *line]) == 1
    assert said in capsys.readouterr().err
    assert main(["show", "fac7", "minus"]) == 2


def test_a_run_without_replications_says_so(here: Path, capsys: pytest.CaptureFixture[str], shown: Any) -> None:
    store = RunStore("ego.sqlite3")
    store.begin(Run("early", "built", "d", planned=3, uid="ea51" + "0" * 28))
    store.close()
    assert shown("ea51").endswith("\nNo replication has begun.\n")
    assert main(["show", "ea51", "0"]) == 1
    assert capsys.readouterr().err == "ego: The run ea510000 (early) has no replication yet.\n"


def test_long_texts_are_shortened_unless_all_is_wanted(shown: Any) -> None:
    store = RunStore("ego.sqlite3")
    text = "A long story. " * 100 + "The end."
    reply = Message(
        "assistant", text, author="gpt-6-sol", model="gpt-6-sol", model_answered="gpt-6-x", attempts=1, latency=2.5,
        tokens_in=7, tokens_out=300, status="partial", finish_reason="length",
    )  # fmt: skip
    recorded.single(store, [Message("user", "Tell me."), reply], result={"words": 300, "why": "so"}, cost=None)
    store.close()
    short, whole = shown("51"), shown("51", "--full")
    assert "(808 more characters; --full shows them)" in " ".join(short.split())
    assert "The end." not in short
    assert "! cut by length" in short
    assert "gpt-6-x" not in short
    assert "The end." in whole
    assert "more characters" not in whole
    assert "gpt-6-x, 7 tokens in, 300 out, 2.50 s, price unknown" in whole
    assert "result  words = 300, why = so" in whole
    assert all(len(line) <= 100 for line in (short + whole).splitlines())


def test_what_is_under_way_is_shown_as_such(shown: Any) -> None:
    store = RunStore("ego.sqlite3")
    waiting = Message("assistant", "", author="gpt-6-sol", model="gpt-6-sol", status="pending")
    recorded.single(store, [Message("user", "Hello?"), waiting])
    store.close()
    assert squeezed(shown("51"))[-3:] == [
        "── place 0, under way " + "─" * 78,
        "user Hello?",
        "gpt-6-sol ! the reply is under way",
    ]


def test_what_a_model_says_is_no_command_to_the_terminal(shown: Any, here: Path) -> None:
    evil = "\x1b[2J\x1b]52;c;cm0gLXJm\x07red\x9b31m\x08\x00 \u202eback\u2066 bare\rreturn\x7f"
    store = RunStore("ego.sqlite3")
    said = [Message(role, evil, author=evil, model=evil, attempts=1) for role in ("system", "user", "assistant")]
    failed = Message(
        "assistant", evil, status="failed", author=evil, model=evil, error=evil, error_text=evil, attempts=2,
        trouble=({"error": evil, "text": "other" + evil},),
    )  # fmt: skip
    state = pickle.dumps({"model": "x", "name": evil, "choices": [evil]})
    recorded.single(
        store, [*said, failed], state, treatment=evil, levels={evil: evil}, result={evil: [evil]}, tainted=True,
        error=evil, error_text=evil, status=evil[:20],
    )  # fmt: skip
    store.update("51" + "0" * 30, settings={evil: evil, "levels": {evil: [evil]}}, name=evil, note=evil)
    store.close()
    for text in (shown("51"), shown("51", "--full"), ego("show", "51", "--full", cwd=here).stdout.decode()):
        assert "␛[2J␛]52;c;cm0gLXJm␇red" in text
        assert not {c for c in text if not c.isprintable() and c != "\n"}
        assert "\u202e" not in text


class Bomb:
    def __reduce__(self) -> Any:
        return os.mkdir, ("exploded",)


def test_a_state_that_somebody_else_has_made_runs_nothing(shown: Any, here: Path) -> None:
    store = RunStore("ego.sqlite3")
    recorded.single(store, [Message("user", "Hi")], pickle.dumps({"name": "Ada", "choices": [Bomb()]}), result=1)
    recorded.single(store, [Message("user", "Hi")], b"no pickle at all", uid="52" + "0" * 30, result=1)
    store.close()
    shown("51")
    shown("52")
    assert not (here / "exploded").exists()


def test_a_long_transcript_goes_through_the_pager(here: Path) -> None:
    code, out = on_terminal("show", "fac7", "--all", cwd=here, PAGER="sed s/^/P:/")
    assert code == 0
    lines = out.splitlines()
    assert all(line.startswith("P:") for line in lines)
    assert "\x1b[32mgpt-6-sol\x1b[0m" in out
    assert sum("place " in line for line in lines) == 12
    code, out = on_terminal("show", "fac7", "--all", "--no-pager", cwd=here, PAGER="sed s/^/P:/")
    assert code == 0
    assert "P:" not in out
    # what fits the screen needs none
    code, out = on_terminal("show", "fac7", "0", cwd=here, PAGER="sed s/^/P:/", LINES="60")
    assert code == 0
    assert "P:" not in out
    # no such program: everything is printed
    code, out = on_terminal("show", "fac7", "--all", cwd=here, PAGER="no-such-pager")
    assert code == 0
    assert out.count("place ") == 12


def test_a_reader_who_quits_the_pager_is_not_told_off(here: Path) -> None:
    store = RunStore("ego.sqlite3")
    recorded.factorial(store, times=500, uid="fac9" + "0" * 28)
    store.close()
    code, out = on_terminal("show", "fac9", "--all", cwd=here, PAGER="head -1", NO_COLOR="1")
    assert (code, out) == (0, "approval  fac90000\n")


class Counting(RunStore):
    """A store that knows of how many Threads the messages were read, each time."""

    def messages(self, threads: Sequence[str]) -> dict[str, list[Message]]:
        self.read = [*getattr(self, "read", []), len(threads)]
        return super().messages(threads)


def test_many_replications_are_not_all_read_first(here: Path) -> None:
    store = Counting("ego.sqlite3")
    run = recorded.factorial(store, times=100, uid="fac9" + "0" * 28)
    lines = show.transcript_of(store, run, Writer(run), None, None, 400)
    assert next(line for line in lines if "place 49" in line)
    assert sum(store.read) == 51  # one place has two attempts
    assert sum("place " in line for line in lines) == 350
    assert max(store.read) <= 51
    assert sum(store.read) == 401
    lines.close()
    store.close()


@pytest.fixture
def estimates(here: Path) -> Iterator[FakeService]:
    """A run of a design that has asked a service."""
    with FakeService() as service:
        service.reply = ["I do not know.", "5"]
        service.fail(503)

        def agent() -> GPTThread:
            found = GPTThread(model="vllm/some-model", temperature=1.0, base_url=service.base_url, retries=1, backoff=0)
            found.system("Be brief.")
            return found

        factorial("How much is {{ a }}?", a=["1 + 1", "1 + 2"]).run(agent, extract_number, name="sums", concurrency=1)
        yield service


def test_what_was_sent_is_shown(estimates: FakeService, shown: Any) -> None:
    runs = RunStore("ego.sqlite3")
    uid = next(run.uid for run in runs.runs() if run.name == "sums")
    runs.close()
    found = [json.loads(line) for line in shown(uid, "--sent", "--json").splitlines()]
    sent = [json.dumps(each["body"], ensure_ascii=False, separators=(",", ":")).encode() for each in found]
    assert sent == [each.content for each in estimates.requests]
    assert (found[0]["error"], found[0]["place"]) == ("Overloaded", 0)
    assert {each["run"] for each in found} == {uid}
    text = " ".join(shown(uid, "--sent", "--no-pager").split())
    assert f"request 1, seat 1, to vllm/some-model at {estimates.base_url} (openai)" in text
    assert "How much is 1 + 2?" in text
    assert '"temperature": 1.0' in text
    assert "fp_fake" in shown(uid, "--sent", "--full", "--no-pager")


def test_a_run_of_before_has_no_requests(shown: Any) -> None:
    assert "The record has no request" in shown("fac7", "--sent")
    assert shown("fac7", "--sent", "--json") == ""


def test_json_needs_sent(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "fac7", "--json"]) == 2
    assert "--format jsonl" in capsys.readouterr().err


def test_narrow_terminals_get_narrow_lines(here: Path) -> None:
    code, out = on_terminal("show", "b111", "--no-pager", cwd=here, COLUMNS="40", NO_COLOR="1")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 40
    assert "\x1b" not in out
