"""Pages that oTree has served are read right: their text, their form, and what the server says is wrong."""

from __future__ import annotations

import pytest
from harness.served_pages import PAGES, described, fragment, served
from hypothesis import given, settings, strategies as st

from otree_ego.players.served_page import Served, read_page


@pytest.mark.parametrize("name", sorted(file.stem for file in PAGES.glob("*.html")))
def test_a_served_page_is_read_as_its_file_says(name: str) -> None:
    assert described(served(name)) == (PAGES / f"{name}.txt").read_text("utf-8")


def test_errors_of_fields_and_of_the_form_are_told_apart() -> None:
    assert served("fields_errors").errors["points"] == "Zahl muss zwischen 0 und 20 liegen."
    assert set(served("fields_errors").errors) == {"", "points", "age", "share", "name", "agree", "side", "country"}
    assert served("strict_errors").errors["answer"] == "Please think again."
    assert served("strict_refused").errors == {"": "You are too young & cannot go on."}
    assert served("fields").errors == {}


def test_where_the_participant_is_and_how_long() -> None:
    page = served("buttons")
    assert (page.app, page.name, page.index, page.seconds) == ("fields", "Buttons", 3, 600)
    assert served("end").over and not served("instructions").over
    assert read_page(Served("http://localhost/OutOfRangeNotification/x", "<p>No more pages left</p>")).over


def test_spans_are_expanded_whatever_their_order() -> None:
    page = fragment(
        "<table><tr><th>A<th rowspan=3>B<th>C</tr><tr><td rowspan='2'>1<td>2</tr><tr><td>3</tr>"
        "<tr><td colspan=9999999>wide</tr></table>"
    )
    rows = [line.split(" | ") for line in page.text.split("\n")]
    assert rows[0][:3] == ["| A", "B", "C"] and rows[2][:3] == ["| 1", "B", "2"] and rows[3][:3] == ["| 1", "B", "3"]
    assert set(page.text.split("\n")[-1]) <= set("| wide")


def test_cells_that_overlap_keep_their_own_text() -> None:
    assert fragment("<table><tr><td rowspan=2>a<td>b<tr><td>c<td>d</table>").text == "| a | b | |\n| a | c | d |"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>a<p>b", "a\n\nb"),
        ("a<br><br>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a <!-- no --> b<style>no</style><script>no</script>", "a b"),
        ("<span style='color:red; DISPLAY : none'>no</span>yes<i hidden>no</i><b class='d-none x'>no</b>", "yes"),
        ("<ol start=3><li>a<li>b<ul><li>c</ul></ol>", "3. a\n4. b\n  - c"),
        ("x<sup>2</sup> + y<sub>i, j</sub>", "x^2 + y_(i, j)"),
        ("<math><msqrt><mrow><mi>a</mi><mo>=</mo><mn>2</mn></mrow></msqrt></math>", "√(a = 2)"),
        ("H<sub>2</sub>O and x<sup>2</sup>y, x<sub>1</sub><sup>2</sup>.", "H_2O and x^2 y, x_1^2."),
        ("3<sup>1</sup>/<sub>4</sub>x and <sup>1</sup>⁄<sub>2</sub>.", "3 1/4 x and 1⁄2 ."),
        ("<svg><title>A lake</title><text>10</text></svg>", "[drawing: A lake: 10]"),
        ("<table><tr><td><p>only a frame</p></td></tr></table>", "only a frame"),
        ("<table><tr><td>a|b<td>c</table>", "| a\\|b | c |"),
        ("a\ue000b\ue001", "ab"),
        ("<video></video><iframe src=x title='A map'></iframe>", "[video] [embedded page: A map]"),
    ],
)
def test_texts(source: str, text: str) -> None:
    assert fragment(source).text == text


def test_a_field_is_named_by_what_stands_beside_it() -> None:
    page = fragment(
        "<label>One <input name=a></label><label for=b>Two</label><input id=b name=b><p>Three: <input name=c></p>"
        "<input name=d placeholder=Four><fieldset><legend>Five</legend><input type=radio name=e value=1> "
        "<input type=radio name=e value=2></fieldset><h4 id=six>Six</h4><input name=f aria-labelledby=six>"
        "<table><tr><th></th><th>Now</th></tr><tr><td>Seven</td><td><input name=g></td></tr></table>"
    )
    assert [each.label for each in page.form.fields] == ["One", "Two", "Three:", "Four", "Five", "Six", "Seven, Now"]
    assert [option.text for option in page.form.fields[4].options] == ["1", "2"]


def test_what_a_browser_would_not_send_is_no_field() -> None:
    page = fragment(
        "<input name=a disabled><fieldset disabled><input name=b></fieldset><input><button type=reset>R</button>"
        "<input type=button value=B name=c><div style='display:none'><input name=d value=7></div>"
        "<input type=submit value=Go name=go><input type=image alt=Arrow><button name=x value=1>X</button>"
    )
    assert [(each.name, each.shown) for each in page.form.fields] == [("d", False)]
    assert [(each.text, each.name, each.value) for each in page.form.buttons] == [
        ("Go", "go", "Go"),
        ("Arrow", "", ""),
        ("X", "x", "1"),
    ]
    assert page.form.dead == ("B",) and page.keys == {}


def test_options_of_one_text_are_told_apart() -> None:
    page = fragment("<select name=a><option>Please choose<option value=1>Left<option value=2>Left</select>")
    assert [option.text for option in page.form.fields[0].options] == ["Please choose", "Left (1)", "Left (2)"]


def test_a_page_that_says_too_much_is_read_in_time() -> None:
    deep = fragment("<div>" * 3000 + "deep" + "</div>" * 3000)
    assert "deep" in deep.text
    wide = fragment("<table>" + "<tr><td colspan=1000 rowspan=1000>x<td>y" * 60 + "</table>")
    assert "x" in wide.text


TAGS = st.sampled_from((
    "<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "<th rowspan=2>", "<td colspan=3>", "<input name=a>",
    "<input type=radio name=b value=1>", "<input type=checkbox name=c>", "<select name=d>", "<option>", "</select>",
    "<label>", "</label>", "<label for=x>", "<math>", "<mfrac>", "<mn>", "<button>", "<ul>", "<li>", "</ul>", "<svg>",
    "<textarea name=e>", "</textarea>", "x", "1", "&lt;", "\ue010", "\ue000", "<script>", "</script>", "<b>", "<sub>",
))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(TAGS, max_size=40))
def test_any_page_is_read(parts: list[str]) -> None:
    page = fragment(" ".join(parts))
    assert {name.partition(" (")[0] for name in page.keys} <= {*"abcde"} and not {"\ue000", "\ue010"} & set(page.text)


N, I, O = "<mn>{}</mn>".format, "<mi>{}</mi>".format, "<mo>{}</mo>".format  # noqa: E741


def of(tag: str, *parts: str) -> str:
    return f"<{tag}>{''.join(parts)}</{tag.split()[0]}>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (N(3) + of("mfrac", N(1), N(4)), "3 1/4"),
        (of("mrow", N(3)) + of("mrow", of("mfrac", N(1), N(4))), "3 1/4"),
        (of("mfrac", N(1), N(4)) + I("x"), "1/4 x"),
        (of("mfrac", N(1), N(2)) + O("(") + I("x") + O(")"), "1/2 (x)"),
        (O("-") + of("mfrac", N(1), N(2)), "-1/2"),
        (of("mfrac", N(1), of("mrow", N(2), I("y"))), "1/(2y)"),
        (of("mfrac", N(10), N(25)), "10/25"),
        (of("mfrac linethickness=0", I("n"), I("k")), "n over k"),
        (of("munderover", O("∑"), of("mrow", I("i"), O("="), N(1)), I("n")) + of("msub", I("x"), I("i")),
         "∑_(i = 1)^n x_i"),
        (of("munderover", O("∑"), of("mrow", I("i"), O("="), N(1)), I("n")) + O("(") + I("x") + O(")"),
         "∑_(i = 1)^n (x)"),
        (of("msup", I("x"), N(2)) + I("y"), "x^2 y"),
        (of("msup", I("x"), of("mrow", N(2), I("y"))), "x^(2y)"),
        (of("msub", I("f"), N(1)) + O("(") + I("x") + O(")"), "f_1(x)"),
        (N(2) + of("msup", I("x"), N(2)), "2x^2"),
        (of("msup", I("f"), O("′")) + O("(") + I("x") + O(")"), "f′ (x)"),
        (of("msqrt", I("a"), O("+"), I("b")) + I("c"), "√(a + b) c"),
        (of("msqrt", N(2)) + I("x"), "√2 x"),
        (of("mfrac", of("msub", I("x"), I("i")), N(2)), "x_i/2"),
        (of("mroot", I("x"), N(3)), "root(x, 3)"),
        (of("mfenced", I("a"), I("b")), "(a, b)"),
        (of("mfenced open='[' close=']' separators=';'", I("a"), I("b"), I("c")), "[a; b; c]"),
        (of("mfenced open='|' close='|' separators=''", of("mrow", I("a"), O("-"), I("b"))), "|a-b|"),
        (of("mfrac", of("mfenced", of("mrow", I("x"), O("+"), N(1))), N(2)), "(x + 1)/2"),
        (of("msup", of("mfenced", of("mrow", I("x"), O("+"), N(1))), N(2)), "(x + 1)^2"),
        (N(5) + of("mtext", " points"), "5 points"),
        (I("sin") + I("x"), "sin x"),
        (I("x") + of("mphantom", N(7)), "x"),
        (of("mtable", of("mtr", of("mtd", N(1)), of("mtd", of("mfrac", N(1), N(2))))), "[1, 1/2]"),
    ],
)  # fmt: skip
def test_formulas_can_be_read_in_one_way_only(inside: str, text: str) -> None:
    assert fragment(f"<math>{inside}</math>").text == text
