"""oTree's check of the apps, when ``otree devserver`` starts: a function that we call is not "defined but not used"."""

from __future__ import annotations

import otree.checks

from .session_rounds import DECLARED

CALLED = frozenset({DECLARED, "ai_live", "ego_settings", "ego_group_settings"})
"""Functions of an app that nothing in it calls: we do."""
_is_builtin = otree.checks.is_builtin


def install() -> None:
    """Let oTree take them for functions that somebody calls."""
    otree.checks.is_builtin = _is_known


def _is_known(function: str) -> bool:
    return function in CALLED or bool(_is_builtin(function))
