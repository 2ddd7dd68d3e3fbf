"""What is kept of a Thread beside its messages, as far as it can be read of a store that may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import StateError
from ..threads.pickles import read_pickle


def read_state(state: bytes) -> Mapping[str, Any]:
    """A Thread's attributes; nothing of anybody's code is run.

    Objects of classes are stand-ins that show their values, and a broken state is empty.

    >>> import pickle
    >>> from otree_ego.experiment import Treatment
    >>> read_state(pickle.dumps({"choices": [1, 2], "treatment": Treatment("low")}))
    {'choices': [1, 2], 'treatment': Treatment(name='low')}
    """
    try:
        found = read_pickle(state, foreign=True)
    except StateError:
        return {}
    return found if isinstance(found, dict) else {}
