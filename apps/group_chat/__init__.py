import time
from dataclasses import replace

from otree.api import *

from otree_ego import (  # noqa: F401  (the exports: tables on the Data page)
    DebriefingPage,
    EndPage,
    Partner,
    Persona,
    ai,
    app_texts,
    assign,
    chat_error,
    custom_export,
    custom_export_assignments,
    custom_export_requests,
    group_chat,
    hides_ais,
    language_of,
    nickname_error,
    pace,
    personas_from_text,
    session_setting,
)

from .texts import NEUTRAL, TEXTS

doc = """
Participants and AIs talk in one room; everyone sees the same messages in the same order. Settings of the session
config: group_chat_size (participants in a room), group_chat_wait (seconds after which a room begins with fewer; 0: it
waits until all are there),
group_chat_personas (the AIs, e.g. "Ada: You are curious. | Ben [every 3; at_most=5]: You doubt everything."),
group_chat_speaks (when an AI speaks that does not say so itself: always, every 3, addressed, after 20 s, moderator;
several, separated by commas, are assigned to the rooms in balance), group_chat_pace (until a message of an AI is shown,
e.g. "1-2 + 0.03/character" seconds), group_chat_in_a_row (how many messages AIs write at most until a human has written
again), group_chat_topic (what it is about: told to the participants and to the AIs), group_chat_seconds (how long the
chat lasts; 0: without end). Limits, words and failure policy: the ego_… settings.
"""


class C(BaseConstants):
    NAME_IN_URL = "group_chat"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    speaks = models.StringField()


class Player(BasePlayer):
    nickname = models.StringField(max_length=20)
    came = models.FloatField()
    liked = models.IntegerField(choices=[1, 2, 3, 4, 5], widget=widgets.RadioSelectHorizontal)
    comment = models.LongStringField(blank=True, max_length=2000)


# --- settings ---------------------------------------------------------------------------------------------------------


def texts(player):
    said = app_texts(player, TEXTS, __package__)
    return {**said, **app_texts(player, NEUTRAL, f"{__package__}.neutral")} if hides_ais(player) else said


def size(session):
    return session_setting(session, "group_chat_size", 2, low=1, high=50)


def patience(session):
    return session_setting(session, "group_chat_wait", 0, low=0, high=86_400)


def seconds(session):
    return session_setting(session, "group_chat_seconds", 0, low=0, high=86_400)


def topic(session):
    return session_setting(session, "group_chat_topic", "")


def in_a_row(session):
    return session_setting(session, "group_chat_in_a_row", 3, low=1, high=100)


def manners(session):
    """When AIs speak: one treatment or several."""
    return session_setting(session, "group_chat_speaks", "always", several=True)


def rules_in(text):
    """The treatments of `group_chat_speaks`, read; a wrong one is refused by the name of this setting."""
    return [Persona("AI", speaks=part).rules for part in text.split(",") if part.strip()]


def personas(session, speaks, **more):
    """The AIs of a room, as the config names them; all know what the chat is about."""
    usual = session_setting(session, "group_chat_pace", "0", read=pace)

    def read(text):
        return personas_from_text(text, speaks=speaks, pace=usual, **more)

    about = topic(session)
    subject = [texts(session)["told_topic"].format(topic=about)] if about else []
    found = session_setting(session, "group_chat_personas", texts(session)["personas"], read=read)
    return [replace(one, instructions="\n\n".join([one.instructions, *subject])) for one in found]


def creating_session(subsession):
    session = subsession.session
    for check in (size, patience, seconds, topic, in_a_row):
        check(session)
    session_setting(session, "group_chat_speaks", "always", read=rules_in)
    for speaks in manners(session):
        personas(session, speaks, models=True)


# --- pages ------------------------------------------------------------------------------------------------------------


def shown(player, **more):
    said, session = texts(player), player.session
    present = personas(session, manners(session)[0])
    names = [one.name for one in present]
    kind = "ais" if len(names) > 1 else "one_ai" if names else "no_ai"
    others = len(player.group.get_players()) - 1
    if hides_ais(player):
        there = others + len(names)
        return dict(
            texts=said,
            topic=topic(session),
            about_others=said["others_there" if there > 1 else "one_there" if there else "no_other"].format(n=there),
            about_ais="",
            address=said["address"].format(name=said["somebody"]) if there else "",
            ego_ais=[],
            **more,
        )
    return dict(
        texts=said,
        topic=topic(session),
        about_others=said["others" if others > 1 else "one_other" if others else "no_other"].format(n=others),
        about_ais=said[kind].format(names=said["and_"].join(names)),
        address=said["address"].format(name=names[0]) if names else "",
        ego_ais=names,
        **more,
    )


def group_by_arrival_time_method(subsession, waiting_players):
    wanted, limit = size(subsession.session), patience(subsession.session)
    for player in waiting_players:
        player.came = player.field_maybe_none("came") or time.time()
    if len(waiting_players) >= wanted:
        return waiting_players[:wanted]
    if limit and any(time.time() - player.came >= limit for player in waiting_players):
        return waiting_players
    return None


class Meet(WaitPage):
    group_by_arrival_time = True

    @staticmethod
    def vars_for_template(player):
        return dict(title_text=texts(player)["meet"], body_text=texts(player)["meet_about"])

    @staticmethod
    def after_all_players_arrive(group):
        assign(group, speaks=manners(group.session))


class Introduction(Page):
    form_model = "player"
    form_fields = ["nickname"]

    @staticmethod
    def vars_for_template(player):
        return shown(player)

    @staticmethod
    def error_message(player, values):
        taken = [one.name for one in personas(player.session, manners(player.session)[0])]
        taken += [one.field_maybe_none("nickname") or "" for one in player.get_others_in_group()]
        error = nickname_error(values["nickname"], taken, language_of(player))
        if error:
            return dict(nickname=error)


class Chat(Page):
    @staticmethod
    def get_timeout_seconds(player):
        return seconds(player.session) or None

    @staticmethod
    def vars_for_template(player):
        return shown(player)

    @staticmethod
    async def live_method(player, data):
        session, people = player.session, player.group.get_players()
        async for update in group_chat(
            player,
            data,
            personas=personas(session, player.group.speaks),
            names={one.participant.code: one.field_maybe_none("nickname") or "" for one in people},
            most_in_a_row=in_a_row(session),
        ):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, link=ai(player.group))


class Feedback(Page):
    form_model = "player"
    form_fields = ["liked", "comment"]

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player))


class Debriefing(DebriefingPage):
    @staticmethod
    def partners(player):
        spoken = {one.name: one for one in DebriefingPage.partners(player)}
        there = personas(player.session, player.group.field_maybe_none("speaks") or manners(player.session)[0])
        return [spoken.get(one.name) or Partner(one.name, one.model) for one in there]


class End(EndPage):
    @staticmethod
    def vars_for_template(player):
        link, code = ai(player.group), player.participant.code
        record = []
        if link:
            with link as llm:
                record = [m for m in llm.messages if m.role != "system" and not m.hidden and m.status != "failed"]
        return dict(
            texts=texts(player),
            written=sum(m.author == code for m in record),
            together=len(record),
            goes_on=player.session.config["app_sequence"][-1] != __name__,
        )


page_sequence = [
    Meet,
    Introduction,
    Chat,
    Feedback,
    Debriefing,
    End,
]  # oTree wants groups by arrival formed on the first page
