"""What players rely on in the HTML that oTree serves: all of it stands here.

`tests/players/test_otree_html.py` says each of these facts of pages that oTree has really served. A page without them
(a base template of one's own, say) is still read: all of its body then counts.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

TITLE = "#_otree-title"
FORM = "form#form"
FORM_ID = "form"
OF_THE_FORM = f'[form="{FORM_ID}"]'
"""A control outside of the form that belongs to it all the same."""
PAGE_ERRORS = "otree-form-errors"
"""The class of the box that says what is wrong with the form as a whole."""
UNNAMED = (
    "Please fix the errors.",
    "الرجاء تصحيح الأخطاء في النموذج",
    "Opravte prosím chyby ve formuláři.",
    "Bitte korrigieren Sie die Fehler.",
    "Por favor corrija los errores.",
    "Korjaa virheet.",
    "S'il vous plaît, veuillez corriger les erreurs.",
    "נא לתקן את השגיאות",
    "कृपया त्रुटियों को ठीक करें।",
    "Kérjük, javítsa ki az oldalon lévő hibákat.",
    "Perbaiki kesalahan tersebut.",
    "Si prega di correggere gli errori.",
    "誤りを訂正してください",
    "입력 양식의 내용이 잘못되었습니다. 바로잡아주세요.",
    "Vennligst rett feil i skjemaet.",
    "Corrigeer de fouten in het formulier.",
    "Proszę poprawić błędy.",
    "Por favor, verifique os erros.",
    "Пожалуйста внесите исправления в поля формы.",
    "Lütfen formdaki hataları düzeltin.",
    "请修复错误。",
)
"""What PAGE_ERRORS says, in each of oTree's languages, when the app says nothing of the form as a whole."""
FIELD_ERRORS = "form-control-errors"
"""The class of what is wrong with a field: it stands beside the control, inside an element of the class FIELD."""
UNSHOWN = "hidden-form-errors-warning"
UNSHOWN_ERRORS = f"#{UNSHOWN} code"
"""In the debug box, names of fields with errors that the page does not show, among other words."""
FIELD = "_formfield"
TICK_FIELD = "form-check"
"""The class of the frame of a box to tick; a radio button's own frame has it, too, inside that of its field."""
HELP = "form-text"
NOT_PART_OF_THE_PAGE = frozenset(
    ("otree-timer", "powered-by-otree", "debug-info", PAGE_ERRORS, FIELD_ERRORS, "otree-chat")
)
"""Classes of what oTree adds, besides what is read otherwise: the timer, its own line, the debug box, the chat."""
WAITING = "otree-wait-page"
"""The class of the body of a wait page, and of a room that has no session yet."""
BY_ARRIVAL = "group_by_arrival_time"
"""In the address of the socket of a wait page that makes groups by arrival."""
OWN_FILES = "/static/otree/"
END_PATH = "/OutOfRangeNotification/"
NO_CHOICE = re.compile(r"-{2,}")
"""What the first option of a drop-down menu says: nothing is chosen."""

_PAGE = re.compile(r"/p/(?P<code>[^/?]+)/(?P<app>[^/?]+)/(?P<page>[^/?]+)/(?P<index>\d+)/?(?:\?.*)?$")
_OWN_LINK = re.compile(r"/(?:InitializeParticipant|OutOfRangeNotification)/([^/?]+)/?(?:\?.*)?$")
_TIMER = re.compile(r"remainingTimeoutSeconds\s*=\s*(-?[\d.]+)")
_SOCKET = re.compile(r"makeReconnectingWebSocket\(\s*[\"']([^\"']+)[\"']")
_LIVE = re.compile(r"id=\"otree-live\"\s+data-socket-url=\"([^\"]+)\"")
_VARIABLES = "var js_vars = "
_CHAT = re.compile(r"varsFromDjango\s*=\s*(\{.*?\})\s*;", re.DOTALL)
OWN_CHAT = "otree_ego/chat"
"""In the address of the script of this package's chat."""
SENDS = re.compile(
    r"(?:(?:this|event\.target)\.form|(?:document\.)?forms\[[^\]]+\]|(?:document\.forms\.)?form"
    r"|document\.getElementById\(['\"]form['\"]\)|document\.querySelector\(['\"](?:#?form|form#form)['\"]\)"
    r"|\$\(['\"]#form['\"]\))\.(?:submit|requestSubmit)\(\);?"
)
"""What a click does, for a button of scripts that does nothing but send the form."""
_SUBMITS = re.compile(r"\.(?:submit|requestSubmit)\(")


def place_of(address: str) -> tuple[str, str, str, int]:
    """The participant's code, the app, the page and its index in an address; empty and 0 where it is no page's.

    >>> place_of("http://localhost:8000/p/abc123/ultimatum/Offer/3")
    ('abc123', 'ultimatum', 'Offer', 3)
    """
    found = _PAGE.search(address)
    return (found["code"], found["app"], found["page"], int(found["index"])) if found else ("", "", "", 0)


def code_of(address: str) -> str:
    """The participant's code in an address of theirs; empty where there is none.

    >>> code_of("http://localhost:8000/InitializeParticipant/abc123?x=1"), code_of("http://localhost:8000/join/abc")
    ('abc123', '')
    """
    found = _OWN_LINK.search(address)
    return found[1] if found else place_of(address)[0]


def is_otrees(address: str, source: str) -> bool:
    """Whether a page is one of oTree's: a participant's own, or one with oTree's own files or a wait page's class.

    >>> is_otrees("http://localhost/p/abc123/game/Offer/3", ""), is_otrees("http://localhost/join/abc", "<p>News</p>")
    (True, False)
    """
    return bool(code_of(address)) or OWN_FILES in source or WAITING in source


def seconds_left(source: str) -> float | None:
    """How many seconds a page's timer had when it was served; None without one.

    >>> seconds_left("var remainingTimeoutSeconds = 8.5;")
    8.5
    """
    found = _TIMER.search(source)
    return None if found is None else float(found[1])


def sends_itself(source: str) -> bool:
    """Whether a page's own scripts send its form; the timer's does so on each page that has one.

    >>> sends_itself("<script>document.getElementById('form').submit()</script>")
    True
    """
    if "ubmit(" not in source:
        return False
    return len(_SUBMITS.findall(source)) > (1 if _TIMER.search(source) else 0)


def waiting_socket(source: str) -> str:
    """The address of the socket on which a wait page is told to go on; empty if there is none."""
    found = _SOCKET.search(source)
    return html.unescape(found[1]).replace("\\u0026", "&") if found else ""


def live_socket(source: str) -> str:
    """The address of a live page's socket; empty if it is none."""
    found = _LIVE.search(source)
    return html.unescape(found[1]) if found else ""


def script_variables(source: str) -> dict[str, Any]:
    """What a page's `js_vars` tells its scripts.

    >>> script_variables('<script>var js_vars = {"my_id": 2};</script>')
    {'my_id': 2}
    """
    start = source.find(_VARIABLES)
    if start < 0:
        return {}
    try:
        found, _ = json.JSONDecoder().raw_decode(source, start + len(_VARIABLES))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def chat_variables(source: str) -> list[str]:
    """What oTree's own chats on a page tell their scripts: JSON, one text a chat."""
    return _CHAT.findall(source)
