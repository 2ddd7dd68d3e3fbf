"""The game: the session's settings, who decides what, who gets what, and the texts with their numbers."""

from otree_ego import Partner, app_texts, hides_ais, models_in_record, pace, session_setting

from .texts import NEUTRAL, TEXTS

SEATS = ["trustor", "trustee"]
MOST_ROUNDS = 10


def settings(session):
    """The app's settings in the session config; a wrong one is refused in a sentence that names it."""
    return dict(
        partner=session_setting(session, "trust_partner", "ai", ["ai", "human"]),
        roles=session_setting(session, "trust_role", "trustor", SEATS, several=True),
        endowment=session_setting(session, "trust_endowment", 10, low=1, high=100_000),
        multiplier=session_setting(session, "trust_multiplier", 3, low=1, high=100),
        rounds=rounds_of(session),
        method=session_setting(session, "trust_method", "direct", ["direct", "strategy"]),
        timeout=session_setting(session, "trust_timeout", 0, low=0, high=86_400),
        delay=session_setting(session, "trust_delay", "0", read=pace),
        reasoning=session_setting(session, "trust_reasoning", False),
    )


def rounds_of(session):
    """How many rounds a session plays."""
    return session_setting(session, "trust_rounds", 1, low=1, high=MOST_ROUNDS)


def texts(player, total=None, dropped=None):
    """All texts in the session's language, with the numbers of its settings and of this round put in."""
    given, now, group = app_texts(player, TEXTS, __package__), settings(player.session), player.group
    given = {**given, **app_texts(player, NEUTRAL, f"{__package__}.neutral")} if hides_ais(player) else given
    amounts = {name: group.field_maybe_none(name) for name in ("sent", "returned", "trustor_points", "trustee_points")}
    numbers = {name: None if amount is None else int(amount) for name, amount in amounts.items()}
    other, some = given["other_" + now["partner"]], max(1, now["endowment"] // 2)
    arrive = now["multiplier"] * some
    values = dict(
        now,
        **numbers,
        received=None if numbers["sent"] is None else now["multiplier"] * numbers["sent"],
        most=now["multiplier"] * now["endowment"],
        some=some,
        arrive=arrive,
        back=arrive // 2,
        round=player.round_number,
        other=other,
        Other=other[:1].upper() + other[1:],
        other_dative=given["other_dative_" + now["partner"]],
        late=given["late_" + player.seat],
        know=given["know_" + now["method"]],
        ai_seat=given["ai_seat_" + opposite(player.seat)],
        total=total,
        dropped=dropped,
    )
    for name in ("endowment", "sent", "received", "some", "total"):
        values[f"{name}_points"] = given["point" if values[name] == 1 else "points"].format(n=values[name])
    values["n"] = ""  # of `points` itself
    filled = {name: text.format(**values) for name, text in given.items()}
    filled.update(partner=filled["partner_" + now["partner"]], seat=filled["seat_" + player.seat])
    return dict(filled, know=values["know"], waiting=filled["waiting_" + now["partner"]])


def partners(player):
    """Who the debriefing tells of."""
    if settings(player.session)["partner"] == "human":
        return []
    return [Partner(texts(player)["partner_name"], model) for model in models_in_record(player) or [""]]


# --- who decides ------------------------------------------------------------------------------------------------------


def opposite(seat):
    return SEATS[1 - SEATS.index(seat)]


def playing(player):
    """Whether this round is played: a game may have fewer rounds, and end where somebody drops out."""
    return player.round_number <= settings(player.session)["rounds"] and not player.group.over


def takes(player, seat):
    """Whether the participant has this seat in a round that is played."""
    return playing(player) and player.seat == seat


def ai_takes(player, seat):
    """Whether the model has this seat in a round that is played, and a participant in the other seat who is there."""
    return settings(player.session)["partner"] == "ai" and takes(player, opposite(seat)) and not player.dropout


def something_to_return(group):
    return settings(group.session)["method"] == "strategy" or bool(group.field_maybe_none("sent"))


# --- who gets what ----------------------------------------------------------------------------------------------------


def settle(group):
    """Pay the round if both have decided."""
    now, sent = settings(group.session), group.field_maybe_none("sent")
    returned = None if sent is None else what_returns(group, int(sent), now["multiplier"] * int(sent))
    if returned is None:
        return
    group.returned = returned
    group.trustor_points = now["endowment"] - sent + returned
    group.trustee_points = now["multiplier"] * sent - returned
    for player in group.get_players():
        player.payoff = group.trustor_points if player.seat == "trustor" else group.trustee_points


def what_returns(group, sent, arrived):
    """How much is returned; None as long as the trustee has not decided."""
    if any(player.dropout and player.seat == "trustee" for player in group.get_players()):
        return sent
    share, returned = group.field_maybe_none("share"), group.field_maybe_none("returned")
    if share is not None:
        return (share * arrived + 50) // 100  # rounded to whole points
    return 0 if not arrived else None if returned is None else int(returned)


def drop_out(player):
    """A participant did not decide in time: a neutral decision is taken, and the game of this pair ends here."""
    group, last = player.group, settings(player.session)["rounds"]
    for later in player.in_rounds(player.round_number, last):
        later.dropout = True
        if later.round_number > player.round_number:
            later.group.over = True
    if player.seat == "trustor":
        group.sent = 0
    else:
        group.share = group.returned = None  # `settle` returns what was sent


def paid(group):
    """Whether both have decided: the experimenter may have moved somebody on past a model that did not answer."""
    return group.field_maybe_none("trustor_points") is not None


def finished(player):
    """The rounds so far that have been paid, as rows of the history."""
    now, rows = settings(player.session), []
    for past in player.in_rounds(1, min(player.round_number, now["rounds"])):
        group = past.group
        if paid(group):
            points = dict(trustor=int(group.trustor_points), trustee=int(group.trustee_points))
            row = dict(round=past.round_number, sent=int(group.sent), returned=int(group.returned))
            row.update(received=now["multiplier"] * row["sent"])
            rows.append(dict(row, points=points[past.seat], other=points[opposite(past.seat)]))
    return rows
