"""What a page says of its fields besides their labels: help, errors, and texts beside options that have no label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from .otree_html import FIELD, TICK_FIELD
from .page_controls import Control
from .page_text import PageText, line_of
from .table_headings import column_headings, heading_of_rows, is_over_rows, options_in_rows, shares_row, title_above
from .table_text import Grid


def beside(node: LexborNode, name: str) -> str:
    """The text of a class inside the frame of a control's field; empty if there is none.

    Arguments:
        node: the control. name: of the class.
    """
    above = node.parent
    for _ in range(6):
        if above is None or above.tag in ("form", "body"):
            return ""
        classes = (above.attributes.get("class") or "").split()
        if FIELD in classes or TICK_FIELD in classes:
            found = above.css_first(f".{name}")
            if found is not None or FIELD in classes:
                return line_of(found)
        above = above.parent
    return ""


def stray_errors(text: PageText) -> Iterator[tuple[str, str]]:
    """Errors that stand in no field's frame, as `formfield_errors` writes them: of each the field's name and the text.

    It is the field's that is alone with it in the smallest part of the page; else that of the last control before it,
    or of the first one after it where there is none.
    """
    names = [control.get("name") for control in text.controls]
    for node, before in text.errors:
        if said := "" if _is_framed(node) else line_of(node):
            yield _owner(node, names, before), said


def _owner(node: LexborNode, names: Sequence[str], before: int) -> str:
    above = node.parent
    while above is not None and above.tag not in ("form", "body", "html"):
        inside = {each.attributes.get("name") or "" for each in above.css("input, select, textarea")} - {""}
        if len(inside) == 1:
            return inside.pop()
        if inside:
            break
        above = above.parent
    earlier = [name for name in names[:before] if name]
    return earlier[-1] if earlier else next(filter(None, names[before:]), "")


def _is_framed(node: LexborNode) -> bool:
    """Whether an error stands in the frame of a field, where it is read with the field."""
    above = node.parent
    while above is not None and above.tag not in ("form", "body", "html"):
        classes = (above.attributes.get("class") or "").split()
        if FIELD in classes or TICK_FIELD in classes:
            return above.css_first("input, select, textarea") is not None
        above = above.parent
    return False


def option_texts(controls: Sequence[Control], own: Callable[[Control], str]) -> list[str]:
    """What each of the radio buttons or boxes of one name stands for.

    That is its label; where none has one, the text after each, or before each; in a table what heads its column, or for
    two of them what stands to their left and right, or where they stand in several rows what stands in the row of each;
    else what is sent for it, and at the ends of a scale what stands there.

    Arguments:
        controls: in their order. own: the label of one.
    """
    texts, values = list(map(own, controls)), [each.get("value") for each in controls]
    table, numbers = table_of(controls), [each.number for each in controls]
    if table is not None and is_over_rows(table, numbers):
        if not all(texts) or len(set(texts)) < len(texts):
            after = any(each.after for each in controls)
            beside = [each.after if after else each.before for each in controls]
            texts = [text or other for text, other in zip(texts, beside, strict=True)]
            texts = options_in_rows(table, numbers, texts)
        return [text or value for text, value in zip(texts, values, strict=True)]
    if any(texts):
        return [text or value for text, value in zip(texts, values, strict=True)]
    first, last = controls[0], controls[-1]
    for found in ([each.after for each in controls], [each.before for each in controls]):
        if all(found):
            return found
    columns = [""] if table is None else column_headings(table, numbers)
    if any(columns):
        if len(set(columns)) < len(columns):  # a scale whose ends are named
            columns = [text and f"{value} ({text})" for text, value in zip(columns, values, strict=True)]
        return [text or value for text, value in zip(columns, values, strict=True)]
    if len(controls) == 2 and first.row and last.right:
        return [first.row, last.right]
    if len(controls) > 1 and first.before and last.after:
        values[0], values[-1] = f"{values[0]} ({first.before})", f"{values[-1]} ({last.after})"
    return values


def table_of(controls: Sequence[Control]) -> Grid | None:
    """The table in which all of some controls stand."""
    table = controls[0].table
    return table if all(each.table is table for each in controls) else None


def row_label(controls: Sequence[Control], options: Sequence[str]) -> str:
    """What the row of a table says of the radio buttons or boxes of one name; for those in several rows, what stands
    beside all of them.

    Arguments:
        controls: in their order. options: what they stand for.
    """
    table, numbers = table_of(controls), [each.number for each in controls]
    if table is None:
        return ""
    if is_over_rows(table, numbers):
        return heading_of_rows(table, numbers)
    left, right = controls[0].row, controls[-1].right
    return f"{left} … {right}" if left and right and options[0] != left else left


def text_above(controls: Sequence[Control]) -> str:
    """What stands above the radio buttons or boxes of one name, in their table or above it."""
    table = table_of(controls)
    return (title_above(table, controls[0].number) if table is not None else "") or controls[0].above


def box_label(control: Control) -> str:
    """What stands beside a single box to tick, or heads it."""
    row, column = control.row or control.right, control.column
    if row and column and control.table is not None and shares_row(control.table, control.number):
        row = f"{row}, {column}"
    return control.after or row or column or control.before or control.above


def told_apart(named: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The texts of options or buttons, each once: those of one text are told apart by what is sent, or are numbered.

    Arguments:
        named: of each its text, and what is sent for it.

    >>> told_apart([("Next", ""), ("Next", ""), ("Back", "b"), ("Lottery", "1"), ("Lottery", "2")])
    ('Next (1)', 'Next (2)', 'Back', 'Lottery (1)', 'Lottery (2)')
    """
    often = Counter(text for text, _ in named)
    found = [
        text if text and often[text] == 1 else f"{text} ({value or number})".strip()
        for number, (text, value) in enumerate(named, 1)
    ]
    while len(set(found)) < len(found):
        often = Counter(found)
        found = [f"{text} ({number})" if often[text] > 1 else text for number, text in enumerate(found, 1)]
    return tuple(found)
