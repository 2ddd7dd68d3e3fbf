"""The workshop for built scenarios: a page on this machine that edits, checks and previews a file."""
