"""A design that is bound by our own CPU: one process, joblib's processes, and Ray on two local nodes.

python -m benchmarks.engines [--calls 600] [--repetitions 3] [--work 10] [--mock ego]

Three designs. The agent computes for some milliseconds before it is asked (its reply is a constant, no network). The
parser does; it reads each answer where it came, and once more when the rows are made, which is not spread. Nothing is
computed and the mock answers at once: making, sending and recording requests is spread, but the mock takes its share of
the same cores.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .common import Mock, median, parser

CONCURRENCY = 40
LEVELS = list(range(10))


def compute(milliseconds: float) -> None:
    """Keep this thread busy."""
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        sum(range(1000))


def parsing(milliseconds: float, text: str) -> str:
    """A parser that computes."""
    compute(milliseconds)
    return text


def constant() -> Any:
    """An agent that costs nothing."""
    from otree_ego import ConstantThread

    return ConstantThread("42")


def computing(milliseconds: float) -> Any:
    """An agent that computes before it is there."""
    from otree_ego import ConstantThread

    compute(milliseconds)
    return ConstantThread("42")


def asking() -> Any:
    """An agent that asks the mock."""
    from otree_ego import GPTThread

    return GPTThread("gpt-6-luna", temperature=1.0)


def seconds(agent: Callable[[], Any], parser: Callable[[str], Any] | None, calls: int, engine: Any) -> float:
    """Wall seconds of one run."""
    from otree_ego.experiment import factorial

    design = factorial("How much is {{ a }} times {{ b }}? Only a number.", a=LEVELS, b=LEVELS)
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        start = time.perf_counter()
        data = design.run(
            agent, parser, times=max(1, calls // len(design)), concurrency=CONCURRENCY, engine=engine,
            store=Path(folder, "ego.sqlite3"),
        )  # fmt: skip
        took = time.perf_counter() - start
    assert len(data) == calls and not data.failed and not data.invalid, data[:1]
    return took


@contextlib.contextmanager
def two_nodes() -> Iterator[str]:
    """A Ray cluster of two nodes on this machine, one CPU each; gives what it is in words."""
    import ray

    try:
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
    # Whatever a second node lacks on this machine, one node of two CPUs is still worth measuring.
    except Exception as error:
        print(f"engines: no two Ray nodes here ({type(error).__name__}: {error!s:.200}); one node of two CPUs instead")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        cluster = None
    try:
        nodes = [node for node in ray.nodes() if node["Alive"]]
        yield f"Ray, {len(nodes)} local node{'s' if len(nodes) > 1 else ''}"
    finally:
        ray.shutdown()
        if cluster is not None:
            cluster.shutdown()


@contextlib.contextmanager
def engines() -> Iterator[dict[str, Any]]:
    """The engines that are installed, by what they are."""
    from otree_ego.experiment.engines import Joblib, Ray

    found: dict[str, Any] = {"one process": None}
    with contextlib.ExitStack() as stack:
        for name, add in (
            ("joblib", lambda: {"joblib, 2 processes": Joblib(n_jobs=2)}),
            ("ray", lambda: {stack.enter_context(two_nodes()): Ray(workers_wanted=2)}),
        ):
            try:
                __import__(name)
            except ImportError:
                print(f"engines: {name} left out, it is not installed (pip install otree-ego[{name}])", flush=True)
            else:
                found |= add()
        yield found


def compare(what: str, run: Callable[[int, Any], float], calls: int, repetitions: int, found: dict[str, Any]) -> None:
    """Medians of all engines, measured in turn; `run` takes the number of calls and an engine."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for engine in found.values():
        run(100, engine)  # workers that are there and have imported everything
    for number in range(repetitions):
        for name in list(found) if number % 2 == 0 else list(found)[::-1]:
            times[name].append(run(calls, found[name]))
    alone = median(times["one process"])
    print(f"engines: {what}, {calls:,} calls")
    for name, each in times.items():
        print(f"    {name:20} {median(each):6.2f} s, {median(each) / alone:.2f} x one process", flush=True)


def main() -> None:
    options = parser(__doc__, 3)
    options.add_argument("--calls", type=int, default=600, help="a multiple of 100")
    options.add_argument("--work", type=float, default=10, help="milliseconds that agent or parser compute")
    options.add_argument("--mock", choices=("aimock", "ego"), default="ego")
    args = options.parse_args()
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    os.environ.update(OPENAI_API_KEY="sk-bench", RAY_USAGE_STATS_ENABLED="0")
    with Mock(args.mock, 0) as mock:
        os.environ["OPENAI_BASE_URL"] = mock.base_url  # before the workers are there
        with engines() as found:
            for what, run in {
                f"the agent computes {args.work:g} ms": partial(seconds, partial(computing, args.work), None),
                f"the parser computes {args.work:g} ms": partial(seconds, constant, partial(parsing, args.work)),
                "mock without delay": partial(seconds, asking, None),
            }.items():
                compare(what, run, args.calls, args.repetitions, found)


if __name__ == "__main__":
    main()
