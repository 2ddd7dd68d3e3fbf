"""AIWaitPage: a page on which participants wait for a model, and nobody else does."""

from __future__ import annotations

import asyncio
import base64
import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

from ...chat_rules.pacing import pace
from ...display import logger
from ...errors import ConfigError, LinkError
from ...languages.waiting_texts import WAITING
from ..links.owners import owner_key
from ..otree_internals.database import after_commit, in_async_live_method, joined_section, read_anew, request_session
from ..otree_internals.models import OWN_FIELDS, BaseGroup, BasePlayer
from ..otree_internals.page_addresses import UnnamedPage
from ..otree_internals.startup import server_loop
from ..otree_internals.wait_pages import PlainTextResponse, WaitPage, waiting_path
from ..otree_internals.writer import lock_is_ours
from ..setup.chat_settings import texts_of
from .records import DONE, begin, find, reopen, skip
from .task import make, start, visiting

MOST_ATTEMPTS = 10


class AIWaitPage(UnnamedPage, WaitPage):  # type: ignore[misc]
    """A page on which participants wait until a model has decided, in a page_sequence like oTree's own WaitPage.

    Give it an async function ``ask_ai``. It is started once for each player (or group), runs outside oTree's lock while
    everyone else goes on, and returns values of fields, which are stored; then all who wait are moved on. Who comes
    when the values are there does not see the page.

    Attributes to set:
        form_model: ``"player"`` or ``"group"``: what `ask_ai` is given, once each, and whose fields it returns.
        form_fields: the names that it may return; empty: any field.
        deadline: seconds for the whole decision, and once more for a fallback that is an async function; None for no
            limit.
        delay: how long a decision, or the fallback, is to seem to take, at least, from its start: seconds,
            ``(low, high)``, a text such as ``"1-3 + 0.04/character"`` (see `pace`), or a function of the player or
            group that gives one of these.
        fallback: what is stored when no decision came: a dict, or a function ``fallback(player, error)``; None: the
            page says so and offers *Try again*.
        wait_for_all_players: for a group: begin only when all of it have come.
        after_decision: a plain function of the player or group, called once when the values are there (also those of
            the fallback): to set payoffs, say.
        title_text, body_text, failed_text, again_text: what the page says; empty: words in the session's language.

    Example::

        class Responder(AIWaitPage):
            form_model = "group"
            form_fields = ["accepted"]
            fallback = dict(accepted=False)

            @staticmethod
            async def ask_ai(group):
                async with ai(group) as llm:
                    return dict(accepted=await llm.ask_yes_no(f"You are offered {group.offer}. Do you accept?"))

    A template of the page's own needs ``{{ include 'otree_ego/waiting.html' }}`` in its content block: then the page
    goes on although its connection has died, and says so when the server cannot be reached.

    `ask_ai` reads fields and returns values; what it sets on a player or group is refused, because it would be lost.
    """

    form_model = "player"
    form_fields: Any = ()
    deadline: float | None = 60.0
    delay: Any = 0
    fallback: Any = None
    wait_for_all_players = False
    after_decision: Any = None
    title_text = ""
    failed_text = ""
    again_text = ""
    _read: tuple[Any] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.form_model not in ("player", "group"):
            raise ConfigError(f'{cls.__name__}.form_model is "player" or "group", not {cls.form_model!r:.60}.')
        if not inspect.iscoroutinefunction(cls.ask_ai):
            raise ConfigError(f"{cls.__name__}.ask_ai must be an async function: write  async def ask_ai(…)  there.")
        for name in ("after_decision", "delay"):
            given = getattr(cls, name)
            if inspect.iscoroutinefunction(given) or (name == "after_decision" and given and not callable(given)):
                raise ConfigError(f"{cls.__name__}.{name} is a plain function, not {given!r:.60}.")
        if not callable(cls.delay):
            pace(cls.delay)
        if not (cls.fallback is None or isinstance(cls.fallback, Mapping) or callable(cls.fallback)):
            raise ConfigError(
                f"{cls.__name__}.fallback is a dict of field values, a function, or None; not {cls.fallback!r:.60}."
            )
        if cls.deadline is not None and not (isinstance(cls.deadline, int | float) and cls.deadline > 0):
            raise ConfigError(f"{cls.__name__}.deadline takes seconds, or None; not {cls.deadline!r:.60}.")
        if cls.group_by_arrival_time or cls.wait_for_all_groups:
            raise ConfigError(
                f"{cls.__name__}: groups are formed, and all groups awaited, by a WaitPage before this page."
            )
        if "after_all_players_arrive" in cls.__dict__:
            raise ConfigError(f"{cls.__name__}: what is done when the values are there is called after_decision here.")
        if isinstance(cls.form_fields, str):
            raise ConfigError(f"{cls.__name__}.form_fields takes a list of names, not one text.")

    @staticmethod
    async def ask_ai(target: Any) -> Any:
        """Ask the model; return a dict of field values, or None. To be written by each page."""
        raise LinkError("This AIWaitPage has no ask_ai: write  @staticmethod  async def ask_ai(player)  in it.")

    @classmethod
    def ahead(cls, instance: Any) -> None:
        """Begin now, before anyone waits: in `before_next_page`, say. The page is passed over if it is done by then.

        Arguments:
            instance: the player; for a page of the group's, a player of it or the group.

        Raises:
            LinkError: it is neither, or this is an async live method.
        """
        if in_async_live_method():
            raise LinkError(f"{cls.__name__}.ahead(…) is for plain code, e.g. before_next_page.")
        if cls.form_model == "group" and isinstance(instance, BasePlayer):
            instance = instance.group
        if not isinstance(instance, BaseGroup if cls.form_model == "group" else BasePlayer):
            raise LinkError(f"{cls.__name__}.ahead(…) takes a {cls.form_model}, not a {type(instance).__name__}.")
        owner = cls._owner(instance)
        with joined_section() as connection:
            begin(connection, owner, instance.session_id, _place(instance))
        after_commit(partial(start, owner))

    @classmethod
    def _owner(cls, instance: Any) -> str:
        return f"{owner_key(instance)}/{cls.__name__}"

    # --- what oTree asks of a page ----------------------------------------------------------------------------------

    def get(self) -> Any:
        """The page, or what comes after it."""
        sent = set(getattr(self, "_form_data", None) or ()) - OWN_FIELDS
        if sent:
            logger.warning("%s has posted values to %s: refused.", self.participant.code, type(self).__name__)
            return PlainTextResponse("This page takes no values.", status_code=403)
        if not WaitPage._is_displayed(self):
            if self.wait_for_all_players and all(self._tally_unvisited()):
                self._run_aapa_and_notify(self.group)
            return self._response_when_ready()
        row = self._row()
        again = self.request is not None and "again" in self.request.query_params
        if self._failed:
            if self.request is None and not visiting.get():  # the experimenter moves the slowest on
                with joined_section() as connection:
                    skip(connection, row["owner"])
                self._read = None
            elif again and row["attempts"] < MOST_ATTEMPTS:
                with joined_section() as connection:
                    reopen(connection, row["owner"])
                self._begin()
                return self._redirect_to_page_the_user_should_be_on()
            else:
                return self._get_wait_page()
        elif row is None or row["status"] not in DONE:
            if not self._all_here():
                return self._get_wait_page()
            self._begin()
            if again:  # another tab was first; this one shall not ask by itself when it loads anew
                return self._redirect_to_page_the_user_should_be_on()
            if server_loop() is not None:
                return self._get_wait_page()
            self._make_at_once()
        self._mark_page_completions([self.participant])
        return self._response_when_ready()

    def _get_wait_page(self) -> Any:
        self.participant._waitpage_is_connected = True  # for the monitor: see otree_internals/wait_pages.py
        return super()._get_wait_page()

    def _is_displayed(self) -> bool:
        if not super()._is_displayed():
            return False
        if hasattr(self, "app_after_this_page"):  # only a page that is displayed is asked by oTree where to go on
            return True
        row = self._row()
        return row is None or row["status"] not in DONE

    def _target(self) -> Any:
        return self.group if self.form_model == "group" else self.player

    def _row(self) -> Any:
        """The decision's row, read once for a request (anew when this request changes it)."""
        if self._read is None:
            with joined_section() as connection:
                self._read = (find(connection, self._owner(self._target())),)
        return self._read[0]

    @property
    def _failed(self) -> bool:
        row = self._row()
        return row is not None and row["status"] == "failed"

    def _all_here(self) -> bool:
        if self.form_model == "player" or not self.wait_for_all_players:
            return True
        last, _ = self._tally_unvisited()
        return bool(last)

    def _begin(self) -> None:
        target = self._target()
        owner = self._owner(target)
        with joined_section() as connection:
            self._read = (begin(connection, owner, target.session_id, _place(target), self._index_in_pages),)
        after_commit(partial(start, owner))

    def _make_at_once(self) -> None:
        """Where no server runs (`otree test`) the decision is made within the bot's request."""
        target = self._target()
        owner = self._owner(target)
        request_session().flush()
        with lock_is_ours():
            asyncio.run(make(owner, patient=False))
        self._read = None
        read_anew([target, *(target.get_players() if self.form_model == "group" else ())])
        row = self._row()
        if row["status"] == "failed":
            raise LinkError(f"{type(self).__name__}: no decision for {owner}: {row['error']}: {row['error_text']}")

    def _run_aapa_and_notify(self, group_or_subsession: Any) -> None:
        # The last of a group has passed over the page, and others wait on it.
        if self.form_model == "group" and self.wait_for_all_players:
            self._begin()

    def socket_url(self) -> str:
        """Where the page waits to be told."""
        target = self._target()
        # not readable at a glance: the page's source has it, and the class may say what decides
        owner = base64.urlsafe_b64encode(self._owner(target).encode()).decode()
        shown = dict(owner=owner, failures=_failures(self._row()))
        return waiting_path(self._session_pk, self._index_in_pages, _place(target), self.participant.id, **shown)

    def get_context_data(self, **context: Any) -> Any:
        """What the template sees."""
        context = super().get_context_data(**context)
        words, failed = self._words, self._failed
        context["title_text"] = context.get("title_text") or words["title"]
        context["ego_offline"] = words["offline"]
        again = failed and self._row()["attempts"] < MOST_ATTEMPTS
        context["ego_failed"] = (self.failed_text or words["failed"] if again else words["over"]) if failed else ""
        context["ego_again"] = (self.again_text or words["again"]) if again else ""
        return context

    def get_template_name(self) -> str:
        """The page's own template, a project's for all wait pages, or ours; ours when there is no decision."""
        own = str(super().get_template_name())
        return "otree_ego/AIWaitPage.html" if self._failed or own == "otree/WaitPage.html" else own

    def _get_default_body_text(self) -> str:
        return self._words["body"]

    @property
    def _words(self) -> dict[str, str]:
        return texts_of(self.player, "waiting", WAITING)


def _failures(row: Any) -> int:
    """At which attempt a decision has failed; 0 while it has not."""
    return int(row["attempts"]) if row is not None and row["status"] == "failed" else 0


def outdated(shown: Mapping[str, str]) -> bool:
    """Whether a decision has failed, or is asked for again, since a page was loaded that now begins to listen."""
    if "owner" not in shown:  # a page of oTree's
        return False
    try:
        owner = base64.urlsafe_b64decode(shown["owner"]).decode()
    except ValueError:  # not ours
        return False
    with joined_section() as connection:
        return str(_failures(find(connection, owner))) != shown.get("failures")


def _place(target: Any) -> int:
    """Where oTree notes that a wait page is over: a group's number; for a player a number that no group has."""
    return int(target.id if isinstance(target, BaseGroup) else -target.id)
