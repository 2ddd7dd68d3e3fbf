"""The oTree adapter: the link, the tables on oTree's database, the chat, the export."""

import logging

from ..config import declare_services
from ..paths import static_dir, templates_dir
from ..settings import check_config
from ..words import words
from . import internals
from .appsettings import session_setting
from .assigning import assign, custom_export_assignments
from .decisions import custom_export_decisions
from .export import custom_export
from .groupchat import group_chat
from .grouping import form_groups
from .internals import SessionRefused
from .link import Link, ai, language_of, link, next_word, thread_from_config
from .live import chat, chat_error, sweep
from .waiting import AIWaitPage

logging.getLogger("httpx2").setLevel(logging.WARNING)  # oTree's log would get a line for each request to a model
declare_services(getattr(internals.project_settings(), "EGO_SERVICES", {}))
internals.add_folders(templates_dir(), static_dir())
internals.add_template_name("ego_words", words(getattr(internals.project_settings(), "LANGUAGE_CODE", "en")[:2], {}))
internals.add_template_filter("ego_next", next_word)
internals.on_new_session(check_config)
if internals.is_server():
    internals.on_tables_created(sweep)

__all__ = [
    "AIWaitPage", "Link", "SessionRefused", "ai", "assign", "chat", "chat_error", "custom_export",
    "custom_export_assignments", "custom_export_decisions", "form_groups", "group_chat", "language_of", "link",
    "session_setting", "thread_from_config",
]  # fmt: skip
