"""What a page says of its fields besides their labels: help, errors, and texts beside options that have no label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from .otree_html import FIELD, TICK_FIELD
from .page_text import Control, PageText, line_of


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
    two of them what stands to their left and right; else what is sent for it, and at the ends of a scale what stands
    there.

    Arguments:
        controls: in their order. own: the label of one.
    """
    texts, values = list(map(own, controls)), [each.get("value") for each in controls]
    if any(texts):
        return [text or value for text, value in zip(texts, values, strict=True)]
    first, last = controls[0], controls[-1]
    for found in ([each.after for each in controls], [each.before for each in controls]):
        if all(found):
            return found
    columns = [each.column for each in controls]
    if len(set(columns)) == len(columns) and any(columns):
        return [column or value for column, value in zip(columns, values, strict=True)]
    if len(controls) == 2 and first.row and last.right:
        return [first.row, last.right]
    if len(controls) > 1 and first.before and last.after:
        values[0], values[-1] = f"{values[0]} ({first.before})", f"{values[-1]} ({last.after})"
    return values


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
