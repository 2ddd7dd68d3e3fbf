"""Participants in and out: what recruiting platforms send with them, and what they are given at the end."""
