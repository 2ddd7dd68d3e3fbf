"""What we rely on inside oTree, stated so that a new oTree that changes it fails here first, by name.

Each fact is used in otree_ego/binding/otree_internals (or testing/live.py); those that need a running oTree are
looked at in a process of its own, in a project of its own.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import Project, Server, warm_python
from harness.chat import LIVE_PAGE, TALK_FILES
from harness.project import REPO
from harness.server import PRIVATE

FACTS = """\
import asyncio, inspect, json, os, sys
sys.argv[1:] = ["shell"]
sys.path.insert(0, os.getcwd())
import otree.main
otree.main.setup()
import otree.channels.consumers
import otree.channels.utils, otree.common, otree.common2, otree.database, otree.live, otree.lookup, otree.middleware
import otree.models, otree.session, otree.templating.context, otree.templating.filters, otree.templating.loader
import sqlalchemy, sqlalchemy.pool
from sqlalchemy import event, inspect as look
from otree_ego.binding.otree_internals import entry_pages, last_page, session_form, startup, timeout_worker, wait_pages

told = {}
import otree.checks
told["called by us"] = [otree.checks.is_builtin(name) for name in ("number_of_rounds", "ai_live", "nobodys")]
told["asks what is called"] = "is_builtin(func_name)" in inspect.getsource(otree.checks)
told["lock2"] = isinstance(otree.middleware.lock2, asyncio.Lock)
told["context"] = otree.database.db._context_var.name
told["pool"] = isinstance(otree.database.engine.pool, sqlalchemy.pool.StaticPool)
one, two = otree.database.DBSession(), otree.database.DBSession()
told["one connection"] = one.connection().connection.connection is two.connection().connection.connection
one.close(); two.close()
told["foreign keys"] = otree.database.engine.execute("pragma foreign_keys").scalar()
told["template folders"] = [str(folder) for folder in otree.templating.loader.ibis_loader.dirs]
told["static folders"] = [str(folder) for folder in otree.common2.static_files_app.all_directories]
told["template filters"] = sorted(otree.templating.filters.filtermap)
told["template names"] = sorted(otree.templating.context.builtins)
told["live group"] = otree.channels.utils.live_group("abcd", 3, "efgh")
told["subs"] = type(otree.channels.utils.channel_layer._subs).__name__
told["tables"] = sorted(t for t in look(otree.database.engine).get_table_names() if t.startswith("otree_ego"))
keys = otree.database.AnyModel.metadata.tables["otree_ego_thread"].c.session_id.foreign_keys
told["goes with"] = [[key.target_fullname, key.ondelete] for key in keys]
calls = []
event.listen(otree.database.AnyModel.metadata, "after_create", lambda *_, **__: calls.append(1))
otree.database.AnyModel.metadata.create_all(otree.database.engine)
told["after_create though all tables are there"] = calls
seen = []
event.listen(otree.models.Session, "init", lambda _s, _a, values: seen.append(dict(values["config"])["name"]))
otree.session.create_session("talk", num_participants=1)
told["a session's init"] = seen
source = inspect.getsource(otree.live.live_payload_function)
told["a falsy yield ends"] = "if not retval:" in source
told["page lookup"] = otree.lookup.get_page_lookup(otree.models.Session.objects_first().code, 1).page_class.__name__
names = ("_index_in_pages", "_session_code", "_is_bot", "code", "label")
told["participant"] = [hasattr(otree.models.Participant, name) for name in names]
told["rest refusal"] = issubclass(otree.session.CreateSessionInvalidArgs, Exception)
told["ours is theirs"] = issubclass(startup.SessionRefused, otree.session.CreateSessionInvalidArgs)
from otree.models_concrete import CompletedGroupWaitPage
told["wait page's end"] = sorted(CompletedGroupWaitPage.__table__.columns.keys())
told["a group's place"] = otree.channels.utils.group_wait_page_name(1, 2, -3)
connected = inspect.getsource(wait_pages._usual_connect)
told["a place's check"] = "completion_exists(" in connected
told["post_connect takes"] = list(inspect.signature(wait_pages._usual_connect).parameters)
source = inspect.getsource(otree.channels.consumers.BaseWaitPage.on_connect)
told["listens before it is asked"] = source.index("channel_layer.add(") < source.index("self.post_connect(")
told["presence"] = list(inspect.signature(otree.channels.consumers.BaseWaitPage.pre_disconnect).parameters)
told["payoffs commit"] = "db.commit()" in inspect.getsource(otree.models.BasePlayer.payoff.fset)
told["startup"] = "await self.startup()" in inspect.getsource(startup.Router)
told["visits"] = "page.get()" in inspect.getsource(otree.models.Participant._visit_current_page)
source = inspect.getsource(timeout_worker._usual_listen)  # ours stands around it
told["worker"] = source.index("getattr(self, task.method)") < source.index("db.delete(task)")
configs = otree.session.SESSION_CONFIGS_DICT.values()
config = next(iter(configs)).__class__({**next(iter(configs)), "text": "It's\\n<two>", "list": [1], "none": None})
told["otree's field"] = " ".join(session_form._usual_field(config, "text").split())
told["our field"] = config.editable_field_html("text")
told["in the form"] = config.custom_editable_fields()
told["the form's fields"] = "editable_field_html(k)" in inspect.getsource(config.custom_editable_fields_html)
source = inspect.getsource(session_form._usual_receive)
told["a missing field"] = "form_data.get(html_field_name, '')" in source and "new_value_raw != ''" in source
told["makes the session"] = "self.create_session_then_send_start_link(" in source
told["changed values"] = "modified_session_config_fields=modified_session_config_fields," in source
source = inspect.getsource(entry_pages._usual_join)
told["the session-wide link"] = [part in source for part in (
    "def get(self, request", "path_params['anonymous_code']", "query_params.get('participant_label')",
    "= get_participant_by_label(", "return no_participants_left_http_response()", "_redirect_to_start_url(participant)",
)]
source = inspect.getsource(entry_pages._usual_room)
told["a room's link"] = [part in source for part in (
    "def get(self, request", "path_params['room_name']", "query_params.get('welcome_page_ok')",
    "= validate_room_visitor(room, request.query_params)", "query_params.get('participant_label', '')",
    "return no_participants_left_http_response()", "_redirect_to_start_url(participant)",
)]
posted = inspect.getsource(entry_pages.pages.AssignVisitorToRoom.post)
told["the welcome page's question"] = "validate_room_visitor(room, query_params)" in posted
source = inspect.getsource(entry_pages._usual_own)
told["one's own link"] = "pp.initialize(label)" in source and "path_params['code']" in source
told["where links lead"] = otree.common.participant_start_url("abcd")
told["a full session"] = entry_pages.pages.no_participants_left_http_response().status_code
told["a long label"] = "len(label) > 100" in inspect.getsource(otree.models.Participant.set_label)
told["the label's room"] = otree.models.Participant.__table__.c.label.type.length
told["the list's errors"] = "errors['participant_label']" in inspect.getsource(entry_pages._usual_check)
told["the last page"] = "path_params['code']" in inspect.getsource(last_page._usual_end)
from otree_ego.binding.otree_internals import last_pages, page_addresses  # ours stand around both
told["who is on it"] = "'/OutOfRangeNotification/' + self.code" in inspect.getsource(page_addresses._usual_address)
source = inspect.getsource(last_pages._usual_increment)
told["skipping to the end"] = [part in source for part in (
    "page_index_to_skip_to = self._get_next_page_index_if_skipping_apps()",
    "if page_index == participant._max_page_index + 1:", "not is_skipping_apps and page._is_displayed()",
    "page._tally_unvisited()",
)]
column = otree.models.Participant.__table__.c._vars
told["vars"] = [type(column.type).__name__, column.type.process_bind_param({"a": 1}, None)]
told["status"] = otree.models.Participant.__table__.c.status.type.length
told["is_server"] = startup.is_server()
from otree_ego.binding.otree_internals import session_rounds
source = inspect.getsource(otree.session.create_session)
told["rounds of a session"] = "num_rounds = get_builtin_constant(app_name, 'num_rounds')" in source
told["pages of a session"] = "num_pages += num_rounds * len(views_module.page_sequence)" in source
told["most pages"] = "{Participant._max_page_index: num_pages}" in source
told["before creating_session"] = "run_creating_session_functions(session, progress_message_fxn)" in source
source = inspect.getsource(otree.models.Session._set_admin_report_app_names)
told["rounds of a report"] = "get_builtin_constant(app_name, 'num_rounds')" in source
import ast
tree = ast.parse(open(otree.lookup.__file__).read())
usual = next(each for each in tree.body if getattr(each, "name", "") == "_get_session_lookups")
told["otree's pages"] = "for rd in range(1, num_rounds + 1):" in ast.unparse(usual)
callers = inspect.getsource(otree.lookup.get_page_lookup) + inspect.getsource(otree.lookup.get_min_idx_for_app)
told["looks pages up"] = callers.count("_get_session_lookups(session_code)")
told["progress"] = inspect.getsource(otree.models.Participant._current_page_of_total).split("return ")[1].strip()
told["goes on"] = list(inspect.signature(last_pages._usual_increment).parameters)
told["address"] = "return url_i_should_be_on(" in inspect.getsource(page_addresses._usual_address)
source = inspect.getsource(otree.models.BaseSubsession._gbat_try_to_make_new_group)
told["rounds of groups by arrival"] = "Constants.get_normalized('num_rounds')" in source
told["asks the app, then the model, who is grouped"] = [
    "target, 'group_by_arrival_time_method', type(self).group_by_arrival_time_method," in " ".join(source.split()),
    "func(self, waiting_players)" in source, "if not players_for_group:" in source,
]
told["arrives"] = [
    each in inspect.getsource(otree.views.abstract.WaitPage.inner_dispatch_gbat) for each in
    ("_gbat_page_index = self._index_in_pages", "_gbat_grouped = False", "_waitpage_is_connected = True")
]
told["our pages are theirs"] = otree.lookup._get_session_lookups is session_rounds._pages
print("FACTS" + json.dumps(told))
"""
WHERE = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "where"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def seen(where):
    import threading

    from otree.database import db
    from otree.middleware import lock2

    from otree_ego.binding.otree_internals.database import in_async_live_method

    return {
        "lock": lock2.locked(), "loop thread": threading.current_thread() is threading.main_thread(),
        "session": db._db is not None, "asks in async": in_async_live_method(), "where": where,
    }


class Plain(Page):
    @staticmethod
    def live_method(player, data):
        return {player.id_in_group: seen("plain")}

    @staticmethod
    def vars_for_template(player):
        return dict(seen=seen("page"))


class Streaming(Page):
    @staticmethod
    async def live_method(player, data):
        yield {player.id_in_group: seen("async")}
        yield None
        yield {player.id_in_group: "never"}


page_sequence = [Plain, Streaming]
"""
BOTS = """\
from otree.api import Bot, Submission

from . import Chat, Streaming


class PlayerBot(Bot):
    def play_round(self):
        yield Submission(Streaming, check_html=False)


def call_live_method(method, **kwargs):
    call = method(1, {})
    print("LIVE METHOD GIVES", type(call).__name__)
"""


def environment() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    return {**env, "PYTHONPATH": str(REPO), "OPENAI_API_KEY": "sk-fake", "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = Project(tmp_path_factory.mktemp("facts") / "project", apps={"talk": TALK_FILES})
    (project.folder / "facts.py").write_text(FACTS)
    done = warm_python.run([sys.executable, "facts.py"], cwd=project.folder, env=environment(), text=True, timeout=120)
    line = next((line for line in done.stdout.splitlines() if line.startswith("FACTS")), "")
    assert line, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(line.removeprefix("FACTS"))
    return found


@pytest.mark.parametrize(
    ("fact", "wanted"),
    [
        ("lock2", True),
        ("context", "db_session"),
        ("pool", True),
        ("one connection", True),
        ("foreign keys", 1),
        ("live group", "live-abcd-3-efgh"),
        ("subs", "defaultdict"),
        (
            "tables",
            [
                f"otree_ego_{table}"
                for table in (
                    "ai_seat",
                    "assignment",
                    "decision",
                    "entry",
                    "event",
                    "human_visit",
                    "learned",
                    "lease",
                    "message",
                    "page_text",
                    "schema",
                    "surroundings",
                    "thread",
                    "visit",
                )
            ],
        ),
        ("goes with", [["otree_session.id", "CASCADE"]]),
        ("after_create though all tables are there", [1]),
        ("a session's init", ["talk"]),
        ("a falsy yield ends", True),
        ("page lookup", "Chat"),
        ("called by us", [True, True, False]),
        ("asks what is called", True),
        ("rounds of a session", True),
        ("pages of a session", True),
        ("most pages", True),
        ("before creating_session", True),
        ("rounds of a report", True),
        ("otree's pages", True),
        ("looks pages up", 2),
        ("progress", "[self._index_in_pages, self._max_page_index]"),
        ("goes on", ["self"]),
        ("address", True),
        ("rounds of groups by arrival", True),
        ("asks the app, then the model, who is grouped", [True] * 3),
        ("arrives", [True] * 3),
        ("our pages are theirs", True),
        ("participant", [True] * 5),
        ("rest refusal", True),
        ("ours is theirs", True),
        ("wait page's end", ["group_id", "id", "page_index", "session_id"]),
        ("a group's place", "wait-page-1-page2--3"),
        ("a place's check", True),
        ("post_connect takes", ["self", "session_pk", "page_index", "group_id", "participant_id"]),
        ("listens before it is asked", True),
        ("presence", ["self", "participant_id", "kwargs"]),
        ("payoffs commit", True),
        ("startup", True),
        ("visits", True),
        ("worker", True),
        (
            "otree's field",
            "<tr><td><b>text</b><td><input name='talk.text' type='text' value='It's <two>' class='form-control'></td>",
        ),
        ("in the form", ["text"]),
        ("the form's fields", True),
        ("a missing field", True),
        ("makes the session", True),
        ("changed values", True),
        ("the session-wide link", [True] * 6),
        ("a room's link", [True] * 7),
        ("the welcome page's question", True),
        ("one's own link", True),
        ("where links lead", "/InitializeParticipant/abcd"),
        ("a full session", 404),
        ("a long label", True),
        ("the label's room", 100),
        ("the list's errors", True),
        ("the last page", True),
        ("who is on it", True),
        ("skipping to the end", [True] * 4),
        ("vars", ["_PickleField", base64.encodebytes(pickle.dumps({"a": 1})).decode()]),
        ("status", 50),
        ("is_server", False),
    ],
)
def test_fact(facts: dict[str, Any], fact: str, wanted: Any) -> None:
    assert facts[fact] == wanted


def test_our_folders_and_words_are_found(facts: dict[str, Any]) -> None:
    ours = Path(facts["template folders"][-1])
    assert (ours / "otree_ego" / "chat.html").is_file()
    assert any((Path(folder) / "otree_ego" / "chat.js").is_file() for folder in facts["static folders"])
    assert "ego_words" in facts["template names"]
    assert "ego_next" in facts["template filters"]


def test_a_text_of_the_session_form_is_whole_in_ours(facts: dict[str, Any]) -> None:
    assert "\nIt&#x27;s\n&lt;two&gt;</textarea>" in facts["our field"]


def test_where_code_runs(server_factory: Callable[..., Server]) -> None:
    files = {"__init__.py": WHERE, "Plain.html": LIVE_PAGE % "{{ seen }}", "Streaming.html": LIVE_PAGE % ""}
    server = server_factory(apps={"where": files})
    person = server.create_session("where").participant().start()
    assert "&#x27;lock&#x27;: True" in person.html or "'lock': True" in person.html
    assert "'loop thread': False" in person.html.replace("&#x27;", "'")
    with person.live() as live:
        live.send({})
        seen = {"lock": True, "loop thread": True, "session": True, "asks in async": False, "where": "plain"}
        assert live.receive() == seen
    person.submit()
    with person.live() as live:
        live.send({})
        assert live.receive() == {**seen, "lock": False, "asks in async": True, "where": "async"}
        live.send({})
        assert live.receive()["where"] == "async"  # what stands behind a falsy yield never comes
    # this app imports otree_ego in a function: pages go on, and the log says what to do
    assert "Import it at the top of the app's __init__.py" in server.log


def test_bots_do_not_run_live_methods_that_are_generators(tmp_path: Path) -> None:
    source = WHERE.replace("page_sequence = [Plain, Streaming]", "page_sequence = [Streaming]")
    tests = BOTS.replace("import Chat, Streaming", "import Streaming")
    files = {"__init__.py": source, "Streaming.html": LIVE_PAGE % "", "tests.py": tests}
    project = Project(tmp_path / "project", apps={"where": files})
    otree = Path(sys.executable).with_name("otree")
    done = warm_python.run(
        [str(otree), "test", "where"],
        cwd=project.folder,
        env=environment(),
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LIVE METHOD GIVES async_generator" in done.stdout
