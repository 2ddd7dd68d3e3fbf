"""Files of an oTree project: what it needs to run and to deploy, its keys, its archive."""

# What a server's settings.py needs, and no more: the modules that make projects are imported where they are used.
from .env_file import env_values, read_env
from .key_files import IGNORED, holds_key

__all__ = ["IGNORED", "env_values", "holds_key", "read_env"]
