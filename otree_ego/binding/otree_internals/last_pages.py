"""The page on which a session ends: participants stay there, where oTree would say "No more pages left"."""

from __future__ import annotations

from typing import Any

from otree.api import Page as Page
from otree.templating.loader import ibis_loader
from otree.views.abstract import FormPageOrInGameWaitPage

from .models import app_of, player_in

_usual_increment = FormPageOrInGameWaitPage._increment_index_in_pages


def install() -> None:
    """Keep participants on a page with `stays`, whatever is posted to it, also by *Advance slowest*."""
    FormPageOrInGameWaitPage._increment_index_in_pages = _increment


class PackagedPage(Page):  # type: ignore[misc]
    """A page that needs no template in the app: without one there, it is shown with ours."""

    our_template = ""

    def get_template_name(self) -> str:
        """The app's own template of the page's name, or ours."""
        if self.template_name is not None:
            return str(self.template_name)
        own = str(self._get_same_name_template())
        return own if any((folder / own).is_file() for folder in ibis_loader.dirs) else self.our_template


def _increment(page: Any) -> None:
    if getattr(type(page), "stays", False) and is_last_app(page.player) and page._is_displayed():
        return
    _usual_increment(page)


def is_last_round(player: Any) -> bool:
    """Whether an app has no round after a player's."""
    return bool(player_in(player.participant, app_of(player)).round_number == player.round_number)


def is_last_app(player: Any) -> bool:
    """Whether the session ends with a player's app."""
    return bool(player.session.config["app_sequence"][-1] == type(player).get_folder_name())
