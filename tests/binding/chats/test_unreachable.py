"""No way leads to a service, from the first moment: chat, group chat and waiting page follow the failure policy."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import Chat, rows
from harness.database import attempts
from harness.group_rooms import ROOM_FILES
from harness.waiting import decisions, waits

from otree_ego.testing import FakeService

FAR = "https://llm.example.edu/v1"


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    services = {"far": {"base_url": FAR}, "near": {"base_url": model.base_url}}
    for row in services.values():
        row["key_env"] = "FAR_KEY"
    apps = {"room": ROOM_FILES, "alone": waits("alone"), "spare": waits("spare", options="fallback = dict(answer=7)")}
    env = {"SSL_CERT_FILE": "/nowhere/ca.pem", "FAR_KEY": "sk-abcdef123456"}
    return chat_server(apps=apps, env=env, settings_extra=f"EGO_SERVICES = {services}")


def test_a_chat_stays_usable_and_the_record_names_the_variable(server: Server) -> None:
    session = server.create_session("talk", ego_model="far/m")
    with Chat(session.participant().start()) as chat:
        reply = chat.ask("Hello?")
        assert (reply["status"], chat.status["open"]) == ("failed", True)
        assert "SSL_CERT_FILE" not in chat.live.text
    reply = rows(server, session.code)[-1]
    assert (reply["error_type"], reply["requests"]) == ("ConfigError", "1")
    assert "SSL_CERT_FILE names /nowhere/ca.pem, and there is no such file" in reply["error"]


def test_a_chat_falls_back(server: Server, model: FakeService) -> None:
    other = server.create_session("talk", ego_model="far/m", ego_fallback_model="near/m")
    with Chat(other.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == model.DEFAULT_REPLY
    text = server.create_session("talk", ego_model="far/m", ego_fallback_text="Later.")
    with Chat(text.participant().start()) as chat:
        assert chat.ask("Hello?")["text"] == "Later."
    reply = rows(server, text.code)[-1]
    assert (reply["finish_reason"], reply["error_type"]) == ("fallback", "ConfigError")


def test_a_group_chat_falls_back(server: Server, model: FakeService) -> None:
    session = server.create_session("room", 1, ego_model="far/m", ego_fallback_model="near/m")
    with Chat(session.participant().start()) as chat:
        chat.say("Hello?")
        for _ in attempts(pause=0.05):
            *_, reply = rows(server, session.code, "room")
            if (reply["role"], reply["status"]) == ("assistant", "complete"):
                break
    assert reply["text"] == model.DEFAULT_REPLY
    assert "SSL_CERT_FILE" in reply["failed_requests"]


def test_a_waiting_page_falls_back_or_offers_to_try_again(server: Server, model: FakeService) -> None:
    session = server.create_session("spare", 1, ego_model="far/m")
    session.participant().start().submit().until("After")
    (row,) = decisions(server, "spare", session.code)
    assert (row["status"], row["error_type"]) == ("fallback", "ConfigError")
    model.reply = "42"
    session = server.create_session("alone", 1, ego_model="far/m", ego_fallback_model="near/m")
    session.participant().start().submit().until("After")
    (row,) = decisions(server, "alone", session.code)
    assert (row["status"], json.loads(row["answer"])) == ("stored", {"answer": 42})
