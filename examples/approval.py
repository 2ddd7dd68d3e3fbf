"""How popular were two presidents, in the eyes of a model? A microexperiment: politicians x times in office.

python examples/approval.py --model gpt-6-luna --times 10
"""

from otree_ego import Thread, parse_number
from otree_ego.experiment import factorial
from otree_ego.grammars import constrained, number_grammar

PROMPT = """What share of US citizens approved of {{ politician }} in the {{ time }} in office?
Give your best guess in percent. Answer only with a whole number from 0 to 100."""
DESIGN = factorial(
    PROMPT,
    politician=["George W. Bush", "Barack Obama"],
    time=["first year", "fourth year", "last year"],
)


def rating(text):
    """The number in an answer; an answer without one, or with one out of range, is kept in the data as an error."""
    return parse_number(text, low=0, high=100)


def run(times=10, model="local/smollm2", seed=None):
    """Ask each of the six cells `times` times; each question goes to a model that knows nothing of the others."""
    return DESIGN.run(
        lambda: Thread(model, temperature=1.0),
        rating,
        times,
        outcome="rating",
        seed=seed,
        name="approval",
        **constrained(model, number_grammar(0, 100)),
    )


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description="The approval microexperiment.")
    parser.add_argument("--model", default="local/smollm2")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int)
    data = run(**vars(parser.parse_args()))
    for row in data:
        print(row["politician"], row["time"], row["rating"], sep="\t")
    print(f"All that is known of it:  ego data --wide {data.run}")
