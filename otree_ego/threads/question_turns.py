"""The turn of a typed question: ask it, read the answer, and ask again when the answer cannot be used."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import ConfigError, Interrupted, InvalidAnswer, ParseError, ProviderError
from ..messages import Message, changed, clean
from ..prompts import Prompt
from ..questions.base import Question, as_json
from ..questions.phrases import PHRASES, filled
from ..seeds import seed_for
from .base import BaseThread, asked_as, internals, model_of, own
from .memory import AGAIN as AGAIN, INSTEAD_OF, SHOWN
from .message_turns import listen, place_for, rendered, reply_to
from .persona_view import known_to
from .turns import Append, Policy, Turn

FORM = " Please answer again, in the form that was asked for."
QUESTION = "question"
"""Under this name a reply's params hold what is known of its question and of the answer."""


NO_DEFAULT: Any = object()
"""What `default` is where none was given: None may be a value."""


def request_for_another(question: Question, error: str, told: str = "") -> str:
    """The message that asks for another answer, in the question's language.

    Arguments:
        error: what was wrong with the last one. told: the same in the words of an app's own check, if it was that.
    """
    words = question.say
    if words["again"] == PHRASES["en"]["again"]:
        return asked_again(error)
    english = words.get("language", "en") == "en"  # as what is wrong with an answer
    why = error if english else f" {told}" if told else ""
    return filled(words["again"], why=why, answer=question.description)


def asked_again(error: str) -> str:
    """The message that asks for another answer and says what was wrong with the last one.

    >>> asked_again("It has no number.")
    'Your answer could not be used: It has no number. Please answer again, in the form that was asked for.'
    """
    sentence = error if error.endswith((".", "!", "?")) else error + "."
    return AGAIN + sentence + FORM


@dataclass(frozen=True)
class Options:
    """How a question is asked; see `Thread.ask_number`."""

    tries: int = 3
    reasoning: bool = False
    hidden: bool = True
    shuffle: bool = False
    response: str | None = None
    default: Any = NO_DEFAULT
    extra: Mapping[str, Any] | None = None
    author: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        tries: int = 3,
        reasoning: bool = False,
        hidden: bool = True,
        shuffle: bool = False,
        response: str | None = None,
        default: Any = NO_DEFAULT,
        extra: Mapping[str, Any] | None = None,
        author: str = "",
        max_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        stop: str | list[str] | None = None,
        **variables: Any,
    ) -> Options:
        """The options among a call's keywords; every other keyword is a variable of the Prompt."""
        if not isinstance(tries, int) or isinstance(tries, bool) or tries < 1:
            raise ConfigError(f"tries is how many answers are asked for at most, 1 or more, not {tries!r:.40}.")
        params = dict(max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        # A reply that comes from elsewhere is the only one there is.
        tries = 1 if response is not None else tries
        return cls(tries, reasoning, hidden, shuffle, response, default, extra, author, params, variables)


class _Reading:
    """Reads the replies to one question as they come, and keeps their values and errors.

    Attributes:
        tried: the ids of all replies to it, and of the requests for others. stands_in: whether the next reply that can
            be used stands for them in the model's memory.
    """

    def __init__(self, question: Question, hidden: bool) -> None:
        self.question, self._hidden = question, hidden
        self.tried: list[str] = []
        self.stands_in = False
        self.answers: list[str] = []
        self.value: Any = None
        self.wrong = self.told = ""
        self.problem: BaseException | None = None
        self._data: dict[str, Any] | None = None

    def known(self) -> dict[str, Any]:
        """What is known before the reply comes."""
        if self._data is None:
            self._data = as_json(self.question.as_data())
        return {**self._data, "try": len(self.answers) + 1}

    def read(self, message: Message) -> Message:
        """The reply, with its value or what is wrong with it in its params."""
        params = dict(message.params)
        data = {**self.known(), "constrained": params.pop("constrained", "")}
        if message.status in ("complete", "partial"):
            data.update(self._value(message))
            earlier = [each for each in self.tried if each != message.id]
            if earlier and not self.wrong and (self.stands_in or message.finish_reason == "fallback"):
                params[INSTEAD_OF] = earlier
            params.update(self.shown(self.value))
        return changed(message, params={**params, QUESTION: data})

    def shown(self, value: Any) -> dict[str, str]:
        """What pages show of an answer: nothing of one that cannot be used."""
        return {} if self._hidden else {SHOWN: "" if self.wrong else self.question.as_shown(value)}

    def _value(self, message: Message) -> dict[str, Any]:
        self.answers.append(message.text)
        self.value, self.wrong, self.told = None, "", ""
        try:
            self.value, reasoning = self.question.read_with_reasoning(message.text, cut=message.status == "partial")
            return {"value": as_json(self.value), "reasoning": reasoning}
        except ParseError as error:
            self.wrong, self.told = str(error), error.told
        # An app's own check may raise anything: the reply is written down first, then the author hears of it.
        except Exception as error:
            self.problem, self.wrong = error, f"{type(error).__name__}: {error}"
        return {"invalid": self.wrong}

    def fits(self, text: str) -> bool:
        """Whether a text reads as an answer."""
        try:
            self.question.read(text)
        except ParseError:
            return False
        return True


def ask_question(thread: BaseThread, question: Question, text: str | Prompt, options: Options) -> Turn[Any]:
    """Ask a typed question; returns the answer's value.

    Raises:
        InvalidAnswer: no answer had the form. ProviderError: no answer came.
    """
    yield from listen(thread)
    wanted = replace(question, reasoning=True) if options.reasoning and not question.reasoning else question
    phrases = internals(thread).phrases
    wanted = wanted if phrases is None or wanted.phrases is not None else wanted.spoken(phrases())
    record = [m for m in internals(thread).messages if known_to(m, asked_as(thread))]
    own_text = rendered(thread, text, options.variables)
    earlier = _open_question(record, own_text, wanted)
    message: Message | None
    if earlier is None or len(earlier.answers) >= options.tries:
        order = wanted.shuffled(_seed(thread, options, len(record))) if options.shuffle else wanted
        reading = _Reading(order, options.hidden)
        shown = {} if options.hidden else {SHOWN: own_text}
        whole = _whole(own_text, reading.question)
        message = Message("user", whole, hidden=options.hidden, author=options.author, params=shown)
    else:
        reading = _Reading(earlier.question, options.hidden)
        reading.answers, reading.wrong, reading.tried = list(earlier.answers), earlier.wrong, list(earlier.tried)
        message = None if not earlier.wrong else _again(reading, options)
    try:
        return (yield from _answered(thread, reading, message, options))
    except (InvalidAnswer, ProviderError):
        if options.default is NO_DEFAULT:
            raise
    answer_text = reading.question.as_answer(options.default)
    given = stand_in(answer_text, options.default, reading.known(), reading.tried)
    reading.wrong = ""
    given = replace(given, params={**given.params, **reading.shown(options.default)})
    yield from let_count(thread, replace(given, model=thread.model, hidden=options.hidden))
    return options.default


def _answered(thread: BaseThread, reading: _Reading, message: Message | None, options: Options) -> Turn[Any]:
    """Ask until an answer can be used, then follow the failure policy."""
    policy = thread.policy
    if policy.fallback_text and not reading.fits(policy.fallback_text):
        policy = replace(policy, fallback_text="")
    spent = 0.0
    while len(reading.answers) < options.tries:
        left = None if policy.deadline is None else policy.deadline - spent
        if left is not None and left <= 0:
            break
        reply = yield from _try(thread, reading, message, options, changed(policy, deadline=left), model_of(thread))
        if not reading.wrong:
            return reading.value
        spent += reply.latency or 0.0
        message = _again(reading, options)
    return (yield from _fall_back(thread, reading, message, options, policy, spent))


def _try(
    thread: BaseThread, reading: _Reading, message: Message | None, options: Options, policy: Policy, model: str
) -> Turn[Message]:
    """Ask once; the reply, with its value in its params."""
    message = message and own(thread, message)
    known, form = {QUESTION: reading.known()}, reading.question.form
    recorded = yield from place_for(thread, message, model, options.hidden, known, options.params, options.extra, form)
    reading.tried += [m.id for m in recorded if m.role == "assistant" or is_request_for_another(m)]
    asked = reply_to(thread, recorded, policy, options.params, options.extra, form, reading.read)
    reply = yield from asked
    if reading.problem is not None:
        raise reading.problem
    if reply.status == "failed":
        raise Interrupted("The answer was stopped before it came.", model=model)
    return reply


def _fall_back(
    thread: BaseThread, reading: _Reading, message: Message | None, options: Options, policy: Policy, spent: float
) -> Turn[Any]:
    """What the failure policy has left when no answer had the form: another model, a text, or the error."""
    left = None if policy.deadline is None else policy.deadline - spent
    reading.stands_in = True
    if policy.fallback_model and (left is None or left > 0):
        once = replace(policy, deadline=left, retries=0, fallback_model="", fallback_text="")
        try:
            yield from _try(thread, reading, message, options, once, policy.fallback_model)
        except (ProviderError, ConfigError) as error:
            if error is reading.problem:
                raise
            message = None
        else:
            if not reading.wrong:
                return reading.value
            message = _again(reading, options)
    if policy.fallback_text:
        answers = tuple(reading.answers)
        reading.tried += [message.id] if message else []
        given = Message("assistant", policy.fallback_text, model=thread.model, hidden=options.hidden)
        given = reading.read(replace(given, finish_reason="fallback"))
        if not reading.wrong:
            said = (message, given) if message else (given,)
            internals(thread).place_next((yield Append(tuple(own(thread, each) for each in said))))
            return reading.value
        reading.answers = list(answers)
    answers = tuple(reading.answers)
    raise InvalidAnswer(
        f"{thread.model} gave no answer that is {reading.question.expected}, in {len(answers)} "
        f"{'answer' if len(answers) == 1 else 'answers'}. The last: {reading.wrong}",
        text=answers[-1] if answers else "",
        expected=reading.question.expected,
        answers=answers,
    )


def let_count(thread: BaseThread, given: Message) -> Turn[None]:
    """Put the answer that counted into the record, from `stand_in`."""
    internals(thread).place_next((yield Append((own(thread, given),))))


def stand_in(text: str, value: Any, question: Mapping[str, Any], tried: Sequence[str]) -> Message:
    """A reply that no model gave: it says what counted as the answer to a question.

    Arguments:
        text: the answer. value: its value. question: what the data say of the question.
        tried: the ids of the replies, and of the requests for others, for which it stands in later requests.
    """
    data = {**question, "value": as_json(value)}
    params = {QUESTION: data, **({INSTEAD_OF: list(tried)} if tried else {})}
    return Message("assistant", clean(text), hidden=True, finish_reason="fallback", params=params)


def is_request_for_another(message: Message) -> bool:
    """Whether it asks for another answer."""
    if message.role == "user" and (message.params.get(QUESTION) or {}).get("again"):
        return True
    return message.role == "user" and message.text.startswith(AGAIN) and message.text.endswith(FORM)


def _whole(text: str, question: Question) -> str:
    return f"{text}\n\n{question.instruction}" if text.strip() else question.instruction


def _again(reading: _Reading, options: Options) -> Message:
    text = request_for_another(reading.question, reading.wrong, reading.told)
    return Message("user", text, hidden=True, params={QUESTION: {"again": True}})


def _seed(thread: BaseThread, options: Options, place: int) -> int:
    """The seed of an order: another one at each place of a conversation."""
    base = options.params.get("seed")
    base = thread.seed if base is None else base
    found = seed_for(secrets.randbits(31) if base is None else base, "order", place)
    assert found is not None
    return found


@dataclass(frozen=True)
class _OpenQuestion:
    """A question that is in the record already and has no usable answer yet.

    Fields:
        question: with its options in the order in which they were shown. answers: those that could not be used.
        wrong: why the last of them could not, if no other has been asked for since.
        tried: the ids of all replies to it, also of those that failed, and of the requests for others.
    """

    question: Question
    answers: tuple[str, ...]
    wrong: str
    tried: tuple[str, ...]


def _open_question(record: Sequence[Message], text: str, question: Question) -> _OpenQuestion | None:
    """The question, if it is the last one in the record, with nothing after it but failed replies.

    Answers that could not be used, and the requests for others, belong to it.
    """
    tail: list[Message] = []
    asked: Message | None = None
    for message in reversed(record):
        if message.role == "user" and not is_request_for_another(message):
            asked = message
            break
        if message.role == "system" or (_is_answer(message) and not _question_data(message)):
            return None
        tail.insert(0, message)
    order = next((data["order_seed"] for data in map(_question_data, tail) if "order_seed" in data), None)
    if order is not None:
        question = question.shuffled(order)
    if asked is None or asked.text != _whole(text, question):
        return None
    invalid = [message for message in tail if _is_answer(message)]
    if any("invalid" not in _question_data(message) for message in invalid):
        return None
    words = [message for message in tail if message.role == "user" or message in invalid]
    wrong = str(_question_data(words[-1])["invalid"]) if words and words[-1].role == "assistant" else ""
    return _OpenQuestion(question, tuple(message.text for message in invalid), wrong, tuple(m.id for m in tail))


def _is_answer(message: Message) -> bool:
    return message.role == "assistant" and message.sendable


def _question_data(message: Message) -> Mapping[str, Any]:
    found: Mapping[str, Any] = message.params.get(QUESTION) or {}
    return found
