"""An iterated prisoner's dilemma between two models, told in ten ways.

The payoffs are the same in all ten frames, only the story differs: 20 for each if both choose X, 8 for each if both
choose Y, and if they differ, 28 for who chose Y and nothing for the other. A pair plays ten rounds; in each the second
mover learns what the first has chosen before it chooses. The design follows Engel, Grossmann and Ockenfels (see
README.md); the stories are others.

python examples/dilemma.py --model gpt-6-luna --times 100
"""

from otree_ego import Conversation, Prompt, Thread, parse_choice
from otree_ego.experiment import Experiment, Treatment, replicate
from otree_ego.experiment.asking import ask
from otree_ego.grammars import choice_grammar, constrained
from otree_ego.seeds import seed_for

RETRIES = 2  # an invalid answer is asked again so often; all answers are recorded
NAMES = ["Alex", "Charlie", "Jamie", "Kim", "Robin", "Sam", "Toni"]
OPTIONS = ["X", "Y"]  # X is cooperation in every frame: letters without a meaning, so that only the story has one
PAYOFFS = {("X", "X"): 20, ("X", "Y"): 0, ("Y", "X"): 28, ("Y", "Y"): 8}  # one's own, by (own, other's) choice

FRAMES = [
    Treatment("neutral", story="You take part in a game with", x="playing X", y="playing Y"),
    Treatment("well", story="In a dry summer you share a well with the farmer", x="drawing little", y="drawing a lot"),
    Treatment("kitchen", story="You share a kitchen with your flatmate", x="cleaning up", y="leaving it dirty"),
    Treatment("rope", story="You climb a mountain, tied to one rope with", x="carrying gear", y="carrying none"),
    Treatment("song", story="You rehearse a duet for a concert with the singer", x="practising", y="not practising"),
    Treatment("cafe", story="Your café lies opposite the café of", x="keeping your prices", y="undercutting"),
    Treatment("election", story="You run for mayor against", x="praising your own plans", y="attacking your rival"),
    Treatment("arms", story="You lead a country, and at its border begins the country of", x="disarming", y="arming"),
    Treatment("exam", story="You prepare for the same exam as", x="lending out your notes", y="hiding your notes"),
    Treatment("divorce", story="You are getting divorced from", x="talking it over", y="calling your lawyer"),
]

RULES = Prompt("""Your name is {{ name }}. {{ treatment.story }} {{ other.name }}.
In each of {{ rounds }} rounds you both choose an option. X stands for {{ treatment.x }}, Y for {{ treatment.y }}.
If you both choose X, each gets 20 points. If you both choose Y, each gets 8 points.
If one chooses X and the other Y, the one with X gets 0 points and the one with Y gets 28 points.
You want as many points as possible. Answer only with one letter, X or Y.""")
FIRST = Prompt("{{ news }}Round {{ round }}: you choose first, and {{ other.name }} will see it. X or Y?")
SECOND = Prompt("{{ news }}Round {{ round }}: {{ other.name }} has chosen {{ other.choices[-1] }}. X or Y?")
NEWS = "In the last round you chose {own} and got {mine} points; {name} chose {their} and got {yours} points. "


async def play(pair):
    """One replication: the two move in turn, round after round."""
    for thread in pair:
        await thread.aio.system(RULES)
    for number in range(1, pair.first.rounds + 1):
        pair.all.round = number
        news = [told(thread) for thread in pair]  # before anybody chooses again
        for thread in pair:
            question = FIRST if thread is pair.first else SECOND
            asked = await ask(
                thread,
                question,
                lambda text: parse_choice(text, OPTIONS),
                RETRIES,
                variables={"news": news[thread.mover - 1]},
                # A seed for each question: with one for all, both movers would draw alike, in every round.
                seed=seed_for(thread.seed, thread.mover, number),
                **constrained(thread.model, choice_grammar(OPTIONS)),
            )
            thread.attempts.append(asked.attempts)
            thread.choices.append(asked.value)
            if asked.error:  # no usable answer: the pair stays in the data, marked
                pair.all.tainted, pair.all.taint_reason = True, asked.error
                return None
    # What the report describes by frame.
    return {
        "cooperation, first mover": cooperation(pair.first),
        "cooperation, second mover": cooperation(pair.second),
        "points, first mover": sum(points(pair.first)),
        "points, second mover": sum(points(pair.second)),
    }


def told(thread):
    """What a mover is told of the last round."""
    if not thread.choices:
        return ""
    return NEWS.format(
        own=thread.choices[-1],
        mine=points(thread)[-1],
        name=thread.other.name,
        their=thread.other.choices[-1],
        yours=points(thread.other)[-1],
    )


def cooperation(thread):
    """The share of rounds in which somebody cooperated."""
    return thread.choices.count("X") / len(thread.choices)


def points(thread):
    """What somebody got in each round that both have played; the first mover may be a choice ahead."""
    return [PAYOFFS.get(both) for both in zip(thread.choices, thread.other.choices, strict=False)]


def run(times=10, model="local/smollm2", seed=None, rounds=10, second_model=""):
    """Let `times` pairs play, as many in each frame; the second mover may be another model."""

    def pair():
        return Conversation(
            first=Thread(model, temperature=1.0, mover=1, rounds=rounds, attempts=[]),
            second=Thread(second_model or model, temperature=1.0, mover=2, rounds=rounds, attempts=[]),
        )

    # Each pair draws two different names; nobody is told that the other is a model.
    experiment = Experiment(*FRAMES).param("name", NAMES)
    return replicate(play, pair, times, experiment=experiment, seed=seed, name="dilemma")


def export(thread):
    """The rows of one mover, one for each round; a choice without a usable answer is None and pays nothing."""
    payoffs = points(thread)
    return [
        {
            "pair": thread.replication,
            "treatment": thread.treatment.name,
            "name": thread.name,
            "model": thread.model,
            "mover": thread.mover,
            "round": number,
            "choice": choice,
            "cooperated": None if choice is None else int(choice == "X"),
            "payoff": payoffs[number - 1] if number <= len(payoffs) else None,
            "attempts": thread.attempts[number - 1],
            "tainted": thread.tainted,
        }
        for number, choice in enumerate(thread.choices, 1)
    ]


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description="The framed, iterated prisoner's dilemma.")
    parser.add_argument("--model", default="local/smollm2")
    parser.add_argument("--second-model", default="", help="of the second mover; default: the same")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int)
    done = run(**vars(parser.parse_args()))
    print(f"The data:    ego data {__file__} {done.run} > data.csv")
    print(f"The report:  ego report {done.run}")
