from otree.api import *

from otree_ego import chat, chat_error, custom_export  # noqa: F401  (custom_export: the messages)

doc = "Each reply is rated where it stands, and the mean is shown at once."


class C(BaseConstants):
    NAME_IN_URL = "rated"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Rating(ExtraModel):
    player = models.Link(Player)
    message_number = models.IntegerField()
    stars = models.IntegerField()


def rate(player, data):
    """A rating replaces an earlier one of the same reply."""
    number, stars = int(data["rate"]), int(data["stars"])
    if not 1 <= stars <= 5:
        raise ValueError(f"no rating: {stars}")
    for old in Rating.filter(player=player, message_number=number):
        old.delete()
    Rating.create(player=player, message_number=number, stars=stars)
    given = [each.stars for each in Rating.filter(player=player)]
    return dict(mean=round(sum(given) / len(given), 1), of=len(given))


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        if "rate" in data:
            yield {player.id_in_group: rate(player, data)}
            return
        async for update in chat(player, data):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


def custom_export_ratings(players):
    yield ["session", "participant", "message_number", "stars"]
    for player in players:
        for each in Rating.filter(player=player):
            yield [player.session.code, player.participant.code, each.message_number, each.stars]


page_sequence = [Chat]
