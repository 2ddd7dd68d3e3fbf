"""The fields and buttons of a page's form, as a participant sees them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..messages import changed
from .field_labels import beside, box_label, option_texts, row_label, stray_errors, text_above, told_apart
from .formulas import elements
from .menus import element_of, group_of, suggestions
from .otree_html import FIELD, FIELD_ERRORS, HELP, NO_CHOICE
from .page_buttons import BUTTONS, Button, Buttons, button_text, in_disabled_fieldset
from .page_controls import Control
from .page_text import PageText, line_of

NUMBER, TEXT, CHOICE, SEVERAL, TICK, FILE = "number", "text", "choice", "several", "tick", "file"
SHOWN_OPTIONS = 12
"""Options of a drop-down menu that stand in the text; of a longer one they stand in the question only."""
_FORMATS = ("date", "time", "datetime-local", "month", "week", "color", "email", "url")
_CHANGEABLE = ("select", "radio", "checkbox", "range", "color", "file")


@dataclass(frozen=True)
class Option:
    """One of the options of a field.

    Fields:
        text: as it is asked for. value: what is sent for it. plain: its text without that of its group.
    """

    text: str
    value: str
    plain: str = ""


@dataclass(frozen=True)
class Field:
    """What a page asks for.

    Fields:
        name: as it is sent; if another field of the page has it, too, that is in sent_as.
        kind: number, text, choice (one of some), several (any of some), tick (one box), or file.
        label, help: what the page says of it. options: of a choice.
        low, high, step: of a number. integer: only whole numbers.
        required: whether it must be filled in. needed: texts of boxes of several that must be ticked.
        least, most: characters of a text. pattern: a regular expression for it.
        format: the type of an input that has one, such as ``date`` or ``email``. first, last: of a date or a time.
        value: what it holds already. chosen: the texts of the options that it holds, where there may be several.
        on: what a box sends that is ticked. error: why the server refused it.
        shown: whether a browser shows it, and lets one change it.
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
    chosen: tuple[str, ...] = ()
    on: str = ""
    error: str = ""
    shown: bool = True
    needed: tuple[str, ...] = ()
    sent_as: str = ""


@dataclass(frozen=True)
class PageForm:
    """The form of a page.

    Fields:
        fields: what is asked for. buttons: any of them sends it. hidden: names and values that are sent along.
        dead: texts of buttons that do something in a browser only.
        errors: what is wrong, where it does not stand inside a field's own frame: the field's name and the text.
        behind: of what is hidden, what stands behind a field of the same name: browsers send both, in their order.
    """

    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    dead: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    behind: tuple[tuple[str, str], ...] = ()


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
        buttons = Buttons()
        hidden: list[tuple[str, str]] = []
        behind: list[tuple[str, str]] = []
        for number, control in enumerate(self.text.controls):
            kind = control.type
            if control.foreign:
                continue
            if kind in BUTTONS:
                text = button_text(control, self.text.unseen)
                self.words[number] = f"[{text}]"
                buttons.add(control, text)
            elif "disabled" in control.attributes or in_disabled_fieldset(control.node):
                self.words[number] = _value_shown(control)
            elif not control.get("name"):
                self.words[number] = f"[{control.get('value')}]" if control.get("value") else ""
            elif kind == "hidden":
                name = control.get("name")
                (behind if any(name == known for known, _ in groups) else hidden).append((name, control.get("value")))
            else:
                group = kind if kind in ("radio", "checkbox") else str(number)
                groups.setdefault((control.get("name"), group), []).append((number, control))
        names = _names_of_fields([(name, _are_shown(controls)) for (name, _), controls in groups.items()])
        fields = [
            self._field(name, controls, "" if name == sent_as else sent_as)
            for name, ((sent_as, _), controls) in zip(names, groups.items(), strict=True)
        ]
        errors = tuple(stray_errors(self.text))
        return PageForm(tuple(fields), buttons.that_send, tuple(hidden), tuple(buttons.dead), errors, tuple(behind))

    def _field(self, name: str, controls: Sequence[tuple[int, Control]], sent_as: str) -> Field:
        shown = _are_shown(controls)
        if shown:
            self.keys.setdefault(name, f"q{len(self.keys) + 1}")
        first = controls[0][1]
        made = Field(
            name, TEXT, required=any("required" in control.attributes for _, control in controls), shown=shown,
            help=beside(first.node, HELP), error=beside(first.node, FIELD_ERRORS), sent_as=sent_as,
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
        for at, (number, _) in enumerate(controls):
            key = f"[{self.keys[made.name]}] " if at == 0 and made.name in self.keys else ""
            self.words[number] = key + ("( )" if radio else "[ ]")
        named = option_texts([control for _, control in controls], self._own_label)
        options = [Option(text, each.get("value") or "on") for text, (_, each) in zip(named, controls, strict=True)]
        ticked = [place for place, (_, control) in enumerate(controls) if "checked" in control.attributes]
        first = controls[0][1]
        if not radio and len(controls) == 1:
            label = self._own_label(first) or box_label(first)
            return changed(made, kind=TICK, label=label, on=options[0].value, value=options[0].value if ticked else "")
        found = [control for _, control in controls]
        label = row_label(found, named) or self._group_label(first) or text_above(found)
        # What oTree ticks when it shows a form again need not be what was answered.
        made = _chosen(changed(made, kind=CHOICE if radio else SEVERAL, label=label), options, ticked)
        if radio:
            return made
        must = {c.get("value") or "on" for _, c in controls if "required" in c.attributes}  # each box by itself
        return changed(made, required=False, needed=tuple(o.text for o in made.options if o.value in must))

    def _menu(self, made: Field, found: tuple[int, Control]) -> Field:
        number, control = found
        options: list[Option] = []
        chosen: list[int] = []
        several = "multiple" in control.attributes
        starts_empty = several or "size" in control.attributes
        for option in control.node.css("option"):
            attributes = option.attributes
            text = " ".join((attributes.get("label") or option.text()).split())
            value = attributes["value"] or "" if "value" in attributes else text
            heading, off = group_of(option)
            off = off or "disabled" in attributes
            says_nothing = not value and (not text or NO_CHOICE.match(text) or (not options and not several))
            if off or says_nothing or "hidden" in attributes:  # such as "Please choose"
                starts_empty |= "selected" in attributes or not (off or options)
                continue
            chosen += [len(options)] * ("selected" in attributes)
            options.append(
                Option(f"{heading}: {text or value}" if heading else text or value, value, text if heading else "")
            )
        if options and not chosen and not starts_empty:
            chosen = [0]
        key = self.keys.get(made.name, "")
        listed = " / ".join(each.text for each in options) if len(options) <= SHOWN_OPTIONS else ""
        self.words[number] = f"[{key}: {listed}]" if listed else f"[{key}]"
        return _chosen(changed(made, kind=SEVERAL if several else CHOICE, label=self._label(control)), options, chosen)

    def _input(self, made: Field, number: int, control: Control) -> Field:
        kind, key = control.type, self.keys.get(made.name, "")
        value = control.node.text().strip() if kind == "textarea" else control.get("value")
        label, hint = self._label(control), control.get("placeholder")
        hint = made.help or (hint if hint != label else "")
        offered = suggestions(control.node, control.get("list")) if "list" in control.attributes else ""
        made = changed(made, label=label, value=value, help=", ".join(filter(None, [hint, offered])))
        self.words[number] = f"[{key}: {value}]" if value and kind != "password" else f"[{key}]"
        if not key:
            self.words[number] = _value_shown(control)
        if kind == "file":
            return changed(made, kind=FILE)
        if kind in ("number", "range") or (kind == "text" and _is_numeric(control)):
            return self._number(made, control, kind)
        if kind == "color":
            return changed(made, format=kind, required=True, value=value or "#000000")  # it always has one
        most = _whole(control.get("maxlength"))
        formatted = kind in _FORMATS
        return changed(
            made, format=kind if formatted else "", pattern=control.get("pattern"), most=most,
            least=_whole(control.get("minlength")) or 0,
            first=control.get("min") if formatted else "", last=control.get("max") if formatted else "",
        )  # fmt: skip

    def _number(self, made: Field, control: Control, kind: str) -> Field:
        low, high, step = (_number(control.get(name)) for name in ("min", "max", "step"))
        if kind == "range":
            low, high = 0 if low is None else low, 100 if high is None else high
            middle = low + math.floor((high - low) / 2 / (step or 1)) * (step or 1)
            made = changed(made, required=True, value=made.value or f"{max(low, middle):g}")  # it always has one
        if kind in ("number", "range") and step is None and control.get("step").lower() != "any":
            step = 1
        integer = step is not None and step == int(step) and (low is None or low == int(low))
        return changed(made, kind=NUMBER, low=low, high=high, step=step, integer=integer)

    def _own_label(self, control: Control) -> str:
        """What names one control: its label, or what stands for one."""
        found = control.wrapping or self.text.labels.get(control.get("id"), "") or control.get("aria-label")
        return found or _text_of_ids(control)

    def _label(self, control: Control) -> str:
        found = self._own_label(control) or (control.before if re.search(r"\w", control.before) else "")
        found = found or ", ".join(filter(None, [control.row, control.column])) or self._group_label(control)
        return found or control.get("placeholder") or control.get("title") or control.above

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
                    return line_of(legend, self.text.unseen)
            if FIELD in (attributes.get("class") or "").split():
                label = next((each for each in elements(above) if each.tag == "label"), None)
                return line_of(label, self.text.unseen)
            if "aria-label" in attributes:
                return attributes["aria-label"] or ""
            above = above.parent
        return ""


def _is_locked(control: Control) -> bool:
    """Whether a page shows a value that one cannot change; boxes and menus can be changed, whatever they say."""
    return "readonly" in control.attributes and control.type not in _CHANGEABLE


def _value_shown(control: Control) -> str:
    """What stands in the text for a field that nobody can fill in."""
    if control.type in ("radio", "checkbox", "password"):
        return ""
    value = control.get("value")
    if control.type == "textarea":
        value = control.node.text().strip()
    elif control.type == "select":
        chosen = control.node.css_first("option[selected]") or control.node.css_first("option")
        value = "" if chosen is None else " ".join(chosen.text().split())
    return f"[{value}]" if value else ""


def _is_numeric(control: Control) -> bool:
    """Whether a text input is one of oTree's for decimal numbers: it has an inputmode, be it an empty one."""
    found = control.get("inputmode")
    own = "inputmode" in control.attributes and "form-control" in control.get("class").split()
    return found in ("decimal", "numeric") or (own and not found)


def _text_of_ids(control: Control) -> str:
    found = [element_of(control.node, each) for each in control.get("aria-labelledby").split()]
    return " ".join(filter(None, map(line_of, found)))


def _are_shown(controls: Sequence[tuple[int, Control]]) -> bool:
    return any(control.shown and not _is_locked(control) for _, control in controls)


def _names_of_fields(sent: Sequence[tuple[str, bool]]) -> list[str]:
    """What fields are called: of several that are sent under one name, the first that is shown has it alone.

    Arguments:
        sent: of each the name under which it is sent, and whether it is shown.
    """
    names = [name for name, _ in sent]
    if len(set(names)) == len(names):
        return names
    taken = set(names)
    own = {name: place for place, (name, shown) in reversed(list(enumerate(sent))) if shown}
    for place, (name, _) in enumerate(sent):
        if own.setdefault(name, place) == place:
            continue
        number = next(number for number in range(2, len(sent) + 2) if f"{name} ({number})" not in taken)
        names[place] = f"{name} ({number})"
        taken.add(names[place])
    return names


def _called(option: Option, text: str) -> Option:
    return option if option.text == text else changed(option, text=text)


def _chosen(made: Field, options: Sequence[Option], chosen: Sequence[int]) -> Field:
    """A field with its options, told apart, of which some are chosen; of radio buttons a browser takes the last."""
    listed = [_called(each, " ".join(each.text.split())) for each in options]
    unlike = list(dict.fromkeys(listed))
    texts = dict(zip(unlike, told_apart([(each.text, each.value) for each in unlike]), strict=True))
    made = changed(made, options=tuple(_called(each, text) for each, text in texts.items()))
    held = [listed[place] for place in chosen]
    if made.kind == SEVERAL:
        return changed(made, chosen=tuple(texts[each] for each in held))
    return changed(made, value=held[-1].value if held else "")


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
