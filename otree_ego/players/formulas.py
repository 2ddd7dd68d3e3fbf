"""Formulas as text: MathML in one line, and the source of what KaTeX and MathJax show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

_SPACES = re.compile(r"\s+")
_SIMPLE = re.compile(r"-?\w+(?:\.\w+)?|\W")
_PRODUCT = re.compile(r"-?(?:\d+(?:[.,]\d+)?|[^\W_](?:_\w+)?)|\W")
"""Of several elements what needs no brackets: 2y does, below a stroke."""
_SCRIPTS = {"msup": "^", "mover": "^", "msub": "_", "munder": "_", "msubsup": "_^", "munderover": "_^"}
_PRIMES = ("′", "″", "'")
_UNSAID = ("annotation", "annotation-xml", "mphantom")
_FRAMES = ("mrow", "mstyle", "mpadded", "semantics")
_WORDS = "words"
_BETWEEN = {"=": " = ", "+": " + ", "≤": " ≤ ", "≥": " ≥ ", "<": " < ", ">": " > ", "≠": " ≠ "}


def formula(node: LexborNode) -> str:
    """A formula in MathML as text; its own source where it brings one along.

    Arguments:
        node: the `math` element.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> half = "<math><mfrac><mn>1</mn><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math>"
    >>> formula(LexborHTMLParser(half).css_first("math"))
    '1/(x + 1)'
    """
    source = node.css_first("annotation[encoding='application/x-tex']") or node.css_first("annotation")
    return tex(source.text()) if source is not None else _SPACES.sub(" ", _linear(node)).strip()


def tex(source: str) -> str:
    r"""The source of a formula between dollar signs.

    >>> tex(r" x^2 ")
    '$x^2$'
    """
    return f"${_SPACES.sub(' ', source).strip()}$"


def elements(node: LexborNode) -> Iterator[LexborNode]:
    """The elements directly inside another."""
    child = node.first_child
    while child is not None:
        if child.tag is not None and child.tag[0] != "-":
            yield child
        child = child.next


def _linear(node: LexborNode) -> str:
    children, tag = [each for each in elements(node) if each.tag not in _UNSAID], node.tag or ""
    if not children:
        text = _SPACES.sub(" ", node.text()).strip()
        return _BETWEEN.get(text, text) if tag == "mo" else text
    if tag == "mfenced":
        return _fenced(node, list(map(_linear, children)))
    if tag == "msqrt":
        return f"√{_grouped(node, _row(children))}"
    if tag in ("mfrac", "mroot", *_SCRIPTS) and len(children) > 1:
        parts = [_grouped(each, _linear(each)) for each in children]
        if tag == "mroot":
            return f"root({_linear(children[0])}, {_linear(children[-1])})"
        if tag == "mfrac":
            thin = re.fullmatch(r"\s*0+(\.0*)?\s*\w*\s*", node.attributes.get("linethickness") or "")
            return f"{parts[0]} over {parts[1]}" if thin else f"{parts[0]}/{parts[1]}"
        return _scripted(tag, parts)
    if tag == "mtr":
        return ", ".join(_linear(each).strip() for each in children)
    return f"[{'; '.join(map(_linear, children))}]" if tag == "mtable" else _row(children)


def _scripted(tag: str, parts: Sequence[str]) -> str:
    """What stands below and above another: the first part."""
    signs = _SCRIPTS[tag]
    return parts[0] + "".join(
        part if part in _PRIMES else f"{sign}{part}" for sign, part in zip(signs, parts[1:], strict=False)
    )


def _row(nodes: Sequence[LexborNode]) -> str:
    """Parts beside each other, with a space where two of them could be read as one, such as 3 and 1/4."""
    found, last = "", ""
    for node in nodes:
        text, kind = _linear(node), _kind(node)
        if found and text and not found[-1].isspace() and not text[0].isspace():
            ends, begins = found[-1].isalnum() or found[-1] in ")]", text[0].isalnum() or text[0] in "(√["
            after = last in ("mfrac", "msqrt", *_SCRIPTS) and begins and not (last == "msub" and text[0] == "(")
            if after or (kind == "mfrac" and ends) or (_WORDS in (last, kind) and ends and text[0].isalnum()):
                found += " "
        found, last = found + text, kind if text else last
    return found


def _kind(node: LexborNode) -> str:
    """What an element is to its neighbours: the tag of the one that it only holds, or that it is a word."""
    node = _held(node)
    is_word = node.tag in ("mi", "mtext") and len(node.text().strip()) > 1
    return _WORDS if is_word else node.tag or ""


def _held(node: LexborNode) -> LexborNode:
    """An element, or the one that a mere frame holds alone."""
    while node.tag in _FRAMES and len(inside := list(elements(node))) == 1:
        node = inside[0]
    return node


def _grouped(node: LexborNode, text: str) -> str:
    """A part of a formula in brackets, unless it is one number, name or sign, or has brackets already."""
    text = text.strip()
    one = (_PRODUCT if next(elements(_held(node)), None) else _SIMPLE).fullmatch(text)
    return text if one or _has_brackets(text) else f"({text})"


def _has_brackets(text: str) -> bool:
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0:
            return bool(place) and place == len(text) - 1
    return False


def _fenced(node: LexborNode, parts: Sequence[str]) -> str:
    signs = [node.attributes.get(name, usual) or "" for name, usual in (("open", "("), ("close", ")"))]
    between = "".join((node.attributes.get("separators", ",") or "").split())
    found = parts[0]
    for number, part in enumerate(parts[1:]):
        found += f"{between[min(number, len(between) - 1)]} {part}" if between else part
    return f"{signs[0]}{found}{signs[1]}"
