"""Where alter_ego's public names are found in otree_ego."""

from __future__ import annotations

from collections.abc import Sequence

OLD = "alter_ego"
TOP = "otree_ego"
AGENTS = (
    "CLIThread", "ConstantThread", "ExternalThread", "GPTThread", "OllamaThread", "OpenRouterThread", "TextSynthThread",
)  # fmt: skip
MODULES: dict[str, tuple[str, dict[str, str]]] = {
    "alter_ego.agents": (
        "otree_ego.agents",
        {**{name: name for name in AGENTS}, "Thread": "Thread", "APIThread": "Thread", "Conversation": "Conversation"},
    ),
    "alter_ego.structure": (TOP, {"Thread": "Thread", "Conversation": "Conversation"}),
    "alter_ego.utils": (
        TOP,
        {name: name for name in ("exclusive_response", "extract_number", "from_file", "homogenize", "to_html")},
    ),
    "alter_ego.experiment": ("otree_ego.experiment", {"Experiment": "Experiment", "factorial": "factorial"}),
    "alter_ego.exports.otree": (TOP, {"link": "link"}),
}
"""For each module of alter_ego: the module that takes its place, and its names with their names there."""
STARS = {"alter_ego.agents": ("*",)}
"""What a star import becomes where it can stay one; elsewhere it is written out."""
ELSEWHERE = {"Thread": TOP, "Conversation": TOP}
"""Names that have another home than the rest of their old module."""


def module_of(path: str) -> str:
    """The module of the table that a dotted path names: a class's own file counts as the package that shows it.

    >>> module_of("alter_ego.agents.GPTThread"), module_of("alter_ego.exports.otree"), module_of("alter_ego.cli")
    ('alter_ego.agents', 'alter_ego.exports.otree', '')
    """
    if path in MODULES:
        return path
    parent, _, last = path.rpartition(".")
    return parent if parent in MODULES and last in MODULES[parent][1] else ""


def home_of(module: str, name: str) -> tuple[str, str] | None:
    """The module and the name in otree_ego of a name in a module of alter_ego, or None.

    >>> home_of("alter_ego.agents", "APIThread"), home_of("alter_ego.utils", "nothing")
    (('otree_ego', 'Thread'), None)
    """
    home, names = MODULES[module]
    new = names.get(name)
    return None if new is None else (ELSEWHERE.get(new, home), new)


def dotted(parts: Sequence[str]) -> tuple[int, str] | None:
    """What a dotted use becomes: how many of its parts are replaced, and by what; None where there is no such name.

    >>> dotted(["alter_ego", "structure", "Conversation", "now"])
    (3, 'otree_ego.Conversation')
    """
    for length in range(len(parts) - 1, 1, -1):
        module = ".".join(parts[:length])
        if module not in MODULES:
            continue
        found = home_of(module, parts[length])
        if found is None:
            return None
        # alter_ego keeps each class in a file of the class's own name.
        twice = length + 1 < len(parts) and parts[length + 1] == parts[length]
        return length + 1 + twice, ".".join(found)
    return None
