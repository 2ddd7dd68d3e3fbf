"""oTree's *Configure session* form: the fields that it shows, and what comes back from them.

oTree writes ``<input type='text' value='{}'>`` and escapes nothing: a browser ends the text at its first apostrophe,
reads ``&lt;`` as ``<`` and drops line breaks. Here a text gets a field that holds all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from otree.channels.consumers import BaseCreateSession, WSCreateSession
from otree.session import SESSION_CONFIGS_DICT, SessionConfig

from ...chat_rules.configured_values import Returned, read, show
from ...errors import ConfigError
from .database import lock2

KINDS = (str, int, float)
"""Of the values that oTree's form offers, those that are read here; its checkboxes for True and False are right."""

_usual_field = SessionConfig.editable_field_html
_usual_receive = WSCreateSession.post_receive_json
_usual_create = WSCreateSession.create_session_then_send_start_link


def install() -> None:
    """Take over the fields of the form, and what it sends; sessions of the admin stand in oTree's line."""
    SessionConfig.editable_field_html = _field
    WSCreateSession.post_receive_json = _receive
    # oTree makes these sessions in a thread, over the connection that all share, without its lock. What others write
    # meanwhile would be committed with half a session, or be rolled back: as soon as one of these pages is closed.
    BaseCreateSession.lock = lock2
    WSCreateSession.create_session_then_send_start_link = _create


# --- the page -------------------------------------------------------------------------------------------------------


def _field(config: Any, name: str) -> str:
    value = config[name]
    if name in config.builtin_editable_fields():
        return str(_usual_field(config, name))
    shown = show(name, value)
    identifier = escape(config.html_field_name(name))
    about = f"<small class='form-text text-muted d-block'>{escape(shown.help)}</small>" if shown.help else ""
    if type(value) is not str:
        field, cell, rest = _usual_field(config, name).rpartition("</td>")
        return f"{field}{about}{cell}{rest}"
    attributes = f"id='{identifier}' name='{identifier}' class='form-control' autocomplete='off'"
    if shown.lines:  # a browser drops the first line break
        box = f"<textarea {attributes} rows='{shown.lines}'>\n{escape(shown.text)}</textarea>"
    else:
        box = f"<input {attributes} type='text' value='{escape(shown.text)}'>"
    mark = f"<input type='hidden' name='{_mark(identifier)}' value='1'>"
    return f"<tr><td><label for='{identifier}'><b>{escape(name)}</b></label><td>{box}{mark}{about}</td>"


def _mark(field: str) -> str:
    return f"{field}:whole"


# --- what comes back ------------------------------------------------------------------------------------------------


async def _receive(consumer: Any, form: Any, **address: Any) -> None:
    try:
        left, values = _values(form)
    except ConfigError as error:
        await consumer.send_json({"validation_errors": str(error)})
        return
    consumer.otree_ego_values = values
    await _usual_receive(consumer, left, **address)


def _values(form: Any) -> tuple[Any, dict[str, Any]]:
    """What is left of a form for oTree, which takes a field that is missing for an unchanged one; the other values."""
    config = SESSION_CONFIGS_DICT.get(str(form.get("session_config"))) if isinstance(form, Mapping) else None
    if config is None:
        return form, {}
    left, values = dict(form), {}
    for name in config.custom_editable_fields():
        configured, field = config[name], config.html_field_name(name)
        if type(configured) not in KINDS:
            continue
        whole, text = _mark(field) in left, left.pop(field, None)
        if text is not None:
            value = read(Returned(name, configured, str(text), whole))
            if type(value) is not type(configured) or value != configured:
                values[name] = value
    return left, values


async def _create(consumer: Any, **details: Any) -> None:
    details["modified_session_config_fields"] = {
        **(details.get("modified_session_config_fields") or {}),
        **consumer.otree_ego_values,
    }
    await _usual_create(consumer, **details)
