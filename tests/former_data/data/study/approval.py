"""A microexperiment as a script of its own, written for otree_ego 0.1.0. Its run has ended, one answer is invalid."""

import json

from otree_ego import GPTThread, extract_number, factorial


def agent():
    llm = GPTThread("gpt-4o", temperature=1.0, backoff=0.01)
    llm.system("You answer questions about politics with a single number.")
    return llm


if __name__ == "__main__":
    design = factorial(
        "Estimate the approval of {{ politician }} in the {{ time }} of the presidency. Only a number from 0 to 100.",
        politician=["George W. Bush", "Barack Obama"],
        time=["1st year", "8th year"],
    )
    print(json.dumps(design.run(agent, extract_number, times=1, retries=1, seed=100, name="approval", concurrency=1)))
