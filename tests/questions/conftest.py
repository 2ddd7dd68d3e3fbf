"""Fixtures of the questions' tests."""

from harness.provider_fixtures import clean_slate, uni

__all__ = ["clean_slate", "uni"]
