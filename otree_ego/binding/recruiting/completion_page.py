"""CompletionPage: the last page of a study as a page of an app."""

from __future__ import annotations

from typing import Any

from ..otree_internals.last_page import Page
from .end_of_study import last_page, outcome_of


class CompletionPage(Page):  # type: ignore[misc]
    """The page on which a study ends: what participants get, by the session's `ego_completion_…` settings.

    An app that has no other page is the end of the studies in which it stands last: `end_study` leads there. The
    ready-made app `recruit_end` is one. A study without such an app ends on a page that says the same.

    Example::

        class End(CompletionPage):
            pass

        page_sequence = [End]
    """

    ends_study = True
    stays = True
    template_name = "otree_ego/CompletionPage.html"

    @staticmethod
    def vars_for_template(player: Any) -> dict[str, Any]:
        """What the template shows. A Player that has a field `outcome` gets it."""
        notice = last_page(player.participant)
        if hasattr(type(player), "outcome"):
            player.outcome = outcome_of(player)
        return {"notice": notice}
