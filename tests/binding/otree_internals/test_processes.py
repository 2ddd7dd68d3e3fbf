"""Names of processes: which is still there, as far as that can be known, and which one works on a reply."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, strategies as st

from otree_ego.binding.otree_internals.processes import PATIENCE, SERVER, TOOL, name_of_this, still_runs, works_on

LINUX = sys.platform.startswith("linux")
SAYS = (
    "from otree_ego.binding.otree_internals.processes import TOOL, name_of_this, still_runs\n"
    "print(name_of_this(TOOL), flush=True)\n"
    "input()"
)


@pytest.mark.skipif(not LINUX, reason="other systems do not tell when a process began")
def test_a_process_is_there_until_it_ends() -> None:
    assert still_runs(name_of_this(SERVER)) is True
    with subprocess.Popen(
        [sys.executable, "-c", SAYS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        name = other.stdout.readline().strip()
        assert still_runs(name) is True and works_on(name, time.time() - 10 * PATIENCE)
        other.stdin.close()
        other.wait(60)
        assert still_runs(name) is False and not works_on(name, time.time())


@pytest.mark.skipif(not LINUX, reason="other systems do not tell when a process began")
def test_a_number_that_was_given_again_is_another_process() -> None:
    role, _, rest = name_of_this(TOOL).partition(":")
    number, start, machine = rest.split(".")
    assert still_runs(f"{role}:{number}.{int(start) - 1}.{machine}") is False


def test_who_works_on_a_reply() -> None:
    now = time.time()
    assert not works_on(name_of_this(TOOL), now), "this process knows its own"
    assert not works_on(name_of_this(SERVER), now), "servers hold the lease, one at a time"
    assert not works_on("server:1.1.elsewhere", now)
    assert not works_on(None, now) and not works_on("", now), "rows of before there were names"
    assert works_on("tool:1.1.elsewhere", now)
    assert not works_on("tool:1.1.elsewhere", now - PATIENCE - 1)


def test_names_fit_their_column() -> None:
    assert len(name_of_this(SERVER)) <= 100


@given(st.text(max_size=100))
def test_any_text_is_a_name_of_nobody(name: str) -> None:
    assert still_runs(name) is not True
    assert not works_on(name, 0.0)
