"""The same as a factorial design of alter_ego: one call after the other."""

from __future__ import annotations

import argparse

from alter_ego.agents import GPTThread
from alter_ego.experiment import factorial
from measured import QUESTION, levels, measured


def run(args: argparse.Namespace) -> int:
    a, b, times = levels(args.calls)
    design = factorial(QUESTION.replace("{", "{{").replace("}", "}}"), a=a, b=b)
    data = design.run(lambda: GPTThread(model="gpt-6-luna", temperature=1.0), None, times=times)
    return sum(bool(row["result"]) for row in data)


measured(run)
