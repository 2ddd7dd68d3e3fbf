"""Numbers, choices and JSON out of answers: read right, or refused with the reason."""

import json
import pickle
import sys

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError, ParseError, exclusive_response, extract_number, parse_json, parse_number
from otree_ego.parsing import AmbiguousAnswer, parse_choice

TEXTS = st.text(st.characters(codec="utf-8"))
STORABLE = TEXTS.filter(lambda text: "\0" not in text)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("42", 42),
        ("I choose 42.", 42),
        ("**42**", 42),
        ("_42_", 42),
        ("'42'", 42),
        ("42...", 42),
        ("Well...42", 42),
        ("007", 7),
        ("-3", -3),
        ("\u22123", -3),
        ("\u20133 points", -3),
        ("minus 3", -3),
        ("-$5", -5),
        ("$-5", -5),
        ("+5", 5),
        ("GPT-4", 4),
        ("- 5", 5),
        ("€5,-", 5),
        ("50%", 50),
        ("2.50", 2.5),
        ("1.0", 1),
        ("-0", 0),
        (".5", 0.5),
        ("1,000", 1000),
        ("12,345,678.9", 12345678.9),
        ("1'000", 1000),
        ("1\u202f000", 1000),
        ("3e8", 300_000_000),
        ("1.5E-3", 0.0015),
        ("12345678901234567890", 12345678901234567890),
        ("٤٢", 42),
        ('{"offer": 5}', 5),
        ('{"offer": 5.125}', 5.125),
        ("1.000.000", 1_000_000),
        ("1\u2009000\u2009000", 1_000_000),
        ("1\u2019000.50 CHF", 1000.5),
        ("-EUR 5", -5),
        ("\u2212 5", -5),
        ("0.500", 0.5),
        ("1234.567", 1234.567),
        ("12.345e1", 123.45),
        ("5 m", 5),
        ("5 miles", 5),
        ("5 mm", 5),
        ("5 (five)", 5),
        ("5 out of ten", 5),
        ("<answer>5</answer>", 5),
        ("My answer -> 5", 5),
        ("<5>", 5),
        ("5. May I ask something?", 5),
        ("I do not mind. 5", 5),
        ("I don't know, so 5", 5),
        ("No more than 5", 5),
        ("at least 5", 5),
    ],
)
def test_one_number(answer, number):
    for found in (parse_number(answer), extract_number(answer)):
        assert found == number
        assert type(found) is type(number)


@pytest.mark.parametrize("answer", ["", "none", "NaN", "Infinity", "-inf", "ninety", "²"])
def test_no_number(answer):
    assert extract_number(answer) is None
    with pytest.raises(ParseError, match="it has no number"):
        parse_number(answer)


@pytest.mark.parametrize(
    "answer", ["1 or 2", "5-10", "1/2", "10:30", "5, 6", "1 000", "5 5", "0x1F", "I, player 2, take 5"]
)
def test_several_numbers(answer):
    assert extract_number(answer) is None
    with pytest.raises(AmbiguousAnswer, match="more than one number"):
        parse_number(answer)


@pytest.mark.parametrize(
    "answer", ["1,5", "1.000,5", "0,500", "1,00,000", "1.2.3", "10.11.2024", "5½", "10²", "1e999", "9" * 301]
)
def test_what_reads_in_two_ways_is_refused(answer):
    assert extract_number(answer) is None
    with pytest.raises(ParseError, match="cannot be read as one number"):
        parse_number(answer)


@pytest.mark.parametrize(
    ("answer", "number"), [("1,5", 1.5), ("1.000", 1000), ("1.000,5", 1000.5), ("-1.250,50 €", -1250.5), (",5", 0.5)]
)
def test_a_decimal_comma_is_read_where_it_is_announced(answer, number):
    assert parse_number(answer, decimal=",") == number
    with pytest.raises(ConfigError, match="decimal is"):
        parse_number(answer, decimal=";")


def test_a_failed_number_says_what_was_expected_and_can_be_kept():
    with pytest.raises(ParseError) as caught:
        parse_number("I give 101", low=0, high=100, integer=True)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == "'I give 101' is not one whole number from 0 to 100: 101 is out of range."
    assert (error.text, error.expected) == ("I give 101", "one whole number from 0 to 100")
    for limits, words in (({"low": 1}, "of at least 1"), ({"high": -1}, "of at most -1"), ({"integer": True}, "whole")):
        with pytest.raises(ParseError, match=words):
            parse_number("0.5", **limits)
    assert parse_number("100.0", low=0, high=100, integer=True) == 100


@pytest.mark.parametrize(
    ("answer", "point", "comma"),
    [("5.000", 5, 5000), ("€1.000", 1, 1000), ("1.234 Euro", 1.234, 1234), ("-12.500", -12.5, -12500)],
)
def test_a_point_before_three_digits_is_refused_unless_decimal_says_what_it_is(answer, point, comma):
    assert extract_number(answer) is None
    with pytest.raises(AmbiguousAnswer, match=rf"cannot be read as one number: it can be .* or {abs(comma)}\."):
        parse_number(answer)
    for function in (parse_number, extract_number):
        assert (function(answer, decimal="."), function(answer, decimal=",")) == (point, comma)


MORE = [
    "5k",
    "5 K",
    "5M",
    "5m",
    "€5 m",
    "5bn",
    "5 million",
    "5 mio",
    "5 Mio. €",
    "5 Mrd.",
    "5 Tausend",
    "5 TEUR",
    "5T€",
]
MORE += [
    "1.5 billion",
    "2 dozen",
    "5 hundred",
    "5 lakh",
    "5 Billionen",
    "5 mil",
    "5 grand",
    "5MM",
    "5 and a half",
    "5 Fünftel",
    "3 quarters",
    "half of 10",
]
MORE += ["5 Billionen", "5 mil", "5 grand", "5MM"]
MORE += ["twice 5", "5 thousandths", "5 to ten", "five or 6", "twenty-5", "5 bis zehn"]
MORE += ["3rd", "21st", "5ten", "5. Mai", "May 5", "5th of May", "Dec. 5", "5+", ">5", "< 5", "≤5", "±5", "+/-5", "--5"]
MORE += ["5 or more", "more than 5", "weniger als 5", "not 5", "I would never give 5", "Nicht 5", "5 is not enough"]


@pytest.mark.parametrize("answer", MORE)
def test_a_number_of_which_more_is_said_is_refused(answer):
    for decimal in (None, ".", ","):
        if "1.5" not in answer:
            assert extract_number(answer, decimal) is None
            with pytest.raises(AmbiguousAnswer):
                parse_number(answer, decimal=decimal)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read_back(number):
    assert extract_number(f"My answer: {number}!", decimal=".") == number
    assert extract_number(f"My answer: {number}!") in (number, None)


@given(
    st.integers(1, 10**12),
    st.sampled_from([",", "'", "\u2019", "\u00a0", "\u2009", "\u202f"]),
    st.sampled_from(["", "-", "\u2212", "€", "-$", "CHF "]),
    st.sampled_from(["", ".", " %", " €", " points", "\u00a0EUR"]),
    st.sampled_from(["{}", "I offer {}", "My answer: **{}**\nThank you!"]),
)
def test_grouped_numbers_are_read_in_any_dress(number, group, before, after, sentence):
    written = f"{number:,}".replace(",", group)
    value = -number if before[:1] in ("-", "\u2212") and before else number
    assert parse_number(sentence.format(before + written + after)) == value


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(["{}", "€{}", "{} Euro", "I offer {}.", "-{}"]))
def test_no_number_with_a_point_before_three_digits_is_guessed(whole, decimals, sentence):
    answer = sentence.format(f"{whole}.{decimals:03}")
    sign = -1 if "-" in sentence else 1
    assert extract_number(answer) is None
    assert extract_number(answer, decimal=",") == sign * (whole * 1000 + decimals)
    assert extract_number(answer, decimal=".") == sign * float(f"{whole}.{decimals:03}")


@given(
    st.integers(0, 10**6),
    st.sampled_from(["", " ", "\u00a0", "-"]),
    st.sampled_from(["k", "million", "Millionen", "Mio.", "Mrd", "thousand", "Tausend", "bn", "billion", "dozen"]),
)
def test_no_multiplier_is_passed_over(number, blank, word):
    assert extract_number(f"I'd pay ${number}{blank}{word} for it") is None


@given(st.integers(min_value=1000))
def test_every_grouped_number_is_read(number):
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number:,}".replace(",", "."), decimal=",") == number


@given(TEXTS)
def test_numbers_from_any_text_are_finite_or_refused(text):
    found = extract_number(text)
    assert found is None or abs(found) < float("inf") or isinstance(found, int)


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("I ACCEPT.", "accept"),
        ("accept, accept!", "accept"),
        ("_accept_", "accept"),
        ("unacceptable", None),
        ("acceptance", None),
        ("", None),
        ("No deal.", "no deal"),
        ("No.", "no"),
        ("C++", "C++"),
        ("Le cafe\u0301", "café"),
    ],
)
def test_one_choice(answer, choice):
    tokens = ["accept", "no", "no deal", "C++", "café"]
    assert exclusive_response(answer, tokens) == choice
    if choice is None:
        with pytest.raises(ParseError, match="none of them"):
            parse_choice(answer, tokens)
    else:
        assert parse_choice(answer, tokens) == choice


@pytest.mark.parametrize(
    "answer",
    [
        "I would never accept this", "I do not accept.", "I can\u2019t accept", "I wont accept", "No way will I accept",
        "Accept? Never!", "Accept? I would not.", "I refuse to accept.", "It is not ideal, but I accept.", "non-accept",
        "accept... not", "Ich werde das niemals: accept", "Keinesfalls accept", "Nein, accept", "Not reject",
        "Neither of us can accept", "I am unwilling to accept",
    ],
)  # fmt: skip
def test_a_choice_that_is_denied_is_ambiguous(answer):
    for function in (exclusive_response, parse_choice):
        with pytest.raises(AmbiguousAnswer, match="so it can be meant either way"):
            function(answer, ["accept", "reject"])


@pytest.mark.parametrize(
    ("answer", "tokens", "choice"),
    [
        ("I do not like to haggle. ACCEPT", ["accept", "reject"], "accept"),
        ("Nothing is perfect.\nreject", ["accept", "reject"], "reject"),
        ("ACCEPT\nI will not say more.", ["accept", "reject"], "accept"),
        ("I know it, another notion: accept", ["accept", "reject"], "accept"),
        ("I do not accept.", ["accept", "do not accept"], "do not accept"),
        ("never", ["always", "never"], "never"),
        ("Option no. 2: accept", ["accept", "reject"], "accept"),
        ("No.", ["yes", "no"], "no"),
    ],
)
def test_a_denial_elsewhere_denies_no_choice(answer, tokens, choice):
    assert exclusive_response(answer, tokens) == choice


@given(
    st.sampled_from(["not", "never", "cannot", "don't", "nicht", "kein"]),
    st.lists(st.sampled_from("abcde"), max_size=9),
)
def test_a_denial_in_the_same_sentence_is_never_passed_over(word, between):
    for words in ([word, *between, "accept"], ["accept", *between, word]):
        with pytest.raises(AmbiguousAnswer):
            exclusive_response(" ".join(words), ["accept", "reject"])


def test_several_choices_are_an_error_of_both_kinds():
    with pytest.raises(RuntimeError) as caught:
        exclusive_response("accept or reject?", ["accept", "reject"])
    assert isinstance(caught.value, ParseError)
    assert pickle.loads(pickle.dumps(caught.value)).expected == "exactly one of 'accept', 'reject'"


def test_case_counts_where_it_is_asked_for():
    assert exclusive_response("A or a", ["A"], case_insensitive=False) == "A"
    assert exclusive_response("a", ["A"], case_insensitive=False) is None


@pytest.mark.parametrize("tokens", ["A;B", [], [""], ["A", " "]])
def test_tokens_must_be_tokens(tokens):
    with pytest.raises(ConfigError, match="tokens"):
        exclusive_response("A", tokens)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("  [1, 2]\n", [1, 2]),
        ("5", 5),
        ('Sure: {"a": {"b": [1]}}. Done.', {"a": {"b": [1]}}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('I thought of {"a": 2}.\n```\n{"a": 1}\n```\nOk?', {"a": 1}),
        ('From [0, 100).\n{"a": 1}', {"a": 1}),
        ('As [1] says, {"a": 1}', {"a": 1}),
        ('{"a": 1} and again {"a": 1}', {"a": 1}),
        ('A { brace, then {"a": "]["}', {"a": "]["}),
        ('{"a": "]}"}!', {"a": "]}"}),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('{"a": "\\ud83d\\u0000"}', {"a": "\ufffd"}),
    ],
)
def test_json_is_found(answer, value):
    assert parse_json(answer) == value


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "it has none"),
        ("no JSON", "it has none"),
        ('{\'a\': 5, "b": {"x": 1}}', "it has none"),
        ('{"a": 5, "b": [1, 2],}', "broken"),
        ('[{"a": 1},]', "broken"),
        ('{"a": 1', "broken"),
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": 1e999}', "1e999 is not JSON"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": 1} or {"a": 2}', "2 different ones"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": 1,} ' * 200, "more than 100 pieces"),
    ],
)
def test_what_is_not_one_json_object_is_refused(answer, why):
    with pytest.raises(ParseError, match=why) as caught:
        parse_json(answer)
    assert caught.value.text == answer
    assert len(str(caught.value)) < 500


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STORABLE
OBJECTS = st.dictionaries(
    STORABLE, st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(STORABLE, inner), max_leaves=20)
)


@given(OBJECTS)
def test_every_object_is_found_in_prose(value):
    assert parse_json(json.dumps(value)) == value
    assert parse_json(f"Here it is:\n{json.dumps(value, indent=1)}\nI hope that helps.") == value


@given(st.text(st.sampled_from('{}[]",:1a \\\n`')))
def test_any_text_is_json_or_a_parse_error(text):
    try:
        parse_json(text)
    except ParseError as error:
        assert error.text == text


UNITS = ["{", "[", '{"a":', '{"}', '{"', "[1", '\\{"', "[]", "```\n", "```{\n"]
UNITS += ["9", "9,", "9.", "'", "-", "minus ", "1e", "accept", "accept? ", "not accept. ", "not a ", "5 not ", "1.000 "]


def choose(text):
    return exclusive_response(text, ["accept", "reject"])


def steps(function, text):
    """How many times Python enters a function or a line of this package while parsing."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if "otree_ego" not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    sys.settrace(trace)
    try:
        function(text)
    except ParseError:
        pass
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("function", [parse_json, parse_number, choose])
def test_work_grows_no_faster_than_hostile_text(function, unit):
    small, large = (steps(function, unit * (size // len(unit))) for size in (5_000, 10_000))
    assert large <= 2 * small + 100


@pytest.mark.parametrize("unit", UNITS)
def test_200_kilobytes_of_anything_come_to_an_end(unit):
    text = unit * (200_000 // len(unit))
    for function in (parse_json, parse_number, choose):
        try:
            function(text)
        except ParseError as error:
            assert len(str(error)) < 1000
