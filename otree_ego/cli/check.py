"""See whether everything is in place: versions, the project, its database, keys, models and the embedded model.

With FILE, look into a built scenario instead: what cannot be played, and what looks wrong.

Rows that say "failed" make the exit code 1; "warning" and "info" do not. --production looks at what would go wrong on a
server besides; run it there, or with the server's environment. No row shows a key or a password.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..chat_rules.cost_limits import check_prices
from ..chat_rules.seat_settings import LAST, chosen_seats, seat_number
from ..chat_rules.settings import PREFIX, read_settings
from ..chat_rules.takeover_settings import check_places, check_waits, takeover_settings
from ..display import say
from ..errors import ConfigError
from .production import check_production, check_server_database, guarded, models_in_code
from .shared.app_pages import pages_of
from .shared.built_rows import built_rows
from .shared.language_rows import language_rows
from .shared.machine import check_database, check_machine, check_packages
from .shared.model_rows import check_embedded, check_keys, check_models, check_network, key_is_missing
from .shared.output import Failure, Row, show
from .shared.project import Project, load_project, models_of_config
from .shared.run_store import OTREES

if TYPE_CHECKING:
    from ..providers.told_limits import ToldLimit
    from .forecast import Forecast

HELP = "see whether versions, keys, models and database are in place"
MOST = 100_000
"""Participants of a session."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --model, --no-network, --production, --participants, --config, --json."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="check this built scenario (JSON) and nothing else")
    parser.add_argument(
        "--model",
        metavar="M",
        help="check this model instead of those in settings.py; with --participants: in place of ego_model",
    )
    parser.add_argument("--no-network", action="store_true", help="ask no model's service")
    parser.add_argument("--production", action="store_true", help="also what would go wrong on a server")
    text = "estimate what a session with N participants costs and needs; alone, nothing else is checked"
    parser.add_argument("--participants", metavar="N", type=_number, help=text)
    parser.add_argument("--config", metavar="NAME", help="with --participants: this session config (default: all)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    if options.config and not options.participants:
        raise Failure("--config NAME goes with --participants N.", 2)
    if options.file and (options.participants or options.production or options.model):
        raise Failure("FILE goes with --json only: the rest is about the project.", 2)
    rows: list[Row] = []
    forecasts: list[Forecast] = []
    # settings.py may print something: JSON stays JSON
    with contextlib.redirect_stdout(sys.stderr) if options.json else contextlib.nullcontext():
        if options.file:
            rows = list(built_rows(options.file))
        elif not options.participants or options.production:
            rows = list(findings(options.model, network=not options.no_network, production=options.production))
        if options.participants:
            forecasts = list(_forecasts(options))
    code = 1 if any(row.state == "failed" for row in rows) or any(each.problem for each in forecasts) else 0
    if options.json:
        print(as_json(rows, forecasts))
        return code
    if rows:
        _show(rows)
    if forecasts:
        _show_forecasts(forecasts, below=bool(rows))
    return code


def _show_forecasts(forecasts: list[Forecast], below: bool) -> None:
    from .forecast.forecast_lines import forecast_lines

    for number, each in enumerate(forecasts):
        if number or below:
            print()
        for text in forecast_lines(each):
            print(text)


def _show(rows: list[Row]) -> None:
    show(rows)
    failed = [row.name for row in rows if row.state == "failed"]
    warned = [row.name for row in rows if row.state == "warning"]
    fine = f"Nothing failed; look at: {', '.join(warned)}." if warned else "Everything that is needed is in place."
    say(f"\n{len(failed)} failed: {', '.join(failed)}." if failed else f"\n{fine}")


def _forecasts(options: argparse.Namespace) -> Iterator[Forecast]:
    from .forecast import forecast

    project = load_project()
    if project.problem:
        raise Failure(f"The project's settings.py cannot be used: {project.problem}.")
    if not project.found:
        raise Failure(f"There is no settings.py in {Path.cwd()}: change to your oTree project's folder first.")
    chosen = project.configs
    if options.config:
        chosen = [config for config in chosen if config.get("name") == options.config]
        if not chosen:
            names = [str(config.get("name", "?")) for config in project.configs]
            near = difflib.get_close_matches(options.config, names, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names) or 'none'}."
            raise Failure(f"SESSION_CONFIGS has no config {options.config!r}. {hint}")
    where = os.environ.get("DATABASE_URL", "").strip() or (OTREES if Path(OTREES).is_file() else "")
    told: dict[str, list[ToldLimit] | None] = {}
    for config in chosen:
        named = {**config, f"{PREFIX}model": options.model} if options.model else config
        yield forecast(named, options.participants, not options.no_network, where, told)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST or len(text) > 9:
        raise argparse.ArgumentTypeError(f"a number of participants is a whole number from 1 to {MOST:,}, not {text!r}")
    return int(text)


def as_json(rows: Iterable[Row], forecasts: Iterable[Forecast] = ()) -> str:
    """The findings for machines: name, state (ok, failed, warning, info), found, fix; and the forecasts."""
    found = {"findings": [asdict(row) for row in rows], "forecasts": [each.plain() for each in forecasts]}
    return json.dumps(found, indent=2, ensure_ascii=False)


def findings(model: str | None, network: bool, production: bool = False) -> Iterator[Row]:
    """All rows of the table, in its order; see the verb's help for the arguments."""
    yield from check_machine()
    yield from check_packages()
    project = load_project()
    yield _project_row(project)
    yield from guarded("session configs", partial(_config_rows, project))
    yield from guarded("languages", partial(language_rows, project))
    used = [model] if model else project.models
    if production:
        yield from guarded("database", partial(check_server_database, project))
        named = {} if model else models_in_code(project)
        used = list(dict.fromkeys([*used, *named]))
        yield from _named_rows(project, named)
    else:
        yield from check_database(project)
    checks: list[Callable[[list[str]], Iterator[Row]]] = [
        check_network,
        check_keys,
        lambda names: check_models(names, network, project),
    ]
    for check in checks:
        yield from guarded("models", partial(check, used))
    yield from check_embedded(used)
    if production:
        yield from check_production(project, used)


def _named_rows(project: Project, named: Mapping[str, list[str]]) -> Iterator[Row]:
    """For each session config, the keys that its models lack; and what apps' own code names besides."""
    for config in project.configs:
        missing = [model for model in dict.fromkeys(models_of_config(config)) if key_is_missing(model)]
        if missing:
            name = f"config {config.get('name', '?')}"
            yield Row(name, "failed", f"no key for {', '.join(missing)}", "see the rows of keys below")
    for model, places in named.items():
        if model not in project.models:
            yield Row(model, "info", f"named in {', '.join(places[:3])}", "")


def _config_rows(project: Project) -> Iterator[Row]:
    for config in project.configs:
        name = f"config {config.get('name', '?')}"
        stray = [str(key) for key in config if str(key).lower().startswith("ego") and not str(key).startswith(PREFIX)]
        if stray:
            yield Row(name, "warning", f"{', '.join(stray)}: not read", f"settings begin with {PREFIX}")
        try:
            if any(str(key).startswith(PREFIX) for key in config):
                settings = read_settings({f"{PREFIX}model": "constant/-", **config}, models=False)
                check_prices(settings, {f"{PREFIX}{name}": model for name, model in settings.models.items()})
                _check_pages(config, project)
                yield from _demo_rows(name, config)
        except ConfigError as error:
            yield Row(name, "failed", str(error), "mend it in settings.py")


def _check_pages(config: dict[str, Any], project: Project) -> None:
    """What settings say of a session's pages; what the apps' source does not tell passes."""
    sequence = config.get("app_sequence")
    apps = [str(app) for app in sequence] if isinstance(sequence, list | tuple) else []
    pages = pages_of(apps, Path.cwd())
    if apps and pages is not None:
        check_places(takeover_settings(config).never_on, {app: tuple(each) for app, each in pages.items()})
        usual = project.values.get("SESSION_CONFIG_DEFAULTS")
        waits = any(is_wait for each in pages.values() for is_wait in each.values())
        check_waits(config, waits, usual if isinstance(usual, dict) else {})


def _demo_rows(name: str, config: dict[str, Any]) -> Iterator[Row]:
    """Whether a demo session has the seats that the settings want."""
    people, seats = config.get("num_demo_participants"), config.get(f"{PREFIX}ai_seats")
    if seats and isinstance(people, int) and people > 0:
        try:
            chosen_seats(seat_number(seats), people, LAST, "")
        except ConfigError as error:
            yield Row(name, "warning", str(error), f"num_demo_participants = {people} makes no demo session")


def _project_row(project: Project) -> Row:
    if project.problem:
        return Row(
            "settings.py", "failed", project.problem, project.fix or "mend settings.py; `otree devserver` says more"
        )
    if not project.found:
        return Row("settings.py", "info", "no oTree project in this folder", "run ego check in your project's folder")
    return Row("settings.py", "ok", f"{len(project.configs)} session configs")
