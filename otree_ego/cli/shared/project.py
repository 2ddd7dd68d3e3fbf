"""The oTree project in the working directory, as far as its settings.py tells."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from ...chat_rules.settings import PREFIX, SETTINGS
from ...errors import ConfigError
from ...providers.declarations import declare_providers, declare_services


@dataclass
class Project:
    """What settings.py says.

    Arguments:
        found: whether there is one. problem: why it cannot be used, empty if it can.
        configs: its session configs, each with the defaults filled in.
        models: the models they name, each once.
    """

    found: bool = False
    problem: str = ""
    configs: list[dict[str, Any]] = field(default_factory=list)
    models: list[str] = field(default_factory=list)

    def uses_of(self, model: str) -> list[str]:
        """Which settings of which session configs name a model."""
        return [
            f"{config.get('name', '?')}: {name}"
            for config in self.configs
            for name, value in config.items()
            if isinstance(value, str)
            and (value.strip() == model or (name.endswith("_models") and model in _parts(value)))
        ]


def load_project() -> Project:
    """Read settings.py in the working directory, and make the providers and services that it declares known."""
    file = Path("settings.py")
    if not file.is_file():
        return Project()
    project = Project(found=True)
    spec = spec_from_file_location("settings", file.absolute())
    if spec is None or spec.loader is None:
        project.problem = f"{file.absolute()} cannot be loaded"
        return project
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        defaults = dict(getattr(module, "SESSION_CONFIG_DEFAULTS", {}))
        project.configs = [{**defaults, **config} for config in getattr(module, "SESSION_CONFIGS", [])]
        declare_providers(getattr(module, "EGO_PROVIDERS", {}))
        declare_services(getattr(module, "EGO_SERVICES", {}))
    except ConfigError as error:
        project.problem = str(error)
    # settings.py is the project's own code and may raise anything, sys.exit included.
    except (Exception, SystemExit) as error:
        project.problem = f"it stops with {type(error).__name__}: {error}"
    project.models = _models(project.configs)
    return project


def _parts(models: str) -> list[str]:
    return [model.strip() for model in models.split(",") if model.strip()]


def _models(configs: list[dict[str, Any]]) -> list[str]:
    named: dict[str, None] = {}
    for config in configs:
        if not _uses_otree_ego(config):
            continue
        for row in SETTINGS.values():
            model = config.get(f"{PREFIX}{row.name}", row.default) if row.names_model else ""
            if isinstance(model, str) and model.strip():
                named[model.strip()] = None
        for setting, models in config.items():
            if str(setting).endswith("_models") and isinstance(models, str):  # an app's own: several, with commas
                named.update(dict.fromkeys(_parts(models)))
    return list(named)


def _uses_otree_ego(config: Mapping[str, Any]) -> bool:
    return any(str(name).startswith(PREFIX) for name in config) or "ego_chat" in config.get("app_sequence", ())
