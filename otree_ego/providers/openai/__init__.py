"""Services that speak OpenAI's protocol."""

from .provider import OpenAICompatible, sdk

__all__ = ["OpenAICompatible", "sdk"]
