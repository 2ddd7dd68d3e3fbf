"""Radio buttons and boxes in tables, in all the ways in which people lay them out."""

from __future__ import annotations

import pytest
from harness.served_pages import fragment

from otree_ego.players.page_fields import Field

NEXT = "<button>Next</button>"


def cell(text: str) -> str:
    """A cell: ``name=value`` is a radio button, ``name+value`` a box, ``name?`` a number; text may follow; ``!`` heads;
    ``3*`` spans columns, ``2^`` rows."""
    spans = ""
    for sign, name in (("*", "colspan"), ("^", "rowspan")):
        if len(text) > 1 and text[0].isdigit() and text[1] == sign:
            spans, text = f"{spans} {name}={text[0]}", text[2:]
    tag = "th" if text.startswith("!") else "td"
    words = []
    for word in text.lstrip("!").split(" "):
        if "=" in word:
            name, _, value = word.partition("=")
            word = f"<input type=radio name={name} value={value}>"
        elif "+" in word:
            name, _, value = word.partition("+")
            word = f"<input type=checkbox name={name} value={value}>"
        elif word.endswith("?"):
            word = f"<input type=number name={word[:-1]}>"
        words.append(word)
    return f"<{tag}{spans}>{' '.join(words)}</{tag}>"


def table(*rows: str) -> str:
    return "<table>" + "".join("<tr>" + "".join(map(cell, row.split("|"))) + "</tr>" for row in rows) + "</table>"


def read(source: str) -> list[Field]:
    return list(fragment(source + NEXT).form.fields)


def described(source: str) -> list[tuple[str, list[str]]]:
    return [(each.label, [option.text for option in each.options]) for each in read(source)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # One option a row.
        (["Safe|5|a=1", "Risky|9|a=2"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["a=1|Safe|5", "a=2|Risky|9"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["a=1|Safe", "a=2|Risky", "a=3|Neither"], [("Which?", ["Safe", "Risky", "Neither"])]),
        (["Safe|a=1|5", "Risky|a=2|9"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["!Option|!Payoff|!Choose", "Safe|5|a=1", "Risky|9|a=2"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["Option|Payoff|Choose", "Safe|5|a=1", "Risky|9|a=2"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["a=1 Safe|5", "a=2 Risky|9"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["2^Your lottery|a=1|Safe", "a=2|Risky"], [("Your lottery", ["Safe", "Risky"])]),
        (["Safe|5|a+1", "Risky|9|a+2"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["a+1|Safe|5", "a+2|Risky|9"], [("Which?", ["Safe, 5", "Risky, 9"])]),
        (["2*Your lottery", "a=1|Safe", "a=2|Risky"], [("Your lottery", ["Safe", "Risky"])]),
        (["2*!Your lottery", "!Pick|!Name", "a=1|Safe", "a=2|Risky"], [("Your lottery", ["Safe", "Risky"])]),
        (["a=1|Safe", "a=2|Risky", "2*And then:", "b=1|Yes", "b=2|No"],
         [("Which?", ["Safe", "Risky"]), ("And then:", ["Yes", "No"])]),
        # Options are rows, questions are columns.
        (["|!Fair|!Kind", "Agree|a=1|b=1", "Disagree|a=2|b=2"],
         [("Fair", ["Agree", "Disagree"]), ("Kind", ["Agree", "Disagree"])]),
        # A matrix with a radio button in each cell.
        (["|Left|Right", "Up|a=UL|a=UR", "Down|a=DL|a=DR"],
         [("Which?", ["Up, Left", "Up, Right", "Down, Left", "Down, Right"])]),
        (["|!Left|!Right", "!Up|a=UL 0,0|a=UR 0,0", "!Down|a=DL 5,1|a=DR 3,3"],
         [("Which?", ["Up, Left: 0,0", "Up, Right: 0,0", "Down, Left: 5,1", "Down, Right: 3,3"])]),
        (["|2*!You|", "|!Left|!Right", "!Up|a=UL|a=UR", "!Down|a=DL|a=DR"],
         [("Which?", ["Up, Left", "Up, Right", "Down, Left", "Down, Right"])]),
        (["1|2|3", "a=1|a=2|a=3", "4|5|6", "a=4|a=5|a=6"], [("Which?", list("123456"))]),
        (["a=1 Red|a=2 Green", "a=3 Blue|a=4 Other"], [("Which?", ["Red", "Green", "Blue", "Other"])]),
        # Headers in two rows, and further ones below.
        (["!|3*!How often", "|never|some|always", "Tea|a=1|a=2|a=3", "Milk|b=1|b=2|b=3"],
         [("Tea", ["never", "some", "always"]), ("Milk", ["never", "some", "always"])]),
        (["!|3*!How often", "Drink|never|some|always", "Tea|a=1|a=2|a=3"], [("Tea", ["never", "some", "always"])]),
        (["2^!Drink|2*!How often", "never|always", "Tea|a=1|a=2"], [("Tea", ["never", "always"])]),
        (["4*!Part one", "|never|some|always", "Tea|a=1|a=2|a=3"], [("Tea", ["never", "some", "always"])]),
        (["!|!yes|!no", "Tea|a=1|a=2", "!|!agree|!disagree", "Fair|b=1|b=2", "Kind|c=1|c=2"],
         [("Tea", ["yes", "no"]), ("Fair", ["agree", "disagree"]), ("Kind", ["agree", "disagree"])]),
        (["!|!yes|!no", "Tea|a=1|a=2", "Part two|agree|disagree", "Fair|b=1|b=2"],
         [("Tea", ["yes", "no"]), ("Fair", ["agree", "disagree"])]),
        (["!|!yes|!no", "Tea|a=1|a=2", "3*And now:", "Milk|b=1|b=2"],
         [("Tea", ["yes", "no"]), ("Milk", ["yes", "no"])]),
        (["!|!yes|!no", "Tea|a=1|a=2", "And now:||", "Milk|b=1|b=2"],
         [("Tea", ["yes", "no"]), ("Milk", ["yes", "no"])]),
        (["|2*!You: A|2*!You: B", "|x|y|x|y", "Tea|a=1|a=2|a=3|a=4"],
         [("Tea", ["You: A, x", "You: A, y", "You: B, x", "You: B, y"])]),
        # What was before is data, and no heading.
        (["!Round|!Left|!Right", "1|5|7", "2|a=l|a=r"], [("2", ["Left", "Right"])]),
        # The ends of a scale.
        (["|bad|||good", "Tea|a=1|a=2|a=3|a=4"], [("Tea", ["1 (bad)", "2", "3", "4 (good)"])]),
    ],
)  # fmt: skip
def test_what_the_options_of_a_table_are(rows: list[str], found: list[tuple[str, list[str]]]) -> None:
    assert described("<p>Which?</p>" + table(*rows)) == found


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (["Safe|5|a+1", "Risky|9|b+1"], ["Safe, 5", "Risky, 9"]),
        (["a+1|Safe|5", "b+1|Risky|9"], ["Safe, 5", "Risky, 9"]),
        (["|!Mon|!Tue", "9h|a+1|b+1", "10h|c+1|d+1"], ["9h, Mon", "9h, Tue", "10h, Mon", "10h, Tue"]),
        (["!Round|!You|!Other", "1|5|7", "2|a?|7"], ["2, You"]),
        (["Round|You|Other", "1|5|7", "2|a?|7"], ["2, You"]),
        (["Endowment|10", "Offer|a?", "Belief|b?"], ["Offer", "Belief"]),
        (["!|!Price|!Amount", "Tea|a?|b?", "!|!Cost|!Number", "Milk|c?|d?"],
         ["Tea, Price", "Tea, Amount", "Milk, Cost", "Milk, Number"]),
        (["!|2*!You", "|low|high", "Tea|a?|b?"], ["Tea, You, low", "Tea, You, high"]),
    ],
)  # fmt: skip
def test_what_boxes_and_numbers_in_a_table_are_called(rows: list[str], labels: list[str]) -> None:
    assert [each.label for each in read(table(*rows))] == labels


def test_labels_of_their_own_are_kept_if_they_differ() -> None:
    source = "<tr><td><input type=radio name=a id={0} value={0}></td><td><label for={0}>{1}</label></td></tr>"
    assert described(f"<p>Which?</p><table>{source.format('x', 'Yes')}{source.format('y', 'No')}</table>") == [
        ("Which?", ["Yes", "No"])
    ]


def test_options_in_tables_of_their_own_are_no_rows() -> None:
    card = "<table><tr><td>{0}</td><td><input type=radio name=a value={0}></td></tr></table>"
    assert [each.label for each in read(card.format("x") + card.format("y"))] == [""]
