"""Owner keys, read: which oTree object a row belongs to. They are made in `binding.links.owners`."""

from __future__ import annotations


def parse_owner(owner: str) -> dict[str, str]:
    """An owner key's parts: of, app, round, code (participant or session) or group id, suffix, seat.

    What stands after ``~`` tells closed Threads of one owner apart, and after ``~+`` those that were never attached.

    >>> parse_owner("player:chat:1:abc123#advisor")["suffix"]
    'advisor'
    """
    key, _, seat = owner.partition("/")
    key, _, suffix = key.partition("~")[0].partition("#")
    kind, *parts = key.split(":")
    found = {"of": kind, "app": "", "round": "", "participant": "", "group": "", "suffix": suffix, "seat": seat}
    if kind in ("player", "group", "subsession"):
        found.update(app=parts[0], round=parts[1])
    if kind == "player":
        found["participant"] = parts[2]
    elif kind == "group":
        found["group"] = parts[3]
    elif kind == "participant":
        found["participant"] = parts[0]
    return found
