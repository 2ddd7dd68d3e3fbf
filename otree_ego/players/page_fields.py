"""The fields and buttons of a page's form, as a participant sees them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from .formulas import elements
from .otree_html import FIELD, FIELD_ERRORS, HELP, NO_CHOICE
from .page_text import Control, PageText

NUMBER, TEXT, CHOICE, SEVERAL, TICK, FILE = "number", "text", "choice", "several", "tick", "file"
SHOWN_OPTIONS = 12
"""Options of a drop-down menu that stand in the text; of a longer one they stand in the question only."""
_FORMATS = ("date", "time", "datetime-local", "month", "week", "color", "email", "url")
_BUTTONS = ("submit", "image", "button", "reset")


@dataclass(frozen=True)
class Option:
    """One of the options of a field: its text, and what is sent for it."""

    text: str
    value: str


@dataclass(frozen=True)
class Field:
    """What a page asks for.

    Fields:
        name: as it is sent. kind: number, text, choice (one of some), several (any of some), tick (one box), or file.
        label, help: what the page says of it. options: of a choice.
        low, high, step: of a number. integer: only whole numbers.
        required: whether it must be filled in. least, most: characters of a text. pattern: a regular expression for it.
        format: the type of an input that has one, such as ``date`` or ``email``. first, last: of a date or a time.
        value: what it holds already. on: what a box sends that is ticked. error: why the server refused it.
        shown: whether a browser shows it.
    """

    name: str
    kind: str
    label: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    integer: bool = False
    required: bool = False
    least: int = 0
    most: int | None = None
    pattern: str = ""
    format: str = ""
    first: str = ""
    last: str = ""
    value: str = ""
    on: str = ""
    error: str = ""
    shown: bool = True


@dataclass(frozen=True)
class Button:
    """A button that sends the form: its text, and the name and value that are sent with it."""

    text: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class PageForm:
    """The form of a page.

    Fields:
        fields: what is asked for. buttons: any of them sends it. hidden: names and values that are sent along.
        dead: texts of buttons that do something in a browser only.
    """

    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    dead: tuple[str, ...] = ()


@dataclass
class FormReader:
    """Makes a form of the controls that are on a page.

    Fields:
        text: has read them. words: what stands in the text for each of them. keys: of the fields, by name.
    """

    text: PageText
    words: dict[int, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def read(self) -> PageForm:
        """The form."""
        groups: dict[tuple[str, str], list[tuple[int, Control]]] = {}
        buttons: list[Button] = []
        hidden: list[tuple[str, str]] = []
        dead: list[str] = []
        for number, control in enumerate(self.text.controls):
            kind = control.type
            if "disabled" in control.attributes or _in_disabled_fieldset(control.node):
                self.words[number] = f"[{_button_text(control)}]" if kind in (*_BUTTONS, "button") else ""
            elif kind == "button" or kind in _BUTTONS:
                self._button(number, control, buttons, dead)
            elif not control.get("name"):
                self.words[number] = f"[{control.get('value')}]" if control.get("value") else ""
            elif kind == "hidden":
                hidden.append((control.get("name"), control.get("value")))
            else:
                group = kind if kind in ("radio", "checkbox") else str(number)
                groups.setdefault((control.get("name"), group), []).append((number, control))
        fields = [self._field(name, controls) for (name, _), controls in groups.items()]
        return PageForm(tuple(fields), tuple(buttons), tuple(hidden), tuple(dead))

    def _button(self, number: int, control: Control, buttons: list[Button], dead: list[str]) -> None:
        text = _button_text(control)
        kind = control.type if control.type != "button" else (control.get("type").lower() or "submit")
        if control.node.tag == "input" and control.type == "button":
            kind = "button"
        self.words[number] = f"[{text}]"
        if not control.shown:
            return
        if kind in ("submit", "image"):
            buttons.append(Button(text, control.get("name"), control.get("value") if control.get("name") else ""))
        elif kind != "reset":
            dead.append(text)

    def _field(self, name: str, controls: Sequence[tuple[int, Control]]) -> Field:
        shown = any(control.shown for _, control in controls)
        if shown:
            self.keys.setdefault(name, f"q{len(self.keys) + 1}")
        first = controls[0][1]
        made = Field(
            name, TEXT, required=any("required" in control.attributes for _, control in controls), shown=shown,
            help=_beside(first.node, HELP), error=_beside(first.node, FIELD_ERRORS),
        )  # fmt: skip
        if first.type in ("radio", "checkbox"):
            made = self._boxes(made, controls)
        elif first.type == "select":
            made = self._menu(made, controls[0])
        else:
            made = self._input(made, *controls[0])
        return made

    def _boxes(self, made: Field, controls: Sequence[tuple[int, Control]]) -> Field:
        """Radio buttons, or boxes to tick."""
        radio = controls[0][1].type == "radio"
        options = []
        for at, (number, control) in enumerate(controls):
            key = f"[{self.keys[made.name]}] " if at == 0 and made.name in self.keys else ""
            self.words[number] = key + ("( )" if radio else "[ ]")
            text = self._own_label(control) or control.column or control.get("value")
            options.append(Option(text, control.get("value") or "on"))
        ticked = [each.value for each, (_, c) in zip(options, controls, strict=True) if "checked" in c.attributes]
        first = controls[0][1]
        if not radio and len(controls) == 1:
            label = self._own_label(first) or first.row or first.column or first.before
            return replace(made, kind=TICK, label=label, on=options[0].value, value=ticked[0] if ticked else "")
        label = first.row or self._group_label(first)
        if not radio:  # a browser checks each box by itself
            required = all("required" in control.attributes for _, control in controls)
            made = replace(made, required=required)
        # What oTree ticks when it shows a form again need not be what was answered.
        return replace(
            made, kind=CHOICE if radio else SEVERAL, label=label, options=_distinct(options),
            value=",".join(ticked),
        )  # fmt: skip

    def _menu(self, made: Field, found: tuple[int, Control]) -> Field:
        number, control = found
        options: list[Option] = []
        chosen: list[str] = []
        for option in control.node.css("option"):
            attributes = option.attributes
            text = " ".join((attributes.get("label") or option.text()).split())
            value = attributes["value"] or "" if "value" in attributes else text
            above = option.parent
            off = above is not None and above.tag == "optgroup" and "disabled" in above.attributes
            if "disabled" in attributes or off or (not value and (not text or NO_CHOICE.match(text))):
                continue
            if not value and not options:  # "Please choose"
                continue
            options.append(Option(text or value, value))
            chosen += [text or value] * ("selected" in attributes)
        key = self.keys.get(made.name, "")
        listed = " / ".join(each.text for each in options) if len(options) <= SHOWN_OPTIONS else ""
        self.words[number] = f"[{key}: {listed}]" if listed else f"[{key}]"
        several = "multiple" in control.attributes
        return replace(
            made, kind=SEVERAL if several else CHOICE, label=self._label(control), options=_distinct(options),
            value=",".join(chosen),
        )  # fmt: skip

    def _input(self, made: Field, number: int, control: Control) -> Field:
        kind, key = control.type, self.keys.get(made.name, "")
        value = control.node.text().strip() if kind == "textarea" else control.get("value")
        made = replace(made, label=self._label(control), value=value)
        self.words[number] = f"[{key}: {value}]" if value and kind != "password" else f"[{key}]"
        if kind == "file":
            return replace(made, kind=FILE)
        if kind in ("number", "range") or (kind == "text" and _is_numeric(control)):
            return self._number(made, control, kind)
        most = _whole(control.get("maxlength"))
        formatted = kind in _FORMATS
        return replace(
            made, format=kind if formatted else "", pattern=control.get("pattern"), most=most,
            least=_whole(control.get("minlength")) or 0,
            first=control.get("min") if formatted else "", last=control.get("max") if formatted else "",
        )  # fmt: skip

    def _number(self, made: Field, control: Control, kind: str) -> Field:
        low, high, step = (_number(control.get(name)) for name in ("min", "max", "step"))
        if kind == "range":
            low, high = 0 if low is None else low, 100 if high is None else high
            made = replace(made, required=True)  # it always has a value
        if kind in ("number", "range") and step is None and control.get("step").lower() != "any":
            step = 1
        integer = step is not None and step == int(step) and (low is None or low == int(low))
        return replace(made, kind=NUMBER, low=low, high=high, step=step, integer=integer)

    def _own_label(self, control: Control) -> str:
        """What names one control: its label, or what stands for one."""
        found = control.wrapping or self.text.labels.get(control.get("id"), "") or control.get("aria-label")
        return found or _text_of_ids(control)

    def _label(self, control: Control) -> str:
        found = self._own_label(control) or control.get("placeholder") or control.get("title") or control.before
        return found or ", ".join(filter(None, [control.row, control.column])) or self._group_label(control)

    def _group_label(self, control: Control) -> str:
        """What names several controls together: the label that stands for their frame, or a legend."""
        above = control.node.parent
        while above is not None and above.tag not in ("form", "body", "html"):
            attributes = above.attributes
            if found := self.text.labels.get(attributes.get("id") or "", ""):
                return found
            if above.tag == "fieldset":
                legend = next((each for each in elements(above) if each.tag == "legend"), None)
                if legend is not None:
                    return " ".join(legend.text().split())
            if FIELD in (attributes.get("class") or "").split():
                label = next((each for each in elements(above) if each.tag == "label"), None)
                return "" if label is None else " ".join(label.text().split())
            if "aria-label" in attributes:
                return attributes["aria-label"] or ""
            above = above.parent
        return ""


def _button_text(control: Control) -> str:
    text = control.get("value") if control.node.tag == "input" else " ".join(control.node.text().split())
    text = text or control.get("aria-label") or control.get("title") or control.get("alt") or control.get("value")
    return text or "Submit"


def _is_numeric(control: Control) -> bool:
    """Whether a text input is one of oTree's for decimal numbers: it has an inputmode, be it an empty one."""
    found = control.get("inputmode")
    own = "inputmode" in control.attributes and "form-control" in control.get("class").split()
    return found in ("decimal", "numeric") or (own and not found)


def _beside(node: LexborNode, name: str) -> str:
    """The text of a class inside the frame of a field."""
    above = node.parent
    for _ in range(6):
        if above is None or above.tag in ("form", "body"):
            return ""
        if FIELD in (above.attributes.get("class") or "").split():
            found = above.css_first(f".{name}")
            return "" if found is None else " ".join(found.text(separator=" ").split())
        above = above.parent
    return ""


def _text_of_ids(control: Control) -> str:
    ids = control.get("aria-labelledby").split()
    root = control.node
    while ids and root.parent is not None and root.parent.tag is not None:
        root = root.parent
    found = [root.css_first(f'[id="{each}"]') for each in ids if '"' not in each and "\\" not in each]
    return " ".join(" ".join(each.text().split()) for each in found if each is not None)


def _in_disabled_fieldset(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag not in ("form", "body", "html"):
        if above.tag == "fieldset" and "disabled" in above.attributes:
            return True
        above = above.parent
    return False


def _distinct(options: Iterable[Option]) -> tuple[Option, ...]:
    """Options whose texts differ: two of one text are told apart by what is sent for them."""
    listed = list(options)
    texts = [each.text.strip() for each in listed]
    found: dict[str, Option] = {}
    for each, text in zip(listed, texts, strict=True):
        text = f"{text} ({each.value})" if texts.count(text) > 1 or not text else text
        found.setdefault(text, Option(text, each.value))
    return tuple(found.values())


def _number(text: str) -> float | None:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(found):
        return None
    return int(found) if found.is_integer() else found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None
