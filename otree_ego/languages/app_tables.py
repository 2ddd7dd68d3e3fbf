"""Tables of texts in an app's modules, and which of an app's tables a project's own language can have."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

Table = Mapping[str, Mapping[str, str]]
_flat: dict[int, tuple[Any, Table]] = {}


def flat_table(texts: Mapping[str, Any]) -> Table:
    """A table by language and key, whatever its shape: inner dicts and lists get keys with points.

    >>> flat_table({"en": {"story": {"title": "A garden"}}})
    {'en': {'story.title': 'A garden'}}
    >>> flat_table({"free rider": {"en": "You want …"}})
    {'en': {'free rider': 'You want …'}}
    """
    known = _flat.get(id(texts))
    if known is not None and known[0] is texts:
        return known[1]
    table = dict(texts)
    if "en" not in table:
        codes = sorted({code for texts in table.values() for code in texts})
        table = {code: {key: texts[code] for key, texts in table.items() if code in texts} for code in codes}
    made = {code: dict(_flattened(words)) for code, words in table.items()}
    _flat[id(texts)] = texts, made
    return made


def _flattened(words: Any, before: str = "") -> Iterator[tuple[str, str]]:
    inner = words.items() if isinstance(words, Mapping) else enumerate(words, 1)
    for key, text in inner:
        if isinstance(text, Mapping | list | tuple):
            yield from _flattened(text, f"{before}{key}.")
        elif isinstance(text, str):
            yield f"{before}{key}", text


def nested(words: Mapping[str, str]) -> Any:
    """The opposite of `flat_table` for one language.

    >>> nested({"title": "Welcome", "story.title": "A garden", "lines.1": "One.", "lines.2": "Two."})
    {'title': 'Welcome', 'story': {'title': 'A garden'}, 'lines': ['One.', 'Two.']}
    """
    found: dict[str, Any] = {}
    for key, text in words.items():
        *outer, last = key.split(".")
        place = found
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = text
    return _with_lists(found)


def _with_lists(found: Any) -> Any:
    if not isinstance(found, dict):
        return found
    inner = {key: _with_lists(each) for key, each in found.items()}
    return list(inner.values()) if list(inner) == [str(n) for n in range(1, len(inner) + 1)] and inner else inner


def tables_of_app(app: str) -> dict[str, Table]:
    """An app's tables of texts by section: those of its ``texts.py``, or of its ``__init__.py`` if that is loaded.

    ``TEXTS`` is ``[app.NAME]``, another table such as ``FRAMES`` is ``[app.NAME.frames]``.

    Raises:
        Exception: ``texts.py`` cannot be loaded; it is the app's own code.
    """
    found = {}
    for name, value in _names_of(app).items():
        if name.isupper() and _is_table(value):
            found[f"app.{app}" if name == "TEXTS" else f"app.{app}.{name.lower()}"] = flat_table(value)
    return found


def _names_of(app: str) -> dict[str, Any]:
    for name in (f"{app}.texts", app):
        if name in sys.modules and hasattr(sys.modules[name], "TEXTS"):
            return vars(sys.modules[name])
    file = Path(app) / "texts.py"
    return _loaded(file.absolute()) if file.is_file() else {}


@lru_cache
def _loaded(file: Path) -> dict[str, Any]:
    spec = spec_from_file_location(f"_texts_of_{file.parent.name}", file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def _is_table(value: Any) -> bool:
    if not isinstance(value, dict) or not value or not all(isinstance(each, dict | list) for each in value.values()):
        return False
    return "en" in value or all("en" in each for each in value.values() if isinstance(each, dict))
