"""All that changes in oTree when otree_ego is imported in a project."""

from __future__ import annotations

import logging

from ...chat_rules.settings import check_config
from ...chat_rules.words import words
from ...paths import static_dir, templates_dir
from ...providers.declarations import declare_providers, declare_services
from ...providers.openai.learned import keepers as lesson_keepers
from ...threads.driving import before_send
from ...threads.loose import keepers, never_tell
from ..chats.commands import answer_at_once
from ..chats.limits import count_elsewhere
from ..chats.open_rooms import end_replies_left, end_rooms, mark_stale, tell_pages
from ..decisions.records import custom_export_decisions
from ..decisions.task import resume_open, stop_all
from ..decisions.wait_page import outdated
from ..export import custom_export
from ..links.thread_stores import on_change, on_settled
from ..links.unattached import UnattachedThreads
from ..otree_internals import (
    app_checks,
    data_page,
    entry_pages,
    gate,
    group_arrivals,
    inner_requests,
    large_payloads,
    last_page,
    last_pages,
    lease,
    live_channel,
    new_sessions,
    outage,
    page_addresses,
    page_requests,
    reconnecting,
    sentences,
    serving,
    session_form,
    session_rounds,
    shutdown,
    startup,
    tables as tables,  # importing it makes them part of oTree's database
    timeout_worker,
    unwritten,
    wait_pages,
)
from ..otree_internals.writer import finish_writing
from ..pages_export import custom_export_pages
from ..recruiting import arrivals, end_of_study
from ..request_export import custom_export_requests
from ..seats import giving
from ..seats.arrivals_of_seats import follow_arrivals
from ..seats.choosing import begin_of, choose
from ..study.check_page import check_screening, tries_left
from ..study.debriefing_page import debriefing_of
from ..study.disclosed import notice_in
from ..study.end_page import goes_on
from ..study.events import custom_export_events
from ..study.pay import fee_for_waiting, pay
from ..study.played_partners import told_at_the_end
from ..takeover import watch
from . import lessons, session_surroundings
from .assignments import custom_export_assignments
from .chat_settings import check_language_of, check_own_settings, next_word, page_language, word_of
from .disclosures import draw, hides_ais, may_hide
from .model_endings import warn_of_endings
from .own_settings import FUNCTION, GROUP_FUNCTION
from .persona_prices import check_personas_of_apps

_OF_A_PLAYER = {
    "ego_debriefing": debriefing_of, "ego_goes_on": goes_on, "ego_hides_ais": hides_ais, "ego_pay": pay,
    "ego_tries_left": tries_left,
}  # fmt: skip
"""What templates ask of `player`."""


def install() -> None:
    """Make oTree know the package's files, words, settings and tables, and follow its server and its pages."""
    startup.warn_if_late()
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # oTree's log would get a line for each request to a model
    project = startup.project_settings()
    declare_providers(getattr(project, "EGO_PROVIDERS", {}))
    declare_services(getattr(project, "EGO_SERVICES", {}))
    startup.add_folders(templates_dir(), static_dir())
    startup.add_template_name("ego_words", words(getattr(project, "LANGUAGE_CODE", "en"), {}))
    startup.add_template_filter("ego_next", next_word)
    startup.add_template_filter("ego_word", word_of)
    startup.add_template_filter("ego_told_before", notice_in)
    for name, function in _OF_A_PLAYER.items():
        startup.add_template_filter(name, function)

    for part in (startup, live_channel, wait_pages, timeout_worker, shutdown, reconnecting, session_form, data_page):
        part.install()
    for part in (
        inner_requests,
        group_arrivals,
        lease,
        serving,
        gate,
        entry_pages,
        last_page,
        session_rounds,
        app_checks,
        last_pages,
        page_addresses,
        page_requests,
    ):
        part.install()
    large_payloads.install()
    sentences.install(page_language)
    data_page.add_export("messages", custom_export)
    data_page.add_export("decisions", custom_export_decisions)
    data_page.add_export("requests", custom_export_requests)
    data_page.add_export("assignments", custom_export_assignments)
    data_page.add_export("entries", arrivals.custom_export_entries)
    entry_pages.arrived.append(arrivals.note)
    entry_pages.full.append(end_of_study.full_session)
    entry_pages.language.append(end_of_study.language_for)
    last_page.at_the_end.append(end_of_study.last_page)
    data_page.add_export("events", custom_export_events)
    data_page.add_export("pages", custom_export_pages)
    startup.on_new_session(check_config)
    startup.on_new_session(check_personas_of_apps)
    startup.on_new_session(end_of_study.check_last_app)
    page_addresses.hide_where(hides_ais, may_hide)
    startup.on_participants_made(check_screening)
    startup.on_participants_made(draw)
    startup.on_participants_made(choose)
    startup.on_new_session(check_language_of)
    new_sessions.install()
    new_sessions.on_players_made(FUNCTION, "Player", check_own_settings)
    new_sessions.on_players_made(GROUP_FUNCTION, "Group", check_own_settings)
    new_sessions.on_ready(begin_of)
    follow_arrivals()
    watch.install()
    startup.on_new_session(watch.check_takeover)
    end_of_study.said_at_the_end += [told_at_the_end, fee_for_waiting]
    # In servers, when no other one works on them.
    for begins in (unwritten.take_up, end_replies_left, lessons.load, resume_open, giving.resume, watch.begin):
        serving.on_begin(begins)
    serving.on_begin(session_surroundings.begin)
    startup.on_session_made(session_surroundings.note)
    serving.on_begin(lambda: warn_of_endings(project.SESSION_CONFIGS))
    for ends in (end_rooms, stop_all, giving.stop_all, watch.end):
        serving.on_end(ends)
    shutdown.last_works.append(giving.finish)
    shutdown.last_works.append(finish_writing)
    before_send.append(lease.before_request)
    lesson_keepers.append(lessons.note)
    wait_pages.on_waiting(outdated)
    live_channel.answer_first(answer_at_once)
    on_change.append(mark_stale)
    outage.on_end.append(tell_pages)
    on_settled.append(count_elsewhere)
    keepers.insert(0, UnattachedThreads())
    never_tell()
