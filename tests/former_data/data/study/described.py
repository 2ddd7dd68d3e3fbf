"""A microexperiment whose agents have values of otree_ego's own as attributes. Its run has ended."""

import json

from otree_ego import GPTThread, Persona, Policy, Treatment, Usage, factorial, pace, parse_choice


def agent():
    return GPTThread(
        "gpt-4o", seed=3, backoff=0.01, persona=Persona("Ada", "You are curious.", speaks="every 2, addressed"),
        speed=pace("1-3 + 0.04/character"), frame=Treatment("high", reward=100, words=["give", "take"]),
        rules=Policy(deadline=30.0), usage=Usage(1, 2, 3),
    )  # fmt: skip


def parser(text):
    return parse_choice(text, ["YES", "NO"])


if __name__ == "__main__":
    design = factorial("{{ persona.name }}, {{ question }} YES or NO?", question=["is it late?", "is it cold?"])
    print(json.dumps(design.run(agent, parser, times=1, name="described", concurrency=1)))
