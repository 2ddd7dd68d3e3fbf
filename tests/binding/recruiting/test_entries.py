"""Participants come by links of all platforms: nobody is locked out, and nothing that a link says is lost."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
import requests
from harness import Server, Session
from harness.admin import Row
from harness.client import client
from harness.database import PATIENCE

from .conftest import CODES

pytestmark = pytest.mark.any_database

PID = "5b96601d3400a939db45dac9"
CODE = re.compile(r"/p/(\w+)/")


def session_link(server: Server, session: Session) -> str:
    """The session-wide link, as oTree's REST tells it."""
    return str(server.get_session(session.code)["session_wide_url"]).replace("http://testserver", server.url)


def visit(link: str, http: requests.Session | None = None) -> requests.Response:
    return (http or client()).get(link, timeout=PATIENCE)


def who(response: requests.Response) -> str:
    """The code of the participant to whom a link has led."""
    assert response.status_code == 200, response.text[:2000]
    found = CODE.search(response.url)
    assert found, response.url
    return found[1]


def entries(server: Server, session: Session, app: str = "otree_ego") -> list[Row]:
    return server.custom_export(app, "entries", session.code)


def labels(server: Server, session: Session) -> list[Any]:
    found = {one["code"]: one["label"] for one in server.get_session(session.code)["participants"]}
    return [found[code] for code in session.codes]


@pytest.mark.parametrize(
    ("query", "label", "platform"),
    [
        (f"PROLIFIC_PID={PID}&STUDY_ID=st1&SESSION_ID=se1", PID, "prolific"),
        (f"participant_label={PID}&STUDY_ID=st1&SESSION_ID=se1", PID, "prolific"),
        ("survey_code=4711", "4711", "sona"),
        ("id=4712", "4712", "sona"),
        ("participantId=AA&assignmentId=BB&projectId=CC", "AA", "connect"),
        ("participant_label=orsee77", "orsee77", ""),
        ("participant_label=orsee78&source=mail%20one", "orsee78", ""),
    ],
)
def test_what_platforms_send_is_kept(study: Server, query: str, label: str, platform: str) -> None:
    session = study.create_session("study", 2)
    link = f"{session_link(study, session)}?{query}"
    page = visit(link)
    code = who(page)
    assert who(visit(link)) == code, "the same link leads back, also in another browser"
    assert labels(study, session) == [label, None]
    (row,) = entries(study, session)
    assert (row["participant"], row["person"], row["platform"], row["link"]) == (code, label, platform, "session")
    sent = dict(part.split("=") for part in query.split("&") if not part.startswith("participant_label"))
    assert json.loads(row["parameters"]) == {name: value.replace("%20", " ") for name, value in sent.items()}
    assert "participant" not in row["duplicate"] and row["outcome"] == ""
    for value in sent.values():
        assert value.replace("%20", " ") in page.text, "participant.vars have it"


def test_the_parameter_of_ones_own(study: Server) -> None:
    session = study.create_session("study", 2, ego_entry_parameter="pid")
    who(visit(f"{session_link(study, session)}?pid=77&PROLIFIC_PID=x"))
    assert labels(study, session) == ["77", None]


def test_placeholders_are_not_one_person(study: Server) -> None:
    session = study.create_session("study", 3)
    link = session_link(study, session) + "?PROLIFIC_PID={{%25PROLIFIC_PID%25}}&STUDY_ID=st1&SESSION_ID="
    ann, bob = client(), client()
    codes = [who(visit(link, ann)), who(visit(link, bob)), who(visit(link, ann))]
    assert codes[0] == codes[2] != codes[1], "a browser leads back"
    assert labels(study, session) == [None] * 3
    assert [json.loads(row["parameters"])["PROLIFIC_PID"] for row in entries(study, session)[:2]] == [
        "{{%PROLIFIC_PID%}}"
    ] * 2


def test_a_label_that_is_too_long_gets_in_and_back(study: Server) -> None:
    session = study.create_session("study", 2)
    link = session_link(study, session)
    long = ["x" * 5000 + end for end in "ab"]
    codes = [who(visit(f"{link}?participant_label={label}")) for label in (*long, *long)]
    assert codes[0] == codes[2] != codes[1] == codes[3]
    assert [len(label) for label in labels(study, session)] == [100, 100]
    assert [row["person"] for row in entries(study, session)] == long
    own = study.create_session("study", 1)
    assert who(visit(f"{study.url}/InitializeParticipant/{own.codes[0]}?participant_label={long[0]}")) == own.codes[0]
    assert len(labels(study, own)[0]) == 100


def test_odd_signs_get_in_and_do_nothing(study: Server) -> None:
    session = study.create_session("study", 6)
    link = session_link(study, session)
    odd = ["%00", "%FF", "%3Cscript%3Ealert(1)%3C/script%3E", "M%C3%BCller", "%F0%9F%A5%9A", "a'b\"c"]
    codes = [who(visit(f"{link}?PROLIFIC_PID={sign}&other={sign}")) for sign in odd]
    assert len({*codes}) == 6
    assert [who(visit(f"{link}?PROLIFIC_PID={sign}&other={sign}")) for sign in odd] == codes
    for page in ("SessionPayments", "SessionMonitor", "SessionData"):
        assert "<script>alert" not in study.get(f"/{page}/{session.code}").text
    assert study.monitor(session.code) and study.data(session.code) and study.wide_export(session.code)
    assert [row["label"] if "label" in row else row["participant_label"] for row in entries(study, session)][
        3
    ] == "Müller"


def test_a_full_session_says_so_and_known_people_come_back(study: Server) -> None:
    session = study.create_session("study", 1, ego_completion_platform="prolific", **codes())
    link = session_link(study, session)
    first = who(visit(f"{link}?PROLIFIC_PID=a"))
    late = visit(f"{link}?PROLIFIC_PID=b")
    assert late.status_code == 404
    assert "All places are taken" in late.text and CODES["full"] in late.text
    assert not [code for outcome, code in CODES.items() if outcome != "full" and code in late.text]
    assert who(visit(f"{link}?PROLIFIC_PID=a")) == first
    german = study.create_session("study", 1, ego_language="de")
    visit(f"{session_link(study, german)}?PROLIFIC_PID=a")
    assert "Alle Plätze sind belegt" in visit(f"{session_link(study, german)}?PROLIFIC_PID=b").text


def codes() -> dict[str, str]:
    return {f"ego_completion_code_{outcome}": code for outcome, code in CODES.items()}


def test_the_same_person_again_is_marked(study: Server) -> None:
    one, two = (study.create_session("study", 3) for _ in range(2))
    link = session_link(study, one)
    pid = f"dup{one.code}"
    first = who(visit(f"{link}?PROLIFIC_PID={pid}&SESSION_ID=s1"))
    assert who(visit(f"{link}?PROLIFIC_PID={pid}&SESSION_ID=s2")) == first
    assert who(visit(f"{link}?PROLIFIC_PID={pid}&SESSION_ID=s2")) == first
    third = next(code for code in one.codes if code != first)
    assert who(visit(f"{study.url}/InitializeParticipant/{third}?PROLIFIC_PID={pid.upper()}&SESSION_ID=s3")) == third
    visit(f"{session_link(study, two)}?PROLIFIC_PID={pid}&SESSION_ID=s4")
    rows = entries(study, one) + entries(study, two)
    found = [(row["participant"], json.loads(row["parameters"])["SESSION_ID"], row["duplicate"]) for row in rows]
    (fourth,) = [row["participant"] for row in entries(study, two)]
    assert sorted(found, key=lambda each: each[1]) == [
        (first, "s1", ""),
        (first, "s2", "same participant"),
        (third, "s3", "other participant"),
        (fourth, "s4", "other session"),
    ]
    assert "s2" in visit(f"{study.url}/InitializeParticipant/{first}").text, "the last link is in participant.vars"


def test_what_is_kept_goes_with_its_session(study: Server) -> None:
    session = study.create_session("study", 1)
    visit(f"{session_link(study, session)}?PROLIFIC_PID=gone{session.code}")
    rows = f"SELECT * FROM otree_ego_entry WHERE person = 'gone{session.code}'"
    assert len(study.database.query(rows)) == 1
    study.delete_session(session.code)
    assert study.database.query(rows) == []


def test_two_participants_with_one_label_lock_nobody_out(study: Server) -> None:
    session = study.create_session("study", 2)
    for code in session.codes:
        visit(f"{study.url}/InitializeParticipant/{code}?participant_label=Ann")
    assert labels(study, session) == ["Ann", "Ann"]
    assert who(visit(f"{session_link(study, session)}?participant_label=Ann")) == session.codes[0]


def test_an_apps_own_values_stay(study: Server) -> None:
    session = study.create_session("study", 2)
    person = session.participant().start().submit(answer="set mine")
    visit(f"{study.url}/InitializeParticipant/{person.code}?STUDY_ID=theirs&outcome=x&ego_ended=y")
    two = session.participant(1).start()
    page = person.until("Ask").html
    assert "theirs" in page and "&#x27;STUDY_ID&#x27;: &#x27;mine&#x27;" in page.replace("'", "&#x27;")
    assert two.page == "Ask"
    visit(f"{study.url}/InitializeParticipant/{two.code}?STUDY_ID=first")
    two.submit(answer="set mine")
    visit(f"{study.url}/InitializeParticipant/{two.code}?STUDY_ID=second")
    assert "'STUDY_ID': 'mine'" in html.unescape(two.until("Ask").html), "a value that the app has changed is the app's"
    row = entries(study, session)[0]
    assert row["outcome"] == ""


def test_plain_links_are_as_before(study: Server) -> None:
    session = study.create_session("study", 3)
    http = client()
    link = session_link(study, session)
    assert who(visit(link, http)) == who(visit(link, http)) != who(visit(link))
    assert [row["parameters"] for row in entries(study, session)] == ["", ""]
    assert visit(f"{study.url}/join/nobody").status_code == 404
    assert visit(f"{study.url}/InitializeParticipant/nobody?PROLIFIC_PID=a").status_code == 404
    assert visit(f"{study.url}/room/nowhere?PROLIFIC_PID=a").status_code == 404


# --- rooms ------------------------------------------------------------------------------------------------------------


def in_room(server: Server, room: str, participants: int = 2, **fields: Any) -> Session:
    body = {"session_config_name": "study", "num_participants": participants, "room_name": room}
    body["modified_session_config_fields"] = fields
    answer = server.http.post(f"{server.url}/api/sessions", json=body, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return server.session(answer.json()["code"])


def enter(server: Server, room: str, query: str, http: requests.Session | None = None) -> requests.Response:
    """What the welcome page does: it asks whether the link is right, and loads itself again."""
    http = http or client()
    first = visit(f"{server.url}/room/{room}?{query}", http)
    assert first.status_code == 200 and "<form" in first.text
    return visit(f"{first.url}&welcome_page_ok=1", http)


def test_a_room_without_a_list(study: Server) -> None:
    session = in_room(study, "open")
    code = who(enter(study, "open", f"PROLIFIC_PID={PID}&STUDY_ID=st1&SESSION_ID=se1"))
    assert who(enter(study, "open", f"PROLIFIC_PID={PID}&STUDY_ID=st1&SESSION_ID=se1")) == code
    (row,) = entries(study, session)
    assert (row["participant_label"], row["link"], row["platform"]) == (PID, "room", "prolific")
    http = client()
    assert who(enter(study, "open", "x=1", http)) == who(enter(study, "open", "x=1", http)) != code
    full = enter(study, "open", "PROLIFIC_PID=late")
    assert full.status_code == 404 and "All places are taken" in full.text
    assert who(enter(study, "open", f"PROLIFIC_PID={PID}")) == code


def test_a_room_with_a_list(study: Server) -> None:
    session = in_room(study, "listed", ego_language="de")
    code = who(enter(study, "listed", f"PROLIFIC_PID={PID}&SESSION_ID=se1"))
    assert who(enter(study, "listed", f"participant_label={PID}")) == code
    assert labels(study, session) == [PID, None]
    unknown = visit(f"{study.url}/room/listed?PROLIFIC_PID=%3Cb%3EZoe")
    assert unknown.status_code == 404
    assert "Dieser Link funktioniert nicht" in unknown.text and "<b>" not in unknown.text and "{" not in unknown.text
    missing = visit(f"{study.url}/room/listed?welcome_page_ok=1")
    assert missing.status_code == 404 and "fehlt die Teilnahmekennung" in missing.text
    long = visit(f"{study.url}/room/listed?participant_label={'x' * 300}&welcome_page_ok=1")
    assert "Dieser Link funktioniert nicht" in long.text
    (row,) = entries(study, session)
    assert json.loads(row["parameters"]) == {"PROLIFIC_PID": PID, "SESSION_ID": "se1"}
    assert labels(study, session) == [PID, None]


def test_the_welcome_page_of_a_room_with_a_list_asks_with_what_the_link_says(study: Server) -> None:
    in_room(study, "listed")
    page = visit(f"{study.url}/room/listed?PROLIFIC_PID={PID}&STUDY_ID=st1")
    assert f"participant_label={PID}" in page.url and "STUDY_ID=st1" in page.url, "its field is filled in"
    asked = f"{study.url}/room/listed"
    for body, fine in (
        ({"PROLIFIC_PID": PID}, True),
        ({"participant_label": "Ann"}, True),
        ({"participant_label": " Ann "}, True),
        ({"participant_label": "{{%PROLIFIC_PID%}}", "PROLIFIC_PID": PID}, True),
        ({"participant_label": "Zoe"}, False),
        ({"participant_label": "\ud800"}, False),
        ({}, False),
    ):
        answer = client().post(asked, data=json.dumps(body), timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        assert ("errors" not in answer.json()) is fine, body


def test_a_room_with_secret_links(study: Server) -> None:
    in_room(study, "secure")
    page = study.get("/room_with_session/secure").text
    (link,) = set(re.findall(r"[^\"'\s<>]*/room/secure\?[^\"'\s<>]*Ann[^\"'\s<>]*", page))
    link = study.url + "/room/" + link.replace("&amp;", "&").split("/room/")[1]
    assert who(visit(f"{link}&welcome_page_ok=1"))
    refused = visit(f"{study.url}/room/secure?participant_label=Bob&hash=0&welcome_page_ok=1")
    assert refused.status_code == 404 and "This link does not work" in refused.text


def test_a_room_before_its_session(study: Server) -> None:
    page = visit(f"{study.url}/room/later?PROLIFIC_PID=%3Cb%3E&welcome_page_ok=1")
    assert page.status_code == 200
    assert "<b>" not in page.text


def test_forgetting_a_participant_forgets_the_link(study: Server) -> None:
    session = study.create_session("study", 1)
    link = f"{session_link(study, session)}?PROLIFIC_PID=secretpid{session.code}&STUDY_ID=st1&other=secret"
    code = who(visit(link))
    person = study.participant(code).start()
    assert f"secretpid{session.code}" in person.html
    person.submit(answer="forget")
    (row,) = entries(study, session)
    assert (row["person"], row["parameters"], bool(row["forgotten_utc"])) == ("", "{}", True)
    assert f"secretpid{session.code}".encode() not in study.stored()
