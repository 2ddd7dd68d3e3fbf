"""Constant, Scripted, Terminal and External."""

from __future__ import annotations

import asyncio
import io

import pytest
from harness.providers import ask, collect

from otree_ego.errors import BadRequest, ConfigError, EmptyReply, ProviderError, RateLimited
from otree_ego.messages import Request
from otree_ego.providers import Constant, Scripted, Terminal

pytestmark = pytest.mark.usefixtures("clean_slate")


def test_constant_says_its_text_word_for_word() -> None:
    text = "{{ api_key }} {% raw <b>né</b>"
    pieces, reply = ask(f"constant/{text}")
    assert "".join(pieces) == reply.text == text
    assert reply.cost == 0.0 and reply.finish_reason == "stop"
    with pytest.raises(ConfigError):
        Constant("")


def test_a_script_goes_on_and_ends() -> None:
    script = Scripted(["one two", RateLimited("slow down", retry_after=2.0), "three"])
    pieces, reply = ask("scripted/x", provider=script)
    assert pieces == ["one ", "two"] and reply.text == "one two"
    with pytest.raises(RateLimited, match="slow down"):
        ask("scripted/x", provider=script)
    assert ask("scripted/x", provider=script)[1].text == "three"
    with pytest.raises(BadRequest, match=r"used up: it has 3 replies, and this is request 4"):
        ask("scripted/x", provider=script)


def test_a_script_starts_where_it_was() -> None:
    assert ask("scripted/x", provider=Scripted(["a", "b", "c"], start=2))[1].text == "c"


def test_a_script_may_be_a_function_of_the_request() -> None:
    script = Scripted(lambda request: request.messages[-1][1].upper())
    assert ask("scripted/x", provider=script, text="hello you")[1].text == "HELLO YOU"


def test_a_script_that_says_nothing_or_not_text() -> None:
    with pytest.raises(EmptyReply):
        ask("scripted/x", provider=Scripted([" "]))
    with pytest.raises(ConfigError, match="not int"):
        ask("scripted/x", provider=Scripted([7]))  # type: ignore[list-item]
    with pytest.raises(ConfigError, match="list of texts"):
        Scripted("abc")


def test_terminal_prints_what_is_new_and_reads_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Fine.\n"))
    talk = (("system", "Be kind."), ("user", "Old"), ("assistant", "Older"), ("user", "How are you?"))
    pieces, reply = asyncio.run(collect(Request("terminal/Alice", talk)))
    assert pieces == ["Fine."] and reply.text == "Fine." and reply.cost == 0.0
    shown = capsys.readouterr().out
    assert "How are you?" in shown and "Alice>" in shown and "Old" not in shown


def test_terminal_shows_the_system_text_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Yes\n"))
    asyncio.run(collect(Request("terminal/Alice", (("system", "Be kind."), ("user", "Ready?")))))
    shown = capsys.readouterr().out
    assert "[system] Be kind." in shown and "[user] Ready?" in shown


@pytest.mark.parametrize(("typed", "kind"), [("", ProviderError), ("\n", EmptyReply)])
def test_terminal_without_an_answer(typed: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(kind, match=r"terminal gave no answer|typed nothing"):
        ask("terminal/Alice")


def test_terminal_has_a_name() -> None:
    assert Terminal("").name == "you"


def test_external_says_how_to_answer() -> None:
    with pytest.raises(ConfigError, match=r"submit\(text, response=answer\)"):
        ask("external/Bob")
