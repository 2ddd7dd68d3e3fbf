"""All that we touch inside oTree, in one file; tests/binding/test_internals.py says what we rely on.

Facts it stands on (oTree 6.0): all database sessions share one connection, page requests hold one lock (`lock2`) and
run in worker threads, an async live method runs outside that lock with a session of its own in a context variable.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import pickle
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import otree.channels.utils as channels
import otree.common
import otree.constants
import otree.database
import otree.models  # before otree.lookup, which needs it
import otree.settings
import otree.tasks
from otree.channels.consumers import BaseWaitPage, LiveConsumer, WSGroupWaitPage, parse_querystring
from otree.common2 import static_files_app
from otree.currency import Currency as Currency
from otree.database import AnyModel as AnyModel, DBSession, db
from otree.live import get_participant_scoped_lock
from otree.lookup import get_page_lookup
from otree.middleware import lock2 as lock2
from otree.models import (
    BaseGroup as BaseGroup,
    BasePlayer as BasePlayer,
    BaseSubsession as BaseSubsession,
    Participant as Participant,
    Session as Session,
)
from otree.models_concrete import CompletedGroupWaitPage
from otree.session import CreateSessionInvalidArgs
from otree.templating.context import builtins as template_names
from otree.templating.filters import filtermap as template_filters
from otree.templating.loader import ibis_loader
from otree.views.abstract import WaitPage as WaitPage
from sqlalchemy import bindparam, event, inspect as inspect_attribute, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.baked import bakery
from sqlalchemy.orm import object_session
from sqlalchemy.sql import sqltypes as st
from starlette.responses import PlainTextResponse as PlainTextResponse
from starlette.routing import Router

from ..errors import ConfigError, LinkError
from ..messages import clean
from ..stores.rows import prepared

logger = logging.getLogger("otree_ego")
SERVERS = ("prodserver", "prodserver1of2", "runprodserver", "runprodserver1of2", "webandworkers", "devserver_inner")


def project_settings() -> Any:
    """The project's settings module, with oTree's defaults filled in."""
    return otree.settings


def is_server() -> bool:
    """Whether this process is the server itself, not a bot run, a shell or the timeout worker."""
    return len(sys.argv) > 1 and sys.argv[1] in SERVERS


def add_folders(templates: Path, static: Path) -> None:
    """Let `{{ include 'otree_ego/chat.html' }}` and `{{ static 'otree_ego/…' }}` find the package's own files, last."""
    if templates not in ibis_loader.dirs:
        ibis_loader.dirs = (*ibis_loader.dirs, templates)
    if str(static) not in map(str, static_files_app.all_directories):
        static_files_app.all_directories.append(str(static))


def add_template_name(name: str, value: Any) -> None:
    """Let every template of the project use a name."""
    template_names.setdefault(name, value)


def add_template_filter(name: str, function: Callable[[Any], Any]) -> None:
    """Let every template of the project write `{{ value|name }}`."""
    template_filters.setdefault(name, function)


def on_tables_created(work: Callable[[Connection], None]) -> None:
    """Run something each time oTree has made sure that its tables exist (when a server starts)."""
    event.listen(AnyModel.metadata, "after_create", lambda _target, connection, **_: work(connection))
    load = otree.database.load_in_memory_db

    def load_and_work() -> None:  # devserver: the rows of before the restart come after the tables
        load()
        with short_section() as connection:
            work(connection)

    otree.database.load_in_memory_db = load_and_work


class SessionRefused(ConfigError, CreateSessionInvalidArgs):  # type: ignore[misc]
    """A session's config is wrong. oTree's REST tells the text of an error of its own class only (HTTP 400)."""


def on_new_session(check: Callable[[Mapping[str, Any]], None]) -> None:
    """Look at the config of each session before anything of it is written; a ConfigError refuses the session."""

    def look(_session: Any, _args: Any, values: dict[str, Any]) -> None:
        try:
            check(values.get("config") or {})
        except ConfigError as error:
            raise SessionRefused(str(error)) from None

    event.listen(Session, "init", look)


# --- the database ---------------------------------------------------------------------------------------------------


def request_session() -> Any:
    """The database session of the request, bot or live method that this code runs in.

    Outside of one it is oTree's session for the whole process, and in a thread of its own None.
    """
    return db._db


@asynccontextmanager
async def in_line(before: int) -> AsyncIterator[None]:
    """oTree's lock, in whose line page requests stand, with at most so many before us besides the one that has it.

    At the end of the line a hundred clicks at once would be between a decision's parts, three times.
    """
    line = getattr(lock2, "_waiters", None)
    if not line or len(line) <= before:
        await lock2.acquire()
    else:
        await _step_in(line, before)
    try:
        yield
    finally:
        lock2.release()


async def _step_in(line: deque[asyncio.Future[Any]], before: int) -> None:
    """As asyncio.Lock.acquire, but for the place in its line."""
    ours = asyncio.get_running_loop().create_future()
    line.insert(before, ours)
    try:
        try:
            await ours
        finally:
            line.remove(ours)
    except asyncio.CancelledError:
        if not lock2.locked():
            lock2._wake_up_first()
        raise
    lock2._locked = True


def in_async_live_method() -> bool:
    """Whether plain code is being called from an async live method: there, oTree's lock is not held."""
    frame = inspect.currentframe()
    below = None
    while frame is not None:
        if frame.f_globals.get("__name__") == "otree.live":
            return bool(below and below.f_code.co_flags & inspect.CO_ASYNC_GENERATOR)
        below, frame = frame, frame.f_back
    return False


@contextmanager
def short_section() -> Iterator[Connection]:
    """A session of our own: committed at the end, rolled back on an error. Never held across an await."""
    session = DBSession()
    try:
        yield session.connection()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def put_off(name: str, value: Any, work: Callable[[Connection, Mapping[str, Any]], None]) -> bool:
    """Do `work` on all that was put off, by name, when the request looks at our tables or commits.

    `creating_session` attaches a Thread to each of a thousand players; one by one that takes longer than all of oTree's
    own work. Returns False where there is no database session that could commit.
    """
    session = request_session()
    if session is None:
        return False
    if "otree_ego_waiting" not in session.info:
        session.info["otree_ego_waiting"] = ({}, work)
        event.listen(session, "before_commit", _catch_up)
        event.listen(session, "after_rollback", lambda s: s.info["otree_ego_waiting"][0].clear())
    waiting: dict[str, Any] = session.info["otree_ego_waiting"][0]
    waiting.pop(name, None)
    waiting[name] = value
    return True


def after_commit(work: Callable[[], None]) -> None:
    """Do something when the request has been committed; nothing if it is rolled back."""
    session = request_session()
    if session is None:
        work()
        return
    if "otree_ego_after" not in session.info:
        later: list[Callable[[], None]] = []
        session.info["otree_ego_after"] = later

        def committed(_session: Any) -> None:
            calls, later[:] = list(later), []
            for call in calls:
                call()

        event.listen(session, "after_commit", committed)
        event.listen(session, "after_rollback", lambda _: later.clear())
    session.info["otree_ego_after"].append(work)


def due() -> Callable[[Connection], None] | None:
    """What this request has put off, handed over: async code does it in a section of its own, before it looks."""
    session = request_session()
    waiting, work = ({}, None) if session is None else session.info.get("otree_ego_waiting", ({}, None))
    if not waiting:
        return None
    batch = dict(waiting)
    waiting.clear()
    return lambda connection: work(connection, batch)


def _catch_up(session: Any) -> None:
    waiting, work = session.info.get("otree_ego_waiting", ({}, None))
    if waiting:
        batch = dict(waiting)
        waiting.clear()
        work(session.connection(), batch)


@contextmanager
def joined_section(on_rollback: Callable[[], None] | None = None) -> Iterator[Connection]:
    """The connection of the request that we are in: what is written here is committed or rolled back with it.

    Arguments:
        on_rollback: called after the request has been rolled back (once; forgotten when it is committed).
    """
    session = request_session()
    if session is None:
        with short_section() as connection:
            yield connection
        return
    _catch_up(session)
    if on_rollback is not None:
        _watch(session)
        session.info["otree_ego_undo"].append(on_rollback)
    yield session.connection()


def _watch(session: Any) -> None:
    if "otree_ego_undo" in session.info:
        return
    undo: list[Callable[[], None]] = []
    session.info["otree_ego_undo"] = undo

    def rolled_back(_session: Any) -> None:
        calls, undo[:] = list(undo), []
        for call in calls:
            call()

    event.listen(session, "after_commit", lambda _: undo.clear())
    event.listen(session, "after_rollback", rolled_back)


def request_notes() -> dict[Any, Any]:
    """A place for notes that live as long as the request's database session."""
    session = request_session()
    info: dict[Any, Any] = {} if session is None else session.info
    return info


def _let_go_first(ask: Callable[..., None]) -> Callable[..., None]:
    """Let oTree's timeout worker commit before it asks the server for something.

    It asks with what it has deleted before still uncommitted: on SQLite the server then cannot write, answers
    "database is locked" after five seconds, and the page that was to be submitted stays.
    """

    def asked(*args: Any, **kwargs: Any) -> None:
        db.commit()
        ask(*args, **kwargs)

    return asked


otree.tasks.post, otree.tasks.get = _let_go_first(otree.tasks.post), _let_go_first(otree.tasks.get)


# --- participants, sessions, pages ----------------------------------------------------------------------------------


def participant_code(player: Any) -> str:
    """A player's participant's code. Whoever asks for many (`creating_session`) gets all of them in one query."""
    notes = request_notes().setdefault("otree_ego_codes", {"asked": 0})
    if player.participant_id not in notes:
        notes["asked"] += 1
        if notes["asked"] < 4:
            return str(player.participant.code)
        query = db.query(Participant).filter_by(session_id=player.session_id)
        notes.update(dict(query.with_entities(Participant.id, Participant.code)))
    return str(notes[player.participant_id])


def session_of(instance: Any) -> Any:
    """The oTree session that a player, group, subsession or participant belongs to (or the session itself)."""
    return instance if isinstance(instance, Session) else instance.session


def app_of(instance: Any) -> str:
    """The app that a player, group or subsession belongs to."""
    return str(type(instance).get_folder_name())


def page_of(player: Any) -> tuple[str, int, str]:
    """Where a player's participant is: code, page index, session code."""
    participant = player.participant
    return participant.code, participant._index_in_pages, participant._session_code


Shortcut = Callable[[Any], Awaitable[bool]]
_shortcuts: dict[str, tuple[str, Shortcut]] = {}


def keep_shortcut(player: Any, live_method: Any, shortcut: Shortcut) -> None:
    """Let a participant's further messages go straight to `shortcut` while they stay on the page.

    oTree asks its database six times before a live method sees a message; with a hundred at once that is most of the
    wait. Passed over where the page's live method is not `live_method` itself.

    Arguments:
        player: whose page it is.
        live_method: the function that the shortcut stands for.
        shortcut: takes what the page sent; False means that oTree's own way is to be gone.
    """
    code, index, session_code = page_of(player)
    page = get_page_lookup(session_code, index).page_class
    if page.live_method is live_method and _moves_seen.get() == _moves.get(code, 0):
        _shortcuts[code] = (str(index), shortcut)


_moves: dict[str, int] = {}
_moves_seen: ContextVar[int] = ContextVar("otree_ego_moves", default=-1)


def _page_left(participant: Any, *_: Any) -> None:
    session, code = object_session(participant), participant.code
    _moved(code)
    if session is None:
        return
    # A live message that has read the old page before the commit must not keep a shortcut to it after the commit.
    if "otree_ego_left" not in session.info:
        session.info["otree_ego_left"] = set()
        event.listen(session, "after_commit", _moved_for_good)
    session.info["otree_ego_left"].add(code)


def _moved_for_good(session: Any) -> None:
    for code in session.info["otree_ego_left"]:
        _moved(code)


def _moved(code: str) -> None:
    _moves[code] = _moves.get(code, 0) + 1
    _shortcuts.pop(code, None)


async def _on_receive(consumer: Any, websocket: Any, data: Any) -> None:
    address = consumer.clean_kwargs()
    code, index = address.get("participant_code", ""), address.get("page_index")
    _moves_seen.set(_moves.get(code, 0))
    kept = _shortcuts.get(code)
    if kept is not None and kept[0] == index:
        async with get_participant_scoped_lock(code):
            try:
                done = _shortcuts.get(code) is kept and await kept[1](data)
            except Exception as error:  # as oTree does when a live method fails: the page is told, the connection stays
                logger.exception("%s: %r", code, error)
                await websocket.send_json({"otree_success": False, "live_method_payload": None})
                return
        if done:
            return
    await _usual_on_receive(consumer, websocket, data)


event.listen(Participant._index_in_pages, "set", _page_left)
_usual_on_receive = LiveConsumer.on_receive
LiveConsumer.on_receive = _on_receive


# --- pages that wait for a model ------------------------------------------------------------------------------------

in_decision: ContextVar[bool] = ContextVar("otree_ego_in_decision", default=False)
"""Whether this is the code of a page's `ask_ai`: it runs on the server's event loop."""
_started: list[Callable[[], None]] = []
_loop: list[asyncio.AbstractEventLoop] = []
_router: Any = Router
_usual_startup = _router.startup


async def _startup(router: Any) -> None:
    await _usual_startup(router)
    _loop[:] = [asyncio.get_running_loop()]
    for work in _started:
        work()


_router.startup = _startup


def on_server_started(work: Callable[[], None]) -> None:
    """Run something on the server's event loop when it has begun to run."""
    _started.append(work)


def server_loop() -> asyncio.AbstractEventLoop | None:
    """The server's event loop; None in a bot run, a shell or the timeout worker."""
    return _loop[0] if _loop and not _loop[0].is_closed() else None


def read_anew(instances: list[Any]) -> None:
    """Let a request see what a task has written meanwhile (in bot runs a task runs within the request)."""
    for each in instances:
        request_session().refresh(each)


def own_session() -> Any:
    """A database session for the task that this is called in: oTree's models read through it. It never writes."""
    session = DBSession(autoflush=False, expire_on_commit=False)
    event.listen(session, "before_flush", _never)
    db._db = session
    return session


def _never(session: Any, _context: Any, _objects: Any) -> None:
    names = ", ".join(altered(session)) or "participant.vars"
    raise LinkError(f"ask_ai has set {names}: return values of fields, and set the rest (payoffs) in after_decision.")


def altered(session: Any) -> list[str]:
    """What has been set on players, groups and subsessions of a session, and what was created in it."""
    kinds = (BasePlayer, BaseGroup, BaseSubsession)
    names = [type(each).__name__ for each in session.new]
    kept: Mapping[Any, bytes] = session.info.get("otree_ego_vars", {})
    changed_vars = [each for each, before in kept.items() if pickle.dumps(dict(each._vars)) != before]
    names += sorted({f"{type(each).__name__.lower()}.vars" for each in changed_vars})
    for each in session.dirty:
        if isinstance(each, kinds) and session.is_modified(each):
            fields = inspect_attribute(each).attrs
            changed = [name for name in each._setattr_fields if fields[name].history.has_changes()]
            names += [f"{type(each).__name__.lower()}.{name}" for name in changed]
    return sorted(names)


def let_go(session: Any) -> None:
    """End such a session. It is committed, not rolled back: a rollback would undo what others have half done."""
    session.expunge_all()
    session.commit()
    session.close()


_bakery = bakery(size=500)


def load_owner(app: str, kind: str, number: int) -> tuple[Any, list[int]]:
    """A player or a group, with its session and participants read in.

    Arguments:
        app: whose. kind: ``player`` or ``group``. number: its own in the database.

    Returns:
        it, and the numbers of the participants who wait for its decision; None and an empty list if it is gone.
    """
    model = getattr(otree.common.get_models_module(app), kind.capitalize())
    found = _bakery(lambda session: session.query(model), app, kind)(db._db).get(number)
    if found is None:
        return None, []
    people = [found.participant] if kind == "player" else [each.participant for each in found.get_players()]
    # oTree's `vars` count as changed as soon as they are looked at: what they were tells whether they are
    db._db.info["otree_ego_vars"] = {each: pickle.dumps(dict(each._vars)) for each in (*people, found.session)}
    _ = found.session.config
    return found, [each.id for each in people]


def new_group(subsession: Any, number: int) -> Any:
    """One more group of a subsession."""
    group = otree.common.get_models_module(app_of(subsession)).Group
    fields = dict(session=subsession.session, subsession=subsession, round_number=subsession.round_number)
    return group.objects_create(**fields, id_in_subsession=number)


@contextmanager
def models_on(c: Connection) -> Iterator[Any]:
    """oTree's models on an open connection: what is set on them becomes part of its transaction, or nothing of it."""
    savepoint = c.begin_nested()  # oTree's payoffs are sent to the database as soon as they are set
    session = DBSession(bind=c)
    token = db._context_var.set(session)
    try:
        yield session
        session.commit()
        savepoint.commit()
    except BaseException:
        session.rollback()
        savepoint.rollback()
        raise
    finally:
        session.close()
        db._context_var.reset(token)


def own_pages(app: str) -> list[Any]:
    """The pages of an app, in order."""
    return list(otree.common.get_pages_module(app).page_sequence)


def own_fields(model: Any) -> dict[str, Any]:
    """The fields that an app has declared on a Player or a Group, by name."""
    return {c.name: c for c in model.__table__.columns if isinstance(c, otree.database.OTreeColumn)}


def as_kept(target: Any, name: str, value: Any) -> Any:
    """A field's value as its column takes it; oTree's own TypeError if it is of another type."""
    if isinstance(value, str):
        value = clean(value)
    setattr(target, name, value)
    kind = type(target).__table__.columns[name].type
    return Currency(value) if value is not None and isinstance(kind, otree.database.CurrencyType) else value


def waiting_place(session_id: int, page_index: int, group_id: int) -> str:
    """The name under which those who wait on a page are told that it is over."""
    return str(channels.group_wait_page_name(session_id, page_index, group_id))


def waiting_path(session_id: int, page_index: int, group_id: int, participant_id: int, **shown: Any) -> str:
    """The address at which a page waits to be told. `shown` is what it shows: see `on_waiting`."""
    place = dict(session_pk=session_id, page_index=page_index, group_id=group_id, participant_id=participant_id)
    return str(channels.group_wait_page_path(**place, **shown))


_outdated: list[Callable[[Mapping[str, str]], bool]] = []


def on_waiting(outdated: Callable[[Mapping[str, str]], bool]) -> None:
    """Ask this, when a page begins to wait to be told, whether what it `shown` is true no longer: it loads anew then.

    oTree itself asks only whether the wait is over; what else is told before a page listens would never reach it.
    """
    _outdated.append(outdated)


_usual_connect = WSGroupWaitPage.post_connect


async def _connect(consumer: Any, **place: int) -> None:
    await _usual_connect(consumer, **place)
    shown = parse_querystring(consumer.scope["query_string"])
    if any(outdated(shown) for outdated in _outdated):
        await consumer.websocket.send_json({"status": "ready"})


WSGroupWaitPage.post_connect = _connect


_usual_mark = BaseWaitPage.mark_waitpage_connected_or_not


def _mark(consumer: Any, is_connected: bool, session_pk: int) -> None:
    # Two commits for each who waits would be most of what a page costs on SQLite. That somebody is there is written
    # with the page itself; that somebody has left matters only while the page goes on.
    place, index = consumer.cleaned_kwargs.get("group_id", 0), consumer.cleaned_kwargs.get("page_index")
    if place < 0 and (
        is_connected or consumer.completion_exists(page_index=index, group_id=place, session_id=session_pk)
    ):
        return
    _usual_mark(consumer, is_connected, session_pk)


BaseWaitPage.mark_waitpage_connected_or_not = _mark
_ENDED = CompletedGroupWaitPage.__table__
_IS_OVER = select([_ENDED.c.id]).where(
    (_ENDED.c.session_id == bindparam("session_id"))
    & (_ENDED.c.page_index == bindparam("page_index"))
    & (_ENDED.c.group_id == bindparam("group_id"))
)


def _is_over(_consumer: Any, **place: int) -> bool:
    return prepared(db._db.connection()).execute(_IS_OVER, **place).first() is not None


WSGroupWaitPage.completion_exists = _is_over  # as oTree asks, compiled once


async def tell_waiting(place: str) -> None:
    """Let those who wait load their page anew."""
    await channels.group_send(group=place, data={"status": "ready"})


def end_waiting(c: Connection, session_id: int, page_index: int, group_id: int) -> None:
    """Write down, as oTree does, that a waiting page is over."""
    values = dict(session_id=session_id, page_index=page_index, group_id=group_id)
    c.execute(CompletedGroupWaitPage.__table__.insert().values(**values))


def visit_for(people: list[int], page_index: int) -> None:
    """Load the page that follows for those who have left on a page that is over, so that its timeout begins.

    oTree has its timeout worker do it, which locks a SQLite file against the server when it has two such tasks.
    """
    for number in people:
        db.new_session()
        try:
            query = db.query(Participant).filter_by(id=number, _index_in_pages=page_index, is_browser_bot=False)
            participant = query.first()
            if participant is not None:
                participant._visit_current_page()
            db.commit()
        # The app's own code, and no reason not to go on with the others.
        except Exception:
            db.rollback()
            logger.exception("The page after page %s could not be loaded for participant %s.", page_index, number)
        finally:
            db.close()


OWN_FIELDS = frozenset({otree.constants.timeout_happened, otree.constants.admin_secret_code})
"""What oTree itself posts to pages."""


def looks_on(session_code: str, page_index: int, code: str) -> bool:
    """Whether a participant has a page with a live method open."""
    return channels.live_group(session_code, page_index, code) in channels.channel_layer._subs


async def send_live(session_code: str, page_index: int, code: str, payload: Any) -> None:
    """Send a live payload to every tab that a participant has open on a page."""
    if looks_on(session_code, page_index, code):
        group = channels.live_group(session_code, page_index, code)
        await channels.group_send(group=group, data={"otree_success": True, "live_method_payload": payload})


# --- form fields ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormField:
    """What oTree knows of a form field.

    Fields:
        kind: ``number``, ``bool`` or ``text``. props: label, help_text, choices, min, max, … as they were given.
        convert: makes what the field takes of a plain value.
        places: decimals of a number, None for any. length: of a text, None for any.
    """

    kind: str
    props: Mapping[str, Any]
    convert: Callable[[Any], Any]
    places: int | None = None
    length: int | None = None


def form_field(instance: Any, name: str) -> FormField | None:
    """What oTree knows of a player's or group's form field; None if there is none of this name."""
    column = own_fields(type(instance)).get(name)
    if column is None:
        return None
    kind, props = column.type, column.form_props
    if isinstance(kind, otree.database.BaseCurrencyType):
        return FormField("number", props, kind.MONEY_CLASS, kind.MONEY_CLASS.get_num_decimal_places())
    if isinstance(kind, otree.database.DecimalFieldType):
        return FormField("number", props, kind.unit, kind.unit.input_places)
    if isinstance(kind, st.Boolean):
        return FormField("bool", props, bool)
    if isinstance(kind, st.Integer):
        return FormField("number", props, int, 0)
    if isinstance(kind, st.Float):
        return FormField("number", props, float)
    return FormField("text", props, str, length=props.get("max_length") or kind.length)


def user_function(instance: Any, name: str) -> Any:
    """A function of the app that goes with a field (`offer_max`), or None."""
    return getattr(instance.get_user_defined_target(), name, None)
