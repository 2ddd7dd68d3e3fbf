"""Telling participants of AIs: the notice before, the debriefing afterwards, and what the record says of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from ...chat_rules.members import author_of
from ...chat_rules.study_words import Partner, debriefing, notice
from ...stores.rows import THREADS
from ...stores.seat_forgetting import is_seats
from ..links.owners import owner_key, parse_owner
from ..otree_internals import unwritten
from ..otree_internals.database import joined_section
from ..otree_internals.models import app_of, apps_of, page_of, session_id_of
from ..setup.chat_settings import settings_of
from ..setup.disclosures import disclosure
from .events import note, noted
from .study_texts import study_texts

TOLD, DEBRIEFED = "told before", "debriefed"


def told_before(player: Any, names: Sequence[str] = ()) -> str:
    """The notice that AIs take part, on the first page of an app that shows it; empty if none is due there.

    It is due where `disclosure` is before. What it said and when it was shown is in the data.

    Arguments:
        player: whose page it is. names: what the AIs are called on the pages; of a chat, if they have no names.
    """
    if disclosure(player) != "before":
        return ""
    before = noted(player, TOLD)
    if before:
        return notice(study_texts(player), names) if before[0]["page_index"] == page_of(player)[1] else ""
    text = notice(study_texts(player), names)
    note(player, TOLD, {"disclose": "before", "text": text})
    return text


def notice_in(context: Any) -> str:
    """The notice for `otree_ego/disclosure.html`.

    Arguments:
        context: what the template sees; a page can name its AIs in `ego_ais`, a list of names that is empty where there
            are none.
    """
    names = context.get("ego_ais")
    return "" if names is not None and not names else told_before(context.get("player"), list(names or ()))


def debriefed(player: Any, partners: Sequence[Partner]) -> list[str]:
    """What a participant is told afterwards, as sentences; none where `disclosure` is not after, or without partners.

    Arguments:
        player: whose page it is. partners: the AIs.
    """
    if disclosure(player) != "after":
        return []
    models = bool(getattr(settings_of(player), "disclose_models", False))
    sentences = debriefing(study_texts(player), partners, models)
    if sentences and not noted(player, DEBRIEFED):
        about = {"disclose": "after", "text": " ".join(sentences), "partners": [asdict(each) for each in partners]}
        note(player, DEBRIEFED, about)
    return sentences


def partners_in_record(player: Any) -> list[Partner]:
    """The AIs that a participant has read in the chats of a player's app, as the record has them."""
    answers = (m for _, messages in threads_of(player) for m in messages if m.role == "assistant" and m.text)
    shown = [m for m in answers if not m.hidden and m.status != "failed"]
    return list(dict.fromkeys(Partner(author_of(m), m.model_answered or m.model) for m in shown))


def models_in_record(player: Any) -> list[str]:
    """The models that have answered in a player's app, for them or for their group."""
    answers = (m for _, messages in threads_of(player) for m in messages if m.role == "assistant" and m.text)
    return list(dict.fromkeys(m.model_answered or m.model for m in answers if m.status != "failed"))


def threads_of(player: Any) -> list[tuple[str, list[Any]]]:
    """The records of the Threads of a player, a participant or a group that belong to a player's app, by uid.

    The memory of a model that plays the participant is none of them: nobody has read it.
    """
    app, code = app_of(player), page_of(player)[0]
    others = {each for each in apps_of(player.session) if each != app}
    groups = {owner_key(each.group) for each in player.in_all_rounds() if each.group is not None}
    with joined_section() as connection:
        mine = THREADS.c.session_id == session_id_of(player)
        rows = list(connection.execute(select([THREADS.c.uid, THREADS.c.owner]).where(mine).order_by(THREADS.c.id)))
        found = []
        for row in rows:
            about, key = parse_owner(row["owner"]), row["owner"].partition("/")[0].partition("~")[0].partition("#")[0]
            if is_seats(row["owner"]):
                continue
            here = about["app"] == app or not (about["app"] or about["suffix"] in others)
            if (about["participant"] == code and here) or key in groups:
                found.append((row["uid"], unwritten.messages(connection, row["uid"])))
    return found
