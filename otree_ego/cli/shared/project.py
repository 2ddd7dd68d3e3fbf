"""The oTree project in the working directory, as far as its settings.py tells."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from ...chat_rules.personas import personas_from_text
from ...chat_rules.settings import PREFIX, SETTINGS
from ...errors import ConfigError
from ...providers.declarations import declare_providers, declare_services
from .masking import masked

WITHOUT_MODEL = (f"{PREFIX}completion_", f"{PREFIX}language")
"""How settings begin that say nothing of a model."""


@dataclass
class Project:
    """What settings.py says.

    Arguments:
        found: whether there is one. problem: why it cannot be used, empty if it can. fix: what to do about it.
        configs: its session configs, each with the defaults filled in.
        values: all names that it defines.
        models: the models that the configs name, each once: of the chat, to fall back on, of treatments, of personas.
    """

    found: bool = False
    problem: str = ""
    fix: str = ""
    configs: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)

    def uses_of(self, model: str) -> list[str]:
        """Which settings of which session configs name a model."""
        return [
            f"{config.get('name', '?')}: {name}"
            for config in self.configs
            for name, value in config.items()
            if isinstance(value, str) and (value.strip() == model or model in several(str(name), value))
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
        project.values = dict(vars(module))
        defaults = dict(getattr(module, "SESSION_CONFIG_DEFAULTS", {}))
        project.configs = [{**defaults, **config} for config in getattr(module, "SESSION_CONFIGS", [])]
        declare_providers(getattr(module, "EGO_PROVIDERS", {}))
        declare_services(getattr(module, "EGO_SERVICES", {}))
    except ConfigError as error:
        project.problem = masked(str(error))
    # settings.py is the project's own code and may raise anything, sys.exit included.
    except (Exception, SystemExit) as error:
        project.problem = masked(f"it stops with {type(error).__name__}: {error}")
        project.fix = _wanted(error)
    project.models = list(dict.fromkeys(model for config in project.configs for model in models_of_config(config)))
    return project


def _wanted(error: BaseException) -> str:
    """What to do about settings that ask for a variable of the environment that is not there."""
    name = error.args[0] if isinstance(error, KeyError) and error.args else None
    if isinstance(name, str) and name.isupper() and name.isidentifier() and name not in os.environ:
        return f"set {name}=… in the environment"
    return ""


def models_of_config(config: Mapping[str, Any]) -> Iterator[str]:
    """The models that a session config names: of the chat, to fall back on, of treatments, of personas."""
    if not _uses_otree_ego(config):
        return
    for row in SETTINGS.values():
        model = config.get(f"{PREFIX}{row.name}", row.default) if row.names_model else ""
        if isinstance(model, str) and model.strip():
            yield model.strip()
    for setting, value in config.items():
        if isinstance(value, str):
            yield from several(str(setting), value)


def several(setting: str, value: str) -> list[str]:
    """The models in an app's own setting: ``…_models`` has several with commas, ``…_personas`` one for each persona."""
    if setting.endswith("_models"):
        return [model.strip() for model in value.split(",") if model.strip()]
    if setting.endswith("_personas"):
        try:
            return [each.model.strip() for each in personas_from_text(value) if each.model.strip()]
        except (ConfigError, TypeError, ValueError):  # an app's own form of them; the app itself refuses what is wrong
            return []
    return []


def _uses_otree_ego(config: Mapping[str, Any]) -> bool:
    """Whether a model is asked, as far as the settings tell; those of recruiting alone, and of language, need none."""
    apps = config.get("app_sequence")
    own = (str(name) for name in config if str(name).startswith(PREFIX) and not str(name).startswith(WITHOUT_MODEL))
    return any(own) or (isinstance(apps, list | tuple) and "ego_chat" in apps)
