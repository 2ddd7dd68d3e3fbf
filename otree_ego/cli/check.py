"""See whether everything is in place: versions, the project, its database, keys, models and the embedded model.

Rows that say "failed" make the exit code 1; "warning" and "info" do not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from ..chat_rules.cost_limits import check_prices
from ..chat_rules.settings import PREFIX, read_settings
from ..display import say
from ..errors import ConfigError
from .shared.machine import check_database, check_machine, check_packages
from .shared.model_rows import check_embedded, check_keys, check_models, check_network
from .shared.output import Row, show
from .shared.project import Project, load_project

HELP = "see whether versions, keys, models and database are in place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--model, --no-network."""
    parser.add_argument("--model", metavar="M", help="check this model instead of those in settings.py")
    parser.add_argument("--no-network", action="store_true", help="ask no model's service")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    rows = list(findings(options.model, network=not options.no_network))
    show(rows)
    failed = [row.name for row in rows if row.state == "failed"]
    warned = [row.name for row in rows if row.state == "warning"]
    fine = f"Nothing failed; look at: {', '.join(warned)}." if warned else "Everything that is needed is in place."
    say(f"\n{len(failed)} failed: {', '.join(failed)}." if failed else f"\n{fine}")
    return 1 if failed else 0


def findings(model: str | None, network: bool) -> Iterator[Row]:
    """All rows of the table, in its order; see the verb's help for the arguments."""
    yield from check_machine()
    yield from check_packages()
    project = load_project()
    yield _project_row(project)
    yield from _config_rows(project)
    yield from check_database(project)
    used = [model] if model else project.models
    checks: list[Callable[[list[str]], Iterator[Row]]] = [
        check_network,
        check_keys,
        lambda names: check_models(names, network, project),
    ]
    for check in checks:
        yield from check(used)
    yield from check_embedded(used)


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
        except ConfigError as error:
            yield Row(name, "failed", str(error), "mend it in settings.py")


def _project_row(project: Project) -> Row:
    if project.problem:
        return Row("settings.py", "failed", project.problem, "mend settings.py; `otree devserver` says more")
    if not project.found:
        return Row("settings.py", "info", "no oTree project in this folder", "run ego check in your project's folder")
    return Row("settings.py", "ok", f"{len(project.configs)} session configs")
