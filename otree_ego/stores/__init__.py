"""What is remembered: the same tables on oTree's database in an experiment and on a file of their own elsewhere."""

from .journal import Journal, Notebook
from .rows import Gone
from .run_rows import Cost, Replication, Run, Seat, Totals
from .runs import RunStore

__all__ = ["Cost", "Gone", "Journal", "Notebook", "Replication", "Run", "RunStore", "Seat", "Totals"]
