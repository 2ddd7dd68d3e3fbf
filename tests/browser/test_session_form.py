"""oTree's *Create session* page in a real browser: a text setting arrives whole, edited or not, also through a room.

The first tests are of oTree alone: what it makes of texts, and that this is what we take it for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.chat import TALK, TALK_FILES
from harness.chat_window import SETTINGS
from playwright.sync_api import Page, expect

from otree_ego.chat_rules.configured_values import as_otree_shows
from otree_ego.chat_rules.settings import SETTINGS as ROWS

PROMPT = "You are a broker.\nBe polite.\n\nDon't reveal your limit; it's 12."
TEXTS = {
    "ego_system_prompt": PROMPT,
    "ego_fallback_text": "I can't answer.",
    "ego_word_start": "Say 'hello' & <b>begin</b>",
    "game_personas": 'Ada: You\'re curious. | Ben [addressed]: You "doubt", politely.',
    "quotes": "\"double\" 'single' “curly” `back`",
    "marks": "1 < 2 > 0 & 3 &amp; 4 &lt; 5 &#39; 6 &copy 7 &copyright &notit; &amp=1",
    "windows": "one\r\ntwo\r\nthree",
    "mixed": "one\r\ntwo\nthree\rfour",
    "old_mac": "one\rtwo",
    "tabs": "\ta\tb\t",
    "blanks": "  two before, three after   ",
    "breaks": "\n\nbetween\n\n",
    "only_break": "\n",
    "emoji": "🥚👩‍👩‍👧 ﷽ e\u0301 \u2028 \u200b",
    "ends_area": "before </textarea></td></table></form> after",
    "script": '</textarea><script>document.title = "gone"</script>',
    "braces": "{{ api_key }} {% if %} {n} %s",
    "control": "a\x0bb\x0cc\x01d",
    "long": "Do not say 12. " * 1400,
    "long_lines": "It is a line; don't cut it.\n" * 700,
    "apostrophe": "'",
    "at_its_beginning": "'Tis",
    "empty": "",
    "number_like": "007",
    "zero": "a\0b",
}
NOT_FOR_OTREE = {"half": "a\ud83eb", "half_and_lines": "it's\n\udd5a"}  # its page answers 500
VALUES: dict[str, Any] = {
    "count": 7,
    "large": 2**60 + 1,
    "share": 0.1,
    "small": 1e-7,
    "negative": -3,
    "on": True,
    "off": False,
    "list": ["it's", 1, None],
    "dict": {"a": "it's\n"},
    "none": None,
}
PLAIN_APP = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "plain"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Only(Page):
    pass


page_sequence = [Only]
"""
ROOM = 'ROOMS = [dict(name="lab", display_name="Lab")]'


@pytest.fixture(scope="module")
def plain(server_factory: Callable[..., Server]) -> Server:
    """oTree without us."""
    config = {"name": "plain", "app_sequence": ["plain"], "num_demo_participants": 1, **TEXTS, **VALUES}
    app = {"__init__.py": PLAIN_APP, "Only.html": "{{ block content }}{{ endblock }}"}
    return server_factory(apps={"plain": app}, session_configs=[config])


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    config = {**SETTINGS, "name": "talk", "app_sequence": ["talk"], "ego_model": "constant/Hi", **TEXTS}
    config |= {**VALUES, **NOT_FOR_OTREE, "ego_temperature": 1}
    other = {**config, "name": "other"}
    app = {**TALK_FILES, "__init__.py": TALK}
    return server_factory(apps={"talk": app}, session_configs=[other, config], settings_extra=ROOM)


class Form:
    """The form of one session config on the page."""

    def __init__(self, server: Server, page: Page, config: str, path: str = "/create_session") -> None:
        self.server, self.page, self.config = server, page, config
        page.goto(server.url + path)
        page.locator("[name=session_config]").select_option(config)
        page.locator("[name=num_participants]").fill("1")
        page.locator(f"#config-{config}").get_by_role("link", name="Configure session").click()
        expect(page.locator(f"#edit-config-table-{config}")).to_be_visible()

    def field(self, name: str) -> Any:
        return self.page.locator(f"[name='{self.config}.{name}']")

    def create(self) -> dict[str, Any]:
        """The config of the session that the form makes."""
        self.page.get_by_role("button", name="Create").click()
        self.page.wait_for_url(lambda url: "/SessionStartLinks/" in url or "/room_with_session/" in url)
        if "/room_with_session/" in self.page.url:
            code = self.server.database.query("SELECT code FROM otree_session ORDER BY id DESC")[0]["code"]
        else:
            code = self.page.url.rsplit("/", 1)[1]
        config: dict[str, Any] = self.server.get_session(code)["config"]
        return config

    def refused(self) -> str:
        """What the page says when the form makes no session."""
        self.page.get_by_role("button", name="Create").click()
        says = self.page.locator("#create-session-error")
        expect(says).to_be_visible()
        return says.inner_text()


def differing(config: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: config[name] for name, value in wanted.items() if config[name] != value}


def test_otree_alone_cuts_texts(plain: Server, browser_page: Page) -> None:
    config = Form(plain, browser_page, "plain").create()
    assert config["ego_system_prompt"] == "You are a broker.Be polite.Don"
    left = {name: as_otree_shows(text) or text for name, text in TEXTS.items()}  # an empty field changes nothing
    assert differing(config, left) == {}
    assert config["large"] != VALUES["large"]


def test_what_was_not_edited_is_as_configured(server: Server, browser_page: Page) -> None:
    form = Form(server, browser_page, "talk")
    assert form.field("ego_system_prompt").input_value() == PROMPT
    tags = {name: form.field(name).evaluate("field => field.tagName") for name in ("ego_system_prompt", "ego_model")}
    assert tags == {"ego_system_prompt": "TEXTAREA", "ego_model": "INPUT"}
    for name in ("ego_system_prompt", "ego_model", "ego_retries", "ego_show_model"):
        row = browser_page.locator(f"tr:has([name='talk.{name}'])")
        assert ROWS[name.removeprefix("ego_")].meaning in row.inner_text()
    assert "before the first message" in browser_page.locator("tr:has([name='talk.ego_word_start'])").inner_text()
    assert differing(form.create(), {**TEXTS, **VALUES, **NOT_FOR_OTREE}) == {}
    assert browser_page.title() != "gone"


def test_what_was_edited_is_kept_and_the_rest_is_as_configured(server: Server, browser_page: Page) -> None:
    form = Form(server, browser_page, "talk")
    edited = {
        "ego_system_prompt": "You are a broker.\nBe polite.\n\nDon",  # as it was, up to its apostrophe
        "ego_word_start": 'It\'s\n\nyour "turn" </textarea> 🥚 \t',
        "quotes": "  blanks around  ",
        "long": "Don't. " * 2900,
        "empty": "Now it's\nfull",
        "ego_model": "constant/It's < & \" me",
    }
    for name, text in edited.items():
        form.field(name).fill(text)
    browser_page.locator("#config-talk").get_by_label("game_personas").fill("A label leads to its field.")
    form.field("windows").fill(form.field("windows").input_value() + "\nfour")
    form.field("emoji").fill("")
    form.field("ego_temperature").fill("0.7")  # where the session config has a whole number, oTree makes 0 of it
    form.field("count").fill("8")
    form.field("large").fill(str(2**61 + 1))
    form.field("share").fill("0.25")
    form.field("on").uncheck()
    form.field("off").check()
    values = {"count": 8, "large": 2**61 + 1, "share": 0.25, "on": False, "off": True, "emoji": ""}
    values |= {"ego_temperature": 0.7, "game_personas": "A label leads to its field."}
    wanted = {**TEXTS, **VALUES, **edited, **values, "windows": "one\r\ntwo\r\nthree\r\nfour"}
    assert differing(form.create(), wanted) == {}


def test_the_form_in_a_room_is_the_same_and_says_why_it_refuses(server: Server, browser_page: Page) -> None:
    form = Form(server, browser_page, "talk", "/room_without_session/lab")
    form.field("quotes").fill("It's\nmine")
    form.field("ego_max_length").fill("10.5")
    assert "ego_max_length = 10.5: this setting takes a whole number of characters" in form.refused()
    form.field("ego_max_length").fill("10")
    assert differing(form.create(), {**TEXTS, **VALUES, "quotes": "It's\nmine", "ego_max_length": 10}) == {}
