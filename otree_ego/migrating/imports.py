"""Imports of alter_ego, and dotted uses of its names, become those of otree_ego."""

from __future__ import annotations

import ast
import re

from .names import MODULES, OLD, STARS, TOP, dotted, home_of, module_of
from .source import Source

_GONE = "there is nothing like it in otree_ego: see docs/alter_ego.md for what does its work."
_FROM = re.compile(r"from(\s+)alter_ego[\w.]*")


class Imports:
    """What a file imports of alter_ego, rewritten.

    Arguments:
        source: the file; its edits and notes are added to.

    Fields:
        names: local names of what was imported, each with its name in otree_ego (``GPTThread``, ``link``, …).
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names: dict[str, str] = {}
        self._roots: dict[str, str] = {}
        self._written: set[str] = set()
        self._last: ast.ImportFrom | None = None
        self._anchor: ast.stmt | None = None

    def rewrite(self) -> bool:
        """Do it; whether there was anything of alter_ego's."""
        nodes = [node for node in ast.walk(self.source.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        ours = [node for node in nodes if _is_old(node)]
        for node in ours:
            if isinstance(node, ast.Import):
                self._import(node)
            else:
                self._import_from(node)
        self._uses()
        return bool(ours)

    def need(self, name: str) -> str:
        """Have a name of otree_ego imported at the file's top; returns what it is called there."""
        bound = _bound(self.source.tree)
        called = name if name not in bound else f"Ego{name}"
        words = name if called == name else f"{name} as {called}"
        if self._last is not None:
            start = self.source.span(self._last.names[-1])[1]
            self.source.edit(start, start, f", {words}")
            return called
        line = f"from {TOP} import {words}"
        place, indented = self._below()
        newline = self.source.newline
        self.source.edit(place, place, f"{newline}{line}" if indented else f"{line}{newline}")
        return called

    def _below(self) -> tuple[int, bool]:
        """A place for one more import, and whether it stands at the end of a line (else at the beginning of one)."""
        body = self.source.tree.body
        after = self._anchor
        if after is None:
            heads = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
            docstring = [node for node in body[:1] if isinstance(getattr(node, "value", None), ast.Constant)]
            after = (heads or docstring or [None])[0]
            future = [node for node in heads if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
            after = future[-1] if future else after
        if after is None:
            # Above the first statement and its decorators, below a first line for the shell and an encoding's.
            decorators: list[ast.expr] = getattr(body[0], "decorator_list", []) if body else []
            first = min([body[0].lineno, *(each.lineno for each in decorators)]) if body else 1
            return self.source.place(first, 0), False
        return self._end_of_line(after), True

    def _end_of_line(self, node: ast.stmt) -> int:
        end = self.source.span(node)[1]
        found = re.search(rb"[\r\n]|$", self.source.bytes[end:])
        assert found is not None
        return end + found.start()

    def _import(self, node: ast.Import) -> None:
        lines: list[str] = []
        for alias in node.names:
            root, _, rest = alias.name.partition(".")
            if root != OLD:
                lines.append(f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""))
                continue
            module = module_of(alias.name)
            if rest and not module and alias.name != "alter_ego.exports":
                self.source.note(node, f"{alias.name}: {_GONE}")
                lines.append(f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""))
                continue
            home = MODULES[module][0] if module else TOP
            self._roots[alias.asname or OLD] = "" if not alias.asname else module or alias.name
            if alias.asname:
                lines.append(f"import {home} as {alias.asname}")
                if not module and self._dots(alias.asname, "agents"):
                    lines.append(f"import {TOP}.agents")
            else:
                lines.append(f"import {home}")
                if not module:
                    lines += [f"import {TOP}.{part}" for part in ("agents", "experiment") if self._dots(OLD, part)]
        self._put(node, list(dict.fromkeys(lines)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        assert node.module is not None
        module = module_of(node.module)
        if node.module in (OLD, "alter_ego.exports"):
            self._put(node, self._modules(node))
            return
        if not module:
            self.source.note(node, f"{node.module}: {_GONE}")
            return
        if node.names[0].name == "*":
            self._star(node, module)
            return
        found = {alias.name: home_of(module, alias.name) for alias in node.names}
        for name, home in found.items():
            if home is None:
                self.source.note(node, f"{module}.{name}: {_GONE}")
        for alias in node.names:
            if home := found[alias.name]:
                self.names[alias.asname or alias.name] = home[1]
        homes = {home[0] for home in found.values() if home}
        same = all(home is not None and home[1] == name for name, home in found.items())
        if same and len(homes) == 1:
            self._rehome(node, homes.pop())
        else:
            self._put(node, _grouped(node, module, found))

    def _rehome(self, node: ast.ImportFrom, home: str) -> None:
        """Change the module only: names, brackets and comments stay as they are."""
        start, _ = self.source.span(node)
        text = self.source.segment(node)
        head = _FROM.match(text)
        if head is None or not self._new(node, f"from {home} {text[head.end() :]}"):
            self._put(node, [f"from {home} import " + ", ".join(map(_alias, node.names))])
            return
        self._stays(node)
        self.source.edit(start, start + head.end(), f"from{head[1]}{home}")
        if home == TOP and node in self.source.tree.body:
            self._last = node

    def _star(self, node: ast.ImportFrom, module: str) -> None:
        home, names = MODULES[module]
        self.names.update(names)
        kept = STARS.get(module, tuple(dict.fromkeys(names.values())))
        lines = [f"from {home} import {', '.join(kept)}"]
        # Our agents' star has the agents alone; what else alter_ego's had is imported where it is used.
        used = {each.id for each in ast.walk(self.source.tree) if isinstance(each, ast.Name)}
        if kept == ("*",):
            more = [
                name for name in ("Thread", "Conversation") if name in used and name not in _bound(self.source.tree)
            ]
            lines += [f"from {TOP} import {', '.join(more)}"] if more else []
            lines += [f"from {TOP} import Thread as APIThread"] if "APIThread" in used else []
        self._put(node, lines)

    def _modules(self, node: ast.ImportFrom) -> list[str]:
        """``from alter_ego import agents, utils as u``: modules by name."""
        lines = []
        for alias in node.names:
            module = module_of(f"{node.module}.{alias.name}")
            local = alias.asname or alias.name
            if not module:
                self.source.note(node, f"{node.module}.{alias.name}: {_GONE}")
                lines.append(f"from {node.module} import {_alias(alias)}")
                continue
            home = MODULES[module][0]
            self._roots[local] = module
            parent, _, last = home.rpartition(".")
            same = f"from {parent} import {last}" + (f" as {local}" if local != last else "")
            lines.append(same if parent else f"import {home} as {local}")
        return lines

    def _put(self, node: ast.stmt, lines: list[str]) -> None:
        indent = self.source.starts_line(node)
        if node in self.source.tree.body and indent is not None:
            fresh = [line for line in lines if line not in self._written]
            self._written.update(lines)
            whole = self.source.line_span(node)
            if not fresh and whole:
                self.source.edit(*whole, "")
                return
            lines = fresh or lines
        self._stays(node)
        joint = "; " if indent is None else f"{self.source.newline}{indent}"
        self.source.replace(node, joint.join(lines))

    def _stays(self, node: ast.stmt) -> None:
        if node in self.source.tree.body:
            self._anchor = node

    def _new(self, node: ast.stmt, line: str) -> bool:
        """Whether this line is not there yet at the top level."""
        if node not in self.source.tree.body:
            return True
        seen = line in self._written
        self._written.add(line)
        return not seen

    def _dots(self, root: str, part: str) -> bool:
        return any(
            isinstance(each, ast.Attribute) and each.attr == part and isinstance(each.value, ast.Name)
            and each.value.id == root
            for each in ast.walk(self.source.tree)
        )  # fmt: skip

    def _uses(self) -> None:
        """``alter_ego.utils.from_file`` and ``utils.from_file``, wherever they stand."""
        parents = self.source.parents
        for node in ast.walk(self.source.tree):
            if not isinstance(node, ast.Name) or node.id not in self._roots:
                continue
            chain: list[ast.Attribute] = []
            above = parents.get(node)
            while isinstance(above, ast.Attribute) and above.value is (chain[-1] if chain else node):
                chain.append(above)
                above = parents.get(above)
            self._use(node, chain)

    def _use(self, node: ast.Name, chain: list[ast.Attribute]) -> None:
        module = self._roots[node.id]
        parts = [*(module or OLD).split("."), *(each.attr for each in chain)]
        before = len(parts) - len(chain)
        found = dotted(parts)
        if found is None:
            if chain:
                self.source.note(node, f"{'.'.join([node.id, *(each.attr for each in chain)])}: {_GONE}")
            return
        length, new = found
        if module == OLD:  # import alter_ego as x
            new = node.id + new.removeprefix(TOP)
        elif module:
            new = f"{node.id}.{new.rpartition('.')[2]}"
            if parts[length - 1] == new.rpartition(".")[2] and length == before + 1:
                return
        last = chain[length - before - 1]
        if self.source.sure(last):
            self.source.edit(self.source.span(node)[0], self.source.span(last)[1], new)
        else:
            self.source.note(node, f"inside of this f-string, write {new}.")


def _grouped(node: ast.ImportFrom, module: str, found: dict[str, tuple[str, str] | None]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for alias in node.names:
        home, name = found[alias.name] or (module, alias.name)
        local = alias.asname or alias.name
        groups.setdefault(home, []).append(name if name == local else f"{name} as {local}")
    return [f"from {home} import {', '.join(names)}" for home, names in groups.items()]


def _alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _is_old(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] == OLD for alias in node.names)
    return not node.level and node.module is not None and node.module.partition(".")[0] == OLD


def _bound(tree: ast.Module) -> set[str]:
    """Names that a file gives a meaning of its own."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return names
