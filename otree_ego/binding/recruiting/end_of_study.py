"""How the study ends for a participant: early or after its last page, and what they get then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...errors import ConfigError
from ...recruiting.completion import OUTCOMES, Completion, completion_for
from ...recruiting.entry_links import EntryLink
from ...recruiting.page_texts import Notice, end_notice
from ..otree_internals.last_page import ENDED, leads_nowhere, noted_end
from ..otree_internals.models import Participant
from ..otree_internals.startup import project_settings
from ..setup.chat_settings import language_code
from .arrivals import OUTCOME, known_of, usable

_ENDS = tuple(name for name in OUTCOMES if name != "full")


def end_study(who: Any, outcome: str) -> None:
    """End the study for a participant: the next page is the last one, whatever pages would follow.

    Call it in a page function, e.g. `before_next_page`. Pages and apps that are skipped are not shown, and wait pages
    do not wait for this participant. What the last page says, and which code it shows, depends on the outcome.

    Arguments:
        who: the participant, or a player.
        outcome: ``"no_consent"``, ``"screened_out"``, ``"failed_check"``, ``"completed"``, or what else a session
            config can have a code for. The first one counts.

    Raises:
        ConfigError: there is no such outcome.

    Example::

        class Consent(Page):
            form_model = "player"
            form_fields = ["consent"]

            @staticmethod
            def before_next_page(player, timeout_happened):
                if not player.consent:
                    end_study(player, "no_consent")
    """
    if outcome not in _ENDS:
        raise ConfigError(f"end_study(…, {outcome!r:.60}): an outcome is one of {', '.join(_ENDS)}.")
    participant = who if isinstance(who, Participant) else who.participant
    participant.vars.setdefault(OUTCOME, outcome)
    note_end(participant)


def note_end(participant: Any) -> None:
    """Note that the study has ended for a participant: what was not said otherwise before is completed."""
    if noted_end(participant) is not None:
        return
    where = f"{participant._current_app_name or ''}.{participant._current_page_name or ''}".strip(".")
    outcome = str(participant.vars.setdefault(OUTCOME, "completed"))
    participant.vars[ENDED] = {"time": time.time(), "page": where}
    if not participant.status:  # oTree's own; its Monitor shows it
        participant.status = outcome[:50]


def outcome_of(who: Any) -> str:
    """How the study has ended for a participant: an outcome as in `end_study`; empty if it goes on.

    Arguments:
        who: the participant, or a player.
    """
    participant = who if isinstance(who, Participant) else who.participant
    return str(participant._vars.get(OUTCOME) or "")


def last_page(participant: Any) -> Notice:
    """What a participant reads who has no more pages."""
    note_end(participant)
    notice = notice_for(participant, outcome_of(participant))
    said = [line for lines in said_at_the_end for line in lines(participant)]
    return replace(notice, lines=(*notice.lines, *said)) if said else notice


said_at_the_end: list[Callable[[Any], list[str]]] = []
"""What else a participant reads who has no more pages: each is asked for lines."""


def notice_for(participant: Any, outcome: str) -> Notice:
    """What a participant reads for whom the study ends in one of the ways of `OUTCOMES`, and gets."""
    end = _completion(participant.session, outcome, known_of(participant), participant.label or "")
    return end_notice(end, language_code(participant), participant.code)


def check_last_app(config: Mapping[str, Any]) -> None:
    """Refuse a session whose codes nobody would see, because participants stay on a page before them.

    Raises:
        ConfigError: the sentence says what to change.
    """
    apps = list(config.get("app_sequence") or ())
    promised = any(config.get(f"ego_completion_{kind}_completed") for kind in ("code", "link"))
    if promised and apps and leads_nowhere(apps[-1]):
        raise ConfigError(
            f"app_sequence ends with {apps[-1]!r}, where participants stay on its last page: nobody would see the code "
            "or the link of ego_completion_…. Put 'recruit_end' last (ego startapp recruit_end)."
        )


def full_session(session: Any, link: EntryLink) -> Notice:
    """What somebody reads for whom a session has no place."""
    end = _completion(session, "full", usable({**link.parameters, **link.known}), link.person)
    return end_notice(end, language_code(session))


def language_for(session: Any) -> str:
    """The language of a session, or of the project if there is no session yet."""
    if session is not None:
        return language_code(session)
    return str(getattr(project_settings(), "LANGUAGE_CODE", "en"))


def _completion(session: Any, outcome: str, known: dict[str, str], person: str) -> Completion:
    names = {name.removeprefix("ego_"): value for name, value in session.config.items() if name.startswith("ego_")}
    return completion_for(names, outcome if outcome in OUTCOMES else "completed", known, person)
