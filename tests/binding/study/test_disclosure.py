"""Who is told of AIs, when, and that nothing tells it before: `ego_disclose` in the ready-made apps."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server
from harness.chat import KEY
from harness.walks import APPS, GAMES, Walk, configs, some, spoken, walk

from otree_ego.chat_rules.study_words import STUDY_WORDS
from otree_ego.experiment.otree_sessions import OTreeStore
from otree_ego.testing import FakeService

GERMAN = pytest.param("de", marks=pytest.mark.full)
TELLS = re.compile(
    r"\b(?:AIs?|KIs?)\b|\bAI[A-Z]|gpt-|language.?model|Sprachmodell|computer program|Computerprogramm|assistant"
    r"|human|ego-model|\bai_|Replies come from"
)
"""What would tell that somebody is an AI, in a text, an address or the source of a page."""
NAMES = {
    "dictator": ("Player A", "A"),
    "ultimatum": ("The other side", "Die andere Seite"),
    "trust": ("The other side", "Die andere Seite"),
    "prisoner": ("The other player", "Die andere Seite"),
    "public_goods": ("Member", "Mitglied"),
    "group_chat": ("Ada", "Ada"),
}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _answers(model: FakeService) -> None:
    model.reply = spoken


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    both = {"name": "both", "app_sequence": ["ego_chat", "dictator"], "num_demo_participants": 1}
    rows = configs()
    rows.append({**rows[0], **rows[5], **both})
    return server_factory(repo_apps=list(APPS), session_configs=rows, env=env)


def events(server: Server, session: Any) -> list[dict[str, str]]:
    return server.custom_export("otree_ego", "events", session=session.code)


def text_of(walked: Walk, page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", walked.html(page)))


@pytest.mark.parametrize("app", some("dictator", "trust", "public_goods", "group_chat"))
@pytest.mark.parametrize("language", ["en", GERMAN])
def test_afterwards_and_nothing_before(server: Server, app: str, language: str) -> None:
    session = server.create_session(app, 1, ego_disclose="after", ego_disclose_models=True, ego_language=language)
    walked = walk(session, app, hidden=True)
    assert walked.names[-2:] == ["Debriefing", "End"]
    assert TELLS.findall(walked.before_debriefing) == []
    words, told = STUDY_WORDS[language], text_of(walked, "Debriefing")
    assert words["debriefing_intro"] in told and "gpt-6-luna" in told
    assert app not in NAMES or NAMES[app][language == "de"] in told
    (event,) = [row for row in events(server, session) if row["event"] == "debriefed"]
    about = json.loads(event["details"])
    assert about["disclose"] == "after" and about["text"].startswith(words["debriefing_intro"]) and event["time_utc"]
    assert (event["participant"], event["page"]) == (session.codes[0], "Debriefing")


@pytest.mark.parametrize("app", ["group_chat", *(pytest.param(app, marks=pytest.mark.full) for app in GAMES)])
def test_never(server: Server, app: str) -> None:
    session = server.create_session(app, 1, ego_disclose="never")
    walked = walk(session, app, hidden=True)
    assert "Debriefing" not in walked.names and TELLS.findall(walked.before_debriefing) == []
    assert [row for row in events(server, session) if row["event"] in ("debriefed", "told before")] == []


@pytest.mark.parametrize("app", some("ultimatum", "prisoner", "ego_chat"))
@pytest.mark.parametrize("language", ["en", GERMAN])
def test_before_on_the_first_page_with_an_ai_and_once(server: Server, app: str, language: str) -> None:
    session = server.create_session(app, 1, ego_disclose="before", ego_language=language)
    walked = walk(session, app)
    words = STUDY_WORDS[language]
    ends = [words[key].rpartition("{names}")[2] for key in ("disclosure_one", "disclosure_some", "disclosure_chat")]
    first = "Chat" if app == "ego_chat" else "Introduction"
    told = [name for name, _, page in walked.pages if any(end in html.unescape(page) for end in ends)]
    assert set(told) == {first} and "Debriefing" not in walked.names
    (event,) = [row for row in events(server, session) if row["event"] == "told before"]
    assert event["page"] == first and json.loads(event["details"])["text"] in text_of(walked, first)


def test_without_the_setting_all_is_as_it_was(server: Server) -> None:
    session = server.create_session("prisoner", 1)
    walked = walk(session, "prisoner")
    assert "an AI: a computer program (a language model)" in text_of(walked, "Introduction")
    assert "AIFirst" in walked.names and "Debriefing" not in walked.names
    assert 'name="human_move"' in walked.html("Decide") or "human_move" in walked.html("Decide")
    assert [row["event"] for row in events(server, session)] == ["comprehension check"]


def test_two_apps_are_told_of_together_at_the_end(server: Server) -> None:
    session = server.create_session("both", 1, ego_disclose="after")
    person = walk(session, "ego_chat", hidden=True).person.submit()
    assert person.page == "Introduction"
    rest = walk(session, "dictator", hidden=True)
    assert rest.names[-2:] == ["Debriefing", "End"] and TELLS.findall(rest.before_debriefing) == []
    told = text_of(rest, "Debriefing")
    assert STUDY_WORDS["en"]["debriefing_chat"] in told and "Player A was an AI" in told


def test_several_values_are_drawn_in_balance_and_are_in_the_data(server: Server) -> None:
    session = server.create_session("dictator", 4, ego_disclose="after, before")
    given = {row["participant"]: row["ego_disclose"] for row in server.custom_export(
        "otree_ego", "assignments", session=session.code) if row["ego_disclose"]}  # fmt: skip
    assert sorted(given.values()) == ["after", "after", "before", "before"]
    for place, code in enumerate(session.codes):
        page = session.participant(place).start().html
        assert bool(TELLS.search(page)) == (given[code] == "before")


def test_ego_data_says_when(server: Server) -> None:
    session = server.create_session("trust", 2, ego_disclose="after")
    walk(session, "trust", hidden=True)
    store = OTreeStore(str(server.project.folder / "db.sqlite3"))
    try:
        run = store.get(session.code)
        levels = {one.levels["participant"]: one.levels for one in store.replications(run.uid)}
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", levels[session.codes[0]]["debriefed_utc"])
        assert "told_before_utc" not in levels[session.codes[0]]
    finally:
        store.close()


def test_a_wording_of_ones_own(server: Server) -> None:
    session = server.create_session("trust", 1, ego_disclose="before", ego_word_disclosure_one="{names} = Maschine")
    assert "The other side = Maschine" in session.participant().start().html


@pytest.mark.parametrize("value", ["sometimes", "after, after", "before, later"])
def test_another_value_is_refused(server: Server, value: str) -> None:
    with pytest.raises(AssertionError, match="HTTP 400") as refused:
        server.create_session("trust", 1, ego_disclose=value)
    assert "one or more of before, after, never" in str(refused.value)


LATER = {
    "__init__.py": """
from otree.api import *
from otree_ego import assign, hides_ais

class C(BaseConstants):
    NAME_IN_URL = "later"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1

class Subsession(BaseSubsession): pass
class Group(BaseGroup): pass
class Player(BasePlayer): pass

class One(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        assign(player.participant, ego_disclose=["never"])

class Two(Page): pass

for page in (One, Two):
    page.vars_for_template = staticmethod(lambda player: dict(told=hides_ais(player)))
page_sequence = [One, Two]
""",
    "One.html": "{{ block content }}Hidden: {{ told }}. {{ next_button }}{{ endblock }}",
    "Two.html": "{{ block content }}Hidden: {{ told }}.{{ endblock }}",
}


def test_what_is_assigned_later_counts_from_then_on(server_factory: Callable[..., Server]) -> None:
    """Also where it was known that nobody had been given it."""
    rows = [{"name": "later", "app_sequence": ["later"], "num_demo_participants": 2}]
    people = server_factory(apps={"later": LATER}, session_configs=rows).create_session("later", 2).participants()
    first, second = (person.start() for person in people)
    assert "Hidden: 0." in first.html and "Hidden: 0." in second.html
    assert "Hidden: 1." in first.submit().html
    assert "Hidden: 0." in second.reload().html
    assert "Hidden: 1." in second.submit().html
