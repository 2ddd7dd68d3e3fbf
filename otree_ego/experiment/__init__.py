"""Experiments without humans: treatments, factorial designs, scenarios, runs that resume."""

import os

from .designs import Factorial, factorial
from .replications import Replications, replicate
from .results import Results
from .runs.run_events import RunEvent, RunProgress
from .runs.run_handle import RunHandle, start_run
from .treatments import Experiment, Treatment

__all__ = [
    "Experiment", "Factorial", "Replications", "Results", "RunEvent", "RunHandle", "RunProgress", "Treatment",
    "factorial", "replicate", "start_run",
]  # fmt: skip
# Pickles that oTree keeps may name modules that have moved: see otree_ego/former_places.
__path__.append(os.path.join(os.path.dirname(os.path.dirname(__file__)), "former_places", "experiment"))
