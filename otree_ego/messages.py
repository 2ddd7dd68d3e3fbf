"""The frozen values that travel between the rooms: Message, Usage, Request, Reply."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, TypeVar

from .public import pickled_by_name, public

ESTIMATED = "estimated"
"""Under this name the params of a reply have how much of its cost is an estimate, and of how many tokens."""
RECALLED = "recalled"
"""Under this name the params of a reply have the id of the message that was paid, if it was taken from the record."""
SERVER_ENDED = "server ended"
"""The finish reason of a reply that was under way when its server ended."""
LEFT_OUT = "left_out"
"""Under this name the params of a reply have how many messages its request left out, and their places."""
ROLES = ("system", "user", "assistant")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""How much a model is to reason, the least first: OpenAI's words, of which each service and model knows some."""
VERBOSITIES = ("low", "medium", "high")
"""How much it is to say."""


def clean(text: str) -> str:
    """Make any text storable and sendable: lone surrogates become U+FFFD, NUL is dropped.

    Everything else stays as it is, to the letter.

    >>> clean("caf\\u00e9 \\ud83d!")
    'café \\ufffd!'
    """
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "") if "\x00" in text else text


T = TypeVar("T")


def changed(value: T, /, **new: Any) -> T:
    """A frozen value with some of its fields changed: `dataclasses.replace`, in half its time.

    Arguments:
        value: of a dataclass all of whose fields are arguments. **new: the fields that change.

    >>> changed(Usage(1, 2), output=3)
    Usage(input=1, output=3, reasoning=None)
    """
    cls = type(value)
    if (known := _FIELDS.get(cls)) is None:
        names = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        known = _FIELDS[cls] = (attrgetter(*names), {name: place for place, name in enumerate(names)})
    read, places = known
    values = list(read(value))
    for name, each in new.items():
        values[places[name]] = each
    return cls(*values)


_FIELDS: dict[type, tuple[Callable[[Any], Sequence[Any]], Mapping[str, int]]] = {}


def new_id() -> str:
    """A name for a row that nothing else has (32 hexadecimal digits)."""
    return uuid.uuid4().hex


@public
@pickled_by_name
@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply: what went in, what came out, and how much of that was reasoning."""

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None


@public
@pickled_by_name
@dataclass(frozen=True, slots=True)
class Form:
    """What keeps a model to answers of a form, where its service can do that.

    Arguments:
        name: letters, digits and ``_``.
        schema: JSON Schema of an object.
        grammar: the same in GBNF, where there is one; it may stand for the answer alone, without the object.
        strict: whether the schema keeps to what services take as strict.
    """

    name: str
    schema: Mapping[str, Any]
    grammar: str = ""
    strict: bool = True


@dataclass(frozen=True, slots=True)
class SentBody:
    """One request as it went to a service.

    Fields:
        service, protocol: their names. address: without credentials.
        body: what was sent, as JSON takes it.
        answer: what was read of the reply, with ``response_id`` and ``fingerprint``; None if nothing is known of it.
        hide: takes the key out of a text.
    """

    service: str
    protocol: str
    address: str
    body: Mapping[str, Any]
    answer: Any = None
    hide: Callable[[str], str] = str


@dataclass(slots=True, eq=False)
class Meter:
    """What one request has used so far: it can be read also when the reply does not come to its end.

    Fields:
        asked: whether a provider was asked.
        price: what so many tokens of a model cost, as the provider's `price`; None if it has none.
        text: gives the text that came so far.
        read: what a provider that knows more has read, one reader for each request that it sent: with ``text``,
            ``thoughts``, ``usage``, ``cached`` and ``reported_cost``; None if it does not know more.
        sent: what went to a service, in order, from a provider that tells it.
    """

    asked: bool = False
    price: Callable[..., float | None] | None = None
    text: Callable[[], str] = str
    read: Sequence[Any] | None = None
    sent: list[SentBody] = field(default_factory=list)


@public
@pickled_by_name
@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked.

    Arguments:
        model: the model's full name, e.g. ``"gpt-6-luna"`` or ``"local/smollm2"``.
        messages: pairs of role and text, oldest first.
        params: sampling parameters (``temperature``, ``max_tokens``, ``seed``, ``stop``, …), only those that are set.
        extra: fields that are put into the request's body as they are.
        deadline: seconds from now in which the whole reply must have come; None for no limit.
        stream: whether pieces of the reply are wanted as they come.
        base_url: another address than the service's usual one.
        thread_id: the Thread that asks (a key given in code is kept under it).
        form: of the answer, for services that can keep a model to one; the reply's params then have ``constrained``.
        thoughts_in_text: whether thoughts that the model writes into its text are left there.
        meter: where what it uses can be read while it is under way.
        authors: who wrote each message, where several people write to one Thread; else empty. They are not sent.
        adapted: whether it was meant for a model of another service: what this one has no word for is left out.
        turn_deadline: seconds for the whole turn, of which `deadline` is what this attempt has.
        places: where the messages stand in the Thread's record, if they are its messages as they stand; else empty.
        origins: for each message the place of what it was made of, 0 for what is not in the record; or empty.
        left_out: the places of the messages that were left out, since the model's context is too small for them.
        whole: whether a provider that would leave messages out is to raise ContextExceeded instead.
    """

    model: str
    messages: tuple[tuple[str, str], ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    deadline: float | None = None
    stream: bool = True
    base_url: str = ""
    thread_id: str = ""
    form: Form | None = None
    thoughts_in_text: bool = False
    meter: Meter | None = field(default=None, compare=False, repr=False)
    authors: tuple[str, ...] = ()
    adapted: bool = False
    turn_deadline: float | None = None
    places: tuple[int, ...] = field(default=(), compare=False, repr=False)
    origins: tuple[int, ...] = field(default=(), compare=False, repr=False)
    left_out: tuple[int, ...] = field(default=(), compare=False, repr=False)
    whole: bool = field(default=False, compare=False, repr=False)

    @property
    def time_limit(self) -> str:
        """The deadline in words, for errors: an attempt may have only a part of the turn's.

        >>> Request("gpt-6-luna", (), deadline=0.8651, turn_deadline=12.0).time_limit
        'within 0.865 s, its part of the deadline of 12 s'
        >>> Request("gpt-6-luna", (), deadline=11.99999, turn_deadline=12.0).time_limit
        'within the deadline of 12 s'
        """
        if self.deadline is None:
            return "in time"
        whole = self.deadline if self.turn_deadline is None else self.turn_deadline
        if self.deadline >= 0.99 * whole:
            return f"within the deadline of {whole:.4g} s"
        return f"within {self.deadline:.3g} s, its part of the deadline of {whole:.4g} s"


def service_of(model: str) -> str:
    """The service in a model's full name; a name without a slash is OpenAI's.

    >>> service_of("openrouter/meta-llama/llama-3.3-70b-instruct"), service_of("gpt-6-luna")
    ('openrouter', 'openai')
    """
    service, slash, _ = model.partition("/")
    return service if slash else "openai"


def request_to(request: Request, model: str) -> Request:
    """The same request for another model: the one way to ask somebody else the same.

    An address, fields of the body and the way in which thoughts are sent belong to a service. Another one is asked at
    its own address, without them; its key is then found by its own name.

    Arguments:
        request: as it is for the model that it names. model: the full name of the one that is asked instead.

    >>> home = Request("gpt-6-luna", (), extra={"service_tier": "flex"}, base_url="https://proxy.example.edu/v1")
    >>> request_to(home, "gpt-6-terra").base_url, request_to(home, "groq/llama-3.3-70b-versatile").base_url
    ('https://proxy.example.edu/v1', '')
    """
    if model == request.model:
        return request
    if service_of(model) == service_of(request.model):
        return replace(request, model=model)
    return replace(request, model=model, base_url="", extra={}, thoughts_in_text=False, adapted=True)


@public
@pickled_by_name
@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answers.

    Arguments:
        text: the whole text; never empty (a provider raises EmptyReply instead).
        model: the name of the model that answered, as the service gives it.
        usage: tokens.
        finish_reason: ``stop``, ``length`` (text cut: the Thread marks it partial), or the service's own word.
        params: the parameters as they were really sent, where the provider had to change them.
        cost: US dollars, None where the price is unknown.
        thoughts: what the model thought before it answered, as far as its service tells; never a part of the text.
    """

    text: str
    model: str = ""
    usage: Usage = Usage()
    finish_reason: str = "stop"
    params: Mapping[str, Any] | None = None
    cost: float | None = None
    thoughts: str = ""


class Withdrawn:
    """In a stream, among its pieces: those that came so far are no part of the text (they were thoughts)."""

    __slots__ = ()


@public
@pickled_by_name
@dataclass(frozen=True, slots=True)
class Message:
    """One row of a Thread's record.

    Arguments:
        role: ``system``, ``user`` or ``assistant``.
        text: word for word.
        seq: place in the Thread, from 1; 0 until it is placed.
        author: who wrote it: a model's name, a participant's code, or empty for the experimenter's code.
        status: ``pending``, ``complete``, ``partial`` (cut: kept, marked) or ``failed`` (kept, not sent again).
        hidden: never shown to participants (system messages never are).
        model, model_answered: the model asked for and the one that answered.
        params: parameters as sent. seed: the seed among them.
        tokens_in, tokens_out, tokens_reasoning: counts. cost: US dollars, None if unknown.
        latency, first_token: seconds from the request to the end and to the first piece of the reply.
        finish_reason: the service's word, or ``fallback``, ``stopped``.
        error, error_text: class and words of the error of a failed reply.
        trouble: what went wrong on the way to this reply: one dict for each failed attempt.
        attempts: how many requests were sent for it.
        time: seconds since 1970, UTC.
        forgotten: when the text was deleted (see `ai`), None if it was not. pseudonymised: when names in it were
            replaced.
        asked, first_piece, completed, delivered: of a reply, as `time`: when its first request was sent, when the first
            piece of it came, when it ended, and when a chat's page that was open had been sent all of it.
        request: the request that it answers, as `sent_requests` reads it; empty if none was sent.
        sent: the same to be looked at, in `Thread.last_reply`; else None. It is not stored.
        characters_delivered: of a reply in a chat, how many characters of it had reached a browser when the participant
            left or the server died; None where nothing is shown to a browser.
    """

    role: str
    text: str
    seq: int = 0
    author: str = ""
    status: str = "complete"
    hidden: bool = False
    model: str = ""
    model_answered: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    cost: float | None = None
    latency: float | None = None
    first_token: float | None = None
    finish_reason: str = ""
    error: str = ""
    error_text: str = ""
    trouble: tuple[Mapping[str, Any], ...] = ()
    attempts: int = 0
    id: str = field(default_factory=new_id)
    time: float = field(default_factory=time.time)
    forgotten: float | None = None
    pseudonymised: float | None = None
    asked: float | None = None
    first_piece: float | None = None
    completed: float | None = None
    delivered: float | None = None
    request: str = field(default="", repr=False)
    sent: Any = field(default=None, compare=False, repr=False)
    characters_delivered: int | None = None

    @property
    def sendable(self) -> bool:
        """Whether later requests carry it: whole or cut, never failed, never still under way, never forgotten."""
        if self.forgotten is not None:
            return False
        return self.status in ("complete", "partial") and (self.role != "assistant" or bool(self.text))

    @property
    def answer(self) -> Any:
        """The answer to a typed question, or a chat's reply of a form, in plain values; None where it is just text.

        >>> Message("assistant", "Hello!", params={"question": {"value": {"text": "Hello!", "mood": 3}}}).answer["mood"]
        3
        """
        question = self.params.get("question")
        return question.get("value") if isinstance(question, Mapping) else None

    @property
    def paid(self) -> bool:
        """Whether it has cost something, or may have: a reply that failed has if a service has worked on it."""
        return self.cost is not None or ESTIMATED in self.params


def placed(message: Message, seq: int) -> Message:
    """A message at its place. What is about to be sent for a reply was told for one place alone: elsewhere it goes.

    >>> placed(Message("assistant", "", status="pending", seq=2, request="{}"), 3).request
    ''
    """
    elsewhere = message.status == "pending" and message.seq != seq
    return replace(message, seq=seq, request="" if elsewhere else message.request)
