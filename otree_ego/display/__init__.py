"""Texts of models, services and strangers as a terminal and a log may have them."""

from .harmless import for_log, for_terminal, on_one_line, say
from .log import logger
from .times import clock, countdown, utc, when

__all__ = ["clock", "countdown", "for_log", "for_terminal", "logger", "on_one_line", "say", "utc", "when"]
