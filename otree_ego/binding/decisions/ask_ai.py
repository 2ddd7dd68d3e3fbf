"""How a page's own `ask_ai` and `fallback` are run: in time, with their values checked, whatever they raise."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...display import logger
from ...errors import ConfigError, EgoError, LinkError
from ...stores.failures import is_outage
from ..app_functions import field_values, in_time
from ..links.thread_stores import answers
from ..otree_internals.database import altered, begin_anew
from ..otree_internals.wait_pages import AskedThread, asked_threads, in_decision
from ..otree_internals.writer import writer
from .records import error_facts


@dataclass(frozen=True)
class Decision:
    """What a page has decided: values of fields, or why there are none.

    Fields:
        error: of the asking. problem: of the fallback that was to be taken for it.
        asked: the Threads that were asked, by uid.
    """

    status: str
    values: Mapping[str, Any]
    error: BaseException | None = None
    problem: BaseException | None = None
    asked: Mapping[str, AskedThread] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, str]:
        """What went wrong, as the decision's columns hold it."""
        found = error_facts(self.error)
        if self.problem is not None:
            trouble = error_facts(self.problem, f"The fallback failed: {type(self.problem).__name__}: ")
            found["error_text"] = f"{trouble['error_text'][:900]} First: {found['error_text'][:900]}"
        return found


async def run_ask_ai(page: Any, target: Any, session: Any) -> Decision:
    """Run a page's `ask_ai`, and its fallback if no decision comes of it.

    Arguments:
        page: the class of the page. target: the player or group. session: the database session that it was read in.
    """
    token, asked = in_decision.set(True), asked_threads.set({})
    try:
        while True:
            answered: list[str] = []
            answers.set(answered)
            try:
                name = f"{page_name(page)}.ask_ai"
                values = await in_time(page.ask_ai(target), page.deadline, name, "no decision")
                _refuse(page, "ask_ai", altered(session))
                return Decision("stored", checked(page, target, values))
            # The experimenter's own code may raise anything, and nobody may be locked out by it.
            except Exception as error:
                if not is_outage(error) or answered:
                    decision = await _fall_back(page, target, session, _logged(page, error))
                    return replace(decision, asked=asked_threads.get() or {})
                logger.warning("%s: asked again when the database is back: %s", page_name(page), error)
            # It has read a field or a group when the database was away, and no model has been paid for an answer yet.
            await writer().until_writable()
            async with writer().section():
                begin_anew(session)
    finally:
        asked_threads.reset(asked)
        in_decision.reset(token)


def _refuse(page: Any, what: str, names: Collection[str]) -> None:
    if names:
        raise LinkError(
            f"{page_name(page)}.{what} has set {', '.join(sorted(names))}, which is not kept: return the values "
            "instead, e.g. return dict(offer=…); set the rest in after_decision."
        )


def _logged(page: Any, error: Exception) -> Exception:
    if isinstance(error, EgoError) and not isinstance(error, LinkError | ConfigError):
        logger.warning("%s: no decision: %s: %s", page_name(page), type(error).__name__, error)
    else:
        logger.error("%s: no decision", page_name(page), exc_info=error)
    return error


async def _fall_back(page: Any, target: Any, session: Any, error: Exception) -> Decision:
    given = page.fallback
    try:
        if callable(given):
            before = altered(session)
            given = given(target, error)
            if inspect.isawaitable(given):
                given = await in_time(given, page.deadline, f"{page_name(page)}.fallback", "the fallback gave nothing")
            _refuse(page, "fallback", set(altered(session)).difference(before))
        if given is None:
            return Decision("failed", {}, error)
        return Decision("fallback", checked(page, target, given), error)
    # So may the fallback, which is his own code, too.
    except (Exception, SystemExit) as problem:
        logger.error("%s: the fallback failed", page_name(page), exc_info=problem)
        return Decision("failed", {}, error, problem)


def checked(page: Any, target: Any, values: Any) -> dict[str, Any]:
    """What `ask_ai` returned, as it is written down: fields of the player or group, of the right type.

    Raises:
        LinkError: it is neither None nor a dict of such fields.
    """
    return field_values(target, values, f"{page_name(page)}.ask_ai", page.form_fields, page.form_model)


def page_name(page: Any) -> str:
    """App and page, as they stand in the log."""
    return f"{page.__module__.partition('.')[0]}.{page.__name__}"
