"""Controls of a page's form, as they stand in the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from .table_headings import column_heading, row_ending, row_heading
from .table_text import Grid


@dataclass
class Control:
    """A control of a form, as it stands in the page.

    Fields:
        node: the element. attributes: its own. shown: whether a browser shows it. wrapping: of a label around it.
        before, after: the text beside it in its line, up to the next control. above: the last line before that.
        number: its place among the controls. table: in which it stands, if it does.
        foreign: whether it belongs to another form, or to none.
    """

    node: LexborNode
    attributes: Mapping[str, str | None]
    shown: bool = True
    wrapping: str = ""
    before: str = ""
    after: str = ""
    above: str = ""
    number: int = 0
    table: Grid | None = None
    foreign: bool = False

    def get(self, name: str) -> str:
        """An attribute; empty where there is none."""
        return self.attributes.get(name) or ""

    @property
    def type(self) -> str:
        """What it is: ``select``, ``textarea``, ``button``, or the type of an input."""
        tag = self.node.tag or ""
        return (self.get("type").lower() or "text") if tag == "input" else tag

    @property
    def row(self) -> str:
        """What heads its row in a table."""
        return row_heading(self.table, self.number) if self.table else ""

    @property
    def right(self) -> str:
        """What stands to the right of it in its row."""
        return row_ending(self.table, self.number) if self.table else ""

    @property
    def column(self) -> str:
        """What heads its column."""
        return column_heading(self.table, self.number) if self.table else ""
