"""What the rules in a page's own `<style>` hide: feedback that a script shows later, say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from .formulas import elements

MOST_RULES = 2000
"""Rules of one page that are looked at."""
OPENED_BY_A_CLICK = frozenset(("modal", "collapse", "dropdown-menu", "tab-pane", "offcanvas"))
"""Bootstrap's classes for what is hidden until somebody clicks: a participant can read it."""
_SIZES = ("", "sm-", "md-", "lg-", "xl-")
"""In Bootstrap's classes, windows that are not wider than WIDTH, from the narrowest on."""
HIDING = frozenset(["invisible", *(f"d-{size}none" for size in _SIZES)])
"""Bootstrap's classes that hide an element, in some windows at least."""
_DISPLAYS = frozenset(("block", "inline", "inline-block", "flex", "inline-flex", "grid", "inline-grid", "table"))
_COMMENTS = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->", re.S)
_FOR_ALL = re.compile(r"@(?:supports|layer)\b", re.I)
_FOR_SCREENS = re.compile(
    r"@media\s*(?:(?:only\s+)?(?:screen|all))?(?:\s*(?:and)?\s*\(\s*(?:min|max)-width\s*:\s*[\d.]+px\s*\))*\s*", re.I
)
_WIDTHS = re.compile(r"(min|max)-width\s*:\s*([\d.]+)px", re.I)
WIDTH = 1280
"""Pixels across the window of a participant, as styles that ask for it are told."""
_DECLARED = re.compile(r"(?:^|[;{\s])(display|visibility)\s*:\s*([a-z-]+)([^;]*)", re.I)
_POINTED_AT = re.compile(r":(?:hover|focus-within|focus-visible|focus|active)\b", re.I)
_OF_A_STATE = re.compile(r"::|:(?!not\b|is\b|where\b|first-|last-|nth-|only-|root\b|empty\b)", re.I)
_INNER = re.compile(r"[^;{}]*\{[^{}]*\}")
_COMMAS = re.compile(r",(?![^(\[]*[)\]])")
_HIDES = frozenset(("none", "hidden", "collapse"))
Weight = tuple[bool, int, int, int, int]


@dataclass(frozen=True)
class Rule:
    """One selector of a rule, and what it says of one property.

    Fields:
        selector: of the elements. name: ``display`` or ``visibility``. hides: whether it hides them.
        weight: of two rules that hold for one element, the heavier one counts.
    """

    selector: str
    name: str
    hides: bool
    weight: Weight


def hidden_by_classes(classes: Sequence[str]) -> bool:
    """Whether Bootstrap's classes hide an element in a window of a usual width.

    >>> [hidden_by_classes(each.split()) for each in ("d-none", "d-none d-md-block", "d-lg-none", "d-none d-xxl-flex")]
    [True, False, True, True]
    """
    hidden = False
    for size in _SIZES:
        if f"d-{size}none" in classes:
            hidden = True
        elif hidden:
            hidden = not any(f"d-{size}{display}" in classes for display in _DISPLAYS)
    return hidden or "invisible" in classes


def hidden_by_styles(tree: LexborHTMLParser) -> frozenset[int]:
    """The elements that a page's own styles hide, by their `mem_id`.

    >>> page = LexborHTMLParser("<style>.late, #a > i { display: none }</style><p class=late>Right!</p><p>Now")
    >>> [each.text() for each in page.css("p") if each.mem_id in hidden_by_styles(page)]
    ['Right!']
    """
    sheets = [each.text() for each in tree.css("style") if _is_for_screens(each)]
    rules = rules_of("\n".join(sheets)) if sheets else ()
    if not any(rule.hides for rule in rules):
        return frozenset()
    counts: dict[tuple[int, str], Rule] = {}
    nodes: dict[int, LexborNode] = {}
    for rule in rules:
        try:
            found = tree.css(rule.selector)
        except SelectolaxError:  # what this parser does not know is left alone
            continue
        for node in found:
            place = node.mem_id, rule.name
            nodes[node.mem_id] = node
            if place not in counts or counts[place].weight <= rule.weight:
                counts[place] = rule
    return frozenset(place for (place, _), rule in counts.items() if rule.hides and not _is_shown(nodes[place], rule))


def _is_shown(node: LexborNode, rule: Rule) -> bool:
    """Whether an element that a rule hides is shown all the same: by its own style, or by a click."""
    attributes = node.attributes
    if not OPENED_BY_A_CLICK.isdisjoint((attributes.get("class") or "").split()):
        return True
    own = {name.lower(): value.lower() for name, value, _ in _DECLARED.findall(attributes.get("style") or "")}
    return not rule.weight[0] and own.get(rule.name, "none") not in _HIDES


def slides(part: LexborNode, unseen: frozenset[int]) -> frozenset[int]:
    """Of hidden elements, those that have a brother of their kind: slides of instructions, which a click goes through.

    Arguments:
        part: of the page. unseen: what is hidden in it, by its `mem_id`.
    """
    found = set()
    for each in part.css("[class]"):
        if each.mem_id in unseen and each.parent is not None:
            kind = each.tag, set((each.attributes.get("class") or "").split())
            for brother in elements(each.parent):
                like = brother.tag == kind[0] and kind[1] & set((brother.attributes.get("class") or "").split())
                if like and brother.mem_id != each.mem_id:
                    found.add(each.mem_id)
    return frozenset(found)


def _is_for_screens(style: LexborNode) -> bool:
    if style.parent is not None and style.parent.tag in ("noscript", "template"):
        return False
    media = (style.attributes.get("media") or "all").strip().lower()
    return media in ("all", "screen", "only screen")


@lru_cache(maxsize=64)
def rules_of(sheet: str) -> tuple[Rule, ...]:
    """What a style sheet says of which elements are shown, in its order."""
    found: list[Rule] = []
    for selectors, body in _blocks(_COMMENTS.sub(" ", sheet)):
        said = _DECLARED.findall(body)
        for selector in _COMMAS.split(selectors) if said else ():
            for name, value, more in said:
                found += _rule(selector.strip(), name.lower(), value.lower() in _HIDES, "!" in more, len(found))
        if len(found) > MOST_RULES:
            break
    return tuple(found)


def _rule(selector: str, name: str, hides: bool, important: bool, place: int) -> list[Rule]:
    plain = _POINTED_AT.sub("", selector)
    if plain != selector and hides:  # else a participant can point at it, and read it
        return []
    if not plain or _OF_A_STATE.search(plain):
        return []
    ids, classes = len(re.findall(r"#[\w-]", selector)), len(re.findall(r"[.\[]|:(?!not|is|where)", selector))
    tags = len(re.findall(r"(?:^|[\s>+~(])[a-zA-Z]", selector))
    return [Rule(plain, name, hides, (important, ids, classes, tags, place))]


def _fits(condition: str) -> bool:
    """Whether a window of a usual width fulfils what styles ask for."""
    asked = [(end.lower(), float(width)) for end, width in _WIDTHS.findall(condition)]
    return all(width <= WIDTH if end == "min" else width >= WIDTH for end, width in asked)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Each rule's selectors and declarations; nothing of what is for other devices, such as printers."""
    place = 0
    while (start := sheet.find("{", place)) >= 0:
        head = sheet[place:start].rpartition(";")[2].strip()
        end, depth = start + 1, 1
        while depth and end < len(sheet):
            depth += {"{": 1, "}": -1}.get(sheet[end], 0)
            end += 1
        body = sheet[start + 1 : end - (not depth)]
        if not head.startswith("@"):
            yield head, _INNER.sub(";", body)
            for inner, said in _blocks(body) if "{" in body else ():
                yield inner.replace("&", head) if "&" in inner else f"{head} {inner}", said
        elif _FOR_ALL.match(head) or (_FOR_SCREENS.fullmatch(head) and _fits(head)):
            yield from _blocks(body)
        place = end
