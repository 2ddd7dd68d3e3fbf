"""All that we touch inside oTree; no other folder imports its insides.

tests/binding/otree_internals/ says what we rely on.
"""
