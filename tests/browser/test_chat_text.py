"""What people and models write: shown as text or as Markdown and never run, on pages of ego_chat and of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server, Watch
from harness.chat import END_PAGE, TALK
from harness.chat_window import Window, enter, healthy, serve
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

ATTACKS = (
    "<script>owned = 1</script>",
    "<img src=x onerror=owned=1>",
    '<img src="//evil.example/a.png" onerror="owned=1"/>',
    "<svg onload=owned=1><script>owned=1</script></svg>",
    "<svg><a xlink:href='javascript:owned=1'><text y=9>poke me</text></a></svg>",
    "<iframe src='javascript:parent.owned=1' srcdoc='<script>parent.owned=1</script>'></iframe>",
    "[click me](javascript:owned=1)",
    "[click me](JaVaScRiPt&#58;owned=1 'title')",
    "[click me](<java\tscript:owned=1>)",
    "[click me](data:text/html,<script>owned=1</script>)",
    "[click me](vbscript:owned=1)",
    "[click me][one]\n\n[one]: javascript:owned=1",
    "<javascript:owned=1>",
    "![x](https://evil.example/a.png)",
    '![x](x"onerror="owned=1)',
    "<a href='javascript:owned=1'>click me</a>",
    "&lt;script&gt;owned=1&lt;/script&gt; &#60;img src=x onerror=owned=1&#62;",
    "`<script>owned=1</script>` **<img src=x onerror=owned=1>**",
    "```html\n</code></pre><script>owned=1</script>\n```",
    "<style>*{background:url(//evil.example)}</style><form action=//evil.example><input autofocus onfocus=owned=1>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=owned=1&gt;'>",
    "# <details open ontoggle=owned=1>\n- <body onload=owned=1>\n> <video><source onerror=owned=1>",
    "{{ 7*7 }} {% raw ${7*7} {{constructor.constructor('owned=1')()}}",
)
TAGS = {
    "A", "BLOCKQUOTE", "BR", "CODE", "DEL", "DIV", "EM", "H3", "H4", "H5", "H6", "HR", "LI", "OL", "P", "PRE",
    "STRONG", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "UL",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "rel", "target", "start", "align"}
INSIDE = """elements => ({
    tags: elements.map(element => element.tagName),
    attributes: elements.flatMap(element => element.getAttributeNames()),
    links: elements.map(element => element.getAttribute('href')).filter(Boolean),
})"""
# An image of our own that fails: when we hear of it, whatever the page was about to load has failed, too.
SETTLED = "() => new Promise(done => { const i = new Image(); i.onerror = () => done(); i.src = 'data:image/png,'; })"
OWN_METHOD = """\
    @staticmethod
    async def live_method(player, data):
        if "word" in data:
            yield {player.id_in_group: {"heard": data["word"] * 2}}
            return
        async for update in chat(player, data):
            yield update
"""
SECOND = "class Second(Chat):\n    pass\n\n\n"
OWN = TALK.replace("    live_method = chat\n", OWN_METHOD).replace("class End", f"{SECOND}class End")
SCRIPT = """<p id="heard"></p><script>
var told = [];
function liveRecv(data) { told.push(data); document.getElementById('heard').textContent = data.heard.toUpperCase(); }
</script>"""
INCLUDE = "{{ include 'otree_ego/chat.html' }}"
OWN_FILES = {
    "__init__.py": OWN.replace("[Chat, End]", "[Chat, Second, End]"),
    "Chat.html": f"{{{{ block content }}}}{INCLUDE}{SCRIPT}{{{{ next_button }}}}{{{{ endblock }}}}",
    "Second.html": f"{{{{ block content }}}}{SCRIPT}{INCLUDE}{{{{ next_button }}}}{{{{ endblock }}}}",
    "End.html": END_PAGE,
}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    return serve(server_factory, fake, own=OWN_FILES)


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


@pytest.fixture
def chat(server: Server, browser_page: Page, model: FakeService) -> Window:
    return enter(server, browser_page)


@pytest.fixture
def guarded(chat: Window) -> Iterator[Window]:
    """A chat in which nothing may ask the participant anything, load anything or go anywhere."""
    noticed: list[str] = []
    chat.page.on("dialog", lambda dialog: (noticed.append(dialog.message), dialog.dismiss()))
    chat.page.on("request", lambda request: request.url.startswith("data:image/png,") or noticed.append(request.url))
    chat.page.context.on("page", lambda page: noticed.append(page.url))
    yield chat
    assert not noticed


def assert_harmless(chat: Window) -> None:
    for element in chat.log.get_by_text("click me").all():
        element.click()
    chat.page.evaluate(SETTLED)
    assert chat.page.evaluate("typeof owned") == "undefined"
    assert chat.page.url == chat.url
    inside: dict[str, Any] = chat.page.locator(".ego-body *").evaluate_all(INSIDE)
    assert set(inside["tags"]) <= TAGS
    assert set(inside["attributes"]) <= ATTRIBUTES
    assert inside["links"] == []


def test_attacks_are_text_on_both_sides(guarded: Window, model: FakeService) -> None:
    chat = guarded
    model.reply = lambda body: body["messages"][-1]["content"].removeprefix("My name is Ada.\n\n")
    sent = ["\n\n".join(ATTACKS[first::6]) for first in range(6)]  # alone and in one: the tests below
    for number, attack in enumerate(sent, start=1):
        chat.say(attack)
        expect(chat.bodies).to_have_count(2 * number)
        expect(chat.stop).to_be_hidden()
    mine = chat.page.locator(".ego-message[data-mine] .ego-body")
    assert mine.all_text_contents() == sent
    assert chat.rows("assistant") == sent
    assert_harmless(chat)


def test_attacks_in_one_reply_while_it_streams(guarded: Window, model: FakeService) -> None:
    chat = guarded
    model.reply = "\n\n".join(ATTACKS)
    model.hold()
    chat.say("Attack!")
    expect(chat.reply).to_contain_text("owned")
    assert_harmless(chat)
    model.release()
    expect(chat.reply).to_contain_text("constructor")
    expect(chat.stop).to_be_hidden()
    assert_harmless(chat)


def test_attacks_that_were_recorded(chat: Window, model: FakeService) -> None:
    model.reply = "\n\n".join(ATTACKS)
    chat.say("\n".join(ATTACKS))
    chat.recorded("complete")
    chat.page.reload()
    expect(chat.reply).to_contain_text("constructor")
    assert chat.bodies.first.text_content() == "\n".join(ATTACKS)
    assert_harmless(chat)


LONG = {
    "emphasis": "*_a" * 13_000, "many emphases": ("*_a" * 300 + "\n\n") * 60, "address": "a." * 20_000 + "@",
    "spaces": "a" + " " * 50_000 + "b", "lines": "a\n" * 20_000 + "===", "brackets": "[a](" * 9_000,
}  # fmt: skip


def test_text_that_would_freeze_the_tab_is_shown_plain(chat: Window) -> None:
    for name, text in LONG.items():
        refused = chat.page.evaluate(
            "(text) => { try { otreeEgoMarkdown(text, 0, true); return false; } catch (error) { return true; } }", text
        )
        assert refused, name
    usual = "\n".join(f"- **{n}** is _one_ of `many`, see [here](https://example.org/{n})" for n in range(300))
    assert chat.page.evaluate("(text) => otreeEgoMarkdown(text, 0, true).settled.childNodes.length > 0", usual)


def test_a_name_that_is_an_attack(server: Server, browser_page: Page, model: FakeService) -> None:
    person = server.create_session("ego_chat").participant().start()
    browser_page.goto(person.submit(nickname="<svg onload=owned=1>{{ 7*7 }}").url)
    browser_page.get_by_role("button", name="Next").click()
    expect(browser_page.get_by_text("Thank you,")).to_contain_text("Thank you, <svg onload=owned=1>{{ 7*7 }}.")
    assert browser_page.evaluate("typeof owned") == "undefined"


def test_markdown(chat: Window, model: FakeService) -> None:
    model.reply = (
        "# Plan\n\nA **bold** and *soft* word, `x = 1`.\n\n- eggs\n- flour\n\n1. mix\n2. bake\n\n"
        "```\nfor egg in eggs:\n    beat(egg)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n"
        "[a page](https://example.org/a?b=1&c=2), 2 < 3 && 5 > 4, Ä 🥚 שלום."
    )
    chat.say("**I** write `plain` text, 2 < 3 &amp; more")
    expect(chat.reply.locator("strong")).to_have_text("bold")
    expect(chat.reply.locator("em")).to_have_text("soft")
    expect(chat.reply.locator("p code")).to_have_text("x = 1")
    expect(chat.reply.locator("ul li")).to_have_text(["eggs", "flour"])
    expect(chat.reply.locator("ol li")).to_have_text(["mix", "bake"])
    expect(chat.reply.locator("pre code")).to_have_text("for egg in eggs:\n    beat(egg)\n", use_inner_text=True)
    expect(chat.reply.locator("td")).to_have_text(["1", "2"])
    expect(chat.reply.locator("blockquote")).to_have_text("quoted")
    expect(chat.reply.get_by_role("heading", level=3)).to_have_text("Plan")
    expect(chat.reply).to_contain_text("2 < 3 && 5 > 4, Ä 🥚 שלום.")
    link = chat.reply.get_by_role("link", name="a page")
    expect(link).to_have_attribute("href", "https://example.org/a?b=1&c=2")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(chat.bodies.first).to_have_text("**I** write `plain` text, 2 < 3 &amp; more")
    expect(chat.stop).to_be_hidden()
    before = chat.reply.inner_html()
    chat.page.reload()
    expect(chat.reply.locator("blockquote")).to_be_visible()
    assert chat.reply.inner_html() == before


def test_the_include_beside_the_authors_own_live_page(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, "own")
    heard = browser_page.locator("#heard")
    chat.ask("Hello", FakeService.DEFAULT_REPLY)
    browser_page.evaluate("liveSend({word: 'ping'})")
    expect(heard).to_have_text("PINGPING")
    chat.next.click()
    chat.shows("Hello", FakeService.DEFAULT_REPLY)
    chat.ask("Hello again", FakeService.DEFAULT_REPLY)
    assert browser_page.evaluate("told") == []
    browser_page.evaluate("liveSend({word: 'pong'})")
    expect(heard).to_have_text("PONGPONG")
    assert browser_page.evaluate("told") == [{"heard": "pongpong"}]
    chat.next.click()
    expect(browser_page.get_by_text("The end.")).to_be_visible()


def test_an_authors_error_does_not_break_the_chat(
    server: Server, browser_page: Page, model: FakeService, watch: Watch
) -> None:
    watch.allow("toUpperCase")
    chat = enter(server, browser_page, "own")
    browser_page.evaluate("liveSend({word: 3})")
    browser_page.wait_for_function("told.length === 1")
    chat.ask("Still there?", FakeService.DEFAULT_REPLY)


@pytest.mark.full
@pytest.mark.model
def test_the_embedded_model_answers_the_same_twice(server: Server, browser_page: Page) -> None:
    replies = []
    for _ in range(2):
        settings = {"ego_model": "local/smollm2", "ego_seed": 7, "ego_max_tokens": 24, "ego_deadline": 300.0}
        chat = enter(server, browser_page, **settings)
        expect(browser_page.get_by_text("Replies come from local/smollm2")).to_be_visible()
        chat.say("What do bees make?")
        expect(chat.messages).to_have_count(2)
        expect(chat.stop).to_be_hidden()
        replies.append(chat.reply.inner_text())
        assert len(chat.rows("assistant")) == 1
    assert len(replies[0].split()) > 3
    assert replies[0] == replies[1]
