"""Fixtures of the providers' tests."""

from harness.provider_fixtures import clean_slate, engines, raw, uni

__all__ = ["clean_slate", "engines", "raw", "uni"]
