"""Scripts, a scenario and an oTree app as alter_ego's users write them, all of them made for these tests."""

MICRO = '''\
"""Which fruit is liked?"""
from alter_ego.agents import ConstantThread, GPTThread  # who answers
from alter_ego.experiment import factorial
from alter_ego.utils import extract_number

# GPTThread(model="gpt-4o", temperature=1.0)
data = factorial(
    "How much do you like {{fruit}} in {{month}}? Give a number from 0 to 9.",
    fruit=["apples", "plums"],
    month=["May", "June"],
).run(
    lambda: ConstantThread(response="I would say 7.", model="ConstantThread"),
    filter=extract_number,
    times=2,
)

print([(row["fruit"], row["month"], row["result"]) for row in data])
'''

MICRO_AFTER = MICRO.replace("alter_ego.agents", "otree_ego.agents").replace(
    "alter_ego.experiment", "otree_ego.experiment"
).replace("from alter_ego.utils", "from otree_ego")  # fmt: skip

SCENARIO = '''\
import sys
import textwrap

import alter_ego.agents
import alter_ego.experiment
import alter_ego.structure
import alter_ego.utils

e = alter_ego.experiment.Experiment("low", "high")


class TEXTS:
    """What is said."""

    SYSTEM = textwrap.dedent(
        """
        You are {{name}}. The stakes are {{treatment}}.
        """
    ).strip()
    ASK = "Round {{round}}: how much do you give?"
    PLAIN = "Thank you."


def run(times: int = 1) -> None:
    for i in range(times):
        a = alter_ego.agents.ConstantThread(response="3", name="Ann")
        b = alter_ego.agents.ConstantThread(response="I give 4.", name="Ben")
        convo = alter_ego.structure.Conversation(a, b)
        e.link(convo)
        convo.all.system(TEXTS.SYSTEM)
        for number in range(1, 3):
            convo.all.round = number
            for thread in convo:
                said = thread.submit(TEXTS.ASK, max_tokens=20)
                thread.choices.append(alter_ego.utils.extract_number(said))
        a.submit(TEXTS.PLAIN)
        for thread in convo:
            print(thread.history[0]["content"], thread.history[3]["content"], thread.choices)
        convo.all.save(e.id, full_save=True)
    print(f"Experiment {e.id} OK", file=sys.stderr)
'''

APP = """\
from alter_ego.agents import *
from alter_ego.utils import from_file
from alter_ego.exports.otree import link

from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "talk"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1
    HELLO = "Hello, {{ player.participant.code }}."


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    said = models.StringField()


def creating_session(subsession):
    for player in subsession.get_players():
        link(player).set(ConstantThread(response="Fine!", model="ConstantThread"))


class Ask(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        with link(player) as llm:
            llm.system(from_file("talk/system.txt"), player=player)
            player.said = llm.submit(C.HELLO, player=player)
            print("TOLD", [message["content"] for message in llm.history])


page_sequence = [Ask]
"""

TEMPLATE = """\
{{ block title }}Talk{{ endblock }}
{{ block content }}
<p>What was said so far: {{ llm.html_history }}</p>
{{ next_button }}
{{ endblock }}
"""

REQUIREMENTS = """\
# what the study needs
otree==5.11.1
alter_ego_llm==1.6.0  # the Threads
openai==0.28.1
pandas
"""
