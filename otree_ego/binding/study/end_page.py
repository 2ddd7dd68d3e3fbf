"""EndPage: the page on which an app ends, and the session if no app follows."""

from __future__ import annotations

from typing import Any

from ..otree_internals.last_pages import Page, is_last_app, is_last_round


class EndPage(Page):  # type: ignore[misc]
    """The last page of an app, in a page_sequence. If no app follows, participants stay on it.

    Nobody comes to oTree's "No more pages left": whatever is posted to the page, also by *Advance slowest*, leaves them
    there, and *Monitor* shows them on the last of all pages. Its template has a *Next* button only where an app
    follows, and can show what the participant is paid::

        class End(EndPage):
            pass

        {{ include 'otree_ego/pay.html' }}
        {{ if player|ego_goes_on }}{{ include 'otree_ego/next.html' }}{{ endif }}
    """

    stays = True

    @staticmethod
    def is_displayed(player: Any) -> bool:
        """In the app's last round."""
        return is_last_round(player)


def goes_on(player: Any) -> bool:
    """Whether another app follows; in templates `{{ if player|ego_goes_on }}`."""
    return not is_last_app(player)
