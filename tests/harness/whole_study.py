"""What scripted players answer in the whole test app (player_apps/controls and meeting), and what is stored then."""

from __future__ import annotations

from typing import Any

from otree_ego.players.served_page import Page

from .scripted_players import with_answers

ANSWERS: dict[str, Any] = {
    "whole": -3, "part": 0.125, "money": 2.5, "word": "tea", "words": "Two\nlines, 1,5 and <b>", "agree": "False",
    "whole_row": "2", "word_radio": "milk & honey", "agree_row": "Nay", "raw_part": 0.5, "raw_money": 3,
    "raw_row": "Right", "raw_menu": "milk & honey", "calm": "Yes", "answer": "No", "safe": "9 points or nothing",
    "scale": "3 (Glad)",
    "slider": -0.25, "clock": "09:30", "moment": "2026-05-31T14:30", "month": "2026-05", "week": "2026-W22",
    "tint": "#00ff00", "fine": 0.07, "group_of": "None", "note": "ä ö", "some": ["Red", "Blue"], "from_python": 3,
    "guess": 50, "kept": "changed",
}  # fmt: skip
STORED = {
    "whole": "-3", "part": "0.125", "money": "3.0", "word": "tea", "agree": "0", "consent": "1", "whole_row": "2",
    "word_radio": "milk & honey", "agree_row": "0", "raw_part": "0.5", "raw_money": "3.0", "raw_row": "2",
    "raw_menu": "milk & honey", "calm": "2", "glad": "1", "answer": "n", "safe": "r", "scale": "3", "slider": "-0.25",
    "clock": "09:30", "moment": "2026-05-31T14:30", "month": "2026-05", "week": "2026-W22", "tint": "#00ff00",
    "fine": "0.07", "group_of": "opt1", "some": "red", "ranking": "Water,Tea,Milk", "secret": "sesame",
    "verdict": "free", "shade": "Dark", "from_python": "4", "kept": "changed", "seen": "1",
}  # fmt: skip


def answers(page: Page) -> dict[str, Any]:
    """What fits; at first some answers that the pages refuse."""
    found = with_answers(ANSWERS)(page)
    if page.name == "Ranking":
        return {"ranking": "Water,Tea,Milk"} if page.errors else {}
    if page.name == "Unsaid":
        return {"secret": "sesame" if page.errors else "Simsalabim"}
    if page.name == "Pythonic" and page.errors:
        return {"from_python": 4}
    return {**found, "button": {"Blank": "Not guilty", "Submits": "Dark"}.get(page.name, "")}


async def agree(view: Any, messages: Any) -> dict[str, Any]:
    """The first of a pair offers 7; both send the form when they hear it."""
    await view.send({"price": 7} if view.player in ("bot1", "bot3") else {})
    async for message in messages:
        if message["price"] is not None:
            return {"price": message["price"]}
    return {}
