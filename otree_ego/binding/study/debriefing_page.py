"""DebriefingPage: afterwards, participants are told which of their partners were AIs."""

from __future__ import annotations

from typing import Any

from ...chat_rules.study_words import Partner
from ..otree_internals.last_pages import PackagedPage, is_last_round
from ..otree_internals.models import app_of, apps_of, own_pages, player_in
from ..setup.disclosures import disclosure
from .disclosed import debriefed, partners_in_record
from .played_partners import played_partners
from .study_texts import study_texts


class DebriefingPage(PackagedPage):
    """A page that tells participants which of their partners were AIs, where `ego_disclose` is after.

    It is shown once in a session, in the last app that has such a page, and tells of all of these apps: nothing is
    said while an AI is still to come. What it said, and when it was shown, is in the data.

    A game says whom it tells of, with what they are called on its pages; without `partners` it is who has written to
    the participant in the app's chats, by the record::

        class Debriefing(DebriefingPage):
            @staticmethod
            def partners(player):
                return [Partner("The other player", model=name) for name in models_in_record(player)]
    """

    our_template = "otree_ego/DebriefingPage.html"

    @staticmethod
    def partners(player: Any) -> list[Partner]:
        """The AIs of this app; `player` is the participant's in its last round."""
        return partners_in_record(player)

    @staticmethod
    def is_displayed(player: Any) -> bool:
        """Whether the debriefing is due here."""
        return is_last_round(player) and is_due(player) and bool(all_partners(player))

    @staticmethod
    def vars_for_template(player: Any) -> dict[str, Any]:
        """What the template shows."""
        words = study_texts(player)
        return dict(title=words["debriefing_title"], sentences=debriefed(player, all_partners(player)))


def is_due(player: Any) -> bool:
    """Whether the participant is to be told now: afterwards, and no later app will do it."""
    if disclosure(player) != "after":
        return False
    apps = apps_of(player.session)
    return not any(map(_page_of, apps[apps.index(app_of(player)) + 1 :]))


def all_partners(player: Any, until: str = "") -> list[Partner]:
    """The AIs of all apps with a debriefing page, and other participants whom models have played.

    Arguments:
        player: in the last of these apps. until: an app that the participant has not gone through; it is left out.
    """
    return [*_partners_of_apps(player, until), *played_partners(player)]


def _partners_of_apps(player: Any, until: str = "") -> list[Partner]:
    apps = apps_of(player.session)
    pages = {app: page for app in apps[: apps.index(app_of(player)) + 1] if (page := _page_of(app)) and app != until}
    told = [each for app, page in pages.items() for each in page.partners(player_in(player.participant, app))]
    return [*told, *played_partners(player)]


def _page_of(app: str) -> Any:
    return next((page for page in own_pages(app) if issubclass(page, DebriefingPage)), None)


def debriefing_of(player: Any) -> list[str]:
    """The sentences for a page of one's own: `{{ include 'otree_ego/debriefing.html' }}`."""
    own = _partners_of_apps(player) or partners_in_record(player)
    return debriefed(player, [*own, *played_partners(player)])
