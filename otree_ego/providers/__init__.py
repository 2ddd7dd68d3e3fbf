"""How services are called: a model's name finds its Provider here. Importing this loads no service's SDK."""

from ..ports import Provider
from .declarations import declare_provider, declare_service
from .keys import find_key
from .registry import check_model, provider_for, warm
from .services import Service, split_model
from .simple import Constant, External, Scripted, Terminal

__all__ = [
    "Constant",
    "External",
    "Provider",
    "Scripted",
    "Service",
    "Terminal",
    "check_model",
    "declare_provider",
    "declare_service",
    "find_key",
    "provider_for",
    "split_model",
    "warm",
]
