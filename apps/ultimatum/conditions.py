"""What the session config says, and who plays what with whom: settings, pairs, seats, treatments."""

from types import SimpleNamespace

from otree_ego import ConfigError, SessionRefused, assign, form_groups, pace, session_setting
from otree_ego.providers import check_model

SEATS = ["proposer", "responder"]
FRAMES = ["split", "give", "take"]
METHODS = ["direct", "strategy"]
MOST_ROUNDS = 10


def settings(instance):
    """All settings of the session, checked one by one."""

    def read(name, *takes, **limits):
        return session_setting(instance, f"ultimatum_{name}", *takes, **limits)

    models = read("models", "")
    number, verdict = _fallback(str(instance.session.config.get("ultimatum_fallback", "")))
    return SimpleNamespace(
        roles=read("role", "responder", SEATS, several=True),
        human=read("partner", "ai", ["ai", "human"]) == "human",
        adviser=read("adviser", False),
        methods=read("method", "direct", METHODS, several=True),
        frames=read("frame", "split", FRAMES, several=True),
        rounds=rounds_of(instance),
        endowment=read("endowment", 100, low=3, high=1_000_000),
        delay=read("delay", "0", read=pace),
        timeout=read("timeout", 0, low=0, high=86_400),
        models=[name.strip() for name in models.split(",") if name.strip()],
        reasoning=read("reasoning", False),
        fallback_number=number,
        fallback_verdict=verdict,
    )


def rounds_of(instance):
    """How many rounds a session plays."""
    return session_setting(instance, "ultimatum_rounds", 1, low=1, high=MOST_ROUNDS)


def check(subsession, play):
    """Refuse a session whose settings do not go together; each sentence says what to change."""
    people = len(subsession.get_players())
    if play.human and people % 2:
        raise SessionRefused(
            f"ultimatum_partner = 'human' takes groups of two, and {people} participants cannot be paired: create the "
            "session with an even number of participants."
        )
    if play.adviser and not play.human:
        raise SessionRefused(
            "ultimatum_adviser = True is for two humans: set ultimatum_partner to 'human', or ultimatum_adviser to "
            "False."
        )
    if len(set(play.models)) < len(play.models):
        raise SessionRefused(f"ultimatum_models names a model twice: {', '.join(play.models)}.")
    for name in play.models:
        try:
            check_model(name)
        except ConfigError as error:
            raise SessionRefused(f"ultimatum_models: {error}") from None
    if play.human and session_setting(subsession, "ego_check_failed", "flag") != "flag":
        raise SessionRefused(
            "ego_check_failed = 'screen out' is for ultimatum_partner = 'ai': in a pair the other one would be left "
            "alone."
        )
    _check_fallback(play)


def _fallback(text):
    number = verdict = None
    for part in filter(None, (part.strip() for part in text.split(","))):
        if part.isdecimal() and number is None:
            number = int(part)
        elif part in ("accept", "reject") and verdict is None:
            verdict = part == "accept"
        else:
            raise SessionRefused(
                f'ultimatum_fallback = {text!r:.60}: this setting takes "" for none, a whole number of points for the '
                "responder, accept or reject, or a number and one of these, separated by a comma."
            )
    return number, verdict


def _check_fallback(play):
    number, verdict = play.fallback_number, play.fallback_verdict
    if play.human or (number is None and verdict is None):
        return
    if number is not None and number > play.endowment:
        raise SessionRefused(f"ultimatum_fallback = {number} is more than ultimatum_endowment = {play.endowment}.")
    responds = "proposer" in play.roles
    if number is None and ("responder" in play.roles or (responds and "strategy" in play.methods)):
        raise SessionRefused(
            "ultimatum_fallback needs a number here: the AI proposes, or states the smallest number that it accepts."
        )
    if verdict is None and responds and "direct" in play.methods:
        raise SessionRefused("ultimatum_fallback needs accept or reject here: the AI answers proposals.")


# --- who plays what ---------------------------------------------------------------------------------------------------


def arrange(subsession, play):
    """Put participants into groups and give each group its treatment; called in round 1, for all rounds."""
    size = 2 if play.human else 1
    cells = []
    for one in subsession.in_rounds(1, play.rounds):
        players = one.get_players()
        form_groups(one, size)
        groups = one.get_groups() if play.human else [player.group for player in players]
        cells = cells or _assigned(subsession, players, groups, play)
        for player in players:
            player.seat = SEATS[player.id_in_group - 1]
        for group, player, cell in zip(groups, players[::size], cells, strict=True):
            group.frame, group.method, group.model = cell["frame"], cell["method"], cell["model"]
            player.seat = cell.get("seat", player.seat)
        one.partner, one.endowment = "human" if play.human else "ai", play.endowment


def _assigned(subsession, players, groups, play):
    model = play.models or [subsession.session.config.get("ego_model", "")]
    treatment = dict(frame=play.frames, method=play.methods, model=model, name=__package__)
    return assign(groups, **treatment) if play.human else assign(players, seat=play.roles, **treatment)
