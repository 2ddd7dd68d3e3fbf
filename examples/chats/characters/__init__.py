from otree.api import *

from otree_ego import Persona, ai, custom_export, group_chat  # noqa: F401  (custom_export: the messages)

doc = "Three characters stand in a village square. Who walks up to one of them talks with that one."


class C(BaseConstants):
    NAME_IN_URL = "characters"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1
    PLACES = dict(Mira=0, Otto=50, Ida=100)
    PARTS = dict(Mira="Mira, the baker", Otto="Otto, the smith", Ida="Ida, the mayor")


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    place = models.IntegerField(initial=0)


def characters(player):
    """The three of them; whoever is nearest to the participant answers."""
    nearest = min(C.PLACES, key=lambda name: abs(C.PLACES[name] - player.place))

    def persona(name):
        instructions = f"You are {C.PARTS[name]} in a village square. Answer in one sentence."
        return Persona(name, instructions, speaks=lambda said: said[-1].role == "user" and name == nearest)

    return [persona(name) for name in C.PLACES]


class Square(Page):
    @staticmethod
    async def live_method(player, data):
        if "walk" in data:
            player.place = min(100, max(0, int(data["walk"])))
        personas = characters(player)
        async for update in group_chat(player, {} if "walk" in data else data, personas=personas, link=ai(player)):
            yield update


page_sequence = [Square]
