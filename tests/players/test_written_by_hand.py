"""Pages as people write them by hand: options without labels, errors beside nothing, buttons of scripts."""

from __future__ import annotations

import pytest
from harness.served_pages import fragment

from otree_ego.players import served_page
from otree_ego.players.field_questions import question_for
from otree_ego.players.form_question import payload
from otree_ego.players.served_page import Page, Served, read_page

NEXT = "<button>Next</button>"


def radio(name: str, value: str, more: str = "") -> str:
    return f"<input type=radio name={name} value={value} {more}>"


def options(page: Page, place: int = 0) -> list[str]:
    return [option.text for option in page.form.fields[place].options]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (f"{radio('a', 'y')} Yes<br>{radio('a', 'n')} No", ["Yes", "No"]),
        (f"<p>{radio('a', '1')}Yes {radio('a', '0')}No</p>", ["Yes", "No"]),
        (f"Yes {radio('a', 'y')}, No {radio('a', 'n')}", ["Yes", ", No"]),
        (f"<div>Left {radio('a', 'l')}</div><div>Right {radio('a', 'r')}</div>", ["Left", "Right"]),
        (f"Sad {radio('a', 1)} {radio('a', 2)} {radio('a', 3)} Glad", ["1 (Sad)", "2", "3 (Glad)"]),
        (f"{radio('a', 1)} {radio('a', 2)}", ["1", "2"]),
        (f"<label><img src=x alt=Cat><br>{radio('a', 1)}</label><label><img src=y alt=Dog>{radio('a', 2)}</label>",
         ["[image: Cat]", "[image: Dog]"]),
        (f"<label><img src=x>{radio('a', 'cat')}</label><label><img src=y>{radio('a', 'dog')}</label>",
         ["[image] (cat)", "[image] (dog)"]),
        (f"<table><tr><td>5 now<td>{radio('a', 'l')} {radio('a', 'r')}<td>9 later</table>", ["5 now", "9 later"]),
        (f"<table><tr><td>5 now<td>{radio('a', 'l')}<td>{radio('a', 'r')}<td>9 later</table>", ["5 now", "9 later"]),
        (f"<table><tr><th>Choice<th>A<th>B<th><tr><td>5 now<td>{radio('a', 1)}<td>{radio('a', 2)}<td>9 later</table>",
         ["A", "B"]),
        (f"<table><tr><td>{radio('a', 1)} Yes<td>{radio('a', 2)} No</table>", ["Yes", "No"]),
        (f"<table><tr><td>Fair?<td>{radio('a', 1)} Yes<br>{radio('a', 2)} No<td>x</table>", ["Yes", "No"]),
        ("<input type=checkbox name=a value=1> One<br><input type=checkbox name=a value=2> Two", ["One", "Two"]),
    ],
)  # fmt: skip
def test_an_option_without_a_label_is_named_by_what_stands_beside_it(source: str, texts: list[str]) -> None:
    assert options(fragment(source + NEXT)) == texts


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("<h4>Your age</h4><input name=a>", "Your age"),
        ("<ol><li>Where do you live?</li></ol><input name=a>", "1. Where do you live?"),
        (f"<p>Is it fair?</p>{radio('a', 1)} Yes {radio('a', 2)} No", "Is it fair?"),
        ("<p>How much?</p><p>€ <input name=a placeholder='0 to 9'></p>", "0 to 9"),
        ("<input type=checkbox name=a value=1> I agree", "I agree"),
        ("<p>x</p><input type=checkbox name=a value=1 aria-label='I agree'> and more", "I agree"),
        (f"<table><tr><td>Sad<td>{radio('a', 1)}<td>{radio('a', 2)}<td>{radio('a', 3)}<td>Glad</table>", "Sad … Glad"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table><input name=a>", ""),
        ("<p>A long " + "story " * 90 + "</p><input name=a>", ""),
    ],
)
def test_a_field_without_a_label_is_named_by_the_line_above(source: str, label: str) -> None:
    assert fragment(source + NEXT).form.fields[0].label == label


def test_what_is_above_belongs_to_the_next_field_only() -> None:
    page = fragment(
        f"<p>First?</p><input name=a> years<p>Second?</p>{radio('b', 1)} Yes {radio('b', 2)} No<input name=c>"
    )
    assert [each.label for each in page.form.fields] == ["First?", "Second?", "No"]


def test_a_hint_in_a_field_is_help_where_it_is_no_label() -> None:
    page = fragment("<label>Birthday <input name=a placeholder=dd.mm.yyyy></label>")
    assert (page.form.fields[0].label, page.form.fields[0].help) == ("Birthday", "dd.mm.yyyy")


ERROR = "<div class='form-control-errors'>{}</div>"


@pytest.mark.parametrize(
    ("source", "errors"),
    [
        (f"<p>A <input name=a></p>{ERROR.format('Bad a.')}<p>B <input name=b></p>", {"a": "Bad a."}),
        (f"<p>A <input name=a></p><p>B <input name=b></p>{ERROR.format('Bad<br/>b.')}", {"b": "Bad b."}),
        (f"<div><input name=a></div><div>{ERROR.format('Bad.')}<input name=b></div>", {"b": "Bad."}),
        (f"{ERROR.format('Bad.')}<p><input name=a></p>", {"a": "Bad."}),
        (f"<input type=hidden name=h>{ERROR.format('Needed.')}<p>{radio('r', 1)}</p>", {"h": "Needed."}),
        (ERROR.format("Alone."), {"": "Alone."}),
        (f"{radio('a', 1)} {radio('a', 2)}{ERROR.format('Choose.')}", {"a": "Choose."}),
        (
            "<div class='form-check has-errors'><input type=checkbox class=form-check-input id=t name=t value=y>"
            f"<label class=form-check-label for=t>Ok?</label>{ERROR.format('Tick it.')}</div>", {"t": "Tick it."},
        ),
    ],
)  # fmt: skip
def test_an_error_is_the_fields_that_it_stands_beside(source: str, errors: dict[str, str]) -> None:
    page = fragment(source + NEXT)
    assert page.errors == errors and "Bad" not in page.text


def test_help_of_a_box_is_read() -> None:
    page = fragment(
        "<div class='form-check'><input type=checkbox class=form-check-input id=t name=t value=y>"
        "<label class=form-check-label for=t>News</label><p><small><p class='form-text'>Once a month.</p></small></div>"
    )
    assert (page.form.fields[0].label, page.form.fields[0].help) == ("News", "Once a month.")


@pytest.mark.parametrize(
    ("source", "buttons", "dead"),
    [
        ("<div style='display: none'><button>Next</button></div>", ["Next"], ()),
        ("<button disabled>Next</button>", ["Next"], ()),
        ("<button disabled>Next</button><button type=button>Start</button>", [], ("Start",)),
        ("<button hidden>Late</button><button>Now</button>", ["Now"], ()),
        ("<button type=button data-bs-toggle=modal>Rules</button><button hidden>Next</button>", ["Next"], ()),
        ("<button type=button onclick='this.form.submit()'>Go</button>", ["Go"], ()),
        ("<input type=button value=Go onclick=\"document.getElementById('form').submit();\">", ["Go"], ()),
        ("<button type=button onclick='pick(1); this.form.submit()'>Go</button>", [], ("Go",)),
    ],
)
def test_which_buttons_send_the_form(source: str, buttons: list[str], dead: tuple[str, ...]) -> None:
    page = fragment(source)
    assert ([each.text for each in page.form.buttons], page.form.dead) == (buttons, dead)


@pytest.mark.parametrize(
    ("source", "over"),
    [
        ("<form id=form><p>Thank you.</p></form>", True),
        ("<form id=form><script>setTimeout(() => form.submit(), 99)</script></form>", False),
        ("<form id=form><p>Wait</p><button type=button>Go</button></form>", False),
        ("<form id=form><input type=hidden name=a></form>", False),
        ("<p>No form here.</p>", False),
    ],
)
def test_when_a_study_is_over(source: str, over: bool) -> None:
    assert read_page(Served("http://localhost/p/abcdefgh/fields/Page/3", source)).over is over


def test_one_radio_button_without_anything_is_a_question() -> None:
    assert question_for(fragment(radio("a", "") + NEXT).form.fields[0]).expected


def test_a_form_that_another_page_has_too_is_read_as_its_own() -> None:
    asks = "<form id=form><input name=a aria-labelledby=what>" + NEXT + "</form>"
    plain = "<h2 id=_otree-title>{}</h2><form id=form><p>Your age <input name=age>" + NEXT + "</form>"

    def page(place: int, source: str) -> Page:
        return read_page(Served(f"http://localhost/p/abcdefgh/fields/Page/{place}", source))

    assert [page(n, f"<p id=what>{text}</p>{asks}").form.fields[0].label for n, text in enumerate(["One", "Two"], 1)] \
        == ["One", "Two"]  # fmt: skip
    first, second = page(1, plain.format("First")), page(2, plain.format("Second"))
    assert (first.title, second.title, second.index) == ("First", "Second", 2)
    assert first.text == second.text and first.form == second.form
    first.keys["b"] = "q2"  # type: ignore[index]
    assert second.keys == page(3, plain.format("Third")).keys == {"age": "q1"}
    unsubmitted = page(4, plain.format("Text").replace("<form id=form>", "<form>"))
    assert (unsubmitted.form.fields, unsubmitted.keys, unsubmitted.formless) == ((), {}, True)


def test_pages_without_end_are_not_kept_without_end() -> None:
    for number in range(served_page.MOST_KEPT + 9):
        assert fragment(f"<p>Round {number}</p>" + NEXT).text == f"Round {number}\n\n[Next]"
    assert len(served_page._parts) == served_page.MOST_KEPT
    assert fragment("<p>Round 0</p>" + NEXT).text == "Round 0\n\n[Next]"
    before = len(served_page._parts)
    assert fragment("<p>" + "x" * served_page.LONGEST_KEPT).text == "x" * served_page.LONGEST_KEPT
    assert len(served_page._parts) == before


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<tr><td>4|4<td>P(A | B)", "| 4\\|4 | P(A \\| B) |"),
        ("<tbody><tr><td rowspan=2>a<td>1</tbody><tbody><tr><td>b<td>2</tbody>", "| a | 1 |\n| b | 2 |"),
        ("<tr><td rowspan=0>a<td>1<tr><td>2<tr><td>3", "| a | 1 |\n| a | 2 |\n| a | 3 |"),
        ("<tbody><tr><td rowspan=0>a<td>1<tr><td>2</tbody><tbody><tr><td>b<td>3</tbody>",
         "| a | 1 |\n| a | 2 |\n| b | 3 |"),
        ("<thead><tr><th rowspan=2>h<th>i</thead><tbody><tr><td>a<td>1</tbody>", "| h | i |\n| --- | --- |\n| a | 1 |"),
        ("<tr><td rowspan=2>a<td>1<tr hidden><td>2<tr><td>b<td>3", "| a | 1 |\n| b | 3 |"),
        ("<tfoot><tr><td>sum<td>3</tfoot><tbody><tr><td>a<td>1</tbody>", "| a | 1 |\n| sum | 3 |"),
    ],
)  # fmt: skip
def test_cells_stand_where_a_browser_shows_them(source: str, text: str) -> None:
    assert fragment(f"<table>{source}</table>").text == text


def test_a_bar_beside_a_field_is_read_as_it_is() -> None:
    page = fragment("<table><tr><td>P(A|B) <input name=a><td>x</table>" + NEXT)
    assert page.form.fields[0].label == "P(A|B)"


def test_what_a_field_in_a_table_holds_is_no_edge_of_a_cell() -> None:
    page = fragment(
        "<table><tr><td>Why?<td><textarea name=a>a|b\nc</textarea><td><select name=b><option>x|y</table>" + NEXT
    )
    assert page.text.startswith("| Why? | [q1: a\\|b / c] | [q2: x\\|y] |\n")
    assert page.form.fields[0].value == "a|b\nc" and options(page, 1) == ["x|y"]


def test_groups_of_a_menu_are_read() -> None:
    page = fragment(
        "<select name=a><option value=''>--</option><optgroup label=' Mon '><option value=m1>9h<option value=m2>10h"
        "</optgroup><optgroup label=Tue><option value=t1>9h<option value=t2>10h</optgroup><optgroup><option>No day"
        "</optgroup></select>" + NEXT
    )
    assert options(page) == ["Mon: 9h", "Mon: 10h", "Tue: 9h", "Tue: 10h", "No day"]
    assert page.text.startswith("[q1: Mon: 9h / Mon: 10h / Tue: 9h / Tue: 10h / No day]")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<input name=a list=l><datalist id=l><option value=Tea><option>Milk</datalist>", "suggestions: Tea, Milk"),
        ("<input name=a placeholder=Drink aria-label=A list=l><datalist id=l><option value=Tea></datalist>",
         "Drink, suggestions: Tea"),
        ("<input type=range name=a list=l><datalist id=l><option value=0 label=never><option value=9>always</datalist>",
         "suggestions: 0 (never), 9 (always)"),
        ("<input name=a list=l>", ""),
        ("<input name=a list=l><p id=l>x</p>", ""),
    ],
)  # fmt: skip
def test_suggestions_of_a_field_are_told(source: str, said: str) -> None:
    page = fragment(source + NEXT)
    assert page.form.fields[0].help == said and "Tea" not in page.text


def test_suggestions_may_stand_elsewhere_on_the_page() -> None:
    def page(drink: str) -> Page:
        source = f"<form id=form><input name=a list=l>{NEXT}</form><datalist id=l><option>{drink}</datalist>"
        return read_page(Served("http://localhost/p/abcdefgh/fields/Page/3", source))

    assert [page(drink).form.fields[0].help for drink in ("Tea", "Milk")] == ["suggestions: Tea", "suggestions: Milk"]


def whole(source: str) -> Page:
    return read_page(Served("http://localhost/p/abcdefgh/fields/Page/3", source))


ASKS = "<form id=form>A <input name=a>"


@pytest.mark.parametrize(
    ("source", "text", "labels", "buttons"),
    [
        (ASKS + "</form><button form=form>Go</button>", "A [q1]\n\n[Go]", {"a": "A"}, ["Go"]),
        (f"<div>{ASKS}</form></div><div><p>B <input name=b form='form'></p>"
         "<input type=submit form=form value=Go></div>", "A [q1]\n\nB [q2]\n\n[Go]", {"a": "A", "b": "B"}, ["Go"]),
        (f"<p>T <input form=form name=t></p><p>Not this.</p>{ASKS}<button>Go</button></form>",
         "T [q1]\n\nA [q2] [Go]", {"t": "T", "a": "A"}, ["Go"]),
        (ASKS + "<button>Go</button></form><label for=x>Age</label> <input id=x form=form name=b> "
         "years", "A [q1] [Go]\n\nAge [q2] years", {"a": "A", "b": "Age"}, ["Go"]),
        (ASKS + " <input name=b form=other><button form=other>No</button><button>Go</button></form>",
         "A [q1] [Go]", {"a": "A"}, ["Go"]),
        (ASKS + "</form><div>Search <input name=s><button>No</button><button form=form>Go</button>"
         "</div>", "A [q1]\n\nSearch [Go]", {"a": "A"}, ["Go"]),
        (ASKS + "</form><input type=hidden form=form name=h value=1><button form=form>Go</button>",
         "A [q1]\n\n[Go]", {"a": "A"}, ["Go"]),
    ],
)  # fmt: skip
def test_what_belongs_to_the_form_may_stand_outside_of_it(
    source: str, text: str, labels: dict[str, str], buttons: list[str]
) -> None:
    page = whole(source)
    assert page.text == text
    assert {each.name: each.label for each in page.form.fields} == labels
    assert [each.text for each in page.form.buttons] == buttons
    assert page.form.hidden == ((("h", "1"),) if "hidden" in source else ())


def test_two_fields_of_one_name_are_asked_for_one_by_one() -> None:
    page = fragment("<p>First <input name=a></p><p>Then <input type=number name=a></p><input name=b>" + NEXT)
    assert page.text.startswith("First [q1]\n\nThen [q2]\n\n[q3]")
    assert page.keys == {"a": "q1", "a (2)": "q2", "b": "q3"}
    sent = payload(page.form, {"a": "x", "a (2)": 7, "b": "y"})
    assert sent == [("a", "x"), ("a", "7"), ("b", "y")]


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("<input name=a hidden value=5><input name=a>", [("a", "5"), ("a", "x")]),
        ("<input name=a hidden><input name=a>", [("a", "x"), ("a", "x")]),
        ("<input name=a><input name=a hidden value=5>", [("a", "x"), ("a", "5")]),
        (radio("a", "x") + "Yes" + radio("a", "y") + "Other: <input name=a>", [("a", "x"), ("a", "")]),
    ],
)
def test_of_two_fields_of_one_name_the_one_that_is_shown_is_answered(source: str, sent: list[tuple[str, str]]) -> None:
    page = fragment(source + NEXT)
    assert page.keys["a"] == "q1" and payload(page.form, {"a": "x"}) == sent
