"""Thread: one model's memory of one conversation."""

from __future__ import annotations

import pickle
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, fields
from importlib import import_module
from typing import Any, ClassVar

from ..errors import ConfigError, StateError
from ..messages import ROLES, Message, Request, clean, new_id
from ..ports import AsyncStore, MemoryStore, Provider, Store, SyncInAsync
from ..prompts import Prompt
from ..questions.base import Question
from ..questions.methods import Asking
from . import question_turns as asking
from .async_thread import AsyncThread
from .driving import drive
from .recording import RECORDER
from .state import KINDS, PublicView, check_storable, class_of, kind_of
from .turns import Append, Policy, Turn, answer, ask, payload, reply_params

STATE_VERSION = 1
PARAMS = ("temperature", "max_tokens", "seed", "stop", "top_p", "frequency_penalty", "presence_penalty")
POLICY = tuple(field.name for field in fields(Policy))
_USUAL: dict[str, Any] = dict.fromkeys(PARAMS)
SETTINGS = ("model", *PARAMS, "extra", "base_url", *POLICY)


def provider_for(model: str) -> Provider:
    """The provider that a model's name stands for (loaded when first needed: the core knows no provider)."""
    found: Provider = import_module("otree_ego.providers").provider_for(model)
    return found


class Thread(Asking):
    """One model's memory of one conversation.

    Arguments:
        model: the model's name, e.g. ``"gpt-4o"``, ``"openrouter/anthropic/claude-sonnet-4"``, ``"ollama/llama3.2"``,
            ``"local/smollm2"``, ``"constant/Hello"``.
        temperature, max_tokens, seed, stop, top_p, frequency_penalty, presence_penalty: sent only if set.
        extra: a dict of further fields for the service, sent as they are.
        base_url: another address of the service, e.g. of a proxy.
        api_key: kept in memory only, never stored; better set the environment variable.
        deadline, retries, backoff, fallback_model, fallback_text: the failure policy, see `Policy`.
        **attributes: anything of the experimenter's own; it becomes an attribute, is kept with the Thread, must be
            picklable, and can be used in a Prompt.

    Raises:
        StateError: an attribute cannot be kept (named in the message).

    >>> llm = Thread("constant/Fine, thanks.", name="Ada")
    >>> llm.system("Be brief.")
    'Be brief.'
    >>> llm.submit("How are you?")
    'Fine, thanks.'
    >>> [m["role"] for m in llm.history]
    ['system', 'user', 'assistant']
    """

    model: str
    temperature: float | None
    max_tokens: int | None
    extra: dict[str, Any] | None
    base_url: str
    choices: list[Any]
    metadata: dict[str, Any]
    tainted: bool
    _id: str
    _store: Store
    _astore: AsyncStore
    _log: list[Message]
    _load: Callable[[], list[Message]] | None
    _aload: Callable[[], Awaitable[list[Message]]] | None
    _links: dict[str, Any]

    _defaults: ClassVar[dict[str, Any]] = {"model": "local/smollm2", "extra": None, "base_url": "", **asdict(Policy())}
    _prefix: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        KINDS[kind_of(cls)] = cls

    def __init__(
        self, model: str | None = None, temperature: float | None = None, *, api_key: str | None = None, **more: Any
    ) -> None:
        self._start(new_id())
        self.__dict__.update(_USUAL | self._defaults, choices=[], metadata={}, tainted=False, temperature=temperature)
        if model is not None:
            self.__dict__["model"] = model if model.startswith(self._prefix) else self._prefix + model
        for name, value in more.items():
            setattr(self, name, value)
        if api_key is not None:
            service = self.model.partition("/")[0] if "/" in self.model else "openai"
            import_module("otree_ego.providers.keys").keep_key(self._id, api_key, service)

    def _start(self, thread_id: str, store: Store | None = None, astore: AsyncStore | None = None) -> None:
        recorder = RECORDER.get() if store is None else None
        if recorder is not None:
            store, astore = recorder.stores(self)
        own: Store = store or MemoryStore()
        self.__dict__.update(
            _id=thread_id, _store=own, _astore=astore or SyncInAsync(own), _log=[], _load=None, _aload=None, _links={}
        )

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
        check_storable(f"{type(self).__name__}.{name}", value)
        self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self.__dict__.get("_links", ()):
            return self.__dict__["_links"][name]
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'; set it with  llm.{name} = …  first.")

    @property
    def id(self) -> str:
        """The Thread's own name in the data, 32 hexadecimal digits."""
        return self._id

    @property
    def policy(self) -> Policy:
        """What happens when a reply does not come."""
        return Policy(**{name: getattr(self, name) for name in POLICY})

    def public_own(self) -> dict[str, Any]:
        """Settings and attributes of this Thread alone."""
        return {k: v for k, v in self.__dict__.items() if not k.startswith("_")}

    def public(self) -> dict[str, Any]:
        """What templates may see: its own settings and attributes, and those of the others in its Conversation."""
        names = self.public_own()
        for name, value in self._links.items():
            names[name] = (
                [PublicView(one.public_own()) for one in value]
                if isinstance(value, list)
                else PublicView(value.public_own() if isinstance(value, Thread) else value.public())
            )
        return names

    # --- the record -------------------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole record, oldest first, failed replies included."""
        return tuple(self._record())

    @property
    def history(self) -> list[dict[str, str]]:
        """A copy of what the model is sent: role and content, oldest first."""
        return [{"role": m.role, "content": m.text} for m in self._record() if m.sendable]

    @property
    def last_reply(self) -> Message | None:
        """The latest reply with all that is known of it: tokens, cost, latency, attempts, errors."""
        return next((m for m in reversed(self._record()) if m.role == "assistant"), None)

    def cost(self) -> float | None:
        """US dollars spent so far; None when the price of a reply is unknown."""
        costs = [m.cost for m in self._record() if m.role == "assistant" and m.model_answered]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    def _record(self) -> list[Message]:
        if self._load is not None:
            self._log[:0], self._load = self._load(), None
        return self._log

    def _settled(self, message: Message) -> None:
        self._placed((message,))

    def _placed(self, messages: Sequence[Message]) -> None:
        """Put recorded messages where they belong, replacing earlier versions of the same one."""
        log = self._record()
        for message in messages:
            for place in range(len(log) - 1, max(-1, len(log) - 64), -1):
                if log[place].id == message.id:
                    log[place] = message
                    break
            else:
                log.append(message)

    # --- speaking ---------------------------------------------------------------------------------------------------

    def memorize(
        self, role: str, text: str | Prompt, /, *, hidden: bool = False, author: str = "", **variables: Any
    ) -> str:
        """Put a message into the record without asking the model; returns the text as it stands there.

        Raises:
            ValueError: the role is none of system, user, assistant.
            TypeError: the text is neither a str nor a Prompt, or variables came with a plain str.
        """
        return drive(self._memorize(role, text, hidden, author, variables), self._store, self._id, provider_for)

    def system(self, text: str | Prompt, /, *, once: bool = False, **variables: Any) -> str:
        """Give an instruction; participants never see it.

        Arguments:
            once: not again if the record has it already, word for word.
        """
        turn = self._memorize("system", text, False, "", variables, once)
        return drive(turn, self._store, self._id, provider_for)

    def user(self, text: str | Prompt, /, **variables: Any) -> str:
        """Put a user's message into the record without asking for a reply."""
        return self.memorize("user", text, **variables)

    def assistant(self, text: str | Prompt, /, **variables: Any) -> str:
        """Put a reply into the record that no model gave."""
        return self.memorize("assistant", text, **variables)

    def submit(
        self,
        text: str | Prompt | None = None,
        /,
        *,
        on_piece: Callable[[str], None] | None = None,
        hidden: bool = False,
        author: str = "",
        response: str | None = None,
        extra: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        stop: str | list[str] | None = None,
        **variables: Any,
    ) -> str:
        """Ask the model and return its reply.

        Arguments:
            text: a plain str, sent word for word, or a Prompt, rendered with the variables and the Thread's public
                attributes; None asks for a reply to what the record holds.
            on_piece: called with each piece of the reply as it comes.
            response: the reply, if it comes from elsewhere (ExternalThread).
            max_tokens, temperature, seed, stop, extra: for this turn only.

        Raises:
            ProviderError: no usable reply came; the failed attempt is in the record, and `submit()` asks again.

        >>> Thread("constant/42").submit(Prompt("What is {{ a }} times {{ b }}?"), a=6, b=7)
        '42'
        """
        params = dict(max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        turn = self._submit(text, hidden, author, response, params, extra, variables)
        return drive(turn, self._store, self._id, self._provider_of(response), on_piece)

    def _answered(self, question: Question, text: str | Prompt, options: Mapping[str, Any]) -> Any:
        wanted = asking.Options.of(**options)
        turn = asking.turn(self, question, text, wanted)
        return drive(turn, self._store, self._id, self._provider_of(wanted.response))

    @property
    def aio(self) -> AsyncThread:
        """The same Thread for async code: `await llm.aio.submit(...)`."""
        return AsyncThread(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the attributes as they are now, in an experiment; messages are recorded as they are made, anyway."""
        recorder = RECORDER.get()
        if recorder is not None:
            recorder.save(self)

    # --- turns ------------------------------------------------------------------------------------------------------

    def _text(self, text: str | Prompt, variables: Mapping[str, Any]) -> str:
        if isinstance(text, Prompt):
            return clean(text.render(**{**self.public(), **variables}))
        if not isinstance(text, str):
            raise TypeError(f"A message is a str or a Prompt, not {type(text).__name__}: {text!r:.80}")
        if variables:
            names = ", ".join(sorted(variables))
            raise TypeError(
                f"A plain str is sent word for word and takes no variables ({names}); use Prompt(…) for a template."
            )
        return clean(text)

    def _memorize(
        self,
        role: str,
        text: str | Prompt,
        hidden: bool,
        author: str,
        variables: Mapping[str, Any],
        once: bool = False,
    ) -> Turn[str]:
        if role not in ROLES:
            raise ValueError(f"A role is one of {', '.join(ROLES)}, not {role!r}.")
        message = Message(role, self._text(text, variables), hidden=hidden, author=author)
        if once and any(m.role == role and m.text == message.text for m in self._record()):
            return message.text
        self._placed((yield Append((message,))))
        return message.text

    def _submit(
        self,
        text: str | Prompt | None,
        hidden: bool,
        author: str,
        response: str | None,
        params: Mapping[str, Any],
        extra: Mapping[str, Any] | None,
        variables: Mapping[str, Any],
    ) -> Turn[str]:
        user = None if text is None else Message("user", self._text(text, variables), hidden=hidden, author=author)
        recorded = yield from ask(user, self.model, hidden)
        self._placed(recorded)
        pending = recorded[-1]
        settled = yield from answer(pending, self._request(pending, params, extra), self.policy, self._settled)
        return settled.text

    def _request(
        self, pending: Message, params: Mapping[str, Any] | None = None, extra: Mapping[str, Any] | None = None
    ) -> Request:
        return Request(
            model=self.model,
            messages=payload(self._record(), before=pending.seq or None),
            params=reply_params({name: getattr(self, name) for name in PARAMS}, params or {}),
            extra={**(self.extra or {}), **(extra or {})},
            base_url=self.base_url,
            thread_id=self._id,
        )

    def _provider_of(self, response: str | None = None) -> Callable[[str], Provider]:
        if response is not None:
            raise ConfigError(
                f"{type(self).__name__} asks {self.model} for its replies; response=… is for an ExternalThread."
            )
        return self._provider

    def _provider(self, model: str) -> Provider:
        return provider_for(model)

    # --- keeping ----------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """The name under which the Thread's class is found again."""
        return kind_of(type(self))

    def state(self) -> dict[str, Any]:
        """What is kept besides the messages: settings and attributes, no key, no client, no history."""
        usual = _USUAL | self._defaults
        return {k: v for k, v in self.__dict__.items() if not (k.startswith("_") or (k in usual and usual[k] == v))}

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

    @staticmethod
    def revive(
        kind: str,
        thread_id: str,
        state: Mapping[str, Any],
        store: Store | None = None,
        astore: AsyncStore | None = None,
    ) -> Thread:
        """A Thread as it was kept.

        Raises:
            LinkError: its class is not found any more.
        """
        thread: Thread = object.__new__(class_of(kind))
        thread._start(thread_id, store, astore)
        defaults = _USUAL | thread._defaults
        thread.__dict__.update({**defaults, **state})
        return thread

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._id[:8]} {self.model}>"

    def __reduce__(self) -> Any:
        raise StateError(f"{self!r} cannot be put into a variable of oTree's; attach it with ai(player).set(...).")


KINDS["Thread"] = Thread
