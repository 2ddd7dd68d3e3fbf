"""The model's service fails: the page stays usable, the record tells what happened, and the operator's pages work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server, Session, SQLite
from harness.chat import KEY, Chat, rows

from otree_ego.testing import FakeService

OK = FakeService.DEFAULT_REPLY
HALF = "Hello from "


def sound(server: Server, session: Session, app: str = "talk") -> list[dict[str, str]]:
    """Every page and table of the operator's answers; the replies' rows."""
    assert [row["participant.code"] for row in server.wide_export(session.code)] == list(session.codes)
    assert len(server.app_export(app, session.code)) == len(session.codes)
    assert [row["Code"] for row in server.payments(session.code)] == list(session.codes)
    assert len(server.get_session(session.code)["participants"]) == len(session.codes)
    assert len(server.data(session.code)[0]) == len(session.codes)
    server.monitor(session.code)
    server.page_times()
    return [row for row in rows(server, session.code, app) if row["role"] == "assistant"]


# what is planned, how the reply ends (status, error, finish_reason), what is kept of it, requests sent with one retry
FAULTS: dict[str, tuple[Callable[[FakeService], None], str, str, str, str, int]] = {
    "HTTP 400": (lambda m: m.fail(400, -1), "failed", "BadRequest", "error", "", 1),
    "HTTP 401": (lambda m: m.fail(401, -1), "failed", "KeyRejected", "error", "", 1),
    "HTTP 403": (lambda m: m.fail(403, -1), "failed", "KeyRejected", "error", "", 1),
    "HTTP 404": (lambda m: m.fail(404, -1), "failed", "ModelUnknown", "error", "", 1),
    "HTTP 429": (lambda m: m.fail(429, -1, retry_after=0.01), "failed", "RateLimited", "error", "", 2),
    "HTTP 500": (lambda m: m.fail(500, -1), "failed", "Overloaded", "error", "", 2),
    "HTTP 503": (lambda m: m.fail(503, -1), "failed", "Overloaded", "error", "", 2),
    "dropped before": (lambda m: m.fault("drop_before", -1), "failed", "Unreachable", "error", "", 2),
    "dropped in the middle": (lambda m: m.fault("drop_mid", -1), "failed", "Unreachable", "error", HALF, 2),
    "malformed": (lambda m: m.fault("malformed", -1), "failed", "BadReply", "error", HALF, 2),
    "empty": (lambda m: m.fault("empty", -1), "failed", "EmptyReply", "error", "", 2),
    "refusal": (lambda m: m.fault("refusal", -1), "failed", "Refused", "error", "I cannot help with that.", 1),
    "content filter": (lambda m: m.fault("content_filter", -1), "failed", "Refused", "error", HALF, 1),
    "length": (lambda m: m.fault("length", -1), "partial", "", "length", HALF, 1),
}


@pytest.mark.any_database
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_and_the_turn_after_it(chats: Server, model: FakeService, name: str) -> None:
    plan, status, error, reason, kept, requests = FAULTS[name]
    retries = int(isinstance(chats.database, SQLite))  # waiting before the retry once is enough
    requests = min(requests, retries + 1)
    session = chats.create_session("talk", ego_retries=retries)
    plan(model)
    with Chat(session.participant().start()) as chat:
        reply = chat.ask("Hello?")
        assert (reply["status"], chat.status["open"], chat.busy) == (status, True, False)
        assert reply["text"] == ("" if status == "failed" else kept)
        assert len(model.requests) == requests
        model.heal()
        assert chat.ask("And now?")["text"] == OK
        assert [m["status"] for m in chat.open()["messages"]] == ["complete", status, "complete", "complete"]
    sent = [m["content"] for m in model.requests[-1].body["messages"][1:]]
    assert sent == (["Hello?", kept, "And now?"] if status == "partial" else ["Hello?\n\nAnd now?"])
    first, second = sound(chats, session)
    assert (first["status"], first["error_type"], first["finish_reason"], first["text"]) == (
        status,
        error,
        reason,
        kept,
    )
    assert (first["requests"], bool(first["error"])) == (str(requests), status == "failed")
    assert [one["error"] for one in json.loads(first["failed_requests"] or "[]")] == [error] * (
        requests if error else 0
    )
    assert (second["status"], second["error_type"], second["requests"], second["failed_requests"]) == (
        "complete",
        "",
        "1",
        "",
    )


@pytest.mark.any_database
def test_a_stream_that_stalls_ends_at_the_deadline(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_deadline=0.5, ego_retries=3)
    model.fault("stall", -1)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["status"] == "failed"
        model.heal()
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "end")["message"]["text"] == OK
    first, second = sound(chats, session)
    assert (first["error_type"], first["text"], first["requests"]) == ("TimedOut", HALF, "1")
    assert 0.5 <= float(first["latency_seconds"]) < 20
    assert (second["status"], second["text"]) == ("complete", OK)


@pytest.mark.any_database
def test_a_retry_within_the_policy_heals(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_retries=2)
    model.fail(429, retry_after=0.01)
    model.fault("drop_mid")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == OK
    (reply,) = sound(chats, session)
    assert (reply["status"], reply["requests"], reply["error_type"]) == ("complete", "3", "")
    assert [one["error"] for one in json.loads(reply["failed_requests"])] == ["RateLimited", "Unreachable"]


@pytest.mark.any_database
def test_a_wait_for_the_service_is_in_the_log(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_retries=1)
    model.fail(429, retry_after=1)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == OK
    assert re.search(
        r"player:talk:\S+ waits 1\.\d s: openai failed for .*HTTP 429.*a pause of 1 s; attempt 2", chats.log
    )


@pytest.mark.any_database
def test_retry_after_beyond_the_deadline_is_not_waited_for(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_retries=3, ego_fallback_text="Busy, sorry.")
    model.fail(429, -1, retry_after=3600)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == "Busy, sorry."
    assert len(model.requests) == 1


@pytest.mark.any_database
def test_the_fallback_model_answers(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_fallback_model="constant/From the second model")
    model.fail(500, -1)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == "From the second model"
    (reply,) = sound(chats, session)
    assert (reply["model"], reply["model_answered"]) == ("gpt-6-luna", "constant/From the second model")
    assert (reply["status"], reply["requests"]) == ("complete", "2")
    assert json.loads(reply["failed_requests"])[0]["model"] == "gpt-6-luna"


@pytest.mark.any_database
def test_the_fallback_text_is_marked_in_the_data(chats: Server, model: FakeService) -> None:
    session = chats.create_session(
        "talk", ego_fallback_model="openai/gpt-5.4-mini", ego_fallback_text="Please go on without me."
    )
    model.fail(500, -1)
    with Chat(session.participant().start()) as chat:
        reply = chat.ask("Hello?")
        assert (reply["text"], reply["status"]) == ("Please go on without me.", "complete")
    (row,) = sound(chats, session)
    assert (row["finish_reason"], row["error_type"], row["model_answered"]) == ("fallback", "Overloaded", "")
    assert [one["model"] for one in json.loads(row["failed_requests"])] == ["gpt-6-luna", "openai/gpt-5.4-mini"]


@pytest.mark.any_database
def test_a_service_that_prints_the_key_does_not_put_it_into_the_data(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    model.key = "sk-another-key"
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello?")["status"] == "failed"
    (reply,) = sound(chats, session)
    assert reply["error_type"] == "KeyRejected"
    assert KEY not in reply["error"] + reply["failed_requests"] + chats.log
    assert KEY.encode() not in chats.stored()


@pytest.mark.any_database
def test_others_are_answered_while_one_stalls(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2)
    ann, bob = (person.start() for person in session.participants())
    model.fault("stall")
    with Chat(ann) as stuck, Chat(bob) as chat:
        stuck.say("I get nothing")
        stuck.until(lambda told: told["t"] == "text")
        assert chat.ask("And I?")["text"] == OK
        assert bob.reload().page == "Chat"
        model.heal()
        assert stuck.quiet()[-1]["text"] == OK


@pytest.mark.any_database
def test_a_session_deleted_while_it_streams(chats: Server, model: FakeService) -> None:
    session, other = chats.create_session("talk"), chats.create_session("talk")
    model.hold()
    with Chat(session.participant().start()) as chat, Chat(other.participant().start()) as alive:
        chat.say("Soon gone")
        alive.say("I stay")
        alive.until(lambda told: told["t"] == "add")
        model.wait_until(lambda fake: fake.standing == 2)
        before = len(chats.log)
        chats.delete_session(session.code)
        model.release()
        assert alive.quiet()[-1]["text"] == OK
        assert "Traceback" not in chats.log[before:]
        chat.say("Anybody?")  # oTree itself closes this line
        assert alive.ask("Still here?")["text"] == OK
    assert "otree_ego/" not in chats.log[before:]
    left = chats.database.query("SELECT m.text FROM otree_ego_message m WHERE m.text = 'Soon gone'")
    assert left == []
    sound(chats, other)


@pytest.mark.parametrize("ending", [pytest.param("\n", marks=pytest.mark.full), " \r\n\n"])
def test_a_key_with_a_line_break_at_its_end_works(
    chat_server: Callable[..., Server], model: FakeService, ending: str
) -> None:
    model.key = KEY
    server = chat_server(env={"OPENAI_API_KEY": KEY + ending})
    with Chat(server.create_session("talk").participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == OK


@pytest.mark.full
def test_a_key_that_goes_missing_is_a_failed_reply(chat_server: Callable[..., Server], model: FakeService) -> None:
    uni = {"uni": {"base_url": model.base_url, "key_env": "UNI_KEY"}}
    server = chat_server(env={"UNI_KEY": KEY}, settings_extra=f"EGO_SERVICES = {uni}")
    session = server.create_session("talk", ego_model="uni/llama")
    covered = server.create_session("talk", ego_model="uni/llama", ego_fallback_text="Later, please.")
    person = session.participant().start()
    with Chat(person) as chat:
        chat.ask("Hello?")
    server.stop()
    del server.env["UNI_KEY"]
    server.start()
    with Chat(person.reload()) as chat:
        assert [m["text"] for m in chat.shown] == ["Hello?", OK]
        assert chat.ask("And now?")["status"] == "failed"
        assert "UNI_KEY" not in chat.live.text
    with Chat(covered.participant().start()) as chat:
        assert chat.ask("Anybody?")["text"] == "Later, please."
    reply = sound(server, session)[-1]
    assert (reply["status"], reply["error_type"], "UNI_KEY" in reply["error"]) == ("failed", "KeyMissing", True)
    server.stop()
    server.env["UNI_KEY"] = KEY
    server.start()
    with Chat(person.reload()) as chat:
        assert not chat.busy
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "end")["message"]["text"] == OK


def test_without_a_key_the_session_is_refused(chat_server: Callable[..., Server]) -> None:
    server = chat_server(env={"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
    with pytest.raises(AssertionError, match="HTTP 400: ego_model = 'gpt-6-luna': no key for the service 'openai'"):
        server.create_session("talk")
    answer: dict[str, Any] = server.submit_session_form("talk")
    assert "OPENAI_API_KEY" in json.dumps(answer)
    assert server.create_session("talk", ego_model="constant/Hello").codes


@pytest.mark.full
def test_a_server_of_ones_own_needs_no_key(chat_server: Callable[..., Server], model: FakeService) -> None:
    server = chat_server(env={"OPENAI_API_KEY": ""})
    with Chat(server.create_session("talk").participant().start()) as chat:
        assert chat.ask("Hello?")["status"] == "complete"
