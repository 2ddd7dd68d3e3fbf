"""What a fallback has put in a model's place, told to the model: its memory holds the value that counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from ...errors import ConfigError
from ...messages import Message
from ...questions.base import Question, as_json
from ...stores import rows
from ...threads.question_turns import QUESTION, is_request_for_another, stand_in
from ..links.thread_stores import changed
from ..otree_internals import unwritten
from ..otree_internals.wait_pages import AskedThread
from .form_fields import question_for


@dataclass
class Attempted:
    """A typed question as the record has it, with all replies to it.

    Fields:
        tried: the ids of the replies, and of the requests for others. data: what the last of them says of the question.
    """

    tried: list[str]
    data: dict[str, Any]

    @property
    def answered(self) -> bool:
        """Whether its last answer could be used."""
        return "value" in self.data


def let_count(c: Connection, asked: Mapping[str, AskedThread], target: Any, values: Mapping[str, Any]) -> None:
    """Put the values of a page's fallback into the memory of the Threads that its `ask_ai` has asked.

    A question for a form field (`decide`) gets that field's value. A question of another kind that was not answered
    gets the one value that there is, or all of them by name.

    Arguments:
        asked: the Threads, by uid, with the messages of this decision.
        target: the player or group. values: the fallback's, as they are stored.
    """
    for uid, thread in asked.items():
        questions = attempted(unwritten.messages(c, uid), thread.messages)
        found = [given for given in (_given(one, target, values) for one in questions) if given is not None]
        if found:
            rows.append(c, [(uid, found)])
            changed(thread.owner)


def attempted(record: Sequence[Message], ids: set[str]) -> list[Attempted]:
    """The typed questions to which some of these messages are replies, oldest first."""
    found: list[Attempted] = []
    now: Attempted | None = None
    for message in record:
        if message.role == "user" and not is_request_for_another(message):
            now = None
        elif now is not None and message.role == "user":
            now.tried.append(message.id)
        elif message.role == "assistant" and (message.params.get(QUESTION) or (now and message.status == "failed")):
            now = now or Attempted([], {})
            now.tried.append(message.id)
            now.data = dict(message.params.get(QUESTION) or now.data)
            if message.id in ids and now not in found:
                found.append(now)
    return found


def _given(question: Attempted, target: Any, values: Mapping[str, Any]) -> Message | None:
    field = question.data.get("field")
    if not values or (field is not None and field not in values) or (field is None and question.answered):
        return None
    value = values[field] if field is not None else next(iter(values.values())) if len(values) == 1 else dict(values)
    if question.answered and question.data["value"] == as_json(value):
        return None
    data = {name: each for name, each in question.data.items() if name not in ("value", "invalid", "reasoning")}
    return stand_in(_answer(question, target, value), value, data, question.tried)


def _answer(question: Attempted, target: Any, value: Any) -> str:
    """The value as the model would have answered it."""
    if "field" in question.data:
        try:
            asked: Question = question_for(target, question.data["field"], False)[0]
            return asked.as_answer(value)
        except ConfigError:  # a function of the app's gives other choices by now
            pass
    options = question.data.get("options") or ()
    if question.data.get("kind") == "yes_no" and isinstance(value, bool) and len(options) == 2:
        return str(options[0 if value else 1])
    return value if isinstance(value, str) else json.dumps(as_json(value), ensure_ascii=False)
