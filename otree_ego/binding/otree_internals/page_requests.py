"""What participants' own browsers ask for: requests for pages, what is served to them, and the tabs that they keep.

Not theirs are requests of seats of the server's own, and those of oTree's timeout worker; *advance* sends none.
"""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

import otree.views.participant as participant_pages
from otree.channels.consumers import BaseWaitPage, DetectAutoAdvance, _OTreeAsyncJsonWebsocketConsumer
from otree.channels.utils import ChannelLayer, auto_advance_group, group_send
from otree.common import get_admin_secret_code
from otree.models import Participant
from otree.views.abstract import FormPageOrInGameWaitPage, Page, WaitPage
from sqlalchemy import event

from .inner_requests import is_inner
from .timeout_worker import WORKER

MARK = b"x-otree-ego-worker"
"""The header that says that a request is the timeout worker's."""
KEEPS_CONNECTION = (b"websocket-redirect", b"makeReconnectingWebSocket")
"""What stands in a page that opens a connection of its own, by which one sees that somebody has it open."""
MOST = 1_000_000
"""Bytes of a form that is looked into."""


@dataclass
class PageRequest:
    """A person's request for a page.

    Fields:
        code: whose. index: the page in the address. path: the address. posts: whether a form was sent. query: behind
            the address. timed_out: whether the page's timer has sent the form.
        took_back, says_gone: whether the app had said before, or says now, that they are gone.
        moved_to: the page to which this request has brought them; None if it has not.
    """

    code: str
    index: int = 0
    path: str = ""
    posts: bool = False
    query: bytes = b""
    timed_out: bool = False
    took_back: bool = False
    says_gone: bool = False
    moved_to: int | None = None


Served = Callable[[Any, PageRequest, Any, Any], None]
looked_into: list[Callable[[str], bool]] = []
"""Whether to find out if a participant's forms were sent by a timer, quickly, by code."""
asked: list[Callable[[PageRequest], None]] = []
"""Told of each request of a person's, before anything is done."""
guards: list[Callable[[PageRequest, Any], Any]] = []
"""Asked, under oTree's lock, with the request and the participant: the first response that is no None is the answer."""
guarded: list[Callable[[str], bool]] = []
"""Whether the guards are to be asked for a participant, quickly, by code."""
served: list[Served] = []
"""Told, in the page's own transaction, of what was served: participant, request, response, and the page's view."""
tabs_closed: list[Callable[[str | int], None]] = []
"""Told of a tab that was closed, by the participant's code, or, on wait pages, by their number."""
outdated: list[Callable[[str], bool]] = []
"""Whether a page that a participant has just opened is theirs no more, by their code: its tab is told."""
ignores_wait_tabs: list[Callable[[int], bool]] = []
"""Whether what a participant's tabs on a wait page say is passed over, by their number."""
_current: ContextVar[PageRequest | None] = ContextVar("otree_ego_page_request", default=None)
_usual_dispatch = FormPageOrInGameWaitPage.dispatch


# --- requests -------------------------------------------------------------------------------------------------------


def persons_request() -> PageRequest | None:
    """The request of a person's that this code answers; None in those of seats, the timeout worker and *advance*."""
    return _current.get()


async def _dispatch(page: Any) -> None:
    if is_inner() or _is_worker(page.scope):
        await _usual_dispatch(page)
        return
    request = _request_of(page.scope)
    if request.posts and any(each(request.code) for each in looked_into):
        body, page.receive = await _body(page.receive)
        request.timed_out = any(name == "timeout_happened" for name, _ in parse_qsl(body[:MOST].decode("latin-1")))
    for tell in asked:
        tell(request)
    if any(each(request.code) for each in guarded):
        response = _guard(request)
        if response is not None:
            await response(page.scope, page.receive, page.send)
            return
    token = _current.set(request)
    try:
        await _usual_dispatch(page)
    finally:
        _current.reset(token)


def _request_of(scope: Any) -> PageRequest:
    given = scope["path_params"]
    index = str(given.get("page_index", ""))
    number = int(index) if index.isdecimal() else 0
    return PageRequest(
        given["participant_code"], number, scope["path"], scope["method"] == "POST", scope.get("query_string", b"")
    )


def _guard(request: PageRequest) -> Any:
    participant = Participant.objects_first(code=request.code)
    if participant is None:
        return None
    return next((found for each in guards if (found := each(request, participant)) is not None), None)


async def _body(receive: Callable[[], Awaitable[Any]]) -> tuple[bytes, Callable[[], Awaitable[Any]]]:
    """All of a form, and a `receive` that gives it once more."""
    messages: list[Any] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    left = list(messages)

    async def again() -> Any:
        return left.pop(0) if left else await receive()

    return b"".join(each.get("body", b"") for each in messages), again


def _is_worker(scope: Any) -> bool:
    return any(name == MARK and value == _secret() for name, value in scope["headers"])


def _secret() -> bytes:
    return str(get_admin_secret_code()).encode()


def _start(endpoint: Any, request: Any) -> Any:
    """Who opens the start link is there, too."""
    if not (is_inner() or _is_worker(request.scope)):
        for tell in asked:
            tell(PageRequest(request.path_params["code"], path=request.url.path))
    return _starts[0](endpoint, request)


_starts: list[Any] = []


def _moved(participant: Any, index: Any, before: Any, *_: Any) -> None:
    request = _current.get()
    if request is not None and index != before and participant.code == request.code:
        request.moved_to = index


def _telling(usual: Callable[..., Any]) -> Callable[..., Any]:
    def inner_dispatch(page: Any, request: Any) -> Any:
        response = usual(page, request)
        ours = _current.get()
        if ours is not None:
            for tell in served:
                tell(page.participant, ours, response, page)
        return response

    return inner_dispatch


def keeps_connection(response: Any) -> bool:
    """Whether a page that is served opens a connection as long as somebody has it open."""
    return any(sign in response.body for sign in KEEPS_CONNECTION)


# --- tabs -----------------------------------------------------------------------------------------------------------

_tabs: dict[str | int, WeakValueDictionary[int, Any]] = {}
"""Sockets by whose they are, and by `id`: they have no hash."""
_usual_add, _usual_discard = ChannelLayer.add, ChannelLayer.discard
_usual_on_disconnect = _OTreeAsyncJsonWebsocketConsumer.on_disconnect


def open_tabs(code: str, number: int) -> int:
    """How many tabs a participant has open: on pages by their code, on wait pages by their number."""
    return sum(len(_tabs[key]) for key in (code, number) if key in _tabs)


def _add(layer: Any, group: str, socket: Any) -> None:
    key = _owner(socket)
    if key is not None:
        _tabs.setdefault(key, WeakValueDictionary())[id(socket)] = socket
    _usual_add(layer, group, socket)


def _discard(layer: Any, group: str, socket: Any) -> None:
    _closed(socket)
    _usual_discard(layer, group, socket)


async def _on_disconnect(consumer: Any, websocket: Any, close_code: int) -> None:
    _closed(websocket)  # now: oTree first waits for its lock, and keeps the socket if the database fails then
    await _usual_on_disconnect(consumer, websocket, close_code)


def _closed(socket: Any) -> None:
    key = _owner(socket)
    if key is not None and key in _tabs and _tabs[key].pop(id(socket), None) is not None:
        if not _tabs[key]:
            del _tabs[key]
        for tell in tabs_closed:
            tell(key)


def _owner(socket: Any) -> str | int | None:
    """Whose tab a socket is; None for an experimenter's, and for what is no browser's."""
    scope = getattr(socket, "scope", None)
    if not isinstance(scope, dict) or _is_inside(scope):
        return None
    given = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    if given.get("participant_code"):
        return str(given["participant_code"])
    number = given.get("participant_id", "")
    return int(number) if number.isdecimal() else None


def _is_inside(scope: Any) -> bool:
    """Whether a socket is a seat's, and came through no network."""
    return tuple(scope.get("client") or ())[1:] == (0,)


async def tell_tabs(code: str) -> None:
    """Let the tabs of a participant load their page anew: it is not theirs, or not there, any more."""
    await group_send(group=auto_advance_group(code), data={"auto_advanced": True})


_usual_connect = DetectAutoAdvance.post_connect


async def _connected(consumer: Any, page_index: int, participant_code: str) -> None:
    """A page's tab is there: it may have been loading when the others were told."""
    await _usual_connect(consumer, page_index, participant_code)
    if any(each(participant_code) for each in outdated):
        await consumer.send_json({"auto_advanced": True})


def _unless_ignored(usual: Callable[..., Any]) -> Callable[..., Any]:
    def mark(consumer: Any, *args: Any, **kwargs: Any) -> Any:
        number = getattr(consumer, "participant_id", None)
        if number is not None and any(each(number) for each in ignores_wait_tabs):
            return None
        return usual(consumer, *args, **kwargs)

    return mark


# --- the app's word -------------------------------------------------------------------------------------------------

status_set: list[Callable[[Any, str], None]] = []
"""Told of each `participant.status` that is set, in the request that sets it."""


def _status(participant: Any, value: Any, *_: Any) -> None:
    if isinstance(value, str):
        for tell in status_set:
            tell(participant, value)


def install() -> None:
    """Notice requests, tabs and the app's word, and let the timeout worker say that it is one."""
    if sys.argv[1:2] == [WORKER]:
        opener = urllib.request.build_opener()
        opener.addheaders = [*opener.addheaders, (MARK.decode(), _secret().decode())]
        urllib.request.install_opener(opener)
    FormPageOrInGameWaitPage.dispatch = _dispatch
    Page.inner_dispatch = _telling(Page.inner_dispatch)
    WaitPage.inner_dispatch = _telling(WaitPage.inner_dispatch)
    _starts[:] = [participant_pages.InitializeParticipant.get]
    participant_pages.InitializeParticipant.get = _start
    ChannelLayer.add, ChannelLayer.discard = _add, _discard
    _OTreeAsyncJsonWebsocketConsumer.on_disconnect = _on_disconnect
    DetectAutoAdvance.post_connect = _connected
    for name in ("mark_waitpage_connected_or_not", "mark_waitpage_tab_hidden_or_not"):
        setattr(BaseWaitPage, name, _unless_ignored(getattr(BaseWaitPage, name)))
    event.listen(Participant._index_in_pages, "set", _moved)
    event.listen(Participant.status, "set", _status)
