"""How much of what a service sends is taken.

More than these is a `BadReply` that says which limit it was; of an error's words only the beginning is kept.
"""

from __future__ import annotations

REPLY_BYTES = 64_000_000
"""Bytes of one reply, unpacked."""
EVENT_BYTES = 8_000_000
"""Bytes of one event of a stream, or of a reply that comes as one JSON object."""
ITEMS = 100_000
"""Values of one list or object that is kept of an event of more than 32 kB."""
EVENTS = 400_000
"""Events of one stream."""
TEXT = 2_000_000
"""Characters of a reply's text, and of its thoughts."""
ERROR_BYTES = 64_000
"""Bytes of an error's body, unpacked; what comes after them is not read."""
WORDS = 4_000
"""Characters of an error's words that are looked at; 300 are shown."""
NAME = 300
"""Characters of a model's name, as the service gives it."""
REASON = 100
"""Characters of a finish reason."""
COUNT = 2**31 - 1
"""The largest number of tokens; what is above cannot be true, and is unknown."""
WAIT = 86_400.0
"""Seconds that a service may ask to wait; more are taken for these."""
