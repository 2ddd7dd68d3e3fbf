"""`ai(instance)`: the Thread or Conversation that belongs to an oTree object."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.cost_limits import check_prices
from ...chat_rules.personas import Persona
from ...chat_rules.settings import check_models
from ...errors import ConfigError, LinkError
from ...messages import Message, new_id
from ...stores import rows
from ...stores.forgetting import Forgotten, forget_owner, forget_participant, forget_session
from ...stores.otree_tables import people_of
from ...stores.rows import CONVERSATION, ThreadRow
from ...stores.wiping import wiping
from ...threads.async_conversation import AsyncConversation
from ...threads.async_thread import AsyncThread
from ...threads.base import find_provider, internals, wrap_provider
from ...threads.conversation import Conversation
from ...threads.loose import loose
from ...threads.state import load_state
from ...threads.thread import Thread
from ..otree_internals import unwritten
from ..otree_internals.database import (
    defer,
    deferred_work,
    fields_read_anew,
    in_async_live_method,
    joined_section,
    request_notes,
    short_section,
)
from ..otree_internals.models import session_id_of, session_of
from ..otree_internals.startup import SessionRefused
from ..otree_internals.wait_pages import in_decision
from ..otree_internals.writer import writer
from ..setup.chat_settings import models_of, new_thread, phrases_of, settings_of
from .looking import Looking
from .owner_lock import OwnerLock, lock_of
from .owners import owner_key
from .persona_parts import part_of, people_of_link
from .state_changes import keep_changes
from .thread_stores import AttachedStore, AwaitOnlyStore, RequestStore, SlowCallLog, WriterStore, changed


class Link(Looking):
    """What `ai(instance, suffix)` gives; see there."""

    def __init__(self, instance: Any, suffix: str | None = None) -> None:
        self.owner = owner_key(instance, suffix)
        self.instance = instance
        self.opened_as = self.owner
        self._lock: OwnerLock | None = None
        self._opened: tuple[Thread | Conversation, dict[str, bytes]] | None = None

    def __repr__(self) -> str:
        return f"ai({self.owner})"

    # --- attaching --------------------------------------------------------------------------------------------------

    def set(self, thing: Thread | Conversation) -> Link:
        """Attach a Thread or a Conversation. What was attached before is closed: it stays in the data.

        Raises:
            LinkError: it is neither, or it is attached elsewhere already.
            StateError: one of its attributes cannot be kept.
            ConfigError: the session limits money, and the price of a Thread's model is unknown.
        """
        if not isinstance(thing, Thread | Conversation):
            raise LinkError(f"{self!r}.set(…) takes a Thread or a Conversation, not {type(thing).__name__}.")
        threads = thing.threads if isinstance(thing, Conversation) else (thing,)
        for store in (internals(thread).store for thread in threads):
            if isinstance(store, AttachedStore | RequestStore):
                raise LinkError(f"This Thread is attached to {store.owner} already; make a new one for {self!r}.")
        for thread in threads:
            self._check_prices(thread)
        session_id = session_id_of(self.instance)
        new = [
            ThreadRow(t.id, owner, t.kind, t.pickled(), session_id, known=_is_recorded(t))
            for owner, t in self._seats(thing)
        ]
        if isinstance(thing, Conversation):
            new.insert(0, ThreadRow(thing.id, self.owner, CONVERSATION, thing.pickled(), session_id))
        self._attach(new, [(t.id, t.messages) for t in threads if t.messages])
        for thread in threads:
            internals(thread).store = AttachedStore(self.owner)
        changed(self.owner)
        return self

    def _check_prices(self, thread: Thread) -> None:
        models = {name: getattr(thread, name) for name in ("model", "fallback_model")}
        try:
            check_prices(settings_of(self.instance), models, partial(find_provider, thread))
        except ConfigError as error:
            raise SessionRefused(f"{self!r}: {error}") from None

    def unset(self) -> None:
        """Close what is attached: it is there no longer, and stays in the data. Nothing happens if nothing is."""
        with joined_section() as connection:
            rows.close(connection, self.owner)
        changed(self.owner)

    def forget(self) -> Forgotten:
        """Delete texts for good: all of a participant's or a session's, or those of what is or was attached here.

        Of a participant (``ai(participant).forget()``) go all texts of the Threads that nobody else shares, the
        participant's own messages in the others, texts of decisions, names and the label. Of a session go the texts of
        all Threads and decisions. Times, tokens and costs stay, and the data say when it was done: see docs/privacy.md.

        Returns:
            how much was forgotten; `shared` counts others' messages that stay in Threads which they share.
        """
        session = session_of(self.instance)
        number = session_id_of(self.instance)
        with joined_section() as connection, fields_read_anew(), wiping(connection):
            unwritten.write_all(connection)
            people = people_of(connection, number)
            if self.owner == f"session:{session.code}":
                done = forget_session(connection, number, people)
            elif self.owner.startswith("participant:") and "#" not in self.owner:
                me = next(person for person in people if person.id == self.instance.id)
                done = forget_participant(connection, number, me)
            else:
                done = forget_owner(connection, number, self.owner)
            unwritten.drop_forgotten(connection)
        for owner in done.owners:
            changed(owner)
        return done

    def from_config(self, **attributes: Any) -> Link:
        """Attach a new Thread as the session config wants it (`ego_model`, `ego_temperature`, …), as `set` does.

        Arguments:
            attributes: of the Thread; and any setting of the chat, such as ``show_model=False`` or ``max_messages=5``,
                which holds for the chat with this Thread instead of the session's.

        Raises:
            ConfigError: a setting is wrong; the message names it and what it takes.
        """
        models = models_of(self.instance, attributes)
        checked = request_notes().setdefault("otree_ego_checked", [])
        if models not in checked and "api_key" not in attributes:
            check_models(models)
            checked.append(models)
        if attributes:
            return self.set(new_thread(self.instance, attributes))
        row, record = self._usual()
        self._attach([row], [(row.uid, record)])
        changed(self.owner)
        return self

    def _usual(self) -> tuple[ThreadRow, list[Message]]:
        kind, state, record = settings_of(self.instance).usual
        row = ThreadRow(new_id(), self.owner, kind, state, session_id_of(self.instance))
        return row, [replace(m, id=new_id(), time=time.time()) for m in record]

    def _attach(self, new: list[ThreadRow], record: list[tuple[str, Sequence[Message]]]) -> None:
        if not defer(self.owner, (new, record), rows.attach):
            with short_section() as connection:
                rows.attach(connection, {self.owner: (new, record)})

    def _seats(self, thing: Thread | Conversation) -> list[tuple[str, Thread]]:
        if isinstance(thing, Thread):
            return [(self.owner, thing)]
        return [(f"{self.owner}/{name}", t) for name, t in zip(thing.names, thing.threads, strict=True)]

    def as_persona(
        self,
        persona: Persona | str,
        *,
        personas: Sequence[Persona] = (),
        names: Mapping[str, str] | None = None,
        reveal_ais: bool = True,
    ) -> Link:
        """The Thread of a chat, to be asked as one of the AIs that speak in it: chat, then decide as Ada.

        What the Thread is asked then, it answers as this persona: with its part, its model, and all that was said in
        the chat, as it reads it there. What it is told and what it answers only this persona remembers, also when it
        speaks in the chat again; the others never learn of it, and no page shows it.

        Arguments:
            persona: who decides; its name is enough where `personas` are given.
            personas, names, reveal_ais: as in `group_chat`, the same as on the chat's page. For a chat of one person
                and one AI (`chat`) they are left out: no names stand before messages there.

        Raises:
            ConfigError: there is no such persona, or a value is wrong.

        Example, in an AIWaitPage with ``form_model = "group"``::

            async with ai(group).as_persona("Ada", personas=C.PERSONAS) as ada:
                return dict(offer=await ada.decide(group, "offer", "How much do you offer?"))
        """
        return PersonaLink(self, persona, personas, names or {}, reveal_ais)

    # --- opening ----------------------------------------------------------------------------------------------------

    def _find(self, connection: Connection) -> list[ThreadRow]:
        row = rows.find(connection, self.owner)
        if row is None:
            return []
        if row.kind != CONVERSATION:
            return [row]
        names = load_state(row.state)["names"] or self._numbers(connection)
        seats = rows.find_all(connection, [f"{self.owner}/{name}" for name in names])
        return [row, *(seats[f"{self.owner}/{name}"] for name in names)]

    def _numbers(self, connection: Connection) -> list[str]:
        return [str(n + 1) for n in range(rows.count_seats(connection, self.owner))]

    def _revive(
        self, found: list[ThreadRow], store: Callable[[ThreadRow], Any], asynchronous: bool
    ) -> Thread | Conversation:
        threads = []
        for row in found[1:] if found[0].kind == CONVERSATION else found:
            thread = Thread.revive(
                row.kind, row.uid, load_state(row.state), AwaitOnlyStore() if asynchronous else store(row)
            )
            load_async = partial(writer().run, partial(unwritten.messages, uid=row.uid)) if asynchronous else None
            internals(thread).phrases = partial(phrases_of, self.instance)
            internals(thread).load_later(partial(_read, row.uid), load_async)
            if asynchronous:
                internals(thread).async_store = store(row)
            threads.append(thread)
        if found[0].kind != CONVERSATION:
            return threads[0]
        return Conversation.revive(found[0].uid, load_state(found[0].state), tuple(threads))

    def _states(self, thing: Thread | Conversation) -> dict[str, bytes]:
        threads = thing.threads if isinstance(thing, Conversation) else (thing,)
        return {one.id: one.pickled() for one in {id(t): t for t in (thing, *threads)}.values()}

    def _missing(self) -> LinkError:
        return LinkError(
            f"Nothing is attached to {self.owner}. Attach a Thread first, e.g. in creating_session: "
            "ai(player).set(GPTThread(model=…)) or ai(player).from_config(), or name ego_model in the session config."
        )

    def __enter__(self) -> Any:
        if in_async_live_method() or in_decision.get():
            raise LinkError(
                "In an async live method, and in ask_ai, write  async with ai(…) as llm:  and  await llm.submit(…): a "
                "plain call there would stop the whole server while the model thinks."
            )
        shared = request_notes().setdefault("otree_ego_open", {})
        if self.opened_as in shared:
            shared[self.opened_as][1] += 1
            return shared[self.opened_as][0]
        with joined_section() as connection:
            found = self._find(connection)
        if not found and "ego_model" in session_of(self.instance).config:
            self.from_config()
            with joined_section() as connection:
                found = self._find(connection)
        if not found:
            raise self._missing()
        thing = self._revive(found, RequestStore, asynchronous=False)
        for thread in thing.threads if isinstance(thing, Conversation) else (thing,):
            wrap_provider(thread, lambda find: SlowCallLog(find).provider)
        shared[self.opened_as] = [thing, 1]
        self._opened = thing, self._states(thing)
        return thing

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        shared = request_notes().setdefault("otree_ego_open", {})
        if self.opened_as in shared:
            shared[self.opened_as][1] -= 1
            if shared[self.opened_as][1]:  # open further out
                return
        if self._opened is None:
            return
        thing, before = self._opened
        self._opened = None
        shared.pop(self.opened_as, None)
        if error is None:
            after = self._states(thing)
            if after != before:
                with joined_section() as connection:
                    keep_changes(connection, before, after)
                changed(self.owner)

    def _found(self, connection: Connection) -> list[ThreadRow]:
        found = self._find(connection)
        if not found and "ego_model" in session_of(self.instance).config:
            row, record = self._usual()
            rows.attach_if_none(connection, row, record)
            found = self._find(connection)
        return found

    async def attach_usual(self) -> ThreadRow:
        """In async code: attach what the session config names, unless something is there; what is there then."""
        row, record = self._usual()
        return await writer().run(partial(rows.attach_if_none, row=row, record=record))

    async def __aenter__(self) -> Any:
        self._lock = lock = lock_of(self.opened_as)
        if lock.ours:
            raise LinkError(f"{self!r} is open here already; use the Thread that you have.")
        await lock.hold()
        try:
            await write_deferred()
            found = await writer().run(self._found)
            if not found:
                raise self._missing()
            thing = self._revive(found, WriterStore, asynchronous=True)
            self._opened = thing, self._states(thing)
            return AsyncThread(thing) if isinstance(thing, Thread) else AsyncConversation(thing)
        except BaseException:
            lock.let_go()
            raise

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            assert self._opened is not None
            (thing, before), self._opened = self._opened, None
            if error is None:
                after = self._states(thing)
                if after != before:
                    await writer().run(partial(keep_changes, before=before, after=after))
                    changed(self.owner)
        finally:
            if self._lock is not None:
                self._lock.let_go()


class PersonaLink(Link):
    """What `Link.as_persona` gives; see there. Several personas of one Thread can be open at the same time."""

    def __init__(
        self, link: Link, persona: Persona | str, personas: Sequence[Persona], names: Mapping[str, str], reveal: bool
    ) -> None:
        super().__init__(link.instance)
        self.owner = link.owner
        people, settings = people_of_link(link.instance), settings_of(link.instance)
        self._part = part_of(persona, personas, people, names, reveal, settings)
        self.opened_as = f"{link.owner} as {self._part.name}"

    def _revive(
        self, found: list[ThreadRow], store: Callable[[ThreadRow], Any], asynchronous: bool
    ) -> Thread | Conversation:
        thing = super()._revive(found, store, asynchronous)
        if isinstance(thing, Conversation):
            raise LinkError(f"ai({self.owner}) holds a Conversation; as_persona is for the one Thread of a chat.")
        internals(thing).part = self._part
        return thing


def _is_recorded(thread: Thread) -> bool:
    """Whether a Thread was asked, and so recorded, before it is attached."""
    store = loose(thread)
    return store is not None and store.was_kept


async def write_deferred() -> None:
    """Write now what this live method has deferred (`set`, `from_config`), so that what follows finds it."""
    work = deferred_work()
    if work is not None:
        await writer().run(work)


def _read(uid: str) -> list[Message]:
    with joined_section() as connection:
        return unwritten.messages(connection, uid)


def ai(instance: Any, suffix: str | None = None) -> Link:
    """The Thread or Conversation that belongs to an oTree object.

    Arguments:
        instance: a player, group, subsession, participant or session.
        suffix: tells several Threads of one object apart.

    Use it as ``with ai(player) as llm: llm.submit(…)`` in page functions, ``creating_session``, wait-page functions and
    bots, as ``async with ai(player) as llm: await llm.submit(…)`` in async live methods. ``ai(player).set(…)`` attaches
    a Thread or a Conversation, ``.from_config()`` what the session config names, ``.unset()`` takes away,
    ``.forget()`` deletes what was said, and ``bool(ai(player))`` tells whether something is there. ``.messages`` and
    ``.busy`` look at it without waiting for a reply that is under way. If nothing is
    attached and the session config names ``ego_model``, opening attaches that.

    A body that raises leaves the attributes as they were; messages that were sent and answered stay in the data.

    Raises:
        LinkError: the object is none of these, or nothing is attached.
    """
    return Link(instance, suffix)


def link(instance: Any, suffix: str | None = None) -> Link:
    """The name that alter_ego's users know for `ai`."""
    return Link(instance, suffix)
