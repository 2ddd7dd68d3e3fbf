"""How services are called: a model's name finds its Provider here. Importing this loads no service's SDK."""

from .base import Provider, split_model
from .registry import check_model, provider_for, warm
from .simple import Constant, External, Scripted, Terminal

__all__ = [
    "Constant",
    "External",
    "Provider",
    "Scripted",
    "Terminal",
    "check_model",
    "provider_for",
    "split_model",
    "warm",
]
