"""Services that speak OpenAI's protocol."""

from .learned import takes_temperature
from .provider import OpenAICompatible, sdk
from .reasoning import check_effort

__all__ = ["OpenAICompatible", "check_effort", "sdk", "takes_temperature"]
