"""Scenarios that are Python modules: `ego run NAME`."""
