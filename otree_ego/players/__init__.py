"""Models that go through the pages of an oTree study as participants do. Nothing here knows oTree's code."""
