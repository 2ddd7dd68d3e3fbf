"""What menus and fields with suggestions offer."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

MOST_SUGGESTIONS = 50
"""Suggestions of a field that the model is told of."""


def group_of(option: LexborNode) -> tuple[str, bool]:
    """What the group of an option in a menu is called, and whether none of it can be chosen."""
    above = option.parent
    if above is None or above.tag != "optgroup":
        return "", False
    return " ".join((above.attributes.get("label") or "").split()), "disabled" in above.attributes


def suggestions(node: LexborNode, name: str) -> str:
    """What a field suggests; any other answer may be given as well.

    Arguments:
        node: the field. name: of the list, as its `list` says.
    """
    found = element_of(node, name) if name else None
    texts: list[str] = []
    for option in found.css("option") if found is not None and found.tag == "datalist" else ():
        attributes = option.attributes
        text = " ".join((attributes.get("label") or option.text()).split())
        value = attributes.get("value") or text
        texts += [f"{value} ({text})" if text not in ("", value) else value] * bool(value)
    more = ["…"] if len(texts) > MOST_SUGGESTIONS else []
    return f"suggestions: {', '.join(texts[:MOST_SUGGESTIONS] + more)}" if texts else ""


def element_of(node: LexborNode, name: str) -> LexborNode | None:
    """The element of this id on the page of another one."""
    root = node
    while root.parent is not None and root.parent.tag is not None:
        root = root.parent
    return None if '"' in name or "\\" in name else root.css_first(f'[id="{name}"]')
