"""Fakes for the tests of experiments: a loopback service with faults, and a switch that forbids the network.

Nothing here imports oTree, and nothing here needs more than the standard library.
"""

from __future__ import annotations

from .controls import Received
from .fitting import fitting
from .network import NetworkUsed, no_network
from .service import FakeService

__all__ = ["FakeService", "NetworkUsed", "Received", "fitting", "no_network"]
