"""The chat on oTree's pages."""
