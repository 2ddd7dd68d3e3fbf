"""The `ego` command, a file a verb."""

from .command import main

__all__ = ["main"]
