"""Factorial designs: one prompt, all combinations of its levels, asked so many times each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from typing_extensions import Unpack

from ..errors import ConfigError, PromptError
from ..parsing import parse_json
from ..prompts import Prompt
from ..public import public
from ..questions.answer_forms import AnswerForm, answer_form
from ..questions.base import Question
from .cell_agents import levels_of_agent
from .cell_requests import fallbacks_of
from .cell_samples import CellSamples, check_levels
from .cells import Agent, FactorialWork, Parser, RowParser, thread_maker
from .design_cells import Exclude, design_cells, shown_values, split_arguments, used_names
from .level_texts import plain
from .results import RESERVED, Answer, Results, ended_as, records, relabelled, row
from .runs.execution import execute
from .runs.jobs import Job, Plan
from .runs.options import RUN_OPTIONS, RunOptions, settle_options, unknown_argument
from .typed_answers import shown_columns


@public
def factorial(prompt: str | Prompt, /, **levels: Any) -> Factorial:
    """A design that asks one prompt with all combinations of its levels, or with some of them.

    A level is used by the prompt, by a Prompt that is the agent's system prompt, or by the agent, whose function may
    have arguments of the levels' names. If none of them uses a level called `model`, `temperature`, `system_prompt`,
    `reasoning_effort`, or as another parameter of a Thread, it sets that parameter.

    Arguments:
        prompt: a template (`{{ name }}`); a plain str is taken for one here.
        **levels: for each name its values; a value may be a Prompt that uses the other names.
        cells: a list of dicts: these combinations of the levels that they name, each with all values of the other
            levels (yoked and fractional designs).
        exclude: cells that are left out: a function of the levels (`lambda a, b: a == b`) or of the cell (a dict), or a
            list of dicts, each with the levels of the cells that it leaves out.

    Raises:
        ConfigError: a level has no values, or a name that a row's column has already; a cell does not fit the levels.
        PromptError: the template is broken.

    >>> design = factorial("What is {{ a }} times {{ b }}?", a=[2, 3], b=[4])
    >>> design.cells
    [{'a': 2, 'b': 4}, {'a': 3, 'b': 4}]
    >>> factorial("{{ a }} or {{ b }}?", a=[1, 2], b=[1, 2], exclude=lambda a, b: a >= b).cells
    [{'a': 1, 'b': 2}]
    >>> factorial("{{ a }} or {{ b }}?", cells=[{"a": 1, "b": 4}, {"a": 2, "b": 3}]).cells
    [{'a': 1, 'b': 4}, {'a': 2, 'b': 3}]
    """
    names, cells, exclude = split_arguments(levels)
    return Factorial(prompt if isinstance(prompt, Prompt) else Prompt(prompt), names, cells, exclude)


@public
class Factorial:
    """See `factorial`.

    Fields:
        prompt: the template. levels: the values by name. cells: their combinations, in order of the product.
    """

    def __init__(
        self,
        prompt: Prompt,
        levels: Mapping[str, Sequence[Any]],
        cells: Sequence[Mapping[str, Any]] | None = None,
        exclude: Exclude | None = None,
    ) -> None:
        self.prompt = prompt
        self.levels, self.cells = design_cells(levels, cells, exclude)
        self._has_all = cells is None and exclude is None

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        shape = " x ".join(f"{name}({len(values)})" for name, values in self.levels.items())
        return f"<Factorial {shape or 'of one cell'}>"

    def run(
        self,
        agent: Agent,
        parser: Parser | None = parse_json,
        times: int = 1,
        *,
        ask: AnswerForm | Question | None = None,
        outcome: str = "result",
        keep_retval: bool = False,
        retries: int = 0,
        seed: int | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        stop: str | list[str] | None = None,
        extra: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        **run_options: Unpack[RunOptions],
    ) -> Results:
        """Ask each cell `times` times, a new agent each time, and give a row for each answer.

        What is done already is not asked (or paid) again: running the same design on the same store goes on where it
        was, and more `times` are added to those that are there. An answer that does not parse is an answer, and is kept
        with its `error`; only replications that got no answer are asked again.

        Arguments:
            agent: makes a new Thread (`lambda: GPTThread("gpt-6-luna", temperature=1.0)`), or is a model's name. Its
                arguments are levels of these names: `lambda mood: GPTThread("gpt-6-luna", system_prompt=f"Be {mood}")`.
            parser: gets the answer's text and returns the result; a dict is merged into the row; None keeps the
                text. What it raises, and None, mean that the answer is invalid. (`filter=` is the same, for alter_ego's
                users.)
            times: replications of each cell.
            ask: a typed question instead of a parser: `choice(["A", "B"], shuffle=True)`, `number(0, 100)`, `yes_no()`,
                `json_answer(schema)`, or a Question of your own. The prompt ends with the form of the answer, services
                that can are kept to it, and rows of a choice have `shown_order` and the chosen option's `position`.
            outcome: the result's column.
            keep_retval: whether rows have the raw answer, too, as `retval`.
            retries: how often an invalid answer is asked for again, told what was wrong. Every attempt is recorded.
            seed: the first replication is asked with this seed, each further one with the next; None for none.
            max_tokens, temperature, stop, extra: for each request, see `Thread.submit`.
            variables: further values for the prompt, the same in all cells. Those whose names are no arguments of
                this function may also be given by their names: `run(agent, day="Monday")`.
            **run_options: how it is run, see `otree_ego.experiment.runs.options.RunOptions`.

        Raises:
            PromptError: the prompt names what no level, variable or attribute of the agent has; before any request.
            ConfigError: an argument, the model or the key is wrong; before the first request, where it can be known.
            TypeError: there is no such argument, nor a variable of this name in the prompt.
            RunStopped: the budget is reached or the service is down; what has come is kept, run it again to go on.
            RunError: another process is at work on this run.
            StoreError: the store cannot be written.

        >>> from otree_ego import ConstantThread, extract_number
        >>> design = factorial("What is {{ a }} times {{ b }}?", a=[2, 3], b=[4])
        >>> data = design.run(lambda: ConstantThread("12, I think."), extract_number, store=None)
        >>> [(row["a"], row["result"], row["attempts"]) for row in data]
        [(2, 12, 1), (3, 12, 1)]
        """
        given: dict[str, Any] = {**run_options}
        if "filter" in given:
            if parser is not parse_json:
                raise ConfigError("parser and filter are one argument: give one of them.")
            parser = given.pop("filter")
        form = None if ask is None else answer_form(ask)
        if form is not None and parser not in (parse_json, None):
            raise ConfigError("ask says how an answer is read, and so does parser: give one of them.")
        parser = None if form is not None else parser
        values = {**(variables or {}), **self._variables(given)}
        options = settle_options(cast(RunOptions, given), self.run)
        of_request = dict(max_tokens=max_tokens, temperature=temperature, stop=stop, extra=extra)
        of_request = {option: value for option, value in of_request.items() if value is not None}
        reader = RowParser(parser, tuple(self.levels))
        make = thread_maker(agent)
        agent_levels = levels_of_agent(make, self.levels, used_names(self.levels, self.prompt.names), values)
        work = FactorialWork(self.prompt, make, reader, retries, seed, of_request, values, agent_levels, form)
        self._check(work, times, outcome, parser)
        plan = self._plan(work, times, outcome, parser, options)
        return self._results(plan, options, work, outcome, keep_retval)

    def _variables(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take the prompt's variables out of what was given by name beside the arguments.

        Raises:
            TypeError: a name is neither an option nor a variable.
        """
        found = {name: given.pop(name) for name in list(given) if name not in RUN_OPTIONS}
        known = {*self.levels, *(name for prompt in self._prompts() for name in prompt.names)}
        for name in found:
            if name not in known:
                raise unknown_argument(self.run, name, "and the prompt has no variable of this name")
        return found

    def _check(self, work: FactorialWork, times: int, outcome: str, parser: Parser | None) -> None:
        for what, number, least in (("times", times, 1), ("retries", work.retries, 0)):
            if isinstance(number, bool) or not isinstance(number, int) or number < least:
                raise ConfigError(f"{what} must be a whole number from {least}, not {number!r}.")
        if parser is not None and not callable(parser):
            raise ConfigError(f"parser must be a function of the answer's text, or None, not {parser!r}.")
        if not isinstance(outcome, str) or outcome in self.levels or outcome in RESERVED:
            raise ConfigError(f"outcome = {outcome!r}: the result's column needs a name that no other column has.")
        for name in work.variables:
            if name in self.levels:
                raise ConfigError(f"{name!r} is a level already; a value for all cells needs another name.")
            if not any(name in prompt.names for prompt in self._prompts()):
                raise ConfigError(f"The prompt has no variable {name!r}: it would not be used.")
        for name in work.agent_levels.selects:
            if name in work.options:
                raise ConfigError(f"{name!r} is a level already: it cannot be given to run() as well.")

    def _prompts(self) -> list[Prompt]:
        nested = [value for values in self.levels.values() for value in values if isinstance(value, Prompt)]
        return [self.prompt, *nested]

    def _plan(self, work: FactorialWork, times: int, outcome: str, parser: Parser | None, options: RunOptions) -> Plan:
        samples = CellSamples(work, self.cells)
        check_levels(self.levels, {*self.prompt.names, *samples.used})
        texts = self._fill_prompts(work, samples)
        samples.check_models(options["budget"])
        design = dict(
            prompt=self.prompt.template, levels=self.levels, agent=samples.agent, options=work.options,
            variables=work.variables, seed=work.seed,
        )  # fmt: skip
        if not self._has_all and self.cells != design_cells(self.levels)[1]:
            design["cells"] = self.cells
        if work.form is not None:
            design["ask"] = work.form.as_data()
        cells = list(samples.shown())
        settings = {
            **design, "times": times, "outcome": outcome, "retries": work.retries,
            "levels": {name: shown_values(name, values, cells) for name, values in self.levels.items()},
            "parser": None if parser is None else getattr(parser, "__qualname__", repr(parser)),
        }  # fmt: skip

        def job(number: int) -> Job:
            return Job(number, cells[number % len(cells)])

        title = options["name"] or " x ".join(self.levels) or "one prompt"
        total = times * len(cells)
        return Plan(
            title, "factorial", design, total, job, work, settings, models=samples.models,
            read_record=work.read_record, invalid=work.invalid, former=design,
            cells=samples.requests(texts), times=times, code=samples.code,
            fallbacks=fallbacks_of(samples.threads),
        )  # fmt: skip

    def _fill_prompts(self, work: FactorialWork, samples: CellSamples) -> list[str]:
        """Fill the prompt for each cell, so that a name that nobody knows is refused before anything is asked."""
        texts = []
        for cell in self.cells:
            try:
                texts.append(work.text(samples.of(cell)[0], cell))
            except PromptError as error:
                raise PromptError(f"In the cell {cell!r:.200}: {error}") from None
        return texts

    def _results(
        self, plan: Plan, options: RunOptions, work: FactorialWork, outcome: str, keep_retval: bool
    ) -> Results:
        changed = []
        with execute(plan, options) as (run, store, ended, settled):
            threads = store.first_threads(run.uid)
            jobs = {job.place: job for job in settled.jobs()}
            read = {place: Answer(each, *ended_as(each)) for place, each in ended.items() if place in jobs}
            # What was answered before is read from the record, by the parser as it is now.
            again_read = keep_retval or work.form is not None
            for record in records(store, run, lambda place: place in jobs and (again_read or place not in read)):
                place = record.replication.place
                shown = {} if work.form is None else shown_columns(record.said)
                if place in read:
                    read[place].text, read[place].shown = record.text, shown
                    continue
                value, error = work.read(record)
                again = relabelled(record.as_read(value, error), jobs[place].values)
                if again != record.replication:  # by another parser than before
                    changed.append(again)
                read[place] = Answer(again, value, error, record.text, shown)
            store.change(changed)
            rows = [
                row(plain(job.values), outcome, read[place], threads.get(place, ""), keep_retval)
                for place, job in jobs.items()
                if place in read
            ]
            replications = [read[place].replication for place in jobs if place in read]
            return Results(rows, replications, run, store, options["store"] is None)
