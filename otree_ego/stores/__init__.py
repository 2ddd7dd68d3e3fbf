"""What is remembered: the same tables on oTree's database in an experiment and on a file of their own elsewhere."""

from .journal import Journal, Notebook
from .rows import Gone
from .runs import Replication, Run, RunStore, Seat, Totals
from .sql import SQLStore

__all__ = ["Gone", "Journal", "Notebook", "Replication", "Run", "RunStore", "SQLStore", "Seat", "Totals"]
