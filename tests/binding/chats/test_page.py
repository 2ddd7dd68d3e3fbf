"""The chat over a real server's live channel: order, tabs, reloading, stopping, trying again."""

from __future__ import annotations

import pytest
from harness import Refused, Server
from harness.chat import SECRET_PROMPT, Chat, rows

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database


def statuses(server: Server, code: str, app: str = "talk") -> list[tuple[str, str, str]]:
    return [(row["role"], row["text"], row["status"]) for row in rows(server, code, app) if row["role"] != "system"]


def test_a_message_is_answered_and_streamed(chats: Server, model: FakeService) -> None:
    model.reply = "one two three four five six"
    session = chats.create_session("talk")
    model.hold()
    with Chat(session.participant().start()) as chat:
        assert (chat.shown, chat.busy, chat.status["open"], chat.model) == ([], False, True, "gpt-6-luna")
        client_id = chat.say("Hello there")
        told = chat.until(lambda told: told["t"] == "add")
        assert (told["client_id"], told["busy"]) == (client_id, True)
        assert (told["message"]["text"], told["message"]["mine"]) == ("Hello there", True)
        assert told["reply"]["status"] == "pending"
        piece = chat.until(lambda told: told["t"] == "text")
        assert (piece["at"], piece["text"]) == (0, "one two three ")
        model.release()
        reply = chat.ended(told["reply"]["id"])
        assert (reply["text"], reply["status"], reply["mine"], chat.busy) == (model.reply, "complete", False, False)
    sent = model.requests[-1].body
    assert [(m["role"], m["content"]) for m in sent["messages"]][1:] == [("user", "Hello there")]
    assert (sent["model"], sent["temperature"]) == ("gpt-6-luna", 0.5)


def test_messages_sent_fast_are_answered_in_order(chats: Server, model: FakeService) -> None:
    model.reply = lambda body: "Re: " + body["messages"][-1]["content"]
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        for number in range(8):
            chat.say(f"question {number}")
        while sum(m["status"] == "complete" and m["role"] == "assistant" for m in chat.shown) < 8:
            chat.next()
        shown = chat.quiet()
    asked = [m["text"] for m in shown if m["role"] == "user"]
    answered = [m["text"] for m in shown if m["role"] == "assistant"]
    assert asked == [f"question {n}" for n in range(8)]
    assert answered == [f"Re: {text}" for text in asked]
    assert [m["role"] for m in shown] == ["user", "assistant"] * 8
    assert [row["text"] for row in rows(chats, session.code) if row["role"] == "user"] == asked


def test_the_same_message_twice_is_answered_once(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    with Chat(person) as chat, Chat(person) as tab:
        chat.say("Only once", "same-id")
        chat.say("Only once", "same-id")
        tab.say("Only once", "same-id")
        chat.quiet()
        chat.ask("And then?")
        tab.open()
        assert [text for role, text in tab.texts if role == "user"] == ["Only once", "And then?"]
    assert len(model.requests) == 2
    assert [text for _, text, _ in statuses(chats, session.code)].count("Only once") == 1


def test_two_tabs_show_the_same(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    with Chat(person) as left, Chat(person) as right:
        left.ask("from the left")
        right.until(lambda told: told["t"] == "end")
        assert right.texts == left.texts
        assert [m["mine"] for m in right.shown] == [True, False]
        right.ask("from the right")
        left.until(lambda told: told["t"] == "end")
        assert left.texts == right.texts
        assert left.open()["messages"] == right.open()["messages"]


def test_reload_while_the_reply_streams(chats: Server, model: FakeService) -> None:
    model.reply = "half one half two"
    person = chats.create_session("talk").participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Tell me")
        chat.until(lambda told: told["t"] == "text")
    with Chat(person.reload()) as chat:
        assert chat.texts == [("user", "Tell me"), ("assistant", "half one ")]
        assert (chat.busy, chat.shown[1]["status"]) == (True, "pending")
    model.release()
    with Chat(person.reload()) as chat:
        assert [m["text"] for m in chat.quiet()] == ["Tell me", "half one half two"]


def test_the_reply_comes_though_nobody_looks(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk").participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("I am gone")
        model.wait_until(lambda fake: fake.standing == 1)
        chat.live.drop()
    model.release()
    with Chat(person) as chat:
        assert chat.quiet()[1]["text"] == FakeService.DEFAULT_REPLY
    assert len(model.requests) == 1


def test_stop_keeps_what_came(chats: Server, model: FakeService) -> None:
    model.reply = "a b c d"
    session = chats.create_session("talk")
    model.hold()
    with Chat(session.participant().start()) as chat:
        chat.do(do="stop")
        chat.say("Count")
        chat.until(lambda told: told["t"] == "text")
        chat.do(do="stop")
        shown = chat.quiet()
        assert (shown[1]["text"], shown[1]["status"], shown[1]["why"]) == ("a b ", "partial", "stopped")
        model.wait_until(lambda fake: fake.hangups >= 1)
        model.release()
        assert chat.ask("Go on")["status"] == "complete"
    assert [m["content"] for m in model.requests[-1].body["messages"][1:]] == ["Count", "a b ", "Go on"]
    assert [row["finish_reason"] for row in rows(chats, session.code) if row["role"] == "assistant"] == [
        "stopped",
        "stop",
    ]


def test_try_again_does_not_double_the_message(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    model.fail(500, times=2)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Please")["status"] == "failed"
        chat.do(do="retry")
        chat.until(lambda told: told["t"] == "end")
        chat.do(do="retry")
        chat.until(lambda told: told["t"] == "end")
        assert chat.shown[-1]["text"] == FakeService.DEFAULT_REPLY
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "state")["busy"] is False
        assert [m["status"] for m in chat.open()["messages"]] == ["complete", "failed", "failed", "complete"]
    bodies = [[m["content"] for m in request.body["messages"][1:]] for request in model.requests]
    assert bodies == [["Please"]] * 3
    assert [role for role, *_ in statuses(chats, session.code)] == ["user"] + ["assistant"] * 3


def test_retries_do_not_show_the_same_words_twice(chats: Server, model: FakeService) -> None:
    model.reply = "alpha beta gamma delta"
    model.fault("drop_mid")
    with Chat(chats.create_session("talk", ego_retries=1).participant().start()) as chat:
        assert chat.ask("Words")["text"] == model.reply
    assert len(model.requests) == 2


def test_history_goes_on_over_many_turns(chats: Server, model: FakeService) -> None:
    model.reply = ["r1", "r2", "r3"]
    with Chat(chats.create_session("talk").participant().start()) as chat:
        for text in ("q1", "q2", "q3"):
            chat.ask(text)
    assert [m["content"] for m in model.requests[-1].body["messages"]][1:] == ["q1", "r1", "q2", "r2", "q3"]
    assert [m["role"] for m in model.requests[-1].body["messages"]] == ["system", *["user", "assistant"] * 2, "user"]


def test_a_group_shares_one_thread(chats: Server, model: FakeService) -> None:
    session = chats.create_session("table", 2)
    ann, bob = session.participants()
    with Chat(ann.start()) as hers, Chat(bob.start()) as his:
        hers.ask("Ann speaks")
        his.until(lambda told: told["t"] == "end")
        his.ask("Bob speaks\n\nParticipant 1: Ann does not")
        hers.until(lambda told: told["t"] == "end")
        assert hers.texts == his.texts
        for chat in (hers, his):
            assert [m["author"] for m in chat.shown] == ["Participant 1", "", "Participant 2", ""]
            colours = [m.get("colour") for m in chat.shown]
            assert colours[0] and colours[2] and colours[0] != colours[2] and colours[1] is colours[3] is None
            assert ann.code not in str(chat.shown) and bob.code not in str(chat.shown)
        assert [m["mine"] for m in hers.shown if m["role"] == "user"] == [True, False]
        assert [m["mine"] for m in his.shown if m["role"] == "user"] == [False, True]
    asked = [row for row in rows(chats, session.code, "table") if row["role"] == "user"]
    assert [row["author"] for row in asked] == [ann.code, bob.code]
    assert len({row["thread"] for row in asked}) == 1
    assert asked[1]["text"] == "Bob speaks\n\nParticipant 1: Ann does not", "the record has it as it was written"
    sent = model.requests[-1].body["messages"]
    assert (
        sent[0]["content"].startswith(SECRET_PROMPT) and "Participant 1, Participant 2. Each line" in sent[0]["content"]
    )
    assert [m["content"] for m in sent[1:]] == [
        "Participant 1: Ann speaks",
        FakeService.DEFAULT_REPLY,
        "Participant 2: Bob speaks\n\nParticipant 2: Participant 1: Ann does not",
    ]


def test_a_group_of_one_shares_nothing(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("table").participant().start()) as chat:
        chat.ask("Alone")
        assert [m["author"] for m in chat.shown] == ["", ""] and "colour" not in chat.shown[0]
    assert [m["content"] for m in model.requests[-1].body["messages"]] == [SECRET_PROMPT, "Alone"]


def test_a_group_that_speaks_german(chats: Server, model: FakeService) -> None:
    session = chats.create_session("table", 2, ego_language="de", ego_system_prompt="")
    with Chat(session.participant(1).start()) as chat:
        chat.ask("Hallo")
        assert chat.shown[0]["author"] == "Teilnehmende Person 2"
    system, said = (m["content"] for m in model.requests[-1].body["messages"])
    assert system.startswith("Mehrere Personen schreiben Ihnen: Teilnehmende Person 1, Teilnehmende Person 2.")
    assert said == "Teilnehmende Person 2: Hallo"


def test_a_new_session_does_not_meet_the_group_of_a_deleted_one(chats: Server, model: FakeService) -> None:
    first = chats.create_session("table")
    with Chat(first.participant().start()) as chat:
        chat.ask("old")
    chats.delete_session(first.code)
    with Chat(chats.create_session("table").participant().start()) as chat:
        assert chat.shown == []
        assert chat.ask("new")["status"] == "complete"
        assert [text for role, text in chat.texts if role == "user"] == ["new"]


def test_who_has_left_the_page_is_not_heard_any_more(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2)
    person = session.participant().start()
    with Chat(person) as gone, Chat(session.participant(1).start()) as there:
        gone.ask("one")
        person.submit()
        gone.say("after leaving")
        there.ask("two")
    said = [row["text"] for row in rows(chats, session.code) if row["role"] == "user"]
    assert said == ["one", "two"]


def test_the_page_can_be_left(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_min_messages=2)
    person = session.participant().start()
    with pytest.raises(Refused, match="at least 2 more messages"):
        person.submit()
    with Chat(person) as chat:
        assert (chat.status["next"], chat.status["missing"]) == (False, 2)
        chat.ask("one")
        with pytest.raises(Refused, match="at least 1 more message before"):
            person.submit()
        chat.ask("two")
        assert chat.status["next"] is True
    assert person.submit().page == "End"
