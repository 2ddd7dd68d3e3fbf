"""When models end: the table, the SDK's own list, what a service says, and the sentence."""

from __future__ import annotations

from datetime import date

import pytest

from otree_ego.providers import endings
from otree_ego.providers.endings import AHEAD, LARGE, SMALL, Ending, ending_of, read_day


def test_the_table_agrees_with_the_installed_sdk() -> None:
    """Where both know a model. The SDK may be newer than the table, and then it is believed."""
    table = {name: date.fromisoformat(day) for day, names in endings._OPENAI.items() for name in names}
    listed = endings.in_sdk()
    assert len(listed) > 40, "the SDK lists its endings in another way now: see endings.in_sdk"
    known = table.keys() & listed.keys()
    assert len(known) > 40
    assert {name: table[name] for name in known} == {name: listed[name] for name in known}


@pytest.mark.parametrize(
    ("model", "day", "instead"),
    [
        ("gpt-4", "2026-10-23", LARGE),
        ("gpt-3.5-turbo", "2026-10-23", SMALL),
        ("gpt-4o", "2027-01-14", LARGE),
        ("gpt-4o-mini", "2027-01-14", SMALL),
        ("o3", "2026-12-11", LARGE),
        ("openai/gpt-4", "2026-10-23", LARGE),
        ("openrouter/openai/gpt-4o-mini", "2027-01-14", f"openrouter/openai/{SMALL}"),
        ("gpt-4o-search-preview", "2026-07-23", ""),
    ],
)
def test_what_ends_and_what_to_write(model: str, day: str, instead: str) -> None:
    found = ending_of(model)
    assert found is not None
    assert (found.day.isoformat(), found.instead) == (day, instead)
    assert found.sentence(date(2026, 11, 28)).startswith(f"{model} end")


@pytest.mark.parametrize(
    "model", ["gpt-6-luna", "gpt-6-sol", "ollama/gpt-4o", "uni/gpt-4", "local/smollm2", "constant/o3"]
)
def test_what_does_not_end(model: str) -> None:
    assert ending_of(model) is None


def test_what_the_service_says_comes_first() -> None:
    found = ending_of("groq/llama-x", "2027-02-01T00:00:00Z")
    assert found is not None and found.day == date(2027, 2, 1) and found.instead == ""
    earlier = ending_of("gpt-4o", "2026-12-24")
    assert earlier is not None and earlier.day == date(2026, 12, 24)


@pytest.mark.parametrize("text", [None, "", "soon", 5, "2027-13-40", [], {"date": 1}])
def test_a_date_that_is_none_is_passed_over(text: object) -> None:
    assert read_day(text) is None
    assert ending_of("groq/llama-x", text) is None  # type: ignore[arg-type]


def test_over_and_near() -> None:
    today = date(2026, 11, 28)
    assert Ending("a", today).over(today) and not Ending("a", date(2026, 11, 29)).over(today)
    assert Ending("a", today + AHEAD).near(today) and not Ending("a", today + AHEAD + (AHEAD / 90)).near(today)
    assert Ending("a", date(2026, 11, 1)).sentence(today) == "a ended on 2026-11-01: choose another model."
    assert Ending("a", date(2026, 12, 1), "b").sentence(today) == "a ends on 2026-12-01: write b."


def test_what_takes_their_place_lasts() -> None:
    assert ending_of(SMALL) is None and ending_of(LARGE) is None
