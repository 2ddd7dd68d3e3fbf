"""What a terminal and the log get of texts that somebody else wrote."""

from __future__ import annotations

import io
import logging
import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from otree_ego.display import for_log, for_terminal, logger, on_one_line, say
from otree_ego.experiment.report.values import plain
from otree_ego.providers.simple import Terminal

HARM = [
    "\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "\x07", "\x08", "\x7f", "\x90", "\x00", "\x0b", "\x0c", "\x1c", "\x85",
    "\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\U000e0041",
    "\u3164",
    "a\u200db", "a\u200cb", "\ud83d", "\udcff", "\u2028", "\u2029", "\ufff9", "\u180e",
]  # fmt: skip
"""Escape sequences, C0 and C1, marks of direction, characters of no width, halves of characters."""
FINE = ["café", "日本 🎲", "á la", "می‌خواهم", "👨‍👩‍👧", "שלום", "a\nb", "مرحبا", "क्‍ष"]


@pytest.mark.parametrize("harm", HARM)
def test_what_a_terminal_obeys_does_not_reach_it(harm: str) -> None:
    for shown in (for_terminal(f"x{harm}y"), on_one_line(f"x{harm}y"), for_log(f"x{harm}y")):
        assert shown.replace("\n", "").isprintable() and shown[0] == "x" and shown[-1] == "y"
        shown.encode("utf-8")
    assert "\n" not in for_log(harm) + on_one_line(harm)


@pytest.mark.parametrize("text", FINE)
def test_what_people_write_stays(text: str) -> None:
    assert for_terminal(text) == text and plain(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_harmless(text: str) -> None:
    for shown in (for_terminal(text), for_log(text)):
        shown.encode("utf-8")
        assert not {"\x1b", "\x9b", "\r", "\u202e", "\u2066", "\u200b"} & {*shown}
        assert all(unicodedata.category(each) != "Cc" for each in shown if each != "\n")
    assert for_log(text).isprintable()
    assert for_terminal(for_terminal(text)) == for_terminal(text)


def test_a_stream_that_cannot_encode_gets_question_marks() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    say("é \ud800 日", stream)
    assert raw.getvalue() == b"? ? ?\n"
    say("to nobody", None if sys.stdout is None else stream, end="")


def test_an_error_without_a_text_is_named() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert for_log(Broken()) == "<Broken>"


def test_a_record_of_the_log_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    try:
        logger.warning("%s: no reply: %s", "player", ValueError("a\nERROR forged \x1b[2J\u202e"))
        try:
            raise ValueError("b\x1b]0;t\x07\u202e")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    first, *rest = stream.getvalue().split("\n")
    assert first == "player: no reply: a ERROR forged \\x1b[2J\\u202e"
    assert rest[0] == "failed" and rest[-2] == "ValueError: b␛]0;t␇"
    assert "\x1b" not in stream.getvalue() and caplog.records[0].getMessage() == first


def test_a_person_at_the_terminal_reads_harmless_texts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from otree_ego.messages import Request

    monkeypatch.setattr("builtins.input", lambda *_: "5")

    async def ask() -> object:
        request = Request("cli/x", (("user", "Offer\x1b[2J \u202eevil \ud800"),))
        return [part async for part in Terminal("Ada\x1b[31m").stream(request)][-1]

    asyncio.run(ask())
    assert capsys.readouterr().out == "[user] Offer␛[2J evil \ufffd\nAda␛[31m> "
