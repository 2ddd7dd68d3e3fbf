"""The rules of a chat, without oTree: its settings, words, personas, pace, and who speaks next."""
