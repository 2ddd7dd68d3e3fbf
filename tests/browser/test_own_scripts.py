"""A page's own script beside the chat: the event of each message, its element, and a liveRecv of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harness import Server
from harness.chat import END_PAGE, TALK
from harness.chat_window import enter, healthy, serve
from harness.database import attempts
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

RATED = (
    TALK.replace('"talk"', '"rated"')
    .replace("class Player(BasePlayer):\n    pass", "class Player(BasePlayer):\n    ratings = models.LongStringField()")
    .replace(
        "    live_method = chat\n",
        """    @staticmethod
    async def live_method(player, data):
        if "stars" in data:
            player.ratings = (player.field_maybe_none("ratings") or "") + f"{data['seq']}:{data['stars']} "
            async with ai(player) as llm:
                await llm.notice(f"You gave {data['stars']}.", author="System", heard=False)
            yield {player.id_in_group: dict(rated=data["seq"])}
            return
        async for update in chat(player, data):
            yield update
""",
    )
)
DRAWN = RATED.replace('"rated"', '"drawn"').replace(
    '        if "stars" in data:',
    """        if "drawing" in data:
            yield {player.id_in_group: dict(rated=len(data["drawing"]))}
            return
        if "stars" in data:""",
)
SCRIPT = """
<p id="heard"></p>
<script>
let told = [];
document.addEventListener("ego:message", ({ detail }) => {
    told.push([detail.seq, detail.role, detail.status, detail.text, detail.new]);
    if (detail.element.id !== `ego-message-${detail.id}`) throw new Error("Which element?");
    if (detail.role !== "assistant" || detail.status !== "complete") return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "stars";
    button.textContent = "5 stars";
    button.onclick = () => liveSend({ seq: detail.seq, stars: 5 });
    detail.element.append(button);
});
function liveRecv(data) {
    document.getElementById("heard").textContent += `rated ${data.rated} `;
}
</script>
"""
PAGE = "{{ block content }}{{ include 'otree_ego/chat.html' }}" + SCRIPT + "{{ next_button }}{{ endblock }}"
FILES = {"__init__.py": RATED, "Chat.html": PAGE, "End.html": END_PAGE}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    return serve(server_factory, fake, rated=FILES, drawn={**FILES, "__init__.py": DRAWN})


def test_a_rating_each_turn_is_a_few_lines(server: Server, model: FakeService, browser_page: Page) -> None:
    chat = enter(server, browser_page, "rated")
    chat.ask("Hello", FakeService.DEFAULT_REPLY)
    stars = browser_page.locator(".stars")
    expect(stars).to_have_count(1)
    stars.click()
    expect(browser_page.locator("#heard")).to_have_text("rated 3 ")
    notice = browser_page.locator("[data-notice]")
    expect(notice).to_have_count(1)
    expect(notice.locator(".ego-body")).to_have_text("You gave 5.")
    expect(notice.locator(".ego-author")).to_have_text("System")
    assert browser_page.evaluate("told") == [
        [2, "user", "complete", "Hello", True],
        [3, "assistant", "complete", FakeService.DEFAULT_REPLY, True],
        [4, "notice", "complete", "You gave 5.", True],
    ]
    chat.ask("And now?", FakeService.DEFAULT_REPLY)
    expect(stars).to_have_count(2)  # what a page adds to a message stays
    for _ in attempts(pause=0.05):
        (row,) = server.app_export("rated", chat.session.code)
        if row["player.ratings"] == "3:5 ":
            break


def test_after_a_reload_each_message_is_told_once_as_known(
    server: Server, model: FakeService, browser_page: Page
) -> None:
    chat = enter(server, browser_page, "rated")
    chat.ask("Hello", FakeService.DEFAULT_REPLY)
    browser_page.reload()
    expect(browser_page.locator(".stars")).to_have_count(1)
    assert [each[-1] for each in browser_page.evaluate("told")] == [False, False]
    model.hold()
    chat.say("Slowly")
    model.wait_until(lambda fake: fake.standing == 1)
    expect(chat.stop).to_be_visible()
    expect(browser_page.locator(".stars")).to_have_count(1)
    model.release()
    expect(browser_page.locator(".stars")).to_have_count(2)


def test_try_again_stays_below_a_notice(server: Server, model: FakeService, browser_page: Page) -> None:
    chat = enter(server, browser_page, "rated")
    model.fail(500)
    chat.say("Hello")
    expect(chat.retry).to_be_visible()
    browser_page.evaluate("liveSend({ seq: 0, stars: 1 })")
    expect(browser_page.locator("[data-notice]")).to_have_count(1)
    expect(chat.retry).to_be_visible()
    chat.retry.click()
    expect(browser_page.locator(".stars")).to_have_count(1)
    expect(chat.retry).to_have_count(0)


def test_what_is_large_arrives_and_what_is_too_large_is_refused_in_the_page(
    server: Server, model: FakeService, browser_page: Page
) -> None:
    chat = enter(server, browser_page, "drawn")
    browser_page.evaluate("liveSend({ drawing: 'x'.repeat(2000000) })")
    expect(browser_page.locator("#heard")).to_have_text("rated 2000000 ")
    browser_page.evaluate("liveSend({ drawing: 'ü'.repeat(11000000) })")
    refused = browser_page.locator("#ego-refused")
    expect(refused).to_have_text("This could not be sent. It has 22.0 MB; at most 20.0 MB can be sent at once.")
    chat.ask("Hello", FakeService.DEFAULT_REPLY)
    browser_page.evaluate(
        "document.addEventListener('ego:refused', (event) => { event.preventDefault(); mine = event.detail.why; })"
    )
    browser_page.evaluate("document.getElementById('ego-refused').remove()")
    browser_page.evaluate("liveSend({ drawing: 'x'.repeat(21000000) })")
    assert browser_page.evaluate("mine") == "too_large"
    expect(refused).to_have_count(0)
