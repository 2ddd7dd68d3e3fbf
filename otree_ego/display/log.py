"""The log of the package: each record is one harmless line, whatever a service or a participant has sent."""

from __future__ import annotations

import logging
import traceback

from .harmless import for_log, for_terminal


class _Harmless(logging.Filter):
    """Makes a record's text, and its traceback, harmless before any handler sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except Exception:  # a wrong format: logging says so itself
            return True
        record.msg, record.args = for_log(text), ()
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = for_terminal("".join(traceback.format_exception(*record.exc_info))).rstrip("\n")
        return True


logger = logging.getLogger("otree_ego")
"""What everybody in the package logs with."""
if not any(isinstance(each, _Harmless) for each in logger.filters):
    logger.addFilter(_Harmless())
