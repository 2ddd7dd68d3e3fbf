"""Participants that models play, beside humans and inside the server."""
