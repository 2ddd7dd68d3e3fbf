"""The link between oTree's objects and Threads."""
