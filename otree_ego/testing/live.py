"""Live methods in oTree's bots: oTree 6 makes their generators and never runs them; this does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any


def live(call: AsyncIterator[Any]) -> list[Any]:
    """Run one call of a live method to its end, replies of the chat included; for ``call_live_method`` in ``tests.py``.

    Arguments:
        call: what ``method(id_in_group, data)`` returns.

    Returns:
        what the live method sent, a dict each: ``{id_in_group: payload}``.

    In an app's ``tests.py``::

        def call_live_method(method, **kwargs):
            live(method(1, {"ego": {"do": "say", "text": "Hello!", "id": "1"}}))
    """
    # A bot runs in a project, where the binding is loaded; elsewhere this module must load without it.
    from ..binding.chats.open_rooms import rooms
    from ..binding.otree_internals.database import fields_read_anew  # as above
    from ..binding.otree_internals.writer import lock_is_ours  # as above

    async def run() -> list[Any]:
        with lock_is_ours():
            sent = [item async for item in call]
            for room in rooms():
                await room.idle()
        return sent

    with fields_read_anew():  # on_reply may have written some
        return asyncio.run(run())
