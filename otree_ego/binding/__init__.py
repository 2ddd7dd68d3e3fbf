"""The oTree adapter: the link, the tables on oTree's database, the chat, the export."""

import logging

from ..chat_rules.settings import check_config
from ..chat_rules.words import words
from ..paths import static_dir, templates_dir
from ..providers.services import declare_services
from .chats.group_room import group_chat
from .chats.page import chat, chat_error, sweep
from .decisions.records import custom_export_decisions
from .decisions.wait_page import AIWaitPage
from .export import custom_export
from .links.link import Link, ai, language_of, link, next_word, thread_from_config
from .otree_internals import shutdown as shutdown, startup, timeout_worker as timeout_worker
from .otree_internals.startup import SessionRefused
from .setup.app_settings import session_setting
from .setup.assignments import assign, custom_export_assignments
from .setup.groups import form_groups

logging.getLogger("httpx2").setLevel(logging.WARNING)  # oTree's log would get a line for each request to a model
declare_services(getattr(startup.project_settings(), "EGO_SERVICES", {}))
startup.add_folders(templates_dir(), static_dir())
startup.add_template_name("ego_words", words(getattr(startup.project_settings(), "LANGUAGE_CODE", "en")[:2], {}))
startup.add_template_filter("ego_next", next_word)
startup.on_new_session(check_config)
if startup.is_server():
    startup.on_tables_created(sweep)

__all__ = [
    "AIWaitPage", "Link", "SessionRefused", "ai", "assign", "chat", "chat_error", "custom_export",
    "custom_export_assignments", "custom_export_decisions", "form_groups", "group_chat", "language_of", "link",
    "session_setting", "thread_from_config",
]  # fmt: skip
