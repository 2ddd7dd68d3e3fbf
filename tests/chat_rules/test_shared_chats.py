"""What a model is sent of a chat that several people share: nobody speaks for somebody else."""

from __future__ import annotations

from hypothesis import given, strategies as st

from otree_ego.chat_rules.shared_chats import shared_talk
from otree_ego.messages import Message

NAMES = {"a": "Ann", "b": "Bob"}
BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@given(st.lists(st.sampled_from([*BREAKS, " ", "x", ":", "Bob: "]), max_size=40).map("".join))
def test_each_line_has_its_authors_name(text: str) -> None:
    said, authors, _ = shared_talk([Message("user", text, author="a")], NAMES)
    lines = said[1][1].splitlines()
    assert all(line.startswith("Ann: ") for line in lines if line.strip()) and lines
    assert authors == ("", "Ann")


def test_replies_and_the_experimenters_messages_have_no_name() -> None:
    record = [
        Message("system", "One."),
        Message("system", "Two."),
        Message("user", "Round 1."),
        Message("user", "Hello", author="b"),
        Message("assistant", "Hi", author="gpt-6-luna"),
        Message("assistant", "", status="failed"),
        Message("user", "Who was that?", author="gone"),
    ]
    said, authors, _ = shared_talk(record, NAMES)
    assert [text for _, text in said[2:]] == ["Round 1.", "Bob: Hello", "Hi", "?: Who was that?"]
    assert said[0] == ("system", "One.") and said[1][1].startswith("Two.\n\nSeveral people write to you: Ann, Bob.")
    assert authors == ("", "", "", "Bob", "", "?")
