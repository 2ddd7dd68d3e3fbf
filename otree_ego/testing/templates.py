"""How models' chat templates refuse messages: what a fake service says that serves such a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."


def _gemma(roles: Sequence[str]) -> str:
    return "System role not supported" if roles[:1] == ["system"] else _alternating(roles)


def _mistral(roles: Sequence[str]) -> str:
    return _alternating(roles[1:] if roles[:1] == ["system"] else roles)


def _user_last(roles: Sequence[str]) -> str:
    if roles[-1:] != ["user"]:
        return f"Expected last role User or Tool (or Assistant with prefix True) for serving but got {roles[-1]}"
    return ""


def _qwen(roles: Sequence[str]) -> str:
    return "System message must be at the beginning." if "system" in roles[1:] else ""


def _alternating(roles: Sequence[str]) -> str:
    wanted = ("user", "assistant")
    return "" if all(role == wanted[at % 2] for at, role in enumerate(roles)) else ALTERNATE


TEMPLATES: Mapping[str, Callable[[Sequence[str]], str]] = {
    "gemma": _gemma, "mistral": _mistral, "qwen": _qwen, "user_last": _user_last
}  # fmt: skip


def refusal(template: str, roles: Sequence[str]) -> str:
    """What a service says to messages with these roles, empty where its model's template takes them.

    Arguments:
        template: one of `TEMPLATES`; empty takes everything.
        roles: of the messages, oldest first.

    >>> refusal("gemma", ["system", "user"])
    'System role not supported'
    """
    return TEMPLATES[template](list(roles)) if template else ""
