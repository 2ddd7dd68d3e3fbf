"""The experimenter's code as a part of a design: `play`, `make`, a parser, and what they use of the same files."""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import inspect
import linecache
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..prompts import Prompt

PLAIN = (str, int, float, bool, type(None), bytes)
"""Values of outer variables that belong to a function as its source does."""
MOST_PARTS = 500
_OURS = str(Path(__file__).parents[1])
_UNSEEN = re.compile(r"from_file|getattr|vars|__dict__|\bpublic|\bopen\b|read_text")
"""Words of code that may use an attribute without naming it."""


@dataclass(frozen=True)
class Code:
    """What of the experimenter's code a design is played with.

    Fields:
        parts: by what it is for (``play``, ``make``, ``parser``) the digest of each function, class and constant.
        texts: their sources. stops: for which of them a change is the experimenter's to decide on.
    """

    parts: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()

    def names(self, attribute: str, what: str = "play") -> bool:
        """Whether code may use an attribute of a Thread; True if that cannot be seen."""
        text = self.texts.get(what, "")
        return not text or bool(_UNSEEN.search(text)) or bool(re.search(rf"\b{re.escape(attribute)}\b", text))

    def changes(self, before: Any) -> dict[str, list[str]]:
        """What is different in a run's record of it: names by what they are for. What it knows nothing of is not.

        >>> Code({"play": {"play": "1", "offer": "2"}}).changes({"play": {"play": "1", "offer": "3"}})
        {'play': ['offer']}
        """
        found: dict[str, list[str]] = {}
        for what, parts in self.parts.items():
            known = before.get(what) if isinstance(before, Mapping) else None
            if isinstance(known, Mapping) and known and parts:
                names = dict.fromkeys([*parts, *known])
                if odd := [name for name in names if parts.get(name) != known.get(name)]:
                    found[what] = odd
        return found


def code_of(stops: Iterable[str] = (), /, **functions: Any) -> Code:
    """The code of some functions, and of what they use of the same files.

    Arguments:
        stops: see `Code`. **functions: each by what it is for.
    """
    parts: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    for what, function in functions.items():
        found = _Search().find(function)
        parts[what] = {name: hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16] for name, text in found}
        texts[what] = "\n".join(text for _, text in found)
    return Code(parts, texts, frozenset(stops))


class _Search:
    """Walks from a function to all that it uses."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._names: set[str] = set()
        self._seen: set[int] = set()
        self._kept: list[Any] = []  # an id is somebody else's when its object is gone

    def find(self, function: Any) -> list[tuple[str, str]]:
        self._take(function)
        return list(self.found.items())

    def _take(self, value: Any) -> None:
        if id(value) in self._seen or len(self.found) >= MOST_PARTS:
            return
        self._seen.add(id(value))
        self._kept.append(value)
        if isinstance(value, functools.partial):
            for name, held in [*enumerate(value.args), *sorted(value.keywords.items())]:
                self._value(f"partial({name})", held)
            self._take(value.func)
        elif isinstance(value, types.MethodType):
            self._take(value.__func__)
            self._take(type(value.__self__))
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, functools._lru_cache_wrapper) or hasattr(value, "__wrapped__"):
            self._take(value.__wrapped__)
        elif not _is_foreign(getattr(type(value), "__module__", ""), _file(type(value))):
            self._take(type(value))
            for name, held in sorted(getattr(value, "__dict__", {}).items()):
                self._value(f"{type(value).__qualname__}.{name}", held)

    def _function(self, function: types.FunctionType) -> None:
        if hasattr(function, "__wrapped__"):
            self._take(function.__wrapped__)
        code = function.__code__
        if _is_foreign(function.__module__, code.co_filename):
            return
        found = _node(code, function.__globals__)
        self._note(function.__qualname__, _source(found) if found is not None else _constants(code))
        if function.__defaults__:
            self._value(f"{function.__qualname__}(…)", function.__defaults__)
        for name, default in sorted((function.__kwdefaults__ or {}).items()):
            self._value(f"{function.__qualname__}({name})", default)
        written = _written(code)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
            if name not in written:
                try:
                    self._value(name, cell.cell_contents)
                except ValueError:  # it has no value yet
                    continue
        for name in _names(code):
            self._outer(name, function.__globals__, code.co_filename, written)

    def _class(self, cls: type) -> None:
        file = _file(cls)
        if _is_foreign(cls.__module__, file):
            return
        methods = [each for each in vars(cls).values() if isinstance(each, types.FunctionType)]
        for base in cls.__bases__:
            self._take(base)
        before = len(self.found)
        for method in methods:
            self._take(method)
        if len(self.found) == before:  # dataclasses, or attributes alone
            self._note(cls.__qualname__, repr(sorted(k for k in vars(cls) if not k.startswith("__"))))
        for name, held in vars(cls).items():
            if not name.startswith("__") and not callable(held):
                self._value(f"{cls.__qualname__}.{name}", held)

    def _outer(self, name: str, known: Mapping[str, Any], file: str, written: set[str]) -> None:
        """What a function finds in its module under a name."""
        if name in written or name not in known or hasattr(builtins, name):
            return
        self._names.add(name)
        value = known[name]
        if isinstance(value, types.ModuleType):
            return
        if isinstance(value, types.FunctionType | type | types.MethodType | functools.partial) or hasattr(
            value, "__wrapped__"
        ):
            self._take(value)
        elif (assigned := _assigned(name, file)) is not None:
            self._note(name, assigned)
            if isinstance(value, Prompt):  # perhaps from a file
                self._note(f"{name} as it is", value.template)
            for other in dict.fromkeys(re.findall(r"\b[^\W\d]\w*", assigned)):
                if other not in self._names:
                    self._outer(other, known, file, written)
        else:
            self._value(name, value)

    def _value(self, name: str, value: Any) -> None:
        """A value that belongs to the code: of a kind that nobody changes, or code itself."""
        if isinstance(value, PLAIN):
            self._note(name, repr(value))
        elif isinstance(value, Prompt):
            self._note(name, value.template)
        elif isinstance(value, tuple | list | frozenset) and all(isinstance(each, (*PLAIN, Prompt)) for each in value):
            if not isinstance(value, list):
                self._note(name, repr(value))
        elif callable(value):
            self._take(value)

    def _note(self, name: str, text: str) -> None:
        number = 2
        own = name
        while self.found.get(own, text) != text:
            own, number = f"{name}#{number}", number + 1
        self.found[own] = text


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _names(each)


def _written(code: types.CodeType) -> set[str]:
    """Outer variables that a function sets itself, such as a counter: they are no part of its source."""
    import dis

    found = {str(line.argval) for line in dis.get_instructions(code) if line.opname in ("STORE_GLOBAL", "STORE_DEREF")}
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            found |= _written(each)
    return found


def _constants(code: types.CodeType) -> str:
    """Where there is no source: the texts and numbers in the code, and the names that it uses."""
    held = [_constants(each) if isinstance(each, types.CodeType) else repr(each) for each in code.co_consts]
    return repr((held, code.co_names))


def _is_foreign(module: str | None, file: str) -> bool:
    """Whether code is a package's, not the experimenter's own."""
    if (module or "").partition(".")[0] in ("builtins", "otree_ego", "") or not file:
        return True
    return "site-packages" in file or "dist-packages" in file or file.startswith((_OURS, *_LIBRARY))


_LIBRARY = (str(Path(inspect.__file__).parent),)


def _file(cls: type) -> str:
    try:
        return inspect.getfile(cls)
    except (TypeError, OSError):
        # A class of a script or of a notebook: its methods know.
        methods = (each for each in vars(cls).values() if isinstance(each, types.FunctionType))
        return next((each.__code__.co_filename for each in methods), "")


@functools.lru_cache(maxsize=64)
def _parsed(lines: tuple[str, ...]) -> ast.Module | None:
    try:
        return ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None


@functools.lru_cache(maxsize=64)
def _functions(lines: tuple[str, ...]) -> dict[tuple[str, int], list[ast.AST]]:
    """All functions of a file, by their names and their first lines."""
    tree = _parsed(lines)
    found: dict[tuple[str, int], list[ast.AST]] = {}
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Lambda):
            found.setdefault(("<lambda>", node.lineno), []).append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found.setdefault((node.name, first), []).append(node)
    return found


def _lines(file: str, known: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    linecache.checkcache(file)
    return tuple(linecache.getlines(file, dict(known) if known is not None else None))


def _node(code: types.CodeType, known: Mapping[str, Any]) -> ast.AST | None:
    """The function in its file."""
    found = _functions(_lines(code.co_filename, known)).get((code.co_name, code.co_firstlineno), [])
    if len(found) > 1:  # lambdas in one line
        found = [node for node in found if _is_of(node, code)] or found
    return found[0] if found else None


def _is_of(node: ast.AST, code: types.CodeType) -> bool:
    if not isinstance(node, ast.Lambda):
        return True
    inner = compile(ast.Expression(node), "<one>", "eval").co_consts
    return any(isinstance(each, types.CodeType) and each.co_consts == code.co_consts for each in inner)


def _source(node: ast.AST) -> str:
    """A function's source without its comments, its docstrings and the way in which it is laid out."""
    bare = _WithoutTexts().visit(ast.parse(ast.unparse(node)))
    return ast.unparse(bare)


class _WithoutTexts(ast.NodeTransformer):
    """Leaves docstrings out."""

    def _bare(self, node: Any) -> Any:
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_FunctionDef: Any = _bare
    visit_AsyncFunctionDef: Any = _bare
    visit_ClassDef: Any = _bare


def _assigned(name: str, file: str) -> str | None:
    """How a module sets a name, outside of its functions; None if it does not."""
    tree = _parsed(_lines(file))
    found = []
    for node in _statements(tree.body if tree is not None else []):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        if any(isinstance(each, ast.Name) and each.id == name for t in targets for each in ast.walk(t)):
            found.append(ast.unparse(node))
    return "\n".join(found) if found else None


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, inner, []))
