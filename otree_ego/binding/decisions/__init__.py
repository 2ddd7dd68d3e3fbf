"""Decisions that oTree's pages wait for."""
