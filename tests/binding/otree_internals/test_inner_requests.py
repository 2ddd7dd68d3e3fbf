"""What requests from inside the server rely on: each fact by name, in a server that runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server, Session
from harness.database import attempts
from harness.lab import LAB_CONFIG, LAB_FILES, at, run

INSIDE = """\
from otree_ego.binding.otree_internals import inner_requests as inner
call = inner.Call({code!r}, {work})
"""
NOTE = "(lambda c: c.execute(\"INSERT INTO noted VALUES ('{}')\"))"


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server]) -> Server:
    apps = {"lab": LAB_FILES, "inside": PAGES}
    mine = {"name": "inside", "app_sequence": ["inside"], "num_demo_participants": 2}
    made = server_factory(apps=apps, session_configs=[LAB_CONFIG, mine])
    made.database.execute("CREATE TABLE noted (what TEXT)")
    return made


SOURCE = """\
from otree.api import *

import otree_ego
from otree_ego.binding.otree_internals.inner_requests import is_inner


class C(BaseConstants):
    NAME_IN_URL = "inside"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    number = models.IntegerField()
    inner = models.BooleanField(initial=False)


class First(Page):
    form_model = "player"
    form_fields = ["number"]

    @staticmethod
    def before_next_page(player, timeout_happened):
        player.inner = is_inner()
        if player.number == 13:
            raise ValueError("thirteen")


class Meet(WaitPage):
    pass


class Last(Page):
    pass


page_sequence = [First, Meet, Last]
"""
PAGE = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
PAGES = {"__init__.py": SOURCE, "First.html": PAGE, "Last.html": PAGE}


def inside(lab: Server, code: str, participant: str = "", work: str = "None") -> object:
    """What the code, run in the server with `inner` and a `call` of a participant, puts into `result`."""
    person = at(lab.create_session("lab"), "Flow")
    return run(person, f"{INSIDE.format(code=participant, work=work)}{code}\nreturn result")


def begun(lab: Server) -> tuple[Session, str, str]:
    """A session whose first participant is on its first page; its code, and the page's address."""
    session = lab.create_session("inside", 2)
    person = session.participant(0).start()
    return session, person.code, person.url.removeprefix(lab.url)


def noted(lab: Server, what: str) -> int:
    return len(lab.database.query(f"SELECT what FROM noted WHERE what = '{what}'"))


def test_a_page_is_served_without_a_network(lab: Server) -> None:
    session = lab.create_session("inside", 2)
    code = session.codes[0]
    start = f"a = await inner.page_request('GET', '/InitializeParticipant/{code}', b'', call)\n"
    page = "b = await inner.page_request('GET', a.location, b'', call)\nresult = [a.status, b.status, b.text, a.moved]"
    first, second, text, moved = inside(lab, start + page, code)  # type: ignore[misc]
    assert (first, second, moved) == (307, 200, True) and 'name="number"' in text


def test_a_form_moves_its_participant_and_what_belongs_to_it_is_in_the_same_transaction(lab: Server) -> None:
    session, code, address = begun(lab)
    post = f"a = await inner.page_request('POST', {address!r}, b'number=5', call)\nresult = [a.status, a.moved]"
    assert inside(lab, post, code, NOTE.format(code)) == [302, True]
    assert noted(lab, code) == 1
    (row,) = (each for each in lab.app_export("inside", session.code) if each["participant.code"] == code)
    assert (row["player.number"], row["player.inner"]) == ("5", "1")


def test_a_form_of_a_page_that_is_past_moves_nobody(lab: Server) -> None:
    session, code, address = begun(lab)
    session.participant(0).start().submit(number=4)
    post = f"a = await inner.page_request('POST', {address!r}, b'number=5', call)\nresult = [a.status, a.moved]"
    assert inside(lab, post, code, NOTE.format(code)) == [302, False]
    assert noted(lab, code) == 0
    (row,) = (each for each in lab.app_export("inside", session.code) if each["participant.code"] == code)
    assert (row["player.number"], row["player.inner"]) == ("4", "0")


def test_a_page_that_fails_is_raised_and_rolled_back(lab: Server) -> None:
    session, code, address = begun(lab)
    post = f"""
try:
    await inner.page_request('POST', {address!r}, b'number=13', call)
except inner.PageFailed as error:
    result = repr(error.__cause__)
"""
    assert inside(lab, post, code, NOTE.format(code)) == "ValueError('thirteen')"
    assert noted(lab, code) == 0
    assert session.participant(0).start().page == "First"


def test_whoever_waits_for_a_request_may_be_cancelled(lab: Server) -> None:
    session, code, address = begun(lab)
    post = f"""
task = asyncio.ensure_future(inner.page_request('POST', {address!r}, b'number=5', call))
await asyncio.sleep(0)
task.cancel()
await asyncio.wait([task])
result = task.cancelled()
"""
    assert inside(lab, "import asyncio\n" + post, code) is True
    for _ in attempts():
        if session.participant(0).start().page != "First":
            break
    else:
        raise AssertionError("The request has not come to its end.")


def test_advance_submits_a_page_without_a_value(lab: Server) -> None:
    _, code, address = begun(lab)
    post = (
        "from otree_ego.players.page_client import encoded\n"
        f"a = await inner.page_request('POST', {address!r}, encoded(inner.as_timed_out()), call)\nresult = a.moved"
    )
    assert inside(lab, post, code) is True


def test_a_wait_page_is_heard_by_whoever_listens_as_an_open_page_does(lab: Server) -> None:
    session, code, address = begun(lab)
    other = session.participant(1).start()
    other.submit(number=1)
    assert other.page == "Meet"
    from harness.waiting import ADDRESS

    found = ADDRESS.search(other.html)
    assert found
    listen = f"""
import html
group = inner.waiting_group(html.unescape({found[1]!r}))
since = inner.news_so_far()
with inner.Waiting(group) as waiting:
    before = inner.has_news(group, since)
    await inner.page_request('POST', {address!r}, b'number=5', call)
    await inner.page_request('GET', {address!r}.replace('First/1', 'Meet/2'), b'', call)
    await waiting.told.wait()
    result = [before, inner.has_news(group, since)]
"""
    assert inside(lab, listen, code) == [False, True]


def test_moves_are_told_after_they_are_committed(lab: Server) -> None:
    _, code, address = begun(lab)
    listen = f"""
import asyncio
moves = asyncio.Queue()
inner.on_moved.append(lambda *move: moves.put_nowait(list(move)))
await inner.page_request('POST', {address!r}, b'number=5', call)
result = await moves.get()
inner.on_moved.pop()
"""
    assert inside(lab, listen, code) == [code, 2]


def test_a_socket_is_served_without_a_network(lab: Server) -> None:
    session = lab.create_session("lab")
    person = at(session)
    from harness.participant import SOCKET

    found = SOCKET.search(person.html)
    assert found
    talk = f"""
import html
socket = await inner.InnerSocket.to(html.unescape({found[1]!r}))
await socket.send({{"code": "result = 6 * 7"}})
answer = await socket.receive()
await socket.close()
try:
    while True:
        await socket.receive()
except ConnectionError:
    result = answer["live_method_payload"]
"""
    assert inside(lab, talk) == {"result": 42}
