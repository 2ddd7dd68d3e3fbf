"""Buttons of a page: those that send its form, and those that do something in a browser only."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from ..messages import changed
from .otree_html import SENDS
from .page_controls import Control
from .page_text import line_of

BUTTONS = ("submit", "image", "button", "reset")
_OPENS = ("data-bs-toggle", "data-toggle", "data-bs-dismiss", "data-dismiss", "popovertarget")
"""Attributes of buttons that only show or hide a part of the page: it is read in any case."""


@dataclass(frozen=True)
class Button:
    """A button that sends the form: its text, and the name and value that are sent with it."""

    text: str
    name: str = ""
    value: str = ""


@dataclass
class Buttons:
    """The buttons of a page.

    Fields:
        pressable: those that send the form. later: those that a script shows, or lets one press, later.
        dead: texts of those that do something else.
    """

    pressable: list[Button] = field(default_factory=list)
    later: list[Button] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    @property
    def that_send(self) -> tuple[Button, ...]:
        """The buttons that a participant can press in the end."""
        return tuple(dict.fromkeys(self.pressable or ([] if self.dead else self.later)))

    def add(self, control: Control, text: str) -> None:
        """Add one, with its text."""
        kind, click = control.type, control.get("onclick")
        if control.node.tag == "button":
            kind = control.get("type").lower() or "submit"
        off = "disabled" in control.attributes or in_disabled_fieldset(control.node)
        made = Button(text, control.get("name"), control.get("value") if control.get("name") else "")
        if kind in ("submit", "image"):
            (self.later if off or not control.shown else self.pressable).append(made)
        elif not control.shown or off or kind == "reset" or any(name in control.attributes for name in _OPENS):
            return
        elif SENDS.fullmatch(click.strip()):
            self.pressable.append(changed(made, name="", value=""))
        else:
            self.dead.append(made.text)


def button_text(control: Control, unseen: frozenset[int] = frozenset()) -> str:
    """What a participant reads on a button."""
    text = control.get("value") if control.node.tag == "input" else line_of(control.node, unseen)
    text = text or control.get("aria-label") or control.get("title") or control.get("alt") or control.get("value")
    return text or "Submit"


def in_disabled_fieldset(node: LexborNode) -> bool:
    """Whether a control is off with the group in which it stands."""
    above = node.parent
    while above is not None and above.tag not in ("form", "body", "html"):
        if above.tag == "fieldset" and "disabled" in above.attributes:
            return True
        above = above.parent
    return False
