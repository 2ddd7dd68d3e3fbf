"""Thread: one model's memory of one conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from ..messages import new_id, service_of
from ..ports import AsyncStore, Store
from ..prompts import Prompt
from ..public import public
from ..questions.base import Question
from ..questions.methods import QuestionMethods
from . import message_turns
from .async_thread import AsyncThread
from .base import SETTINGS, BaseThread, Internals, internals, provider_finder, provider_for
from .driving import OnPiece, drive
from .keywords import check_keyword
from .loose import keepers, loose, take_in
from .question_turns import Options, ask_question
from .recording import RECORDER
from .state import KINDS, class_of, kind_of
from .turns import Turn

T = TypeVar("T")
KEYWORDS = (*SETTINGS, "api_key", "system_prompt")


@public
class Thread(BaseThread, QuestionMethods):
    """One model's memory of one conversation.

    Arguments:
        model: the model's name, e.g. ``"gpt-6-luna"``, ``"openrouter/anthropic/claude-sonnet-5"``,
            ``"ollama/llama3.2"``, ``"local/smollm2"``, ``"constant/Hello"``.
        temperature, max_tokens, seed, stop, top_p, frequency_penalty, presence_penalty: sent only if set.
        reasoning_effort: how much the model is to reason: none, minimal, low, medium, high, xhigh or max, of which each
            service knows some; it is sent in the service's own form.
        verbosity: how much it is to say: low, medium or high.
        system_prompt: an instruction to begin with, as `system` gives it.
        extra: a dict of further fields for the model's service, sent as they are; another service does not get them.
        base_url: another address of the model's service, e.g. of a proxy; another service is asked at its own.
        context_tokens: how many tokens a request and its reply may have together; None for what is known of the model:
            from its service, or from the price data.
        context: what happens when the conversation is longer: ``"drop_oldest"`` leaves the oldest turns out,
            ``"refuse"`` raises ContextExceeded, and a function at a module's top level chooses what is sent. See
            docs/experiments.md.
        thoughts_in_text: leave thoughts (``<think>…</think>``) in the text; else they are in the reply's params.
        api_key: kept in memory only, never stored; better set the environment variable.
        deadline, retries, backoff, fallback_model, fallback_text: the failure policy, see `Policy`.
        **attributes: anything of the experimenter's own; it becomes an attribute, is kept with the Thread, must be
            picklable, and can be used in a Prompt. A name that is within one letter of a parameter's is refused, and so
            are names of the chat's settings, which a Thread has no part in.

    Raises:
        StateError: an attribute cannot be kept (named in the message).
        ConfigError: a name is nearly that of a parameter, or a value is none that the parameter takes.

    >>> llm = Thread("constant/Fine, thanks.", name="Ada")
    >>> llm.system("Be brief.")
    'Be brief.'
    >>> llm.submit("How are you?")
    'Fine, thanks.'
    >>> [m["role"] for m in llm.history]
    ['system', 'user', 'assistant']
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        KINDS[kind_of(cls)] = cls

    def __init__(
        self,
        model: str | None = None,
        temperature: float | None = None,
        *,
        api_key: str | None = None,
        system_prompt: str | Prompt = "",
        **more: Any,
    ) -> None:
        self._begin(new_id())
        self.__dict__.update(self._usual(), choices=[], metadata={}, tainted=False, temperature=temperature)
        if model is not None:
            self.__dict__["model"] = model if model.startswith(self._prefix) else self._prefix + model
        for name, value in more.items():
            if name not in SETTINGS:
                check_keyword(name, KEYWORDS, type(self).__name__)
            setattr(self, name, value)
        if api_key is not None:
            # Loaded when first needed: the core knows no provider.
            import_module("otree_ego.providers.keys").keep_key(self.id, api_key, service_of(self.model))
        if isinstance(system_prompt, Prompt) or system_prompt:
            self.system(system_prompt)

    def _begin(self, thread_id: str, store: Store | None = None, async_store: AsyncStore | None = None) -> None:
        recorder = RECORDER.get() if store is None else None
        if recorder is not None:
            store, async_store = recorder.stores(self)
        object.__setattr__(self, "_internals", Internals(thread_id, store, async_store))

    # --- speaking ---------------------------------------------------------------------------------------------------

    def memorize(
        self, role: str, text: str | Prompt, /, *, hidden: bool = False, author: str = "", **variables: Any
    ) -> str:
        """Put a message into the record without asking the model; returns the text as it stands there.

        Raises:
            ValueError: the role is none of system, user, assistant.
            TypeError: the text is neither a str nor a Prompt, or variables came with a plain str.
        """
        return self._run(message_turns.memorize(self, role, text, variables, hidden=hidden, author=author))

    def system(self, text: str | Prompt, /, *, once: bool = False, **variables: Any) -> str:
        """Give an instruction; participants never see it.

        Arguments:
            once: not again if the record has it already, word for word.
        """
        return self._run(message_turns.memorize(self, "system", text, variables, once=once))

    def user(self, text: str | Prompt, /, **variables: Any) -> str:
        """Put a user's message into the record without asking for a reply."""
        return self.memorize("user", text, **variables)

    def assistant(self, text: str | Prompt, /, **variables: Any) -> str:
        """Put a reply into the record that no model gave."""
        return self.memorize("assistant", text, **variables)

    def notice(
        self,
        text: str | Prompt,
        /,
        *,
        author: str = "",
        heard: bool = True,
        ends: bool = False,
        **variables: Any,
    ) -> str:
        """Tell the people in a chat something that nobody in it says: "Half of the time is over."

        Open pages show it at once, apart from what is said. For words of the model's own there is `assistant`.

        Arguments:
            author: a name that the pages show with it, such as ``"System"``.
            heard: whether the model is sent it, too, as an instruction at this place.
            ends: whether the chat ends with it: nobody can write any more, no AI begins to, and all may go on.

        >>> llm = Thread("constant/Hello")
        >>> llm.notice("Half of the time is over.", author="System", heard=False)
        'Half of the time is over.'
        >>> llm.history
        []
        """
        return self._run(message_turns.notice(self, text, variables, author=author, heard=heard, ends=ends))

    def submit(
        self,
        text: str | Prompt | None = None,
        /,
        *,
        on_piece: OnPiece | None = None,
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
        turn = message_turns.submit(self, text, variables, params, extra, hidden=hidden, author=author)
        return self._run(turn, provider_finder(self, response), on_piece)

    def ask(self, question: Question, text: str | Prompt, /, **options: Any) -> Any:
        chosen = Options.of(**options)
        return self._run(ask_question(self, question, text, chosen), provider_finder(self, chosen.response))

    def _run(self, turn: Turn[T], find: Callable[[str], Any] | None = None, on_piece: OnPiece | None = None) -> T:
        take_in(self, find is not None)
        find = provider_for if find is None else find
        return drive(turn, internals(self).store, self.id, find, on_piece)

    @property
    def aio(self) -> AsyncThread:
        """The same Thread for async code: `await llm.aio.submit(...)`."""
        return AsyncThread(self)

    # --- keeping ----------------------------------------------------------------------------------------------------

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the Thread into the record as it is now: its messages and its attributes.

        In an experiment they belong to its replication, and inside ``with recording("name"):`` to that run. Elsewhere
        the first `save` of a process begins a run for all Threads that it saves, in the store that the environment
        variable ``EGO_STORE`` names, else in ``ego.sqlite3`` in this folder: ``ego runs`` lists it. To save again
        writes what is new. In oTree a Thread is recorded with its session as it is used, saved or not.

        Arguments are taken for alter_ego's scripts, which name folders here, and have no effect.

        Raises:
            StoreError: the store cannot be written.
            StateError: an attribute cannot be kept; the message names it.
        """
        recorder = RECORDER.get()
        if recorder is not None:
            recorder.save(self)
        elif loose(self) is not None and not any(keeper.save(self) for keeper in keepers):
            # Loaded when first needed: the core knows no store.
            import_module("otree_ego.experiment.recordings").save(self)

    @staticmethod
    def revive(
        kind: str,
        thread_id: str,
        state: Mapping[str, Any],
        store: Store | None = None,
        async_store: AsyncStore | None = None,
        known_only: bool = False,
    ) -> Thread:
        """A Thread as it was kept; `known_only` as in `class_of`.

        Raises:
            LinkError: its class is not found any more.
        """
        thread: Thread = object.__new__(class_of(kind, known_only))
        thread._begin(thread_id, store, async_store)
        thread.__dict__.update({**thread._usual(), **state})
        return thread


KINDS["Thread"] = Thread
