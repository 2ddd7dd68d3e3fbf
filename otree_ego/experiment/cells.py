"""One cell of a factorial design: its prompt, its agent, and how its answer is read."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import ConfigError, ParseError
from ..messages import Message
from ..prompts import Prompt
from ..questions.answer_forms import AnswerForm
from ..threads.recording import RECORDER
from ..threads.thread import Thread
from .asking import ask, read
from .cell_agents import AgentLevels
from .design_cells import raw
from .results import RESERVED, Record, ended_as
from .runs.jobs import Job, ReplicationResult
from .runs.replication_recorder import ReplicationRecorder
from .typed_answers import ask_typed, order_seed, read_typed, whole_text

SAMPLES = 24
"""How many Threads are made to see what an agent draws at random: a coin of the system's, which no seed repeats, shows
both its sides but once in eight million runs."""
Agent = str | Callable[..., Thread]
Parser = Callable[[str], Any]
T = TypeVar("T")


def thread_maker(agent: Agent) -> Callable[..., Thread]:
    """A function that makes a new Thread, from one, or from a model's name."""
    if isinstance(agent, str):
        return _NamedModel(agent)
    if isinstance(agent, Thread) or not callable(agent):
        raise ConfigError(
            f"The agent is a function that makes a new Thread for each replication, e.g. "
            f"lambda: GPTThread('gpt-6-luna', temperature=1.0), or a model's name; not {agent!r}."
        )
    return agent


@dataclass(frozen=True)
class _NamedModel:
    model: str

    def __call__(self) -> Thread:
        return Thread(self.model)


@dataclass(frozen=True)
class RowParser:
    """A parser whose dicts may not overwrite columns: the levels, and those that every row has.

    Fields:
        parser: None gives the text, or a typed question's value, as it is. levels: their names.
    """

    parser: Parser | None
    levels: tuple[str, ...]

    def __call__(self, text: Any) -> Any:
        value = text if self.parser is None else self.parser(text)
        if isinstance(value, dict):
            for name in value:
                if name in self.levels or name in RESERVED:
                    raise ParseError(
                        f"The answer's field {name!r} would overwrite a column of the row.", text=str(text),
                        expected=f"a field of another name than {name!r}",
                    )  # fmt: skip
        return value


@dataclass(frozen=True)
class FactorialWork:
    """Asks one cell; can be sent to another process."""

    prompt: Prompt
    make: Callable[..., Thread]
    parser: Callable[[str], Any]
    retries: int = 0
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    agent_levels: AgentLevels = field(default_factory=AgentLevels)
    form: AnswerForm | None = None

    def text(self, thread: Thread, cell: Mapping[str, Any]) -> str:
        """What a cell asks: its prompt, and the form of an answer with the options as they were given."""
        return whole_text(self.prompt_text(thread, cell), self.form)

    def prompt_text(self, thread: Thread, cell: Mapping[str, Any]) -> str:
        """The exact prompt of a cell; levels that are Prompts themselves are filled first."""
        cell = raw(cell)
        known = {**thread.public(), **self.variables, **cell}
        filled = {name: value.render(**known) for name, value in cell.items() if isinstance(value, Prompt)}
        return self.prompt.render(**{**known, **filled})

    def samples(self, cell: Mapping[str, Any]) -> tuple[list[Thread], set[str]]:
        """Threads as the agent makes them for a cell, outside of any record; and the names of the levels it uses.

        Raises:
            ConfigError: the agent makes none.
        """
        used: set[str] = set()
        return sampled(lambda: self._new_thread(cell, used)), used

    def _new_thread(self, cell: Mapping[str, Any], used: set[str] | None = None) -> Thread:
        thread, names = self.agent_levels.make(self.make, raw(cell))
        if used is not None:
            used |= names
        if not isinstance(thread, Thread):
            raise ConfigError(f"The agent must make a Thread; it made {thread!r:.80}.")
        return thread

    async def __call__(self, job: Job) -> ReplicationResult:
        """Ask, and read the answer."""
        thread = self._new_thread(job.values)
        recorder = RECORDER.get()
        if isinstance(recorder, ReplicationRecorder) and not recorder.has(thread):
            raise ConfigError(
                "The agent must make a new Thread each time it is called; it gave one that was there before. "
                "Write lambda: GPTThread(…), not a variable that holds a Thread."
            )
        options = dict(self.options)
        if self.seed is not None:
            options["seed"] = (self.seed + job.place) % 2**31
        text = self.prompt_text(thread, job.values)
        if self.form is None:
            asked = await ask(thread, text, self.parser, self.retries, **options)
        else:
            run = recorder.run if isinstance(recorder, ReplicationRecorder) else ""
            order = order_seed(options.get("seed"), run, job.place)
            asked = await ask_typed(thread, text, self.form, self.retries, order, self.parser, **options)
        value = None if asked.error else asked.value
        return ReplicationResult(value, asked.attempts, asked.error, tainted=bool(asked.error))

    def read_record(self, messages: Sequence[Message]) -> ReplicationResult | None:
        """What an attempt that was broken off came to, if its answers are recorded and no other is to be asked for."""
        answers = [m for m in messages if m.role == "assistant" and m.attempts]
        if not answers or not answers[-1].sendable:
            return None
        value, error = self._read(answers[-1].text, messages)
        if error and len(answers) <= self.retries:
            return None
        return ReplicationResult(None if error else value, len(answers), error, tainted=bool(error))

    def read(self, record: Record) -> tuple[Any, str]:
        """The result of a recorded answer, and what is wrong with it."""
        answer, replication = record.answer, record.replication
        if replication.status != "done" or answer is None:
            return ended_as(replication)
        return self._read(answer.text, record.said)

    def _read(self, text: str, messages: Sequence[Message]) -> tuple[Any, str]:
        return read(text, self.parser) if self.form is None else read_typed(messages, self.form, self.parser)


def sampled(make: Callable[[], T]) -> list[T]:
    """Several of what a function makes, outside of any record, for telling one design from another.

    Random numbers are the same each time, so that what is drawn is drawn again when the script runs again; the
    experimenter's own are left as they were.
    """
    token = RECORDER.set(None)
    kept, numpy = random.getstate(), sys.modules.get("numpy.random")
    kept_numpy = numpy.get_state() if numpy else None
    found = []
    try:
        for number in range(SAMPLES):
            random.seed(number)
            if numpy:
                numpy.seed(number)
            found.append(make())
    finally:
        RECORDER.reset(token)
        random.setstate(kept)
        if numpy:
            numpy.set_state(kept_numpy)
    return found


def description(thread: Thread) -> dict[str, Any]:
    """What a Thread is, for telling one design from another: class, settings, and what it knows from the beginning."""
    messages = {f"{n}": [m.role, m.text] for n, m in enumerate(thread.messages)}
    return {"kind": thread.kind, "settings": thread.state(), "messages": messages}


def in_common(one: Any, other: Any) -> Any:
    """What two descriptions have in common: an agent that draws something at random is still the same agent."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return one
    return {
        name: in_common(value, other[name])
        for name, value in one.items()
        if name in other and (isinstance(value, dict) or _same(value, other[name]))
    }


def _same(one: Any, other: Any) -> bool:
    return bool(type(one) is type(other) and (one == other or repr(one) == repr(other)))
