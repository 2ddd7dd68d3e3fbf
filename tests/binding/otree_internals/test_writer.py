"""Whose turn it is: pages, writes and decisions in oTree's one line."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest
from harness import Project, warm_python
from harness.chat import TALK_FILES
from harness.project import REPO

SCRIPT = """\
import asyncio, json, sys, time
sys.argv[1:] = ["shell"]
sys.path.insert(0, "")
import otree.main
otree.main.setup()
from otree.middleware import lock2
import otree_ego.binding.otree_internals.writer as writing
from otree_ego.binding.otree_internals.database import in_line
from otree_ego.binding.otree_internals.wait_pages import in_decision
from otree_ego.binding.otree_internals.writer import writer
from sqlalchemy.exc import OperationalError

seen = []


async def page(number, seconds=0):
    async with lock2:
        await asyncio.sleep(seconds)
        seen.append(number)


async def ours(before):
    async with in_line(before):
        seen.append("ours")


async def crowd(pages, *others):
    seen.clear()
    tasks = [asyncio.create_task(page(number)) for number in range(pages)]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(each) for each in others]
    await asyncio.sleep(0)
    return tasks


async def whole(tasks):
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 30)
    assert not lock2.locked()
    return list(seen)


async def order():
    return await whole(await crowd(9, ours(3)))


async def alone():
    return await whole(await crowd(0, ours(3)))


async def cancelled_in_line():
    tasks = await crowd(9, ours(3))
    tasks[-1].cancel()
    return await whole(tasks)


async def cancelled_as_its_turn_comes():
    tasks = await crowd(4, ours(1))
    while not seen:
        await asyncio.sleep(0)
    tasks[-1].cancel()
    return await whole(tasks)


async def section(name, seconds=0.0, error=None):
    async with writer().section():
        assert lock2.locked()
        time.sleep(seconds)
        seen.append(name)
        if error:
            raise error


async def together():
    return await whole(await crowd(3, *(section(name) for name in "abcd")))


async def in_slices():
    writing.BEFORE, kept = 1, writing.BEFORE
    try:
        return await whole(await crowd(6, *(section(name, 0.03) for name in "abcd")))
    finally:
        writing.BEFORE = kept


async def one_fails_and_one_leaves():
    tasks = await crowd(2, section("a", error=KeyError("a")), section("b"), section("c"))
    tasks[-2].cancel()
    found = await whole(tasks)
    return [*found, *(type(task.exception()).__name__ for task in tasks[2:3]), tasks[3].cancelled()]


async def batches():
    sizes, write = [], writing._write
    writing._write = lambda jobs, *apart: sizes.append(len(jobs)) or write(jobs, *apart)
    try:
        done = await asyncio.gather(*(writer().run(lambda c, n=n: n) for n in range(60)))
    finally:
        writing._write = write
    assert done == list(range(60))
    return sizes


async def results(tasks):
    done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert not lock2.locked()
    return [each if isinstance(each, int | None) else type(each).__name__ for each in done]


async def lock_fails():
    usual, writing.otree_lock = writing.otree_lock, lambda: (_ for _ in ()).throw(RuntimeError("no lock"))
    try:
        jobs = [asyncio.ensure_future(writer().run(lambda c: 1)) for _ in range(30)]
        found = await results([*jobs, asyncio.ensure_future(section("a")), asyncio.ensure_future(section("b"))])
    finally:
        writing.otree_lock = usual
    return sorted(set(found)) + await results([asyncio.ensure_future(writer().run(lambda c: 2)), section("c")])


async def job_ends_it_all():
    def leave(_connection):
        raise asyncio.CancelledError

    jobs = [asyncio.ensure_future(writer().run(work)) for work in (leave, lambda c: 1)]
    return await results(jobs) + await results([asyncio.ensure_future(writer().run(lambda c: 2))])


async def tasks_are_cancelled():
    async with lock2:
        tasks = [asyncio.ensure_future(section(name)) for name in "ab"]
        tasks.append(asyncio.ensure_future(writer().run(lambda c: 1)))
        await asyncio.sleep(0.01)
        writer()._section_task.cancel()
        writer()._task.cancel()
        await asyncio.sleep(0.01)
    return await results(tasks) + await results([section("c"), writer().run(lambda c: 2)])


async def database_is_back():
    writing.PAUSES, kept = (0, 0), writing.PAUSES
    tries = []

    def work(connection):
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return 7

    try:
        return [await writer().run_surely(work), len(tries)]
    finally:
        writing.PAUSES = kept


async def in_nobodys_decision():
    token = in_decision.set(True)  # as in an ask_ai
    try:
        return [await writer().run(lambda c: in_decision.get()), in_decision.get()]
    finally:
        in_decision.reset(token)


async def main():
    ways = (order, alone, cancelled_in_line, cancelled_as_its_turn_comes, together, in_slices,
            one_fails_and_one_leaves, batches, lock_fails, job_ends_it_all, tasks_are_cancelled, database_is_back,
            in_nobodys_decision)
    print("TOLD" + json.dumps({way.__name__: await way() for way in ways}))


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    project = Project(tmp_path_factory.mktemp("line") / "project", apps={"talk": TALK_FILES})
    done = warm_python.run(
        [sys.executable, "-c", SCRIPT], cwd=project.folder, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.rpartition("TOLD")[2])


@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("order", [0, 1, 2, 3, "ours", 4, 5, 6, 7, 8]),
        ("alone", ["ours"]),
        ("cancelled_in_line", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("cancelled_as_its_turn_comes", [0, 1, 2, 3]),
        ("together", [0, 1, 2, "a", "b", "c", "d"]),
        ("in_slices", [0, 1, 2, "a", 3, "b", 4, "c", 5, "d"]),
        ("one_fails_and_one_leaves", [0, 1, "a", "c", "KeyError", True]),
        ("batches", [25, 25, 10]),
        ("in_nobodys_decision", [False, True]),
        ("lock_fails", ["RuntimeError", 2, None]),
        ("job_ends_it_all", ["CancelledError", "CancelledError", 2]),
        ("tasks_are_cancelled", ["CancelledError", "CancelledError", "CancelledError", None, 2]),
        ("database_is_back", [7, 4]),
    ],
)
def test_whose_turn_it_is(told: Any, way: str, seen: list[Any]) -> None:
    assert told[way] == seen
