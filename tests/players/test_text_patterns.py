"""What the embedded model may write for a date, or for a pattern, is what the page takes."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings, strategies as st

from otree_ego.players.field_questions import FORMATS, FormattedText
from otree_ego.players.text_patterns import format_rule, pattern_rule

PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[(){}|]|\{[\d,]+\}|[\d,]+| ')


def as_pattern(rule: str) -> str:
    """A grammar's rule as a regular expression of Python's."""
    found = ""
    for piece in PIECE.findall(rule):
        found += re.escape(json.loads(piece)) if piece.startswith('"') else piece.strip()
    return found.replace("(", "(?:")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[A-Z]{3}", "ABC", "ABCD"),
        (r"\d{4}", "0123", "x123"),
        (r"[0-9]{1,2}[.,]?[0-9]*", "12.5", "a"),
        ("yes|no", "no", "maybe"),
        (r"(ab)+c?", "ababc", "b"),
        (r"[^@\s]+@[^@\s]+", "a@b", "a@"),
        (r"\w[\w-]*\.txt", "my-file.txt", "file"),
        (r"^\s*[a-z]$", "a", "A"),
        ("a.c", "abc", "ac"),
    ],
)
def test_a_pattern_becomes_a_rule(pattern: str, good: str, bad: str) -> None:
    rule = as_pattern(pattern_rule(pattern))
    assert re.fullmatch(rule, f'"{good}"') and not re.fullmatch(rule, f'"{bad}"')


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", "[", r"a\b", 'say "', "[a-z", r"[\W]", "(?!x)y"])
def test_what_has_no_rule_is_left_to_the_reader(pattern: str) -> None:
    assert pattern_rule(pattern) == ""
    assert FormattedText(pattern=pattern).grammar_rule.startswith('"\\"" [^')


@settings(max_examples=5)
@given(st.data())
@pytest.mark.parametrize("pattern", ["[A-Z]{3}", r"\d+(,\d\d)?", "(red|blue) [a-c]*", r"[^@\s]+@\w+"])
def test_all_that_the_rule_allows_matches(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(as_pattern(pattern_rule(pattern)), fullmatch=True))
    found = json.loads(text)
    if found.strip() == found:
        assert FormattedText(pattern=pattern).read(found) == found


@settings(max_examples=5)
@given(st.data())
@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        *[(kind, "", "") for kind in FORMATS],
        ("date", "2026-03-01", ""),
        ("date", "", "2025-06-30"),
        ("date", "1990-01-01", "2007-12-31"),
        ("time", "08:30", "18:00"),
        ("month", "2026-01", "2027-12"),
        ("datetime-local", "2026-05-01T08:00", "2028-01-01T00:00"),
    ],
)
def test_all_that_a_format_allows_is_taken(kind: str, first: str, last: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(as_pattern(format_rule(kind, first, last)), fullmatch=True))
    what, pattern = FORMATS[kind]
    question = FormattedText(what=what, pattern=pattern, first=first, last=last, format=kind)
    assert question.read(json.loads(text)) == json.loads(text)
