"""Where the package's own files lie: inside the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def static_dir() -> Path:
    """The folder that holds `otree_ego/chat.js` and the rest of what the browser loads."""
    return _PACKAGE / "_static" if (_PACKAGE / "_static").is_dir() else _CHECKOUT / "_static"


def templates_dir() -> Path:
    """The folder that holds `otree_ego/chat.html`."""
    return _PACKAGE / "binding" / "templates"


def gallery() -> dict[str, Path]:
    """The ready-made apps, by name, each with its folder."""
    inside = _PACKAGE / "_gallery"
    folders = [inside] if inside.is_dir() else [_CHECKOUT / "apps", _CHECKOUT]
    found = {
        app.parent.name: app.parent
        for folder in folders
        for app in folder.glob("*/__init__.py")
        if folder != _CHECKOUT or app.parent.name == "ego_chat"
    }
    return dict(sorted(found.items()))
