"""Texts that alter_ego took for templates become Prompts; otree_ego sends a plain text word for word."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .source import Source
from .texts import WRAPPERS, Text, Texts

VERBS = frozenset({"submit", "system", "user", "assistant"})
SETTINGS = frozenset({"max_tokens", "response", "extra", "extra_params"})
OURS = frozenset({"on_piece", "hidden", "author", "temperature", "seed", "stop"})
"""What `submit` takes for itself; in alter_ego these could be variables of a template."""


class Prompts:
    """Goes through the calls of one file.

    Arguments:
        source: the file; its edits and notes are added to.
        need: has a name of otree_ego imported, and says what it is called.
        old: whether the file itself imports alter_ego; a helper's texts that cannot be known are not worth a note.
    """

    def __init__(self, source: Source, need: Callable[[str], str], old: bool) -> None:
        self.source, self.need, self.old = source, need, old
        self.texts = Texts(source)
        self._called = ""
        self._modules = {
            (alias.asname or alias.name).partition(".")[0]
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if not alias.name.startswith("alter_ego")
        }
        self._functions = {
            node.name for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def rewrite(self) -> None:
        """Do it."""
        for node in ast.walk(self.source.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in (*VERBS, "prepare") and not self.source.sure(node):
                self.source.note(node, "a call inside of an f-string was not looked at: a template must be a Prompt.")
            elif node.func.attr in VERBS:
                self._speech(node, node.func)
            elif node.func.attr == "prepare" and node.args:
                self._prepare(node, node.func)
        self._files()

    def _speech(self, node: ast.Call, verb: ast.Attribute) -> None:
        if self._stranger(verb.value):
            return
        argument = self._message(node)
        if argument is None or isinstance(argument, ast.Lambda | ast.Starred):
            return
        if isinstance(argument, ast.Name) and argument.id in self._functions:
            return
        variables = [each for each in node.keywords if each.arg not in SETTINGS and each.value is not argument]
        for each in node.keywords:
            if each.arg == "extra_params":
                start, _ = self.source.span(each)
                self.source.edit(start, start + len("extra_params"), "extra")
        self._own_names(node, variables)
        text = self.texts.look(argument)
        if verb.attr == "submit" and self._is_external(verb.value) and not _given(node, "response"):
            start, end = self.source.span(verb)
            self.source.edit(end - len("submit"), end, "user")
        if text.prompt:
            return
        if text.own and not text.foreign:
            if text.marks or variables:
                self._wrap(argument)
            return
        self._unsure(node, text, bool(variables))

    def _message(self, node: ast.Call) -> ast.expr | None:
        """The text that is said; by name (``message=``) it could stand in alter_ego, here it comes first."""
        if len(node.args) == 1:
            return node.args[0]
        if not node.args and node.keywords and node.keywords[0].arg == "message":
            named = node.keywords[0]
            self.source.edit(self.source.span(named)[0], self.source.span(named.value)[0], "")
            return named.value
        return None

    def _unsure(self, node: ast.Call, text: Text, variables: bool) -> None:
        if text.own:
            if text.marks or variables:
                self.source.note(
                    node,
                    "other values are put into this template before it is filled, so it was left alone: write it as "
                    'Prompt("… {{ name }} …") and hand the values over by name (name=value).',
                )
        elif variables:
            self.source.note(
                node,
                "a text with variables must be a Prompt, but where this text comes from is not seen here: if it is "
                "yours, write Prompt(text); what a participant wrote must stay a plain text, without variables.",
            )
        elif self.old:
            self.source.note(
                node,
                "this text is sent word for word now: right for what a participant wrote; if it is a template of "
                "yours, write Prompt(text).",
            )

    def _own_names(self, node: ast.Call, variables: list[ast.keyword]) -> None:
        taken = sorted(each.arg for each in variables if each.arg in OURS)
        if taken:
            self.source.note(
                node,
                f"{', '.join(taken)}: a setting of submit() in otree_ego, not a variable: if the template uses this "
                "name, give the variable another one.",
            )

    def _prepare(self, node: ast.Call, verb: ast.Attribute) -> None:
        text = self.texts.look(node.args[0])
        if self._stranger(verb.value) or len(node.args) != 1 or not (self.old or text.marks):
            return
        if not text.own or (text.foreign and not text.prompt):
            self.source.note(
                node,
                ".prepare(template) is Prompt(template).render(name=value, …) in otree_ego; for a template of your own "
                "only.",
            )
            return
        start, end = self.source.span(node)
        thread = self.source.segment(verb.value)
        first, last = self.source.span(node.args[0])
        opening = "" if text.prompt else f"{self._prompt()}("
        more = ", ".join(map(self.source.segment, node.keywords))
        given = f"**{thread}.public() | dict({more})" if more else f"**{thread}.public()"
        self.source.edit(start, first, opening)
        self.source.edit(last, end, f"{')' if opening else ''}.render({given})")
        self.source.note(
            node, ".prepare() became .render(): it sees the Thread's public attributes, never its history."
        )

    def _files(self) -> None:
        """What works on the text of a Prompt (from_file gives one) gets its text."""
        for node in ast.walk(self.source.tree):
            if not isinstance(node, ast.Call | ast.Name | ast.Attribute) or not self.texts.look(node).prompt:
                continue
            parent = self.source.parents.get(node)
            method = isinstance(parent, ast.Attribute) and parent.attr not in ("template", "render", "names")
            wrapped = isinstance(parent, ast.Call) and _name(parent.func) in WRAPPERS and node in parent.args
            if (method or wrapped or isinstance(parent, ast.BinOp)) and self.source.sure(node):
                _, end = self.source.span(node)
                self.source.edit(end, end, ".template")
            elif isinstance(parent, ast.FormattedValue):
                self.source.note(node, "from_file() gives a Prompt: for its text inside of another, add .template.")

    def _wrap(self, argument: ast.expr) -> None:
        start, end = self.source.span(argument)
        self.source.edit(start, start, f"{self._prompt()}(")
        self.source.edit(end, end, ")")

    def _prompt(self) -> str:
        if not self._called:
            self._called = self.need("Prompt")
        return self._called

    def _stranger(self, receiver: ast.expr) -> bool:
        """Whether a method is that of an imported module (``os.system``), not of a Thread."""
        return isinstance(receiver, ast.Name) and receiver.id in self._modules

    def _is_external(self, receiver: ast.expr) -> bool:
        """Whether all that is ever bound to the receiver's name is an ExternalThread."""
        name = _name(receiver)
        values = [value for value in self.texts.members(name) if _name(value) != name] if name else []
        return bool(values) and all(isinstance(v, ast.Call) and _name(v.func) == "ExternalThread" for v in values)


def _given(node: ast.Call, name: str) -> bool:
    return any(each.arg in (name, None) for each in node.keywords)


def _name(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
