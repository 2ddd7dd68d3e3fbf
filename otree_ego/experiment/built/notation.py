"""How a built file writes down its seats and their filters."""

from dataclasses import dataclass
from typing import Any

from ... import agents
from ...parsing import parse_choice, parse_json, parse_number
from ...providers.people import PERSON
from ...public import public
from ...threads.thread import Thread
from .seat_answers import typed_question

KINDS = {
    "CLIThread": "cli", "GPTThread": "gpt", "OpenRouterThread": "openrouter", "OllamaThread": "ollama",
    "LocalThread": "local", "ConstantThread": "constant", "TextSynthThread": "textsynth", "Thread": "thread",
}  # fmt: skip
OLD = {
    "GPTThread (GPT-3.5)": "gpt-3.5-turbo", "GPTThread (GPT 3.5)": "gpt-3.5-turbo",
    "GPTThread (GPT-3.5 turbo)": "gpt-3.5-turbo", "GPTThread (GPT-4)": "gpt-4", "GPTThread (GPT 4)": "gpt-4",
    "GPTThread (GPT-4 turbo)": "gpt-4-turbo", "GPTThread (GPT-4o)": "gpt-4o",
}  # fmt: skip
FILTERS = ("JSON", "extract_number", "exclusive_response", "As is")
MOST_TOKENS, MOST_CHARACTERS = 1000, 20_000
"""Of an exclusive_response, so that looking for the tokens in an answer takes no time."""
_CLASSES = {kind: name for name, kind in KINDS.items()}


@public
@dataclass(frozen=True)
class Filter:
    """Makes a choice of an answer.

    Fields:
        name: ``JSON``, ``extract_number``, ``exclusive_response`` or ``As is``. tokens: what may be chosen.
        answer: the typed answer that is read instead, as JSON; empty if there is none.

    >>> Filter("exclusive_response", ("ACCEPT", "REJECT"))("I accept.")
    'ACCEPT'
    """

    name: str
    tokens: tuple[str, ...] = ()
    answer: str = ""

    def __call__(self, text: str) -> Any:
        """The choice.

        Raises:
            ParseError: the answer has none.
        """
        if self.answer:
            return typed_question(self.answer).read(text)
        if self.name == "JSON":
            return parse_json(text)
        if self.name == "extract_number":
            return parse_number(text)
        return parse_choice(text, self.tokens) if self.name == "exclusive_response" else text


@public
@dataclass(frozen=True)
class Seat:
    """A place at the table.

    Fields:
        number: what prompts call ``i``. kind: who sits there (``gpt``, ``openrouter``, ``cli``, ``ollama``, ``local``,
            ``constant``, ``textsynth``, ``thread``). model: its model, or a constant's text. filter: reads its answers.
        parameters: of its Thread, e.g. the temperature.
    """

    number: int
    kind: str
    model: str
    filter: Filter
    parameters: tuple[tuple[str, Any], ...] = ()

    def thread(self, model: str = "", *, instead: str = "", **options: Any) -> Thread:
        """A Thread for this seat; a human at the terminal is no model, so `model` does not change who answers there.

        Arguments:
            model: asked instead of the seat's own. options: see `Thread`; they come before the seat's parameters.
            instead: who answers, whoever sits here: a model, or ``terminal/Name`` for a person.
        """
        if instead.startswith(PERSON):
            return agents.CLIThread(instead.removeprefix(PERSON) or f"Seat {self.number}")
        if self.kind == "cli" and not instead:
            return agents.CLIThread(self.model or f"Seat {self.number}")
        given = {"temperature": 1.0, **dict(self.parameters), **options}
        if instead or model or self.kind == "thread":
            return Thread(instead or model or self.model, **given)
        made = getattr(agents, _CLASSES[self.kind])(self.model, **given)
        assert isinstance(made, Thread)
        return made


def thread_spec(given: Any) -> tuple[str, str]:
    """Kind and model of the thread of this notation.

    Raises:
        ValueError: it is none.

    >>> thread_spec(["GPTThread", "gpt-4o"])
    ('gpt', 'gpt-4o')
    """
    if given == "CLIThread" or given == ["CLIThread"]:
        return "cli", ""
    if isinstance(given, str) and given in OLD:
        return "gpt", OLD[given]
    if isinstance(given, list) and len(given) == 2 and all(isinstance(each, str) for each in given):
        name, model = given
        if name in KINDS and model.strip() and not (name == "Thread" and model.strip().endswith("/")):
            return KINDS[name], model if name == "ConstantThread" else model.strip()
    raise ValueError("no thread")


def filter_spec(given: Any) -> Filter:
    """The filter of this notation.

    Raises:
        ValueError: it is none.
    """
    name, *rest = given if isinstance(given, list) and given else [given]
    if name not in FILTERS or not isinstance(name, str):
        raise ValueError("no filter")
    if name != "exclusive_response":
        return Filter(name)
    given_text = rest[0] if len(rest) == 1 and isinstance(rest[0], str) and len(rest[0]) <= MOST_CHARACTERS else ""
    tokens = [each.strip() for each in given_text.split(";")]
    if not any(tokens) or len(tokens) > MOST_TOKENS:
        raise ValueError("no filter")
    return Filter(name, tuple(dict.fromkeys(filter(None, tokens))))


def filter_entry(given: Any) -> tuple[int | None, Filter]:
    """A filter, and the number of its thread if that stands before it."""
    if isinstance(given, list) and len(given) == 2 and isinstance(given[0], int) and not isinstance(given[0], bool):
        return given[0], filter_spec(given[1])
    return None, filter_spec(given)
