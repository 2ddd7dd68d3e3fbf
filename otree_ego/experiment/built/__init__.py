"""Scenarios as data: the JSON files that the builder exports."""

from .reader import Built, read_built

__all__ = ["Built", "read_built"]
