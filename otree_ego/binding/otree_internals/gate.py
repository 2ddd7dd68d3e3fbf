"""Who comes to a web process that does not serve: an answer 503 that tries again by itself, until it does.

Every page of oTree's writes, also when it is only looked at. So nothing is answered but static files.
"""

from __future__ import annotations

import html
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qsl

from otree.common2 import static_files_app
from otree.database import DBSession
from otree.models import (
    Participant,
    Session,
)
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Router
from starlette.websockets import WebSocketClose

from ...languages.packs import base_of, direction_of, pack_of, texts_in
from ...languages.waiting_texts import SERVER
from . import lease
from .database import lock2
from .inner_requests import is_inner, room
from .startup import project_settings

AGAIN = 2
"""Seconds until a page tries again."""
MOST = 1_000_000
"""Bytes of a form that is sent again."""
KNOWN = 10_000
"""Participants and sessions of which the language is remembered."""
SENTENCE = (
    "This web process does not serve: another one serves on the same database, or the database cannot be reached. "
    "Its log says which. Try again in a few seconds."
)
_PAGE = """\
<!DOCTYPE html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #212529; max-width: 36rem;
  margin: 15vh auto 0; padding: 0 1.25rem }}
h1 {{ font-size: 1.5rem; font-weight: 500; line-height: 1.2 }}
.wait {{ width: 2rem; height: 2rem; border: .25rem solid #dee2e6; border-top-color: #0d6efd; border-radius: 50%;
  animation: turn 1s linear infinite }}
@keyframes turn {{ to {{ transform: rotate(1turn) }} }}
@media (prefers-reduced-motion: reduce) {{ .wait {{ animation: none }} }}
button {{ font: inherit; padding: .4rem 1rem }}
</style>
</head>
<body>
<div class="wait" aria-hidden="true"></div>
<h1>{title}</h1>
<p role="status">{text}</p>
{form}
</body>
</html>
"""
_FORM = """\
<form method="post" action="">{fields}<noscript><button>{button}</button></noscript></form>
<script>setTimeout(function () {{ document.forms[0].submit(); }}, {milliseconds});</script>"""
_languages: OrderedDict[str, str] = OrderedDict()
_static = Router([Mount("/static", app=static_files_app)])
_app: Any = Starlette
_usual_call = _app.__call__


async def _call(app: Any, scope: Any, receive: Any, send: Any) -> None:
    if not lease.serves() and scope["type"] in ("http", "websocket") and not await lease.confirmed():
        await _refuse(scope, receive, send)
        return
    is_page = scope["type"] == "http" and scope["path"].startswith("/p/") and not is_inner()
    try:
        if is_page:
            with room.serving(scope["path"].split("/")[2], scope["method"] == "POST"):
                await _usual_call(app, scope, receive, send)
        else:
            await _usual_call(app, scope, receive, send)
    except lease.LeaseLost:  # oTree commits before it answers
        if scope["type"] == "http":
            await _answer(scope, None)(scope, receive, send)


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(1013)(scope, receive, send)
    elif scope["path"].startswith("/static/"):
        await _static(scope, receive, send)
    else:
        fields = await _fields(Request(scope, receive))
        await _language(scope["path"])
        await _answer(scope, fields)(scope, receive, send)


async def _fields(request: Request) -> list[tuple[str, str]] | None:
    """What a participant's form holds; None if it is no such form."""
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or not request.url.path.startswith("/p/") or "urlencoded" not in kind:
        return None
    if int(request.headers.get("content-length") or MOST + 1) > MOST:
        return None
    body = (await request.body()).decode("utf-8", "replace")
    return parse_qsl(body, keep_blank_values=True)


def _answer(scope: Any, fields: list[tuple[str, str]] | None) -> Response:
    headers = {"Retry-After": str(AGAIN), "Cache-Control": "no-store"}
    if scope["path"].startswith("/api/"):
        return JSONResponse({"detail": SENTENCE}, 503, headers)
    language = _known_language(scope["path"])
    texts = texts_in("server", SERVER, language)
    refresh, form = f'<meta http-equiv="refresh" content="{AGAIN}">', ""
    if fields is not None:
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in fields
        )
        refresh, form = "", _FORM.format(fields=hidden, button=html.escape(texts["button"]), milliseconds=AGAIN * 1000)
    texts = {name: html.escape(text) for name, text in texts.items()}
    direction = ' dir="rtl"' if direction_of(language) == "rtl" else ""
    page = _PAGE.format(language=html.escape(language), direction=direction, refresh=refresh, form=form, **texts)
    return HTMLResponse(page, 503, headers)


def _codes(path: str) -> list[str]:
    return [part for part in path.split("/") if part.isalnum()]


def _known_language(path: str) -> str:
    found = [_languages[code] for code in _codes(path) if code in _languages]
    language = (found[0] if found else "") or str(getattr(project_settings(), "LANGUAGE_CODE", "en"))
    return language if base_of(language) in SERVER or pack_of(language) else "en"


async def _language(path: str) -> None:
    """Find out the language of the session that an address belongs to."""
    codes = [code for code in _codes(path)[:4] if code not in _languages]
    if not codes or any(code in _languages for code in _codes(path)):
        return
    async with lock2:
        session = DBSession()
        try:
            query = session.query(Session).outerjoin(Participant, Participant.session_id == Session.id)
            ours = Participant.code.in_(codes) | Session.code.in_(codes) | Session._anonymous_code.in_(codes)
            found = query.filter(ours).first()
            if found is not None:
                for code in codes:
                    _languages[code] = str(found.config.get("ego_language") or "")
        except SQLAlchemyError:
            pass
        finally:
            session.close()
    while len(_languages) > KNOWN:
        _languages.popitem(last=False)


def install() -> None:
    """Let only the process that holds the lease answer."""
    _app.__call__ = _call
