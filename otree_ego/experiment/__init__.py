"""Experiments without humans: treatments, factorial designs, scenarios, runs that resume."""

from .designs import Factorial, factorial
from .replications import Replications, replicate
from .results import Results
from .treatments import Experiment, Treatment

__all__ = ["Experiment", "Factorial", "Replications", "Results", "Treatment", "factorial", "replicate"]
