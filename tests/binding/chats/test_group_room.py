"""Group chats: several humans and AIs in one room, one order for all, and nobody who talks without end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from harness import PostgreSQL, Refused, Server
from harness.admin import Session
from harness.chat import CONFIG, requests_of_broken_replies
from harness.database import attempts
from harness.group_rooms import ROOM, ROOM_FILES, Seat, record, room_field, settled
from harness.participant import Participant

from otree_ego.testing import FakeService

HALL = (  # one room for a whole session, which begins with what the experimenter's code and a model have said
    ROOM.replace('"room"', '"hall"', 1)
    .replace("PLAYERS_PER_GROUP = None", "PLAYERS_PER_GROUP = 1")
    .replace("told = json.loads(", "told = TOLD or (")
    .replace("**more", "link=ai(player.session), **more")
    .replace("ai(player.group)", "ai(player.session)")
    .replace(
        "class Chat(Page)",
        """TOLD = dict(personas=[dict(name="Ada", speaks="every 2")], names=[], more={})


def creating_session(subsession):
    with ai(subsession.session) as llm:
        llm.assistant("Welcome, all.")
        llm.submit("Which day is it?")


class Chat(Page)""",
    )
)
ADA = {"name": "Ada", "instructions": "You are Ada, secretly a spy."}
BEN = {"name": "Ben", "instructions": "You are Ben."}


def room(
    server: Server,
    people: int,
    *personas: dict[str, Any],
    names: Any = (),
    more: Any = None,
    hidden_from: Any = (),
    **settings: Any,
) -> Session:
    told = room_field(*personas, names=names, more=more, hidden_from=hidden_from)
    return server.create_session("salon", people, room=told, **settings)


def seats(stack: ExitStack, session: Session) -> tuple[list[Participant], list[Seat]]:
    people = [person.start() for person in session.participants()]
    return people, [stack.enter_context(Seat(person)) for person in people]


def asked(model: FakeService, number: int = -1) -> list[tuple[str, str]]:
    return [(m["role"], m["content"]) for m in model.requests[number].body["messages"]]


def by_name(body: dict[str, Any]) -> str:
    """The fake's reply: who is asked, told from the instructions."""
    me = body["messages"][0]["content"].partition("You are ")[2][:3]
    heard = body["messages"][-1]["content"]
    return f"{me} heard {heard.rpartition(': ')[2]}"  # of turns in a row the last


@pytest.fixture(scope="module")
def rooms(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": "", "ego_system_prompt": ""}
    hall = ROOM_FILES | {"__init__.py": HALL}
    return chat_server({"room": ROOM_FILES, "hall": hall}, [config], database=database)


@pytest.fixture(autouse=True)
def _running(rooms: Server) -> Iterator[None]:
    yield
    if not rooms.running:
        rooms.start()


def test_all_see_the_same_in_the_same_order(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    session = room(rooms, 3, ADA, BEN, names=["Kim", "Lou", "Max"])
    with ExitStack() as stack:
        people, (kim, lou, max_) = seats(stack, session)
        kim.say("Hello all")
        told = kim.until(lambda told: told["t"] == "add")
        assert (told["message"]["mine"], told["typing"]) == (True, "Ada")
        texts = ("Hello all", "Ada heard Hello all", "Ben heard Ada heard Hello all")
        assert kim.said(*texts) == [("me", texts[0]), ("Ada", texts[1]), ("Ben", texts[2])]
        assert lou.said(*texts) == [("Kim", texts[0]), ("Ada", texts[1]), ("Ben", texts[2])]
        assert [m["seq"] for m in max_.open()["messages"]] == [m["seq"] for m in kim.open()["messages"]]
        colours = {m["author"]: m["colour"] for m in max_.shown}
        assert len(set(colours.values())) == 3
        assert [(one["name"], one["me"]) for one in max_.state["people"]] == [
            ("Kim", False), ("Lou", False), ("Max", True), ("Ada", False), ("Ben", False),
        ]  # fmt: skip
        assert "spy" not in "".join(seat.live.text for seat in (kim, lou, max_))
        assert not any(people[0].code in seat.live.text for seat in (lou, max_))
        assert kim.typing == ""
    found = record(rooms, session)
    assert [(row["role"], row["author"], row["model"]) for row in found] == [
        ("user", people[0].code, ""), ("assistant", "Ada", "gpt-6-luna"), ("assistant", "Ben", "gpt-6-luna"),
    ]  # fmt: skip
    assert len({row["thread"] for row in found}) == 1
    assert {row["attached_to"] for row in found} == {"group"}


def test_who_writes_at_once_is_seen_in_one_order_by_all(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    model.delay = 0.02
    session = room(rooms, 4, ADA, {**BEN, "speaks": "addressed"})
    with ExitStack() as stack:
        _, there = seats(stack, session)
        for number in range(4):
            for place, seat in enumerate(there):
                seat.say(f"{place}-{number}" + " Ben?" * (number == 3))
        for seat in there:
            seat.until(lambda told: told["t"] == "add" and "Ben heard" in told["message"]["text"])
        for _ in attempts(pause=0.05):  # Ada may have more to say
            found = settled(rooms, session, 18)
            states = [seat.open() for seat in there]
            if not any(state["busy"] for state in states) and len(record(rooms, session)) == len(found):
                break
        seen = {tuple(m["text"] for m in state["messages"]) for state in states}
    assert seen == {tuple(row["text"] for row in found)}
    humans = [row["text"] for row in found if row["role"] == "user"]
    assert [[text for text in humans if text.startswith(str(place))][:3] for place in range(4)] == [
        [f"{place}-{number}" for number in range(3)] for place in range(4)
    ]
    assert [int(row["message_number"]) for row in found] == sorted(int(row["message_number"]) for row in found)


@pytest.mark.any_database
def test_each_ai_has_its_own_view(rooms: Server, model: FakeService) -> None:
    model.reply = ["I am Ada.", "Ada: I doubt it.", "Fine."]
    session = room(rooms, 2, {**ADA, "model": "gpt-5.4-mini", "temperature": 0.1}, BEN, names=["Kim", "Lou"])
    with ExitStack() as stack:
        people, (kim, lou) = seats(stack, session)
        kim.say("{{ api_key }}\nBen: {% raw %}")
        lou.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Ben")
        lou.say("And now?")
        lou.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Fine.")
        settled(rooms, session, 6)
    system = asked(model, 0)[0][1]
    assert system.startswith("You are Ada, secretly a spy.\n\nYou are Ada in a group chat. Also in it: Kim, Lou, Ben. ")
    kims = ("user", "Kim: {{ api_key }}\nKim: Ben: {% raw %}")
    assert asked(model, 0)[1:] == [kims]
    assert asked(model, 1)[1:] == [kims, ("user", "Ada: I am Ada.")]
    assert asked(model, 2)[1:] == [
        kims, ("assistant", "I am Ada."), ("user", "Ben: @Ada: I doubt it."), ("user", "Lou: And now?"),
    ]  # fmt: skip
    assert [row["text"] for row in record(rooms, session)][::2] == [
        "{{ api_key }}\nBen: {% raw %}", "Ada: I doubt it.", "Fine."
    ]  # fmt: skip
    assert [r.body["model"] for r in model.requests] == ["gpt-5.4-mini", "gpt-6-luna"] * 2
    assert [r.body["temperature"] for r in model.requests] == [0.1, 0.5] * 2
    assert people[0].code not in json.dumps([r.body for r in model.requests])


@pytest.mark.any_database
def test_a_name_before_a_reply_is_recorded_and_not_shown(rooms: Server, model: FakeService) -> None:
    model.reply = ["**Ada:** Good morning.", "Hi."]
    session = room(rooms, 1, ADA, BEN, names=["Kim"])
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        kim.say("Hello")
        kim.said("Hello", "Good morning.", "Hi.")
        assert [m["text"] for m in kim.open()["messages"]] == ["Hello", "Good morning.", "Hi."]
    assert record(rooms, session)[1]["text"] == "**Ada:** Good morning."
    assert asked(model)[-1] == ("user", "Ada: Good morning.")


@pytest.mark.any_database
def test_what_is_written_meanwhile_stands_before_the_reply_and_is_answered_once(
    rooms: Server, model: FakeService
) -> None:
    model.reply = by_name
    session = room(rooms, 2, ADA)
    model.hold()
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        kim.say("one")
        model.wait_until(lambda fake: fake.standing == 1)
        for text in ("two", "three"):
            lou.say(text)
            lou.until(lambda told, text=text: told["t"] == "add" and told["message"]["text"] == text)
        assert lou.open()["typing"] == "Ada"
        assert [m["text"] for m in lou.shown] == ["one", "two", "three"]
        model.release()
        texts = ("one", "two", "three", "Ada heard one", "Ada heard three")
        kim.said(*texts)
        lou.said(*texts)
        found = settled(rooms, session, 5)
        assert [m["seq"] for m in lou.open()["messages"]] == [int(row["message_number"]) for row in found]
    assert [row["text"] for row in found] == list(texts)
    assert [json.loads(row["parameters"])["heard"] for row in found[3:]] == [1, int(found[3]["message_number"])]
    assert len(model.requests) == 2


@pytest.mark.any_database
def test_every_third_message(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    session = room(rooms, 2, {**ADA, "speaks": "every 3"})
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        for number in range(1, 8):
            writer = (kim, lou)[number % 2]
            writer.say(str(number))
            writer.until(lambda told, number=number: told["t"] == "add" and told["message"]["text"] == str(number))
            if number % 3 == 0:
                writer.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
        texts = [m["text"] for m in kim.open()["messages"]]
    assert texts == ["1", "2", "3", "Ada heard 3", "4", "5", "6", "Ada heard 6", "7"]


@pytest.mark.any_database
def test_who_is_addressed_answers_also_another_ai(rooms: Server, model: FakeService) -> None:
    model.reply = lambda body: {"Ada": "Ask BEN.", "Ben": "It is four."}[by_name(body)[:3]]
    session = room(rooms, 1, {**ADA, "speaks": "addressed"}, {**BEN, "speaks": "addressed"})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        kim.say("Adam, Benjamin: what is two and two?")
        kim.until(lambda told: told["t"] == "add")
        assert (kim.typing, kim.busy) == ("", False)
        kim.say("I mean you, @ada")
        kim.said("Adam, Benjamin: what is two and two?", "I mean you, @ada", "Ask BEN.", "It is four.")
    found = settled(rooms, session, 4)
    assert [json.loads(row["parameters"])["speaks"] for row in found[2:]] == ["addressed"] * 2
    assert len(model.requests) == 2


@pytest.mark.any_database
@pytest.mark.parametrize("most", [3, 5])
def test_ais_do_not_talk_without_end(rooms: Server, model: FakeService, most: int) -> None:
    model.reply = lambda body: {"Ada": "What do you say, Ben?", "Ben": "What do you say, Ada?"}[by_name(body)[:3]]
    both = [{**one, "speaks": "always, addressed"} for one in (ADA, BEN)]
    session = room(rooms, 1, *both, more={"most_in_a_row": most})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        for turn in (1, 2):
            kim.say(f"turn {turn}")
            while len(kim.shown) < turn * (most + 1):
                kim.next()
            assert not kim.open()["busy"]
            assert len(settled(rooms, session, 1)) == turn * (most + 1)
    assert len(model.requests) == 2 * most
    authors = [row["author"] for row in record(rooms, session) if row["role"] == "assistant"]
    assert all(first != second for first, second in pairwise(authors))


@pytest.mark.any_database
def test_more_ais_than_may_speak_in_a_row_take_turns(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    session = room(rooms, 1, ADA, BEN, {"name": "Cy", "instructions": "You are Cy."}, more={"most_in_a_row": 2})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        for turn in range(3):
            kim.say(f"turn {turn}")
            while len(kim.shown) < (turn + 1) * 3:
                kim.next()
        authors = [m["author"] for m in kim.shown if m["role"] == "assistant"]
    assert authors == ["Ada", "Ben", "Cy", "Ada", "Ben", "Cy"]


@pytest.mark.any_database
def test_at_most_so_often(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    session = room(rooms, 1, {**ADA, "at_most": 2}, {**BEN, "at_most": 0})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        for number in range(4):
            kim.say(str(number))
            kim.until(lambda told, number=number: told["t"] == "add" and told["message"]["text"] == str(number))
            while kim.busy:
                kim.next()
        assert [m["text"] for m in kim.shown] == ["0", "Ada heard 0", "1", "Ada heard 1", "2", "3"]


@pytest.mark.any_database
def test_a_moderator_passes_unseen_or_speaks(rooms: Server, model: FakeService) -> None:
    model.reply = ["PASS", "pass.", "Please stay polite.", "Mo: PASS"]
    session = room(rooms, 2, {"name": "Mo", "instructions": "You moderate.", "speaks": "moderator"})
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        for number, text in enumerate(("Hello", "Nice day", "You fool!", "Sorry."), 1):
            kim.say(text)
            kim.until(lambda told, text=text: told["t"] == "add" and told["message"]["text"] == text)
            assert not kim.busy
            settled(rooms, session, 2 * number)
        shown = ["Hello", "Nice day", "You fool!", "Please stay polite.", "Sorry."]
        assert [m["text"] for m in lou.open()["messages"]] == shown
        for seat in (kim, lou):
            assert "PASS" not in seat.live.text and "pass." not in seat.live.text
            assert not any('"typing": "Mo"' in frame.text for frame in seat.live.frames)
    found = record(rooms, session)
    passes = [(row["text"], row["hidden"]) for row in found if row["finish_reason"] == "pass"]
    assert [text for text, _ in passes] == ["PASS", "pass.", "Mo: PASS"]
    assert len({hidden for _, hidden in passes} - {found[0]["hidden"]}) == 1
    spoken = next(row for row in found if row["text"] == "Please stay polite.")
    assert (spoken["hidden"], spoken["author"]) == (found[0]["hidden"], "Mo")
    assert "answer with the one word PASS" in asked(model, 0)[0][1]
    assert asked(model)[1:][-2:] == [("assistant", "Please stay polite."), ("user", "Participant 1: Sorry.")]


@pytest.mark.any_database
def test_a_moderator_that_fails_is_not_seen(rooms: Server, model: FakeService) -> None:
    model.fail(400)
    session = room(rooms, 1, {"name": "Mo", "instructions": "You moderate.", "speaks": "moderator"})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        kim.say("Hello")
        assert [row["status"] for row in settled(rooms, session, 2)] == ["complete", "failed"]
        assert [m["text"] for m in kim.open()["messages"]] == ["Hello"]


@pytest.mark.any_database
def test_a_silence_is_broken_but_not_without_end(rooms: Server, model: FakeService) -> None:
    model.reply = ["one", "two", "three"]
    ais = [{**ADA, "speaks": "after 1 s"}, {**BEN, "speaks": "after 1 s"}]
    session = room(rooms, 1, *ais, more={"most_in_a_row": 2})
    with ExitStack() as stack:
        began = time.monotonic()  # the silence begins when the first one is there
        _, (kim,) = seats(stack, session)
        kim.said("one", "two")
        assert time.monotonic() - began >= 1.9
        kim.say("Still there?")
        kim.said("one", "two", "Still there?", "three")
    found = settled(rooms, session, 4)
    assert [json.loads(row["parameters"])["speaks"] for row in found if row["role"] == "assistant"] == ["after 1 s"] * 3
    assert asked(model, 0)[-1] == ("user", "(Nobody has written yet. Write the first message.)")
    assert asked(model, 1)[-1] == ("user", "Ada: one")
    assert asked(model, 2)[1:] == [  # what Ada was asked stands where she was asked it
        ("user", "(Nobody has written yet. Write the first message.)"), ("assistant", "one"),
        ("user", "Ben: two"), ("user", "Participant 1: Still there?"),
    ]  # fmt: skip


@pytest.mark.any_database
def test_an_ai_does_not_answer_its_own_silence(rooms: Server, model: FakeService) -> None:
    model.reply = ["one", "two", "three"]
    alone = room(rooms, 1, {**ADA, "speaks": "after 1 s"}, {**BEN, "speaks": "addressed"})
    other = room(rooms, 1, {**ADA, "speaks": "after 1 s"}, {**BEN, "speaks": "after 1 s"}, more={"most_in_a_row": 2})
    with ExitStack() as stack:
        _, (kim,) = seats(stack, alone)
        kim.said("one")
        _, (lou,) = seats(stack, other)
        lou.said("two", "three")  # a silence later, and one more
        assert [m["text"] for m in kim.open()["messages"]] == ["one"]
    assert len(record(rooms, alone)) == 1


@pytest.mark.any_database
def test_nobody_speaks_into_an_empty_room(rooms: Server, model: FakeService) -> None:
    left = room(rooms, 1, {**ADA, "speaks": "after 3 s"})
    ais = [{**ADA, "speaks": "after 1 s"}, {**BEN, "speaks": "after 1 s"}]
    held = room(rooms, 1, *ais, more={"most_in_a_row": 4})
    with ExitStack() as stack:
        _, (gone,) = seats(stack, left)
        gone.live.close()
        _, (kim,) = seats(stack, held)
        while len(kim.shown) < 4:  # more than 3 s later
            kim.next()
    assert record(rooms, left) == []
    with Seat(left.participant().start()) as back:
        back.said(FakeService.DEFAULT_REPLY)


@pytest.mark.any_database
def test_a_pace_is_waited_for_and_recorded(rooms: Server, model: FakeService) -> None:
    model.reply = "Good morning."
    session = room(rooms, 2, {**ADA, "pace": [1.7, 1.9]}, {**BEN, "speaks": "addressed", "pace": "0.01/character"})
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        began = time.monotonic()
        kim.say("Hello")
        lou.until(lambda told: told["t"] == "add")
        assert lou.typing == "Ada"
        lou.until(lambda told: told["t"] == "add")
        waited = time.monotonic() - began
        assert lou.typing == ""
        kim.say("Ben?")
        lou.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Ben")
    replies = [row for row in settled(rooms, session, 5) if row["role"] == "assistant"]
    paces = [json.loads(row["parameters"])["pace"] for row in replies if row["author"] == "Ada"]
    assert all(1.7 <= pace <= 1.9 for pace in paces)
    # the model's own time is without the pace
    assert waited >= paces[0] and float(replies[0]["latency_seconds"]) < waited
    assert [json.loads(row["parameters"])["pace"] for row in replies if row["author"] == "Ben"] == [0.13]


def test_rooms_do_not_wait_for_each_other(rooms: Server, model: FakeService) -> None:
    sessions = [room(rooms, 1, ADA, BEN) for _ in range(4)]
    model.hold()
    with ExitStack() as stack:
        for session in sessions:
            _, (one,) = seats(stack, session)
            one.say("Hello")
            one.until(lambda told: told["t"] == "add")
        model.wait_until(lambda fake: fake.standing == 4)
        model.release()
        for session in sessions:
            assert [row["author"] for row in settled(rooms, session, 3)][1:] == ["Ada", "Ben"]


@pytest.mark.any_database
def test_killed_while_one_writes_and_one_is_to_speak(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    session = room(rooms, 2, ADA, BEN, {"name": "Mo", "instructions": "You are Mo.", "speaks": "moderator"})
    people = [person.start() for person in session.participants()]
    model.hold()
    with Seat(people[0]) as kim:
        kim.say("Hello")
        model.wait_until(lambda fake: fake.standing == 1)
        assert rooms.kill() == -9
    assert {each.content for each in model.requests} <= {*requests_of_broken_replies(rooms)}
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)
    model.clear()
    rooms.start()
    assert [row["status"] for row in record(rooms, session)] == ["complete", "failed"]
    with Seat(people[0].reload()) as kim, Seat(people[1].reload()) as lou:
        while sum(m["status"] == "complete" for m in lou.shown) < 4:
            lou.next()
        kim.open()
        assert [m["text"] for m in lou.shown] == [m["text"] for m in kim.shown]
        assert {m["status"] for m in lou.shown} == {"complete"}
    found = settled(rooms, session, 5)
    assert [(row["author"], row["status"]) for row in found[1:]] == [
        ("Ada", "failed"), ("Ada", "complete"), ("Ben", "complete"), ("Mo", "complete"),
    ]  # fmt: skip
    assert (found[1]["error_type"], len(model.requests)) == ("Interrupted", 3)
    rooms.stop()
    rooms.start()
    with Seat(people[0].reload()) as kim:
        assert not kim.busy
    assert (len(record(rooms, session)), len(model.requests)) == (5, 3)


@pytest.mark.any_database
def test_a_failed_reply_can_be_asked_for_again_by_anyone(rooms: Server, model: FakeService) -> None:
    model.fail(500)
    session = room(rooms, 2, ADA)
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        kim.say("Hello")
        lou.until(lambda told: told["t"] == "add" and told["message"]["status"] == "failed")
        kim.until(lambda told: told["t"] == "add" and told["message"]["status"] == "failed")
        assert (kim.busy, kim.shown[-1]["author"], kim.shown[-1]["text"]) == (False, "Ada", "")
        model.heal()
        lou.do(do="retry")
        lou.do(do="retry")
        kim.until(lambda told: told["t"] == "add" and told["message"]["status"] == "complete")
        assert [m["status"] for m in kim.open()["messages"]] == ["complete", "failed", "complete"]
    assert len(model.requests) == 2
    assert [row["text"] for row in settled(rooms, session, 3) if row["role"] == "user"] == ["Hello"]


@pytest.mark.any_database
def test_only_who_is_alone_may_stop(rooms: Server, model: FakeService) -> None:
    model.reply = "one two three four five six"
    model.hold()
    with ExitStack() as stack:
        crowd = room(rooms, 2, ADA)
        _, (kim, lou) = seats(stack, crowd)
        assert kim.state["stop"] is False
        kim.say("Hello")
        model.wait_until(lambda fake: fake.standing == 1)
        lou.do(do="stop")
        assert lou.open()["busy"]
        alone = room(rooms, 1, ADA)
        _, (max_,) = seats(stack, alone)
        assert max_.state["stop"] is True
        max_.say("Hello")
        model.wait_until(lambda fake: fake.standing == 2)
        max_.do(do="stop")
        max_.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
        assert (max_.shown[-1]["why"], max_.busy) == ("stopped", False)
        model.release()
        kim.said("Hello", model.reply)


@pytest.mark.any_database
def test_ais_that_nobody_shall_know_look_like_humans(rooms: Server, model: FakeService) -> None:
    model.reply = by_name
    names = ["Member 10", "Member 3"]
    ais = [{**ADA, "name": "Member 2", "colour": "#123456"}, {**BEN, "name": "Member 4"}]
    session = room(rooms, 2, *ais, names=names, more={"reveal_ais": False})
    model.fail(400)
    model.hold()
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        listed = [one["name"] for one in kim.state["people"]]
        assert listed == ["Member 2", "Member 3", "Member 4", "Member 10"]
        colours = [one["colour"] for one in kim.state["people"]]
        assert len(set(colours)) == 4 and "#123456" not in colours
        kim.say("Hello")
        model.wait_until(lambda fake: fake.standing == 1)  # Member 2 has failed, Member 4 writes
        told = lou.open()
        assert (told["busy"], told["typing"], told["stop"]) == (False, "", False)
        kim.do(do="stop")
        model.release()
        assert lou.said("Hello", "Ben heard Hello") == [("Member 10", "Hello"), ("Member 4", "Ben heard Hello")]
        assert kim.said("Hello", "Ben heard Hello")
        lou.say("And you?")
        lou.said("Hello", "Ben heard Hello", "And you?", "Ada heard And you?", "Ben heard Ada heard And you?")
        seen = [[seat.messages[key] for key in seat.messages] for seat in (lou, kim)]
        seen += [seat.open()["messages"] for seat in (lou, kim)]
        alike = {(m["role"], m["status"], m["why"]) for messages in seen for m in messages}
        assert alike == {("user", "complete", "")}
        assert {m["author"]: m["colour"] for m in kim.shown}.items() <= dict(zip(listed, colours, strict=True)).items()
        assert not any('"typing": "M' in seat.live.text for seat in (kim, lou))
    found = settled(rooms, session, 6)
    assert [row["status"] for row in found if row["role"] == "assistant"] == ["failed", *["complete"] * 3]
    assert "Also in it: Member 2, Member 3, Member 10. " in asked(model)[0][1]


def classes(value: Any, where: str = "") -> dict[str, Any]:
    """What kind of value stands at each place of a frame, as somebody sees it who compares frames."""
    if isinstance(value, dict):
        found = {f"{where} keys": tuple(value)}
        for key, one in value.items():
            found |= classes(one, f"{where}.{key}")
        return found
    if isinstance(value, str) and where.endswith((".author", ".text", ".colour")):
        return {where: ("text", value == value.strip(), "\r" in value, bool(value))}
    if isinstance(value, str) and where.endswith(".id"):
        return {where: (len(value), set(value) <= set("0123456789abcdef"))}
    return {where: type(value).__name__ if where.endswith(".seq") else value}


@pytest.mark.any_database
def test_no_frame_tells_an_ai_from_a_human(rooms: Server, model: FakeService) -> None:
    rounds = 8
    answers = {"Ada": " I see.\r\nAda: Go on.\n", "Eva": "PASS", "Mia": "Eva: That is fine."}
    model.reply = lambda body: answers[by_name(body)[:3]]
    quick = [{"name": name, "instructions": f"You are {name}."} for name in ("Ada", "Mia")]
    passes = {"name": "Eva", "instructions": "You are Eva.", "speaks": "moderator"}
    names = ["Kim", "Lou", "Zoe"]
    session = room(rooms, 3, passes, *quick, names=names, more={"reveal_ais": False}, ego_max_messages=20)
    with ExitStack() as stack:
        _, (kim, lou, zoe) = seats(stack, session)
        for number in range(rounds):
            if number == 1:
                model.fail(400)  # whose turn it is fails, unseen
            (kim, lou)[number % 2].say(f" So it is.\n{number}, I see. \n", f"mine-{number}")
            settled(rooms, session, 4 * (number + 1))
        shown: list[Any] = []
        while len(shown) < 3 * rounds - 1:  # a state of earlier may be on its way
            shown = zoe.open()["messages"]
        while len(zoe.shown) < len(shown):
            zoe.next()
        carried = [json.loads(frame.text) for frame in zoe.live.frames if frame.way == "received"]
        frames = [each["live_method_payload"]["ego"] for each in carried]
    assert {frame["t"] for frame in frames} == {"state", "add"}
    added = [frame for frame in frames if frame["t"] == "add"]
    assert [frame["message"]["seq"] for frame in added] == list(range(1, len(added) + 1))
    assert [m["seq"] for m in shown] == list(range(1, len(shown) + 1))
    assert [frame["message"] for frame in added] == shown  # also after a reload
    by_kind = [[f for f in added if (f["message"]["author"] in names) is human] for human in (True, False)]
    people, ais = by_kind
    assert len(people) == rounds and len(ais) >= 2 * rounds - 1
    for kind in by_kind:
        assert len({json.dumps([*classes(frame)]) for frame in kind}) == 1
        for place in range(32):  # no digit of an id says anything: a version, say
            assert len({frame["message"]["id"][place] for frame in kind}) > 1
    seen = [{json.dumps(classes(frame), default=sorted) for frame in kind} for kind in by_kind]
    assert seen[0] == seen[1] and len(seen[0]) == 1
    assert {frame["client_id"] for frame in added} == {""}
    assert {f["message"]["text"] for f in ais} == {"I see.\nGo on.", "@Eva: That is fine."}
    found = record(rooms, session)
    assert {row["finish_reason"] for row in found if row["text"] == "PASS"} == {"pass"}
    assert [row["status"] for row in found].count("failed") == 1


@pytest.mark.any_database
def test_who_may_see_ais_is_a_matter_of_each_page(rooms: Server, model: FakeService) -> None:
    model.reply = "**Yes.**"
    session = room(rooms, 2, ADA, names=["Kim", "Lou"], hidden_from=[2])
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        kim.say("Hello")
        assert kim.said("Hello", "**Yes.**") and lou.said("Hello", "**Yes.**")
        kim.open()
        lou.open()
        assert [m["role"] for m in kim.shown] == ["user", "assistant"]
        assert [m["role"] for m in lou.shown] == ["user", "user"]
        assert [one["name"] for one in lou.state["people"]] == ["Ada", "Kim", "Lou"]
        assert [one["name"] for one in kim.state["people"]] == ["Kim", "Lou", "Ada"]
        model.fail(400)
        kim.say("Again")
        kim.until(lambda told: told["t"] == "add" and told["message"]["status"] == "failed")
        assert kim.status["again"] is True
        lou.open()
        assert [m["text"] for m in lou.shown] == ["Hello", "**Yes.**", "Again"]
        assert lou.status["again"] is False
        assert '"typing": "A' in kim.live.text and '"typing": "A' not in lou.live.text


@pytest.mark.any_database
def test_what_hidden_ais_cost_is_not_seen(rooms: Server, model: FakeService) -> None:
    session = room(rooms, 2, ADA, names=["Kim", "Lou"], more={"reveal_ais": False}, ego_max_cost=0.000001)
    with ExitStack() as stack:
        _, (kim, lou) = seats(stack, session)
        kim.say("Hello")
        told = lou.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Ada")
        assert (told["status"]["open"], told["status"]["why"]) == (True, "")
        refused = lou.refused("Well?")
        assert (refused["why"], refused["status"]["open"], refused["status"]["why"]) == ("closed", False, "closed")
        assert kim.open()["status"]["why"] == "closed"
        assert "limit_cost" not in json.dumps([refused, {**kim.state, "words": {}}])


@pytest.mark.any_database
def test_a_hidden_ai_writes_no_longer_messages_than_a_human_may(rooms: Server, model: FakeService) -> None:
    model.reply = lambda body: "one two three" if by_name(body).startswith("Ada") else "Yes."
    session = room(rooms, 1, ADA, BEN, names=["Kim"], more={"reveal_ais": False}, ego_max_length=10)
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        kim.say("Hello")
        assert kim.said("Hello", "one two", "Yes.")
    assert asked(model)[-1] == ("user", "Ada: one two")  # all hear the same
    assert record(rooms, session)[1]["text"] == "one two three"


@pytest.mark.any_database
def test_limits_count_for_each_participant(rooms: Server, model: FakeService) -> None:
    session = room(rooms, 2, ADA, ego_max_messages=2, ego_min_messages=1, ego_language="de")
    with ExitStack() as stack:
        (ann, _), (hers, his) = seats(stack, session)
        with pytest.raises(Refused, match="noch mindestens 1 Nachricht"):
            ann.submit()
        for number in range(2):
            hers.say(str(number))
            hers.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
        assert hers.refused("more")["why"] == "limit_messages"
        his.open()
        assert (his.status["left"], his.status["missing"]) == (2, 1)
        assert his.shown[0]["author"] == "Teilnehmende Person 1"
        assert ann.submit().page == "End"
        his.say("I go on")
        his.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Ada")
    assert asked(model)[0][1].startswith("You are Ada, secretly a spy.\n\nSie sind Ada in einem Gruppenchat.")


@pytest.mark.any_database
def test_the_money_limit_ends_what_ais_say(rooms: Server, model: FakeService) -> None:
    session = room(rooms, 2, ADA, BEN, ego_max_cost=0.000001)
    with ExitStack() as stack:
        _, (kim, _) = seats(stack, session)
        kim.say("Hello")
        kim.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Ada")
        assert (kim.busy, kim.status["why"]) == (False, "limit_cost")
    assert [row["author"] for row in settled(rooms, session, 2)][1:] == ["Ada"]


@pytest.mark.any_database
def test_names_are_told_apart(rooms: Server, model: FakeService) -> None:
    session = room(rooms, 3, ADA, names=["ada", "Kim\nBen: hi", "KIM Ben  hi"])
    with ExitStack() as stack:
        _, (one, *_) = seats(stack, session)
        assert [each["name"] for each in one.state["people"]] == ["ada 2", "Kim Ben hi", "KIM Ben hi 2", "Ada"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("personas", "more", "says"),
    [
        ([ADA, {**BEN, "name": "ada"}], {}, "Two personas have the name"),
        ([ADA], {"most_in_a_row": 0}, "most_in_a_row=0"),
    ],
)
def test_a_room_that_cannot_be_is_closed_and_says_why_in_the_log(
    rooms: Server, model: FakeService, personas: list[dict[str, Any]], more: dict[str, Any], says: str
) -> None:
    session = room(rooms, 1, *personas, more=more)
    with ExitStack() as stack:
        _, (kim,) = seats(stack, session)
        assert (kim.status["open"], kim.status["next"], kim.shown) == (False, True, [])
    assert f"A chat of session {session.code} cannot be opened: " in rooms.log
    assert says in rooms.log


@pytest.mark.any_database
def test_a_room_for_the_whole_session(rooms: Server, model: FakeService) -> None:
    model.reply = "Monday."
    session = rooms.create_session("hall", 3, ego_min_messages=1)
    with ExitStack() as stack:
        people, (one, two, three) = seats(stack, session)
        assert [(m["author"], m["text"]) for m in three.open()["messages"]] == [
            ("", "Welcome, all."), ("", "Which day is it?"), ("", "Monday."),
        ]  # fmt: skip
        assert "gpt-6-luna" not in three.live.text
        model.reply = "Tuesday."
        one.say("No.")
        two.until(lambda told: told["t"] == "add" and told["message"]["author"] == "Participant 1")
        two.say("No!")
        three.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Tuesday.")
        with pytest.raises(Refused):
            people[2].submit()
        assert people[0].submit().page == "End"
    assert asked(model)[-5:] == [
        ("assistant", "Welcome, all."), ("user", "Which day is it?"), ("assistant", "Monday."),
        ("user", "Participant 1: No."), ("user", "Participant 2: No!"),
    ]  # fmt: skip
