"""The link between oTree's objects and Threads."""

from .link import Link, ai, language_of, link, next_word, settings_of, thread_from_config

__all__ = ["Link", "ai", "language_of", "link", "next_word", "settings_of", "thread_from_config"]
