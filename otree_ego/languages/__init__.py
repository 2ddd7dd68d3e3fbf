"""A project's own languages: files with all words, read, checked and used beside the English and German ones."""
