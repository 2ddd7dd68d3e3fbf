"""A microexperiment whose process was killed in the middle of a reply. Its prompt and a level of it are templates."""

import json

from otree_ego import GPTThread, Prompt, extract_number, factorial


def agent():
    return GPTThread("gpt-4o", backoff=0.01, extra={"user": "lab"}, mood="calm")


if __name__ == "__main__":
    design = factorial(
        Prompt("You are {{ mood }}. {{ ask }} {{ a }} times {{ b }}{{ end }}"),
        ask=["What is", Prompt("Please tell me {% if b > 4 %}(carefully) {% endif %}what is")],
        a=[2, 3],
        b=[4, 5, 6],
    )
    data = design.run(agent, extract_number, times=1, name="stopped", concurrency=1, max_tokens=50, end="?")
    print(json.dumps(data, default=str))
