"""Files of an oTree project: what it needs to run and to deploy, its keys, its archive."""

from .env_file import env_values, read_env
from .key_files import IGNORED, holds_key
from .layout import Study, new_folder, write_project
from .requirements import NotListed, add_requirement, repository_requirements

__all__ = [
    "IGNORED",
    "NotListed",
    "Study",
    "add_requirement",
    "env_values",
    "holds_key",
    "new_folder",
    "read_env",
    "repository_requirements",
    "write_project",
]
