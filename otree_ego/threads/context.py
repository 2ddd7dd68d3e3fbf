"""A conversation that outgrows its model's context: what is sent of it then, by a declared policy.

``drop_oldest`` leaves the oldest turns out, ``refuse`` sends nothing, and a function of one's own chooses. What is left
out of a request stays in the record, and the record of the request names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import BadRequest, ConfigError, ContextExceeded, EgoError
from ..messages import ROLES, Message, Request, changed, clean
from ..ports import Provider
from .base import BaseThread, find_provider, internals
from .context_facts import RecordFacts
from .context_policy import DROP, REFUSE, ContextFunction, ContextMessage, check_room, is_policy, named
from .context_sizes import AT_LEAST, Cut, around_messages, estimated, reply_tokens, surely_fits
from .fitting_turns import fitting, must_stay

ContextPolicy = str | ContextFunction | None
"""A policy's name, a function, or None for what the Thread says."""
STEPS = 8
"""What is left out is rounded up to such a part of what fits; see `fitting`."""
ENOUGH = 0.5
"""Of what fits: if less is sent since earlier turns were left out before, they are looked at again."""
SURE = 0.95
"""Of what fits, what is sent again after a service has refused a request: where the tokens are is a guess."""


class Fitting:
    """Makes the requests for one reply fit; see `turns.Fit`.

    Arguments:
        thread: who asks. pending: the reply's place in its record.
        policy: in place of the Thread's own; None for that. record: in place of the Thread's; None for that.
    """

    def __init__(
        self,
        thread: BaseThread,
        pending: Message,
        policy: ContextPolicy = None,
        record: Sequence[Message] | None = None,
    ) -> None:
        given = getattr(thread, "context", DROP) if policy is None else policy
        self._policy: str | ContextFunction = given if is_policy(given) and given is not None else DROP
        self._thread, self._pending = thread, pending
        self._record: Sequence[Message] = internals(thread).messages if record is None else record
        self._last: Request | None = None

    def __call__(self, request: Request, too_long: BadRequest | None) -> Request:
        """The request as it is sent.

        Arguments:
            request: with all that the model remembers. too_long: the error of a service that refused what was sent.

        Raises:
            ContextExceeded: it does not fit, and the policy leaves nothing out, or what must stay is too long.
            ConfigError: the function of one's own failed, or gave no messages.
        """
        sizes, record = internals(self._thread).sizes, self._record
        if too_long is not None and self._last is not None:
            sizes.refused(self._last, too_long, self._context(request), record)
        context = self._context(request)
        room = None if context is None else self._room(request, context)
        before, self._last = self._last, request
        if not callable(self._policy):
            if room is None:
                return replace(request, whole=True)
            if too_long is None and surely_fits(request, room):
                return request
        known = sizes.planned
        if too_long is None and known is not None and known[0] == self._pending.id and _same(known[1], request):
            self._last = known[2]  # as it was planned
            return known[2]
        try:
            self._last = found = self._fitted(request, context, room, too_long)
        except ContextExceeded:
            if too_long is None:
                raise
            raise ContextExceeded(str(too_long), **too_long.__dict__) from None
        if too_long is not None and before is not None and found.messages == before.messages:
            raise ContextExceeded(str(too_long), **too_long.__dict__)
        sizes.planned = None if too_long else (self._pending.id, request, found)
        return found

    @property
    def _declared(self) -> int | None:
        found = getattr(self._thread, "context_tokens", None)
        return found if isinstance(found, int) else None

    def _context(self, request: Request) -> int | None:
        """How many tokens a request to this model and its reply may have; None if nobody knows."""
        told, declared = internals(self._thread).sizes.contexts.get(request.model), self._declared
        if declared is None:
            asked: Callable[[Request], int | None] | None = getattr(self._provider(request), "context_tokens", None)
            declared = None if asked is None else asked(request)
        return min((each for each in (told, declared) if each), default=None)

    def _provider(self, request: Request) -> Provider | None:
        with suppress(EgoError):  # whoever is asked says what is wrong
            return find_provider(self._thread, request.model)
        return None

    def _room(self, request: Request, context: int) -> int:
        check_room("max_tokens", request.params.get("max_tokens"), "context_tokens", self._declared)
        return context - reply_tokens(request, context)

    def _fitted(self, request: Request, context: int | None, room: int | None, too_long: BadRequest | None) -> Request:
        found, thread = internals(self._thread), self._thread
        fallback = getattr(thread, "fallback_model", "")
        told = None if context is None else found.sizes.factor(request.model, context, self._record, fallback)
        # What may fit is sent: only the service knows. Who declares a size wants it kept, and has no need of more.
        least = AT_LEAST if told is None else told
        factor = 1.0 if told is None and self._declared else least
        share = 1.0 if too_long is None else SURE
        if callable(self._policy):
            chosen = self._chosen(self._policy, request, None if room is None else round(room * SURE), told or 1.0)
            tokens = around_messages(chosen) + sum([found.sizes.facts.tokens(text) for _, text in chosen.messages])
            if room is not None and tokens * least > room * share:
                raise self._exceeded(request, chosen, context, least, f"what {named(self._policy)} chose")
            found.sizes.sent(self._pending.id, tokens)
            return changed(chosen, whole=True)
        assert room is not None
        sizes, around, speaker = found.sizes, around_messages(request), (request.model, self._pending.author)
        facts, cut = self._facts(), sizes.cuts.get(speaker)
        if self._policy == REFUSE:
            kept = fitting(facts.turns(request), room * share / least - around, drop=False)
            if kept is None:
                raise self._exceeded(request, request, context, least, "this conversation")
            return replace(_only(request, kept), whole=True)
        begun = request if cut is None else cut.applied(request)
        turns = facts.turns(begun)
        if begun is not request and sum([turn.tokens for turn in turns]) * factor < ENOUGH * room:
            begun, turns = request, facts.turns(request)
        kept = fitting(turns, room * share / factor - around, room / STEPS)
        needed = sum([turns[at].tokens for at in must_stay(turns)])
        if kept is None and needed <= room * share / least - around:
            kept = fitting(turns, needed)
        if kept is None:
            raise self._exceeded(request, request, context, least, "the instructions and the last message")
        sizes.sent(self._pending.id, around + sum([turns[at].tokens for at in kept]))
        sent = _only(begun, kept)
        if sent.left_out and sent is not begun:
            sizes.cuts[speaker] = Cut.of(request, sent)
        return replace(sent, whole=too_long is None)

    def _facts(self) -> RecordFacts:
        facts = internals(self._thread).sizes.facts
        facts.look_at(self._record, self._pending)
        return facts

    def _exceeded(
        self, request: Request, sent: Request, context: int | None, factor: float, what: str
    ) -> ContextExceeded:
        tokens, kept = round(estimated(sent) * factor), reply_tokens(request, context)
        return ContextExceeded(
            f"the context of {request.model} has {context} tokens, {kept} of them for the reply, and {what} would "
            f"take about {tokens}. Nothing was sent. Shorten the prompt, lower max_tokens, or set another policy "
            "(context).",
            model=request.model,
            context=context,
            asked=tokens,
            sent=False,
        )

    def _chosen(self, choose: ContextFunction, request: Request, room: int | None, factor: float) -> Request:
        """The request with the messages that a function of the experimenter's chooses."""
        facts = self._facts()
        given = []
        for at, (role, text) in enumerate(request.messages):
            message = facts.at(request.origins[at] if request.origins else 0)
            tokens = round(facts.tokens(text) * factor)
            author, hidden = (message.author, message.hidden) if message is not None else ("", False)
            given.append(ContextMessage(role, text, tokens, message.seq if message else 0, author, hidden))
        all_of_them = tuple(given)
        try:
            answer = choose(all_of_them, room)
            if given and answer is all_of_them and not request.left_out:
                return request
            answer = list(answer)
            found = [_read(each) for each in answer]
        except EgoError:
            raise
        except Exception as problem:
            raise ConfigError(
                f"The context function {named(choose)} failed: {type(problem).__name__}: {problem}. It is given the "
                "messages and how many tokens they may have, and returns the messages to send."
            ) from problem
        if not found:
            raise ConfigError(f"The context function {named(choose)} returned no messages: there is nothing to send.")
        places = {id(each): at for at, each in enumerate(given)}
        froms = [places.get(id(each), -1) for each in answer]
        chosen = set(froms)
        return replace(
            request,
            messages=tuple((each.role, each.text) for each in found),
            authors=tuple(request.authors[n] if n >= 0 else "" for n in froms) if request.authors else (),
            places=tuple(request.places[n] for n in froms) if request.places and min(froms) >= 0 else (),
            origins=tuple(request.origins[n] if n >= 0 else 0 for n in froms) if request.origins else (),
            left_out=tuple(each.seq for n, each in enumerate(given) if n not in chosen and each.seq),
        )


def _same(one: Request, other: Request) -> bool:
    return one == other and one.origins == other.origins


def _only(request: Request, kept: Sequence[int]) -> Request:
    """The request with some of its messages only."""
    if len(kept) == len(request.messages):
        return request
    stay = set(kept)
    return replace(
        request,
        messages=tuple(request.messages[at] for at in kept),
        authors=tuple(request.authors[at] for at in kept) if request.authors else (),
        places=tuple(request.places[at] for at in kept) if request.places else (),
        origins=tuple(request.origins[at] for at in kept) if request.origins else (),
        left_out=request.left_out + tuple(at for n, at in enumerate(request.origins) if n not in stay and at),
    )


def _read(given: Any) -> ContextMessage:
    """A message as a function of the experimenter's gives it."""
    if isinstance(given, ContextMessage):
        return given
    if isinstance(given, Mapping):
        role, text = given.get("role"), given.get("text", given.get("content"))
    elif isinstance(given, Iterable) and not isinstance(given, str):
        role, text = given
    else:
        role, text = getattr(given, "role", None), getattr(given, "text", None)
    if role not in ROLES or not isinstance(text, str):
        raise ValueError(f"{given!r:.80} is no message: give one of those it got, or a role and a text")
    return ContextMessage(role, clean(text))
