"""Treatments: what differs between replications, and who gets which."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..blocks import permuted_blocks
from ..errors import ConfigError
from ..messages import new_id
from ..public import public
from ..threads.conversation import Conversation
from ..threads.recording import RECORDER
from ..threads.state import check_storable


@public
class Treatment:
    """What is done to one group of replications: a name and attributes, never changed.

    Arguments:
        name: what it is called in the data.
        **attributes: what differs; in prompts `{{ treatment.reward }}`.

    >>> high = Treatment("high", reward=100)
    >>> high.reward, high
    (100, Treatment('high', reward=100))
    """

    def __init__(self, name: str = "", /, **attributes: Any) -> None:
        name = str(attributes.pop("name", name))
        for key, value in attributes.items():
            if key.startswith("_") or not key.isidentifier() or hasattr(type(self), key):
                raise ConfigError(f"A treatment's attribute cannot be named {key!r}: take a word that prompts can use.")
            check_storable(f"The treatment {name!r}: {key}", value)
        self.__dict__.update(name=name, **attributes)

    name: str

    def as_dict(self) -> dict[str, Any]:
        """Name and attributes."""
        return dict(self.__dict__)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"The treatment {self.name!r} cannot be changed; make another one.")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        known = ", ".join(self.__dict__)
        raise AttributeError(f"The treatment {self.__dict__.get('name', '')!r} has no {name!r}; it has {known}.")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        rest = "".join(f", {key}={value!r}" for key, value in self.__dict__.items() if key != "name")
        return f"Treatment({self.name!r}{rest})"


def _made(attributes: Mapping[str, Any]) -> Treatment:
    """Only for older pickles, which name it."""
    return Treatment(**attributes)


@public
class Experiment:
    """Some treatments, and who gets which.

    Arguments:
        *treatments: two or more with the same attributes: Treatments, dicts, names, or objects of your own.
        seed: makes every draw repeatable; None draws anew each time.

    Raises:
        ConfigError: there are fewer than two, or one has other attributes than the first.

    >>> from otree_ego import ConstantThread, Conversation
    >>> experiment = Experiment(dict(name="low", reward=0), dict(name="high", reward=100), seed=1)
    >>> pair = Conversation(ann=ConstantThread("1"), bob=ConstantThread("2"))
    >>> experiment.link(pair, "high").reward, pair.ann.treatment.name
    (100, 'high')
    """

    def __init__(self, *treatments: Any, seed: int | None = None) -> None:
        if len(treatments) < 2:
            raise ConfigError(f"An Experiment compares two treatments or more; it was given {len(treatments)}.")
        self.treatments: tuple[Any, ...] = tuple(_treatment(each) for each in treatments)
        first = set(_attributes(self.treatments[0]))
        for each in self.treatments[1:]:
            if odd := first ^ set(_attributes(each)):
                words = ", ".join(sorted(odd))
                raise ConfigError(f"All treatments have the same attributes; {each!r:.60} differs in {words}.")
        names = [name_of(each) for each in self.treatments]
        if twice := sorted({name for name in names if name and names.count(name) > 1}):
            raise ConfigError(f"Two treatments have the name {twice[0]!r}.")
        self._id = new_id()
        self._random = random.Random(seed)
        self._params: dict[str, list[Any]] = {}

    @property
    def id(self) -> str:
        """Its id in the data; inside a run, the run's."""
        run = getattr(RECORDER.get(), "run", "")
        return str(run or self._id)

    def param(self, name: str, values: Sequence[Any]) -> Experiment:
        """Give each Thread of a Conversation one of these values, no two the same one; drawn when it is linked.

        Arguments:
            name: the Threads' attribute. values: at least as many as there are Threads.
        """
        if isinstance(values, str | bytes) or not isinstance(values, Sequence):
            raise ConfigError(f"param({name!r}, …) takes a list of values, not {values!r:.60}.")
        for value in values:
            check_storable(f"The parameter {name!r}", value)
        self._params[name] = list(values)
        return self

    def link(self, convo: Conversation, treatment: Any = None, *, draw: random.Random | None = None) -> Any:
        """Put a Conversation into a treatment: sets `treatment` and `experiment` for all, and draws the parameters.

        Arguments:
            convo: the Conversation. treatment: one of the treatments, or its name; None draws one at random.
            draw: what draws; the experiment's own by default.

        Returns:
            the treatment.

        Raises:
            ConfigError: there is no such treatment, or a parameter has too few values.
        """
        draw = draw or self._random
        chosen = draw.choice(self.treatments) if treatment is None else self.find(treatment)
        convo.all.treatment = chosen
        convo.all.experiment = self.id
        for name, values in self._params.items():
            if len(values) < len(convo):
                raise ConfigError(f"The parameter {name!r} has {len(values)} values for {len(convo)} Threads.")
            for thread, value in zip(convo.threads, draw.sample(values, len(convo)), strict=True):
                setattr(thread, name, value)
        return chosen

    def find(self, treatment: Any) -> Any:
        """The treatment that is this one, or has this name.

        Raises:
            ConfigError: there is none.
        """
        for each in self.treatments:
            if each is treatment or each == treatment or (isinstance(treatment, str) and name_of(each) == treatment):
                return each
        known = ", ".join(name_of(each) or repr(each) for each in self.treatments)
        raise ConfigError(f"There is no treatment {treatment!r:.60}; there are {known}.")

    def assign(self, times: int, seed: int | None = None, balanced: bool = True) -> list[Any]:
        """A treatment for each of so many replications.

        Balanced, they come in blocks: each block has every treatment once, in an order drawn anew (permuted blocks). So
        no two treatments ever differ by more than one replication, and more replications never change earlier ones.

        Arguments:
            times: how many. seed: the same seed gives the same assignment; None draws from the experiment's own.
            balanced: False draws each one independently.

        >>> experiment = Experiment("a", "b", "c")
        >>> sorted(each.name for each in experiment.assign(6, seed=1))
        ['a', 'a', 'b', 'b', 'c', 'c']
        """
        draw = self._random if seed is None else random.Random(seed)
        if not balanced:
            return [draw.choice(self.treatments) for _ in range(times)]
        return list(islice(permuted_blocks(self.treatments, draw), times))


def name_of(treatment: Any) -> str:
    """What a treatment is called in the data; empty if it has no name."""
    if isinstance(treatment, str):
        return treatment
    own = getattr(treatment, "name", "") or (treatment.__name__ if isinstance(treatment, type) else "")
    return str(own or "")


def _treatment(given: Any) -> Any:
    if isinstance(given, str):
        return Treatment(given)
    if isinstance(given, Mapping):
        if not all(isinstance(key, str) for key in given):
            raise ConfigError(f"A treatment's attributes are named by texts: {given!r:.80}.")
        return Treatment(**given)
    check_storable("A treatment", given)
    return given


def attributes_by_name(treatments: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """For each treatment's name what else it has, for the record."""
    return {
        name_of(each) or repr(each): {key: getattr(each, key) for key in _attributes(each) if key != "name"}
        for each in treatments
    }


def _attributes(treatment: Any) -> list[str]:
    if isinstance(treatment, type):  # its attributes may be inherited
        return [name for name in dir(treatment) if not name.startswith("_")]
    kept = getattr(treatment, "__dict__", None)
    return list(kept) if isinstance(kept, dict) else []
