"""oTree's *Data* page: our exports stand there once, for all apps, and as *Excel CSV* they have no formulas."""

from __future__ import annotations

import csv
import io
import numbers
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import otree.channels.consumers
import otree.export
from otree.common import get_models_module
from otree.database import dbq
from otree.export import get_installed_apps_with_data, sanitize_for_csv
from otree.models import Session
from otree.views.export import ExportIndex
from sqlalchemy.orm import joinedload

from ...stores.table_cells import BOM, no_formula

ALL_APPS = "otree_ego"
"""Under this name instead of an app's, oTree gives the rows of all apps."""
Export = Callable[[Sequence[Any]], Iterable[Sequence[Any]]]

_exports: dict[str, Export] = {}
_usual_variables = ExportIndex.vars_for_template
_usual_export = otree.export.custom_export_app


def install() -> None:
    """Take over the list of custom exports, and the writing of ours."""
    ExportIndex.vars_for_template = _variables
    otree.export.custom_export_app = otree.channels.consumers.custom_export_app = _export


def add_export(name: str, function: Export) -> None:
    """Put an export of all apps on the page.

    Arguments:
        name: what it is called there, and in addresses. function: takes an app's players and gives rows, the columns'
            names first. What apps import of it is not listed any more; its addresses are as before.
    """
    _exports[name] = function


# --- the page -------------------------------------------------------------------------------------------------------


def _variables(page: Any) -> dict[str, Any]:
    from otree.asgi import reverse  # it imports all of the project

    found: dict[str, Any] = _usual_variables(page)
    own = [row for row in found["custom_export_table"] if _ours(row["app_name"], row["function_name"]) is None]
    found["custom_export_table"] = [_row(name, reverse("ExportAppCustom")) for name in _exports] + own
    return found


def _row(name: str, address: str) -> dict[str, str]:
    which = f"app={ALL_APPS}&function_name={name}"
    return {
        "name": name.capitalize(), "app_name": ALL_APPS, "function_name": name, "csv_url": f"{address}?{which}",
        "excel_url": f"{address}?format=csv_bom&{which}",
        "example_session_url": f"{address}?{which}&session_code={{SESSION_CODE}}",
    }  # fmt: skip


def _ours(app: str, name: str) -> Export | None:
    """The export, if what an app has under that name is one of ours."""
    function: Export | None = getattr(get_models_module(app), name, None)
    return function if function in _exports.values() else None


# --- the file -------------------------------------------------------------------------------------------------------


def _export(app_name: str, fp: Any, session_code: str | None = None, function_name: str = "custom_export") -> None:
    if app_name == ALL_APPS:
        if function_name not in _exports:
            raise ValueError(f"otree_ego has no export {function_name!r:.80}: take {', '.join(_exports)}.")
        export = _exports[function_name]
        rows: Iterable[Sequence[Any]] = _together(
            [export(_players(app, session_code)) for app in get_installed_apps_with_data()]
        )
    else:
        own = _ours(app_name, function_name) if function_name.startswith("custom_export") else None
        if own is None:
            _usual_export(app_name, fp, session_code=session_code, function_name=function_name)
            return
        rows = own(_players(app_name, session_code))
    # oTree has written the mark of a file for Excel already, and says nothing else of it.
    cell = _harmless if isinstance(fp, io.StringIO) and fp.getvalue() == BOM else sanitize_for_csv
    csv.writer(fp).writerows([cell(each) for each in row] for row in rows)


def _together(tables: Iterable[Iterable[Sequence[Any]]]) -> list[Sequence[Any]]:
    """Several apps' tables as one. Rows that belong to no app are in each of them, and once in all."""
    columns: dict[str, None] = {}
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for table in tables:
        head, *rows = (list(row) for row in table)
        columns.update(dict.fromkeys(head))
        for row in rows:
            filled = [(name, value) for name, value in zip(head, row, strict=True) if value not in (None, "")]
            found.setdefault(tuple(f"{name}={value}" for name, value in filled), dict(filled))
    return [list(columns), *([row.get(name) for name in columns] for row in found.values())]


def _players(app: str, session_code: str | None) -> list[Any]:
    """An app's players as oTree hands them to a custom export."""
    player = get_models_module(app).Player
    query = dbq(player).order_by("id")
    if session_code:
        query = query.filter(player.session_id == Session.objects_get(code=session_code).id)
    related = (player.participant, player.group, player.subsession, player.session)
    found = list(query.options(*(joinedload(each, innerjoin=True) for each in related)))
    for each in found:
        each._is_frozen = False  # so that a field without a value can be read
    return found


def _harmless(value: Any) -> Any:
    found = sanitize_for_csv(value)
    return found if isinstance(found, numbers.Number) else no_formula(str(found))
