"""CheckPage: a comprehension check with a limit of tries; who does not pass is marked, or screened out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...chat_rules.words import sentence
from ...errors import ConfigError
from ..otree_internals.last_pages import PackagedPage, Page
from ..otree_internals.models import apps_of, own_fields, own_pages
from ..otree_internals.startup import SessionRefused
from ..setup.chat_settings import settings_of
from .debriefing_page import all_partners
from .disclosed import debriefed
from .events import note, noted
from .study_texts import study_texts

CHECKED = "comprehension check"
OUTCOME, SCREENED_OUT = "ego_outcome", "screened_out"
"""How a participant's study ended, in ``participant.vars``, and the value for who was screened out."""
FLAG = "flag"


class CheckPage(Page):  # type: ignore[misc]
    """Questions that participants must answer rightly before they go on, or as often as `ego_check_tries` says.

    Who has used all tries goes on and is marked (`ego_check_failed` is flag), or is screened out: then
    ``participant.vars["ego_outcome"]`` is ``"screened_out"``, and a `ScreenedOutPage` after this page is shown.

    What is written down: `check_tries` (how often the form was sent), `check_errors` (wrong answers in all of them),
    `check_passed`, and for each question `<field>_tries` (the try at which it was first right; empty if it never was),
    as far as the Player has fields of these names; in *Events* on the Data page there is a row for each try.

    Write the questions as fields of the Player, and two functions::

        class Check(CheckPage):
            form_model = "player"
            form_fields = ["check1", "check2"]

            @staticmethod
            def right_answers(player):
                return dict(check1=50, check2="responder")

            @staticmethod
            def explanations(player):  # shown at a question that was answered wrongly; may be left out
                return dict(check1="Not quite: both get half.")

    Its template has the form fields and ``{{ include 'otree_ego/check.html' }}``, which says how many tries are left.
    """

    form_model = "player"

    @staticmethod
    def right_answers(player: Any) -> Mapping[str, Any]:
        """What is right, by field. To be written by each page."""
        raise ConfigError(
            "This CheckPage has no right_answers: write  @staticmethod  def right_answers(player)  there."
        )

    @staticmethod
    def explanations(player: Any) -> Mapping[str, str]:
        """What is said at questions that were answered wrongly, by field."""
        return {}

    @classmethod
    def error_message(cls, player: Any, values: Mapping[str, Any]) -> dict[str, str] | None:
        """What is wrong; nothing if all is right, or if no tries are left."""
        right = cls.right_answers(player)
        wrong = [name for name, answer in right.items() if values.get(name) != answer]
        tries = _count(player, right, wrong)
        most = settings_of(player).check_tries
        if not wrong or (most is not None and tries >= most):
            return None
        said, explained = study_texts(player), cls.explanations(player)
        found = {name: explained.get(name) or said["check_wrong"] for name in wrong}
        above = explained.get("__all__") or ("" if set(wrong) <= explained.keys() else said["check_again"])
        return {**found, "__all__": above} if above else found

    @classmethod
    def before_next_page(cls, player: Any, timeout_happened: bool) -> None:
        """Write down how it ended. A page that has a function of its own calls this one."""
        passed = not timeout_happened and _passed(player)
        _set(player, "check_passed", passed)
        if not (passed or timeout_happened) and settings_of(player).check_failed != FLAG:
            player.participant.vars[OUTCOME] = SCREENED_OUT


class ScreenedOutPage(PackagedPage):
    """What participants see who did not pass a comprehension check, right after it, in a page_sequence.

    If no app follows, they stay on it; else they go on to the session's last app, which is to end the study for them,
    too: ``participant.vars["ego_outcome"]`` tells it how.
    """

    stays = True
    our_template = "otree_ego/ScreenedOutPage.html"

    @staticmethod
    def is_displayed(player: Any) -> bool:
        """Whether the participant was screened out."""
        return screened_out(player)

    @staticmethod
    def vars_for_template(player: Any) -> dict[str, Any]:
        """What the template shows; who had met AIs in apps before this one is debriefed here."""
        words = study_texts(player)
        sentences = debriefed(player, all_partners(player, until=type(player).get_folder_name()))
        return dict(
            title=words["screened_title"], about=words["screened_text"], close=words["screened_close"],
            sentences=sentences,
        )  # fmt: skip

    @staticmethod
    def app_after_this_page(player: Any, upcoming_apps: list[str]) -> str | None:
        """The session's last app."""
        return upcoming_apps[-1] if upcoming_apps else None


def screened_out(player: Any) -> bool:
    """Whether a participant was screened out, in this app or one before it."""
    return bool(player.participant.vars.get(OUTCOME) == SCREENED_OUT)


def tries_left(player: Any) -> str:
    """How many tries are left, as a sentence; empty where there is no limit."""
    most = settings_of(player).check_tries
    if most is None:
        return ""
    return sentence(study_texts(player), "check_tries", n=max(0, most - len(noted(player, CHECKED))))


def check_screening(session: Any) -> None:
    """Refuse a session that screens out where people depend on each other, or are led into another game.

    Raises:
        SessionRefused: the sentence says what to change.
    """
    apps = apps_of(session)
    if not any(_checks(app) for app in apps) or session.config.get("ego_check_failed", FLAG) == FLAG:
        return
    if len(apps) > 1 and _checks(apps[-1]) and any(map(_checks, apps[:-1])):
        raise SessionRefused(
            f"ego_check_failed = 'screen out' leads participants to the last app of the session, and {apps[-1]} has a "
            "comprehension check of its own: put an app last that ends the study for all, or set it to 'flag'."
        )


def _checks(app: str) -> bool:
    return any(issubclass(page, CheckPage) for page in own_pages(app))


def _count(player: Any, right: Mapping[str, Any], wrong: list[str]) -> int:
    tries = len(noted(player, CHECKED)) + 1
    note(player, CHECKED, {"try": tries, "wrong": wrong})
    _set(player, "check_tries", tries)
    _set(player, "check_errors", (_get(player, "check_errors") or 0) + len(wrong))
    for name in right:
        if name not in wrong and _get(player, f"{name}_tries") is None:
            _set(player, f"{name}_tries", tries)
    return tries


def _passed(player: Any) -> bool:
    last = noted(player, CHECKED)
    return bool(last) and not json.loads(last[-1]["about"])["wrong"]


def _get(player: Any, name: str) -> Any:
    return player.field_maybe_none(name) if name in own_fields(type(player)) else None


def _set(player: Any, name: str, value: Any) -> None:
    if name in own_fields(type(player)):
        setattr(player, name, value)
