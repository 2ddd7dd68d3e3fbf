"""Keys that were given to the openai module go where otree_ego looks for them: into the environment."""

from __future__ import annotations

import ast

from .source import Source

VARIABLE = 'os.environ["OPENAI_API_KEY"]'


def rewrite_keys(source: Source) -> None:
    """Change ``openai.api_key = …``, and drop ``import openai`` where it was only there for that.

    Arguments:
        source: a file that imports alter_ego; its edits and notes are added to.
    """
    uses = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == "openai"]
    whole = [node for node in source.tree.body if isinstance(node, ast.Import) and _only(node, "openai")]
    if not whole:
        return
    settings = [_setting(source, node) for node in uses]
    for node, setting in zip(uses, settings, strict=True):
        if setting is not None and setting.attr != "api_key":
            source.note(
                node,
                f"openai.{setting.attr} is not read by otree_ego: its own settings are base_url= of a Thread, "
                "OPENAI_BASE_URL, and declare_service(…).",
            )
    targets = [setting for setting in settings if setting is not None and setting.attr == "api_key"]
    if len(targets) < len(uses):
        if targets and len(targets) < len([each for each in settings if each]):
            source.note(targets[0], f"openai.api_key is not read by otree_ego: set {VARIABLE} instead.")
        return
    for target in targets:
        source.replace(target, VARIABLE)
        source.note(target, "the key goes into the environment now; best set OPENAI_API_KEY outside of the script.")
    _drop(source, whole)


def _setting(source: Source, node: ast.Name) -> ast.Attribute | None:
    """``openai.x`` where something is assigned to it."""
    parent = source.parents.get(node)
    above = source.parents.get(parent) if parent else None
    if isinstance(parent, ast.Attribute) and isinstance(above, ast.Assign) and parent in above.targets:
        return parent
    return None


def _drop(source: Source, statements: list[ast.Import]) -> None:
    needed = any(isinstance(node, ast.Name) and node.id == "openai" for node in ast.walk(source.tree))
    has_os = any(isinstance(node, ast.Import) and _only(node, "os") for node in source.tree.body)
    for statement in statements:
        if needed and not has_os:
            source.replace(statement, "import os")
            has_os = True
        elif (lines := source.line_span(statement)) and len(source.tree.body) > 1:
            source.edit(*lines, "")


def _only(node: ast.Import, name: str) -> bool:
    return len(node.names) == 1 and node.names[0].name == name and node.names[0].asname is None
