"""Replies of a form inside a chat: the model answers in JSON, people are shown one part of it, code gets the others.

What is sent has the form (once, in the instructions), what is shown is the part, and what is remembered is the part,
or all of it. Answers that do not fit are asked for again within the turn: they are in the record's failed requests, and
nobody is shown them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import BadReply, ConfigError, ParseError, ProviderError
from ...messages import Request
from ...ports import Provider
from ...questions.base import as_json
from ...questions.json_form import Json
from ...questions.partial_json import text_so_far
from ...threads.driving import StreamedText, fetch_reply
from ...threads.memory import REMEMBERED
from ...threads.question_turns import QUESTION, request_for_another
from ...threads.turns import Policy, TimedReply

TRIES = 3
"""Answers that are asked for at most, as by a typed question."""


@dataclass(frozen=True)
class ReplyForm:
    """In which form a chat's replies come.

    Fields:
        given: what the page gave for it: the class or schema, the field that is shown, and whether the model remembers
            all of it. question: the same as a typed question.
    """

    given: tuple[Any, str, bool]
    question: Json

    @property
    def show(self) -> str:
        """The field that is shown."""
        return self.given[1]

    def asked(self, request: Request) -> Request:
        """A request with the form in its instructions."""
        text = self.question.instruction
        said, origins, authors = list(request.messages), list(request.origins), list(request.authors)
        leading = next((at for at, (role, _) in enumerate(said) if role != "system"), len(said))
        if leading:
            said[leading - 1] = ("system", f"{said[leading - 1][1]}\n\n{text}")
        else:
            said.insert(0, ("system", text))
            origins, authors = [0, *origins] if origins else [], ["", *authors] if authors else []
        return replace(
            request, messages=tuple(said), places=(), origins=tuple(origins), authors=tuple(authors),
            form=self.question.form,
        )  # fmt: skip


def reply_form(
    known: ReplyForm | None, given: tuple[Any, str, bool], phrases: Callable[[], Mapping[str, str]], name: str
) -> ReplyForm | None:
    """The form of a chat's replies; None for plain text.

    Arguments:
        known: as it was, which is kept if it is still that. given: see `ReplyForm`. phrases: gives the sentences of
            typed questions.
        name: of the call, for errors.

    Raises:
        ConfigError: it is no form, or has no text of this name.
    """
    form, show, _ = given
    if form is None:
        return None
    if known is not None and known.given == given:
        return known
    question = Json(form).spoken(phrases())
    assert isinstance(question, Json)
    fields = question.schema.get("properties") or {}
    kind = fields.get(show)
    texts = [field for field, schema in fields.items() if isinstance(schema, dict) and schema.get("type") == "string"]
    if not isinstance(kind, dict) or show not in texts:
        raise ConfigError(
            f"{name}: show={show!r:.60} is no text of the form; it has {', '.join(texts) or 'none'}. The part that is "
            "shown must be a field that is a str."
        )
    return ReplyForm(given, question)


class FormedReply:
    """One reply that is to have a form, over all tries.

    Arguments:
        form: which. policy: the Thread's.
    """

    def __init__(self, form: ReplyForm, policy: Policy) -> None:
        self._form, self._left = form, policy.retries
        self._wrong: list[tuple[str, str]] = []
        self._tries = 0
        self.policy = replace(policy, retries=max(policy.retries, 0) + TRIES - 1)

    async def fetch(self, provider: Provider, request: Request, streamed: StreamedText) -> TimedReply:
        """Ask once; see `read`."""
        request = self._next(request)
        try:
            timed = await fetch_reply(provider, request, streamed)
        except ProviderError as error:
            self._failed(error)
            raise
        return self.read(timed, request)

    def _next(self, request: Request) -> Request:
        """What is sent for the next try: after answers that did not fit, with what was wrong with them."""
        if not self._wrong:
            return request
        origins = (*request.origins, *[0 for _ in self._wrong]) if request.origins else ()
        authors = (*request.authors, *["" for _ in self._wrong]) if request.authors else ()
        said = (*request.messages, *self._wrong)
        return replace(request, messages=said, places=(), origins=origins, authors=authors)

    def read(self, timed: TimedReply, request: Request) -> TimedReply:
        """The reply as it is recorded: its text is the part that is shown.

        Raises:
            BadReply: it does not have the form.
        """
        reply, form = timed.reply, self._form
        self._tries += 1
        params = dict(reply.params if reply.params is not None else request.params)
        data: dict[str, Any] = {**form.question.as_data(), "try": self._tries}
        data["constrained"] = params.pop("constrained", "")
        try:
            value = as_json(form.question.read(reply.text))
            shown = str(value.get(form.show) or "").strip() if isinstance(value, dict) else ""
            if not shown:
                raise ParseError(f"{form.show} is empty.", text=reply.text, expected=form.question.expected)
            data["value"] = value
        except ParseError as error:
            shown = text_so_far(reply.text, form.show) if reply.finish_reason == "length" else ""
            if not shown.strip():
                raise self._refused(reply.text, error, request) from None
            data["invalid"] = str(error)
        if form.given[2]:
            params[REMEMBERED] = reply.text
        return replace(timed, reply=replace(reply, text=shown, params={**params, QUESTION: data}))

    def _refused(self, text: str, error: ParseError, request: Request) -> BadReply:
        again = request_for_another(self._form.question, str(error), error.told)
        self._wrong += [("assistant", text), ("user", again)] if text.strip() else []
        refused = BadReply(f"Not in the form that was asked for: {error}", model=request.model, retry_after=0.0)
        if self._tries >= TRIES:
            refused.retryable = False
        return refused

    def _failed(self, error: ProviderError) -> None:
        """The service has failed: that is repeated as often as for any reply."""
        self._left -= 1
        if self._left < 0:
            error.retryable = False
