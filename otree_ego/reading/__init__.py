"""How answers are read: numbers in free text, and words that turn what stands beside them into its opposite."""
