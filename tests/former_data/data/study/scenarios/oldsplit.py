"""A scenario that calls replicate(…). Its process was killed in the middle of a reply."""

from otree_ego import ConstantThread, Conversation, Experiment, GPTThread, extract_number, replicate

EXPERIMENT = Experiment(dict(name="low", pot=10), dict(name="high", pot=100))
EXPERIMENT.param("name", ["Ann", "Bob", "Cem", "Dea"])


def pair():
    return Conversation(ann=GPTThread("gpt-4o", backoff=0.01), bob=ConstantThread("I take 3."))


def play(convo):
    convo.all.system(f"You are one of {sorted([convo.ann.name, convo.bob.name])}.")
    for thread in convo:
        said = thread.submit(f"Split {thread.replication}: how much of {thread.treatment.pot}?")
        thread.choices.append(extract_number(said))
    return {"pot": convo.treatment.pot, "names": [convo.ann.name, convo.bob.name], "choices": convo.ann.choices}


def run(times, seed=None):
    replicate(play, pair, times, experiment=EXPERIMENT, seed=seed, concurrency=1)


def export(thread):
    return {"n": thread.replication, "pot": thread.treatment.pot, "name": thread.name, "choice": thread.choices[0]}
