"""A page that waits for a model: started once, nobody else waits, values are stored, everyone moves on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from harness import PostgreSQL, Server
from harness.database import attempts
from harness.waiting import Tab, decisions, number_42, waits

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

APPS = {
    "alone": waits("alone"),
    "pairs": waits("pairs", model="group", size=2),
    "both": waits("both", model="group", size=2, options="wait_for_all_players = True"),
    "early": waits(
        "early", before="before_next_page = staticmethod(lambda player, timeout_happened: Partner.ahead(player))"
    ),
    "slowly": waits("slowly", options="delay = (1.5, 1.6)"),
    "spare": waits("spare", options="fallback = dict(answer=7, note='declared')"),
    "hurry": waits("hurry", options="deadline = 2"),
}


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    configs = [
        {
            "name": f"{name}_de",
            "app_sequence": [name],
            "num_demo_participants": 1,
            "ego_model": "gpt-6-luna",
            "ego_retries": 0,
            "ego_language": "de",
        }
        for name in ("hurry",)
    ]
    return chat_server(apps=APPS, configs=configs, database=database, page_timeouts=True)


@pytest.fixture(autouse=True)
def _number(request: pytest.FixtureRequest, _healthy: None) -> Iterator[None]:
    yield from number_42(request)


def answers(server: Server, app: str, session: str, of: str = "player") -> list[str]:
    return [row[f"{of}.answer"] for row in server.app_export(app, session)]


def test_the_page_waits_and_moves_on_by_itself(server: Server, model: FakeService) -> None:
    session = server.create_session("alone", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    assert person.page == "Partner" and person.waiting
    assert "Your partner is deciding" in person.html
    with Tab(person) as tab:
        model.release()
        tab.told()
    assert person.page == "After"
    assert "Answer: 42." in person.html
    (row,) = decisions(server, "alone", session.code)
    assert (row["status"], json.loads(row["answer"]), row["page"], row["decision_for"]) == (
        "stored",
        {"answer": 42},
        "Partner",
        "player",
    )
    assert (row["asked_ahead"], row["times_started"], row["participant"], row["delay_seconds"]) == (
        "0",
        "1",
        person.code,
        "0.0",
    )
    assert 0 < float(row["model_seconds"]) <= float(row["total_seconds"]) < 30


def test_nobody_else_waits(server: Server, model: FakeService) -> None:
    session = server.create_session("alone", 6)
    people = [person.start() for person in session.participants()]
    model.hold()
    for person in people[:5]:
        person.submit()
    model.wait_until(lambda fake: fake.standing == 5)  # all of them think at once
    assert people[5].reload().page == "Before"
    assert model.standing == 5
    model.release()
    for person in people[:5]:
        person.until("After")


def test_reload_and_a_second_tab_do_not_ask_again(server: Server, model: FakeService) -> None:
    session = server.create_session("alone", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    model.wait_until(lambda fake: fake.standing == 1)
    for _ in range(3):
        person.reload()
        assert person.page == "Partner"
    with Tab(person) as one, Tab(person) as two:
        model.release()
        one.told()
        two.told()
    assert person.page == "After"
    assert len([r for r in model.requests if session.code in r.body["messages"][-1]["content"]]) == 1
    assert [row["times_started"] for row in decisions(server, "alone", session.code)] == ["1"]


def test_a_group_decides_once_and_all_of_it_move_on(server: Server, model: FakeService) -> None:
    session = server.create_session("pairs", 4)
    people = [person.start() for person in session.participants()]
    model.hold()
    for person in people:
        person.submit()
        person.reload()
    with Tab(people[0]) as one, Tab(people[1]) as two:
        model.release()
        one.told()
        two.told()
    assert [people[0].page, people[1].page] == ["After", "After"]
    for person in people[2:]:
        person.until("After")
    asked = [r for r in model.requests if session.code in r.body["messages"][-1]["content"]]
    assert len(asked) == 2
    assert answers(server, "pairs", session.code, "group") == ["42"] * 4
    assert [row["decision_for"] for row in decisions(server, "pairs", session.code)] == ["group"] * 2


def test_a_group_that_waits_for_all(server: Server, model: FakeService) -> None:
    session = server.create_session("both", 2)
    one, two = (person.start() for person in session.participants())
    one.submit()
    assert one.waiting
    assert decisions(server, "both", session.code) == []
    with Tab(one) as tab:
        two.submit()
        tab.told()
    assert one.page == "After"
    two.until("After")
    assert len(decisions(server, "both", session.code)) == 1


def test_ahead_the_model_thinks_while_the_human_reads(server: Server, model: FakeService) -> None:
    session = server.create_session("early", 2)
    one, two = (person.start() for person in session.participants())
    model.hold()
    one.submit()
    assert one.page == "Partner"  # it is not done yet
    model.release()
    one.until("After")
    two.submit()
    two.until("After")
    assert [row["asked_ahead"] for row in decisions(server, "early", session.code)] == ["1", "1"]
    assert len(model.requests) == 2


def test_a_human_like_delay_is_kept_and_recorded(server: Server) -> None:
    session = server.create_session("slowly", 1)
    person = session.participant().start().submit()
    assert person.page == "Partner"
    with Tab(person) as tab:
        tab.told()
    (row,) = decisions(server, "slowly", session.code)
    assert 1.5 <= float(row["delay_seconds"]) <= 1.6
    assert row["pace"] == "1.5-1.6"
    assert float(row["total_seconds"]) >= max(float(row["delay_seconds"]), float(row["model_seconds"]))


@pytest.mark.parametrize("answer", ["forty-two", "1e9999", ""])
def test_nonsense_is_never_stored(server: Server, model: FakeService, answer: str) -> None:
    model.reply = answer
    session = server.create_session("alone", 1)
    person = session.participant().start().submit()
    with Tab(person) as tab:
        tab.told()
    assert person.page == "Partner"
    assert "No decision came" in person.html and "?again=1" in person.html
    assert answers(server, "alone", session.code) == [""]
    (row,) = decisions(server, "alone", session.code)
    assert row["status"] == "failed" and row["error_type"] and row["error"]
    model.reply = "5"
    person.url += "?again=1"
    person.reload()
    person.until("After")
    assert answers(server, "alone", session.code) == ["5"]
    assert [(row["status"], row["times_started"]) for row in decisions(server, "alone", session.code)] == [
        ("stored", "2")
    ]


def test_a_page_that_listens_late_is_told_what_it_has_missed(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("alone", 1)
    person = session.participant().start().submit()
    for _ in attempts(pause=0.1):  # the page is there, and its socket is not open yet
        if [row["status"] for row in decisions(server, "alone", session.code)] == ["failed"]:
            break
    assert "is deciding" in person.html
    with Tab(person) as tab:
        assert "No decision came" in tab.told(30).html
    with Tab(person) as tab, pytest.raises(TimeoutError):  # what it shows now is true, and it stays
        tab.told(1)
    model.hold()
    asked_again = session.participant()
    asked_again.url = person.url + "?again=1"
    assert "is deciding" in asked_again.reload().html
    with Tab(person) as tab:
        assert "is deciding" in tab.told(30).html
    model.release()


def test_the_declared_fallback_is_taken_and_said(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("spare", 1)
    session.participant().start().submit().until("After")
    assert answers(server, "spare", session.code) == ["7"]
    (row,) = decisions(server, "spare", session.code)
    assert (row["status"], row["error_type"]) == ("fallback", "ValueError")
    assert json.loads(row["answer"]) == {"answer": 7, "note": "declared"}


def test_after_the_deadline_it_is_over(server: Server, model: FakeService) -> None:
    model.hold()
    session = server.create_session("hurry_de", 1)
    person = session.participant().start().submit()
    with Tab(person) as tab:
        tab.told()
    assert "Es kam keine Entscheidung" in person.html and "Noch einmal versuchen" in person.html
    (row,) = decisions(server, "hurry", session.code)
    assert (row["status"], row["error_type"]) == ("failed", "TimedOut")
    model.release()
    person.url += "?again=1"
    person.reload().until("After")


def test_forged_values_are_refused(server: Server, model: FakeService) -> None:
    session = server.create_session("alone", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    answer = person.http.post(person.url, data={"answer": "100"}, timeout=30)
    assert answer.status_code == 403 and "takes no values" in answer.text
    model.release()
    person.until("After")
    assert answers(server, "alone", session.code) == ["42"]


@pytest.mark.full
def test_who_leaves_is_moved_on(server: Server, model: FakeService) -> None:
    session = server.create_session("alone", 1)
    person = session.participant().start()
    person.submit()  # and closes the browser
    for _ in attempts(pause=0.5):
        server.time_is_over(person)
        now = server.monitor(session.code)[0]
        if now["_current_page_name"] == "After":
            break
    assert now["_current_page_name"] == "After"  # oTree's timeout worker has opened the page in their place


def test_the_monitor_sees_who_waits_and_who_has_left(server: Server, model: FakeService) -> None:
    def connected() -> list[bool]:
        found = server.database.query(
            f"SELECT _waitpage_is_connected AS there FROM otree_participant WHERE code = '{person.code}'"
        )
        return [bool(row["there"]) for row in found]

    session = server.create_session("alone", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    with Tab(person):
        assert connected() == [True]
    for _ in attempts():
        if connected() == [False]:
            break
    assert connected() == [False]
    model.release()
    person.until("After")
