"""`decide`: a form field's own definition says what a model is asked, and what comes back is what the field takes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, Server, warm_python
from harness.admin import Session
from harness.lab import LAB, LAB_CONFIG, LAB_FILES, at, fails, run
from harness.participant import Participant

from otree_ego.testing import FakeService, fitting

pytestmark = pytest.mark.any_database

FIELDS = """
    offer = models.CurrencyField(label="How much do you offer?", max=100)
    pot = models.CurrencyField(label="From the pot?", min=cu(1), max=cu(9))
    drink = models.DecimalField(label="How much do you drink?", unit=Litres, max=3)
    tens = models.IntegerField(label="How many?", choices=range(10, 31, 10))
    price = models.RealWorldCurrencyField(label="Your price?", min=0, max=2)
    age = models.IntegerField(label="Your age?", min=18, max=99, help_text="In years.")
    share = models.FloatField(label="Your share?", min=0.25, max=1)
    free = models.IntegerField(label="Any number?", min=None)
    bare = models.IntegerField()
    yes = models.BooleanField(label="Do you accept?")
    side = models.BooleanField(label="Which side?", choices=[[True, "Heads"], [False, "Tails"]])
    colour = models.StringField(label="Which colour?", choices=["red", "green", "blue"])
    level = models.IntegerField(label="Which level?", choices=[[1, "low"], [2, "high"]])
    amount = models.CurrencyField(label="Which amount?", choices=[cu(1), cu(2)])
    word = models.StringField(label="Your word?", max_length=12)
    essay = models.LongStringField(label="Your thoughts?")
    several = models.MultiStringField(label="Which?", choices=["a", "b"])
    ranged = models.IntegerField(label="In the range?")
    picked = models.StringField(label="Which of these?")
    even = models.IntegerField(label="An even number?", min=0, max=10)
    empty = models.IntegerField(label="None?", min=5, max=4)
    alike = models.IntegerField(label="Alike?", choices=[[1, "same"], [2, "same"]])
"""
UNIT = """
class Litres(DecimalUnit):
    storage_places = 2
    input_places = 1
    output_min_places = 1
    output_max_places = 1

    @staticmethod
    def output(formatted, raw):
        return formatted + " l"


"""
GROUP = """
    response = models.BooleanField(label="Does the group accept?")
    total = models.IntegerField(label="The total?")
"""
FUNCTIONS = """
def ranged_min(player):
    return player.id_in_group * 10


def ranged_max(player):
    return player.id_in_group * 10 + 5


def picked_choices(player):
    return [["a", "first of " + str(player.id_in_group)], ["b", "second"]]


def even_error_message(player, value):
    if value % 2:
        return "This is an odd number."


def total_max(group):
    return len(group.get_players()) * 20


class Extra(ExtraModel):
    player = models.Link(Player)
    bid = models.IntegerField(label="Bid?")


class Own("""
APP = (
    LAB.replace(
        '    note = models.LongStringField(initial="")\n', '    note = models.LongStringField(initial="")' + FIELDS
    )
    .replace("class Subsession(", UNIT.lstrip() + "class Subsession(")
    .replace("class Group(BaseGroup):\n    pass\n", "class Group(BaseGroup):" + GROUP)
    .replace("class Own(", FUNCTIONS.strip(), 1)
)


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    files = {**LAB_FILES, "__init__.py": APP}
    german = {**LAB_CONFIG, "name": "german", "ego_language": "de"}
    return server_factory(apps={"lab": files}, session_configs=[LAB_CONFIG, german], database=database, env=env)


@pytest.fixture
def ann(lab: Server, model: FakeService) -> Participant:
    model.reply = fitting
    person = at(lab.create_session("lab", 2))
    run(person, "ai(player).set(GPTThread('gpt-6-luna', retries=0))")
    return person


def decided(person: Participant, call: str) -> list[Any]:
    """Type and text of what is decided; and the value as JSON, if it can be."""
    shown = "result = [type(value).__name__, str(value)]"
    told: list[Any] = run(person, f"with ai(player) as llm: value = llm.decide({call})\n{shown}")
    return told


def asked(model: FakeService) -> str:
    """The last question, as the model was sent it."""
    return str(model.requests[-1].body["messages"][-1]["content"])


@pytest.mark.parametrize(
    ("field", "kind", "value", "told"),
    [
        ("offer", "Currency", "0 points", "How much do you offer?\n\nAnswer only with one whole number from 0 to 100."),
        ("pot", "Currency", "1 point", "one whole number from 1 to 9."),
        ("drink", "Litres", "0.0 l", "one number from 0 to 3, with at most 1 decimal."),
        ("tens", "int", "10", "word for word:\n- 10\n- 20\n- 30"),
        ("price", "RealWorldCurrency", "€0.00", "one number from 0 to 2, with at most 2 decimals."),
        ("age", "int", "18", "Your age?\nIn years.\n\nAnswer only with one whole number from 18 to 99."),
        ("share", "float", "0.25", "one number from 0.25 to 1."),
        ("free", "int", "0", "one whole number."),
        ("yes", "bool", "True", "Yes or No."),
        ("side", "bool", "True", "word for word:\n- Heads\n- Tails"),
        ("colour", "str", "red", "word for word:\n- red\n- green\n- blue"),
        ("level", "int", "1", "word for word:\n- low\n- high"),
        ("amount", "Currency", "1 point", "word for word:\n- 1 point\n- 2 points"),
        ("word", "str", "A short text", "a text of at most 12 characters."),
        ("essay", "str", "A short text.", "Your thoughts?\n\nAnswer only with a text."),
        ("ranged", "int", "10", "one whole number from 10 to 15."),
        ("picked", "str", "a", "word for word:\n- first of 1\n- second"),
    ],
)
def test_every_kind_of_field(
    ann: Participant, model: FakeService, field: str, kind: str, value: str, told: str
) -> None:
    assert decided(ann, f"player, '{field}'") == [kind, value]
    assert asked(model).endswith(told)
    store = f"with ai(player) as llm: player.{field} = llm.decide(player, '{field}')\nresult = str(player.{field})"
    assert run(ann, store) == value, "oTree takes it as the field's value"


def test_the_groups_own_fields(lab: Server, model: FakeService) -> None:
    model.reply = fitting
    session = lab.create_session("lab", 2)
    person = at(session)
    run(person, "ai(group).set(GPTThread('gpt-6-luna'))")
    code = "with ai(group) as llm: group.response = llm.decide(group, 'response'); result = llm.decide(group, 'total')"
    assert run(person, code) == 0 and asked(model).endswith("one whole number from 0 to 40.")
    assert run(person, "result = group.response") is True


def test_the_question_can_be_given(ann: Participant, model: FakeService) -> None:
    assert decided(ann, "player, 'bare', 'How many?'") == ["int", "0"]
    assert asked(model) == "How many?\n\nAnswer only with one whole number of at least 0."
    assert decided(ann, "player, 'offer', Prompt('Of {{ all }}?'), all=100, reasoning=True") == ["Currency", "0 points"]
    assert asked(model).startswith("Of 100?\n\nAnswer only with a JSON object")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("player, 'ofer'", "Player of the app 'lab' has no field 'ofer'. Did you mean 'offer'?"),
        ("player, 'zzz'", "It has note, offer, pot"),
        ("player, 'id_in_group'", "has no field 'id_in_group'"),
        ("player, 'bare'", "Player.bare has no label to ask with"),
        ("player, 'several', 'Which?'", "takes several choices at once"),
        ("player.participant, 'offer'", "a player or a group of oTree's, which have form fields, not Participant"),
        ("player.subsession, 'offer'", "not Subsession"),
        ("Extra.create(player=player), 'bid'", "not Extra"),
        ("7, 'offer'", "not int"),
        ("player, 'empty'", "Player.empty cannot be asked for: There is no whole number from 5 to 4"),
        ("player, 'alike'", "Player.alike has choices with the same label"),
    ],
)
def test_what_cannot_be_asked_for(ann: Participant, model: FakeService, call: str, says: str) -> None:
    kind, text = fails(ann, f"with ai(player) as llm: llm.decide({call})")
    assert (kind, says in text) == ("ConfigError", True), text
    assert model.requests == []


def test_what_the_apps_own_check_refuses_is_asked_again(ann: Participant, model: FakeService) -> None:
    model.reply = ["5", "7", "8"]
    assert decided(ann, "player, 'even'") == ["int", "8"]
    assert (
        "Your answer could not be used: '5': This is an odd number."
        in model.requests[1].body["messages"][-1]["content"]
    )
    model.reply = "5"
    kind, text = fails(ann, "with ai(player) as llm: llm.decide(player, 'even', tries=2)")
    assert kind == "InvalidAnswer" and "odd number" in text


def test_labels_are_answered_and_values_come_back_in_any_order(ann: Participant, model: FakeService) -> None:
    model.reply = "I take: high."
    assert decided(ann, "player, 'level', shuffle=True, seed=1") == ["int", "2"]
    model.reply = "2"
    assert fails(ann, "with ai(player) as llm: llm.decide(player, 'level', tries=1)")[0] == "InvalidAnswer"
    code = "with ai(player) as llm: result = [m.params['question'] for m in llm.messages if m.role == 'assistant']"
    first = run(ann, code)[0]
    assert first["value"] == 2 and first["field"] == "level" and sorted(first["order"]) == [1, 2]
    assert first["options"] == [["low", "high"][place - 1] for place in first["order"]]


def test_yes_and_no_in_the_sessions_language(lab: Server, model: FakeService) -> None:
    person = at(lab.create_session("german"))
    model.reply = "Nein."
    run(person, "ai(player).set(GPTThread('gpt-6-luna'))")
    assert decided(person, "player, 'yes'") == ["bool", "False"]
    assert asked(model).endswith("nur mit Ja oder Nein.")


def test_in_async_code(lab: Server, model: FakeService) -> None:
    model.reply = fitting
    session = lab.create_session("lab")
    person = at(session, "Flow")
    model.clear()
    code = """ai(player).set(GPTThread('gpt-6-luna'))
async with ai(player) as llm:
    await llm.system('Be fair.', once=True)
    await llm.system('Be fair.', once=True)
    player.ranged = await llm.decide(player, 'ranged')
    number = await llm.ask_number('And how many?', low=3)
    return [player.ranged, number, len(llm.messages)]"""
    assert run(person, code) == [10, 3, 5]
    assert [json.loads(row["parameters"] or "{}").get("question", {}).get("kind") for row in export(lab, session)] == [
        None, None, "number", None, "number",
    ]  # fmt: skip


def test_on_a_page(lab: Server, model: FakeService) -> None:
    model.reply = ["99", "12"]
    before = "ai(player).set(GPTThread('gpt-6-luna'))\nwith ai(player) as llm: "
    before += "player.ranged = llm.decide(player, 'ranged')"
    session = lab.create_session("lab", 1, before=before)
    session.participant().start().submit()
    assert [row["player.ranged"] for row in lab.app_export("lab", session.code)] == ["12"]
    assert [request.body["response_format"]["json_schema"]["name"] for request in model.requests] == ["number"] * 2


def export(lab: Server, session: Session) -> list[dict[str, str]]:
    return lab.custom_export("lab", session=session.code)


def test_the_export_has_answer_reasoning_and_what_was_wrong(lab: Server, model: FakeService) -> None:
    session = lab.create_session("lab")
    person = at(session)
    run(person, "ai(player).set(GPTThread('gpt-6-luna'))")
    model.reply = [
        "none",
        '{"reasoning": "Half,\\nI think.", "answer": 12}',
        '{"reasoning": "Why not?", "answer": "no"}',
        '{"a": "ü"}',
        "Hello there.",
    ]
    code = """with ai(player) as llm:
    llm.decide(player, 'ranged', reasoning=True)
    llm.decide(player, 'yes', reasoning=True)
    llm.ask_json('What?', {'type': 'object'})
    llm.submit('Hello')"""
    run(person, code)
    rows = export(lab, session)
    columns = list(rows[0])
    assert columns[columns.index("message_id") + 1 :][:2] == ["answer", "answer_reasoning"]
    replies = [(row["answer"], row["answer_reasoning"], row["error"]) for row in rows if row["role"] == "assistant"]
    assert replies[0][:2] == ("", "") and "it has no number" in replies[0][2]
    assert replies[1:] == [("12", "Half,\nI think.", ""), ("0", "Why not?", ""), ('{"a": "ü"}', "", ""), ("", "", "")]
    assert {row["hidden"] for row in rows[:-2]} == {"1"}


def test_a_question_that_failed_is_asked_on_and_not_recorded_twice(lab: Server, model: FakeService) -> None:
    session = lab.create_session("lab")
    person = at(session)
    run(person, "ai(player).set(GPTThread('gpt-6-luna', retries=0))")
    model.fail(500)
    ask = "with ai(player) as llm: result = str(llm.decide(player, 'picked', shuffle=True))"
    assert fails(person, ask)[0] == "Overloaded"
    model.reply = ["nonsense", "second"]
    assert run(person, ask) == "b"
    assert [(row["role"], row["status"]) for row in export(lab, session)] == [
        ("user", "complete"),
        ("assistant", "failed"),
        ("assistant", "complete"),
        ("user", "complete"),
        ("assistant", "complete"),
    ]


def test_killed_while_a_question_is_under_way(lab: Server, model: FakeService) -> None:
    session = lab.create_session("lab")
    person = at(session, "Flow")
    ask = """if not ai(player): ai(player).set(GPTThread('gpt-6-luna'))
async with ai(player) as llm:
    return await llm.decide(player, 'picked', shuffle=True)"""
    model.hold()
    with person.live() as live:
        live.send({"code": ask})
        model.wait_until(lambda service: service.standing == 1)
        lab.kill()
    model.release()
    model.reply = "second"
    lab.start()
    with person.reload().live(timeout=120) as live:  # a new server loads the SDK first
        live.send({"code": ask})
        assert live.receive() == {"result": "b"}
    rows = export(lab, session)
    assert [(row["role"], row["status"]) for row in rows] == [
        ("user", "complete"),
        ("assistant", "failed"),
        ("assistant", "complete"),
    ]
    first, last = (json.loads(row["parameters"])["question"] for row in rows[1:])
    assert first["order_seed"] == last["order_seed"] and last["value"] == "b"


@pytest.mark.model
def test_the_embedded_model_decides(lab: Server) -> None:
    session = lab.create_session("lab", 2)
    person = at(session, index=1)
    run(person, "ai(player).set(Thread('local/smollm2', deadline=120.0))")
    assert int(decided(person, "player, 'ranged'")[1]) in range(20, 26)
    assert decided(person, "player, 'side', reasoning=True")[0] == "bool"
    assert decided(person, "player, 'amount', shuffle=True")[1] in ("1 point", "2 points")
    assert [row["error"] for row in export(lab, session)] == [""] * 6


@pytest.mark.full
def test_an_app_that_uses_nothing_else_of_the_binding_can_ask(tmp_path: Path) -> None:
    repository = Path(__file__).resolve().parents[3]
    shutil.copy(repository / "settings.py", tmp_path)
    for folder in ("_static", "_templates"):
        (tmp_path / folder).mkdir()
    code = (
        "import sys\n"
        "from otree.api import *\n"
        "from otree_ego import ConfigError, ConstantThread\n"
        "assert 'otree_ego.binding' not in sys.modules\n"
        "try:\n"
        "    ConstantThread('5').decide(object(), 'offer')\n"
        "except ConfigError as error:\n"
        "    print(error)\n"
    )
    done = warm_python.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository)},
        text=True,
    )
    assert "oTree's, which have form fields, not object" in done.stdout, done.stderr
