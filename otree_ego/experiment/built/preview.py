"""What each seat of a built scenario would read, without asking anybody."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ...errors import ParseError, PromptError
from ...messages import Usage
from ...threads.estimates import AROUND, tokens_of
from ...threads.thread import Thread
from ..treatments import Treatment
from .kept_previews import A_MESSAGE, KeptPreviews
from .notation import Filter, Seat
from .play import new_conversation
from .reader import Built
from .rendering import Allowance, TemplateLimit, fill_together, is_plain, rendered_here, task_of
from .seat_answers import example_answer as typed_example
from .template_names import choice_names

SECONDS = 1
"""Of the processor's time for one prompt: whoever looks at a preview does not want to wait."""
MOST_SECONDS = 1.5
"""Of the processor's time for all prompts that are filled in this process."""
MOST_MESSAGES = 5_000
MOST_CHARACTERS = 10_000_000
MOST_TOGETHER = 3_000_000
"""Characters that are sent to the process that fills templates before anything is shown."""
MOST_KEPT = 100_000
"""Characters of a preview that is kept for the next time."""
NUMBER = 10
"""What is put in for a number that nobody has given yet."""


@dataclass(frozen=True)
class PreviewMessage:
    """A message that a seat would get.

    Fields:
        treatment: its name. seat: its number. round: 0 for the system prompt. role: ``system`` or ``user``.
        text: as it would be sent. problem: why there is none, or why the answer cannot be read; empty if all is well.
        answer: what the seat answers here. example: whether we made the answer up. choice: what its filter makes of it.
    """

    treatment: str
    seat: int
    round: int
    role: str
    text: str
    problem: str = ""
    answer: str = ""
    example: bool = False
    choice: Any = None


@dataclass(frozen=True)
class Preview:
    """The messages of one treatment, in the order in which they are sent.

    Fields:
        treatment: its name. messages: see `PreviewMessage`. stopped: why it goes no further; empty if it is whole.
        tokens_in, tokens_out: about how many one replication sends and gets. cost: about how many US dollars that is,
            None where a price is not known.
    """

    treatment: str
    messages: tuple[PreviewMessage, ...]
    stopped: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0

    def of_seat(self, number: int) -> list[PreviewMessage]:
        """What one seat gets."""
        return [each for each in self.messages if each.seat == number]


def preview(
    built: Built,
    treatment: Any,
    *,
    rounds: int | None = None,
    answers: Mapping[int, Sequence[str]] | None = None,
    model: str = "",
    seconds: int = SECONDS,
    allowance: Allowance | None = None,
) -> Preview:
    """The exact messages of one replication, with answers filled in.

    Arguments:
        built: the scenario. treatment: a treatment of it, or its name.
        rounds: how many are shown; by default all. answers: by the seats' numbers, their answers round by round; what
            is missing or empty is made up in the form that the seat's filter wants.
        model: asked at each seat that is not a human's, for the cost.
        seconds, allowance: see `rendered_here`.

    Raises:
        ConfigError: there is no such treatment.

    >>> from otree_ego.experiment.built import read_built
    >>> pair = read_built({
    ...     "threads": [[1, ["ConstantThread", "3"]], [2, ["GPTThread", "gpt-6-luna"]]], "treatments": ["only"],
    ...     "rounds": 1, "variables": {}, "filters": [["extract_number"], ["As is"]],
    ...     "prompts": {"system": "", "user": "{{ 'How much?' if i == 1 else other.choices }}"},
    ... })
    >>> [message.text for message in preview(pair, "only").messages]
    ['How much?', '[3]']
    """
    walk = _Walk(built, answers or {}, model, seconds, allowance)
    walk.fill_together([built.treatment(treatment)], built.rounds if rounds is None else rounds)
    return walk.preview(treatment, built.rounds if rounds is None else rounds)


def previews(
    built: Built,
    treatments: Sequence[Treatment],
    *,
    rounds: int | None = None,
    allowance: Allowance | None = None,
    kept: KeptPreviews | None = None,
) -> Iterator[Preview]:
    """The same for several treatments, one after the other, in less time; of the first ones if all take too long.

    Arguments:
        built: the scenario. treatments: of it. rounds, allowance: see `preview`.
        kept: earlier ones, and the texts of each prompt, which are taken where nothing that they depend on has changed;
            gets these, the latest last.
    """
    shown = built.rounds if rounds is None else rounds
    known = KeptPreviews() if kept is None else kept
    walk = _Walk(built, {}, "", SECONDS, allowance, known)
    keys = [(*walk.base(each), shown, walk.templates) for each in treatments]
    walk.fill_together([each for each, key in zip(treatments, keys, strict=True) if key not in known], shown)
    for treatment, key in zip(treatments, keys, strict=True):
        found = known.use(key)
        if found is None:
            found = walk.preview(treatment, shown)
            if found.stopped or walk.characters >= MOST_KEPT:
                walk.forget()
            else:
                walk.keep(key, found)
        yield found
        if walk.late:
            return


def example_answer(built: Built, seat: Seat) -> str:
    """An answer that a seat's filter can read."""
    if seat.kind == "constant":
        return seat.model
    return _example(seat.filter, built.prompt_system.template, built.prompt_user.template)


@lru_cache(maxsize=32)
def _example(by: Filter, *templates: str) -> str:
    if by.answer:
        return typed_example(by.answer, NUMBER)
    if by.name == "exclusive_response":
        return by.tokens[0]
    if by.name == "JSON":
        return json.dumps({name: NUMBER for template in templates for name in choice_names(template)})
    return str(NUMBER) if by.name == "extract_number" else "An answer."


@lru_cache(maxsize=1024)
def _read(by: Filter, answer: str) -> Any:
    """The same choice for the same answer: in a preview most answers are the examples, again and again."""
    return by(answer)


class _Walk:
    """Replications in which nobody is asked, one after the other at the same table."""

    def __init__(
        self,
        built: Built,
        answers: Mapping[int, Sequence[str]],
        model: str,
        seconds: int,
        allowance: Allowance | None,
        kept: KeptPreviews | None = None,
    ) -> None:
        self.built, self.answers, self.seconds, self.allowance = built, answers, seconds, allowance
        self.kept = kept  # None where answers are given, which the texts depend on
        self.convo = new_conversation(built, built.treatments[0], 1, model=model)
        self.examples = {seat.number: example_answer(built, seat) for seat in built.seats}
        self.templates = (built.prompt_system.template, built.prompt_user.template)
        self.plain = {role: is_plain(built.prompt(role).template) for role in ("system", "user")}
        self._bases: dict[str, tuple[Any, ...]] = {}
        self.values: Mapping[str, Any] = {}
        self.treatment = built.treatments[0]
        self.texts: dict[str, dict[tuple[int, int], str]] = {}
        self.messages: list[PreviewMessage] = []
        self.characters = 0
        self._begun = time.thread_time()

    @property
    def late(self) -> bool:
        """Whether it has taken as long as it may."""
        return time.thread_time() - self._begun > MOST_SECONDS

    def base(self, treatment: Treatment) -> tuple[Any, ...]:
        """What texts depend on, besides their templates."""
        name, built = treatment.name, self.built
        if name not in self._bases:
            own = (name, repr(built.values(treatment)))
            self._bases[name] = (*own, built.seats, built.settings, built.rounds, *self.examples.values())
        return self._bases[name]

    def fill_together(self, treatments: Iterable[Treatment], rounds: int) -> None:
        """Have texts ready of what is filled in another process: each way there and back takes time."""
        if all(self.plain.values()):
            return
        tasks: list[str] = []
        characters = 0
        for treatment in treatments:
            self._begin(treatment)
            with contextlib.suppress(ParseError, PromptError):
                for task in self._tasks(min(rounds, self.built.rounds)):
                    tasks.append(task)
                    characters += len(task)
                    if len(tasks) >= MOST_MESSAGES or characters > MOST_TOGETHER:
                        break
            if len(tasks) >= MOST_MESSAGES or characters > MOST_TOGETHER:
                break
        fill_together(tasks, self.seconds, self.allowance)

    def _tasks(self, rounds: int) -> Iterator[str]:
        for thread in self.convo:
            yield from self._task(thread, "system", 0)
        for number in range(1, rounds + 1):
            self._set(round=number)
            for thread, seat in zip(self.convo, self.built.seats, strict=True):
                yield from self._task(thread, "user", number)
                thread.choices.append(_read(seat.filter, self._answer(seat, number)[0]))

    def _task(self, thread: Thread, role: str, number: int) -> Iterator[str]:
        if not self.plain[role] and (thread.i, number) not in self.texts[role]:
            yield task_of(self.built.prompt(role), {**thread.public(), **self.values})

    def _set(self, **names: Any) -> None:
        """Set it for all, as `convo.all` does; what is set here was checked when the scenario was read."""
        for each in (self.convo, *self.convo.threads):
            each.__dict__.update(names)

    def _begin(self, treatment: Any) -> None:
        self.treatment = self.built.treatment(treatment)
        self.values = self.built.values(self.treatment)
        self.messages, self.characters = [], 0
        self._set(treatment=self.treatment, round=1)
        for thread in self.convo.threads:
            thread.__dict__["choices"] = []
        self.texts = {"system": {}, "user": {}}
        if self.kept is not None:
            for key in self._keys():
                self.texts[key[0]] = self.kept.use(key) or {}

    def _keys(self) -> list[tuple[Any, ...]]:
        base = self.base(self.treatment)
        return [(role, each, *base) for role, each in zip(("system", "user"), self.templates, strict=True)]

    def keep(self, key: Any, found: Preview) -> None:
        """Have this treatment's texts, and its preview, for the next time."""
        if self.kept is not None:
            size = self.characters + A_MESSAGE * len(found.messages) + len(self.base(self.treatment)[1])
            for each in self._keys():
                self.kept.put(each, self.texts[each[0]], size + len(each[1]))
            self.kept.put(key, found, size + sum(map(len, self.templates)))

    def forget(self) -> None:
        """Keep no texts of this treatment: they are too long, or take too long."""
        if self.kept is not None:
            for key in self._keys():
                self.kept.drop(key)

    def _answer(self, seat: Seat, number: int) -> tuple[str, bool]:
        """What a seat answers in a round, and whether we made it up."""
        given = self.answers.get(seat.number, ())
        said = given[number - 1] if number <= len(given) else ""
        return said or self.examples[seat.number], not said

    def preview(self, treatment: Any, rounds: int) -> Preview:
        self._begin(treatment)
        stopped = ""
        try:
            self._walk(min(rounds, self.built.rounds))
        except _Stopped as stop:
            stopped = str(stop)
        made = Preview(self.treatment.name, tuple(self.messages), stopped)
        return replace(made, **_usage(self.convo.threads, made))

    def _walk(self, rounds: int) -> None:
        if self.built.prompt_system.template:
            for thread in self.convo:
                self._add(int(thread.i), 0, "system", *self._text(thread, 0, "system"))
        for number in range(1, rounds + 1):
            self._set(round=number)
            for thread, seat in zip(self.convo, self.built.seats, strict=True):
                text, problem = self._text(thread, number, "user")
                answer, example = self._answer(seat, number)
                try:
                    choice = _read(seat.filter, answer)
                except ParseError as error:
                    self._add(seat.number, number, "user", text, problem or str(error), answer, example)
                    raise _Stopped(f"Seat {seat.number}, round {number}: {error}") from None
                thread.choices.append(choice)
                self._add(seat.number, number, "user", text, problem, answer, example, choice)

    def _text(self, thread: Thread, number: int, role: str) -> tuple[str, str]:
        """A prompt's text, or why there is none."""
        texts, key = self.texts[role], (int(thread.i), number)
        if key in texts:
            return texts[key], ""
        try:
            texts[key] = text = self._filled(thread, role)
            return text, ""
        except TemplateLimit as error:
            # The next seat would need as long.
            self._add(*key, role, "", str(error))
            raise _Stopped(f"prompts.{role}: {error}") from None
        except PromptError as error:
            return "", str(error)

    def _filled(self, thread: Thread, role: str) -> str:
        prompt = self.built.prompt(role)
        if self.plain[role]:
            # Half of the work is to look at what a prompt does not speak of.
            own = {name: self.values[name] for name in prompt.names if name in self.values}
            with contextlib.suppress(PromptError):
                return prompt.render(**{**thread.public(prompt.names), **own})
        # An error names all that the prompt could.
        return rendered_here(prompt, {**thread.public(), **self.values}, self.seconds, self.allowance)

    def _add(self, seat: int, number: int, role: str, text: str, *more: Any) -> None:
        self.messages.append(PreviewMessage(self.treatment.name, seat, number, role, text, *more))
        self.characters += len(text)
        if len(self.messages) >= MOST_MESSAGES or self.characters > MOST_CHARACTERS or self.late:
            raise _Stopped(f"The first {len(self.messages):,} messages are shown.")


class _Stopped(Exception):
    """The walk goes no further."""


def _usage(threads: Iterable[Thread], made: Preview) -> dict[str, Any]:
    """Tokens and cost of one replication: each request sends all that came before."""
    sent = told = 0
    cost: float | None = 0.0
    for thread in threads:
        if thread.model.startswith("terminal/"):
            continue
        history = tokens_in = tokens_out = 0
        for message in made.of_seat(int(thread.i)):
            history += AROUND + tokens_of(message.text)
            if message.role == "user" and not (message.problem and not message.text):
                answer = tokens_of(message.answer)
                tokens_in, tokens_out = tokens_in + AROUND + history, tokens_out + answer
                history += AROUND + answer
        paid = _price(thread.model, tokens_in, tokens_out)
        cost = None if cost is None or paid is None else cost + paid
        sent, told = sent + tokens_in, told + tokens_out
    return {"tokens_in": sent, "tokens_out": told, "cost": cost}


def _price(model: str, tokens_in: int, tokens_out: int) -> float | None:
    from ...providers.prices import model_cost

    return model_cost(model, Usage(tokens_in, tokens_out))
