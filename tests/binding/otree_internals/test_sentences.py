"""What we rely on so that oTree's own sentences can be in a project's own language."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import wtforms.validators

from otree_ego.languages.otree_sentences import KNOWN_TO_OTREE, OTREE

SPEC = find_spec("otree")
assert SPEC is not None and SPEC.submodule_search_locations
HOME = Path(SPEC.submodule_search_locations[0])
FORMS = "".join(file.read_text("utf-8") for file in Path(wtforms.validators.__file__).parent.rglob("*.py"))


def test_the_sentences_are_otree_s() -> None:
    text = (HOME / "locale" / "django.pot").read_text("utf-8")
    theirs = {found for found in re.findall(r'^msgid(?:_plural)? "(.+)"$', text, re.MULTILINE)}
    assert theirs <= set(OTREE["en"])
    assert all(any(mark + each + mark in FORMS for mark in "'\"") for each in set(OTREE["en"]) - theirs)


def test_the_languages_are_otree_s() -> None:
    folders = {each.name.partition("_")[0] for each in (HOME / "locale").iterdir() if each.is_dir()}
    assert folders | {"en"} == KNOWN_TO_OTREE


def test_otree_asks_gettext_where_we_answer() -> None:
    assert "return gettext_lib.dgettext('django', msg)" in (HOME / "i18n.py").read_text("utf-8")
    assert "from gettext import dngettext" in (HOME / "currency.py").read_text("utf-8")
    pages = (HOME / "views" / "abstract.py").read_text("utf-8")
    for text in ("timer_text = core_gettext(", "title_text = core_gettext("):
        assert text in pages
    for text in ("def set_attributes(self, participant)", "def render_page(self, context)"):
        assert text in pages
    nodes = (HOME / "templating" / "nodes.py").read_text("utf-8")
    assert "self.literal = self._apply_filters_to_literal(self.literal)" in nodes and "return self.literal" in nodes
    assert "<html>" in (HOME / "templates" / "otree" / "Base_UserFacing.html").read_text("utf-8")
    assert "msg = otree.constants.field_required_msg" in (HOME / "forms" / "forms.py").read_text("utf-8")
