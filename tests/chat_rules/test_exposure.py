"""What counts as a reply that a participant has been shown, and what keeps Next back."""

from __future__ import annotations

from typing import Any

import pytest

from otree_ego.chat_rules.exposure import Exposure, Held, held_back, replies
from otree_ego.chat_rules.settings import ChatSettings, read_settings
from otree_ego.messages import Message

ME = "abc"


def settings(**told: Any) -> ChatSettings:
    return read_settings({"ego_model": "constant/Hi", **{f"ego_{name}": value for name, value in told.items()}})


def said(text: str = "Hello", author: str = ME) -> Message:
    return Message("user", text, author=author)


def reply(uid: str = "a", status: str = "complete", text: str = "0123456789", **more: Any) -> Message:
    return Message("assistant", text, id=uid, status=status, attempts=1, **more)


PENDING = reply("p", "pending", "")
FAILED = reply("f", "failed", "", error="ServerError")
STOPPED = reply("s", "partial", "012", finish_reason="stopped")
STOPPED_AT_ONCE = reply("s", "failed", "", finish_reason="stopped")
CUT = reply("c", "partial", "012", finish_reason="length")
INTERRUPTED = reply("i", "partial", "012", error="Interrupted")
BROKEN_OFF = Message("assistant", "", id="b", status="failed", error="Interrupted")
TOO_LONG = reply("t", "failed", "", error="ContextExceeded")


@pytest.mark.parametrize(
    ("record", "shown", "n"),
    [
        ([], "", 2),
        ([said()], "", 2),
        ([said(), reply("a")], "", 2),
        ([said(), reply("a")], "a", 1),
        ([said(), PENDING], "p", 2),
        ([said(), reply("a"), said(), reply("b")], "ab", 0),
        ([said(), reply("a"), said(), reply("b")], "b", 1),
        ([said(), CUT, said(), reply("b")], "cb", 0),
        ([said(), FAILED], "f", 1),
        ([said(), FAILED, FAILED], "f", 1),
        ([said(), FAILED, reply("a")], "fa", 1),
        ([said(), FAILED, said(), FAILED], "f", 0),
        ([said(), INTERRUPTED], "i", 1),
        ([said(), STOPPED], "s", 2),
        ([said(), STOPPED, said(), STOPPED], "s", 2),
        ([said(), STOPPED_AT_ONCE], "s", 2),
        ([said(), TOO_LONG], "", 1),
        ([said(), reply("h", hidden=True), reply("a")], "ha", 1),
        ([Message("system", "Be brief."), reply("a")], "a", 1),
        ([said(author="someone"), reply("a")], "a", 1),
    ],
)
def test_replies_that_were_whole_and_shown_count(record: list[Message], shown: str, n: int) -> None:
    exposure = Exposure(dict.fromkeys(shown, 0.0))
    held = held_back(record, ME, settings(min_replies=2), exposure, closed=False)
    assert held == (Held("next_replies", n) if n else Held())


@pytest.mark.parametrize(
    ("told", "record", "closed", "why"),
    [
        ({}, [], False, ""),
        ({}, [said()], False, ""),
        ({}, [said(), PENDING], False, "next_coming"),
        ({}, [said(), PENDING], True, "next_coming"),
        ({}, [said(), reply("x")], False, "next_coming"),
        ({}, [said(), reply("x"), said(), reply("a")], False, ""),
        ({}, [said(), FAILED], False, ""),
        ({}, [said(), BROKEN_OFF], False, "next_coming"),
        ({}, [said(), BROKEN_OFF, reply("a")], False, ""),
        ({}, [said(), STOPPED], False, "next_stopped"),
        ({}, [said(), STOPPED, said(), reply("a")], False, ""),
        ({}, [said(), STOPPED], True, ""),
        ({"stopped_reply": "go on"}, [said(), STOPPED], False, ""),
        ({"failed_reply": "try again"}, [said(), FAILED], False, "next_failed"),
        ({"failed_reply": "try again"}, [said(), FAILED], True, "next_failed"),
        ({"failed_reply": "try again"}, [said(), INTERRUPTED], False, "next_failed"),
        ({"failed_reply": "try again"}, [said(), TOO_LONG], False, ""),
        ({"failed_reply": "try again"}, [said(), *[FAILED] * 3], False, "next_failed"),
        ({"failed_reply": "try again"}, [said(), *[FAILED] * 4], False, ""),
        ({"failed_reply": "try again", "max_try_again": 0}, [said(), FAILED], False, ""),
        ({"failed_reply": "try again"}, [said(), FAILED, reply("a")], False, ""),
    ],
)
def test_the_last_reply_keeps_next_back(told: dict[str, Any], record: list[Message], closed: bool, why: str) -> None:
    found = held_back(record, ME, settings(read_last=True, **told), Exposure({"a": 0.0}), closed)
    assert found == Held(why)


def test_there_is_time_to_read_by_the_length_of_the_reply() -> None:
    wants, record = settings(read_last=True, reading_speed=5), [said(), reply("a")]
    assert held_back(record, ME, wants, Exposure({"a": 100.0}, now=101.5), False) == Held("next_reading", 0, 0.5)
    assert held_back(record, ME, wants, Exposure({"a": 100.0}, now=102.0), False) == Held()
    assert held_back(record, ME, settings(read_last=True), Exposure({"a": 100.0}, now=100.0), False) == Held()


def test_what_cannot_come_any_more_holds_nobody_back() -> None:
    wants = settings(min_replies=3, read_last=True, failed_reply="try again")
    record = [said(), reply("a"), said(), reply("b")]
    assert held_back(record, ME, wants, Exposure({"a": 0, "b": 0}), closed=True) == Held()
    assert held_back(record, ME, wants, Exposure({"a": 0}), closed=True) == Held("next_replies", 1)
    assert held_back([said(), FAILED], ME, wants, Exposure(ended=True), closed=False) == Held()
    assert held_back([said(), PENDING], ME, wants, Exposure(ended=True), closed=False) == Held("next_replies", 1)


def test_where_nobody_is_to_see_who_is_an_ai_messages_of_all_others_count() -> None:
    record = [said(), said("Hi", "kim"), reply("a", author="Ada")]
    record[1] = Message("user", "Hi", author="kim", id="k")
    shown = Exposure({"a": 0, "k": 0}, everyone=True)
    assert held_back(record, ME, settings(min_replies=2, read_last=True), shown, False) == Held()
    assert [turn.reply.id for turn in replies(record, ME)] == ["a"]


def test_two_ais_failing_are_two_replies() -> None:
    ada, ben = (reply(name, "failed", "", author=name, error="ServerError") for name in ("Ada", "Ben"))
    assert [turn.tries for turn in replies([said(), ada, ben, ben], ME)] == [1, 2]
