"""What every Thread is made of: the experimenter's attributes, and apart from them what this package needs.

A Thread takes any attribute that an experimenter gives it. So whatever the package itself keeps of a Thread lies in one
object that is none of its attributes, an `Internals`. Other modules get at it with `internals(thread)`, and at whoever
answers with `find_provider`, `provider_finder` and `wrap_provider`. They use nothing else of a Thread's inside.
"""

import pickle
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, fields, replace
from importlib import import_module
from typing import Any, ClassVar

from ..errors import ConfigError, StateError
from ..messages import EFFORTS, VERBOSITIES, Message, Request
from ..ports import AsyncStore, Provider, Store, SyncInAsync
from .context_policy import CHECKS, DROP, ContextFunction, is_policy
from .context_sizes import ContextSizes
from .keywords import check_slip
from .loose import AsyncLooseStore, LooseStore
from .persona_view import ONLY_FOR, Part
from .request_record import RequestRecord
from .sent_requests import sent_for
from .state import PublicView, check_storable, kind_of
from .turns import Policy, to_send

PARAMS = (
    "temperature", "max_tokens", "seed", "stop", "top_p", "frequency_penalty", "presence_penalty", "reasoning_effort",
    "verbosity",
)  # fmt: skip
POLICY = tuple(field.name for field in fields(Policy))
SETTINGS = ("model", *PARAMS, "extra", "base_url", "thoughts_in_text", "context", "context_tokens", *POLICY)
WORDS: Mapping[str, Sequence[str]] = {"reasoning_effort": EFFORTS, "verbosity": VERBOSITIES}
"""Settings that take one of some words."""
FindProvider = Callable[[str], Provider]


class Internals:
    """What the package keeps of a Thread, out of the experimenter's way. It is never stored.

    Attributes:
        id: the Thread's id in the data.
        store, async_store: where its messages go, from plain and from async code.
        links: what its Conversation gives it: `convo`, and `other` or `others`.
        find_provider: finds who answers under a model's name, instead of the Thread's own way; None for that.
        phrases: finds the sentences with which typed questions are asked; None for the English ones.
        sizes: how long its requests are.
        part: the persona as which it is asked; None for none.
        gap: whether others have written to the store since the record was read.
    """

    __slots__ = (
        "_load",
        "_load_async",
        "_messages",
        "_requests",
        "async_store",
        "find_provider",
        "gap",
        "id",
        "links",
        "part",
        "phrases",
        "sizes",
        "store",
    )

    def __init__(self, thread_id: str, store: Store | None = None, async_store: AsyncStore | None = None) -> None:
        self.id = thread_id
        self.store: Store = store or LooseStore()
        if async_store is None:
            found = self.store
            async_store = AsyncLooseStore(found) if isinstance(found, LooseStore) else SyncInAsync(found)
        self.async_store: AsyncStore = async_store
        self.links: dict[str, Any] = {}
        self.find_provider: FindProvider | None = None
        self.gap = False
        self.part: Part | None = None
        self.phrases: Callable[[], Mapping[str, str]] | None = None
        self.sizes = ContextSizes()
        self._requests = RequestRecord()
        self._messages: list[Message] = []
        self._load: Callable[[], list[Message]] | None = None
        self._load_async: Callable[[], Awaitable[list[Message]]] | None = None

    @property
    def messages(self) -> list[Message]:
        """The record, oldest first: the list itself. It is loaded when it is first used."""
        if self._load is not None:
            self._messages[:0], self._load = self._load(), None
        return self._messages

    @messages.setter
    def messages(self, messages: list[Message]) -> None:
        self._messages, self._load, self._load_async, self.gap = messages, None, None, False

    def load_later(
        self, load: Callable[[], list[Message]], load_async: Callable[[], Awaitable[list[Message]]] | None = None
    ) -> None:
        """Load the record when it is first used.

        Arguments:
            load, load_async: give it, in plain and in async code.
        """
        self._load, self._load_async = load, load_async

    async def loaded(self) -> None:
        """In async code: load the record now, if it is still to be loaded."""
        load, self._load_async = self._load_async, None
        if load is not None and self._load is not None:
            messages = await load()
            if self._load is not None:  # nobody has used it meanwhile
                self.messages = messages

    def place(self, messages: Sequence[Message]) -> None:
        """Put recorded messages where they belong, replacing earlier versions of the same one."""
        record = self.messages
        for message in messages:
            for place in range(len(record) - 1, max(-1, len(record) - 64), -1):
                if record[place].id == message.id:
                    record[place] = message
                    break
            else:
                record.append(message)

    def place_next(self, messages: Sequence[Message]) -> None:
        """Put at the end what was recorded just now; between it and the end others may have written."""
        known = self._messages[-1].seq if self._messages else 0
        self.gap = self.gap or (self._load is None and messages[0].seq != known + 1)
        self.place(messages)

    def settle(self, reply: Message) -> None:
        """Put a reply where it belongs, as it was when its turn ended."""
        self.place((reply,))

    def trace(
        self, reply: Message, attempts: Sequence[tuple[Request, BaseException | None]], policy: Policy
    ) -> Message:
        """The reply with what was sent for it; see `turns.Trace`."""
        return self._requests.add(reply, self.messages, attempts, vars(policy))

    @property
    def requests(self) -> RequestRecord:
        """What writes down the requests."""
        return self._requests

    @property
    def is_loaded(self) -> bool:
        """Whether the record is here already."""
        return self._load is None


class BaseThread:
    """A Thread's attributes and its record; `Thread` adds how it is spoken to.

    A subclass of `Thread` that says who answers (see `otree_ego.agents`) sets `_prefix`, which stands before each
    model's name, and `_defaults`, the usual value of each setting. It can override `_find_provider`, which gives who
    answers under a model's name, and `_provider_finder`, which does so for one call.
    """

    # A slot of its own: no attribute of the experimenter's can take its place, and it is in no state.
    __slots__ = ("__dict__", "__weakref__", "_internals")

    model: str
    temperature: float | None
    max_tokens: int | None
    extra: dict[str, Any] | None
    base_url: str
    thoughts_in_text: bool
    context: str | ContextFunction | None
    context_tokens: int | None
    choices: list[Any]
    metadata: dict[str, Any]
    tainted: bool
    _internals: Internals

    _defaults: ClassVar[dict[str, Any]] = {
        "model": "local/smollm2", "extra": None, "base_url": "", "thoughts_in_text": False, "context": DROP,
        "context_tokens": None, **asdict(Policy()),
    }  # fmt: skip
    _prefix: ClassVar[str] = ""

    def _find_provider(self, model: str) -> Provider:
        return provider_for(model)

    def _provider_finder(self, response: str | None) -> FindProvider:
        if response is not None:
            raise ConfigError(
                f"{type(self).__name__} asks {self.model} for its replies; response=… is for an ExternalThread."
            )
        return self._internals.find_provider or self._find_provider

    # --- attributes -------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            self.__dict__[name] = value
            return
        if hasattr(type(self), name) and name not in SETTINGS:
            raise StateError(
                f"'{name}' is a part of {type(self).__name__} itself; choose another name for your attribute."
            )
        if name == "extra" and not (value is None or isinstance(value, dict)):
            raise StateError(f"{type(self).__name__}.extra takes a dict of fields for the service, not {value!r:.60}.")
        if name in WORDS:
            value = value or None  # a session config's empty text
            if value is not None and value not in WORDS[name]:
                raise ConfigError(
                    f"{type(self).__name__}.{name} must be one of {', '.join(WORDS[name])}, or None, not {value!r:.60}."
                )
        if name in CHECKS:
            CHECKS[name](f"{type(self).__name__}.{name}", value)
        if name not in self.__dict__:
            check_slip(name, SETTINGS, type(self).__name__)
        check_storable(f"{type(self).__name__}.{name}", value)
        self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._internals.links:
            return self._internals.links[name]
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'; set it with  llm.{name} = …  first.")

    @property
    def id(self) -> str:
        """The Thread's own name in the data, 32 hexadecimal digits."""
        return self._internals.id

    @property
    def policy(self) -> Policy:
        """What happens when a reply does not come."""
        return Policy(**{name: getattr(self, name) for name in POLICY})

    def public_own(self, only: Collection[str] | None = None) -> dict[str, Any]:
        """Settings and attributes of this Thread alone; of these names, if some are given."""
        held = self.__dict__
        wanted = held if only is None else [name for name in only if name in held]
        names = {name: held[name] for name in wanted if name[:1] != "_"}
        if is_policy(names.get("context")):  # in a prompt, this name is the experimenter's
            del names["context"]
        return names

    def public(self, only: Collection[str] | None = None) -> dict[str, Any]:
        """What templates may see: its own settings and attributes, and those of the others in its Conversation.

        Arguments:
            only: names that a template has; no other is looked at then.
        """
        names = self.public_own(only)
        for name, value in self._internals.links.items():
            if only is not None and name not in only:
                continue
            names[name] = (
                [PublicView(one.public_own()) for one in value]
                if isinstance(value, list)
                else PublicView(value.public_own() if isinstance(value, BaseThread) else value.public())
            )
        return names

    # --- the record -------------------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole record, oldest first, failed replies included."""
        return tuple(self._internals.messages)

    @property
    def history(self) -> list[dict[str, str]]:
        """A copy of what the model is sent: role and content, oldest first."""
        found = self._internals
        if found.part is not None:
            return [{"role": role, "content": text} for role, text in found.part.sees(found.messages).messages]
        return [{"role": m.role, "content": m.text} for m in to_send(self._internals.messages)]

    @property
    def last_reply(self) -> Message | None:
        """The latest reply with all that is known of it: tokens, cost, latency, attempts, errors.

        Its ``sent`` is the request that it answers (see `SentRequest`), None if none was sent.

        >>> from otree_ego import Thread
        >>> llm = Thread("constant/Fine.", temperature=0.5)
        >>> _ = llm.system("Be brief."), llm.submit("How are you?")
        >>> llm.last_reply.sent.messages[0]
        {'role': 'system', 'content': 'Be brief.'}
        >>> llm.last_reply.sent.body["temperature"]
        0.5
        """
        record, part = self._internals.messages, self._internals.part
        replies = (m for m in reversed(record) if m.role == "assistant")
        found = next((m for m in replies if part is None or m.params.get(ONLY_FOR) == part.name), None)
        return found if found is None or not found.request else replace(found, sent=sent_for(found, record))

    def cost(self) -> float | None:
        """US dollars spent so far; None when the price of a reply is unknown."""
        costs = [m.cost for m in self._internals.messages if m.role == "assistant" and (m.model_answered or m.paid)]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    # --- keeping ----------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """The name under which the Thread's class is found again."""
        return kind_of(type(self))

    def state(self) -> dict[str, Any]:
        """What is kept besides the messages: settings and attributes, no key, no client, no history."""
        usual = self._usual()
        return {k: v for k, v in self.__dict__.items() if not (k.startswith("_") or (k in usual and usual[k] == v))}

    @classmethod
    def _usual(cls) -> dict[str, Any]:
        return dict.fromkeys(PARAMS) | cls._defaults

    def pickled(self) -> bytes:
        """The state as bytes.

        Raises:
            StateError: an attribute cannot be kept; the message names it.
        """
        state = self.state()
        try:
            return pickle.dumps(state, protocol=4)
        except Exception:
            for name, value in state.items():
                check_storable(f"{type(self).__name__}.{name}", value)
            raise

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id[:8]} {self.model}>"

    def __reduce__(self) -> Any:
        raise StateError(f"{self!r} cannot be put into a variable of oTree's; attach it with ai(player).set(...).")


def internals(thread: BaseThread) -> Internals:
    """What the package keeps of a Thread.

    >>> from otree_ego import Thread
    >>> llm = Thread("constant/Hello")
    >>> _ = llm.user("Hi")
    >>> [message.text for message in internals(llm).messages]
    ['Hi']
    """
    return thread._internals


def asked_as(thread: BaseThread) -> str | None:
    """The name of the persona as which a Thread is asked; None for none."""
    part = thread._internals.part
    return None if part is None else part.name


def own(thread: BaseThread, message: Message) -> Message:
    """A message as the Thread records it: where it is asked as a persona, only that one knows of it."""
    part = thread._internals.part
    return message if part is None else part.own(message)


def model_of(thread: BaseThread) -> str:
    """The model that is asked: the persona's, where it has one."""
    part = thread._internals.part
    return thread.model if part is None else part.model or thread.model


def find_provider(thread: BaseThread, model: str) -> Provider:
    """Who answers a Thread under a model's name."""
    return (thread._internals.find_provider or thread._find_provider)(model)


def provider_finder(thread: BaseThread, response: str | None = None) -> FindProvider:
    """What finds who answers one call, by the model's name.

    Arguments:
        response: the reply, if the call brings it along.

    Raises:
        ConfigError: it brings one along and the Thread asks a model, or the reverse.
    """
    return thread._provider_finder(response)


def wrap_provider(thread: BaseThread, wrap: Callable[[FindProvider], FindProvider]) -> None:
    """Put something around whoever answers a Thread, e.g. to measure it.

    Arguments:
        wrap: is given what finds who answers under a model's name, and returns what is to find it from now on.
    """
    found = thread._internals
    found.find_provider = wrap(found.find_provider or thread._find_provider)


def provider_for(model: str) -> Provider:
    """The provider that a model's name stands for."""
    # Loaded when first needed: the core knows no provider.
    providers = sys.modules.get("otree_ego.providers") or import_module("otree_ego.providers")
    found: Provider = providers.provider_for(model)
    return found
