"""Typed questions in designs: asking one, reading its answer from the record, and in which order options were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ConfigError, InvalidAnswer, ParseError
from ..messages import Message
from ..parsing import exclusive_response
from ..questions.answer_forms import AnswerForm
from ..questions.base import as_json
from ..seeds import seed_for
from ..threads.question_turns import QUESTION
from ..threads.thread import Thread
from .asking import Asked

Check = Callable[[Any], Any]
"""Sees that an answer's fields can be columns of a row."""


def whole_text(text: str, form: AnswerForm | None) -> str:
    """A prompt with the sentence that says the form of an answer; its options are in the order that was given."""
    return text if form is None else f"{text}\n\n{form.question.instruction}"


def order_seed(seed: int | None, run: str, place: int) -> int:
    """The seed of the order in which a replication is shown the options; the same in each of its attempts.

    Arguments:
        seed: of its request, if it has one. run: the run's id. place: the replication's place.
    """
    base = int(hashlib.sha256(run.encode()).hexdigest()[:8], 16) if seed is None else seed
    return seed_for(base, "order", place) or 0


async def ask_typed(
    thread: Thread, text: str, form: AnswerForm, retries: int, order: int, check: Check, **options: Any
) -> Asked:
    """Ask a typed question, and again up to `retries` times.

    Arguments:
        thread: who is asked. text: the question. form: of its answer. retries: how often another answer is asked for.
        order: seed of the options' order. check: sees that the fields of an answer can be columns.
        options: of the request.

    Raises:
        ProviderError: no answer came at all.
    """
    start = len(thread.messages)
    try:
        await thread.aio.ask(form.shown(order), text, tries=retries + 1, hidden=False, **options)
    except InvalidAnswer as error:
        if not error.answers:
            raise
    said = thread.messages[start:]
    value, wrong = read_typed(said, form, check)
    answers = [m for m in said if m.role == "assistant" and m.attempts]
    return Asked(value, answers[-1].text if answers else "", max(1, len(answers)), wrong)


def read_typed(messages: Sequence[Message], form: AnswerForm, check: Check) -> tuple[Any, str]:
    """The value of a typed question's last answer, and what is wrong with it.

    Arguments:
        messages: of its Thread. form: of the answer. check: see `ask_typed`.
    """
    answer = typed_answer(messages)
    if answer is None:
        return None, "There is no answer."
    try:
        value = as_json(form.question.read(answer.text, cut=answer.status == "partial"))
        return check(value), ""
    except ParseError as error:
        return None, str(error)


def typed_answer(messages: Sequence[Message]) -> Message | None:
    """The last reply to a typed question; None if there is none."""
    asked = (m for m in reversed(messages) if m.role == "assistant" and m.status in ("complete", "partial"))
    return next((m for m in asked if isinstance(m.params.get(QUESTION), Mapping)), None)


def shown_columns(messages: Sequence[Message]) -> dict[str, Any]:
    """In which order a choice's options were shown, and at which position the chosen one stood, from 1.

    Arguments:
        messages: of a Thread. Empty if its last question was no choice.
    """
    answer = typed_answer(messages)
    data = {} if answer is None else answer.params[QUESTION]
    options = data.get("options")
    if answer is None or not _are_texts(options):
        return {}
    return {"shown_order": options, "position": position_of(answer)}


def _are_texts(options: Any) -> bool:
    return isinstance(options, list) and bool(options) and all(isinstance(each, str) for each in options)


def position_of(answer: Message) -> int | None:
    """At which position the option stood that an answer chose, from 1; None if it chose none."""
    data = answer.params[QUESTION]
    options, value, order = data["options"], data.get("value"), data.get("order")
    if value is None:
        return None
    if isinstance(value, bool):  # of yes and no: yes was given first
        given = 1 if value else 2
        return order.index(given) + 1 if isinstance(order, list) and given in order else given
    if value in options:
        return int(options.index(value)) + 1
    try:  # options that stand for other values
        chosen = exclusive_response(answer.text, options)
    except (ParseError, ConfigError):
        return None
    return None if chosen is None else int(options.index(chosen)) + 1
