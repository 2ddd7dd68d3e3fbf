"""Formulas as text: MathML in one line, and the source of what KaTeX and MathJax show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_SPACES = re.compile(r"\s+")
_SIMPLE = re.compile(r"-?\w+(?:\.\w+)?|\W")
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
    parts, tag = [_linear(each) for each in elements(node)], node.tag or ""
    if not parts:
        text = _SPACES.sub(" ", node.text()).strip()
        return _BETWEEN.get(text, text) if tag == "mo" else text
    wrapped = [part.strip() if _SIMPLE.fullmatch(part.strip()) else f"({part.strip()})" for part in parts]
    if tag == "mfrac" and len(parts) == 2:
        return f"{wrapped[0]}/{wrapped[1]}"
    if tag in ("msqrt", "mroot"):
        return f"√{wrapped[0]}" if tag == "msqrt" else f"root({parts[0]}, {parts[-1]})"
    if tag in ("msup", "mover") and len(parts) == 2:
        return f"{wrapped[0]}^{wrapped[1]}"
    if tag in ("msub", "munder") and len(parts) == 2:
        return f"{wrapped[0]}_{wrapped[1]}"
    if tag in ("msubsup", "munderover") and len(parts) == 3:
        return f"{wrapped[0]}_{wrapped[1]}^{wrapped[2]}"
    if tag == "mtr":
        return ", ".join(part.strip() for part in parts)
    return f"[{'; '.join(parts)}]" if tag == "mtable" else "".join(parts)
