"""Runs that are stopped, killed, extended, changed, and run again."""

import contextlib
import json
import os
import random
import re
import secrets
import signal
import sqlite3
import threading

import pytest
from harness.scripts import Script, until

from otree_ego import ConstantThread, GPTThread, ScriptedThread, extract_number, parse_number
from otree_ego.errors import RunError, RunStopped
from otree_ego.experiment import factorial, replicate
from otree_ego.stores import RunStore

DESIGN = factorial("What is {{ a }} and {{ b }}?", a=[1, 2, 3], b=[10, 20])


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


def echo(body):
    return body["messages"][-1]["content"]


def asked(service):
    return len(service.requests)


# --- the same script again ---


def test_what_is_done_is_not_asked_again(openai):
    openai.reply = "5"
    first = DESIGN.run(gpt, int, times=2)
    again = DESIGN.run(gpt, int, times=2)
    assert asked(openai) == 12
    assert (again, again.wide, again.run) == (first, first.wide, first.run)


def test_more_times_extend_and_fewer_show_fewer(openai):
    openai.reply = "5"
    first = DESIGN.run(gpt, int, times=2)
    more = DESIGN.run(gpt, int, times=3)
    assert (asked(openai), len(more), more[:12], more.run) == (18, 18, first, first.run)
    assert DESIGN.run(gpt, int, times=1) == first[:6]
    assert asked(openai) == 18


def test_failed_replications_are_asked_again_and_nothing_else(openai):
    openai.reply = "5"
    openai.fail(400, times=4)
    first = DESIGN.run(gpt, int, times=2)
    assert (first.failed, asked(openai)) == (4, 12)
    assert all("BadRequest" in row["error"] for row in first if row["error"])
    again = DESIGN.run(gpt, int, times=2)
    assert (again.failed, asked(openai)) == (0, 16)
    store = RunStore()
    attempts = [r.attempt for r in store.replications(again.run)]
    assert sorted(attempts) == [1] * 8 + [2] * 4
    failed = [m for seat in store.seats(again.run) for m in store.messages([seat.thread.uid])[seat.thread.uid]]
    assert sum(m.status == "failed" and m.error == "BadRequest" for m in failed) == 4
    store.close()


def test_an_invalid_answer_is_data_and_not_asked_again(openai):
    openai.reply = "no"
    assert DESIGN.run(gpt, parse_number).invalid == 6
    assert DESIGN.run(gpt, parse_number).invalid == 6
    assert asked(openai) == 6


def test_fresh_begins_a_new_run_and_the_latest_is_found(openai):
    openai.reply = ["1"] * 6 + ["2"]
    DESIGN.run(gpt, int)
    assert {row["result"] for row in DESIGN.run(gpt, int, fresh=True)} == {2}
    assert {row["result"] for row in DESIGN.run(gpt, int)} == {2}
    assert asked(openai) == 12


def prompted(text):
    def make():
        llm = gpt()
        llm.system(text)
        return llm

    return make


CHANGES = {
    "prompt": dict(design=factorial("Say {{ a }}!", a=[1])),
    "level": dict(design=factorial("Say {{ a }}", a=[1.0])),
    "model": dict(agent=lambda: GPTThread("gpt-5.4-mini")),
    "temperature": dict(agent=lambda: gpt(temperature=0.5)),
    "temperature of the run": dict(temperature=0.5),
    "longest answer": dict(max_tokens=5),
    "seed": dict(seed=1),
    "system prompt": dict(agent=prompted("Be rude.")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_experiment_is_a_new_run(openai, change):
    openai.reply = "5"
    usual = dict(design=factorial("Say {{ a }}", a=[1]), agent=gpt, parser=int)
    if change == "system prompt":
        usual["agent"] = prompted("Be kind.")
    both = [usual, usual | CHANGES[change]]
    runs = {arguments["design"].run(**{k: v for k, v in arguments.items() if k != "design"}).run for arguments in both}
    assert (len(runs), asked(openai)) == (2, 2)


@pytest.mark.parametrize(
    "same",
    [
        dict(concurrency=1), dict(budget=5.0), dict(requests_per_minute=1e6), dict(name="x"), dict(retries=3),
        dict(outcome="o"), dict(keep_retval=True),
    ],
    ids=lambda same: next(iter(same)),
)  # fmt: skip
def test_how_it_is_run_does_not_make_a_new_run(openai, same):
    openai.reply = "5"
    design = factorial("Say {{ a }}", a=[1])
    assert design.run(gpt, int).run == design.run(gpt, int, **same).run
    assert asked(openai) == 1


def test_a_changed_parser_reads_what_was_recorded_without_asking(openai):
    openai.reply = "5 apples"
    design = factorial("Say {{ a }}", a=[1, 2])
    before = design.run(gpt, int)
    assert before.invalid == 2
    after = design.run(gpt, extract_number)
    assert [(row["result"], row["error"]) for row in after] == [(5, "")] * 2
    assert asked(openai) == 2
    store = RunStore()
    kept = list(store.replications(after.run))
    assert [(r.result, r.tainted, r.error, r.error_text) for r in kept] == [(5, False, "", "")] * 2
    store.close()
    assert [row["words"] for row in design.run(gpt, lambda text: {"words": len(text.split())})] == [2, 2]


DRAWN = {
    "number": random.random,
    "choice": lambda: random.choice("ab"),
    "choice of the system": lambda: secrets.choice("ab"),
}


@pytest.mark.parametrize("draw", DRAWN)
def test_an_agent_that_draws_at_random_finds_its_run_again(openai, draw):
    openai.reply = "5"
    design = factorial("Say {{ a }}", a=[1])

    def drawing():
        llm = gpt(drawn=DRAWN[draw](), name="Ada")
        llm.system(f"You are {DRAWN[draw]()}.")
        return llm

    assert len({design.run(drawing, int).run for _ in range(12)}) == 1
    assert asked(openai) == 1
    assert design.run(lambda: gpt(name="Bob"), int).run != design.run(drawing, int).run


def test_a_run_that_is_whole_is_done_whatever_it_was_before(folder):
    data = DESIGN.run(lambda: ConstantThread("5"), int)
    store = RunStore()
    store.update(data.run, status="running", holder="gone:1:x", beat=0.0, note="?")
    DESIGN.run(lambda: ConstantThread("5"), int)
    assert (store.get(data.run).status, store.get(data.run).holder) == ("done", "")
    store.close()


# --- in processes of their own ---

STUDY = """
    show(factorial("{{ a }} and {{ b }}", a=list(range(10)), b=[1, 2]).run(gpt, None, times=2, seed=100, concurrency=4))
"""
CELLS = [(a, b) for _ in range(2) for a in range(10) for b in (1, 2)]


def check(script, data):
    """Each call once in the data, in order, as if nobody had disturbed it."""
    assert [(row["a"], row["b"], row["result"], row["attempts"], row["error"]) for row in data] == [
        (a, b, f"{a} and {b}", 1, "") for a, b in CELLS
    ]
    (run,) = script.query("select status, planned from otree_ego_run")
    assert run == ("done", 40)
    assert script.query("select count(*), count(distinct place) from otree_ego_replication") == [(40, 40)]
    assert script.query("select count(*) from otree_ego_message where status = 'pending'") == [(0,)]


def recorded(script):
    """The seeds of the requests whose reply is recorded."""
    found = script.query("select seed from otree_ego_message where role = 'assistant' and status = 'complete'")
    return {int(seed) for (seed,) in found}


def test_killed_again_and_again_it_comes_to_the_same_end_and_pays_nothing_twice(tmp_path, service):
    service.reply, service.delay = echo, 0.2
    script = Script(tmp_path, STUDY, service)
    chance = random.Random(7)
    kept, begun = set(), 0
    for _ in range(3):
        running = script.start()
        goal = begun + chance.randrange(2, 8)
        service.wait_until(lambda s, goal=goal: len(s.requests) >= goal)
        running.kill()
        assert not {r.body["seed"] for r in service.requests[begun:]} & kept
        kept, begun = recorded(script), len(service.requests)
    service.delay = 0.0
    check(script, script.run().data)
    assert not {r.body["seed"] for r in service.requests[begun:]} & kept
    assert {r.body["seed"] for r in service.requests} == set(range(100, 140))
    ((interrupted,),) = script.query("select count(*) from otree_ego_message where error = 'Interrupted'")
    assert len(service.requests) <= 40 + interrupted


SCRIPTED = """
    def answer(request):
        with open("asked", "a") as log:
            log.write(request.messages[-1][1] + "\\n")
        time.sleep(0.02)
        return str(sum(map(ord, request.messages[-1][1])))

    design = factorial("{{ a }} and {{ b }}", a=list(range(10)), b=[1, 2])
    show(design.run(lambda: ScriptedThread(answer), int, times=2))
"""


def test_killed_at_random_moments_it_gives_what_an_undisturbed_run_gives(tmp_path):
    (tmp_path / "calm").mkdir(), (tmp_path / "wild").mkdir()
    calm = Script(tmp_path / "calm", SCRIPTED).run().data
    wild = Script(tmp_path / "wild", SCRIPTED)
    log, chance = wild.folder / "asked", random.Random(3)
    for _ in range(3):
        running = wild.start()
        before = len(log.read_text().splitlines()) if log.exists() else 0
        goal = before + chance.randrange(1, 9)
        until(lambda goal=goal: log.exists() and len(log.read_text().splitlines()) >= goal)
        running.kill()
    data = wild.run().data
    assert [{**row, "thread": ""} for row in data] == [{**row, "thread": ""} for row in calm]
    assert 40 <= len(log.read_text().splitlines()) <= 40 + 3 * 20


def test_an_answer_that_was_recorded_before_the_kill_is_not_asked_again(tmp_path, service):
    service.reply = echo
    body = """
        def parser(text):
            if not os.path.exists("killed"):
                open("killed", "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return text

        show(factorial("{{ a }}", a=[1, 2]).run(gpt, parser, concurrency=1))
    """
    script = Script(tmp_path, body, service)
    assert script.run().code == -signal.SIGKILL
    assert script.query("select text from otree_ego_message where status = 'complete' and role = 'assistant'") == [
        ("1",)
    ]
    data = script.run().data
    assert [row["result"] for row in data] == ["1", "2"]
    assert [r.body["messages"][-1]["content"] for r in service.requests] == ["1", "2"]


def test_an_answer_that_was_recorded_is_not_asked_again_by_an_agent_that_draws_at_random(tmp_path, service):
    """The agent would ask something else now: only the record can say how the replication ended."""
    service.reply = echo
    body = """
        def drawing():
            llm = gpt()
            llm.system(f"Your number is {random.random()}.")
            return llm

        def parser(text):
            if not os.path.exists("killed"):
                open("killed", "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return text

        show(factorial("{{ a }}", a=[1, 2]).run(drawing, parser, concurrency=1))
    """
    script = Script(tmp_path, body, service)
    assert script.run().code == -signal.SIGKILL
    assert [row["result"] for row in script.run().data] == ["1", "2"]
    assert [r.body["messages"][-1]["content"] for r in service.requests] == ["1", "2"]
    assert script.query("select place, attempt from otree_ego_replication order by place") == [(0, 1), (1, 1)]


def test_a_first_answer_that_was_recorded_is_not_asked_again_when_the_second_was_under_way(tmp_path, service):
    def reply(body):
        if len(service.requests) == 1:
            return "wrong"
        service.hold()
        return "7"

    service.reply = reply
    body = 'show(factorial("{{ a }}", a=[1]).run(gpt, int, retries=1))'
    script = Script(tmp_path, body, service)
    running = script.start()
    service.wait_until(lambda s: s.standing == 1)
    running.kill()
    service.release()
    service.reply = "7"
    (row,) = script.run().data
    assert (row["result"], row["attempts"]) == (7, 2)
    assert len(service.requests) == 3


def test_replies_that_were_under_way_at_the_kill_are_marked_after_it_goes_on(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(tmp_path, STUDY, service)
    running = script.start()
    service.wait_until(lambda s: s.standing == 4)
    running.kill()
    assert script.query("select count(*) from otree_ego_message where status = 'pending'") == [(4,)]
    service.release()
    check(script, script.run().data)
    marked = script.query(
        "select status, error from otree_ego_message where role = 'assistant' and status != 'complete'"
    )
    assert marked == [("failed", "Interrupted")] * 4
    assert len(service.requests) == 44


# --- Ctrl-C ---


def test_ctrl_c_finishes_what_is_under_way_says_how_to_go_on_and_goes_on(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(tmp_path, STUDY, service)
    running = script.start(terminal=True)
    service.wait_until(lambda s: s.standing == 4)
    running.interrupt()
    until(lambda: "finishing the 4 under way" in running.shown)
    service.release()
    ended = running.end()
    assert ended.code in (1, 130, -signal.SIGINT)
    assert "4 of 40" in ended.out and re.search(r"[Rr]un the same script again", ended.out)
    assert script.query("select status, holder from otree_ego_run") == [("stopped", "")]
    assert script.query("select status, count(*) from otree_ego_replication group by status") == [("done", 4)]
    assert len(service.requests) == 4
    check(script, script.run().data)
    assert len(service.requests) == 40


def test_a_second_ctrl_c_breaks_off_at_once_and_the_run_goes_on_later(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(tmp_path, STUDY, service)
    running = script.start(terminal=True)
    service.wait_until(lambda s: s.standing == 4)
    running.interrupt()
    until(lambda: "finishing" in running.shown)
    running.interrupt()
    running.end()
    broken = script.query("select status, error from otree_ego_message where role = 'assistant'")
    assert broken == [("failed", "Interrupted")] * 4
    assert script.query("select count(*) from otree_ego_replication") == [(0,)]
    assert script.query("select status, holder from otree_ego_run") == [("stopped", "")]
    service.release()
    check(script, script.run().data)


def test_ctrl_c_without_a_terminal_stops_cleanly_and_says_nothing_but_the_error(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(tmp_path, STUDY, service)
    running = script.start()
    service.wait_until(lambda s: s.standing == 4)
    running.interrupt()
    until(lambda: script.query("select count(*) from otree_ego_message where status = 'pending'") == [(4,)])
    service.release()
    ended = running.end()
    assert ended.code != 0 and ended.out == ""
    assert "KeyboardInterrupt" in ended.err
    assert script.query("select status, holder from otree_ego_run") == [("stopped", "")]
    assert len(service.requests) == 4


def test_going_on_and_having_all_are_told_where_the_bar_is_shown(openai, capfd):
    openai.reply = "5"
    openai.fail(400, times=3)
    shown = []
    for _ in range(3):
        DESIGN.run(gpt, int, progress=True)
        shown.append(capfd.readouterr())
    assert "3 replications failed" in shown[0].err and "Run the same script again" in shown[0].err
    assert "Going on with run" in shown[1].err and "3 of 6 replications are in ego.sqlite3" in shown[1].err
    assert "nothing is asked again" in shown[2].err and "fresh=True" in shown[2].err
    assert [each.out for each in shown] == ["", "", ""]


# --- two at once ---


def test_the_same_run_at_once_in_two_processes_is_refused_with_a_sentence(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(tmp_path, STUDY, service)
    running = script.start()
    service.wait_until(lambda s: s.standing == 4)
    second = script.run()
    assert second.code == 1
    assert "RunError" in second.err and "under way in another process" in second.err
    assert str(running.process.pid) in second.err
    assert len(service.requests) == 4
    running.kill()
    service.release()
    check(script, script.run().data)  # at once, without waiting


def dump(script):
    """All that the store holds, but for the signs of life of who works on it."""
    tables = [name for (name,) in script.query("select name from sqlite_master where type = 'table'")]
    rows = {name: script.query(f"select * from {name} order by 1") for name in tables}
    rows["otree_ego_run"] = script.query("select uid, status, note, holder, planned, ended from otree_ego_run")
    return rows


def standing_still(script, service):
    """A process that was stopped amid four requests, for longer than others wait for it; the requests are answered."""
    service.reply = echo
    service.hold()
    first = script.start()
    service.wait_until(lambda s: s.standing == 4)
    os.kill(first.process.pid, signal.SIGSTOP)
    with contextlib.closing(sqlite3.connect(script.store, timeout=30)) as connection, connection:
        connection.execute("update otree_ego_run set beat = beat - 60")
    service.release()
    service.wait_until(lambda s: s.standing == 0)
    return first


def woken(first):
    """How the process ends that goes on where it stood still."""
    os.kill(first.process.pid, signal.SIGCONT)
    ended = first.end()
    assert ended.code == 1 and "RunError" in ended.err and "had stood still for too long" in ended.err
    return ended


def test_a_run_that_another_process_has_finished_is_left_alone_by_one_that_wakes(tmp_path, service):
    script = Script(tmp_path, STUDY, service)
    first = standing_still(script, service)
    check(script, script.run().data)
    before = dump(script)
    assert "was ended or removed by another process" in woken(first).err
    assert dump(script) == before
    assert script.query("select status, holder from otree_ego_run") == [("done", "")]
    check(script, script.run().data)  # nothing is asked again
    assert len(service.requests) == 44


def test_a_run_that_another_process_works_on_is_left_alone_by_one_that_wakes(tmp_path, service):
    script = Script(tmp_path, STUDY, service)
    first = standing_still(script, service)
    service.hold()
    second = script.start()
    service.wait_until(lambda s: s.standing == 4)
    before = dump(script)
    assert f"goes on in another process ({second.process.pid} on " in woken(first).err
    assert dump(script) == before
    service.release()
    check(script, second.end().data)
    assert script.query("select status, holder from otree_ego_run") == [("done", "")]


def test_the_same_new_run_begun_by_two_processes_in_the_same_moment_is_run_once(tmp_path, service):
    service.reply = echo
    service.hold()
    script = Script(
        tmp_path, "open(sys.argv[1], 'w').close()\nwhile not os.path.exists('go'): pass\n" + STUDY.strip(), service
    )
    both = [script.start(name) for name in ("one", "two")]
    until(lambda: (tmp_path / "one").exists() and (tmp_path / "two").exists())
    (tmp_path / "go").touch()
    until(lambda: any(each.process.poll() is not None for each in both))  # the one that came second
    service.release()
    codes = sorted(each.end().code for each in both)
    assert script.query("select count(*) from otree_ego_run") == [(1,)]
    assert codes == [0, 1]
    assert len(service.requests) == 40


def test_two_different_runs_at_once_on_one_store_do_not_mix(tmp_path, service):
    service.reply, service.delay = echo, 0.02
    script = Script(
        tmp_path,
        'show(factorial(sys.argv[1] + " {{ a }}", a=list(range(40))).run(gpt, None, concurrency=8))',
        service,
    )
    both = {name: script.start(name) for name in ("one", "two")}
    for name, running in both.items():
        assert [row["result"] for row in running.end().data] == [f"{name} {a}" for a in range(40)]
    assert script.query("select status, count(*) from otree_ego_run group by status") == [("done", 2)]
    assert len(service.requests) == 80


def test_the_same_run_in_two_threads_is_refused_and_goes_on_when_the_first_is_done(openai):
    openai.reply = "5"
    openai.hold()
    first = threading.Thread(target=lambda: DESIGN.run(gpt, int))
    first.start()
    openai.wait_until(lambda s: s.standing == 6)
    with pytest.raises(RunError, match="under way"):
        DESIGN.run(gpt, int)
    openai.release()
    first.join(30)
    assert len(DESIGN.run(gpt, int)) == 6
    assert asked(openai) == 6


def test_a_run_that_broke_goes_on_in_the_same_process_at_once(openai):
    openai.reply = "5"
    broken = [True]

    def make():
        if broken and len(openai.requests) > 1:
            os.remove("ego.sqlite3")  # the store is gone while it runs
            broken.clear()
        return gpt()

    design = factorial("{{ a }}", a=list(range(8)))
    try:
        design.run(make, int, concurrency=1)
    except Exception as error:
        assert "store" in str(error).lower()
    assert [row["result"] for row in design.run(gpt, int)] == [5] * 8


def test_a_run_whose_end_could_not_be_written_goes_on_in_the_same_process(openai):
    openai.reply = "5"

    def parser(text):
        # another program takes the run's table away for a moment
        with sqlite3.connect("ego.sqlite3") as other:
            other.execute("alter table otree_ego_replication rename to away")
        return int(text)

    from otree_ego.errors import StoreError

    design = factorial("{{ a }}", a=[1, 2])
    with pytest.raises(StoreError):
        design.run(gpt, parser, concurrency=1)
    with sqlite3.connect("ego.sqlite3") as other:
        other.execute("alter table away rename to otree_ego_replication")
        other.execute("update otree_ego_run set holder = (select holder from otree_ego_run)")
    assert [row["result"] for row in design.run(gpt, int)] == [5, 5]


# --- budgets ---


def test_a_budget_stops_the_run_and_a_larger_one_lets_it_go_on(openai):
    openai.reply = "word " * 20
    design = factorial("{{ a }}", a=list(range(20)))
    price = factorial("{{ a }}", a=[99]).run(gpt, None).cost
    assert price > 0
    openai.clear()
    with pytest.raises(RunStopped, match=r"budget.*reached") as caught:
        design.run(gpt, None, concurrency=2, budget=price * 5.5)
    assert caught.value.run
    assert 4 <= asked(openai) <= 6
    with pytest.raises(RunStopped, match="budget"):
        design.run(gpt, None, concurrency=2, budget=price * 5.5)
    assert asked(openai) <= 6
    data = design.run(gpt, None, budget=1.0)
    assert (len(data), asked(openai)) == (20, 20)


def test_a_small_budget_is_not_overdrawn_by_the_first_round(openai):
    openai.reply, openai.delay = "word " * 20, 0.05
    price = factorial("{{ a }}", a=[99]).run(gpt, None).cost
    openai.clear()
    with pytest.raises(RunStopped, match="budget"):
        factorial("{{ a }}", a=list(range(50))).run(gpt, None, concurrency=20, budget=price * 3.5)
    assert asked(openai) <= 4


# --- PostgreSQL ---


def test_on_postgres_a_killed_run_goes_on_too(tmp_path, service, pg):
    service.reply, service.delay = echo, 0.05
    database = pg.database()
    script = Script(tmp_path, STUDY, service, EGO_STORE=database.env["DATABASE_URL"])
    running = script.start()
    service.wait_until(lambda s: len(s.requests) > 9)
    second = script.run()
    running.kill()
    data = script.run().data
    assert [row["result"] for row in data] == [f"{a} and {b}" for a, b in CELLS]
    if second.code:
        assert "under way in another process" in second.err
    messages = database.query(
        "select status, error, count(*) n from otree_ego_message where role = 'assistant' group by status, error"
    )
    assert {(m["status"], m["error"]) for m in messages} <= {("complete", ""), ("failed", "Interrupted")}
    assert sum(m["n"] for m in messages if m["status"] == "complete") >= 40
    assert not list(tmp_path.glob("*.sqlite3"))


def test_scripted_lists_begin_anew_for_each_thread(folder):
    data = factorial("{{ a }}", a=[1, 2]).run(lambda: ScriptedThread(["x", "7"]), int, retries=1)
    assert [(row["result"], row["attempts"]) for row in data] == [(7, 2), (7, 2)]
    assert json.dumps(data)


def test_a_long_conversation_that_broke_is_not_paid_twice(openai):
    openai.reply = "reply " * 10
    openai.context_tokens = 150

    async def talk(llm):
        for number in range(16):
            if broken and number == 13:
                raise RuntimeError("the machine is off")
            await llm.aio.submit(f"{number} " + "word " * 8)
        return len(llm.messages)

    broken = [True]
    with pytest.raises(RuntimeError):
        replicate(talk, lambda: gpt(max_tokens=20), times=1, name="talks")
    before = asked(openai)
    assert before == 14  # one was refused
    broken.clear()
    (done,) = replicate(talk, lambda: gpt(max_tokens=20), times=1, name="talks")
    # three were still to be asked; and the one around which the context became known may be cut in another place now
    assert done.result == 32 and before + 3 <= asked(openai) <= before + 4
