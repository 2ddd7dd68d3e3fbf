"""A scenario that loops by itself, as alter_ego's do. It was run to its end once, and killed in its second game once."""

from otree_ego import ConstantThread, Conversation, GPTThread, Persona, Prompt, extract_number, pace
from otree_ego.experiment import Experiment


def run(times, rounds=2):
    experiment = Experiment(dict(name="low", pot=10), dict(name="high", pot=100), seed=times)
    for game in range(1, times + 1):
        convo = Conversation(ann=GPTThread("gpt-4o", temperature=1.0, backoff=0.01), bob=ConstantThread("I take 3."))
        experiment.link(convo)
        convo.all.game = game
        convo.all.speed = pace("1-2")
        convo.ann.persona = Persona("Ann", "You are kind.", speaks="always")
        convo.all.system(Prompt("There are {{ treatment.pot }} points."))
        for convo.all.round in range(1, rounds + 1):
            for thread in convo:
                said = thread.submit(f"Game {game} of {times}, round {thread.round}: how much?")
                thread.choices.append(extract_number(said))
        convo.all.save(f"game-{game}", outdir="out", full_save=True)


def export(thread):
    return [
        {
            "game": thread.game, "round": number, "choice": choice, "treatment": thread.treatment.name,
            "pot": thread.convo.treatment.pot, "other": thread.other.choices[number - 1], "turns": len(thread.history),
            "persona": thread.persona.instructions if thread is thread.convo.ann else "",
            "seconds": list(thread.speed.base),
        }
        for number, choice in enumerate(thread.choices, 1)
    ]  # fmt: skip
