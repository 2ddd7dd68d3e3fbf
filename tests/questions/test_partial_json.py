"""The text of a field of JSON that is still coming: it only ever grows, up to the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.questions.partial_json import text_so_far

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.text(max_size=30), st.dictionaries(st.text(max_size=5), VALUES, max_size=3), st.booleans(), st.booleans())
def test_it_grows_to_the_whole_and_never_shows_anything_else(
    text: str, others: dict[str, Any], ascii_only: bool, last: bool
) -> None:
    others.pop("text", None)
    whole = {**others, "text": text} if last else {"text": text, **others}
    written = json.dumps(whole, ensure_ascii=ascii_only)
    before = ""
    for end in range(len(written) + 1):
        found = text_so_far(written[:end], "text")
        assert found.startswith(before) and text.startswith(found)
        before = found
    assert before == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("Sure! ", ""),
        ('```json\n{ "text" : "Hi', "Hi"),
        ('{"mood": {"text": "no", "l": [1, "}"]}, "text": "yes"}', "yes"),
        ('{"text": 5}', ""),
        ('{"mood": "calm"} {"text": "another"}', ""),
        ('{"text": "\\ud83d\\ude', ""),
        ('{"text": "\\ud83d\\ude00!', "😀!"),
        ('{"text": "line\nbreak', "line\nbreak"),
        ('{"text": "a\\', "a"),
        ("[1, 2", ""),
        ('{text: "Hi"}', ""),
    ],
)
def test_what_models_write(written: str, shown: str) -> None:
    assert text_so_far(written, "text") == shown
