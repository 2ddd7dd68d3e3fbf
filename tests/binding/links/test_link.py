"""`ai(…)` in every place of an oTree app: page functions, creating_session, wait pages, live methods."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness import PostgreSQL, Server
from harness.chat import Chat
from harness.lab import LAB_CONFIG, LAB_FILES, at, fails, messages, run

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(apps={"lab": LAB_FILES}, session_configs=[LAB_CONFIG], database=database, env=env)


@pytest.mark.parametrize("what", ["player", "group", "player.subsession", "player.participant", "session"])
def test_all_five_kinds_of_object(lab: Server, what: str) -> None:
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    assert run(ann, f"result = bool(ai({what}))") is False
    assert run(ann, f"ai({what}).set(ConstantThread('Fine', mood='calm')); result = bool(ai({what}))") is True
    assert run(ann, f"with ai({what}) as llm: llm.system('Be kind'); result = llm.submit('How?')") == "Fine"
    seen = run(ann, f"with ai({what}) as llm: result = [llm.history, llm.mood]")
    assert seen == [
        [{"role": r, "content": t} for r, t in [("system", "Be kind"), ("user", "How?"), ("assistant", "Fine")]],
        "calm",
    ]
    shared = what in ("group", "player.subsession", "session")
    assert run(bob, f"result = bool(ai({what}))") is shared
    if shared:
        assert run(bob, f"with ai({what}) as llm: result = [llm.history, llm.mood]") == seen
    assert run(ann, f"ai({what}).unset(); result = bool(ai({what}))") is False
    assert [text for _, text, _ in messages(lab, session)] == ["Be kind", "How?", "Fine"], "what was said stays"


def test_suffixes_tell_threads_apart(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    run(ann, "ai(player).set(ConstantThread('a'))\nai(player, 'advisor').set(ConstantThread('b'))")
    run(ann, "with ai(player) as one, ai(player, suffix='advisor') as two: one.submit('x'); two.submit('y')")
    code = "result = [[m.text for m in llm.messages] for llm in (one, two)]"
    assert run(ann, f"with ai(player) as one, ai(player, 'advisor') as two: {code}") == [["x", "a"], ["y", "b"]]
    code = "ai(player, 'advisor').unset(); result = [bool(ai(player)), bool(ai(player, 'advisor'))]"
    assert run(ann, code) == [True, False]
    assert fails(ann, "ai(player, 'a/b')")[0] == "LinkError"


def test_set_takes_the_place_of_what_was_there(lab: Server) -> None:
    session = lab.create_session("lab")
    ann = at(session)
    run(ann, "ai(player).set(ConstantThread('old'))\nwith ai(player) as llm: llm.submit('1')")
    run(ann, "new = ConstantThread('new'); new.user('before'); ai(player).set(new)")
    assert run(ann, "with ai(player) as llm: result = llm.submit('2')") == "new"
    assert [text for _, text, _ in messages(lab, session)] == ["1", "old", "before", "2", "new"]


def test_the_export_says_when_and_by_what_a_thread_was_replaced(lab: Server) -> None:
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    run(ann, "ai(player).set(ConstantThread('old'))\nwith ai(player) as llm: llm.submit('1')")
    run(bob, "ai(group).set(Conversation(a=ConstantThread('A'), b=ConstantThread('B')))")
    run(bob, "with ai(group) as convo: convo.a.submit('Hi')")
    run(ann, "ai(player).set(ConstantThread('new'))\nwith ai(player) as llm: llm.submit('2')")
    run(bob, "ai(group).unset()")
    code = "from otree_ego import custom_export\ntable = custom_export(player.subsession.get_players())\n"
    code += "result = [[None if value is None else str(value) for value in row] for row in table]"
    names, *rows = run(ann, code)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    assert [(row["text"], row["attached_to"], row["seat"], bool(row["thread_closed_utc"])) for row in found] == [
        ("1", "player", "", True), ("old", "player", "", True), ("Hi", "group", "a", True), ("A", "group", "a", True),
        ("2", "player", "", False), ("new", "player", "", False),
    ]  # fmt: skip
    new = found[-1]["thread"]
    assert [row["thread_replaced_by"] for row in found] == [new, new, None, None, None, None]
    assert {row["participant"] for row in found} == {ann.code, ""}


def test_a_thread_in_which_nothing_was_said_leaves_nothing_behind(lab: Server) -> None:
    session = lab.create_session("lab")
    ann = at(session)
    run(ann, "llm = ConstantThread('old'); llm.system('Be brief'); ai(player).set(llm)")
    run(ann, "ai(player).set(ConstantThread('new'))")
    assert messages(lab, session) == []


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("ai(7)", "LinkError", "takes a player, group, subsession, participant or session"),
        ("ai(player).__enter__()", "LinkError", "Nothing is attached"),
        ("ai(player).set('gpt-6-luna')", "LinkError", "takes a Thread or a Conversation, not str"),
        ("t = ConstantThread('x'); ai(player).set(t); ai(group).set(t)", "LinkError", "is attached to player:lab:1:"),
        ("llm = ConstantThread('x'); ai(player).set(llm); llm.submit('y')", "LinkError", "open it with"),
        ("llm = ConstantThread('x'); llm.door = lambda: 1", "StateError", "ConstantThread.door cannot be kept"),
        (
            "ai(player).set(ConstantThread('x'))\nwith ai(player) as llm: llm.gen = (i for i in [])",
            "StateError",
            "ConstantThread.gen",
        ),
    ],
)
def test_misuse_is_named(lab: Server, code: str, error: str, says: str) -> None:
    kind, text = fails(at(lab.create_session("lab")), code)
    assert (kind, says in text) == (error, True), text


def test_attributes_are_kept(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    run(ann, "ai(player).set(Own('constant/x', offers=[1]))")
    changes = "llm.choices.append(3); llm.offers += [2]; llm.plan = {'a': (1, None)}; llm.temperature = 0.3"
    run(ann, f"with ai(player) as llm: {changes}")
    code = "result = [llm.choices, llm.offers, llm.plan, llm.temperature, type(llm).__name__]"
    assert run(ann, f"with ai(player) as llm: {code}") == [[3], [1, 2], {"a": [1, None]}, 0.3, "Own"]


def test_an_unpicklable_change_leaves_all_as_it_was(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    run(ann, "ai(player).set(ConstantThread('x', good=1))")
    kind, text = fails(ann, "with ai(player) as llm: llm.good = 2; llm.choices.append(lambda: 1)")
    assert (kind, "choices" in text) == ("StateError", True)
    assert run(ann, "with ai(player) as llm: result = [llm.good, llm.choices]") == [1, []]


def test_a_body_that_raises(lab: Server) -> None:
    session = lab.create_session("lab")
    ann = at(session)
    run(ann, "ai(player).set(ConstantThread('fine', good=1))")
    code = "with ai(player) as llm:\n    llm.good = 2\n    llm.submit('asked')\n"
    code += "    raise otree_ego.EgoError('on purpose')"
    assert fails(ann, code) == ("EgoError", "on purpose")
    assert run(ann, "with ai(player) as llm: result = llm.good") == 1
    assert [text for _, text, _ in messages(lab, session)] == ["asked", "fine"]


def test_opened_twice_it_is_the_same(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    run(ann, "ai(player).set(ConstantThread('x'))")
    code = "with ai(player) as one:\n    with ai(player) as two:\n        two.submit('q'); two.mark = 5\n"
    assert run(ann, code + "    result = [one is two, one.mark, len(one.messages)]") == [True, 5, 2]
    assert run(ann, "with ai(player) as llm: result = [llm.mark, len(llm.messages)]") == [5, 2]


@pytest.mark.parametrize(
    "names", ["ann=ConstantThread('A'), bob=ConstantThread('B')", "ConstantThread('A'), ConstantThread('B')"]
)
def test_conversations(lab: Server, names: str) -> None:
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    run(ann, f"convo = Conversation({names}); convo.all.topic = 'rain'; convo.all.system('Talk'); ai(group).set(convo)")
    code = "with ai(group) as convo:\n    for llm in convo.threads: llm.submit('Hi')\n    convo.threads[1].said = 'yes'"
    run(bob, code)
    code = "with ai(group) as convo: result = [[m.text for m in llm.messages] + [llm.topic] for llm in convo.threads]"
    assert run(ann, f"{code} + [convo.threads[1].said]") == [
        ["Talk", "Hi", "A", "rain"],
        ["Talk", "Hi", "B", "rain"],
        "yes",
    ]
    assert len(messages(lab, session)) == 6
    run(ann, "ai(group).unset()")
    assert len(messages(lab, session)) == 6 and run(ann, "result = bool(ai(group))") is False


def test_creating_session_and_from_config(lab: Server, model: FakeService) -> None:
    creating = "for player in subsession.get_players(): ai(player).from_config(mood='grumpy')"
    settings = dict(ego_model="gpt-6-luna", ego_temperature=0.2, ego_seed=7, ego_system_prompt="Be Marvin.")
    session = lab.create_session("lab", 3, creating=creating, **settings)
    for index in range(3):
        person = at(session, index=index)
        told = run(person, "with ai(player) as llm: result = [llm.submit('Hi'), llm.mood]")
        assert told == [FakeService.DEFAULT_REPLY, "grumpy"]
    body = model.requests[-1].body
    assert (body["temperature"], body["seed"]) == (0.2, 7)
    assert [m["content"] for m in body["messages"]] == ["Be Marvin.", "Hi"]


def test_the_config_is_attached_where_nothing_is(lab: Server) -> None:
    session = lab.create_session("lab", 1, ego_model="constant/Configured")
    ann = at(session)
    assert run(ann, "result = bool(ai(player))") is False
    assert run(ann, "with ai(player) as llm: result = llm.submit('a')") == "Configured"
    assert run(ann, "with ai(player) as llm: result = len(llm.messages)") == 2


def test_page_functions_and_wait_pages(lab: Server) -> None:
    session = lab.create_session(
        "lab", 2,
        creating="for p in subsession.get_players(): ai(p).set(ConstantThread('own'))\n"
        "for g in subsession.get_groups(): ai(g).set(ConstantThread('shared'))",
        before="with ai(player) as llm: player.note = llm.submit('before next')",
        arrive="with ai(group) as llm: llm.submit('all are here')",
        shown="with ai(player.group) as llm: result = llm.history[-1]['content']",
    )  # fmt: skip
    person = at(session, "Flow")
    assert "shown: shared" in person.html
    assert [row["player.note"] for row in lab.app_export("lab", session.code)] == ["own", "own"]
    assert sorted(text for _, text, _ in messages(lab, session)) == sorted(
        ["before next", "own"] * 2 + ["all are here", "shared"]
    )


def test_a_page_function_that_raises_loses_no_answer(lab: Server, model: FakeService) -> None:
    before = "with ai(player) as llm:\n    llm.good = 2; player.note = llm.submit('Before the crash')\n    1 / 0"
    creating = "for p in subsession.get_players(): ai(p).set(GPTThread('gpt-6-luna', good=1))"
    session = lab.create_session("lab", 1, creating=creating, before=before)
    ann = at(session)
    with pytest.raises(AssertionError, match="HTTP 500"):
        ann.submit()
    assert messages(lab, session) == [
        ("user", "Before the crash", "complete"),
        ("assistant", FakeService.DEFAULT_REPLY, "complete"),
    ]
    assert [row["player.note"] for row in lab.app_export("lab", session.code)] == [""]
    assert run(ann.reload(), "with ai(player) as llm: result = [llm.good, len(llm.messages)]") == [1, 2]
    assert lab.payments(session.code)


def test_a_failed_call_in_a_page_function_is_in_the_data(lab: Server, model: FakeService) -> None:
    creating = "for p in subsession.get_players(): ai(p).set(GPTThread('gpt-6-luna', retries=0))"
    session = lab.create_session("lab", 1, creating=creating, before="with ai(player) as llm: llm.submit('Hello?')")
    ann = at(session)
    model.fail(500)
    with pytest.raises(AssertionError, match="HTTP 500"):
        ann.submit()
    assert messages(lab, session) == [("user", "Hello?", "complete"), ("assistant", "", "failed")]
    assert run(ann.reload(), "with ai(player) as llm: result = llm.submit()") == FakeService.DEFAULT_REPLY
    assert [status for *_, status in messages(lab, session)] == ["complete", "failed", "complete"]


def test_async_live_methods(lab: Server, model: FakeService) -> None:
    session = lab.create_session("lab", 2, ego_model="gpt-6-luna")
    ann, bob = (at(session, "Flow", index) for index in (0, 1))
    code = "async with ai(player.group) as llm:\n    llm.{0} = 1\n    return await llm.submit('from {0}')"
    model.hold()
    with ann.live() as hers, bob.live() as his:
        hers.send({"code": code.format("ann")})
        model.wait_until(lambda fake: fake.standing == 1)
        his.send({"code": code.format("bob")})
        assert ann.reload().page == "Flow"
        assert (len(model.requests), messages(lab, session)[-1]) == (1, ("assistant", "", "pending"))
        model.release()
        assert hers.receive() == his.receive() == {"result": FakeService.DEFAULT_REPLY}
    code = "async with ai(player.group) as llm:\n    await llm.assistant('Done.')\n"
    answer = FakeService.DEFAULT_REPLY
    record = ["from ann", answer, "from bob", answer, "Done."]
    assert run(bob, code + "    return [llm.ann, llm.bob, [m.text for m in llm.messages]]") == [1, 1, record]


def test_an_async_body_that_raises(lab: Server) -> None:
    creating = "for p in subsession.get_players(): ai(p).set(ConstantThread('x', good=1))"
    session = lab.create_session("lab", 1, creating=creating)
    ann = at(session, "Flow")
    code = (
        "async with ai(player) as llm:\n    llm.good = 2\n    await llm.submit('q')\n    raise otree_ego.EgoError('no')"
    )
    assert fails(ann, code) == ("EgoError", "no")
    assert run(ann, "async with ai(player) as llm:\n    return [llm.good, len(llm.history)]") == [1, 2]


def test_plain_with_in_an_async_live_method_is_refused(lab: Server) -> None:
    ann = at(lab.create_session("lab", 1, ego_model="constant/x"), "Flow")
    kind, text = fails(ann, "with ai(player) as llm:\n    return llm.submit('q')")
    assert (kind, "async with ai(" in text) == ("LinkError", True)
    assert run(ann, "async with ai(player) as llm:\n    return await llm.submit('q')") == "x"


def test_the_log_says_once_a_page_what_a_plain_call_cost(lab: Server, model: FakeService) -> None:
    slow = "def slowly():\n    with ai(player) as llm: llm.submit('slow')\nslowly()"
    session = lab.create_session("lab", 2, ego_model="gpt-6-luna", before=slow)
    model.delay, before = 0.1, len(lab.log)
    for index in (0, 1):
        at(session, index=index).submit()
    told = [line for line in lab.log[before:].splitlines() if "every other participant waited" in line]
    assert len(told) == 1
    assert re.search(r"lab\.slowly: a call to gpt-6-luna took \d+\.\d s", told[0])
    assert "async with ai(player)" in told[0]


def test_what_a_page_function_says_is_in_the_chat(lab: Server) -> None:
    creating = "for p in subsession.get_players():\n    llm = ConstantThread('Yes?'); llm.system('Secret')\n"
    creating += "    llm.assistant('Welcome!'); ai(p).set(llm)"
    session = lab.create_session("lab", 1, creating=creating)
    ann = at(session, "Talk")
    with Chat(ann) as chat:
        assert chat.texts == [("assistant", "Welcome!")]
        chat.ask("Hello")
        chat.open()
        assert [text for _, text in chat.texts] == ["Welcome!", "Hello", "Yes?"]
        assert "Secret" not in chat.live.text
