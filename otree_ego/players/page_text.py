"""The text of a page as a participant reads it, with a mark at the place of each control.

One pass over the tree: blocks become lines, tables grids, formulas and images words. What a browser does not show is
left out; what a click opens (details, a window of Bootstrap's) is read, for a participant can read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from .formulas import elements, formula, tex
from .line_marks import BREAK, LINE, MARKS, PARAGRAPH, SPACE, finished, mark_of, plain, without_marks, without_own_signs
from .otree_html import FIELD_ERRORS, FORM_ID, NOT_PART_OF_THE_PAGE
from .page_controls import Control
from .page_styles import HIDING, hidden_by_classes
from .table_text import BAR, Cell, Grid, cells_of, grid, is_layout, parts_of

_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_UNSEEN = frozenset((
    "script", "style", "template", "head", "title", "noscript", "link", "meta", "base", "datalist", "canvas",
    "svg", "iframe", "object", "video", "audio", "source", "track", "map",
))  # fmt: skip
_NAMED = {"canvas": "drawing", "svg": "drawing", "iframe": "embedded page", "video": "video", "audio": "sound"}
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "legend", "li", "main", "nav", "ol",
    "p", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_PARAGRAPHS = frozenset((
    "p", "table", "ul", "ol", "dl", "blockquote", "fieldset", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "details",
))  # fmt: skip
_CONTROLS = frozenset(["input", "select", "textarea", "button"])
_NO_CONTROL = ("submit", "button", "reset", "image")
MOST_LABEL = 300
"""Characters of a line that may name the field below it."""
MOST_DEPTH = 150
"""Elements within each other that are read: what is deeper is taken as plain text."""


@dataclass
class PageText:
    """Reads one part of a page.

    Fields:
        controls: those that are found, in order. labels: texts of labels by the id that they are for.
        errors: what the server says is wrong: each element, and how many controls stand before it.
        unseen: elements that the page's own styles hide, by their `mem_id`.
        cards: controls in whose place a label is shown, by their ids: see `drawn_as_labels`.
    """

    controls: list[Control] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[LexborNode, int]] = field(default_factory=list)
    unseen: frozenset[int] = frozenset()
    cards: Mapping[str, int] = field(default_factory=dict)
    _shown_labels: set[str] = field(default_factory=set)
    _out: list[str] = field(default_factory=list)
    _lists: list[list[int]] = field(default_factory=list)
    _hidden: int = 0
    _depth: int = 0
    _outside: bool = False

    def read(self, node: LexborNode) -> str:
        """The text of an element; marks of controls are ``\\ue010``, a control's number and ``\\ue011``."""
        self._inside(node)
        found = finished("".join(self._out))
        self._out.clear()
        self._look_beside(found)
        return found

    def read_outside(self, nodes: Sequence[LexborNode]) -> str:
        """The text of nodes beside each other that stand outside of the form; see `form_parts`."""
        self._outside = True
        for node in nodes:
            if node.tag == "-text":
                self._out.append(plain(node.text_content or ""))
            elif node.tag is not None and node.tag[0] != "-":
                self._element(node, node.tag)
        self._outside = False
        found = finished("".join(self._out))
        self._out.clear()
        self._look_beside(found)
        return found

    def drawn_as_labels(self) -> dict[str, int]:
        """Radio buttons and boxes that a page hides while it shows a label in their place, such as a card or an image:
        a second reading puts their marks there. (Within the label itself, the first one does.)"""
        return {
            control.get("id"): control.number
            for control in self.controls
            if not control.shown and control.get("id") in self._shown_labels and _is_box(control)
        }

    def _look_beside(self, text: str) -> None:
        """Say of each control what stands beside it, and above."""
        end, last, in_table = 0, None, False
        for mark in [*MARKS.finditer(text), None]:
            lines = text[end : mark.start() if mark else None].split("\n")
            if last is not None:
                last.after = _of_one_cell(lines[0], 0) if in_table else lines[0].strip()
            if mark is None:
                return
            control = last = self.controls[int(mark[1])]
            in_table = text.startswith("|", text.rfind("\n", 0, mark.start()) + 1)
            control.before = _of_one_cell(lines[-1], -1) if in_table else lines[-1].strip()
            middle = lines[0 if end == 0 else 1 : -1]
            while in_table and middle and middle[-1].startswith("|"):  # of its own table
                middle.pop()
            control.above = _as_label(next((line for line in reversed(middle) if line.strip()), ""))
            end = mark.end()

    def _inside(self, node: LexborNode) -> None:
        child = node.first_child
        if self._depth > MOST_DEPTH:
            self._out.append(plain(node.text()))
            return
        self._depth += 1
        while child is not None:
            tag = child.tag
            if tag == "-text":
                self._out.append(plain(child.text_content or ""))
            elif tag is not None and tag[0] != "-":
                self._element(child, tag)
            child = child.next
        self._depth -= 1

    def _element(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        if tag in _CONTROLS:
            self._control(node, tag, attributes)
            return
        if tag in _UNSEEN:
            self._unseen(node, tag, attributes)
            return
        classes = (attributes.get("class") or "").split()
        if FIELD_ERRORS in classes:
            self.errors.append((node, len(self.controls)))
        if (classes and not NOT_PART_OF_THE_PAGE.isdisjoint(classes)) or "katex-html" in classes:
            return
        hidden = _is_hidden(attributes, classes) or (bool(self.unseen) and node.mem_id in self.unseen)
        self._hidden += hidden
        before = len(self._out)
        self._shown(node, tag, attributes)
        self._hidden -= hidden
        if hidden:
            del self._out[before:]

    def _shown(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "br":
            self._out.append(BREAK)
        elif tag == "hr":
            self._out.append(f"{PARAGRAPH}---{PARAGRAPH}")
        elif tag == "img":
            alt = plain(attributes.get("alt") or attributes.get("title") or "").strip()
            self._out.append(f" [image: {alt}] " if alt else " [image] ")
        elif tag == "math":
            self._out.append(plain(formula(node)))
        elif tag == "table":
            self._table(node)
        elif tag == "label":
            self._label(node, attributes)
        elif tag in ("sub", "sup"):
            self._script(node, "_" if tag == "sub" else "^")
        elif tag == "pre":
            text = without_own_signs(node.text())
            lines = [line.rstrip().replace(" ", SPACE) for line in text.expandtabs(4).split("\n")]
            self._out.append(f"{PARAGRAPH}{LINE.join(lines)}{PARAGRAPH}")
        elif tag in ("ul", "ol"):
            self._list(node, tag, attributes)
        elif tag == "li" and self._lists:
            self._item(node)
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._out.append(f"{PARAGRAPH}## ")
            self._inside(node)
            self._out.append(PARAGRAPH)
        else:
            edge = PARAGRAPH if tag in _PARAGRAPHS else LINE if tag in _BLOCKS else ""
            self._out.append(edge)
            self._inside(node)
            self._out.append(edge)

    def _unseen(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "script" and (attributes.get("type") or "").startswith("math/tex"):
            self._out.append(plain(tex(node.text())))
        elif tag in _NAMED and not self._is_gone(node, attributes):
            title = attributes.get("aria-label") or attributes.get("title") or ""
            if tag == "svg" and attributes.get("aria-hidden") != "true":
                found = node.css_first("title")
                title = title or (found.text() if found is not None else "")
                texts = [plain(each.text()).strip() for each in node.css("text")]
                title = ": ".join(filter(None, [title.strip(), ", ".join(filter(None, texts))]))
            elif tag == "svg":
                return
            self._out.append(f" [{_NAMED[tag]}{': ' if title else ''}{plain(title).strip()}] ")

    def _script(self, node: LexborNode, mark: str) -> None:
        text = self._apart(node)
        text = text if re.fullmatch(r"\w*", text) else f"({text})"
        after = node.next
        stroke = after if mark == "^" else node.prev
        if stroke is not None and stroke.tag == "-text" and (stroke.text_content or "").strip() in ("/", "⁄"):
            other = stroke.next if mark == "^" else stroke.prev
            if other is not None and {node.tag, other.tag} == {"sub", "sup"}:  # a fraction
                self._out.append(f" {text}" if mark == "^" else f"{text} ")
                return
        # x²y is x^2 y; what is below stays as it is written, such as H_2O.
        goes_on = mark == "^" and after is not None and after.tag == "-text" and after.text_content
        self._out.append(f"{mark}{text}{' ' if goes_on and goes_on[0].isalnum() else ''}")

    def _apart(self, node: LexborNode) -> str:
        """The text of an element by itself."""
        out, self._out = self._out, []
        self._inside(node)
        found, self._out = finished("".join(self._out)), out
        return found

    def _label(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        first = len(self.controls)
        text = self._apart(node)
        for control in self.controls[first:]:
            control.wrapping = without_marks(text)
            if not control.shown and not self._hidden and _is_box(control):
                control.shown = True
                self._out.append(mark_of(control.number))
        if target := attributes.get("for"):
            self.labels.setdefault(target, without_marks(text))
            if not self._hidden:
                if target in self.cards and target not in self._shown_labels:
                    self._out.append(mark_of(self.cards[target]))
                self._shown_labels.add(target)
        # A browser shows a label in the line in which it stands.
        self._out.append(text.replace("\n", LINE))

    def _list(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> None:
        start = attributes.get("start") or ""
        self._out.append(LINE if self._lists else PARAGRAPH)
        self._lists.append([int(start) if start.isdecimal() else 1] if tag == "ol" else [])
        self._inside(node)
        self._lists.pop()
        self._out.append(LINE if self._lists else PARAGRAPH)

    def _item(self, node: LexborNode) -> None:
        numbers = self._lists[-1]
        self._out.append(f"{LINE}{SPACE * 2 * (len(self._lists) - 1)}{f'{numbers[0]}.' if numbers else '-'} ")
        if numbers:
            numbers[0] += 1
        self._inside(node)
        self._out.append(LINE)

    def _table(self, node: LexborNode) -> None:
        if is_layout(node):
            self._out.append(PARAGRAPH)
            self._inside(node)
            self._out.append(PARAGRAPH)
            return
        caption = next((each for each in elements(node) if each.tag == "caption"), None)
        if caption is not None:
            self._out += [PARAGRAPH, self._apart(caption)]
        found = grid([row for part in parts_of(node) for row in self._rows(part)])
        for number in found.places:
            self.controls[number].table = found
        self._out += [PARAGRAPH, _kept(found), PARAGRAPH]

    def _is_gone(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        return _is_hidden(attributes, (attributes.get("class") or "").split()) or node.mem_id in self.unseen

    def _rows(self, part: Sequence[LexborNode]) -> list[list[tuple[Cell, int, int]]]:
        """The rows of one part of a table; a cell spans those of them that are shown."""
        shown = [not self._is_gone(row, row.attributes) for row in part]
        found = []
        for place, row in enumerate(part):
            if shown[place]:
                cells = [self._cell(cell) for cell in cells_of(row)]
                found.append([(cell, wide, sum(shown[place : place + (high or 1000)])) for cell, wide, high in cells])
        return found

    def _cell(self, node: LexborNode) -> tuple[Cell, int, int]:
        first, attributes = len(self.controls), node.attributes
        hidden = self._is_gone(node, attributes)
        self._hidden += hidden
        text = self._apart(node)
        self._hidden -= hidden
        text = "" if hidden else re.sub(r"\n+", " / ", text)
        controls = tuple(n for n in range(first, len(self.controls)) if self.controls[n].type not in _NO_CONTROL)
        return (
            Cell(text, node.tag == "th", controls, without_marks(text)),
            _span(attributes, "colspan", 1),
            _span(attributes, "rowspan", 0),
        )

    def _control(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> None:
        control = Control(node, attributes, not self._hidden)
        if control.type == "hidden" or self._is_gone(node, attributes):
            control.shown = False
        if self._outside or "form" in attributes:
            control.foreign = attributes.get("form") != FORM_ID
            control.shown = control.shown and not control.foreign
        number = control.number = len(self.controls)
        self.controls.append(control)
        if control.shown:
            self._out.append(mark_of(number))
        elif self.cards and control.get("id") in self.cards:
            control.shown = True


def _is_box(control: Control) -> bool:
    return control.type in ("radio", "checkbox") and not control.foreign


def line_of(node: LexborNode | None, unseen: frozenset[int] = frozenset()) -> str:
    """What an element says, in one line; empty if there is none.

    Arguments:
        node: the element. unseen: elements that the page's own styles hide, by their `mem_id`.
    """
    if node is None:
        return ""
    child = node.first_child
    if child is not None and child.tag == "-text" and child.next is None:  # nothing but text
        return " ".join(plain(child.text_content or "").split())
    return " ".join(without_marks(PageText(unseen=unseen).read(node)).split())


def _of_one_cell(line: str, place: int) -> str:
    """What of a table's line is in the cell, and in the line of it, of the control at its start (0) or its end (-1)."""
    return re.split(r"(?:^|\s)[|/](?:\s|$)", line)[place].strip().replace(BAR, "|")


def _as_label(line: str) -> str:
    """A line as the name of what stands below it; empty for one of a table."""
    found = re.sub(r"^(?:##|-(?= ))", "", line.strip()).strip()
    return "" if found.startswith("|") or not re.search(r"\w", found) or len(found) > MOST_LABEL else found


def _kept(found: Grid) -> str:
    return found.text().replace("\n", LINE)


def _span(attributes: Mapping[str, str | None], name: str, least: int) -> int:
    """How many columns or rows a cell spans; 0 for all rows that are left."""
    found = (attributes.get(name) or "").strip()
    return max(least, min(int(found), 1000)) if found.isdecimal() and found.isascii() else 1


def _is_hidden(attributes: Mapping[str, str | None], classes: list[str]) -> bool:
    if "hidden" in attributes or (classes and not HIDING.isdisjoint(classes) and hidden_by_classes(classes)):
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None
