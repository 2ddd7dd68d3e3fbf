"""Whether a player can leave a page at all, and what to do about it if it cannot."""

from __future__ import annotations

from .page_fields import FILE
from .served_page import Page
from .transports import PlayerStopped

BY_HAND = "A file of --hooks can answer it with ai_page(page)"


def where(page: Page) -> str:
    """A page, as errors call it."""
    return f"page {page.name!r} of {page.app!r} (number {page.index})" if page.name else "a page that is not oTree's"


def can_be_sent(page: Page, has_live: bool) -> bool:
    """Whether a player can send a page's form, besides by waiting for its timer.

    Arguments:
        page: where the player is. has_live: whether somebody answers live pages for it.
    """
    if page.form.buttons or (page.live and (has_live or page.own_chat)):
        return True
    # Its button checks the fields in the browser, and then sends them.
    return page.scripted and any(each.shown for each in page.form.fields)


def check_can_go_on(page: Page, has_live: bool) -> None:
    """Refuse a page that only a browser's scripts can leave.

    Arguments:
        page: where the player is. has_live: whether somebody answers live pages for it.

    Raises:
        PlayerStopped: it says what the page has, and what to do.
    """
    files = [each.name for each in page.form.fields if each.kind == FILE and each.required]
    if files:
        raise PlayerStopped(f"{where(page)}, field {files[0]!r}: a player has no file to upload.", page.name, files[0])
    if page.seconds is not None or can_be_sent(page, has_live):
        return
    if page.formless:
        raise PlayerStopped(f"{where(page)} has no form of oTree's: a player cannot leave it.", page.name)
    if page.live:
        raise PlayerStopped(
            f"{where(page)} is a live page that only its script can leave. A file of --hooks can answer it with "
            "ai_live(view, messages).", page.name,
        )  # fmt: skip
    dead = f": {', '.join(map(repr, page.form.dead))} only works in a browser" if page.form.dead else ""
    press = page.form.dead[0] if page.form.dead else ""
    raise PlayerStopped(
        f"{where(page)} has no button that sends its form{dead}. {BY_HAND} that returns the fields, and "
        f'"button": {press!r}.', page.name,
    )  # fmt: skip


def left_unanswered(page: Page, has_live: bool) -> str:
    """What of a page nobody has answered when a player leaves it; empty if nothing.

    Arguments:
        page: that it leaves. has_live: whether somebody answers live pages for it.
    """
    if not page.live or page.own_chat:
        return ""
    if not has_live:
        return "its live part was not answered: a file of --hooks can answer it with ai_live(view, messages)"
    return "its chat was not joined: ai_live answers this page" if page.chats else ""
