"""oTree databases that an earlier version filled: sessions go on where they were when their server was killed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Participant, PostgreSQL, Project, Server, Session
from harness.chat import Chat
from harness.database import attempts
from harness.old_files import DATA, Row, restore
from harness.waiting import Tab

from otree_ego.testing import FakeService

KEY = "sk-fake-0123456789abcdefghij"
APPS = ["ego_chat", "group_chat", "ultimatum", "decide", "study"]
RECORD = (
    "SELECT t.owner, m.* FROM otree_ego_message m JOIN otree_ego_thread t ON t.uid = m.thread ORDER BY t.owner, m.seq"
)
PENDING = "SELECT uid FROM otree_ego_message WHERE status = 'pending'"
Said = list[tuple[str, str]]


def answer(body: dict[str, Any]) -> str:
    """What the service answers now."""
    first = body["messages"][0]["content"]
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if schema is not None:
        wanted = schema["properties"]["answer"]
        return json.dumps({"answer": wanted["enum"][0] if "enum" in wanted else 30})
    if "Which number" in body["messages"][-1]["content"]:
        return "24"
    if "You keep order." in first:
        return "PASS"
    who = re.search(r"You are (\w+) in a group chat", first)
    return f"{who[1]} is here." if who else f"Now, after {len(body['messages'])} messages."


class Old:
    """A server on a restored database, and what stood in it before the server was started."""

    def __init__(self, server: Server, model: FakeService) -> None:
        self.server, self.model = server, model
        query = server.database.query
        self.before: list[Row] = query(RECORD)
        self.decisions: list[Row] = query("SELECT * FROM otree_ego_decision ORDER BY id")
        self.assignments: list[Row] = query("SELECT * FROM otree_ego_assignment ORDER BY id")
        self.codes = {app: self._code(app) for app in APPS}
        people = "SELECT code, id_in_session, _session_code FROM otree_participant"
        self.people = {(row["_session_code"], row["id_in_session"]): row["code"] for row in query(people)}

    def _code(self, app: str) -> str:
        sql = f"SELECT DISTINCT s.code FROM otree_session s JOIN {app}_player p ON p.session_id = s.id"
        (row,) = self.server.database.query(sql)
        return str(row["code"])

    def session(self, app: str) -> Session:
        return self.server.session(self.codes[app])

    def person(self, app: str, number: int) -> Participant:
        """A participant by their number, where they are."""
        return self.server.participant(self.people[self.codes[app], number]).start()

    def record(self, owner: str) -> list[Row]:
        """What was recorded of a Thread before the server was started."""
        found = [row for row in self.before if row["owner"] == owner]
        assert found, f"{owner} has said nothing."
        return found

    def sent(self, owner: str) -> Said:
        """What a model is sent of it: what is whole or cut."""
        return [(row["role"], row["text"]) for row in self.record(owner) if row["status"] in ("complete", "partial")]

    def request(self) -> Any:
        """The body of the last request."""
        return self.model.requests[-1].body

    def asked(self) -> Said:
        """The messages of the last request."""
        return said(self.request())

    def run(self, person: Participant, code: str) -> Any:
        """What code, run in a page's live method, puts into `result` (Lab) or returns (Flow)."""
        with person.live() as live:
            live.send({"code": code})
            told = live.until(lambda told: "ego" not in told)
        assert "error" not in told, told
        return told["result"]


def as_sent(messages: Said) -> Said:
    """Messages of a record as they go out: neighbours of one role as one."""
    found: Said = []
    for role, text in messages:
        if found and found[-1][0] == role:
            found[-1] = (role, f"{found[-1][1]}\n\n{text}")
        else:
            found.append((role, text))
    return found


def said(body: Any) -> Said:
    return [(m["role"], m["content"]) for m in body["messages"]]


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        fake.reply = answer
        yield fake


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, database: PostgreSQL | None, model: FakeService) -> Iterator[Old]:
    """The old sessions on a server of today, with the apps as they were copied into their project then."""
    configs = json.loads((DATA / "project/session_configs.json").read_text("utf-8"))
    apps = {name: DATA / "project" / name for name in APPS}
    project = Project(tmp_path_factory.mktemp("otree") / "project", apps=apps, session_configs=configs)
    server = Server(project, database, {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}, page_timeouts=False)
    restore(server.database, "otree")
    found = Old(server, model)
    model.clear()
    try:
        server.start()
        yield found
    finally:
        server.stop()
        print(server.log[-6000:])
    assert not server.complaints(), server.complaints()


def quiet(old: Old) -> None:
    """Wait until nothing is under way."""
    for _ in attempts(60):
        open_now = old.server.database.query("SELECT 1 FROM otree_ego_decision WHERE status IN ('pending', 'answered')")
        if not open_now and not old.server.database.query(PENDING):
            return
    raise TimeoutError(f"This is still under way: {open_now}")


# --- the beginning: before anybody has come ---------------------------------------------------------------------------


def test_what_was_under_way_is_taken_up_or_marked_and_all_else_is_as_it_was(old: Old) -> None:
    waiting = {row["owner"] for row in old.decisions if row["status"] in ("pending", "answered")}
    assert len(waiting) == 3
    quiet(old)
    now = old.server.database.query("SELECT owner, status FROM otree_ego_decision")
    assert {row["status"] for row in now if row["owner"] in waiting} == {"stored"}
    again = [said(one.body)[-1][1] for one in old.model.requests]
    assert len(again) == 2, "the decisions that were pending, and nothing else, are asked for again"
    found = {row["uid"]: row for row in old.server.database.query(RECORD)}
    for row in old.before:
        if row["status"] == "pending":
            assert (found[row["uid"]]["status"], found[row["uid"]]["error"]) == ("failed", "Interrupted")
        else:
            assert row.items() <= found[row["uid"]].items()
    assert old.server.database.query("SELECT * FROM otree_ego_assignment ORDER BY id") == old.assignments


@pytest.mark.any_database
@pytest.mark.parametrize("app", APPS)
def test_the_operators_pages_load(old: Old, app: str) -> None:
    code = old.codes[app]
    people = [one for (session, _), one in old.people.items() if session == code]
    assert {row["code"] for row in old.server.get_session(code)["participants"]} == set(people)
    assert {row["participant.code"] for row in old.server.wide_export(code)} == set(people)
    assert {row["participant.code"] for row in old.server.app_export(app, code)} == set(people)
    assert old.server.data(code) and old.server.monitor(code) and old.server.payments(code)


@pytest.mark.parametrize("app", APPS)
def test_all_messages_are_exported_word_for_word(old: Old, app: str) -> None:
    """Those of the other apps' Threads are not; participants' and sessions' Threads belong to no app."""
    rows = {row["message_id"]: row for row in old.server.custom_export(app, session=old.codes[app])}
    mine = [row for row in old.before if old.codes[app] in row["owner"] or row["owner"].split(":")[1] == app]
    mine += [row for row in old.before if app == "ultimatum" and row["owner"].endswith("#ultimatum")]
    assert mine
    for row in mine:
        if row["status"] != "pending":
            told = rows[row["uid"]]
            assert (told["text"], told["role"], told["author"]) == (row["text"], row["role"], row["author"])
            assert (told["status"], told["error_type"], told["message_number"]) == (
                row["status"],
                row["error"],
                str(row["seq"]),
            )
            assert (told["model_answered"], told["finish_reason"]) == (row["model_answered"], row["finish_reason"])
            told_cost = told["cost_usd"]
            assert told_cost == "" if row["cost"] is None else float(told_cost) == pytest.approx(row["cost"])


# --- chats ------------------------------------------------------------------------------------------------------------


def owner_of(person: Participant) -> str:
    return f"player:ego_chat:1:{person.code}"


def seen(old: Old, owner: str) -> list[tuple[str, str, str]]:
    """What a participant was shown of a chat when the server was killed."""
    rows = [row for row in old.record(owner) if row["role"] != "system" and not row["hidden"]]
    return [(row["role"], row["text"], row["status"]) for row in rows]


def shown(chat: Chat) -> list[tuple[str, str, str]]:
    return [(m["role"], m["text"], m["status"]) for m in chat.shown]


@pytest.mark.parametrize(("number", "statuses"), [(1, ["complete"] * 6), (2, ["complete", "partial"] * 2)])
def test_a_chat_goes_on_with_its_whole_history(old: Old, number: int, statuses: list[str]) -> None:
    person = old.person("ego_chat", number)
    assert person.page == "Chat"
    owner = owner_of(person)
    with Chat(person) as chat:
        assert shown(chat) == seen(old, owner)
        assert [status for _, _, status in shown(chat)] == statuses
        assert not chat.busy and chat.status["left"] == 20 - len(statuses) // 2
        if number == 2:
            assert [m["why"] for m in chat.shown] == ["", "", "", "stopped"]
        assert (
            chat.ask("And now?")["text"]
            == f"Now, after {len(as_sent([*old.sent(owner), ('user', 'And now?')]))} messages."
        )
    assert old.asked() == as_sent([*old.sent(owner), ("user", "And now?")])
    assert old.asked()[0] == ("system", "You are Marvin, and the secret word is quokka-7351.")
    assert old.asked()[1][1].startswith(f"My name is {['Ann', 'Bob'][number - 1]}.")
    assert (old.request()["model"], old.request()["temperature"]) == ("gpt-4o", 0.5)


@pytest.mark.any_database
def test_a_failed_reply_is_still_there_and_can_be_tried_again(old: Old) -> None:
    person = old.person("ego_chat", 3)
    with Chat(person) as chat:
        assert shown(chat) == seen(old, owner_of(person))
        assert (chat.shown[-1]["status"], chat.busy) == ("failed", False), "nobody has asked for another try"
        chat.do(do="retry")
        told = chat.until(lambda told: told["t"] == "end")["message"]
        assert told["status"] == "complete"
    assert old.asked() == as_sent(old.sent(owner_of(person))), "the question is there once"


def test_a_reply_that_was_under_way_is_taken_up_when_the_page_is_opened(old: Old) -> None:
    person = old.person("ego_chat", 4)
    owner = owner_of(person)
    assert old.record(owner)[-1]["status"] == "pending"
    with Chat(person) as chat:
        chat.quiet()
        assert [m["status"] for m in chat.shown] == ["complete", "complete", "complete", "failed", "complete"]
        assert chat.shown[3]["why"] == "interrupted"
        assert old.asked() == as_sent(old.sent(owner))
        # a browser that did not hear of its message sends it again when it is back
        chat.say("Is this lost?", "sent again")
        chat.until(lambda told: told["t"] == "add" and told["client_id"] == "sent again")
        assert len(chat.open()["messages"]) == 5
        chat.ask("Good.")
    assert old.asked()[-3:] == [("user", "Is this lost?"), ("assistant", chat.shown[4]["text"]), ("user", "Good.")]


@pytest.mark.any_database
def test_a_chat_that_had_not_begun_begins(old: Old) -> None:
    person = old.person("ego_chat", 5)
    assert person.page == "Chat"
    with Chat(person) as chat:
        assert chat.texts == []
        chat.ask("First!")
    assert old.asked() == as_sent([*old.sent(owner_of(person)), ("user", "First!")])
    late = old.person("ego_chat", 6)
    assert late.page == "Name"
    late.submit(nickname="Fay")
    with Chat(late) as chat:
        chat.ask("Am I late?")
    assert [text for _, text in old.asked()] == [
        "You are Marvin, and the secret word is quokka-7351.", "My name is Fay.\n\nAm I late?",
    ]  # fmt: skip
    late.submit()
    assert late.page == "End" and "1" in late.html


@pytest.mark.any_database
def test_who_has_left_the_chat_is_told_how_many_replies_there_were(old: Old) -> None:
    person = old.person("ego_chat", 7)
    assert person.page == "End"
    replies = sum(row["role"] == "assistant" for row in old.record(owner_of(person)))
    assert re.search(rf"Replies of the model:\D*{replies}\b", person.html)


# --- a group chat -----------------------------------------------------------------------------------------------------


class Room:
    """A tab in a group's room: `said` has the names and texts that it shows."""

    def __init__(self, person: Participant) -> None:
        self.live = person.live()
        self.live.send({"ego": {"do": "open"}})
        told = self.live.until(lambda told: told["ego"]["t"] == "state")["ego"]
        self.messages = {m["id"]: m for m in told["messages"]}
        self.people = [one["name"] for one in told["people"]]

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: Any) -> None:
        self.live.close()

    def say(self, text: str) -> None:
        self.live.send({"ego": {"do": "say", "text": text, "id": text}})

    def until(self, *texts: str) -> None:
        """Waits until the last messages are these."""
        while [text for _, text in self.said[-len(texts) :]] != list(texts):
            told = self.live.receive()["ego"]
            if told["t"] == "add":
                self.messages[told["message"]["id"]] = told["message"]

    @property
    def said(self) -> list[tuple[str, str]]:
        found = sorted(self.messages.values(), key=lambda m: int(m["seq"]))
        return [(m["author"], m["text"]) for m in found]


BEFORE = [
    ("Kim", "Hello all"), ("Ada", "I have read 2 messages."), ("Lou", "Ben, is it?"),
    ("Ben", "I have read 4 messages."), ("Ada", "I have read 5 messages."), ("Kim", "Is anybody there?"),
]  # fmt: skip


@pytest.mark.any_database
def test_a_group_chat_goes_on_and_who_was_about_to_speak_speaks(old: Old) -> None:
    kim, lou = (old.person("group_chat", number) for number in (1, 2))
    with Room(kim) as one:
        assert (sorted(one.people[:2]), one.people[2:]) == (["Kim", "Lou"], ["Ada", "Ben", "Mo"])
        one.until("Is anybody there?", "Ada is here.")
        assert one.said == [*BEFORE, ("Ada", "Ada is here.")]
        ada = next(said(r.body) for r in old.model.requests if "You are curious." in r.body["messages"][0]["content"])
        assert "Is a hot dog a sandwich?" in ada[0][1]
        mine = [text if name == "Ada" else f"{name}: {text}" for name, text in BEFORE]
        assert [text for _, text in ada[1:]] == mine
        assert [role for role, _ in ada[1:]] == ["user", "assistant", "user", "user", "assistant", "user"]
        with Room(lou) as two:
            assert two.said == one.said
            two.say("Ben, your turn?")
            one.until("Ben, your turn?", "Ben is here.", "Ada is here.")
            assert two.live.until(lambda told: told["ego"].get("message", {}).get("text") == "Ada is here.")
            # Ben has spoken once before the kill and once after it: that is all that he may
            two.say("Ben! Ben!")
            one.until("Ben! Ben!", "Ada is here.")
    rows = [row for row in old.server.custom_export("group_chat", session=old.codes["group_chat"]) if row["group"]]
    spoken = Counter(row["author"] for row in rows if row["role"] == "assistant" and row["status"] == "complete")
    assert (spoken["Ben"], spoken["Ada"]) == (2, 5)


@pytest.mark.any_database
def test_two_who_had_not_come_make_a_room_of_their_own(old: Old) -> None:
    people = [old.person("group_chat", number) for number in (3, 4)]
    for person, name in zip(people, ["Max", "Nia"], strict=True):
        person.until("Introduction").submit(nickname=name)
    with Room(people[1]) as room:
        assert (sorted(room.people[:2]), room.people[2:]) == (["Max", "Nia"], ["Ada", "Ben", "Mo"])
        room.say("New here")
        room.until("New here", "Ada is here.")
    rows = old.server.custom_export("group_chat", "custom_export_assignments", session=old.codes["group_chat"])
    assert [(row["assignment_place"], row["speaks"]) for row in rows] == [("1", "always"), ("2", "always")]


# --- games ------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_game_goes_on_with_what_the_model_remembers(old: Old) -> None:
    person = old.person("ultimatum", 2)
    assert person.page == "Respond" and "40" in person.html
    owner = f"participant:{person.code}#ultimatum"
    person.submit(accepted="True")
    assert person.page == "Results"
    person.submit().until("Respond")
    assert "30" in person.html, "what the model proposes now"
    asked = next(said(r.body) for r in reversed(old.model.requests) if said(r.body)[:1] == old.sent(owner)[:1])
    assert asked[: len(old.sent(owner))] == old.sent(owner)
    assert any("Result of round 1" in text and "60" in text for _, text in asked)
    person.submit(accepted="False").submit()
    assert person.page == "End" and "40" in person.html


@pytest.mark.any_database
def test_a_proposal_that_was_under_way_comes(old: Old) -> None:
    person = old.person("ultimatum", 3)
    assert person.page == "Check"
    person.submit(check1="some", check2="nobody", check3="seen").until("Respond")
    assert "30" in person.html
    rows = old.server.custom_export("ultimatum", "custom_export_decisions", session=old.codes["ultimatum"])
    told = {row["group"]: row for row in rows if row["round"] == "1"}
    assert {row["status"] for row in told.values()} == {"stored"}
    assert sorted(row["times_started"] for row in told.values()) == ["1", "1", "2"]


@pytest.mark.any_database
def test_a_game_that_had_not_begun_begins(old: Old) -> None:
    person = old.person("ultimatum", 4)
    person.submit().submit(check1="some", check2="nobody", check3="seen").until("Respond").submit(accepted="True")
    assert person.page == "Results"


@pytest.mark.any_database
def test_treatments_of_games_are_exported(old: Old) -> None:
    rows = old.server.custom_export("ultimatum", "custom_export_assignments", session=old.codes["ultimatum"])
    was = [json.loads(row["levels"]) for row in old.assignments if row["line"].startswith("participant:ultimatum")]
    assert [{name: row[name] for name in levels} for row, levels in zip(rows, was, strict=True)] == was


# --- decisions --------------------------------------------------------------------------------------------------------


def decisions(old: Old) -> dict[int, dict[str, str]]:
    rows = old.server.custom_export("decide", "custom_export_decisions", session=old.codes["decide"])
    return {int(row["id_in_session"]): row for row in rows}


def test_decisions_are_exported_as_they_were_made(old: Old) -> None:
    rows = decisions(old)
    found = {number: (row["status"], row["times_started"], row["answer"]) for number, row in rows.items() if number < 3}
    assert found == {
        1: ("stored", "1", '{"answer": 42, "note": "said 42"}'),
        2: ("fallback", "1", '{"answer": 7, "note": "instead of Overloaded"}'),
    }
    assert [rows[2]["error_type"], rows[3]["error_type"], rows[3]["status"]] == ["Overloaded", "Overloaded", "failed"]
    by_owner = {row["owner"]: row for row in old.decisions}
    for number in (1, 2, 5):
        was = by_owner[f"player:decide:1:{rows[number]['participant']}/Partner"]
        assert float(rows[number]["model_seconds"]) == pytest.approx(was["answered"] - was["started"], abs=0.001)
        assert (rows[number]["pace"], rows[number]["page"]) == (was["pace"], "Partner")
    assert rows[5]["pace"] == "600-601" and 600 <= float(rows[5]["delay_seconds"]) <= 601


@pytest.mark.parametrize(("number", "number_shown", "attempts"), [(1, 42, 1), (2, 7, 1), (4, 24, 2), (5, 42, 1)])
def test_who_waited_for_a_decision_has_it(old: Old, number: int, number_shown: int, attempts: int) -> None:
    """4 was being asked when the server was killed, 5 had its answer and was to seem to think."""
    person = old.person("decide", number)
    person.until("After")
    assert f"Answer: {number_shown}." in person.html
    row = decisions(old)[number]
    assert (int(row["times_started"]), json.loads(row["answer"])["answer"]) == (attempts, number_shown)
    table = {row["participant.code"]: row for row in old.server.app_export("decide", old.codes["decide"])}
    assert float(table[person.code]["player.payoff"]) == 2 * number_shown
    assert table[person.code]["player.answer"] == str(number_shown)


@pytest.mark.any_database
def test_a_decision_that_was_asked_for_again_has_both_questions_in_the_record(old: Old) -> None:
    code = old.people[old.codes["decide"], 4]
    rows = old.server.custom_export("decide", session=old.codes["decide"])
    assert [(row["role"], row["status"], row["error_type"]) for row in rows if row["participant"] == code] == [
        ("user", "complete", ""), ("assistant", "failed", "Interrupted"), ("user", "complete", ""),
        ("assistant", "complete", ""),
    ]  # fmt: skip


@pytest.mark.any_database
def test_a_decision_that_failed_is_asked_for_again_when_the_participant_wants_it(old: Old) -> None:
    person = old.person("decide", 3)
    assert person.page == "Partner" and "No decision came" in person.html and "Try again" in person.html
    person.http.get(person.url, params={"again": "1"}, timeout=60)
    person.reload()
    person.until("After")
    assert "Answer: 24." in person.html
    row = decisions(old)[3]
    assert (row["status"], row["times_started"], row["error_type"]) == ("stored", "2", "")


@pytest.mark.any_database
def test_decisions_are_made_for_those_who_come_now(old: Old) -> None:
    first = old.person("decide", 6)
    assert first.page == "Before"
    old.model.hold()
    try:
        first.submit()
        assert first.waiting
        with Tab(first) as tab:
            old.model.release()
            tab.told()
    finally:
        old.model.release()
    assert first.page == "After" and "Answer: 24." in first.html
    old.person("decide", 7).submit().until("After")


# --- what experimenters have kept -------------------------------------------------------------------------------------

OURS = [
    "persona", "plain_persona", "pace", "treatment", "prompt", "failure_policy", "usage", "message", "request", "reply",
]  # fmt: skip
OWN = ["number", "huge", "half", "text", "nothing", "yes", "pair", "plan", "seen", "frozen", "raw"]
STANDARD = [
    "money", "exact", "day", "moment", "wait", "third", "name", "counts", "ordered", "queue", "span",
]  # fmt: skip
SAME = "result = [value == wanted, type(value) is type(wanted), repr(value) == repr(wanted)]"


@pytest.mark.parametrize(("suffix", "of", "name"), [
    *(("ours", "ours", name) for name in OURS),
    *((None, "own", name) for name in OWN),
    *(("standard", "standard", name) for name in STANDARD),
])  # fmt: skip
def test_an_attribute_is_what_it_was(old: Old, suffix: str | None, of: str, name: str) -> None:
    code = f"with ai(player, {suffix!r}) as llm: value = llm.{name}\nwanted = {of}()[{name!r}]\n{SAME}"
    assert old.run(old.person("study", 1), code) == [True, True, True]


@pytest.mark.any_database
@pytest.mark.parametrize(("key", "of", "name"), [
    *(("values", "ours", name) for name in OURS),
    *(("plain", "own", name) for name in [*OWN, "offers"]),
    *(("usual", "standard", name) for name in STANDARD),
])  # fmt: skip
def test_a_participants_vars_are_what_they_were(old: Old, key: str, of: str, name: str) -> None:
    code = f"value = player.participant.vars[{key!r}][{name!r}]\nwanted = {of}()[{name!r}]\n{SAME}"
    assert old.run(old.person("study", 1), code) == [True, True, True]


@pytest.mark.any_database
def test_a_sessions_vars_are_what_they_were(old: Old) -> None:
    code = "result = session.vars['values'] == ours() and list(session.vars['values']) == list(ours())"
    assert old.run(old.person("study", 1), code) is True


@pytest.mark.any_database
def test_values_of_ours_do_what_they_do(old: Old) -> None:
    code = """
import random
with ai(player, "ours") as llm:
    result = [
        [str(rule) for rule in llm.persona.rules], llm.persona.pace.text, llm.pace.text,
        llm.pace.seconds("", random.Random(1)) >= 2, llm.treatment.reward, llm.treatment.as_dict()["words"],
        llm.prompt.render(amount=3, name="Ada"), sorted(llm.prompt.names), llm.message.sendable,
        llm.reply.usage.output, hash(llm.treatment) == hash(ours()["treatment"]),
    ]
"""
    assert old.run(old.person("study", 1), code) == [
        ["every 2", "addressed", "after 20 s"], "1-3 + 0.04/character", "2-6", True, 100, ["give", "take"],
        "You own 3 points, Ada.", ["amount", "name"], True, 3, True,
    ]  # fmt: skip


@pytest.mark.any_database
def test_prompts_can_use_them(old: Old) -> None:
    code = "with ai(player, 'ours') as llm: result = llm.user(Prompt('{{ persona.name }} {{ treatment.reward }}'))"
    assert old.run(old.person("study", 1), code) == "Ada 100"


RARE = {
    "form": "value.name == 'answer' and value.grammar.startswith('root')",
    "rule": "str(value) == 'every 2'",
    "experiment": "[each.name for each in value.treatments] == ['low', 'high'] and value.find('low').name == 'low'",
    "design": "len(value) == 2 and value.cells == [{'a': 1}, {'a': 2}]",
    "asked": "(value.value, value.text, value.attempts) == ('ACCEPT', 'I accept.', 2)",
    "filter": "value('I accept.') == 'ACCEPT'",
    "replication": "(value.place, value.result) == (3, {'a': 1})",
    "parse_error": "isinstance(value, otree_ego.ParseError) and (value.text, value.expected) == ('None.', 'a number')",
    "invalid": "isinstance(value, otree_ego.InvalidAnswer) and str(value) == 'Not a number.'",
    "limited": "isinstance(value, otree_ego.ProviderError) and (value.status, value.retry_after) == (429, 1.5)",
}


@pytest.mark.any_database
@pytest.mark.parametrize("name", RARE)
def test_what_nobody_is_told_to_keep_is_kept_all_the_same(old: Old, name: str) -> None:
    person = old.person("study", 4)
    code = f"with ai(player, 'rare {name}') as llm: value = llm.value\nresult = {RARE[name]}"
    assert old.run(person, code) is True
    assert old.run(person, f"value = player.participant.vars['rare'][{name!r}]\nresult = {RARE[name]}") is True


@pytest.mark.any_database
def test_functions_and_classes_are_found_again(old: Old) -> None:
    code = """
with ai(player, "tools") as llm:
    result = [llm.reader is extract_number, llm.reader("It is 5."), llm.maker is GPTThread, llm.helper is echo]
"""
    assert old.run(old.person("study", 1), code) == [True, 5, True, True]


@pytest.mark.any_database
def test_instances_of_the_apps_own_classes_are_found_again(old: Old) -> None:
    code = """
with ai(player, "basket") as llm:
    result = [llm.basket == Basket("pear", 3), player.participant.vars["basket"] == Basket("fig", 1)]
"""
    assert old.run(old.person("study", 1), code) == [True, True]


# --- Threads and Conversations of an experimenter's own ---------------------------------------------------------------


@pytest.mark.any_database
def test_a_thread_goes_on_with_its_history_its_settings_and_its_attributes(old: Old) -> None:
    person = old.person("study", 1)
    owner = f"player:study:1:{person.code}"
    history = old.sent(owner)
    code = """
with ai(player) as llm:
    before = [[m.role, m.text, m.status, m.hidden] for m in llm.messages]
    result = [type(llm) is GPTThread, llm.choices, list(llm.offers), llm.temperature, llm.answer, before, llm.id]
    result.append(llm.submit(Prompt("Still {{ offers[-1] }}, {{ plan['a']['b'][0] }}?")))
    llm.offers.append(6)
"""
    kind, choices, offers, temperature, answer, before, uid, reply = old.run(person, code)
    rows = old.record(owner)
    assert (kind, choices, offers, temperature, answer) == (True, [4, 9], [1, 2, [3], 5], 0.9, 40)
    assert before == [[row["role"], row["text"], row["status"], bool(row["hidden"])] for row in rows]
    assert uid == rows[0]["thread"]
    assert reply == f"Now, after {len(history) + 1} messages."
    assert old.asked() == [*history, ("user", "Still 5, 1?")]
    body = old.request()
    assert (body["temperature"], body["seed"], body.get("max_tokens") or body["max_completion_tokens"]) == (0.9, 5, 200)
    assert old.run(person, "with ai(player) as llm: result = llm.offers") == [1, 2, [3], 5, 6]


@pytest.mark.any_database
def test_a_record_knows_what_each_reply_was(old: Old) -> None:
    person = old.person("study", 1)
    code = """
with ai(player) as llm:
    reply = [m for m in llm.messages if m.attempts][0]
    typed = [m for m in llm.messages if m.params.get("question")][0]
    result = [reply.seed, reply.params["temperature"], reply.cost, reply.latency, reply.model_answered,
              reply.tokens_in, reply.tokens_out, reply.id, reply.time, typed.params["question"]["value"]]
"""
    rows = [row for row in old.record(f"player:study:1:{person.code}") if row["attempts"]]
    was = rows[0]
    assert old.run(person, code) == [
        int(was["seed"]), 0.7, was["cost"], was["latency"], was["model_answered"], was["tokens_in"], was["tokens_out"],
        was["uid"], was["time"], 40,
    ]  # fmt: skip


@pytest.mark.any_database
def test_threads_that_need_no_service_go_on_where_they_were(old: Old) -> None:
    person = old.person("study", 1)
    code = """
with ai(player, "steady") as llm:
    steady = [llm.submit("Still?"), llm.mood, llm.deadline, llm.retries, len(llm.messages)]
with ai(player, "script") as llm:
    script = [llm.submit("Next."), llm.submit("Next."), llm.line]
with ai(player, "function") as llm:
    function = [llm.submit("again"), [m.text for m in llm.messages]]
result = [steady, script, function]
"""
    assert old.run(person, code) == [
        ["I stay at 7.", "stubborn", 20.0, 0, 4], ["two", "three", 1], ["AGAIN", ["hello", "HELLO", "again", "AGAIN"]],
    ]  # fmt: skip


@pytest.mark.any_database
def test_a_thread_of_a_class_of_the_apps_own_goes_on(old: Old) -> None:
    code = "with ai(player, 'own') as llm: result = [type(llm) is Own, llm.trait, llm.asked(), llm.submit('Mine?')]"
    kind, trait, asked, _ = old.run(old.person("study", 1), code)
    assert (kind, trait, asked) == (True, "kind", ["Whose?"])
    assert old.asked()[-1] == ("user", "Mine?") and len(old.asked()) == 3
    assert old.request()["seed"] == 9


@pytest.mark.any_database
@pytest.mark.parametrize(("target", "text"), [
    ("player.participant", "Of the participant."), ("player.subsession", "Of the subsession."),
    ("session", "Of the session."),
])  # fmt: skip
def test_threads_of_all_kinds_of_objects_are_found(old: Old, target: str, text: str) -> None:
    code = f"with ai({target}) as llm: llm.submit('And?'); result = [m.text for m in llm.messages]"
    assert old.run(old.person("study", 1), code) == ["Of whom?", text, "And?", text]


@pytest.mark.any_database
def test_a_conversation_goes_on(old: Old) -> None:
    person = old.person("study", 1)
    owner = next(row["owner"] for row in old.before if row["owner"].endswith("/ann"))
    code = """
with ai(group) as convo:
    result = [
        list(convo.names), convo.ann.other is convo.bob, [thread.name for thread in convo], convo.round, convo.topic,
        convo.weather, convo.bob.said, [thread.choices for thread in convo], [thread.round for thread in convo],
        [thread.treatment == ours()["treatment"] for thread in convo], convo.treatment.reward,
    ]
    convo.all.round = 3
    convo.all.system(Prompt("Round {{ round }}, {{ name }}, with {{ other.name }}."))
    result += [[thread.submit("Next?") for thread in convo]]
"""
    assert old.run(person, code) == [
        ["ann", "bob"], True, ["Ann", "Bob"], 2, "rain", {"sun": 1}, "3",
        [["You have said: Round 1: how much?"], ["Bob takes 3."]], [2, 2], [True, True], 100,
        ["Now, after 5 messages.", "Bob takes 3."],
    ]  # fmt: skip
    assert old.asked() == [*old.sent(owner), ("system", "Round 3, Ann, with Bob."), ("user", "Next?")]
    assert old.run(person, "with ai(group) as convo: result = [convo.round, convo.bob.round]") == [3, 3]


@pytest.mark.any_database
def test_a_conversation_without_names_goes_on(old: Old) -> None:
    code = """
with ai(group, "numbers") as convo:
    result = [[thread.submit("Again?"), [m.text for m in thread.messages][:2]] for thread in convo]
    result += [list(convo.names), [len(thread.others) for thread in convo]]
"""
    assert old.run(old.person("study", 1), code) == [
        ["1st", ["Number?", "1st"]], ["y", ["Number?", "x"]], ["3rd", ["Number?", "3rd"]], ["1", "2", "3"], [2, 2, 2],
    ]  # fmt: skip


@pytest.mark.any_database
def test_a_turn_of_a_conversation_that_was_broken_off_is_asked_for_again(old: Old) -> None:
    person = old.person("study", 3)
    assert person.page == "Flow"
    (pending,) = [row for row in old.before if row["status"] == "pending" and row["owner"].startswith("group:study")]
    code = """
async with ai(group) as convo:
    before = [[m.text, m.status, m.error] for m in convo.ann.messages][-2:]
    return [before, await convo.ann.submit(), await convo.bob.submit("And you?")]
"""
    before, ann, bob = old.run(person, code)
    assert before == [["Are you there?", "complete", ""], ["", "failed", "Interrupted"]]
    assert (ann, bob) == ("Now, after 4 messages.", "Bob takes 3.")
    assert old.asked() == old.sent(pending["owner"])


@pytest.mark.any_database
def test_an_attribute_can_be_changed_in_async_code_and_is_kept(old: Old) -> None:
    code = """
async with ai(player) as llm:
    llm.plan["new"] = llm.number
async with ai(player) as llm:
    return llm.plan
"""
    plan = old.run(old.person("study", 3), code)
    assert plan == {"a": {"b": [1, 2]}, "3": "three", "new": 7}


# --- assignments ------------------------------------------------------------------------------------------------------


def test_who_was_assigned_gets_the_same_and_who_comes_now_the_next_place(old: Old) -> None:
    line = [row for row in old.assignments if row["line"].startswith("participant::")]
    was = {row["owner"]: json.loads(row["levels"]) for row in line}
    code = "result = assign({}, frame=['give', 'take'], bonus={{5: 1, 10: 1}}, seed=11)"
    person = old.person("study", 1)
    assert old.run(person, code.format("player")) == was[f"participant:{person.code}"]
    assert old.run(person, code.format("player.subsession")) == list(was.values())
    assert old.run(person, "result = [player.frame, player.bonus]") == [
        was[f"participant:{person.code}"][name] for name in ("frame", "bonus")
    ]
    arrived = [row for row in old.assignments if row["line"].startswith("participant:arrival:")]
    assert [row["place"] for row in arrived] == [1, 2, 3]
    late = old.person("study", 2)
    assert late.page == "Arrive"
    late.submit()
    rows = old.server.custom_export("study", "custom_export_assignments", session=old.codes["study"])
    line = [row for row in rows if row["assignment"] == "arrival"]
    assert [(row["assignment_place"], row["participant"]) for row in line] == [
        *((str(row["place"]), row["owner"].partition(":")[2]) for row in arrived), ("4", late.code),
    ]  # fmt: skip
    assert [{name: row[name] for name in ("order", "persona")} for row in line[:3]] == [
        json.loads(row["levels"]) for row in arrived
    ]
    cells = Counter((row["order"], row["persona"]) for row in line)  # of a block of six, kind twice as often
    assert all(count <= (2 if persona == "kind" else 1) for (_, persona), count in cells.items())
    assert old.run(late, "result = player.participant.vars['arrival']") == {
        "persona": line[3]["persona"], "order": line[3]["order"],
    }  # fmt: skip


def test_groups_keep_theirs(old: Old) -> None:
    rows = old.server.custom_export("study", "custom_export_assignments", session=old.codes["study"])
    stakes = [(row["group"], row["stake"]) for row in rows if row["assignment"] == "stakes"]
    was = [json.loads(row["levels"])["stake"] for row in old.assignments if row["line"] == "group:stakes:stake"]
    assert stakes == [("1", str(was[0])), ("2", str(was[1]))]
    code = "result = [assign(group, name='stakes', stake=[1, 100]), group.stake]"
    assert old.run(old.person("study", 1), code) == [{"stake": was[0]}, was[0]]


@pytest.mark.any_database
def test_a_line_cannot_be_changed_now_either(old: Old) -> None:
    person = old.person("study", 1)
    with person.live() as live:
        live.send({"code": "assign(player, frame=['give', 'take', 'split'], bonus={5: 1, 10: 1}, seed=11)"})
        told = live.until(lambda told: "ego" not in told)
    assert told["error"] == "ConfigError" and "split" in told["text"]


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_new_session_can_be_made_beside_the_old_ones(old: Old) -> None:
    session = old.server.create_session("chat", 1)
    person = session.participant().start().submit(nickname="Zoe")
    with Chat(person) as chat:
        assert chat.ask("New!")["status"] == "complete"


def test_opened_a_second_time_all_is_there(old: Old) -> None:
    quiet(old)
    old.server.stop()  # it writes when the last replies were delivered
    before = old.server.database.query(RECORD)
    old.server.start()
    assert old.server.database.query(RECORD) == before
    person = old.person("ego_chat", 1)
    rows = [row for row in before if row["owner"] == owner_of(person) and row["role"] != "system" and not row["hidden"]]
    with Chat(person) as chat:
        assert chat.texts == [(row["role"], row["text"]) for row in rows]


def test_a_deleted_session_takes_its_threads_with_it(old: Old) -> None:
    sessions = {row["owner"].split(":")[1] for row in old.server.database.query("SELECT owner FROM otree_ego_thread")}
    assert "ego_chat" in sessions
    for app in ("ego_chat", "decide", "study"):
        old.server.delete_session(old.codes[app])
    left = old.server.database.query("SELECT owner, session_id FROM otree_ego_thread")
    sessions = {row["id"] for row in old.server.database.query("SELECT id FROM otree_session")}
    assert left and {row["session_id"] for row in left} <= sessions
    assert not [row for row in left if row["owner"].startswith(("player:study", "player:decide", "group:study"))]
    threads = {row["thread"] for row in old.server.database.query("SELECT DISTINCT thread FROM otree_ego_message")}
    assert threads <= {row["uid"] for row in old.server.database.query("SELECT uid FROM otree_ego_thread")}
    owners = [row["owner"] for row in old.server.database.query("SELECT owner FROM otree_ego_decision")]
    assert owners and not [owner for owner in owners if owner.startswith("player:decide")]
