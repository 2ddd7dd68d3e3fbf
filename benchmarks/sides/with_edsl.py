"""The same as an EDSL survey of one question over scenarios, run on this machine, without its cache."""

from __future__ import annotations

import argparse

from edsl import Model, QuestionFreeText, Scenario, ScenarioList
from measured import QUESTION, levels, measured
from openai import AsyncOpenAI, DefaultAioHttpClient

_ = AsyncOpenAI(api_key="none").chat.completions, DefaultAioHttpClient  # imports are not what is measured


def run(args: argparse.Namespace) -> int:
    first, second, times = levels(args.calls)
    text = QUESTION.replace("{", "{{ scenario.").replace("}", " }}")
    question = QuestionFreeText(question_name="approval", question_text=text)
    # Its own limits of requests and tokens a minute would only slow it down.
    model = Model("gpt-6-luna", service_name="openai", temperature=1.0, rpm=10**7, tpm=10**10)
    cells = ScenarioList([Scenario({"a": a, "b": b}) for a in first for b in second])
    results = question.by(cells).by(model).run(
        n=times, max_concurrency=args.concurrency, cache=False, progress_bar=False, print_exceptions=False,
        disable_remote_inference=True, disable_remote_cache=True, check_api_keys=False,
    )  # fmt: skip
    return sum(bool(result["answer"]["approval"]) for result in results)


measured(run)
