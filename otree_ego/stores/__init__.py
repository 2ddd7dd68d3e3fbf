"""What is remembered: the same two tables on oTree's database in an experiment and on a file of their own elsewhere."""

from .rows import Gone
from .sql import SQLStore

__all__ = ["Gone", "SQLStore"]
