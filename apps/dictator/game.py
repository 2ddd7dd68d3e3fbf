"""The game: the session's settings, who gets what, and what participants and models are told about it."""

from types import SimpleNamespace

from otree_ego import Partner, SessionRefused, ai, app_texts, hides_ais, models_in_record, pace, session_setting

from .texts import NEUTRAL, TEXTS

SEATS = ["dictator", "recipient"]
FRAMES = ["give", "take"]
MOST_ROUNDS = 10


def settings(instance):
    """All settings of the session, checked."""

    def read(name, *takes, **limits):
        return session_setting(instance, f"dictator_{name}", *takes, **limits)

    endowment = read("endowment", 100, low=3, high=1_000_000)
    return SimpleNamespace(
        roles=read("role", "recipient", SEATS, several=True),
        human=read("partner", "ai", ["ai", "human"]) == "human",
        frames=read("frame", "give", FRAMES, several=True),
        rounds=rounds_of(instance),
        endowment=endowment,
        delay=read("delay", "0", read=pace),
        timeout=read("timeout", 0, low=0, high=86_400),
        reasoning=read("reasoning", False),
        fallback=_fallback(str(instance.session.config.get("dictator_fallback", "")).strip(), endowment),
    )


def rounds_of(instance):
    """How many rounds a session plays."""
    return session_setting(instance, "dictator_rounds", 1, low=1, high=MOST_ROUNDS)


def _fallback(text, endowment):
    if not text:
        return None
    if not text.isdecimal() or int(text) > endowment:
        raise SessionRefused(
            f'dictator_fallback = {text!r:.60}: this setting takes "" for none, or a whole number of points for the '
            f"recipient, at most dictator_endowment = {endowment}."
        )
    return int(text)


def framed(group, amount):
    """What the recipient gets, as the frame puts it; and the other way round."""
    return settings(group).endowment - amount if group.frame == "take" else amount


def decided(group, decision, by):
    return dict(decision=decision, given=framed(group, decision), decided_by=by)


def late(player):
    """What is to be said of a decision that was not made in time; empty if it was."""
    if player.group.field_maybe_none("decided_by") != "timeout":
        return ""
    return "by_timeout" if player.seat == "dictator" else "other_by_timeout"


def store(group, values):
    for name, value in values.items():
        setattr(group, name, value)


def played(player):
    return player.round_number <= settings(player).rounds


def ai_decides(player):
    return played(player) and player.seat == "recipient" and not settings(player).human


def dropped(player):
    return any(one.dropout for one in player.in_all_rounds())


def time_for(player, reading=False, hurry=True):
    """Seconds for a page, None for no limit; who has left once does not keep the other one waiting again."""
    play = settings(player)
    if not play.timeout or (reading and not play.human):
        return None
    return 1 if hurry and dropped(player) else play.timeout * (4 if reading else 1)


# --- words ------------------------------------------------------------------------------------------------------------


def words(instance):
    said = app_texts(instance, TEXTS, __package__)
    return {**said, **app_texts(instance, NEUTRAL, f"{__package__}.neutral")} if hides_ais(instance) else said


def partners(player):
    """Who the debriefing tells of: the model, or the program that only got points."""
    said = words(player)
    if settings(player).human:
        return []
    if player.seat == "dictator":
        return [Partner(said=said["debriefed_dictator"])]
    return [Partner(said["other_recipient"], model) for model in models_in_record(player) or [""]]


def points(instance, amount):
    return words(instance)["point" if amount == 1 else "points"].format(n=int(amount))


def rules(group, seat):
    """The rules in sentences, for a participant or a model in this seat."""
    said, play = words(group), settings(group)
    keys = [f"rule_{group.frame}", "rule_outcome", f"seat_{seat}"] + ["rule_rounds"] * (play.rounds > 1)
    return [said[key].format(endowment=points(group, play.endowment), rounds=play.rounds) for key in keys]


def question_text(group):
    """What the dictator is asked, a participant or a model."""
    return words(group)[f"ask_{group.frame}"].format(endowment=points(group, settings(group).endowment))


def round_text(instance):
    rounds = settings(instance).rounds
    return words(instance)["round_of"].format(round=instance.round_number, rounds=rounds) if rounds > 1 else ""


def news(group):
    """The result of a round in a sentence."""
    rest = settings(group).endowment - group.given
    return words(group)[f"news_{group.frame}"].format(given=points(group, group.given), rest=points(group, rest))


def wait_text(player, key):
    said = words(player)
    return dict(title_text=said["wait"], body_text=said[key])


def shown(player, **more):
    """What every template of this app sees."""
    said = words(player)
    always = dict(
        texts=said,
        rules=rules(player.group, player.seat),
        round_of=round_text(player),
        timer_text=said["timer"],
    )
    return {**always, **more}


# --- the model --------------------------------------------------------------------------------------------------------


def thread_of(player):
    """The model that plays with a participant; it remembers all rounds of this app."""
    return ai(player.participant, __package__)


def tell(group):
    """Tell the model the result of a round."""
    for link in map(thread_of, group.get_players()):
        if link:
            with link as llm:
                llm.user(f"{words(group)['news_round'].format(round=group.round_number)} {news(group)}")
