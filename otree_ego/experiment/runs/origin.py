"""What makes a design this one, and how its process was started."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ...public import LATER


def digest(design: Any) -> str:
    """What makes a design this one, as 64 hexadecimal digits; the same in every process and on every machine.

    >>> digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(design, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    kept = getattr(value, "__dict__", None)
    if isinstance(kept, dict) and kept:
        unsaid = _unsaid(value)
        held = {str(name): each for name, each in kept.items() if name not in unsaid}
        return {"type": type(value).__qualname__, **held}
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _unsaid(value: Any) -> set[str]:
    """Fields that came into a class later, and have their default: a design of before is the same with them."""
    if not is_dataclass(value):
        return set()
    return {each.name for each in fields(value) if LATER in each.metadata and getattr(value, each.name) == each.default}


def without_keys(arguments: Sequence[str]) -> list[str]:
    """A command line's arguments without what looks like a key, which is never stored.

    >>> without_keys(["--model", "gpt-6-luna", "--api-key", "abc", "--token=abc", "sk-abcdefgh"])
    ['--model', 'gpt-6-luna', '--api-key', '[key]', '--token=[key]', '[key]']
    """
    found: list[str] = []
    for before, each in zip(["", *arguments], arguments, strict=False):
        name, equals, _ = each.partition("=")
        if _KEY_NAME.search(before) and before.startswith("-") and "=" not in before and not each.startswith("-"):
            found.append("[key]")
        elif equals and _KEY_NAME.search(name):
            found.append(f"{name}=[key]")
        else:
            found.append("[key]" if _KEY.match(each) else each)
    return found


_KEY_NAME = re.compile(r"key|token|secret|password", re.IGNORECASE)
_KEY = re.compile(r"(?:sk|pk|rk|gsk|xai|AIza)[-_]?\w{6,}")


def origin() -> dict[str, Any]:
    """How this process was started, for the record: script, arguments, folder, versions."""
    main = sys.modules.get("__main__")
    script = getattr(main, "__file__", None)
    from ...version import __version__

    return {
        "script": str(Path(script).absolute()) if script else "",
        "arguments": without_keys(sys.argv[1:]) if script else [],
        "folder": str(Path.cwd()),
        "versions": {"otree_ego": __version__, "python": platform.python_version()},
    }
