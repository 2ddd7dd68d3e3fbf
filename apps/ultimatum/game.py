"""The game: who gets what, and what participants and models are told about it."""

from otree_ego import Partner, app_texts, hides_ais, models_in_record

from .check import questions
from .conditions import settings
from .texts import NEUTRAL, TEXTS


def framed(group, amount):
    """What the responder gets, as the frame puts it; and the other way round."""
    return settings(group).endowment - amount if group.frame == "take" else amount


def played(player):
    return player.round_number <= settings(player).rounds


def other_seat(player):
    return "responder" if player.seat == "proposer" else "proposer"


def ai_seat(player):
    """The model's seat in the game; empty where two participants play."""
    return "" if not played(player) or settings(player).human else other_seat(player)


def proposed(group, proposal, by):
    return dict(proposal=proposal, offer=framed(group, proposal), proposal_by=by)


def responded(group, answer, by):
    if group.method == "direct":
        return dict(accepted=answer, response_by=by)
    return dict(limit=answer, min_offer=framed(group, answer), response_by=by)


def decided(group):
    return group.field_maybe_none("offer") is not None and group.field_maybe_none("accepted") is not None


def by_whom(player):
    """Who made the player's decision of this round, and the other one's: human, model, timeout or fallback."""
    both = [player.group.field_maybe_none(f"{decision}_by") for decision in ("proposal", "response")]
    return both if player.seat == "proposer" else both[::-1]


def store(group, values):
    for name, value in values.items():
        setattr(group, name, value)


def words(instance):
    said = app_texts(instance, TEXTS, __package__)
    return {**said, **app_texts(instance, NEUTRAL, f"{__package__}.neutral")} if hides_ais(instance) else said


def partners(player):
    """Who the debriefing tells of: the model that has played, or advised."""
    said, play = words(player), settings(player)
    if not play.human:
        return [Partner(said["other"], model) for model in models_in_record(player) or [""]]
    if not play.adviser:
        return []
    return [Partner(said["the_adviser"], model) for model in models_in_record(player)]


def points(instance, amount):
    return words(instance)["point" if amount == 1 else "points"].format(n=int(amount))


def rules(group, seat):
    """The rules in sentences, for a participant or a model in this seat."""
    said, play = words(group), settings(group)
    keys = [f"seat_{seat}", f"rule_{group.frame}"]
    keys += ["rule_direct" if group.method == "direct" else f"rule_strategy_{group.frame}", "rule_outcome"]
    keys += ["rule_rounds"] * (play.rounds > 1)
    return [said[key].format(endowment=points(group, play.endowment), rounds=play.rounds) for key in keys]


def proposal_text(group, key):
    """The proposal in words: key is shown (to the responder) or news (to all)."""
    endowment = settings(group).endowment
    parts = dict(offer=points(group, group.offer), rest=points(group, endowment - group.offer))
    return words(group)[f"{key}_{group.frame}"].format(**parts)


def question_text(group, seat):
    """What whoever sits in this seat is asked, a participant or a model."""
    said = words(group)
    if seat == "responder" and group.method == "direct":
        return f"{proposal_text(group, 'shown')} {said['ask_accept']}"
    key = f"{'ask' if seat == 'proposer' else 'limit'}_{group.frame}"
    return said[key].format(endowment=points(group, settings(group).endowment))


def round_text(instance):
    rounds = settings(instance).rounds
    return words(instance)["round_of"].format(round=instance.round_number, rounds=rounds) if rounds > 1 else ""


def news(group):
    """The result of a round in sentences."""
    said = words(group)
    return f"{proposal_text(group, 'news')} {said['news_accepted' if group.accepted else 'news_rejected']}"


def dropped(player):
    return any(one.dropout for one in player.in_all_rounds())


def time_for(player, reading=False, hurry=True):
    """Seconds for a page, None for no limit; who has left once does not keep the other one waiting again."""
    play = settings(player)
    if not play.timeout or (reading and not play.human):
        return None
    return 1 if hurry and dropped(player) else play.timeout * (4 if reading else 1)


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


def due(player, seat):
    """Whether it is for this participant to decide in this seat."""
    if not played(player) or player.seat != seat:
        return False
    unseen = seat == "responder" and player.group.method == "direct"
    return not unseen or player.group.field_maybe_none("offer") is not None


def advised(player):
    """What the decision page says about the advice."""
    if not player.field_maybe_none("advice_wanted"):
        return dict(advice_wanted=False, advice="")
    return dict(advice_wanted=True, advice=player.field_maybe_none("advice") or "")


def range_text(player):
    return words(player)["range"].format(n=settings(player).endowment)


def wait_text(player, key):
    said = words(player)
    return dict(title_text=said["wait"], body_text=said[key])


def checks(player):
    said, group = words(player), player.group
    return questions(said, group, player.seat, settings(player).endowment, lambda amount: points(player, amount))
