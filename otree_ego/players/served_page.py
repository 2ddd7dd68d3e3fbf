"""A page as the server sent it, read: its text, its form, and what else a participant would notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import otree_html
from .form_parts import Run, parts_outside
from .line_marks import marked, without_own_signs
from .page_fields import FormReader, PageForm
from .page_styles import hidden_by_styles, slides
from .page_text import PageText, line_of
from .table_text import in_cell

NOT_SHOWN = "It was refused, and the page does not show why."
MOST_SOURCE = 5_000_000
"""Characters of a page's source that are read."""
MOST_KEPT, LONGEST_KEPT = 256, 50_000
"""How many parts of pages are kept as they were read, and how many characters the source of one may have."""
_ELSEWHERE = ("aria-labelledby", "list=")
"""Attributes that may name what is elsewhere on the page."""


@dataclass(frozen=True)
class Served:
    """An answer of the server's, as it came.

    Fields:
        address: of the page, after all redirections. source: its HTML. status: of HTTP.
        redisplayed: whether the server shows the form again because of errors.
        leaves: whether the study sends participants on to another site; that is `address`, and it is not visited.
        counted: whether the form that was sent before has counted, as far as that is known: False if the participant
            had been moved on meanwhile.
    """

    address: str
    source: str
    status: int = 200
    redisplayed: bool = False
    leaves: bool = False
    counted: bool = True


@dataclass(frozen=True)
class Page:
    """A page as a participant sees it.

    Fields:
        name, app: of the page, from its address. index: its place in the session. participant: the code there.
        title, text: what it says; ``[q1]`` stands where the first field is.
        form: its fields and buttons. keys: under which each field is asked for, by its name.
        error: what the server says is wrong with the form as a whole. seconds: what its timer has left.
        waits: whether it waits for others. over: whether it is the last. socket: of a wait page. live: of a live page.
        chats: what oTree's own chats tell their scripts. own_chat: whether it has a chat of otree_ego's.
        js_vars: what oTree tells the page's own scripts.
        scripted: whether a script of its own sends its form. formless: whether it has no form of oTree's.
    """

    name: str
    app: str
    index: int
    title: str
    text: str
    form: PageForm
    keys: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    seconds: float | None = None
    waits: bool = False
    over: bool = False
    socket: str = ""
    live: str = ""
    chats: tuple[str, ...] = ()
    own_chat: bool = False
    js_vars: Mapping[str, Any] = field(default_factory=dict)
    scripted: bool = False
    formless: bool = False
    participant: str = ""

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with the fields, by name; under an empty name, with the form as a whole."""
        found = {each.name: each.error for each in self.form.fields if each.error}
        for name, error in self.form.errors:
            if error not in found.get(name, ""):
                found[name] = f"{found[name]} {error}" if name in found else error
        first = " ".join(filter(None, [self.error, found.pop("", "")]))
        return {**({"": first} if first else {}), **found}


def read_page(served: Served) -> Page:
    """Read a page.

    >>> page = read_page(Served("", '<form id="form"><p>Your offer: <input type="number" name="offer" max="9"></form>'))
    >>> page.text, page.form.fields[0].label, page.form.fields[0].high
    ('Your offer: [q1]', 'Your offer:', 9)
    """
    source = without_own_signs(served.source[:MOST_SOURCE])
    tree = LexborHTMLParser(source)
    _, app, name, index = otree_html.place_of(served.address)
    waits = otree_html.WAITING in source and _has_class(tree, otree_html.WAITING)
    form = None if waits else tree.css_first(otree_html.FORM)
    body = form or (tree.css_first(f".{otree_html.WAITING}") if waits else None) or tree.body
    unseen = hidden_by_styles(tree) if "<style" in source else frozenset()
    outside = parts_outside(tree, form) if form is not None and "form=" in source else ([], [])
    text, found, keys = ("", PageForm(), {}) if body is None else _read_part(body, form is not None, unseen, outside)
    if served.redisplayed and otree_html.UNSHOWN in source:
        found = replace(found, errors=(*found.errors, *_unshown(tree, found)))
    live, chats = otree_html.live_socket(source), tuple(otree_html.chat_variables(source))
    return Page(
        name,
        app,
        index,
        line_of(tree.css_first(otree_html.TITLE)),
        text,
        found,
        dict(keys),
        error=_page_error(tree) if served.redisplayed or otree_html.PAGE_ERRORS in source else "",
        seconds=otree_html.seconds_left(source),
        waits=waits,
        over=_is_over(served, found, bool(name) and not waits and form is not None, live),
        socket=otree_html.waiting_socket(source) if waits else "",
        live=live,
        chats=chats,
        own_chat=bool(live) and otree_html.OWN_CHAT in source,
        js_vars=otree_html.script_variables(source),
        scripted=otree_html.sends_itself(source),
        formless=form is None and not waits,
        participant=otree_html.code_of(served.address),
    )


_Part = tuple[str, PageForm, Mapping[str, str]]
_Outside = tuple[list[Run], list[Run]]
_parts: dict[tuple[str, bool], _Part] = {}


def _read_part(node: LexborNode, is_form: bool, unseen: frozenset[int], outside: _Outside) -> _Part:
    """The text of a part of a page, its form and the keys of that: many players see the same pages, so it is kept."""
    if unseen or any(outside):
        return _read_anew(node, is_form, unseen, outside)
    source = node.html or ""
    key = (source, is_form)
    found = _parts.pop(key, None)  # what was used last is last
    was_kept = found is not None
    if found is None:
        found = _read_anew(node, is_form)
    if was_kept or (len(source) <= LONGEST_KEPT and not any(each in source for each in _ELSEWHERE)):
        _parts[key] = found
        while len(_parts) > MOST_KEPT:
            _parts.pop(next(iter(_parts), key), None)
    return found


def _read_anew(
    node: LexborNode,
    is_form: bool,
    unseen: frozenset[int] = frozenset(),
    outside: _Outside = ([], []),
    cards: Mapping[str, int] | None = None,
) -> _Part:
    reader = PageText(unseen=unseen, cards=cards or {})
    before = [reader.read_outside(run) for run in outside[0]]
    text = reader.read(node)
    text = "\n\n".join(filter(None, [*before, text, *map(reader.read_outside, outside[1])]))
    if cards is None and (cards := reader.drawn_as_labels()):
        return _read_anew(node, is_form, unseen, outside, cards)
    fields = FormReader(reader)
    form = fields.read() if is_form else PageForm()
    if unseen and not any(each.shown for each in form.fields):
        # Scripts show one part after another: a participant reads, and fills in, all of them in the end.
        asking = {each.mem_id for control in reader.controls for each in _around(control.node)}
        steps = unseen & asking if form.fields else slides(node, unseen) if len(form.buttons) < 2 else None
        if steps:
            return _read_anew(node, is_form, unseen - steps, outside)
    for control in reader.controls:
        if control.table is not None and control.number in fields.words:
            fields.words[control.number] = in_cell(fields.words[control.number])
    return marked(text, fields.words), form, fields.keys


def _around(node: LexborNode | None) -> Iterator[LexborNode]:
    """An element and those around it."""
    while node is not None and node.tag is not None:
        yield node
        node = node.parent


def _is_over(served: Served, form: PageForm, is_page: bool, live: str) -> bool:
    """Whether there is nothing more to do: no page is left, or the last one has nothing that could send it."""
    if served.leaves or otree_html.END_PATH in served.address:
        return True
    if not is_page or served.status >= 400:
        return False
    if form.buttons or form.dead or form.fields or form.hidden or live:
        return False
    return otree_html.seconds_left(served.source) is None and not otree_html.sends_itself(served.source)


def _unshown(tree: LexborHTMLParser, form: PageForm) -> list[tuple[str, str]]:
    """Fields that the server has refused without the page saying so; known where oTree shows its debug box."""
    names = {each.name for each in form.fields} | {name for name, _ in form.hidden}
    said = dict.fromkeys(line_of(each) for each in tree.css(otree_html.UNSHOWN_ERRORS))
    known = {each.name for each in form.fields if each.error} | {name for name, _ in form.errors}
    return [(name, NOT_SHOWN) for name in said if name in names and name not in known]


def _page_error(tree: LexborHTMLParser) -> str:
    """What stands in the box above the form."""
    return line_of(tree.css_first(f".{otree_html.PAGE_ERRORS}"))


def _has_class(tree: LexborHTMLParser, name: str) -> bool:
    return tree.css_first(f".{name}") is not None
