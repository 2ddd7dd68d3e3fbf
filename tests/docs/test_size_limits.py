"""docs/models.md says how much of a service's reply is accepted, as providers/size_limits.py has it."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

from otree_ego.providers import size_limits

REPO = Path(__file__).parents[2]


def rows() -> list[str]:
    """A row for each limit, from its value and the line below it."""
    body = ast.parse(Path(size_limits.__file__).read_text("utf-8")).body
    found = []
    for limit, meaning in pairwise(body):
        if isinstance(limit, ast.Assign):
            assert isinstance(limit.targets[0], ast.Name) and isinstance(meaning, ast.Expr), ast.unparse(limit)
            value = getattr(size_limits, limit.targets[0].id)
            found.append(f"| {value:,.0f} | {' '.join(ast.literal_eval(meaning.value).split())} |")
    return found


def test_the_table_is_current() -> None:
    section = (REPO / "docs" / "models.md").read_text("utf-8").partition("## Limits on what a service sends\n")[2]
    table = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    assert table == rows()
