from otree.api import *

from otree_ego import CompletionPage, custom_export_entries  # noqa: F401  (a table on the Data page)

doc = """
The last page of a study: it thanks participants and gives them the code or the link back that the session config has
for how the study has ended (ego_completion_…: completed, no_consent, screened_out, failed_check). Put this app last.
"""


class C(BaseConstants):
    NAME_IN_URL = "recruit_end"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    outcome = models.StringField()


class End(CompletionPage):
    pass


page_sequence = [End]
