"""A microexperiment through the service's batch queue, with its answers fetched."""

import json

from otree_ego import GPTThread, extract_number, factorial


def agent():
    return GPTThread("gpt-4o", backoff=0.01)


if __name__ == "__main__":
    design = factorial("Queue: what is {{ a }} plus {{ b }}?", a=[1, 2], b=[10, 20])
    print(json.dumps(design.run(agent, extract_number, name="queued", batch=True)))
