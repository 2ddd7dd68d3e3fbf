"""The oTree adapter: the link, the tables on oTree's database, the chat, the export."""

import logging

from ..config import declare_services
from ..paths import static_dir, templates_dir
from ..settings import check_config
from ..words import words
from . import internals
from .export import custom_export
from .link import Link, ai, language_of, link
from .live import chat, chat_error, sweep

logging.getLogger("httpx2").setLevel(logging.WARNING)  # oTree's log would get a line for each request to a model
declare_services(getattr(internals.project_settings(), "EGO_SERVICES", {}))
internals.add_folders(templates_dir(), static_dir())
internals.add_template_name("ego_words", words(getattr(internals.project_settings(), "LANGUAGE_CODE", "en")[:2], {}))
internals.on_new_session(check_config)
if internals.is_server():
    internals.on_tables_created(sweep)

__all__ = ["Link", "ai", "chat", "chat_error", "custom_export", "language_of", "link"]
