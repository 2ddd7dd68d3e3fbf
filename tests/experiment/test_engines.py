"""The same experiments on joblib's processes, on Ray, and on an engine from outside: same rows, record and limits."""

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import get_args

import cloudpickle
import pytest
from harness.project import REPO
from harness.scripts import Arrivals, Script, until

from otree_ego import GPTThread, ScriptedThread, extract_number
from otree_ego.errors import ConfigError, ModelUnknown, RunError, RunStopped
from otree_ego.experiment import factorial
from otree_ego.experiment.engines import _NAMED, EngineName, Joblib, Ray, engine_of
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService

pytestmark = pytest.mark.slow

DESIGN = factorial("What is {{ a }} times {{ b }}?", a=[2, 3, 4], b=[5, 6])


@pytest.fixture(scope="module")
def cluster(lasting):
    import ray

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(REPO), str(REPO / "tests")]))
        ray.init(address="local", num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False)
        yield Ray(2)
        ray.shutdown()


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.full if name == "ray" else ()) for name in sorted(_NAMED)])
def engine(request):
    if request.param == "ray":
        return request.getfixturevalue("cluster")
    return Joblib(2) if request.param == "joblib" else engine_of(request.param)


def test_the_names_of_engines_are_typed():
    assert set(get_args(EngineName)) == set(_NAMED)


@pytest.fixture(scope="module")
def lasting():
    """One service for all tests: worker processes live on, with the environment in which they were started."""
    with FakeService() as service, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", service.base_url)
        patch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
        yield service


@pytest.fixture
def openai(tmp_path, monkeypatch, lasting):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    lasting.heal()
    lasting.requests, lasting.models, lasting.delay = Arrivals(), None, 0.0
    yield lasting
    lasting.release()


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


def echo(body):
    return body["messages"][-1]["content"]


def times(body):
    a, b = (int(word.strip("?")) for word in echo(body).split() if word.strip("?").isdigit())
    return f"It is {a * b}."


def test_rows_record_and_resume_are_the_same_with_lambdas_as_agent_and_parser(openai, engine):
    openai.reply = times
    factor = 1
    data = DESIGN.run(lambda: gpt(), lambda text: extract_number(text) * factor, 3, engine=engine, seed=5)
    alone = DESIGN.run(lambda: gpt(), lambda text: extract_number(text) * factor, 3, store="alone.sqlite3", seed=5)
    assert len(openai.requests) == 36
    assert [{**row, "thread": ""} for row in data] == [{**row, "thread": ""} for row in alone]
    same = ("prompt", "text", "seed", "model_answered", "parameters", "status", "cost_usd", "replication")
    assert [[row[k] for k in same] for row in data.wide] == [[row[k] for k in same] for row in alone.wide]
    again = DESIGN.run(lambda: gpt(), lambda text: extract_number(text) * factor, 4, engine=engine, seed=5)
    assert again[:18] == data and again.run == data.run
    assert len(openai.requests) == 42
    assert DESIGN.run(lambda: gpt(), lambda text: extract_number(text) * factor, 4, seed=5) == again


@pytest.mark.full
def test_the_processes_know_a_key_and_an_address_that_were_set_meanwhile(openai, monkeypatch):
    openai.reply = times
    assert DESIGN.run(gpt, extract_number, engine=Joblib(2)).failed == 0
    with FakeService() as other:
        other.key, other.reply = "sk-another-key-123", times
        monkeypatch.setenv("OPENAI_BASE_URL", other.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", other.key)
        assert DESIGN.run(gpt, extract_number, engine=Joblib(2), fresh=True).failed == 0
        assert len(openai.requests) == len(other.requests) == 6


def test_invalid_answers_are_asked_again_there_too(openai, engine):
    openai.reply = lambda body: "7" if len(body["messages"]) > 1 else "no"
    data = DESIGN.run(gpt, int, retries=1, engine=engine)
    assert [(row["result"], row["attempts"]) for row in data] == [(7, 2)] * 6


def test_an_error_in_a_worker_arrives_as_itself(openai, engine):
    openai.reply = times

    def make():
        if os.getpid() != here:
            raise ZeroDivisionError("in the worker")
        return gpt()

    here = os.getpid()
    with pytest.raises(ZeroDivisionError, match="in the worker"):
        DESIGN.run(make, None, engine=engine)
    store = RunStore()
    assert [(run.status, run.holder) for run in store.runs()] == [("failed", "")]
    store.close()


def test_an_unknown_model_arrives_as_itself_and_stops(openai, engine):
    openai.models = ["gpt-6-luna"]
    with pytest.raises(ModelUnknown, match="typo"):
        factorial("{{ a }}", a=list(range(200))).run(lambda: GPTThread("gpt-typo"), None, engine=engine, concurrency=4)
    assert len(openai.requests) < 100  # a few more are asked until the first has come back


def test_a_parser_that_ends_the_program_ends_the_run(openai, engine):
    openai.reply = times
    with pytest.raises(RunStopped, match="SystemExit"):
        DESIGN.run(gpt, lambda text: exit(3), engine=engine)


def test_the_limits_hold_for_all_workers_together(openai, engine):
    openai.reply = times
    DESIGN.run(gpt, None, engine=engine)  # the workers are there
    openai.requests = Arrivals()
    big = factorial("{{ a }} times {{ b }}?", a=list(range(15)), b=[1, 2])
    big.run(gpt, None, engine=engine, requests_per_minute=900, concurrency=2)
    arrived = sorted(openai.requests.times)
    assert len(arrived) == 30
    assert arrived[-1] - arrived[0] >= (30 - 8) * 60 / 900  # the first may arrive late


def test_concurrency_holds_for_all_workers_together(openai, engine):
    openai.reply = times
    openai.hold()
    big = factorial("{{ a }} times {{ b }}?", a=list(range(10)), b=[1, 2])
    found = []
    worker = threading.Thread(target=lambda: found.extend(big.run(gpt, None, engine=engine, concurrency=1)))
    worker.start()
    openai.wait_until(lambda s: s.standing == 1)
    with pytest.raises(TimeoutError):
        openai.wait_until(lambda s: s.standing > 1, timeout=1)
    openai.release()
    worker.join(60)
    assert len(found) == 20


def test_a_budget_holds_for_all_workers_together(openai, engine):
    openai.reply = "word " * 20
    price = factorial("{{ a }}", a=[99]).run(gpt, None).cost
    openai.clear()
    big = factorial("{{ a }}", a=list(range(60)))
    with pytest.raises(RunStopped, match="budget"):
        big.run(gpt, None, engine=engine, concurrency=2, budget=price * 10.5)
    assert len(openai.requests) <= 12
    assert len(big.run(gpt, None, engine=engine, budget=1.0)) == 60
    assert len(openai.requests) == 60


def test_postgres_takes_what_workers_write(openai, engine, pg):
    openai.reply = times
    url = pg.database().env["DATABASE_URL"]
    data = DESIGN.run(gpt, extract_number, 2, engine=engine, store=url)
    assert [row["result"] for row in data] == [10, 12, 15, 18, 20, 24] * 2


def test_a_store_that_workers_do_not_reach_is_written_here(openai):
    class Far(Joblib):
        def reaches(self, url):
            return False

    openai.reply = times
    data = DESIGN.run(gpt, extract_number, 3, engine=Far(2))
    assert [row["result"] for row in data] == [10, 12, 15, 18, 20, 24] * 3
    assert len({row["thread"] for row in data}) == 18
    assert DESIGN.run(gpt, extract_number, 3) == data
    assert len(openai.requests) == 18


@pytest.mark.full
def test_joblib_spreads_a_script_with_its_own_functions_and_goes_on_after_a_kill(tmp_path, service):
    service.reply, service.delay = times, 0.1
    body = """
        def answer_of(text):
            return extract_number(text)

        def main():
            show(factorial("{{ a }} times {{ b }}?", a=list(range(15)), b=[1, 2]).run(
                gpt, answer_of, engine="joblib", concurrency=4, seed=1))

        if __name__ == "__main__":
            main()
    """
    script = Script(tmp_path, body, service)
    running = script.start()
    service.wait_until(lambda s: len(s.requests) >= 6)
    running.process.kill()
    running.process.wait()
    kept = {int(seed) for (seed,) in script.query(
        "select seed from otree_ego_message where role = 'assistant' and status = 'complete'")}  # fmt: skip
    begun = len(service.requests)
    data = script.run().data
    assert [row["result"] for row in data] == [a * b for a in range(15) for b in (1, 2)]
    os.killpg(running.process.pid, signal.SIGKILL)  # joblib's workers outlive it for a while, idle
    running.end()
    assert not {r.body["seed"] for r in service.requests[begun:]} & kept
    assert len(service.requests) <= 30 + 2 * 4  # what was under way, and what began before the workers saw it


@pytest.mark.full
def test_ctrl_c_stops_joblib_and_the_run_goes_on(tmp_path, service):
    service.reply, service.delay = times, 0.2
    body = """
        show(factorial("{{ a }} times {{ b }}?", a=list(range(20)), b=[1, 2]).run(
            gpt, extract_number, engine="joblib", concurrency=2))
    """
    script = Script(tmp_path, body, service)
    running = script.start(terminal=True)
    service.wait_until(lambda s: len(s.requests) >= 4)
    os.killpg(running.process.pid, signal.SIGINT)  # as a terminal does: to all of them
    ended = running.end()
    assert ended.code != 0 and len(service.requests) < 40
    until(lambda: script.query("select status, holder from otree_ego_run") == [("stopped", "")])
    service.delay = 0.0
    assert [row["result"] for row in script.run().data] == [a * b for a in range(20) for b in (1, 2)]


def test_scripted_models_can_be_spread(folder):
    data = DESIGN.run(lambda: ScriptedThread(["x", "7"]), int, retries=1, engine=Joblib(2))
    assert [row["result"] for row in data] == [7] * 6


@pytest.mark.parametrize("wrong", ["dask", 3, object()])
def test_an_engine_that_is_none_is_refused(wrong):
    with pytest.raises(ConfigError, match="engine must be 'joblib', 'ray', or an object with the methods"):
        engine_of(wrong)


# --- an engine of one's own ---


class Pool:
    """An engine as somebody else would write it: threads of this process."""

    def __init__(self, threads):
        self.threads = threads
        self.used = set()

    def workers(self):
        return self.threads

    def reaches(self, url):
        return True

    def dumps(self, chunk):
        return cloudpickle.dumps(chunk)

    def map(self, function, chunks, workers):
        def work(chunk):
            self.used.add(threading.get_ident())
            return function(chunk)

        with ThreadPoolExecutor(workers) as pool:
            under_way = {pool.submit(work, chunk) for chunk in islice(chunks, workers)}
            while under_way:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in finished:
                    yield each.result()
                under_way |= {pool.submit(work, chunk) for chunk in islice(chunks, len(finished))}


def test_an_engine_of_ones_own_runs_a_design_and_resumes_it(openai):
    def reply(body):
        if len(openai.requests) == 9:
            openai.fail(429, times=-1, message="You exceeded your current quota: insufficient_quota")
        return times(body)

    openai.reply, pool = reply, Pool(2)
    with pytest.raises(RunStopped, match="no credit"):
        DESIGN.run(gpt, extract_number, 3, engine=pool, seed=5, concurrency=2)
    asked, kept = len(openai.requests), RunStore()
    recorded = {m.seed for m in replies(kept)}
    assert len(recorded) >= 8 and asked < 18
    openai.heal()
    openai.reply = times
    data = DESIGN.run(gpt, extract_number, 3, engine=pool, seed=5, concurrency=2)
    assert [row["result"] for row in data] == [10, 12, 15, 18, 20, 24] * 3
    assert not {request.body["seed"] for request in openai.requests[asked:]} & recorded
    assert [run.status for run in kept.runs()] == ["done"]
    kept.close()
    assert pool.used and threading.get_ident() not in pool.used
    assert DESIGN.run(gpt, extract_number, 3, seed=5) == data  # and all of it is there for a run without an engine
    assert len(openai.requests) == asked + 18 - len(recorded)


def replies(store):
    found = store.messages([seat.thread.uid for run in store.runs() for seat in store.seats(run.uid)])
    return [m for messages in found.values() for m in messages if m.role == "assistant" and m.status == "complete"]


def test_the_budget_holds_for_an_engine_of_ones_own(openai):
    openai.reply = "word " * 20
    price = factorial("{{ a }}", a=[99]).run(gpt, None).cost
    openai.clear()
    with pytest.raises(RunStopped, match="budget"):
        factorial("{{ a }}", a=list(range(60))).run(gpt, None, engine=Pool(2), concurrency=2, budget=price * 10.5)
    assert len(openai.requests) <= 12


def test_an_engine_that_lacks_a_method_is_refused_with_its_name(folder):
    class Half:
        def workers(self):
            return 2

        def map(self, function, chunks, workers):
            return map(function, chunks)

    with pytest.raises(ConfigError, match=r"otree_ego\.experiment\.engines\.Engine; .*Half.* lacks reaches, dumps\."):
        DESIGN.run("constant/7", int, engine=Half())
    with pytest.raises(ConfigError, match=r"Pool is a class: give Pool\(…\)"):
        DESIGN.run("constant/7", int, engine=Pool)
    assert not list(folder.iterdir())


def lost(results):
    next(results)
    yield from results


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda results: islice(results, 1), "not every chunk has been done"),
        (lost, "not every chunk has been done"),
        (lambda results: map(str, results), "map must yield what the function that it is given returns"),
    ],
    ids=["ends early", "loses one", "yields something else"],
)
def test_an_engine_that_loses_work_leaves_no_run_that_looks_done(folder, broken, words):
    class Lossy(Pool):
        def map(self, function, chunks, workers):
            return broken(map(function, chunks))

    design = factorial("{{ a }}", a=list(range(30)))
    with pytest.raises((RunError, ConfigError), match=words):
        design.run("constant/7", int, engine=Lossy(2), concurrency=2)
    store = RunStore()
    assert [run.status for run in store.runs()] == ["failed"]
    store.close()
    assert [row["result"] for row in design.run("constant/7", int, engine=Pool(2))] == [7] * 30
