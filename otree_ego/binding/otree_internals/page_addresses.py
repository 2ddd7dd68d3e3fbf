"""Addresses of pages that do not say what waits there: a page of class AIDecides would tell, in the browser's bar."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2s
from re import escape
from typing import Any

from otree.lookup import get_page_lookup
from otree.models import Participant
from starlette.convertors import CONVERTOR_TYPES, StringConvertor

_usual_address = Participant._url_i_should_be_on
_hides: list[tuple[Callable[[Any], bool], Callable[[Any], bool]]] = []


def install() -> None:
    """Send participants to the address that is theirs."""
    Participant._url_i_should_be_on = _address


def hide_where(hides: Callable[[Any], bool], may_hide: Callable[[Any], bool]) -> None:
    """Give an `UnnamedPage` an address without its class's name for some players.

    Arguments:
        hides: says it of a player. may_hide: says quickly of a participant whether it can be so.
    """
    _hides.append((hides, may_hide))


class UnnamedPage:
    """A page with two addresses: the usual one, and one that says nothing."""

    @classmethod
    def url_pattern(cls, name_in_url: str) -> str:
        """Where it is served."""
        name = _plain(cls)
        convertor = StringConvertor()
        convertor.regex = f"{escape(cls.__name__)}|{name}"
        CONVERTOR_TYPES[name] = convertor
        return f"/p/{{participant_code}}/{name_in_url}/{{page_name:{name}}}/{{page_index}}"


def _plain(page: Any) -> str:
    return f"Wait{blake2s(page.__name__.encode(), digest_size=2).hexdigest()}"


def _address(participant: Any) -> str:
    usual = str(_usual_address(participant))
    if not participant.visited or participant._index_in_pages > participant._max_page_index:
        return usual
    place = get_page_lookup(participant._session_code, participant._index_in_pages)
    if not issubclass(place.page_class, UnnamedPage):
        return usual
    asked = [hides for hides, may_hide in _hides if may_hide(participant)]
    if not asked:
        return usual
    player = participant._get_current_player()
    if not any(hides(player) for hides in asked):
        return usual
    return f"/p/{participant.code}/{place.name_in_url}/{_plain(place.page_class)}/{participant._index_in_pages}"
