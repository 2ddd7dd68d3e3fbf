"""A chat in a language of the project's own, in a browser; and oTree's own sentences beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from harness import Browser, Server
from harness.chat_window import SETTINGS, Window, enter, healthy
from harness.own_language import JAPANESE, own_language
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

FORM = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "form"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    age = models.IntegerField(min=3, max=9)
    fine = models.BooleanField()
    name = models.StringField()


class Ask(Page):
    form_model = "player"
    form_fields = ["age", "fine", "name"]
    timeout_seconds = 1000


class Meet(WaitPage):
    pass


page_sequence = [Ask, Meet]
"""
ASK = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
HEBREW = {"chat": {"send": "שליחה", "next": "הבא"}}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    group = {"group_chat_size": 2, "group_chat_personas": "Ada: You are Ada.", "group_chat_speaks": "always"}
    more = {"ego_chat": {}, "form": {}, "group_chat": {**group, "group_chat_pace": "0", "group_chat_topic": ""}}
    configs: list[dict[str, Any]] = [
        {"name": app, "app_sequence": [app], **SETTINGS, **rows} for app, rows in more.items()
    ]
    files = {"ja.toml": own_language(JAPANESE, ["ego_chat"]), "he.toml": own_language(HEBREW, rest="")}
    files["xx.toml"] = '[chat]\nsend = "{n}"\n'
    return server_factory(
        repo_apps=["ego_chat", "group_chat"],
        apps={"ego_words": files, "form": {"__init__.py": FORM, "Ask.html": ASK}},
        session_configs=configs,
        env={"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"},
    )


def test_a_chat_in_japanese(server: Server, browser_page: Page, model: FakeService) -> None:
    model.reply = "こんにちは！"
    session = server.create_session("ego_chat", ego_language="ja", ego_max_messages=1, ego_min_messages=1)
    person = session.participant().start()
    assert "ようこそ" in person.html and "お名前は？" in person.html and '<html lang="ja" dir="ltr">' in person.html
    chat = Window(browser_page, session, person.submit(nickname="花子").url).open()
    expect(browser_page.locator(".ego-start")).to_have_text("メッセージを書いてください。")
    expect(chat.send).to_have_text("送信")
    expect(chat.box).to_have_attribute("placeholder", "メッセージを入力…")
    expect(browser_page.locator(".ego-model")).to_have_text("gpt-6-luna が返信します")
    expect(browser_page.locator("#ego-chat")).to_have_attribute("lang", "ja")
    expect(browser_page.locator(".ego-next-hint")).to_have_text("進む前に、あと1件書いてください。")
    chat.ask("やあ", "こんにちは！")
    expect(chat.note).to_have_text("<b>終わりです</b> & ありがとうございました")  # HTML in words is text
    expect(chat.next).to_have_text("次へ")


def test_a_group_chat_in_japanese(server: Server, browser_page: Page, browser: Browser, model: FakeService) -> None:
    model.reply = "やあ"
    session = server.create_session("group_chat", 2, ego_language="ja")
    people = [person.start() for person in session.participants()]
    for person, name in zip(people, ("花子", "太郎"), strict=True):
        person.until("Introduction").submit(nickname=name)
    window = Window(browser_page, session, people[0].until("Chat").url).open()
    expect(browser_page.locator(".ego-people")).to_have_text("ここにいる人：花子（あなた）, 太郎, Ada")
    window.say("おはよう")
    window.shows("おはよう", "やあ")
    assert "あなたはAdaです。ほかに：花子, 太郎。" in model.requests[-1].body["messages"][0]["content"]


def test_from_right_to_left(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_language="he")
    expect(chat.send).to_have_text("שליחה")
    expect(browser_page.locator("#ego-chat")).to_have_attribute("dir", "rtl")
    expect(browser_page.locator("html")).to_have_attribute("dir", "rtl")
    box, send = chat.box.bounding_box(), chat.send.bounding_box()
    assert box and send and send["x"] < box["x"]


def test_otree_s_own_sentences(server: Server) -> None:
    japanese = server.create_session("form", 2, ego_language="ja").participant().start()
    assert "次のページ" in japanese.html and "残り時間：" in japanese.html and "はい" in japanese.html
    wrong = requests.post(japanese.url, data={"age": "30", "name": ""}, timeout=30).text
    assert "直してください。" in wrong and "3から9までです。" in wrong and "記入してください。" in wrong
    assert "整数を書いてください" in requests.post(japanese.url, data={"age": "x"}, timeout=30).text
    assert "お待ちください" in japanese.submit(age=5, fine="True", name="花子").html
    hebrew = server.create_session("form", 2, ego_language="he").participant().start()  # as oTree has it
    assert "הבא" in hebrew.html and "Time left" not in hebrew.html
    german = server.create_session("form", 2, ego_language="de").participant().start()
    assert "Weiter" in german.html and "Next" not in german.html
    assert "直してください。" not in requests.post(german.url, data={"age": "30"}, timeout=30).text
    usual = server.create_session("form", 2).participant().start()
    assert "Time left to complete this page:" in usual.html and "<html>" in usual.html
    wrong = requests.post(usual.url, data={"age": "30"}, timeout=30).text
    assert (
        "Please fix the errors." in wrong
        and "Number must be between 3 and 9." in wrong
        and "This field is required." in wrong
    )


def test_a_broken_language_is_refused(server: Server) -> None:
    with pytest.raises(AssertionError, match=r"HTTP 400: ego_words/xx.toml: \[chat\] send: it has {n}, which nothing"):
        server.create_session("ego_chat", ego_language="xx")
    assert server.create_session("ego_chat", ego_language="ja").participant().start().html
