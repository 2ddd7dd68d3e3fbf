"""What a participant is paid: the rows of `otree_ego/pay.html`, in the session's language and oTree's own money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...chat_rules.takeover_settings import NO_GROUP
from ..otree_internals.last_pages import is_last_app
from ..otree_internals.startup import project_settings
from ..recruiting.arrivals import OUTCOME
from .study_texts import study_texts


def pay(player: Any) -> list[tuple[str, str]]:
    """What a participant gets, as rows of a name and an amount; none if there is nothing to get.

    Points and their value are those of this app, in all of its rounds. What oTree calls the participation fee, and what
    other apps of the session have brought, are added, so that the last row is what oTree's *Payments* page shows.

    Arguments:
        player: of any round.
    """
    session, participant, words = player.session, player.participant, study_texts(player)
    own = sum((one.payoff or 0 for one in player.in_all_rounds()), 0)
    whole = participant.payoff
    fee, total = session.config["participation_fee"], participant.payoff_plus_participation_fee()
    worth = (whole - whole + own).to_real_world_currency(session)  # a sum of nothing is no money yet
    others = total - fee - worth
    rows = [("pay_points", _points(own)), ("pay_worth", worth)] if _has_points() else [("pay_worth", worth)]
    rows += [("pay_others", others)] if others else []
    rows += [("pay_fee", fee)] if fee else []
    rows += [("pay_total" if is_last_app(player) else "pay_so_far", total)]
    if not (own or fee or others):
        return []
    return [(words[key], str(amount)) for key, amount in rows]


def fee_for_waiting(participant: Any) -> list[str]:
    """What the last page adds for a participant who has waited for a group in vain: what they get for showing up."""
    fee = participant.session.config["participation_fee"]
    if not fee or participant._vars.get(OUTCOME) != NO_GROUP:
        return []
    return [f"{study_texts(participant)['pay_total']}: {participant.payoff_plus_participation_fee()}"]


def _has_points() -> bool:
    return bool(getattr(project_settings(), "USE_POINTS", True))


def _points(amount: Any) -> str:
    found = Decimal(str(float(amount)))
    return f"{found:f}".rstrip("0").rstrip(".") if "." in f"{found:f}" else f"{found:f}"
