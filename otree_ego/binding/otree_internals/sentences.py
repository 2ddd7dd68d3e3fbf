"""oTree's own sentences in the language of whoever reads the page: Next, the timer, the errors of a form.

oTree asks gettext for them, with one language for the whole project. Here a page notes whose it is, and the answer
comes from the project's own language (``ego_words/…``), or from what oTree has in that language. Nothing of oTree's
files is touched, and pages of other languages than the participant's see what oTree gives.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import otree.constants
import otree.currency
import otree.settings
from otree.forms.forms import ModelForm
from otree.templating.nodes import Expression
from otree.views import abstract
from wtforms.i18n import DummyTranslations, get_translations  # type: ignore[import-untyped]

from ...languages.otree_sentences import OTREE
from ...languages.packs import base_of, code_of, direction_of, pack_of, texts_in

LOCALE = str(Path(abstract.__file__).parents[1] / "locale")
_PAGE: ContextVar[Any] = ContextVar("otree_ego_page", default=None)
_language_of: list[Callable[[Any, str], str]] = []
_usual = {name: getattr(gettext, name) for name in ("dgettext", "dngettext")}
_usual_attributes = abstract.FormPageOrInGameWaitPage.set_attributes
_usual_render = abstract.FormPageOrInGameWaitPage.render_page
_usual_validate = ModelForm.validate
_usual_apply, _usual_eval = Expression._apply_filters_to_literal, Expression.eval


def install(language_of: Callable[[Any, str], str]) -> None:
    """Answer oTree's questions for its sentences.

    Arguments:
        language_of: says in which language a player reads, who is given with the session's code; such as ``"ja"``.
    """
    _language_of[:] = [language_of]
    for name, ours in (("dgettext", _dgettext), ("dngettext", _dngettext)):
        setattr(gettext, name, ours)
    otree.currency.dngettext = _dngettext  # it has taken the name over
    abstract.FormPageOrInGameWaitPage.set_attributes = _set_attributes
    abstract.FormPageOrInGameWaitPage.render_page = _render
    ModelForm.validate = _validate
    Expression._apply_filters_to_literal, Expression.eval = _keep, _eval
    ModelForm.Meta.get_translations = lambda _meta, _form: _OfForms()
    for page in vars(abstract).values():
        for name, sentence in (("timer_text", "Time left to complete this page:"), ("title_text", "Please wait")):
            if isinstance(page, type) and isinstance(vars(page).get(name), str):  # translated when it was imported
                setattr(page, name, _Sentence(sentence))


class _Sentence:
    """A page's text that it has in the language of its reader, unless the page has one of its own."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __get__(self, page: Any, kind: Any) -> str:
        return _dgettext("django", self.sentence)


def _keep(expression: Any, text: Any) -> Any:
    """oTree translates a template's sentences once, when it first reads the template: here each page does it."""
    later = any(name == "gettext" for name, *_ in expression.filters)
    return text if later else _usual_apply(expression, text)


def _eval(expression: Any, context: Any) -> Any:
    found = _usual_eval(expression, context)
    later = expression.is_literal and any(name == "gettext" for name, *_ in expression.filters)
    return _usual_apply(expression, found) if later else found


# --- whose page it is -----------------------------------------------------------------------------------------------


def _set_attributes(page: Any, participant: Any) -> None:
    _usual_attributes(page, participant)
    _PAGE.set(page)


def language() -> str:
    """The language of whoever reads the page that is being made; the project's where it is none of a participant's."""
    page = _PAGE.get()
    usual = code_of(otree.settings.LANGUAGE_CODE)
    if page is None or not _language_of:
        return usual
    if "_otree_ego_language" not in vars(page):
        page._otree_ego_language = usual  # what is asked for meanwhile
        page._otree_ego_language = _language_of[0](page.player, page.participant._session_code)
    return str(page._otree_ego_language)


def _render(page: Any, context: Any) -> Any:
    response = _usual_render(page, context)
    code = language()
    if code != code_of(otree.settings.LANGUAGE_CODE) or pack_of(code) or direction_of(code) == "rtl":
        tag = f'<html lang="{code}" dir="{direction_of(code)}">'.encode()
        response.body = response.body.replace(b"<html>", tag, 1)
        response.headers["content-length"] = str(len(response.body))
    return response


# --- the sentences --------------------------------------------------------------------------------------------------


def _dgettext(domain: str, sentence: str) -> str:
    own = _own(sentence) if domain in ("django", "messages") else None
    if own is not None:
        return own
    other = _other_language()
    if other is None or (domain != "django" and sentence not in OTREE["en"]):
        return str(_usual["dgettext"](domain, sentence))
    return other.gettext(sentence)


def _dngettext(domain: str, one: str, many: str, number: Any) -> str:
    own = _own(one if number == 1 else many) if domain == "django" else None
    if own is not None:
        return own
    other = _other_language() if domain == "django" else None
    if other is None:
        return str(_usual["dngettext"](domain, one, many, number))
    return other.ngettext(one, many, number)


def _own(sentence: str) -> str | None:
    """A sentence in the project's own language, as it can stand in HTML and in a script."""
    if sentence not in OTREE["en"]:
        return None
    code = language()
    pack = pack_of(code)
    if pack is None or "otree" not in pack.sections:
        return None
    text = texts_in("otree", OTREE, code)[sentence]
    return None if text == sentence else text.replace("'", "’").replace('"', "”").replace("\\", "")


def _other_language() -> gettext.NullTranslations | None:
    """What oTree has in the reader's language, where that is not the project's."""
    code = language()
    return None if base_of(code) == base_of(otree.settings.LANGUAGE_CODE) else _otree_in(code)


@lru_cache
def _otree_in(code: str) -> gettext.NullTranslations:
    names = [{"zh": "zh_Hans", "no": "nb"}.get(base_of(code), base_of(code))]
    return gettext.translation("django", LOCALE, names, fallback=True)


# --- forms ----------------------------------------------------------------------------------------------------------


class _OfForms:
    """wtforms asks for the sentences of a form's errors here."""

    def gettext(self, sentence: str) -> str:
        own = _own(sentence)
        return str(_wtforms_in(base_of(language())).gettext(sentence)) if own is None else own

    def ngettext(self, one: str, many: str, number: Any) -> str:
        own = _own(one if number == 1 else many)
        return str(_wtforms_in(base_of(language())).ngettext(one, many, number)) if own is None else own


@lru_cache
def _wtforms_in(code: str) -> Any:
    try:
        return get_translations([code])
    except OSError:  # wtforms does not have this language
        return DummyTranslations()


def _validate(form: Any) -> bool:
    fine = bool(_usual_validate(form))
    if not fine:  # oTree adds this one as it was translated when the server started
        usual, ours = otree.constants.field_required_msg, _dgettext("django", "This field is required.")
        for field in form:
            if usual in field.errors:
                field.errors = [ours if each == usual else each for each in field.errors]
    return fine
