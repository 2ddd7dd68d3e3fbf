"""What can be known, without running it, of a text that is handed to a Thread."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .source import Source

SAME = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "expandtabs"})
WRAPPERS = frozenset({"dedent", "cleandoc", "homogenize", "str"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Text:
    """What is known of a text.

    Fields:
        own: it stands in the experimenter's own file. marks: it has blanks to fill. foreign: other values are put in.
        prompt: it is a Prompt already.
    """

    own: bool = False
    marks: bool = False
    foreign: bool = False
    prompt: bool = False

    def __or__(self, other: Text) -> Text:
        if self.prompt != other.prompt:
            return Text()
        return Text(
            self.own and other.own,
            self.marks or other.marks,
            self.foreign or other.foreign,
            self.prompt and other.prompt,
        )


UNKNOWN = Text()


def has_marks(text: str) -> bool:
    """Whether a text has blanks to fill, as Jinja sees it."""
    return any(mark in text for mark in ("{{", "{%", "{#"))


class Texts:
    """Looks names up in one file.

    Arguments:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[ast.expr, Text] = {}
        self._busy: set[ast.expr] = set()
        self._handed: dict[str, list[ast.expr | None]] = {}
        self._bound: dict[ast.AST, dict[str, list[ast.expr | None]]] = {}
        for node in ast.walk(source.tree):
            self._bind(node)
            if isinstance(node, ast.keyword) and node.arg:
                self._handed.setdefault(node.arg, []).append(node.value)

    def look(self, node: ast.expr | None) -> Text:
        """What is known of the text that an expression gives."""
        if node is None:
            return UNKNOWN
        if node not in self._known:
            self._busy.add(node)
            self._known[node] = self._look(node)
            self._busy.discard(node)
        return self._known[node]

    def _look(self, node: ast.expr) -> Text:
        if isinstance(node, ast.Constant):
            return Text(own=True, marks=has_marks(node.value)) if isinstance(node.value, str) else UNKNOWN
        if isinstance(node, ast.JoinedStr):
            pieces = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
            return Text(True, any(map(has_marks, pieces)), len(pieces) < len(node.values))
        if isinstance(node, ast.BinOp):
            return self._sum(node)
        if isinstance(node, ast.IfExp):
            return self.look(node.body) | self.look(node.orelse)
        if isinstance(node, ast.NamedExpr):
            return self.look(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript):
            held = self._one(node.value)
            return self._all(list(held.values)) if isinstance(held, ast.Dict) else UNKNOWN
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Name):
            return self._all(self.values(node))
        return UNKNOWN

    def values(self, node: ast.Name) -> list[ast.expr | None]:
        """All that a name is bound to where it is used; None for what cannot be known."""
        scope: ast.AST | None = node
        while scope is not None:
            scope = self.source.parents.get(scope)
            if isinstance(scope, (*_FUNCTIONS, ast.Module)) and node.id in self._bound.get(scope, {}):
                return self._bound[scope][node.id]
        return []

    def members(self, name: str) -> list[ast.expr | None]:
        """All that is bound to a name, or handed over under it, anywhere in the file."""
        found = [value for names in self._bound.values() for value in names.get(name, [])]
        return found + self._handed.get(name, [])

    def _all(self, values: list[ast.expr | None]) -> Text:
        # A text may be made of itself (text = text.strip()): that adds nothing to what is known of it.
        values = [value for value in values if value not in self._busy]
        if not values:
            return UNKNOWN
        found = self.look(values[0])
        for value in values[1:]:
            found |= self.look(value)
        return found

    def _sum(self, node: ast.BinOp) -> Text:
        left, right = self.look(node.left), self.look(node.right)
        if isinstance(node.op, ast.Mod) and left.own:
            return Text(True, left.marks, True)
        if not isinstance(node.op, ast.Add) or not (left.own or right.own):
            return UNKNOWN
        whole = left.own and right.own
        return Text(True, left.marks or right.marks, left.foreign or right.foreign or not whole)

    def _call(self, node: ast.Call) -> Text:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name in ("Prompt", "EgoPrompt", "from_file"):
            return Text(own=True, marks=True, prompt=True)
        if name in WRAPPERS and len(node.args) == 1 and not node.keywords:
            held = self.look(node.args[0])
            return Text(held.own, held.marks, held.foreign)
        if not isinstance(called, ast.Attribute):
            return UNKNOWN
        held = self.look(called.value)
        if not held.own:
            return UNKNOWN
        if name in SAME:
            return Text(True, held.marks, held.foreign)
        if name == "format":
            text = called.value.value if isinstance(called.value, ast.Constant) else ""
            marks = has_marks(text.replace("{{", "{")) if isinstance(text, str) and text else held.marks
            return Text(True, marks, True)
        if name in ("replace", "join", "removeprefix", "removesuffix"):
            fixed = all(isinstance(each, ast.Constant) for each in node.args)
            return Text(True, held.marks, held.foreign or not fixed)
        return UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Text:
        if node.attr == "template":
            held = self.look(node.value)
            return Text(True, True, held.foreign) if held.prompt else UNKNOWN
        if self._is_treatment(node.value) and (values := self._of_treatments(node.attr)):
            return self._all(values)
        if not isinstance(node.value, ast.Name):
            return UNKNOWN
        for scope, names in self._bound.items():
            if isinstance(scope, ast.ClassDef) and scope.name == node.value.id and node.attr in names:
                return self._all(names[node.attr])
        return UNKNOWN

    def _is_treatment(self, node: ast.expr) -> bool:
        """Whether an expression is one of an experiment's treatments, by its name or by what it was bound to."""
        if isinstance(node, ast.Attribute):
            return node.attr == "treatment"
        if not isinstance(node, ast.Name):
            return False
        values = [each for each in self.values(node) if each is not None]
        linked = [
            isinstance(v, ast.Call) and isinstance(v.func, ast.Attribute) and v.func.attr == "link" for v in values
        ]
        return node.id.lower().startswith("treat") or bool(linked and all(linked))

    def _of_treatments(self, attribute: str) -> list[ast.expr | None]:
        """All that is ever bound to an attribute in this file: in classes, by keywords, and on objects."""
        found = [
            value
            for scope, names in self._bound.items()
            if isinstance(scope, ast.ClassDef)
            for value in names.get(attribute, ())
        ]
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Assign) and any(
                isinstance(each, ast.Attribute) and each.attr == attribute for each in node.targets
            ):
                found.append(node.value)
            elif isinstance(node, ast.Dict):
                found += [
                    value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == attribute
                ]
        return found + self._handed.get(attribute, [])

    def _one(self, node: ast.expr) -> ast.expr | None:
        values = self.values(node) if isinstance(node, ast.Name) else []
        return values[0] if len(values) == 1 else None

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign):
            self._target(node.target, node.value)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            values = node.iter.elts if isinstance(node.iter, ast.List | ast.Tuple) else [None]
            for value in values:
                self._target(node.target, value)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._target(node.optional_vars, None)
        elif isinstance(node, ast.arg):
            self._put(node, node.arg, None)

    def _target(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._put(target, target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            pairs = (
                value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else []
            )
            for place, each in enumerate(target.elts):
                self._target(each, pairs[place] if pairs else None)
        elif isinstance(target, ast.Starred):
            self._target(target.value, None)

    def _put(self, node: ast.AST, name: str, value: ast.expr | None) -> None:
        scope = self.source.parents.get(node)
        while not isinstance(scope, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
            assert scope is not None
            scope = self.source.parents.get(scope)
        self._bound.setdefault(scope, {}).setdefault(name, []).append(value)
