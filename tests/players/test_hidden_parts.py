"""What a browser does not show is not read: elements that the page's own styles hide."""

from __future__ import annotations

import pytest
from harness.served_pages import fragment

from otree_ego.players.served_page import Served, read_page

LATE = "<p class=fb>Right! The answer is 4.</p>"


@pytest.mark.parametrize(
    "style",
    [
        ".fb{display:none}",
        "p.fb { color: red; Display : NONE }",
        ".fb { visibility: hidden !important }",
        ".other, #form > .fb:not(.on) { display: none; }",
        "@import 'a.css'; /* .fb { display: block } */ .fb {display:none}",
        "@media screen { .fb {display:none} }",
        "@media (min-width: 600px) { .fb {display:none} }",
        "#form .fb {display:none} .fb {display:block}",
        ".fb.on {display:block} .fb {display:none}",
        "#form { color: red; .fb { display: none } }",
        "p { &.fb { display: none } }",
        ".fb {display:none} .fb:checked, .fb::after, :checked ~ .fb {display:block}",
    ],
)
def test_what_a_rule_hides_is_not_read(style: str) -> None:
    page = fragment(f"<style>{style}</style><input name=a>{LATE}<button>Next</button>")
    assert (page.text, page.form.fields[0].shown) == ("[q1] [Next]", True)


@pytest.mark.parametrize(
    "source",
    [
        f"<style>.fb.off{{display:none}}</style>{LATE}",
        f"<style>.fb{{display:none}} p.fb{{display:block}}</style>{LATE}",
        f"<style>.fb{{display:none}} .fb{{display:block}}</style>{LATE}",
        f"<style>@media print {{ .fb{{display:none}} }}</style>{LATE}",
        f"<style>@media (max-width: 600px) {{ .fb{{display:none}} }}</style>{LATE}",
        f"<style media=print>.fb{{display:none}}</style>{LATE}",
        f"<style>.fb{{display:none}} p:hover{{display:block}} p:hover ~ p{{display:none}}</style>{LATE}".replace(
            "p:hover{", "p.fb:hover{"
        ),
        f"<style>.fb::before, .fb:empty, .fb:::, .fb( {{display:none}}</style>{LATE}",
        f"<style>/* .fb{{display:none}} </style>{LATE}",
        "<style>.fb{display:none}</style><p class=fb style='color:red;display:block'>Right! The answer is 4.</p>",
        "<noscript><style>.fb{display:none}</style></noscript>" + LATE,
        f"<style>p {{ .x {{ display: none }} color: red }}</style>{LATE}",
        "<style>.modal{display:none}</style><div class=modal>Right! The answer is 4.</div>",
    ],
)
def test_what_no_rule_hides_is_read(source: str) -> None:
    assert fragment(source + "<input name=a>").text.startswith("Right! The answer is 4.")


def test_rules_of_the_whole_page_count_for_rows_and_controls() -> None:
    page = read_page(
        Served(
            "http://localhost/p/abcdefgh/fields/Page/3",
            "<head><style>tr.x, #late {display:none}</style></head><form id=form><table><tr class=x><td>1<td>2</tr>"
            "<tr><td>3<td>4</tr></table><input name=a><input name=b id=late value=7><button>Next</button></form>",
        )
    )
    assert page.text == "| 3 | 4 |\n\n[q1] [Next]"
    assert [(each.name, each.shown) for each in page.form.fields] == [("a", True), ("b", False)]


def test_a_class_of_bootstraps_hides_what_is_in_it() -> None:
    page = fragment("<p class='x invisible'>Late <input name=a></p>Now <input name=b><button>Next</button>")
    assert page.text == "Now [q1] [Next]" and list(page.keys) == ["b"]


def test_two_pages_of_one_form_with_other_styles_are_read_apart() -> None:
    texts = []
    for style in (".fb{display:none}", ".fc{display:none}", ".fb{display:none}"):
        source = f"<style>{style}</style><form id=form>{LATE}<button>Next</button></form>"
        texts.append(read_page(Served("http://localhost/p/abcdefgh/fields/Page/3", source)).text)
    assert texts == ["[Next]", "Right! The answer is 4.\n\n[Next]", "[Next]"]


def test_a_form_in_steps_is_read_as_a_whole() -> None:
    page = fragment(
        "<style>.step{display:none}</style><div class=step>Age <input name=a></div><div class=step>Job <input name=b>"
        "</div><p class=step>Right!</p><button>Next</button>"
    )
    assert page.text == "Age [q1]\nJob [q2]\n[Next]" and all(each.shown for each in page.form.fields)


@pytest.mark.parametrize(
    ("classes", "shown"),
    [
        ("d-none", False),
        ("d-none d-md-flex", True),
        ("d-md-none", False),
        ("d-md-none d-lg-block", True),
        ("d-block d-xl-none", False),
        ("d-none d-xxl-block", False),
        ("d-none d-print-block", False),
        ("d-print-none", True),
        ("d-flex invisible", False),
    ],
)
def test_classes_of_bootstraps_count_as_in_a_window_of_a_usual_width(classes: str, shown: bool) -> None:
    page = fragment(f"<div class='{classes}'>Text <input name=a></div>Now<button>Next</button>")
    assert ("Text" in page.text, page.form.fields[0].shown) == (shown, shown)


def test_a_page_with_two_layouts_is_asked_once() -> None:
    page = fragment(
        "<div class='d-none d-md-block'>Your age <input name=a></div><div class=d-md-none>Age <input name=a></div>"
        "<button>Next</button>"
    )
    assert page.text == "Your age [q1]\n[Next]" and page.keys == {"a": "q1"}


def test_slides_of_instructions_are_read_to_their_end() -> None:
    style = "<style>.slide{display:none} .slide.on{display:block} .fb{display:none}</style>"
    slides = "<div class='slide on'>One</div><div class=slide>Two</div><div class=slide>Three</div>" + LATE
    assert fragment(style + slides + "<button>Next</button>").text == "One\nTwo\nThree\n[Next]"
    assert fragment(style + slides + "<input name=a><button>Next</button>").text == "One\n[q1] [Next]"
    buttons = "<button name=a value=1>A</button><button name=a value=2>B</button>"
    assert fragment(style + slides + buttons).text == "One\n[A] [B]"


def test_cards_that_a_style_makes_of_radio_buttons_are_options() -> None:
    card = "<label><input type=radio name=a value={0}><img src=x alt=Card{0}></label>"
    page = fragment(
        f"<style>.cards input{{display:none}}</style>Age <input name=b><div class=cards>{card.format(1)}"
        f"{card.format(2)}</div><button>Next</button>"
    )
    assert list(page.keys) == ["b", "a"]
    assert [option.text for option in page.form.fields[1].options] == ["[image: Card1]", "[image: Card2]"]
