"""The oTree adapter: importing it, in an oTree project, makes the project ready for Threads and chats."""

from .ai_participants import played_by
from .chats.group_page import group_chat
from .chats.page import chat, chat_error
from .decisions import form_fields as form_fields
from .decisions.records import custom_export_decisions
from .decisions.wait_page import AIWaitPage
from .export import custom_export
from .links.link import Link, ai, link
from .otree_internals.startup import SessionRefused
from .recruiting.arrivals import custom_export_entries
from .recruiting.completion_page import CompletionPage
from .recruiting.end_of_study import end_study, outcome_of
from .request_export import custom_export_requests
from .setup.app_settings import session_setting
from .setup.assignments import assign, custom_export_assignments
from .setup.chat_settings import app_texts, language_of, thread_from_config
from .setup.disclosures import disclosure, hides_ais
from .setup.groups import form_groups
from .setup.hooks import install
from .study.check_page import CheckPage, ScreenedOutPage, screened_out
from .study.debriefing_page import DebriefingPage
from .study.disclosed import models_in_record
from .study.end_page import EndPage
from .study.events import custom_export_events

install()

__all__ = [
    "AIWaitPage", "CheckPage", "CompletionPage", "DebriefingPage", "EndPage", "Link", "ScreenedOutPage",
    "SessionRefused", "ai", "app_texts", "assign", "chat", "chat_error", "custom_export",
    "custom_export_assignments",
    "custom_export_decisions", "custom_export_entries", "custom_export_events", "custom_export_requests", "disclosure",
    "end_study", "form_groups", "group_chat", "hides_ais", "language_of", "link", "models_in_record", "outcome_of",
    "played_by", "screened_out", "session_setting", "thread_from_config",
]  # fmt: skip
