"""Replications of a scenario as a script: treatments, drawn names, one replication tainted twice over, one failed."""

import json

from otree_ego import ConstantThread, Conversation, Experiment, GPTThread, Persona, Prompt, Treatment, pace, parse_number
from otree_ego.experiment import replicate

FRAMES = Experiment(Treatment("low", pot=10, words=("give", "keep")), dict(name="high", pot=100, words=("give", "keep")))
FRAMES.param("name", ["Ann", "Bob", "Cem", "Dea"])
RULES = Prompt("Your name is {{ name }}. You and {{ other.name }} share {{ treatment.pot }} points.")


def pair():
    return Conversation(
        first=GPTThread("gpt-4o", temperature=0.5, backoff=0.01, retries=0, mover=1),
        second=ConstantThread("I take 3.", mover=2),
    )


def play(convo):
    convo.all.system(RULES)
    convo.topic = "sharing"
    convo.first.persona, convo.second.speed = Persona(convo.first.name, "You share."), pace((1, 2))
    for convo.all.round in (1, 2):
        for thread in convo:
            said = thread.submit(f"Pair {thread.replication}, round {thread.round}: how much do you take?")
            thread.choices.append(parse_number(said))  # a ParseError taints the replication
    if convo.first.choices[0] > 90:
        convo.first.tainted, convo.first.taint_reason = True, "More than there is."
    return {"pot": convo.treatment.pot, "sum": sum(convo.first.choices) + sum(convo.second.choices)}


if __name__ == "__main__":
    done = replicate(play, pair, times=5, experiment=FRAMES, seed=7, name="pairs", concurrency=1)
    print(json.dumps([[each.treatment, each.status, each.tainted, each.result] for each in done]))
