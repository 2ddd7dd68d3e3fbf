"""The same as a factorial design: recorded, resumable."""

from __future__ import annotations

import argparse
import os
from typing import Any

from measured import QUESTION, levels, measured

from otree_ego import GPTThread
from otree_ego.experiment import Results, factorial
from otree_ego.providers.openai.provider import sdk
from otree_ego.stores import RunStore
from otree_ego.stores.journal import REPLICATIONS
from otree_ego.stores.rows import MESSAGES, THREADS

sdk()  # imports are not what is measured
NOWHERE = "http://127.0.0.1:9/v1"


def design(args: argparse.Namespace, **options: Any) -> Results:
    a, b, times = levels(args.calls)
    asked = factorial(QUESTION.replace("{", "{{ ").replace("}", " }}"), a=a, b=b)
    return asked.run(
        lambda: GPTThread("gpt-6-luna", temperature=1.0, retries=2),
        None, times=times, concurrency=args.concurrency, **options,
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    return sum(row["result"] is not None and not row["error"] for row in design(args))


def recorded(args: argparse.Namespace) -> dict[str, Any]:
    """How many rows are there, and that the same design takes them all up again, with nobody there to answer."""
    store = RunStore(create=False)
    with store.transaction() as c:
        rows = {t.name: c.execute(t.count()).scalar() for t in (THREADS, MESSAGES, REPLICATIONS)}
    store.close()
    os.environ["OPENAI_BASE_URL"] = NOWHERE
    return {"rows": rows, "resumed": run(args)}


measured(run, recorded)
