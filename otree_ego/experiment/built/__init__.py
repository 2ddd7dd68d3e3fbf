"""Scenarios as data: the JSON files that the builder exports."""

from .notation import Filter, Seat
from .reader import Built, read_built

__all__ = ["Built", "Filter", "Seat", "read_built"]
