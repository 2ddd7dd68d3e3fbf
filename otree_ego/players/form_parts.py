"""Parts of a page that belong to its form and stand outside of it: a button below it with `form="form"`, say."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .otree_html import FORM, OF_THE_FORM

Run = list[LexborNode]
_INLINE = frozenset((
    "-text", "a", "abbr", "b", "br", "button", "em", "i", "img", "input", "label", "select", "small", "span", "strong",
    "sub", "sup", "textarea", "u",
))  # fmt: skip


def parts_outside(tree: LexborHTMLParser, form: LexborNode) -> tuple[list[Run], list[Run]]:
    """What stands before a form, and behind it, around the controls that name it as theirs.

    Each is the largest element around such a control that the form is not in; or the control itself, with the texts
    and labels beside it.

    >>> tree = LexborHTMLParser("<form id=form></form><p>Age <input form=form name=a></p>Now <button form=form>Go")
    >>> [[node.tag for node in run] for run in parts_outside(tree, tree.css_first("form"))[1]]
    [['p'], ['-text', 'button']]
    """
    above = {each.mem_id for each in _around(form)}
    found: tuple[list[Run], list[Run]] = ([], [])
    taken: set[int] = set()
    behind = False
    for control in tree.css(f"{FORM}, {OF_THE_FORM}"):
        if control.mem_id == form.mem_id:
            behind = True
            continue
        top = control
        while top.parent is not None and top.parent.mem_id not in above:
            top = top.parent
        if top.mem_id in above or top.mem_id in taken:
            continue
        run = [top] if top.tag not in _INLINE else _beside(top, taken | above)
        taken |= {each.mem_id for each in run}
        found[behind].append(run)
    return found


def _around(node: LexborNode | None) -> Run:
    """An element and those around it."""
    found = []
    while node is not None:
        found.append(node)
        node = node.parent
    return found


def _beside(node: LexborNode, without: set[int]) -> Run:
    """A node with those in the same line."""
    run, before = [node], node.prev
    while before is not None and before.tag in _INLINE and before.mem_id not in without:
        run.insert(0, before)
        before = before.prev
    behind = node.next
    while behind is not None and behind.tag in _INLINE and behind.mem_id not in without:
        run.append(behind)
        behind = behind.next
    return run
