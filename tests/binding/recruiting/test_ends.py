"""The last page: what each end gives, what leads there, and that nobody sees a code before."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from harness import Participant, Server
from harness.client import client
from harness.database import PATIENCE

from .conftest import CODES
from .test_entries import codes, entries, session_link, visit, who

pytestmark = pytest.mark.any_database

PROLIFIC = "https://app.prolific.com/submissions/complete?cc="
SONA = "https://school.sona-systems.com/webstudy_credit.aspx?experiment_id=1&credit_token=ab2&survey_code=XXXX"
LINK = re.compile(r'<a [^>]*id="ego-return"[^>]*>')


def walk(person: Participant, answers: list[str] | None = None) -> list[str]:
    """Goes on to the last page; all pages on the way."""
    seen, answers = [], list(answers or [])
    while person.page:
        assert len(seen) < 20
        seen.append(person.html)
        person.submit(**({"answer": answers.pop(0)} if person.page == "Ask" and answers else {}))
    return seen


def back(page: str) -> str:
    """The link back of a page; empty if it has none."""
    found = LINK.search(page)
    if not found:
        return ""
    assert 'rel="noreferrer"' in found[0], "our address has the participant's code"
    return html.unescape(re.findall(r'href="([^"]*)"', found[0])[0])


def visible(page: str) -> list[str]:
    return [outcome for outcome, code in CODES.items() if code in page]


@pytest.mark.parametrize("outcome", [outcome for outcome in CODES if outcome != "full"])
@pytest.mark.parametrize("round_of_the_end", [0, 1])
def test_every_outcome_has_its_own_code(study: Server, outcome: str, round_of_the_end: int) -> None:
    session = study.create_session("study", 2, ego_completion_platform="prolific", **codes())
    code = who(visit(f"{session_link(study, session)}?PROLIFIC_PID=p1&SESSION_ID=s1"))
    person = study.participant(code).start()
    seen = walk(person, [*[""] * round_of_the_end, f"end {outcome}"])
    assert len(seen) == 1 + 2 * round_of_the_end, "the next page is the last one, also in the app after"
    assert visible("".join(seen)) == []
    assert visible(person.html) == [outcome] and back(person.html) == PROLIFIC + CODES[outcome]
    assert visible(person.reload().html) == [outcome] and visible(person.start().html) == [outcome]
    (row,) = entries(study, session)
    assert (row["outcome"], row["ended_on"]) == (outcome, f"{('one', 'two')[round_of_the_end]}.Ask")
    assert row["ended_utc"]
    (status,) = [one["status"] for one in study.monitor(session.code)]
    assert status == outcome


def test_who_has_seen_all_pages_has_completed(study: Server) -> None:
    session = study.create_session("study", 2, ego_completion_platform="prolific", **codes())
    person = session.participant().start()
    seen = walk(person)
    assert len(seen) == 6 and visible("".join(seen)) == []
    assert visible(person.html) == ["completed"]
    assert entries(study, session)[0]["outcome"] == "completed"


def test_nobody_comes_to_the_last_page_before_its_time(study: Server) -> None:
    session = study.create_session("study", 2, ego_completion_platform="prolific", **codes())
    person = session.participant().start()
    early = visit(f"{study.url}/OutOfRangeNotification/{person.code}")
    assert visible(early.text) == [] and "/one/Ask/1" in early.url
    never = visit(f"{study.url}/OutOfRangeNotification/{session.codes[1]}")
    assert visible(never.text) == [] and "/one/Ask/1" in never.url
    assert visit(f"{study.url}/OutOfRangeNotification/nobody").status_code == 404
    assert entries(study, session)[0]["outcome"] == ""


@pytest.mark.parametrize(
    ("settings", "query", "link", "said"),
    [
        (dict(), "", "", "You can close this page now."),
        (dict(platform="lab"), "participant_label=Ann", "", "wait for your payment"),
        (dict(platform="connect", code_completed="AB12"), "participantId=a", "", "AB12"),
        (dict(platform="sona", link_completed=SONA), "survey_code=77", SONA.replace("XXXX", "77"), "Back to SONA"),
        (dict(platform="sona", link_completed=SONA), "id=78", SONA.replace("XXXX", "78"), "Back to SONA"),
        (dict(platform="sona", link_completed=SONA), "survey_code=%SURVEY_CODE%", "", "send this number"),
        (dict(platform="prolific", code_completed="C1"), "PROLIFIC_PID=a", f"{PROLIFIC}C1", "Back to Prolific"),
        (
            dict(link_completed="https://example.org/?a={STUDY_ID}&b={other}"),
            "STUDY_ID=%22%3E&other=2",
            "https://example.org/?a=%22%3E&b=2",
            "Continue",
        ),
    ],
)
def test_each_platform_gets_what_it_wants(
    study: Server, settings: dict[str, Any], query: str, link: str, said: str
) -> None:
    fields = {f"ego_completion_{name}": value for name, value in settings.items()}
    session = study.create_session("study", 2, **fields)
    person = study.participant(who(visit(f"{session_link(study, session)}?{query}"))).start()
    seen = "".join(walk(person))
    assert said in person.html and back(person.html) == link
    assert not link or link not in html.unescape(seen)
    german = study.create_session("study", 2, **fields, ego_language="de")
    person = study.participant(who(visit(f"{session_link(study, german)}?{query}"))).start()
    walk(person)
    assert '<html lang="de">' in person.html and back(person.html) == link and said not in person.html.split("AB12")[0]


def test_the_others_of_a_group_do_not_wait_for_somebody_who_has_left(study: Server) -> None:
    session = study.create_session("pairs", 2)
    ann, bob = (person.start() for person in session.participants())
    ann.submit(answer="")
    assert ann.waiting
    bob.submit(answer="end no_consent")
    assert "You have decided not to take part" in bob.html
    assert ann.until("Again").page == "Again"


@pytest.mark.parametrize(("said", "counts"), [("screened_out", "screened_out"), ("other", "completed")])
def test_an_app_may_say_how_it_ends_and_go_on(study: Server, said: str, counts: str) -> None:
    session = study.create_session("study", 1, ego_completion_platform="prolific", **codes())
    person = session.participant().start()
    assert len(walk(person, [f"outcome {said}"])) == 6
    assert visible(person.html) == [counts]
    assert entries(study, session)[0]["outcome"] == said


def test_codes_that_nobody_would_see_are_refused(study: Server) -> None:
    body = {"session_config_name": "pairs", "num_participants": 2}
    fields = {"ego_completion_code_completed": "A"}
    answer = client().post(f"{study.url}/api/sessions", json={**body, "modified_session_config_fields": fields})
    assert answer.status_code == 400 and "Put 'recruit_end' last" in answer.text


def test_advancing_people_brings_them_to_the_end(study: Server) -> None:
    session = study.create_session("study", 2)
    for person in session.participants():
        person.start().submit(answer="end screened_out")
    study.advance_slowest(session.code)
    assert [row["outcome"] for row in entries(study, session)] == ["screened_out"] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ego_completion_platform", "prolific"),
        ("ego_completion_platform", "amazon"),
        ("ego_completion_link_completed", "javascript:alert(1)"),
        ("ego_completion_code_finished", "A"),
    ],
)
def test_a_session_with_wrong_settings_is_refused(study: Server, field: str, value: str) -> None:
    body = {"session_config_name": "study", "num_participants": 2, "modified_session_config_fields": {field: value}}
    answer = client().post(f"{study.url}/api/sessions", json=body, timeout=PATIENCE)
    assert answer.status_code == 400 and field in answer.text
    if field != "ego_completion_code_finished":  # a form has its own fields only
        told = study.submit_session_form("study", 2, **{field: value})
        assert field in str(told)
