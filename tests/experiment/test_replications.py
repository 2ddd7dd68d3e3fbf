"""`replicate`: plays overlap, treatments are balanced, what is done stays done, and errors say what is wrong."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from harness.scripts import Script, until

from otree_ego import (
    ConstantThread,
    Conversation,
    Experiment,
    GPTThread,
    ScriptedThread,
    extract_number,
    parse_number,
    replicate,
)
from otree_ego.errors import ConfigError, KeyRejected, RunStopped
from otree_ego.stores import RunStore


def pair() -> Conversation:
    return Conversation(ann=ConstantThread("3"), bob=ConstantThread("5"))


def models() -> Conversation:
    return Conversation(ann=GPTThread("gpt-6-luna", backoff=0.01), bob=GPTThread("gpt-6-luna", backoff=0.01))


def total(convo: Conversation) -> int:
    for thread in convo:
        thread.choices.append(extract_number(thread.submit("How much?")))
    return int(sum(thread.choices[0] for thread in convo))


async def total_async(convo: Conversation) -> int:
    for thread in convo:
        thread.choices.append(extract_number(await thread.aio.submit("How much?")))
    return int(sum(thread.choices[0] for thread in convo))


def frames() -> Experiment:
    return Experiment(dict(name="give", sign=1), dict(name="take", sign=-1), dict(name="none", sign=0))


@pytest.mark.parametrize("play", [total, total_async])
def test_plain_and_async_plays_give_the_same(play: Any, folder: Path) -> None:
    done = replicate(play, pair, 3, name="sums")
    assert [each.result for each in done] == [8, 8, 8]
    assert [each.answers for each in done] == [2, 2, 2]
    store = RunStore()
    run = store.get(done.run)
    assert (run.name, run.kind, run.status, run.planned) == ("sums", "scenario", "done", 3)
    seats = list(store.seats(run.uid))
    assert [(seat.place, seat.seat) for seat in seats] == [(n, s) for n in range(3) for s in (1, 2)]
    assert len({seat.thread.uid for seat in seats}) == 6
    store.close()


@pytest.mark.parametrize("play", [total, total_async])
def test_plays_overlap_also_where_they_are_many(play: Any, openai: Any) -> None:
    """More at once than asyncio's own pool has threads: they would wait for one another for ever."""
    openai.reply = "7"
    openai.hold()
    done: list[Any] = []
    work = threading.Thread(target=lambda: done.extend(replicate(play, models, 40, concurrency=40)), daemon=True)
    work.start()
    openai.wait_until(lambda s: s.standing == 40)
    openai.release()
    work.join(60)
    assert [each.result for each in done] == [14] * 40


def test_treatments_are_balanced_in_blocks_and_repeatable(folder: Path) -> None:
    first = replicate(total_async, pair, 9, experiment=frames(), seed=4)
    again = replicate(total_async, pair, 9, experiment=frames(), seed=4, store="other.db")
    treatments = [each.treatment for each in first]
    assert treatments == [each.treatment for each in again]
    for block in range(0, 9, 3):
        assert sorted(treatments[block : block + 3]) == ["give", "none", "take"]
    other = replicate(total_async, pair, 9, experiment=frames(), seed=5, store=None)
    assert [each.treatment for each in other] != treatments


def test_more_times_keep_the_earlier_ones(openai: Any) -> None:
    openai.reply = "7"
    first = replicate(total_async, models, 4, experiment=frames())
    asked = len(openai.requests)
    more = replicate(total_async, models, 10, experiment=frames())
    assert more.run == first.run
    assert more[:4] == first
    assert len(more) == 10
    assert len(openai.requests) - asked == 12
    counts = sorted([each.treatment for each in more].count(name) for name in ("give", "take", "none"))
    assert counts == [3, 3, 4]
    fewer = replicate(total_async, models, 2, experiment=frames())
    assert fewer == more[:2] and fewer.run == first.run
    fresh = replicate(total_async, models, 2, experiment=frames(), fresh=True)
    assert fresh.run != first.run


def test_a_given_seed_draws_parameters_and_goes_to_the_models(openai: Any) -> None:
    openai.reply = "7"

    def play(convo: Conversation) -> list[str]:
        total(convo)
        return [convo.ann.name, convo.bob.name]

    def named() -> Experiment:
        return frames().param("name", ["Ann", "Bob", "Cem", "Dea", "Eli"])

    first = replicate(play, models, 6, experiment=named(), seed=1)
    seeds = {(one.body["seed"], one.body["messages"][0]["content"]) for one in openai.requests}
    assert len({seed for seed, _ in seeds}) >= 6
    again = replicate(play, models, 6, experiment=named(), seed=1, store="other.db")
    assert [each.result for each in first] == [each.result for each in again]
    assert all(len(set(each.result)) == 2 for each in first)
    openai.requests.clear()
    replicate(play, models, 1, experiment=named(), fresh=True)
    assert "seed" not in openai.requests[0].body


def test_a_lone_thread_plays_too(folder: Path) -> None:
    async def play(thread: Any) -> str:
        return f"{thread.treatment.name} {thread.replication} {await thread.aio.submit('?')}"

    done = replicate(play, lambda: ConstantThread("yes"), 2, experiment=Experiment("a", "b"), seed=1)
    assert sorted(each.result[:1] for each in done) == ["a", "b"]
    assert [each.result[2:] for each in done] == ["1 yes", "2 yes"]


def test_tainted_replications_are_marked_and_results_kept(folder: Path) -> None:
    def play(convo: Conversation) -> dict[str, Any]:
        if convo.replication == 2:
            convo.ann.tainted = True
            convo.ann.taint_reason = "Ann gave up."
        return {"n": convo.replication, "pair": (1, 2), "odd": {3}}

    done = replicate(play, pair, 3)
    assert [each.tainted for each in done] == [False, True, False]
    assert done[1].error_text == "Ann gave up." and done[1].status == "done"
    assert done[0].result["n"] == 1 and done[0].result["pair"] == [1, 2]


@pytest.mark.parametrize("answer", [lambda t: t.ask_number("?", low=0, high=5), lambda t: parse_number(t.submit("?"))])
def test_an_answer_that_cannot_be_read_taints_its_replication_only(folder: Path, answer: Any) -> None:
    def play(convo: Conversation) -> Any:
        convo.bob.choices.append(3)
        return answer(convo.ann) if convo.replication == 2 else 1

    def make() -> Conversation:
        return Conversation(ann=ConstantThread("hm"), bob=ConstantThread("3"))

    done = replicate(play, make, 3)
    assert [(each.status, each.tainted, each.result) for each in done] == [
        ("done", False, 1), ("done", True, None), ("done", False, 1)
    ]  # fmt: skip
    assert "hm" in done[1].error_text or "a number" in done[1].error_text
    assert replicate(play, make, 3).run == done.run


def test_a_play_that_raises_ends_the_run_and_keeps_the_rest(folder: Path) -> None:
    def play(convo: Conversation) -> int:
        if convo.replication == 4:
            raise LookupError("no such thing")
        return int(convo.replication)

    with pytest.raises(LookupError, match="no such thing"):
        replicate(play, pair, 6, concurrency=1)
    store = RunStore()
    (run,) = store.runs()
    assert (run.status, run.note, run.holder) == ("failed", "no such thing", "")
    assert [each.result for each in store.replications(run.uid)] == [1, 2, 3]
    store.close()


@pytest.mark.parametrize("error", [StopIteration, SystemExit, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_no_exception_of_a_play_makes_the_run_wait_for_ever(
    kind: str, error: type[BaseException], folder: Path
) -> None:
    def plain(convo: Conversation) -> None:
        raise error

    async def asynchronous(convo: Conversation) -> None:
        await asyncio.sleep(0)
        raise error

    caught: list[BaseException] = []

    def work() -> None:
        try:
            replicate(plain if kind == "plain" else asynchronous, pair, 3, concurrency=1)
        except BaseException as problem:
            caught.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert len(caught) == 1, "it waits"
    assert replicate(total, pair, 2)[0].result == 8, "the next run works"


def test_a_service_that_fails_fails_the_replication_only(openai: Any) -> None:
    openai.reply = "7"
    openai.fail(400, times=1)
    done = replicate(total_async, models, 4, concurrency=1)
    assert [each.status for each in done] == ["failed", "done", "done", "done"]
    assert done[0].error == "BadRequest"
    openai.requests.clear()
    again = replicate(total_async, models, 4)
    assert [each.result for each in again] == [14] * 4
    assert len(openai.requests) == 2


def test_a_wrong_key_stops_at_once(openai: Any) -> None:
    openai.key = "another"
    with pytest.raises(KeyRejected):
        replicate(total, models, 50, concurrency=2)
    assert len(openai.requests) <= 4


def test_the_same_threads_twice_are_refused(openai: Any) -> None:
    one = models()
    with pytest.raises(ConfigError, match="make must make new Threads each time"):
        replicate(total, lambda: one, 3)
    ready = [models() for _ in range(50)]
    with pytest.raises(ConfigError, match="make must make new Threads each time"):
        replicate(total, lambda: ready.pop(), 2)
    counts = iter(range(1, 50))
    with pytest.raises(ConfigError, match="as many Threads each time; it made 1, then 2"):
        replicate(total, lambda: Conversation(*(ConstantThread("x") for _ in range(next(counts)))), 2)
    assert openai.requests == []


@pytest.mark.parametrize(("make", "words"), [(pair(), "a function that makes"), (lambda: 7, "not by 7")])
def test_what_makes_no_threads_is_refused(make: Any, words: str, folder: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        replicate(total, make, 2)
    with pytest.raises(ConfigError, match="whole number from 1"):
        replicate(total, pair, 0)
    assert not (folder / "ego.sqlite3").exists()


def test_limits_hold_for_plays(openai: Any) -> None:
    openai.reply = "7"
    replicate(total, models, 4, requests_per_minute=600)
    gaps = [later - earlier for earlier, later in zip(openai.requests.times, openai.requests.times[1:], strict=False)]
    assert len(gaps) == 7
    # 0.7 s without jitter; the first may arrive late on a busy machine
    assert openai.requests.times[-1] - openai.requests.times[0] > 0.4


def dear() -> Conversation:
    return Conversation(ann=GPTThread("gpt-6-sol", backoff=0.01))


def test_the_budget_stops_and_goes_on(openai: Any) -> None:
    openai.reply = "7 " * 50
    with pytest.raises(RunStopped, match=r"the budget of 0\.005 US dollars is reached"):
        replicate(lambda convo: len(convo.ann.submit("?")), dear, 50, concurrency=1, budget=0.005)
    store = RunStore()
    (run,) = store.runs()
    assert run.status == "stopped"
    assert 1 <= len(list(store.replications(run.uid))) < 50
    store.close()


def test_another_play_is_another_run(folder: Path) -> None:
    first = replicate(total, pair, 2)
    assert replicate(total_async, pair, 2).run != first.run
    assert replicate(total, lambda: Conversation(ann=ConstantThread("3"), bob=ConstantThread("6")), 2).run != first.run
    assert replicate(total, pair, 2, experiment=frames()).run != first.run
    assert replicate(total, pair, 2).run == first.run


def test_scripted_threads_answer(folder: Path) -> None:
    done = replicate(total, lambda: Conversation(ScriptedThread(["1"]), ScriptedThread(["2"])), 3, store=None)
    assert [each.result for each in done] == [3, 3, 3]


STUDY = """
from otree_ego import Conversation, ConstantThread, Experiment, replicate

def make():
    return Conversation(ann=gpt(), bob=ConstantThread("3"))

def play(convo):
    asked = [extract_number(thread.submit(f"{convo.replication} {convo.treatment.name}?")) for thread in convo]
    return [convo.treatment.name, *asked]

done = replicate(play, make, 12, experiment=Experiment("a", "b"), concurrency=2)
show([each.result for each in done])
"""


def test_killed_and_run_again_is_as_undisturbed(tmp_path: Path, service: Any) -> None:
    service.reply = "7"
    study = Script(tmp_path, STUDY.replace("concurrency", "seed=3, concurrency"), service)
    undisturbed = study.run().data
    study.store.unlink()

    def reply(body: Any) -> str:
        if len(service.requests) >= 18:  # of 12 and 12
            service.hold()
        return "7"

    service.reply = reply
    running = study.start()
    until(lambda: service.standing == 2)
    running.kill()
    service.release()
    done = study.query("select count(*) from otree_ego_replication")[0][0]
    service.requests.clear()
    assert study.run().data == undisturbed
    assert len(service.requests) == 12 - done
    assert study.query("select count(*), min(status), max(attempt) from otree_ego_replication") == [(12, "done", 2)]


def test_ctrl_c_twice_breaks_plain_plays_off(tmp_path: Path, service: Any) -> None:
    service.hold()
    study = Script(tmp_path, STUDY, service)
    running = study.start(terminal=True)
    until(lambda: service.standing == 2)
    running.interrupt()
    until(lambda: "finishing the 2 under way" in running.shown)
    assert running.process.poll() is None
    running.interrupt()
    ended = running.end()
    assert "0 of 12 replications are in" in ended.err
    for word in ("never retrieved", "was destroyed", "Exception in thread"):
        assert word not in ended.err
    assert study.query("select status, note from otree_ego_run") == [("stopped", "Ctrl-C")]
    service.release()
    service.reply = "7"
    assert json.loads(study.run().out)[0][1:] == [7, 3]


def test_a_run_inside_an_async_play_is_refused_instead_of_waiting_for_ever(openai: Any) -> None:
    async def nested(convo: Any) -> Any:
        return len(replicate(total, models, 1, store=None))

    with pytest.raises(ConfigError, match="A run cannot begin inside an async play function"):
        replicate(nested, models, 1)
